"""The panels that put a model to the test."""
