"""Where the window looks: cameras, names, regions, peaks."""
