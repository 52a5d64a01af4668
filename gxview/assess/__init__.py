"""The model under test: what it knows."""
