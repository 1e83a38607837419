"""Which exchanges list a coin, since when, and who was first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import inf

from msgspec import Struct

from markets.analysis.display import DASH
from markets.ask.answer import Answer, Cell, Column, Said, Table
from markets.ask.answers import common, lists
from markets.ask.answers.common import Coin
from markets.ask.answers.lists import Read, Since
from markets.ask.frame import Frame
from markets.ask.router import Route


class FirstListed(Struct, frozen=True, tag="first_listed", kw_only=True):
    """One coin's listings on the exchanges that were asked for; `others` mean another coin by its ticker."""

    coin: Coin
    places: tuple[Since, ...] = ()
    lists: tuple[Read, ...] = ()
    others: tuple[str, ...] = ()


COLUMNS = (Column("exchange", "Exchange"), Column("since", "Listed since"), Column("says", "Who says so", phone=False), Column("trading", "Now"))


def compose(frame: Frame, route: Route, found: FirstListed, now: datetime) -> Answer:
    """Where it is listed, and who was first."""
    said, rows = Said(), sorted(found.places, key=_age)
    ages = [each.age_s for each in found.lists if each.age_s is not None]
    return Answer(
        kind="answer" if rows else "nothing", title=f"{found.coin.label} - where it is listed", sentence=_sentence(said, frame, found, rows, route),
        lines=(*_absent(found, route), *common.reasons(common.told(route))), table=_table(said, rows, route), notes=_notes(said, found, route),
        sources=lists.used(found.lists, route), excluded=common.told(route), as_of=now, max_age_s=max(ages, default=None),
        page=f"/assets/{found.coin.key.lower()}/", api=common.address("/api/v1/listings/", asset=found.coin.key, exchange=frame.exchanges),
        figures=said.figures,
    )  # fmt: skip


def _age(place: Since) -> tuple[float, str]:
    """The earliest first; those whose time nobody knows behind them."""
    return place.at.timestamp() if place.at else inf, place.exchange


def _sentence(said: Said, frame: Frame, found: FirstListed, rows: Sequence[Since], route: Route) -> str:
    label, known = found.coin.label, [(row.at, row.exchange) for row in rows if row.at]
    if not rows:
        where = f" {lists.joined([route.named(each.exchange) for each in found.lists], 'or')}" if found.lists and frame.exchanges else " any exchange here"
        return f"{label} is not listed on{where}."
    if len(rows) == 1:
        return f"{label} is listed on {route.named(rows[0].exchange)}{_since(said, rows[0])}."
    names = lists.joined([route.named(row.exchange) for row in rows])
    if len(known) < len(rows):
        unknown = lists.joined([route.named(row.exchange) for row in rows if row.at is None])
        return f"{label} is listed on {names}. Who was first is not known: it stood in the first list that was read of {unknown}."
    (began, first), (then, second) = known[:2]
    lead = said.age("lead", (then - began).total_seconds())
    return f"{label} was first on {route.named(first)}{_since(said, rows[0])}, {lead} before {route.named(second)}."


def _since(said: Said, row: Since) -> str:
    if row.at is None:
        return "; since when is not known, for it stood in the first list that was read"
    return f", since {lists.day(said, row.at)}"


def _absent(found: FirstListed, route: Route) -> tuple[str, ...]:
    """Whose list was read and does not have it."""
    there = {place.exchange for place in found.places}
    names = [route.named(each.exchange) for each in found.lists if each.exchange not in there and each.age_s is not None]
    return (f"Not on {lists.joined(names, 'or')}.",) if names and there else ()


def _notes(said: Said, found: FirstListed, route: Route) -> tuple[str, ...]:
    other = [f"{lists.joined([route.named(slug) for slug in found.others])}: the same ticker is another coin there."] if found.others else []
    changed = [found.coin.note] if found.coin.note else []
    return (*changed, *other, lists.stands_on(said, found.lists, route))


def _table(said: Said, rows: Sequence[Since], route: Route) -> Table | None:
    return Table(COLUMNS, tuple(_row(said, row, route) for row in rows)) if rows else None


def _row(said: Said, row: Since, route: Route) -> tuple[Cell, ...]:
    when = Cell("before the first list") if row.at is None else Cell(lists.day(said, row.at), row.at.isoformat())
    return Cell(route.named(row.exchange)), when, Cell(lists.SOURCES.get(row.time_source, DASH)), Cell("trading" if row.trading else "not trading")
