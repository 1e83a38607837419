"""Whether a coin can be moved into and out of exchanges, network by network. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.ask.router import Route

FEE = re.compile(r"\b(fees?|costs?)\b", re.IGNORECASE)
IN, OUT = "deposits", "withdrawals"
WORD = {True: "open", False: "closed", None: DASH}


class Door(Struct, frozen=True, kw_only=True):
    """One network of one exchange. Open: None where that is not told, or what was told is old. The fee is in coins.

    `observed_at` and `age_s` are of the list of networks, `state` how old that is: fresh, aging, stale or expired.
    """

    exchange: str
    network: str
    deposit_open: bool | None = None
    withdraw_open: bool | None = None
    withdraw_fee: Decimal | None = None
    observed_at: datetime | None = None
    age_s: float | None = None
    state: str = ""


class Wallets(Struct, frozen=True, tag="wallets", kw_only=True):
    """One coin's networks on the exchanges asked for, and why others tell none."""

    coin: Coin
    doors: tuple[Door, ...] = ()
    missing: tuple[Left, ...] = ()


BRIEF = (
    Column("exchange", "Exchange"), Column("deposits", "Deposits"), Column("withdrawals", "Withdrawals"),
    Column("withdraw_fee", "Lowest fee out", number=True), Column("age_s", "Told", number=True, phone=False),
)  # fmt: skip
WHOLE = (
    Column("network", "Network"), Column("deposits", "Deposits"), Column("withdrawals", "Withdrawals"), Column("withdraw_fee", "Fee out", number=True),
    Column("age_s", "Told", number=True, phone=False),
)  # fmt: skip


def compose(frame: Frame, route: Route, found: Wallets, now: datetime) -> Answer:
    """Where deposits and withdrawals are open."""
    said, places = Said(), _places(found.doors)
    left = (*common.told(route), *found.missing)
    sources = tuple(_used(slug, doors, route) for slug, doors in places.items())
    table = _whole(said, found) if len(places) == 1 else _brief(said, found, places, route)
    return Answer(
        kind="answer" if places else "nothing", title=f"{found.coin.label} - deposits and withdrawals", sentence=_sentence(said, frame, found, places, route),
        lines=tuple(common.reasons(left)), table=table, notes=_notes(found), sources=sources, excluded=left, as_of=now, max_age_s=common.oldest(sources),
        page=f"/assets/{found.coin.key.lower()}/", api=f"/api/v1/assets/{found.coin.key.lower()}/", figures=said.figures,
    )  # fmt: skip


def _places(doors: Sequence[Door]) -> dict[str, list[Door]]:
    found: dict[str, list[Door]] = {}
    for door in doors:
        found.setdefault(door.exchange, []).append(door)
    return found


def _used(slug: str, doors: Sequence[Door], route: Route) -> Used:
    oldest = max(doors, key=lambda door: door.age_s or 0.0)
    return Used(slug, route.named(slug), oldest.observed_at, oldest.age_s, oldest.state)


# --- Sentences ----------------------------------------------------------------------------------------------------
def _sentence(said: Said, frame: Frame, found: Wallets, places: dict[str, list[Door]], route: Route) -> str:
    if not places:
        return f"No exchange that was asked tells whether {found.coin.ticker} can be deposited or withdrawn."
    ways = [way for way in (IN, OUT) if frame.topic in ("", "wallets", way) or frame.topic not in (IN, OUT)]
    fee = _out(said, frame, found, places, route)
    if len(places) == 1:
        (slug, doors), = places.items()
        return f"{fee}{route.named(slug)}: {found.coin.label} {' and '.join(_at_one(said, way, doors, route.named(slug)) for way in ways)}."
    return f"{fee}{found.coin.label}: {'; '.join(_over_all(way, places, route) for way in ways)}."


