"""Out: bigWig, bedGraph, TSV, npz, provenance and IGV sessions."""
