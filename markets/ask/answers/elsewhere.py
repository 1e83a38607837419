"""Coins that trend, or are merely listed, on some exchanges and are missing from others; how their absence was established. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table
from markets.ask.answers import common, lists
from markets.ask.answers.lists import Read
from markets.ask.frame import Frame
from markets.ask.router import Route

TRENDING = "trending"  # the topic of what moves; all others ask for mere presence
SCORE = "A score is the percentile among an exchange's own markets that trade enough, by {}."


class Lone(Struct, frozen=True, kw_only=True):
    """One coin: where it is listed, its busiest price there, and how it trends. `score` 0 to 100, `relative` its volume against the norm."""

    asset: str
    name: str = ""
    on: tuple[str, ...] = ()
    exchange: str = ""
    quote: str = ""
    price: Decimal | None = None
    change_pct: Decimal | None = None
    volume_usd: Decimal | None = None
    score: Decimal | None = None
    relative: Decimal | None = None
    age_s: float | None = None
    same: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Elsewhere(Struct, frozen=True, tag="elsewhere", kw_only=True):
    """`count` coins that trend (or are listed, where `trending` is not asked) on `on` and are missing from all of `off` (of none: whatever is there).

    `listed` counts those that are listed, trending or not. `every`: on all of `on`, not on any of them. `missing`: whose prices are old or none.
    """

    rows: tuple[Lone, ...] = ()
    count: int = 0
    listed: int = 0
    trending: bool = True
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    every: bool = False
    measured: bool = False
    lists: tuple[Read, ...] = ()
    missing: tuple[Left, ...] = ()


COLUMNS = (
    Column("asset", "Coin"), Column("on", "Listed on", phone=False), Column("price", "Price", number=True), Column("change_pct", "A day", number=True),
    Column("volume_usd", "Volume, USD", number=True), Column("score", "Score", number=True, phone=False),
    Column("relative", "Against norm", number=True, phone=False),
)  # fmt: skip


def compose(frame: Frame, route: Route, found: Elsewhere, now: datetime) -> Answer:
    """Which coins, and how it is known that they are missing."""
    said, left = Said(), (*common.told(route), *found.missing)
    table = [each for each in found.lists if not found.off or each.exchange in (*found.on, *found.off)]
    ages = [each.age_s for each in table if each.age_s is not None]
    return Answer(
        kind="answer" if found.rows else "nothing", title=_title(found, route), sentence=_sentence(said, found, route),
        lines=(*_also(said, found, route), *common.reasons(left)), table=_table(said, found, route), notes=_notes(said, found, route),
        sources=lists.used(table, route), excluded=left, value=Decimal(found.count) if _read(found) or not found.off else None,
        as_of=now, max_age_s=max(ages, default=None),
        page=common.address("/discover/", **_asked(frame, found)), api=common.address("/api/v1/discover/", **_asked(frame, found)), figures=said.figures,
    )  # fmt: skip


def _asked(frame: Frame, found: Elsewhere) -> dict[str, str | tuple[str, ...] | None]:
    if not found.off:
        return {"view": "trending", "exchange": found.on, "quote": frame.quote}
    return {
        "view": "only", "on": found.on, "on_match": "all" if found.every else None, "not_on": found.off, "not_match": "all" if len(found.off) > 1 else None,
        "trending": "true" if found.trending else None, "quote": frame.quote,
    }  # fmt: skip


# --- Sentences ----------------------------------------------------------------------------------------------------
def _title(found: Elsewhere, route: Route) -> str:
    what = "Trending" if found.trending else "Listed"
    return f"{what}{_on(found, route)}{', not' + _off(found, route) if found.off else ''}"


def _on(found: Elsewhere, route: Route) -> str:
    return f" on {lists.joined([route.named(slug) for slug in found.on], 'and' if found.every else 'or')}" if found.on else ""


def _off(found: Elsewhere, route: Route) -> str:
    return f" on {lists.joined([route.named(slug) for slug in found.off], 'or')}"


def _sentence(said: Said, found: Elsewhere, route: Route) -> str:
    does, missing = ("trends" if found.trending else "is listed"), f" but not{_off(found, route)}" if found.off else ""
    if found.off and not _read(found):
        return f"What is missing{_off(found, route)} cannot be said: no list of markets is read there."
    if not found.rows:
        return f"No coin {does}{_on(found, route)}{missing} right now."
    first = found.rows[0]
    if not found.off:
        return f"{first.asset} moves most{_on(found, route)}{_moves(said, first)}, of {_coins(said, found.count)} traded enough."
    if found.count == 1:
        return f"One coin {does}{_on(found, route)}{missing}: {first.asset}{_moves(said, first)}."
    more, leads = ("trend", "warmest") if found.trending else ("are listed", "busiest")
    return f"{said.count('coins', found.count)} coins {more}{_on(found, route)}{missing}; {leads} is {first.asset}{_moves(said, first)}."


def _coins(said: Said, count: int) -> str:
    return f"{said.count('coins', count)} coin{' that is' if count == 1 else 's that are'}"


def _read(found: Elsewhere) -> list[str]:
    """The exchanges it has to be missing from whose lists were read."""
    return [each.exchange for each in found.lists if each.exchange in found.off and each.age_s is not None]


def _moves(said: Said, row: Lone) -> str:
    """(+12.30 % in a day, 4.2M USD traded)."""
    parts = [f"{said.percent(f'{row.asset}, change', row.change_pct, sign=True)} in a day"] if row.change_pct is not None else []
    parts += [f"{said.amount(f'{row.asset}, volume', row.volume_usd, 'USD')} USD traded"] if row.volume_usd is not None else []
    return f" ({', '.join(parts)})" if parts else ""


def _also(said: Said, found: Elsewhere, route: Route) -> tuple[str, ...]:
    """How many are listed there at all, where those that trend were asked for."""
    if not found.trending or not found.off or not _read(found):
        return ()
    return (f"Listed{_on(found, route)} but not{_off(found, route)}, trending or not: {said.count('listed', found.listed)} coins.",)


def _notes(said: Said, found: Elsewhere, route: Route) -> tuple[str, ...]:
    made = "volume against its norm times movement" if found.measured else "movement alone: there is not enough history of volume yet"
    same = [f"{row.asset} is likely the same as {lists.joined(row.same)}." for row in found.rows if row.same]
    twins = [f"{lists.joined([route.named(slug) for slug in row.others])}: {row.asset} is another coin there." for row in found.rows if row.others]
    established = (lists.stands_on(said, found.lists, route, found.off),) if found.off else ()
    return (*established, *((SCORE.format(made),) if found.trending else ()), *same, *twins, "Leveraged, wrapped and stable coins are left out.")


# --- Evidence -----------------------------------------------------------------------------------------------------
def _table(said: Said, found: Elsewhere, route: Route) -> Table | None:
    rows = tuple(_row(said, row, route) for row in found.rows)
    return Table(COLUMNS, rows, max(0, found.count - len(rows))) if rows else None


def _row(said: Said, row: Lone, route: Route) -> tuple[Cell, ...]:
    price = DASH if row.price is None else f"{said.price(f'{row.asset}, price', row.price, row.quote)} {row.quote}"
    relative = DASH if row.relative is None else f"{said.price(f'{row.asset}, against its norm', row.relative, places=1)}×"
    score = DASH if row.score is None else said.price(f"{row.asset}, score", row.score, places=0)
    return (
        Cell(row.asset), Cell(_names(row.on, route)), Cell(price, exact(row.price)),
        Cell(said.percent(f"{row.asset}, change", row.change_pct, sign=True), exact(row.change_pct)),
        Cell(said.amount(f"{row.asset}, volume", row.volume_usd, "USD"), exact(row.volume_usd)), Cell(score, exact(row.score)),
        Cell(relative, exact(row.relative)),
    )  # fmt: skip


def _names(slugs: Sequence[str], route: Route) -> str:
    return ", ".join(route.named(slug) for slug in slugs) or DASH