def _out(said: Said, frame: Frame, found: Wallets, places: dict[str, list[Door]], route: Route) -> str:
    """What the cheapest way out costs comes first where a fee is asked for."""
    if not FEE.search(frame.q):
        return ""
    door = _cheapest([door for doors in places.values() for door in doors])
    if door is None:
        return f"No fee of an open way to withdraw {found.coin.ticker} is told. "
    fee = _fee(said, found.coin, door, f"{route.named(door.exchange)} by {door.network}").text
    where = f"{route.named(door.exchange)} by {common.numbers(said, 'network', door.network)}"
    return f"The lowest fee to withdraw {found.coin.label} is {fee}, on {where}. "


def _at_one(said: Said, way: str, doors: Sequence[Door], name: str) -> str:
    states = [_open(door, way) for door in doors]
    if states.count(True) == len(states):
        return f"{way} are open on {_all(said, len(states), way, name)}"
    if states.count(False) == len(states):
        return f"{way} are closed on {_all(said, len(states), way, name)}"
    known = states.count(True)
    if not known:
        return f"{way} are open on no network that says so"
    return f"{way} are open on {said.count(f'{way} of {name}', known)} of {said.count(f'networks of {name}', len(states))} networks"


def _all(said: Said, count: int, way: str, name: str) -> str:
    return "its one network" if count == 1 else f"all {said.count(f'{way} of {name}', count)} networks"


def _over_all(way: str, places: dict[str, list[Door]], route: Route) -> str:
    """Deposits are open on A and B, closed on C, not told by D."""
    groups: dict[str, list[str]] = {"open on": [], "closed on": [], "not told by": []}
    for slug, doors in places.items():
        states = [_open(door, way) for door in doors]
        groups["open on" if True in states else "closed on" if False in states else "not told by"].append(route.named(slug))
    return f"{way} are {', '.join(f'{word} {_and(names)}' for word, names in groups.items() if names)}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _open(door: Door, way: str) -> bool | None:
    return door.deposit_open if way == IN else door.withdraw_open


def _notes(found: Wallets) -> tuple[str, ...]:
    changed = (found.coin.note,) if found.coin.note else ()
    return (*changed, "A network can close at any minute: the exchange itself has the last word.") if found.doors else changed


# --- Evidence -----------------------------------------------------------------------------------------------------
def _whole(said: Said, found: Wallets) -> Table:
    """One exchange's networks."""
    rows = [(Cell(door.network), *_ways([door]), _fee(said, found.coin, door, door.network), _told(said, door)) for door in found.doors]
    return Table(WHOLE, tuple(rows))


def _brief(said: Said, found: Wallets, places: dict[str, list[Door]], route: Route) -> Table | None:
    """A row for each exchange."""
    rows = [(Cell(route.named(slug)), *_ways(doors), _fee(said, found.coin, _cheapest(doors), route.named(slug)), _told(said, doors[0]))
            for slug, doors in places.items()]  # fmt: skip
    return Table(BRIEF, tuple(rows)) if rows else None


def _ways(doors: Sequence[Door]) -> tuple[Cell, Cell]:
    """What is open and what is not, by the names of networks where it differs."""
    return _way(doors, IN), _way(doors, OUT)


def _way(doors: Sequence[Door], way: str) -> Cell:
    states = {door.network: _open(door, way) for door in doors}
    if len(set(states.values())) == 1:
        return Cell(WORD[next(iter(states.values()))])
    shut = [name for name, state in states.items() if state is False]
    return Cell(f"open, not by {', '.join(shut)}" if shut and True in states.values() else "in part")


def _cheapest(doors: Sequence[Door]) -> Door | None:
    """The open way out that costs least."""
    known = [door for door in doors if door.withdraw_open and door.withdraw_fee is not None]
    return min(known, key=lambda door: (door.withdraw_fee, door.network), default=None)


def _fee(said: Said, coin: Coin, door: Door | None, name: str) -> Cell:
    if door is None or door.withdraw_fee is None:
        return Cell(DASH)
    return Cell(f"{said.coins(f'fee of {name}', door.withdraw_fee, coin.ticker)} {coin.ticker}", exact(door.withdraw_fee))


def _told(said: Said, door: Door) -> Cell:
    return Cell(f"{said.age(f'age of {door.exchange}', door.age_s)} ago" if door.age_s is not None else DASH, "" if door.age_s is None else f"{door.age_s:.1f}")
