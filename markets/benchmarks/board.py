"""The best prices of the whole board, beside the bare loop that any language would write."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from itertools import count

from django.utils import timezone
from msgspec.structs import replace as changed

from exchanges.models import Feed
from exchanges.numbers import EXACT
from markets import held
from markets.analysis import surveys, verdict
from markets.analysis.best import survey
from markets.analysis.figures import Best, best
from markets.analysis.settings import DEFAULT
from markets.benchmarks.measure import Figure, in_turns
from markets.board import Board, PairKey, Quote
from markets.tasks import start

COUNT = 9_000
ROUNDS = 15
AIM_MS = 50


def run() -> Iterator[Figure]:
    """Milliseconds of processor time for 9,000 quotes: best prices of all pairs; everything the overview says of them, anew and carried on."""
    for slug in Feed.objects.values_list("exchange__slug", flat=True).distinct():
        start(slug)
    held.forget()
    board = enlarged(held.current().board)
    now = timezone.now()
    # Each round a little later, so that no answer of the last round fits.
    bare, kept = "bare min/max loop", surveys.survey(board, now)
    listed = relisted(board)
    contenders = {
        "best": lambda number: best_prices(board, now + timedelta(milliseconds=number)),
        "survey": lambda number: survey(board, now + timedelta(milliseconds=number)),
        "a second later": lambda number: surveys.survey(board, now + timedelta(seconds=1, milliseconds=number), before=kept),
        "after the longest list": lambda number: surveys.survey(listed, now + timedelta(seconds=1, milliseconds=number), before=kept),
        bare: lambda number: extremes(board.pairs),
    }
    taken = in_turns(contenders, ROUNDS, time.process_time)
    live = sum(summary.live for summary in survey(board, now).values())
    detail = {"quotes": _quotes(board), "pairs": len(board.pairs), "live": live, "rounds": ROUNDS}
    beside, ours = {bare: taken[bare]}, taken["best"]
    yield Figure("best prices of the whole board", ours, "ms", beside, ours / taken[bare], f"{COUNT} quotes in {AIM_MS} ms", ours <= AIM_MS, detail)
    yield Figure("all the overview says of the whole board", taken["survey"], "ms", beside, taken["survey"] / taken[bare], "", None, detail)
    for when in ("a second later", "after the longest list"):
        yield Figure(f"the same {when}", taken[when], "ms", {"anew": taken["survey"]}, taken[when] / taken["survey"], "", None, detail)


def best_prices(board: Board, now: datetime) -> dict[PairKey, tuple[Best | None, Best | None]]:
    """Who is cheapest and who is dearest after fees, for every pair: judged as pages judge them, nothing else computed."""
    with localcontext(EXACT):
        return {key: _ends(verdict.judge(quotes, now, DEFAULT, board.usd.get(key.quote), board.is_stable(key))) for key, quotes in board.pairs.items()}


def _ends(judged: verdict.Verdict) -> tuple[Best | None, Best | None]:
    return best(judged.ranked, "buy", True), best(judged.ranked, "sell", True)


def extremes(pairs: Mapping[PairKey, Mapping[str, Quote]]) -> dict[PairKey, tuple[Decimal | None, Decimal | None]]:
    """Lowest ask and highest bid of every pair, believing everything."""
    return {
        key: (min((q.ask for q in quotes.values() if q.ask), default=None), max((q.bid for q in quotes.values() if q.bid), default=None))
        for key, quotes in pairs.items()
    }


def relisted(board: Board) -> Board:
    """The board with a new list of prices of the exchange that has the most."""
    slug = Counter(slug for row in board.pairs.values() for slug in row).most_common(1)[0][0]
    return replace(board, pairs={key: {**row, slug: changed(row[slug])} if slug in row else row for key, row in board.pairs.items()})


def enlarged(board: Board) -> Board:
    """The board with pairs repeated under other names until it has 9,000 quotes."""
    pairs, missing = dict(board.pairs), COUNT - _quotes(board)
    for number in count(2):
        for key, quotes in board.pairs.items():
            if missing <= 0:
                return replace(board, pairs=pairs)
            base = f"{key.base}~{number}"
            pairs[PairKey(base, key.quote, key.kind)] = {slug: changed(quote, base=base) for slug, quote in quotes.items()}
            missing -= len(quotes)
    raise AssertionError("count() does not end")


def _quotes(board: Board) -> int:
    return sum(len(quotes) for quotes in board.pairs.values())
