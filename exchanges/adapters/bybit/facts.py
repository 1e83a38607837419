"""What the exchange says of itself: maintenance, announcements, and what its indices are made of."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Announcement, IndexMember, ServiceStatus

R = TypeVar("R")


class _List(Struct, Generic[R]):
    rows: list[R] = field(name="list")


class _Reply(Struct, Generic[R]):
    result: _List[R]


# --- maintenance ------------------------------------------------------------------------------------------------
class _Window(Struct):
    id: str
    state: str
    title: Text = None
    begin: Token = None
    end: Token = None  # expected, and once it is over the real one
    env: Token = None


_WINDOWS = reading.Table(_Reply, _Window, lambda reply: reply.result.rows)
_OVER = {"completed", "canceled", "cancelled"}
_DEMO = "2"  # `env` of a window that concerns demo trading only


def parse_status(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServiceStatus]:
    """A row for now (id ""), and one for each window, which is "open" again once it is over. No windows at all is good news."""
    _, wires, total = _WINDOWS.read(body)
    soft = Soft()
    ours = [wire for wire in wires if str(wire.env) != _DEMO and reading.title(wire.id)]
    now = "maintenance" if any(wire.state == "ongoing" for wire in ours) else "open"
    skipped = sum(str(wire.env) == _DEMO for wire in wires)
    windows = list({wire.id: _window(wire, soft) for wire in ours}.values())
    parsed = reading.believable(windows, total - skipped, soft.bad, may_be_empty=True)
    return Parsed([ServiceStatus(now), *parsed.rows], parsed.dropped, parsed.bad_fields)


def _window(wire: _Window, soft: Soft) -> ServiceStatus:
    state = "open" if wire.state in _OVER else "maintenance"
    name, times = (reading.title(wire.id) or "")[:100], [soft(numbers.epoch, at, "ms") for at in (wire.begin, wire.end)]
    return ServiceStatus(state, name, reading.title(wire.title), *times)


# --- announcements ----------------------------------------------------------------------------------------------
class _Type(Struct, gc=False):
    key: Text = None


class _Notice(Struct):
    title: str
    url: str
    type: _Type = field(default_factory=_Type)
    dated: Token = field(name="dateTimestamp", default=None)
    published: Token = field(name="publishTime", default=None)


_NOTICES = reading.Table(_Reply, _Notice, lambda reply: reply.result.rows, nested=("type", "tags"))
_KIND = {"new_crypto": "listing", "delistings": "delisting", "maintenance_updates": "maintenance"}
_ARTICLE = re.compile(r"-(blt[0-9a-f]{8,32})/?$")  # the article's own name at the end of its address


def parse_announcements(body: bytes, headers: Headers, known: Instruments) -> Parsed[Announcement]:
    """The newest notices of one type. Their start and end mean something for promotions only, which are not asked for."""
    _, wires, total = _NOTICES.read(body)
    soft, rows = Soft(), {}
    for wire in wires:
        if row := _notice(wire, soft):
            rows[row.id] = row
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)


def _notice(wire: _Notice, soft: Soft) -> Announcement | None:
    title, url = reading.title(wire.title), wire.url.strip()
    if not title or not url.startswith("https://") or not url.isprintable():
        return None
    article = _ARTICLE.search(url)
    at = soft(numbers.epoch, wire.published, "ms") or soft(numbers.epoch, wire.dated, "ms")
    return Announcement(article[1] if article else url, title, _KIND.get(wire.type.key or "", "other"), url, at)


# --- index members ----------------------------------------------------------------------------------------------
class _Member(Struct):
    exchange: str
    pair: str = field(name="spotPair")
    multiplier: Text = None
    weight: Text = None


class _Index(Struct, Generic[R]):
    components: list[R]


class _IndexReply(Struct, Generic[R]):
    result: _Index[R]


_MEMBERS = reading.Table(_IndexReply, _Member, lambda reply: reply.result.components)


def parse_members(body: bytes, headers: Headers, known: Instruments) -> Parsed[IndexMember]:
    """Which venues' markets an index is made of, by their own names; the weight is a ratio. The index's name is no symbol."""
    _, wires, total = _MEMBERS.read(body)
    market, soft = reading.asked(known), Soft()
    symbol = market.symbol if market else ""
    rows = {(wire.exchange, wire.pair): _member(symbol, wire, soft) for wire in wires if wire.exchange}
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)


def _member(symbol: str, wire: _Member, soft: Soft) -> IndexMember:
    named, pair = (reading.title(text) or "" for text in (wire.exchange, wire.pair))
    return IndexMember(symbol, named[:60], pair[:60], soft(numbers.size, wire.weight), soft(numbers.price, wire.multiplier))
