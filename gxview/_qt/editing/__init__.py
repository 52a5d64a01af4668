"""What shows and changes edits of the sequence."""
