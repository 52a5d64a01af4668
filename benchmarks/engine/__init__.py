"""Speed of the explaining engine beside other programs; ``python -m benchmarks engine``."""
