"""Which pairs are the most liquid, or have the tightest spreads: every pair with a stored book, measured. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.ask.answer import Answer, Cell, Column, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import cell
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey


class Measured(Struct, frozen=True, kw_only=True):
    """One pair: the exchange that answers (the tightest, or the most liquid), its spread, depth within 2 % on the thinner side, score, age."""

    key: PairKey
    exchange: str
    spread_bps: Decimal
    depth_usd: Decimal | None = None
    score: Decimal | None = None
    age_s: float = 0.0


class PairsBooks(Struct, frozen=True, tag="pairs_books", kw_only=True):
    """The pairs that fit, in their order, cut to those shown; `total` of `measured` pairs fit. `by` is spread, score or depth."""

    rows: tuple[Measured, ...]
    total: int
    measured: int
    by: str
    method: str


ORDER = {"spread": "tightest spreads", "score": "most liquid pairs", "depth": "deepest pairs"}


def compose(frame: Frame, route: Route, found: PairsBooks, now: datetime) -> Answer:
    """The pairs, and how many there are."""
    said = Said()
    query = {"exchange": common.only(frame, route), "quote": frame.quote or ("ALL" if not frame.quote else None), "sort": _sort(found)}
    sources = tuple({row.exchange: Used(row.exchange, route.named(row.exchange), None, row.age_s, "fresh") for row in found.rows}.values())
    oldest = max((row.age_s for row in found.rows), default=None)
    return Answer(
        kind="answer" if found.rows else "nothing", title=ORDER[found.by].capitalize(), sentence=_sentence(frame, route, found, said),
        table=_table(route, found, said) if found.rows else None, lines=_lines(found, oldest, said), sources=sources, excluded=common.told(route), as_of=now,
        grade="C" if found.rows else "D", max_age_s=oldest, method=found.method, page=common.address("/liquidity/", **query),
        api=common.address("/api/v1/liquidity/", **{**query, "quote": frame.quote, "sort": None, "ordering": _sort(found)}), figures=said.figures,
    )


def _sort(found: PairsBooks) -> str:
    return "spread" if found.by == "spread" else f"-{found.by}"


def _sentence(frame: Frame, route: Route, found: PairsBooks, said: Said) -> str:
    if not found.rows:
        return "No pair with a stored order book fits." if found.measured else "No order book is stored yet."
    count = said.count("fitting", found.total)
    limit = frame.threshold
    fits = "" if limit is None else f"{count} of {said.count('measured', found.measured)} pairs fit; "
    first = found.rows[0]
    pair = f"{first.key.base}/{first.key.quote} on {route.named(first.exchange)}"
    lead = f"tightest is {pair} with {said.bps('best spread', first.spread_bps)}" if found.by == "spread" else f"first is {pair}, {_scored(first, said)}"
    sentence = f"{fits}{lead}"
    return f"{sentence[0].upper()}{sentence[1:]}."


def _scored(row: Measured, said: Said) -> str:
    if row.score is None:
        return f"with a spread of {said.bps('best spread', row.spread_bps)}"
    return f"score {said.price('best score', row.score, places=1)} of {said.text('full score', '100')}"


def _lines(found: PairsBooks, oldest: float | None, said: Said) -> tuple[str, ...]:
    age = "" if oldest is None else f", the oldest of those shown {said.age('max_age_s', oldest)} old"
    return (f"Of {said.count('measured', found.measured)} pairs with stored order books{age}. Books of other pairs are read when somebody asks for them.",)


def _table(route: Route, found: PairsBooks, said: Said) -> Table:
    columns = (
        Column("pair", "Pair"), Column("exchange", "Exchange"), Column("spread_bps", "Spread", True), Column("depth_usd", "Depth 2 %, USD", True),
        Column("score", "Score", True, False), Column("age_s", "Age", True, False),
    )
    said.text("band", "2 %", "%")
    return Table(columns, tuple(_cells(route, row, said) for row in found.rows), max(0, found.total - len(found.rows)))


def _cells(route: Route, row: Measured, said: Said) -> tuple[Cell, ...]:
    pair = f"{row.key.base}/{row.key.quote}"
    return (
        Cell(pair), Cell(route.named(row.exchange)), cell(said.bps(f"spread of {pair}", row.spread_bps), row.spread_bps),
        cell(said.amount(f"depth of {pair}", row.depth_usd, "USD"), row.depth_usd), cell(said.price(f"score of {pair}", row.score, places=1), row.score),
        Cell(said.age(f"age of {pair}", row.age_s), common.seconds(row.age_s)),
    )
