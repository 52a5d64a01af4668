"""A whole export beside the bare engine, and its memory; part of ``python -m benchmarks engine``."""
