"""What: data sources of tracks and their summaries at a zoom."""
