"""Dialogs of sessions and recovery."""
