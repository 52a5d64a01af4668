"""The Evaluate panel: what is evaluated, the table of the numbers, the plot beside it."""
