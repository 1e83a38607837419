"""What KuCoin says of itself and of coins: whether it works, networks and contract addresses, announcements, index baskets."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import chains, numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import Announcement, Currency, IndexMember, ServiceStatus

R = TypeVar("R")


# --- status -------------------------------------------------------------------------------------------------------
class _State(Struct):
    status: str
    msg: Text = None


class _Status(Struct):
    data: _State


_STATUS = Decoder(_Status)
STATES = {"open": "open", "close": "closed", "cancelonly": "maintenance"}


def parse_status(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServiceStatus]:
    """{"data": {"status": open|close|cancelonly, "msg"}}: of the spot market, which is what "now" means."""
    return _status(body, "")


def parse_futures_status(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServiceStatus]:
    """The same path on the other host: of contracts."""
    return _status(body, "futures")


def _status(body: bytes, about: str) -> Parsed[ServiceStatus]:
    data = reading.decode(body, _STATUS).data
    if data.status not in STATES:
        raise Garbled(f"an unknown state: {data.status!a:.40}")
    return Parsed([ServiceStatus(STATES[data.status], about, reading.title(data.msg))])


# --- currencies ---------------------------------------------------------------------------------------------------
class _Chain(Struct):
    name: str = field(name="chainName")
    id: Text = field(name="chainId", default=None)
    address: Text = field(name="contractAddress", default=None)
    deposit: Flag = field(name="isDepositEnabled", default=None)
    withdraw: Flag = field(name="isWithdrawEnabled", default=None)
    fee: Text = field(name="withdrawalMinFee", default=None)
    minimum: Text = field(name="withdrawalMinSize", default=None)


class _Currency(Struct):
    currency: str
    name: Text = None
    full_name: Text = field(name="fullName", default=None)
    chains: list[_Chain] | None = None


class _Rows(Struct, Generic[R]):
    data: list[R]


_CURRENCIES = reading.Table(_Rows, _Currency, lambda reply: reply.data, nested=("chains",))


def parse_currencies(body: bytes, headers: Headers, known: Instruments) -> Parsed[Currency]:
    """{"data": [{currency, name, fullName, chains: [...]}]}. `currency` is for ever, `name` is what markets call the coin now."""
    _, wires, total = _CURRENCIES.read(body)
    soft, lost = Soft(), 0
    rows: dict[tuple[str, str], Currency] = {}
    for wire in wires:
        try:
            rows |= {(row.code, row.network): row for row in _networks(wire, soft)}
        except ValueError:
            lost += 1
    if not rows or (total - len(wires) + lost) * 10 > total:
        raise Garbled(f"{total - len(wires) + lost} of {total} coins could not be read")
    return Parsed(list(rows.values()), total - len(wires) + lost, soft.bad)


def _networks(wire: _Currency, soft: Soft) -> list[Currency]:
    """One row for each network; a coin without any is still a coin."""
    code, name = reading.code(wire.name or wire.currency), reading.title(wire.full_name)
    return [_network(code, name, each, soft) for each in wire.chains or ()] or [Currency(code, name)]


def _network(code: str, name: str | None, wire: _Chain, soft: Soft) -> Currency:
    return Currency(
        code,
        name,
        reading.title(wire.name) or "",
        chains.chain(wire.name) or chains.chain(wire.id),
        chains.address(wire.address),
        None if wire.deposit is None else reading.flag(wire.deposit),
        None if wire.withdraw is None else reading.flag(wire.withdraw),
        soft(numbers.size, wire.fee),
        soft(numbers.size, wire.minimum),
    )


# --- announcements ------------------------------------------------------------------------------------------------
class _Announcement(Struct):
    id: Token = field(name="annId")
    title: Text = field(name="annTitle")
    types: list[Text] | None = field(name="annType", default=None)
    text: Text = field(name="annDesc", default=None)
    url: Text = field(name="annUrl", default=None)
    at: Token = field(name="cTime", default=None)


class _Page(Struct, Generic[R]):
    items: list[R]


class _Pages(Struct, Generic[R]):
    data: _Page[R]


_ANNOUNCEMENTS = reading.Table(_Pages, _Announcement, lambda reply: reply.data.items, nested=("annType",))
KINDS = (("delistings", "delisting"), ("new-listings", "listing"), ("maintenance-updates", "maintenance"))
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?"
_OPENS = re.compile(rf"\bTrading:\s*{_CLOCK}\s+on\s+({'|'.join(MONTHS)})\s+([0-9]{{1,2}}),\s+([0-9]{{4}})\s+\(UTC\)")  # \s: some are no-break


def parse_announcements(body: bytes, headers: Headers, known: Instruments) -> Parsed[Announcement]:
    """{"data": {"items": [...]}}: one page of the last month, newest first. Each carries all types it stands under."""
    _, wires, total = _ANNOUNCEMENTS.read(body)
    soft = Soft()
    rows = {row.id: row for row in (_announcement(wire, soft) for wire in wires) if row}
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)


def _announcement(wire: _Announcement, soft: Soft) -> Announcement | None:
    about, title = reading.title(str(wire.id or "")), reading.title(wire.title)
    if not about or not title:
        return None
    kind = next((ours for theirs, ours in KINDS if theirs in (wire.types or ())), "other")
    starts_at = _opening(wire.text or "") if kind == "listing" else None
    return Announcement(about, title, kind, _url(wire.url), soft(numbers.epoch, wire.at, "ms"), starts_at)


def _url(text: str | None) -> str | None:
    """A link people may follow, or None: it is shown."""
    return text if text and len(text) <= 500 and text.isascii() and text.isprintable() and text.startswith("https://") else None


def _opening(text: str) -> datetime | None:
    """When trading opens: "Trading: 11:00 on October 22, 2024 (UTC)"; None where it is said in other words."""
    if not (found := _OPENS.search(text)):
        return None
    hour, minute, month, day, year = found.groups()
    try:
        return datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), tzinfo=UTC)
    except ValueError:  # the 31st of a month that has 30 days
        return None


# --- index baskets ------------------------------------------------------------------------------------------------
class _Member(Struct):
    exchange: str
    weight: Text = None


class _Value(Struct):
    at: Token = field(name="timePoint", default=None)
    members: list[_Member] | None = field(name="decomposionList", default=None)  # spelled so on the wire


class _Values(Struct, Generic[R]):
    rows: list[R] = field(name="dataList")


class _Index(Struct, Generic[R]):
    data: _Values[R]


_INDEX = reading.Table(_Index, _Value, lambda reply: reply.data.rows, nested=("decomposionList",))


def parse_index_members(body: bytes, headers: Headers, known: Instruments) -> Parsed[IndexMember]:
    """{"data": {"dataList": [{decomposionList: [{exchange, price, weight}]}]}}: the newest value's sources.

    They are named by exchange only. The reply names the index and not the contract; an unknown index is an empty list.
    """
    _, wires, total = _INDEX.read(body)
    if not wires:
        return reading.believable([], total, 0, may_be_empty=True)
    market = reading.asked(known)
    newest: _Value = max(wires, key=_age)
    soft = Soft()
    rows = {
        name: IndexMember(market.symbol if market else "", name, weight=soft(numbers.size, member.weight))
        for member in newest.members or ()
        if (name := reading.title(member.exchange))
    }
    return Parsed(list(rows.values()), bad_fields=soft.bad)


def _age(value: _Value) -> int:
    text: Any = value.at
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 20 else 0
