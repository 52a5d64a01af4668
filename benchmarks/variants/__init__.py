"""What ``gxview variants`` says on real and on sample genomes, and how long it takes."""
