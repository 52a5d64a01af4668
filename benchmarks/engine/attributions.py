"""What a pass costs beside a forward pass, and beside other ways of explaining the same network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.engine.run import Run, in_turns
from benchmarks.table import Goal, Row, compared

SHAPES = ((8, 64), (4, 256))
METHODS = {"attnlrp": "AttnLRP", "cplrp": "CP-LRP", "gradient_x_input": "gradient x input"}
PASS_GOAL, LXT_GOAL, IG_GOAL = Goal("at most", 1.9), Goal("at least", 1.3), Goal("at least", 20)
STEPS, IG_ROWS = 50, 16
CNN, CNN_WINDOWS, CNN_BATCH = "sample-cnn", 1024, 64
PAIRS = 256
SAME = 1e-4

Ways = dict[str, Callable[[], Any]]


def measure(run: Run) -> None:
    """Measure all of it."""
    for shape in SHAPES[:1] if run.quick else SHAPES:
        passes(run, *shape, turns=3 if run.quick else 8)
    integrated_gradients(run, 1 if run.quick else 4, 64, turns=1 if run.quick else 2)
    convolutional(run, turns=2 if run.quick else 6)


def passes(run: Run, batch: int, length: int, turns: int) -> None:
    """Measure a forward pass, our methods and lxt's BERT on batches of tokens."""
    own = partial(run.ours.ask, "transformer", work=str(run.work), batch=batch, length=length)
    ways: Ways = {name: partial(own, way=name) for name in ("forward", *METHODS)}
    if run.peers:
        lxt = partial(run.peers.ask, "bert", batch=batch, length=length)
        ways |= {f"lxt {name}": partial(lxt, way=name) for name in ("forward", "attnlrp", "attnlrp_as_in_readme")}
    took = {name: [1e3 * value for value in values] for name, values in in_turns(turns, ways).items()}
    what = f"12 x 768, {batch} windows of {length} tokens"
    for name, label in METHODS.items():
        row = compared(
            f"{label}, {what}", took[name], took["forward"], unit="ms", beside="its forward pass", goal=PASS_GOAL
        )
        run.add(row)
    if run.peers:
        run.add(*beside_lxt(took, batch, what))


def beside_lxt(took: dict[str, list[float]], batch: int, what: str) -> list[Row]:
    """Return our rate beside lxt's, and lxt's own ratio."""
    rates = {name: [1e3 * batch / value for value in values] for name, values in took.items()}
    frozen, readme = rates["lxt attnlrp"], rates["lxt attnlrp_as_in_readme"]
    whole = partial(compared, f"AttnLRP, {what}", rates["attnlrp"], unit="windows/s")
    lxt = compared(
        f"lxt's AttnLRP of a BERT, {what}",
        took["lxt attnlrp"],
        took["lxt forward"],
        unit="ms",
        beside="that BERT's forward pass",
    )
    return [
        whole(frozen, beside="lxt's BERT, weights frozen", goal=LXT_GOAL),
        whole(readme, beside="lxt's BERT as in its README"),
        lxt,
    ]


def integrated_gradients(run: Run, batch: int, length: int, turns: int) -> None:
    """Measure AttnLRP and captum's integrated gradients of the same network, on the same tokens."""
    arguments: dict[str, Any] = {"work": str(run.work), "batch": batch, "length": length}
    ways: Ways = {
        "ours": partial(run.ours.ask, "transformer", way="attnlrp", **arguments),
        "captum": partial(run.ours.ask, "integrated_gradients", steps=STEPS, together=IG_ROWS, **arguments),
    }
    took = in_turns(turns, ways)
    rates = {name: [batch / value for value in values] for name, values in took.items()}
    what = f"AttnLRP, 12 x 768, {batch} windows of {length} tokens"
    beside = f"captum's integrated gradients, {STEPS} steps"
    run.add(compared(what, rates["ours"], rates["captum"], unit="windows/s", beside=beside, goal=IG_GOAL))


def convolutional(run: Run, turns: int) -> None:
    """Measure LRP of a CNN, and both DeepLIFTs of the same network on the same windows."""
    network, data = str(run.work / "chain.pt"), str(run.work / "windows.npy")
    mine = run.ours.ask("hand_over", model=CNN, windows=CNN_WINDOWS, network=network, sequences=data)
    own = partial(run.ours.ask, "convolutional", model=CNN, windows=CNN_WINDOWS, batch=CNN_BATCH)
    ways: Ways = {name: partial(own, way=name) for name in ("forward", "lrp")}
    if run.peers:
        theirs = run.peers.ask("deeplift_logits", network=network, sequences=data)
        check_same(mine, theirs)
        peer = partial(run.peers.ask, "deeplift", network=network, sequences=data)
        ways["captum"] = partial(peer, way="captum", batch=CNN_BATCH)
        ways |= {f"tangermeme:{n}": partial(peer, way=f"tangermeme:{n}", batch=PAIRS) for n in (1, 20)}
    rates = {name: [CNN_WINDOWS / took for took in values] for name, values in in_turns(turns, ways).items()}
    what = f"LRP, {CNN}, {CNN_WINDOWS:,} windows"
    add = partial(compared, what, rates["lrp"], unit="windows/s")
    run.add(add(rates["forward"], beside="its forward pass"))
    if run.peers:
        run.add(
            add(rates["captum"], beside="captum's DeepLIFT, one reference of zeros"),
            add(rates["tangermeme:1"], beside="tangermeme's deep_lift_shap, 1 shuffled reference"),
            add(rates["tangermeme:20"], beside="tangermeme's deep_lift_shap, 20 (its default)"),
        )


def check_same(ours: list[list[float]], theirs: list[list[float]]) -> None:
    """Stop if the peers' network is another one."""
    largest = max(abs(a - b) for one, other in zip(ours, theirs, strict=True) for a, b in zip(one, other, strict=True))
    if largest > SAME:
        raise SystemExit(f"The network of the peers differs: its logits are off by up to {largest:g}.")
