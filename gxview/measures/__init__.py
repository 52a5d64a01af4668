"""How sure, in numbers: what can be said about arrays of relevance without asking a model."""
