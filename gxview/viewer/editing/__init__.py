"""Edits of the sequence: laid over the reference, explained beside it, never written to it."""
