"""Where: regions, reference sequences and chromosome names."""
