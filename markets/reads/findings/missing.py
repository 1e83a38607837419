"""Why an exchange's rows are absent from an answer, or old: what the pages say of it, in the words of a list of names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from markets import held
from markets.ask.answer import Left
from markets.ask.router import Route
from markets.reads import gaps
from markets.shapes import Absence


def of(slug: str, source: str, route: Route, now: datetime) -> Left | None:
    """Of one exchange and source; None where nothing is missing."""
    exchange = held.current().exchanges.get(slug)
    absence = gaps.gap(exchange, source, now) if exchange else None
    return _left(absence, route) if absence else None


def among(slugs: Collection[str], source: str, route: Route, now: datetime) -> tuple[Left, ...]:
    """Of several exchanges, those that lack it."""
    return tuple(left for slug in slugs if (left := of(slug, source, route, now)))


def _left(absence: Absence, route: Route) -> Left:
    """The sentence without the name it begins with and the full stop: a list puts both around it."""
    name = route.named(absence.exchange)
    text = absence.detail.removesuffix(".").removeprefix(f"{name}: ").removeprefix(f"{name} ")
    return Left(absence.exchange, name, absence.reason, text[:1].lower() + text[1:])
