"""Browsing: frames, jumps, stalls, starts and memory, in turns with other viewers in one run."""
