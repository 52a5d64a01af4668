"""Everything that can go wrong in a batch export, made to go wrong."""
