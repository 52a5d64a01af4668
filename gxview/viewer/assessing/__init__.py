"""Tests of models as jobs, and their results."""
