"""Speed and quality, measured; every result names its machine and commit."""
