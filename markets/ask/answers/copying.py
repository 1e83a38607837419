"""Traders whom others copy, as exchanges publish them, and why there are none where there are none. Never a recommendation. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.copying import FEW_TRADES, YOUNG_DAYS
from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common, lists
from markets.ask.frame import Frame
from markets.ask.router import Route

ORDERS: Mapping[str, str] = {  # topic: the figure that orders, as the page calls it
    "roi": "-roi_pct", "win_rate": "-win_rate_pct", "drawdown": "max_drawdown_pct", "followers": "-followers", "profit": "-profit", "managed": "-managed",
    "days": "-days",
}  # fmt: skip
CALLED: Mapping[str, str] = {
    "-roi_pct": "result", "-win_rate_pct": "win rate", "max_drawdown_pct": "smallest largest fall", "-followers": "most followers", "-profit": "profit",
    "-managed": "money under copy", "-days": "longest record",
}  # fmt: skip
TYPED: Mapping[str, str] = {"roi": "roi", "pnl": "profit", "aum": "managed"}  # words that are read like drawdown but name another figure
PREDICTS = "Past results do not predict; nothing here is a recommendation."


class Leader(Struct, frozen=True, kw_only=True):
    """One trader as last seen. Money in USDT, percentages in percent; None: not told. `young`, `few`: a short record, few trades."""

    exchange: str
    name: str
    roi_pct: Decimal | None = None
    profit: Decimal | None = None
    max_drawdown_pct: Decimal | None = None
    win_rate_pct: Decimal | None = None
    trades: int | None = None
    days: int | None = None
    followers: int | None = None
    managed: Decimal | None = None
    young: bool = False
    few: bool = False


class Stand(Struct, frozen=True):
    """How one exchange's copy trading stands: ok, starting, refused, blocked or off; why, and what to do about it."""

    exchange: str
    state: str
    reason: str = ""
    what_to_do: str = ""
    ok_at: datetime | None = None
    age_s: float | None = None
    freshness: str = ""


class Copying(Struct, frozen=True, tag="copying", kw_only=True):
    """`count` traders, the first of them in order; `median_roi_pct` of all of them. `symbol`: only those who trade it now."""

    leaders: tuple[Leader, ...] = ()
    count: int = 0
    order: str = "-roi_pct"
    median_roi_pct: Decimal | None = None
    symbol: str = ""
    stands: tuple[Stand, ...] = ()


COLUMNS = (
    Column("name", "Trader"), Column("exchange", "Exchange", phone=False), Column("roi_pct", "Result", number=True),
    Column("max_drawdown_pct", "Largest fall", number=True), Column("win_rate_pct", "Win rate", number=True),
    Column("trades", "Trades", number=True, phone=False), Column("days", "Days", number=True, phone=False),
    Column("followers", "Followers", number=True, phone=False), Column("managed", "Under copy, USDT", number=True, phone=False),
)  # fmt: skip


def order_of(frame: Frame) -> str:
    """The figure that orders; of words that are understood alike the one that was typed decides."""
    typed = (topic for word, topic in TYPED.items() if re.search(rf"\b{word}\b", frame.q, re.IGNORECASE))
    topic = next(typed, frame.topic) if frame.topic == "drawdown" and "drawdown" not in frame.q.lower() else frame.topic
    return ORDERS.get(topic, ORDERS["roi"])


def compose(frame: Frame, route: Route, found: Copying, now: datetime) -> Answer:
    """The traders that lead by the asked figure, or why none can be shown."""
    said, left = Said(), (*common.told(route), *_lefts(found, route))
    used = tuple(Used(s.exchange, route.named(s.exchange), s.ok_at, s.age_s, s.freshness) for s in found.stands if s.state == "ok")
    sort = None if found.order == "-roi_pct" else found.order
    return Answer(
        kind="answer" if found.leaders else "nothing", title=f"Lead traders of {found.symbol}" if found.symbol else "Lead traders",
        sentence=_sentence(said, frame, found, route), lines=(*_todo(found, route), *common.reasons(left)), table=_table(said, found, route),
        notes=_notes(said, found), sources=used, excluded=left, value=found.median_roi_pct, unit="" if found.median_roi_pct is None else "%", as_of=now,
        max_age_s=common.oldest(used), page=common.address("/copy/", sort=sort),
        api=common.address("/api/v1/copy-trading/", symbol=found.symbol, exchange=frame.exchanges, ordering=sort), figures=said.figures,
    )  # fmt: skip


