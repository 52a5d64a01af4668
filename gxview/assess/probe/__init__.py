"""What the embeddings of a model hold, next to plain letters."""
