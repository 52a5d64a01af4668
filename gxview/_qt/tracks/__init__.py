"""The list of tracks, their controls and what is known about them."""
