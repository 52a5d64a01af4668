"""Batch exports: what a person chooses, and the program of its own that does the work."""
