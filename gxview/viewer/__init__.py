"""State: the whole application without Qt."""
