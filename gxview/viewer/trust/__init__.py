"""How far to trust what shows: the lane below an explanation, and controls beside it."""
