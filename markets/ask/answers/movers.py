"""The coins that rose or fell most in a day, over the exchanges asked for. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Said, Table, Used
from markets.ask.answers import common
from markets.ask.frame import Frame
from markets.ask.router import Route

GAINERS, LOSERS = "gainers", "losers"  # topics
LEAST_USD = 100_000  # of volume in a day: below it a pair can be moved by anybody
DAY = ("24h", "1d")


class Mover(Struct, frozen=True, kw_only=True):
    """One pair: its change of a day, the reference price of its exchanges, its volume, and how many exchanges count."""

    asset: str
    quote: str
    change_pct: Decimal
    price: Decimal | None = None
    volume_usd: Decimal | None = None
    live: int = 0
    age_s: float | None = None


class Movers(Struct, frozen=True, tag="movers", kw_only=True):
    """Those that moved most the way that is asked for, the furthest first, of `count` pairs in `quote` that are traded enough."""

    quote: str
    rows: tuple[Mover, ...] = ()
    count: int = 0
    sources: tuple[Used, ...] = ()


COLUMNS = (
    Column("asset", "Coin"), Column("change_pct", "A day", number=True), Column("price", "Price", number=True),
    Column("volume_usd", "Volume, USD", number=True), Column("live", "Exchanges", number=True, phone=False),
)  # fmt: skip


def compose(frame: Frame, route: Route, found: Movers, now: datetime) -> Answer:
    """Who moved most, and among whom."""
    said, falling = Said(), frame.topic == LOSERS
    ages = [row.age_s for row in found.rows if row.age_s is not None]
    order, asked = "change" if falling else "-change", {"min_volume_usd": str(LEAST_USD), "exchange": common.only(frame, route), "quote": found.quote}
    return Answer(
        kind="answer" if found.rows else "nothing", title=f"Coins that {'fell' if falling else 'rose'} most in a day",
        sentence=_sentence(said, found, falling=falling), lines=tuple(common.reasons(common.told(route))), table=_table(said, found),
        notes=_notes(said, frame, found), sources=found.sources, excluded=common.told(route), value=found.rows[0].change_pct if found.rows else None,
        unit="%" if found.rows else "", as_of=now, max_age_s=max(ages, default=None), page=common.address("/", sort=order, **asked),
        api=common.address("/api/v1/pairs/", ordering=order, **asked), figures=said.figures,
    )  # fmt: skip


def _sentence(said: Said, found: Movers, *, falling: bool) -> str:
    verb = "fell" if falling else "rose"
    if not found.rows:
        return f"No coin that is traded enough {verb} in a day."
    first = found.rows[0]
    size = said.percent(f"{first.asset}, change", abs(first.change_pct))
    return f"{first.asset} {verb} most in a day, by {size}, of {said.count('pairs', found.count)} pairs in {found.quote} that are traded enough."


def _notes(said: Said, frame: Frame, found: Movers) -> tuple[str, ...]:
    enough = f"Traded enough is over {said.count('least volume', LEAST_USD)} USD in a day. Leveraged and wrapped coins are left out."
    return (enough,) if frame.time_range in (None, *DAY) else ("Coins are ranked by their change of a day only.", enough)


def _table(said: Said, found: Movers) -> Table | None:
    return Table(COLUMNS, tuple(_row(said, row) for row in found.rows)) if found.rows else None


def _row(said: Said, row: Mover) -> tuple[Cell, ...]:
    price = DASH if row.price is None else f"{said.price(f'{row.asset}, price', row.price, row.quote)} {row.quote}"
    return (
        Cell(row.asset), Cell(said.percent(f"{row.asset}, change", row.change_pct, sign=True), exact(row.change_pct)), Cell(price, exact(row.price)),
        Cell(said.amount(f"{row.asset}, volume", row.volume_usd, "USD"), exact(row.volume_usd)),
        Cell(said.count(f"{row.asset}, exchanges", row.live), str(row.live)),
    )  # fmt: skip
