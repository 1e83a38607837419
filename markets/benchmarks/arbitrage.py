"""The scan of all pairs for arbitrage, by tickers and through order books, beside a plain loop over dictionaries of floats."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import islice, permutations

from django.utils import timezone

from markets import held
from markets.analysis.routes import crosses
from markets.analysis.scene import Scene
from markets.benchmarks.board import enlarged
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.scaling import poll_everything, quotes
from markets.board import Board, Ladder, PairKey, Quote

BOOKS, LEVELS, ROUNDS = 2_000, 50, 9
AIM_MS = 200
STEP = Decimal("0.0004")  # from one level of a made book to the next
Ticker = dict[str, float]
Depth = list[tuple[float, float]]


def run() -> Iterator[Figure]:
    """Milliseconds of processor time for 9,000 quotes: found, sized, each leg judged as comparisons judge it."""
    poll_everything()
    board = enlarged(held.current().board)
    books, now = made_books(board), timezone.now()
    tickers, depths = plainly(board), {key: {slug: (floats(b.asks), floats(b.bids)) for slug, b in row.items()} for key, row in books.items()}
    loop, walk = "plain loop over dictionaries", "plain loop and walk"
    taken = in_turns({
        "tickers": lambda number: crosses(Scene(board, {}, now + timedelta(milliseconds=number))),
        "books": lambda number: crosses(Scene(board, books, now + timedelta(milliseconds=number))),
        loop: lambda _: paying(tickers),
        walk: lambda _: [profit(depths[key], a, b) for key, a, b in paying(tickers) if key in depths and {a, b} <= depths[key].keys()],
    }, ROUNDS, time.process_time)  # fmt: skip
    told = {"quotes": quotes(board), "pairs": len(board.pairs), "books": sum(map(len, books.values())), "levels": LEVELS, "rounds": ROUNDS}
    for name, what, rival in (("tickers", "on tickers", loop), ("books", "with depth", walk)):
        found = crosses(Scene(board, books if name == "books" else {}, now))
        detail = {**told, "routes": len(found), "routes of the loop, any coin and age": len(paying(tickers))}
        yield Figure(
            f"all-pairs arbitrage scan {what}", taken[name], "ms", {rival: taken[rival]}, taken[name] / taken[rival], f"{AIM_MS} ms", taken[name] <= AIM_MS,
            detail,
        )


def made_books(board: Board) -> dict[PairKey, dict[str, Ladder]]:
    """Books of the busiest quotes that pairs of two exchanges have, level by level away from their own best prices."""
    shared = [(key, slug, q) for key, row in board.pairs.items() if len(row) > 1 for slug, q in row.items() if q.bid and q.ask]
    shared.sort(key=lambda each: (-(each[2].quote_volume_24h or 0), each[0], each[1]))
    found: dict[PairKey, dict[str, Ladder]] = {}
    for key, slug, q in islice(shared, BOOKS):
        found.setdefault(key, {})[slug] = _book(q)
    return found


def _book(q: Quote) -> Ladder:
    bid, ask = q.bid or Decimal(1), q.ask or Decimal(1)
    bids = tuple((bid * (1 - STEP * n), (q.bid_size or Decimal(1)) * (n + 1)) for n in range(LEVELS))
    asks = tuple((ask * (1 + STEP * n), (q.ask_size or Decimal(1)) * (n + 1)) for n in range(LEVELS))
    return Ladder(exchange=q.exchange, symbol=q.symbol, bids=bids, asks=asks, observed_at=q.observed_at, received_at=q.received_at)


# --- The rival: what a short script over a client library's dictionaries does; it believes everything ------------------
def plainly(board: Board) -> dict[PairKey, dict[str, Ticker]]:
    """The board as such a library hands it over: dictionaries of floats."""
    return {
        key: {slug: {"bid": float(q.bid), "ask": float(q.ask), "fee": float(q.taker_fee or 0)} for slug, q in row.items() if q.bid and q.ask}
        for key, row in board.pairs.items()
    }


def floats(levels: tuple[tuple[Decimal, Decimal], ...]) -> Depth:
    """Levels as floats."""
    return [(float(price), float(size)) for price, size in levels]


def paying(tickers: Mapping[PairKey, Mapping[str, Ticker]]) -> list[tuple[PairKey, str, str]]:
    """Every way to buy here and sell there that pays after fees."""
    return [
        (key, a, b) for key, row in tickers.items() for a, b in permutations(row, 2)
        if row[b]["bid"] * (1 - row[b]["fee"]) > row[a]["ask"] * (1 + row[a]["fee"])
    ]  # fmt: skip


def profit(depths: Mapping[str, tuple[Depth, Depth]], buy: str, sell: str) -> float:
    """What both books leave, level by level, at 0.1 % a side."""
    asks, bids, total = list(depths[buy][0]), list(depths[sell][1]), 0.0
    while asks and bids and bids[0][0] * 0.999 > asks[0][0] * 1.001:
        size = min(asks[0][1], bids[0][1])
        total += size * (bids[0][0] * 0.999 - asks[0][0] * 1.001)
        for side in (asks, bids):
            price, there = side[0]
            if there > size:
                side[0] = (price, there - size)
            else:
                side.pop(0)
    return total
