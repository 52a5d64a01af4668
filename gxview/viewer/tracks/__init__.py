"""The tracks as state: kinds, list, groups, scales, what is known about them."""
