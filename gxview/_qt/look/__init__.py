"""Themes, icons, glyphs and small widgets."""
