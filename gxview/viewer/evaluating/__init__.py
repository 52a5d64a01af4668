"""Evaluating explanations over many places from the window: what is asked, the program that works, its numbers."""
