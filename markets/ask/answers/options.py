"""Options of a coin: what each expiry comes to on each exchange that publishes them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis.chain import Expiry
from markets.analysis.derivatives import HUNDRED
from markets.analysis.display import DASH, exact
from markets.analysis.funding import total
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.ask.router import Route

TOPICS = ("options", "iv", "implied_volatility", "put_call", "max_pain")  # all of which ask for options


class Options(Struct, frozen=True, tag="options", kw_only=True):
    """One coin's expiries, the nearest first, `count` of which there are. `chosen`: the nearest of the exchange with the most open.

    `coins` are those that options are listed on.
    """

    coin: Coin
    chosen: Expiry | None = None
    expiries: tuple[Expiry, ...] = ()
    count: int = 0
    coins: tuple[str, ...] = ()
    sources: tuple[Used, ...] = ()
    missing: tuple[Left, ...] = ()


class Underlyings(Struct, frozen=True, tag="underlyings", kw_only=True):
    """The coins that options are listed on, where none was named."""

    coins: tuple[str, ...] = ()
    missing: tuple[Left, ...] = ()


COLUMNS = (
    Column("expiry", "Expiry"), Column("exchange", "Exchange"), Column("atm_iv_pct", "Volatility", number=True),
    Column("put_call", "Puts per call, open", number=True, phone=False), Column("put_call_volume", "Puts per call, traded", number=True, phone=False),
    Column("max_pain", "Max pain", number=True), Column("open", "Open", number=True, phone=False),
)  # fmt: skip


def compose(frame: Frame, route: Route, found: Options, now: datetime) -> Answer:
    """What the nearest expiry comes to, and all of them in a table."""
    said, left = Said(), (*common.told(route), *found.missing)
    one = found.chosen
    rows = tuple(_row(said, each, route) for each in found.expiries)
    return Answer(
        kind="answer" if one else "nothing", title=f"{found.coin.label} - options", sentence=_sentence(said, frame, found, route),
        lines=(*_others(said, frame, one), *common.reasons(left)), table=Table(COLUMNS, rows, max(0, found.count - len(rows))) if rows else None,
        notes=(found.coin.note,) if found.coin.note else (), sources=found.sources, excluded=left, value=one.atm_iv * HUNDRED if one and one.atm_iv else None,
        unit="% a year" if one and one.atm_iv else "", as_of=now, max_age_s=common.oldest(found.sources),
        page=common.address("/options/", base=found.coin.key, exchange=one.exchange if one else None),
        api=common.address("/api/v1/options/", base=found.coin.key, exchange=common.only(frame, route)), figures=said.figures,
    )  # fmt: skip


def underlyings(frame: Frame, route: Route, found: Underlyings, now: datetime) -> Answer:
    """On which coins there are options."""
    left = (*common.told(route), *found.missing)
    none = "No exchange that was asked lists options right now."
    says = f"Options are listed on {', '.join(found.coins)}. Name one for its expiries." if found.coins else none
    return Answer(
        kind="choose" if found.coins else "nothing", title="Options", sentence=says, lines=tuple(common.reasons(left)), excluded=left, as_of=now,
        page="/options/", api=common.address("/api/v1/options/", base=found.coins[:1]) if found.coins else "",
        examples=tuple(f"{coin} options" for coin in found.coins[:3]),
    )  # fmt: skip


# --- Sentences ----------------------------------------------------------------------------------------------------
def _sentence(said: Said, frame: Frame, found: Options, route: Route) -> str:
    one, label = found.chosen, found.coin.label
    if one is None:
        known = f" There are options on {', '.join(found.coins)}." if found.coins else ""
        return f"No exchange that was asked lists options on {label}.{known}"
    where = f"{label} options to {day(said, one)} on {route.named(one.exchange)}"
    parts = [text for name, tell in _TOLD.items() if (not frame.topic or frame.topic in ("options", name)) and (text := tell(said, one))]
    return f"{where}: {', '.join(parts) or 'nothing that counts right now'}."


def _others(said: Said, frame: Frame, one: Expiry | None) -> tuple[str, ...]:
    """What the sentence left out."""
    if one is None or frame.topic in ("", "options"):
        return ()
    parts = [text for name, tell in _TOLD.items() if name != frame.topic and (text := tell(said, one))]
    return (f"Beside that: {', '.join(dict.fromkeys(parts))}.",) if parts else ()


def day(said: Said, one: Expiry) -> str:
    """25 Dec 2026."""
    return said.text("expiry", f"{one.expiry:%-d %b %Y}")


def _iv(said: Said, one: Expiry) -> str:
    value = None if one.atm_iv is None else one.atm_iv * HUNDRED
    return "" if value is None else f"at-the-money volatility {said.percent('at-the-money volatility', value, places=1)} a year"


def _put_call(said: Said, one: Expiry) -> str:
    value = one.put_call_interest
    return "" if value is None else f"{said.price('put/call ratio', value, places=2)} open puts for one open call"


def _pain(said: Said, one: Expiry) -> str:
    return "" if one.max_pain is None else f"max pain {said.coins('max pain', one.max_pain.normalize(EXACT), one.quote)} {one.quote}"


_TOLD: Mapping[str, Callable[[Said, Expiry], str]] = {"iv": _iv, "put_call": _put_call, "max_pain": _pain}


# --- Evidence -----------------------------------------------------------------------------------------------------
def _row(said: Said, one: Expiry, route: Route) -> tuple[Cell, ...]:
    name = f"{one.expiry:%-d %b %Y} on {route.named(one.exchange)}"
    volatility = None if one.atm_iv is None else one.atm_iv * HUNDRED
    open_ = total([one.call_open_interest, one.put_open_interest])
    pain = DASH if one.max_pain is None else said.coins(f"{name}, max pain", one.max_pain.normalize(EXACT), one.quote)
    return (
        Cell(day(said, one), one.expiry.isoformat()), Cell(route.named(one.exchange)),
        Cell(said.percent(f"{name}, volatility", volatility, places=1), exact(volatility)), _ratio(said, f"{name}, open", one.put_call_interest),
        _ratio(said, f"{name}, traded", one.put_call_volume), Cell(pain, exact(one.max_pain)),
        Cell(said.amount(f"{name}, open options", open_, one.base), exact(open_)),
    )  # fmt: skip


def _ratio(said: Said, name: str, value: Decimal | None) -> Cell:
    return Cell(DASH if value is None else said.price(name, value, places=2), exact(value))
