"""The motifs that selected bases look like."""
