"""Speed of explaining and of batch exports in one table, ours and others' in turns."""
