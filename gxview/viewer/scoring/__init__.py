"""What a model or a file says about the variants that show."""
