"""What is kept: undo, sessions, recovery, sessions of IGV."""
