"""How sure: metrics of explanations."""
