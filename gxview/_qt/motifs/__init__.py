"""The panel of the motifs that selected bases look like."""
