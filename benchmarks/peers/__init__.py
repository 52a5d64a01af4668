"""Other programs that explain models or write bigWig files, in an environment and a process of their own.

``python -m benchmarks.peers.make_environment`` makes the environment; ``python -m benchmarks.peers.serve`` is what runs
in it. lxt changes PyTorch's classes for the whole process, and needs another version of transformers than gxview.
"""
