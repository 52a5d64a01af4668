"""Figures as state: their options, and many at once."""
