"""Who: the explained models, their loading and their training."""
