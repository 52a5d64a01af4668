"""The panel that chooses models and methods."""
