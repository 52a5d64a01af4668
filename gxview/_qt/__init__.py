"""View: windows, docks and painters."""
