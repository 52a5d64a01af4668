"""The acceptance of the batch export: crashes, faults, the window against the command line, and what igv.js reads."""
