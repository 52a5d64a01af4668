"""``python -m benchmarks.mit_models --work DIR``: the Mechanistic Invariance Test on models trained here.

DIR/models holds ``ecoli-language-model``, ``ecoli-cnn`` and ``ecoli-dnabert2`` of
``python -m benchmarks.real_input --work DIR ecoli``, which trains the language model and the classifiers as

    gxview train --pretrain PIECES.fa --from START --window 81 --epochs 2 --learning-rate 5e-4 -o ecoli-language-model
    gxview train --data PROMOTERS.csv --from ecoli-language-model --kind dnabert2 --class-weights balanced -o ecoli-dnabert2
    gxview train --data PROMOTERS.csv --preset chip-seq --class-weights balanced -o ecoli-cnn

do. PIECES are 81-base pieces of the training blocks of NC_000913.3. The sample models are those that gxview ships.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from benchmarks.record import ROOT, save
from gxview.assess.mit import MitSettings, run_mit
from gxview.assess.mit.relevance import Explaining, Placement, placements
from gxview.assess.mit.relevance.section import adjusted_q, verdict

DATA = ROOT.parent / "shared" / "data"
SEEDS = 20
YARDSTICKS = ("pa-pwm", "nopos", "random")
METHODS = ("attnlrp", "lrp", "gradient_x_input", "ism", "delta_entropy", "random")
_PROMOTERS = "promoters/regulondb/PromoterSet_10.9.txt.gz"
_GENOME = "genomes/ecoli/NC_000913.3.fa.gz"
