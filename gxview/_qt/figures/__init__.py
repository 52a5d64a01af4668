"""The figure dialog, and figures in millimetres."""
