"""The Mechanistic Invariance Test: whether a model knows what a promoter is, or only its letters."""
