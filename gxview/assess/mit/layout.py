"""Where the elements of a sigma70 promoter lie in the sequences of the test, 0-based and half-open."""

from __future__ import annotations

LENGTH = 100

UP = (15, 24)
MINUS35 = (30, 36)
SPACER = (36, 53)
EXTENDED = (50, 53)
MINUS10 = (53, 59)
MOVED_UP = (40, 49)
"""Where the variant ``moved`` of class H has its UP element."""

SPACING = 17
"""Bases between the boxes at which RNA polymerase binds best."""

CONSENSUS35, CONSENSUS10 = "TTGACA", "TATAAT"
BROKEN10 = "TGTAAT"
UP_CONSENSUS = "AAAAAARNR"
"""Estrem et al. 1998 (PNAS 95:9761); R is A or G, N any base."""
UP_FIXED = "AAAAAAGAG"
"""The UP element of the probing sets, one of those the consensus stands for."""
EXTENDED_MOTIF = "TGT"
