"""Methods beyond layer-wise relevance propagation and single gradients, one module each.

Each explains one sequence by itself, in batches whose shape depends on this sequence only: its numbers are the same to
the bit in whatever company, order or place of a genome it is explained, and chance is seeded by its letters.

An unknown base (N) is a column of zeros for a CNN, and every method gives it 0. To DNABERT-2 it is a token [UNK] like
others, which gradients, attention and occlusion weigh like others; methods that need the letter itself (`ism`,
`delta_entropy`, `random`) give it 0.
"""
