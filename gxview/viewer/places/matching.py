"""How well a few typed letters name an action."""

from __future__ import annotations

from collections.abc import Sequence

RUN, WORD, INNER = 3.0, 2.5, 1.0
"""What a letter is worth that follows the one before it, that begins a word, and any other."""
RECENT = 1.5
"""What the action run last is worth besides; the one before it a little less."""


def match(query: str, title: str) -> float | None:
    """Rate how well a query names a title: its letters in order, neighbours and beginnings of words count more.

    Of all ways to find the letters the best one counts; blanks and case do not.

    Returns
    -------
    float or None
        Larger is better; None when a letter is missing.
    """
    wanted, text = query.lower().replace(" ", ""), title.lower()
    if not wanted:
        return 0.0
    # best[i]: value of the best way whose last letter so far lies at i
    best: dict[int, float] = {-2: 0.0}
    for letter in wanted:
        found: dict[int, float] = {}
        for place, sign in enumerate(text):
            if sign == letter:
                ways = [value + _worth(text, before, place) for before, value in best.items() if before < place]
                if ways:
                    found[place] = max(ways)
        best = found
    return max(best.values()) - 0.01 * len(text) if best else None


def rank(query: str, titles: Sequence[str], recent: Sequence[int] = ()) -> list[int]:
    """Return the places of the titles that a query names, best first.

    Parameters
    ----------
    query
        What was typed; nothing names all, recently used ones first.
    titles
        The titles in their usual order.
    recent
        Places of those used before, the latest first.
    """
    bonus = {place: RECENT / (1 + age) for age, place in enumerate(recent)}
    rated = [(match(query, title), place) for place, title in enumerate(titles)]
    known = [(value + bonus.get(place, 0.0), place) for value, place in rated if value is not None]
    return [place for value, place in sorted(known, key=lambda pair: (-pair[0], pair[1]))]


def _worth(text: str, before: int, place: int) -> float:
    if place == before + 1:
        return RUN
    return WORD if place == 0 or not text[place - 1].isalnum() else INNER
