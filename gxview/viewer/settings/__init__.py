"""The choices of a person, and how they take effect."""
