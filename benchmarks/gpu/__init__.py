"""What explaining costs on a GPU, and what a GPU's numbers are worth."""
