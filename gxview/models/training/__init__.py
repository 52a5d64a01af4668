"""How a model is trained: tasks, steps, checkpoints, several devices, folds, and what is told about the result."""
