"""Where the window looks: locus box, overview, chromosomes, regions and peaks."""
