"""What was listed, is about to be, or was taken off; and who lists coins before whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table
from markets.ask.answers import common, lists, spans
from markets.ask.answers.lists import Read
from markets.ask.frame import Frame
from markets.ask.router import Route

LEADS, UPCOMING, GONE = "leads", "upcoming", "gone"  # topics; "pairs" and "renamed" are two more
SAYS = {"gone": "removals and suspensions", "pairs": "new pairs", "renamed": "renamed markets", "upcoming": "listings to come"}
NEW = "new coins"
ONE = {"gone": "removal or suspension", "pairs": "new pair", "renamed": "renamed market", "upcoming": "listing to come"}
HAPPENED = {
    "announced": "announced", "listed": "new coin", "pair_added": "new pair", "opened": "opened", "suspended": "suspended", "resumed": "resumed",
    "delisting": "delisting planned", "delisted": "delisted", "renamed": "renamed",
}  # fmt: skip
BASELINE = "What stood in the first list that was read of an exchange is not called new."


class Event(Struct, frozen=True, kw_only=True):
    """One listing event. `exchanges`: how many list the coin now. `verified`: a second list has had the market, too."""

    asset: str
    exchange: str
    event: str
    at: datetime
    quote: str = ""
    name: str = ""
    price: Decimal | None = None
    change_pct: Decimal | None = None
    volume_usd: Decimal | None = None
    depth_usd: Decimal | None = None
    exchanges: int = 0
    identity: str = ""
    verified: bool = True


class Wave(Struct, frozen=True):
    """So many new symbols of one exchange at once that they are one piece of news."""

    exchange: str
    at: datetime
    count: int
    assets: tuple[str, ...] = ()


class Ahead(Struct, frozen=True):
    """How far ahead `leader` was of `follower`, in seconds, as a median over `coins` it had first, of `both` that both list since a known time."""

    leader: str
    follower: str
    median_s: float
    coins: int
    both: int


class Notice(Struct, frozen=True):
    """What an exchange told its users, in its own words."""

    exchange: str
    title: str
    at: datetime


class Listings(Struct, frozen=True, tag="listings", kw_only=True):
    """Events of a window, the latest first, `count` of which there are; the lists they come from, and who leads whom.

    `missing`: exchanges whose lists are old or were never read.
    """

    events: tuple[Event, ...] = ()
    waves: tuple[Wave, ...] = ()
    count: int = 0
    what: str = "coins"
    window: str = "7d"
    lists: tuple[Read, ...] = ()
    leads: tuple[Ahead, ...] = ()
    notices: tuple[Notice, ...] = ()
    missing: tuple[Left, ...] = ()


def compose(frame: Frame, route: Route, found: Listings, now: datetime) -> Answer:
    """News of listings, or who is early."""
    said, early, left = Said(), frame.topic == LEADS, (*common.told(route), *found.missing)
    there = bool(found.leads) if early else bool(found.events or found.waves or found.notices)
    ages = [each.age_s for each in found.lists if each.age_s is not None]
    names = frame.exchanges or tuple(slug for slug in route.priced if slug not in frame.exclude)
    return Answer(
        kind="answer" if there else "nothing", title="Who lists coins first" if early else f"Listings - {SAYS.get(frame.topic, NEW)}",
        sentence=_early(said, found, route) if early else _news(said, frame, found, route),
        lines=(*_waves(said, found, route), *_told(said, found, route), *common.reasons(left)),
        table=_leads(said, found, route) if early else _events(said, found, route, now), notes=(BASELINE, *_young(found), _lists(said, found, route, names)),
        sources=lists.used(found.lists, route, names), excluded=left, as_of=now, max_age_s=max(ages, default=None),
        page=common.address("/discover/", **_asked(frame, route, found)), api=common.address("/api/v1/discover/", view="new", **_asked(frame, route, found)),
        figures=said.figures,
    )  # fmt: skip


def _asked(frame: Frame, route: Route, found: Listings) -> dict[str, str | tuple[str, ...] | None]:
    """The parameters that page and API share; what is usual is left away."""
    names = tuple(slug for slug in route.priced if slug not in frame.exclude and (not frame.exchanges or slug in frame.exchanges))
    return {
        "what": None if found.what == "coins" else found.what, "window": None if found.window == "7d" else found.window,
        "exchange": names if frame.exchanges or frame.exclude else None, "quote": frame.quote,
    }  # fmt: skip


def _lists(said: Said, found: Listings, route: Route, names: Sequence[str]) -> str:
    return lists.stands_on(said, found.lists, route, names)


# --- Sentences ----------------------------------------------------------------------------------------------------
def _news(said: Said, frame: Frame, found: Listings, route: Route) -> str:
    what, where = SAYS.get(frame.topic, NEW), _where(frame, route)
    window = "" if frame.topic == UPCOMING else f" in the {spans.last(said, frame.time_range)}"
    if not found.count:
        return _announced(said, found, route) + f"No {what}{where}{window} that Pebble has seen{' in a list of markets' if found.notices else ''}."
    first = found.events[0] if found.events else None
    latest = "" if first is None else f"; {'the next' if frame.topic == UPCOMING else 'the latest'} is {_named(first)} on {route.named(first.exchange)}"
    at = "" if first is None else f", {lists.day(said, first.at)}"
    if found.count == 1:
        only = "" if first is None else f": {_named(first)} on {route.named(first.exchange)}{at}"
        return f"One {ONE.get(frame.topic, 'new coin')}{where}{window}{only}."
    return f"{said.count('events', found.count)} {what}{where}{window}{latest}{at}."


def _announced(said: Said, found: Listings, route: Route) -> str:
    """What an exchange has said itself comes before what its list of markets does not show."""
    return f"Announced: {_notice(said, found.notices[0], route).rstrip('.')}. " if found.notices else ""


def _where(frame: Frame, route: Route) -> str:
    return f" on {lists.joined([route.named(slug) for slug in frame.exchanges])}" if frame.exchanges else ""


def _named(event: Event) -> str:
    return f"{event.asset}/{event.quote}" if event.event == "pair_added" and event.quote else event.asset


def _waves(said: Said, found: Listings, route: Route) -> list[str]:
    return [
        f"{route.named(wave.exchange)}: {said.count('new at once', wave.count)} new symbols at once, {', '.join(wave.assets)}"
        f"{' and more' if wave.count > len(wave.assets) else ''}. One piece of news, not so many." for wave in found.waves
    ]  # fmt: skip


def _told(said: Said, found: Listings, route: Route) -> list[str]:
    """Notices of exchanges in their own words, but for one that the sentence tells."""
    return [_notice(said, notice, route) for notice in found.notices[0 if found.count else 1 :]]


def _notice(said: Said, notice: Notice, route: Route) -> str:
    return common.numbers(said, "notice", f"{route.named(notice.exchange)}, {notice.at:%-d %b}: {notice.title}")


def _young(found: Listings) -> tuple[str, ...]:
    once = [event.asset for event in found.events if not event.verified]
    seen = (f"Seen in one list only so far: {', '.join(dict.fromkeys(once))}.",) if once else ()
    return (*seen, "New and thin markets are easy to move.") if found.events and found.what == "coins" else seen


def _early(said: Said, found: Listings, route: Route) -> str:
    if not found.leads:
        return "Who lists coins first is not known yet: that takes coins that two exchanges list since a known time."
    lead = found.leads[0]
    name = f"{route.named(lead.leader)} before {route.named(lead.follower)}"
    return (
        f"{route.named(lead.leader)} most often: it was ahead of {route.named(lead.follower)} by a median of {said.age(f'{name}, median', lead.median_s)} "
        f"on {said.count(f'{name}, coins', lead.coins)} of {said.count(f'{name}, both', lead.both)} coins."
    )


# --- Evidence -----------------------------------------------------------------------------------------------------
EVENTS = (
    Column("asset", "Coin"), Column("exchange", "Exchange"), Column("event", "What"), Column("at", "When"), Column("price", "Price", number=True, phone=False),
    Column("change_pct", "Since then", number=True, phone=False), Column("volume_usd", "Volume there, USD", number=True, phone=False),
    Column("exchanges", "Listed on", number=True, phone=False),
)  # fmt: skip
AHEAD = (
    Column("leader", "First"), Column("follower", "Before"), Column("median_s", "Median lead", number=True), Column("coins", "Coins", number=True),
    Column("both", "Of both", number=True, phone=False),
)  # fmt: skip


def _events(said: Said, found: Listings, route: Route, now: datetime) -> Table | None:
    rows = tuple(_event(said, event, route, now) for event in found.events)
    shown = len(rows) + len(found.waves)
    return Table(EVENTS, rows, max(0, found.count - shown)) if rows else None


def _event(said: Said, event: Event, route: Route, now: datetime) -> tuple[Cell, ...]:
    name = f"{event.asset} on {route.named(event.exchange)}"
    price = DASH if event.price is None else f"{said.price(f'{name}, price', event.price, event.quote)} {event.quote}"
    return (
        Cell(_named(event)), Cell(route.named(event.exchange)), Cell(HAPPENED.get(event.event, event.event.replace("_", " "))),
        Cell(_when(said, event, name, now), event.at.isoformat()), Cell(price, exact(event.price)),
        Cell(said.percent(f"{name}, since then", event.change_pct, sign=True), exact(event.change_pct)),
        Cell(said.amount(f"{name}, volume", event.volume_usd, "USD"), exact(event.volume_usd)),
        Cell(said.count(f"{name}, exchanges", event.exchanges), str(event.exchanges)),
    )  # fmt: skip


def _when(said: Said, event: Event, name: str, now: datetime) -> str:
    seconds = (event.at - now).total_seconds()
    return f"in {said.age(f'{name}, opens in', seconds)}" if seconds > 0 else f"{said.age(f'{name}, listed', -seconds)} ago"


def _leads(said: Said, found: Listings, route: Route) -> Table | None:
    return Table(AHEAD, tuple(_ahead(said, lead, route) for lead in found.leads)) if found.leads else None


def _ahead(said: Said, lead: Ahead, route: Route) -> tuple[Cell, ...]:
    name = f"{route.named(lead.leader)} before {route.named(lead.follower)}"
    return (
        Cell(route.named(lead.leader)), Cell(route.named(lead.follower)), Cell(said.age(f"{name}, median", lead.median_s), f"{lead.median_s:.0f}"),
        Cell(said.count(f"{name}, coins", lead.coins), str(lead.coins)), Cell(said.count(f"{name}, both", lead.both), str(lead.both)),
    )  # fmt: skip
