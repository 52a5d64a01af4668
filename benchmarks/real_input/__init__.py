"""Evaluation on promoters and genomes whose biology is known: ``python -m benchmarks.real_input --work DIR``."""
