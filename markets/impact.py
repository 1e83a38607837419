"""What switching exchanges off would do to the comparisons, in numbers and in a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from markets.board import Board

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def impact(board: Board, off: Collection[str]) -> Counter[int]:
    """{exchanges left: pairs}, over the pairs that count on one of `off` now."""
    left: Counter[int] = Counter()
    for quotes in board.pairs.values():
        counting = {slug for slug, quote in quotes.items() if not quote.switch and quote.status == "trading"}
        if counting & set(off):
            left[len(counting - set(off))] += 1
    return left


def sentence(left: Counter[int]) -> str:
    """For example: 1,204 comparisons drop to four exchanges, 310 to three; 45 pairs keep one exchange; 12 disappear."""
    shared = [f"{left[n]:,} to {_word(n)} exchanges" for n in sorted(left, reverse=True) if n >= 2]
    parts = [_compared(shared)] if shared else []
    if left[1]:
        parts.append(f"{left[1]:,} {_pairs(left[1])} left on one exchange only, with nothing to compare")
    if left[0]:
        parts.append(f"{left[0]:,} {_pairs(left[0])} left without a price")
    return f"{'; '.join(parts)}." if parts else "No comparison counts on it right now, so none changes."


def _compared(shared: list[str]) -> str:
    first, *rest = shared
    count, _, where = first.partition(" ")
    return ", ".join([f"{count} {'comparison drops' if count == '1' else 'comparisons drop'} {where}", *(r.removesuffix(" exchanges") for r in rest)])


def _pairs(count: int) -> str:
    return "pair is" if count == 1 else "pairs are"


def _word(count: int) -> str:
    return WORDS[count] if count < len(WORDS) else str(count)
