"""What a model says about variants."""
