"""What answers about listings share: which lists of markets they stand on, and when a coin was listed, in words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from markets.ask.answer import Said, Used
from markets.ask.router import Route

SOURCES = {"exchange": "as the exchange says", "first_seen": "when Pebble first saw it"}


class Read(Struct, frozen=True):
    """One exchange's list of spot markets: when it was last accepted (None: never), and how old that is."""

    exchange: str
    accepted_at: datetime | None = None
    age_s: float | None = None


class Since(Struct, frozen=True, kw_only=True):
    """A coin on one exchange: since when (None: it stood in the first list that was read) and who says so. `trading`: it can be traded now."""

    exchange: str
    at: datetime | None = None
    time_source: str = ""
    trading: bool = True


def stands_on(said: Said, lists: Sequence[Read], route: Route, only: Collection[str] = ()) -> str:
    """By identity, not by ticker, in the lists of markets last read: KuCoin 4 m ago."""
    wanted = [each for each in lists if not only or each.exchange in only]
    told = [f"{route.named(each.exchange)} {said.age(f'list of {route.named(each.exchange)}', each.age_s)} ago" for each in wanted if each.age_s is not None]
    never = [route.named(each.exchange) for each in wanted if each.age_s is None]
    missing = f" Nothing is claimed of {joined(never)}: no list has been read yet." if never else ""
    return f"By identity, not by ticker, in the lists of markets last read: {', '.join(told) or 'none'}.{missing}"


def used(lists: Sequence[Read], route: Route, only: Collection[str] = ()) -> tuple[Used, ...]:
    """The lists as sources."""
    wanted = [each for each in lists if each.age_s is not None and (not only or each.exchange in only)]
    return tuple(Used(each.exchange, route.named(each.exchange), each.accepted_at, each.age_s, "listed") for each in wanted)


def joined(names: Sequence[str], word: str = "and") -> str:
    """A, B and C."""
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def day(said: Said, at: datetime) -> str:
    """3 May 2026, 09:00 UTC."""
    return said.text("time", f"{at:%-d %b %Y, %H:%M} UTC")
