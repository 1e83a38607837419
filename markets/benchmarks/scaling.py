"""How the cost of judging a board grows: ten times the pairs, and from five exchanges to fifty."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from msgspec.structs import replace as changed

from exchanges.models import Feed
from markets import held
from markets.analysis.best import survey
from markets.analysis.routes import crosses
from markets.analysis.scene import Scene
from markets.benchmarks.measure import Figure, in_turns
from markets.board import Board, PairKey, Quote
from markets.tasks import start

PAIRS, MORE, ROUNDS = 400, 10, 5
LINEAR = 1.25  # a quarter above linear is still called so: memory is further away when there is more of it


def run() -> Iterator[Figure]:
    """The ratio of costs per quote, big board to small: 1 is linear."""
    poll_everything()
    small = few(held.current().board)
    boards = {"ten times the pairs": more_pairs(small), "ten times the exchanges": more_exchanges(small)}
    for what, work in works().items():
        for growth, big in boards.items():
            yield grown(f"{what}, {growth}", work, small, big)


def poll_everything() -> None:
    """Ask every exchange once, as a first start does, and read the board anew."""
    for slug in Feed.objects.values_list("exchange__slug", flat=True).distinct():
        start(slug)
    held.forget()


Work = Callable[[Board, datetime], object]


def works() -> dict[str, Work]:
    """What is measured."""
    return {"everything the overview says": survey, "arbitrage scan": lambda board, now: crosses(Scene(board, {}, now))}


def grown(name: str, work: Work, small: Board, big: Board) -> Figure:
    """Cost per quote of the big board over that of the small one."""
    now = timezone.now()
    taken = in_turns({
        "small": lambda number: work(small, now + timedelta(milliseconds=number)),
        "big": lambda number: work(big, now + timedelta(milliseconds=number)),
    }, ROUNDS, time.process_time)  # fmt: skip
    times = quotes(big) / quotes(small)
    ratio = taken["big"] / taken["small"] / times
    told = {"quotes": quotes(big), "of": quotes(small), "rounds": ROUNDS}
    return Figure(name, taken["big"], "ms", {f"{times:.3g} times the small board": taken["small"] * times}, ratio, "linear", ratio <= LINEAR, told)


def quotes(board: Board) -> int:
    """How many there are."""
    return sum(len(row) for row in board.pairs.values())


def few(board: Board) -> Board:
    """The pairs that most exchanges list."""
    first = sorted(board.pairs, key=lambda key: (-len(board.pairs[key]), key))[:PAIRS]
    return Board({key: board.pairs[key] for key in first}, board.coins, board.usd, board.revision)


def more_pairs(board: Board) -> Board:
    """Every pair ten times, under other names."""
    pairs = {PairKey(f"{key.base}~{n}", key.quote, key.kind): _renamed(row, n) for n in range(MORE) for key, row in board.pairs.items()}
    return Board(pairs, board.coins, board.usd, board.revision)


def _renamed(row: dict[str, Quote] | object, number: int) -> dict[str, Quote]:
    return {slug: changed(quote, base=f"{quote.base}~{number}") for slug, quote in row.items()}  # type: ignore[attr-defined]


def more_exchanges(board: Board) -> Board:
    """Every exchange ten times, a hair apart, so that no two quotes are equal."""
    pairs = {key: {f"{slug}{n}": _shifted(quote, slug, n) for n in range(MORE) for slug, quote in row.items()} for key, row in board.pairs.items()}
    return Board(pairs, board.coins, board.usd, board.revision)


def _shifted(quote: Quote, slug: str, number: int) -> Quote:
    by = 1 + Decimal(number) / 1_000_000
    bid, ask = (None if price is None else price * by for price in (quote.bid, quote.ask))
    return changed(quote, exchange=f"{slug}{number}", bid=bid, ask=ask)
