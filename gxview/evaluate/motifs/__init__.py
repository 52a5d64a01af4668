"""Biology of explanations: motif files, TOMTOM, TF-MoDISco, hits, and what a motif does to a prediction."""
