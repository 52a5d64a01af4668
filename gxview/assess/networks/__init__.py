"""Networks of the transformers library as models of DNA: loaded without code of their folder, read as bases."""
