"""Live explanations: tiles, the device that makes them, comparing, exporting."""
