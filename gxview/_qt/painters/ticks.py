"""Ticks a person likes: steps of 1, 2 or 5 times a power of ten, and how they are written. No Qt in here."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def nice_step(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least ``rough`` (larger than zero)."""
    power = math.floor(math.log10(rough))
    for exponent in (power, power + 1):
        for digit in (1, 2, 5):
            step = _scaled(digit, exponent)
            if step >= rough:
                return step
    raise AssertionError(f"no step above {rough}")


def _scaled(digit: int, exponent: int) -> float:
    """Return digit * 10**exponent, the float nearest to the decimal number."""
    return float(f"{digit}e{exponent}")


def value_ticks(low: float, high: float, count: int) -> list[float]:
    """Return at most ``count`` nice values from ``low`` to ``high``, ascending; zero is one if it lies within."""
    step = nice_step((high - low) / max(1, count) / 2)
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < max(1, count):
            break
        step = nice_step(step * 1.5)
    return [_multiple(i, step) for i in range(first, last + 1)]


def round_ends(low: float, high: float) -> tuple[float, float]:
    """Return round numbers around ``low <= 0 <= high`` (not both zero), at most a fifth of the larger one away."""
    size = max(-low, high)
    if size < 1e-300:  # steps of such numbers would be zero
        return (-1.0 if low < 0 else 0.0), 1.0
    step = nice_step(size / 15)
    return 0.0 - _round_up(-low, step), _round_up(high, step)


def _round_up(value: float, step: float) -> float:
    count = math.ceil(value / step)
    while _multiple(count, step) < value:
        count += 1
    return _multiple(count, step)


def log_ticks(low: float, high: float) -> list[float]:
    """Return zero and the powers of ten from one on, on both sides, that lie from ``low`` to ``high``, ascending."""
    powers = [10.0**i for i in range(max(0, math.floor(math.log10(1 + max(-low, high)))) + 1)]
    return [value for value in [*(-p for p in reversed(powers)), 0.0, *powers] if low <= value <= high]


def end_label(value: float) -> str:
    """Write the end of an axis with at most four digits: '0.137', '12', '1,200', '2.5e6'."""
    digits = f"{abs(value):.4g}"
    if "e" in digits or abs(value) >= 1e5 or 0 < abs(value) < 1e-3:
        return value_label(value, abs(value))
    decimals = len(digits.partition(".")[2])
    return value_label(float(f"{value:.4g}"), 10.0**-decimals)


def _multiple(i: int, step: float) -> float:
    """Return i * step without the dust of binary fractions (3 * 0.1 is 0.3)."""
    digit, exponent = f"{step:e}".split("e")
    return float(f"{round(i * float(digit))}e{int(exponent)}")


def value_label(value: float, step: float) -> str:
    """Write an axis value with the digits its ``step`` needs: '0', '0.05', '1,200', '2e6'."""
    if value == 0:
        return "0"
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if size >= 1e5 or size < 1e-3:
        mantissa, exponent = f"{size:.3g}".split("e") if "e" in f"{size:.3g}" else f"{size:.2e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{sign}{mantissa}e{int(exponent)}".replace("e-", "e" + MINUS)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{sign}{size:,.{decimals}f}"


def genome_ticks(first: int, last: int, step: int) -> list[int]:
    """Return the 1-based positions that are multiples of ``step`` among the 0-based bases ``first`` to ``last``.

    ``last`` is exclusive; there is no position 0.
    """
    begin = max(1, -(-(first + 1) // step)) * step
    return list(range(begin, last + 1, step))


def genome_label(position: int, step: int) -> str:
    """Write a 1-based position in the unit that suits ``step``: '365,600', '366 kb', '4.6 Mb'."""
    if step >= 100_000:
        return f"{position / 1e6:,.{0 if step % 1_000_000 == 0 else 1}f} Mb"
    if step >= 1_000:
        return f"{position // 1000:,} kb"
    return f"{position:,}"


def span_label(bases: float) -> str:
    """Write a length in bases in the unit that suits it: '200 bp', '2,000 bp', '50.0 kb', '4.64 Mb'."""
    if bases >= 1e6:
        return f"{bases / 1e6:,.2f} Mb"
    if bases >= 10_000:
        return f"{bases / 1e3:,.1f} kb"
    return f"{bases:,.0f} bp" if bases >= 10 else f"{bases:.1f} bp"