def _lefts(found: Copying, route: Route) -> list[Left]:
    return [Left(s.exchange, route.named(s.exchange), s.state, _why(s, route.named(s.exchange))) for s in found.stands if s.state != "ok"]


def _why(stand: Stand, name: str) -> str:
    """The reason without the name it begins with and its full stop: a list puts both around it."""
    text = stand.reason.removesuffix(".").removeprefix(f"{name} ")
    return text[:1].lower() + text[1:]


# --- Sentences ----------------------------------------------------------------------------------------------------
def _sentence(said: Said, frame: Frame, found: Copying, route: Route) -> str:
    if not found.stands:
        asked = lists.joined([route.named(slug) for slug in frame.exchanges], "or")
        return f"Copy-trading statistics are not published by {asked}." if asked else "No exchange here that may be asked publishes copy-trading statistics."
    if not found.leaders:
        return _none(found, route)
    first, where = found.leaders[0], f" of {found.symbol}" if found.symbol else ""
    middle = "" if found.median_roi_pct is None else f", half of them with a result above {said.percent('median result', found.median_roi_pct, sign=True)}"
    return (
        f"{said.count('traders', found.count)} lead traders{where} are published{middle}; first by {CALLED.get(found.order, 'result')} is "
        f"{said_name(said, first)} on {route.named(first.exchange)}{_figure(said, found.order, first)}."
    )


def said_name(said: Said, leader: Leader) -> str:
    """A trader's name as published: digits in it are part of the name."""
    return common.numbers(said, "trader", leader.name)


def _figure(said: Said, order: str, leader: Leader) -> str:
    """(+45.20 %)."""
    name, value = order.lstrip("-"), getattr(leader, order.lstrip("-"))
    if value is None:
        return ""
    if name.endswith("_pct"):
        return f" ({said.percent(f'{leader.name}, {name}', value, sign=name == 'roi_pct')})"
    if isinstance(value, int):
        return f" ({said.count(f'{leader.name}, {name}', value)})"
    return f" ({said.amount(f'{leader.name}, {name}', value, 'USDT')} USDT)"


def _none(found: Copying, route: Route) -> str:
    """Why there is nothing: the state of those that publish."""
    ready = [s for s in found.stands if s.state == "ok"]
    if ready:
        return f"No lead trader {'trades ' + found.symbol + ' right now' if found.symbol else 'that fits is published'}."
    names = lists.joined([route.named(s.exchange) for s in found.stands])
    return f"Copy-trading statistics are published by {names}, but none are stored here."


def _todo(found: Copying, route: Route) -> list[str]:
    return [f"{route.named(s.exchange)}: {s.what_to_do}" for s in found.stands if s.state != "ok" and s.what_to_do]


def _notes(said: Said, found: Copying) -> tuple[str, ...]:
    young = [leader.name for leader in found.leaders if leader.young]
    few = [leader.name for leader in found.leaders if leader.few]
    notes = [f"Young records, under {said.count('young days', YOUNG_DAYS)} days: {', '.join(young)}."] if young else []
    notes += [f"Few trades, under {said.count('few trades', FEW_TRADES)}: {', '.join(few)}."] if few else []
    told = [common.numbers(said, "traders", note) for note in notes]
    return (*told, "A result is as the exchange tells it; it does not say over which time.", PREDICTS) if found.leaders else (PREDICTS,)


# --- Evidence -----------------------------------------------------------------------------------------------------
def _table(said: Said, found: Copying, route: Route) -> Table | None:
    rows = tuple(_row(said, leader, route) for leader in found.leaders)
    return Table(COLUMNS, rows, max(0, found.count - len(rows))) if rows else None


def _row(said: Said, leader: Leader, route: Route) -> tuple[Cell, ...]:
    name = leader.name
    return (
        Cell(said_name(said, leader)), Cell(route.named(leader.exchange)),
        Cell(said.percent(f"{name}, roi_pct", leader.roi_pct, sign=True), exact(leader.roi_pct)),
        Cell(said.percent(f"{name}, max_drawdown_pct", leader.max_drawdown_pct), exact(leader.max_drawdown_pct)),
        Cell(said.percent(f"{name}, win_rate_pct", leader.win_rate_pct, places=1), exact(leader.win_rate_pct)), _count(said, f"{name}, trades", leader.trades),
        _count(said, f"{name}, days", leader.days), _count(said, f"{name}, followers", leader.followers),
        Cell(said.amount(f"{name}, managed", leader.managed, "USDT"), exact(leader.managed)),
    )  # fmt: skip


def _count(said: Said, name: str, value: int | None) -> Cell:
    return Cell(DASH) if value is None else Cell(said.count(name, value), str(value))
