"""Jobs and notices."""
