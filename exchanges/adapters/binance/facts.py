"""What Binance says of itself and of its indices: whether it works, and which markets an index price is made of."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.reading import Soft, Text, Token
from exchanges.rows import IndexMember, ServiceStatus

R = TypeVar("R")


class _Status(Struct):
    status: Token
    msg: Text = None


_STATUS = Decoder(_Status)
_STATES = {"0": "open", "1": "maintenance"}


def parse_status(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServiceStatus]:
    """{"status": 0 or 1, "msg": "normal" or "system_maintenance"}: how it is now; nothing is announced here."""
    found = reading.decode(body, _STATUS)
    if (state := _STATES.get(str(found.status))) is None:
        raise Garbled(f"status {found.status!a:.40}")
    return Parsed([ServiceStatus(state, title=reading.title(found.msg))])


class _Member(Struct):
    exchange: str
    symbol: Text = None
    weight: Text = None  # COIN-M's list has none


class _Index(Struct, Generic[R]):
    symbol: str
    constituents: list[R]


_INDEX = reading.Table(_Index, _Member, lambda reply: reply.constituents)


def parse_members(body: bytes, headers: Headers, known: Instruments) -> Parsed[IndexMember]:
    """{"symbol", "constituents": [{"exchange", "symbol", "price", "weight"}]}: weights as ratios; prices may be hidden as -1."""
    found, members, total = _INDEX.read(body)
    market, soft = reading.asked(known), Soft()
    rows = [
        IndexMember(market.symbol if market else found.symbol, exchange, reading.title(each.symbol) or "", soft(numbers.size, each.weight))
        for each in members
        if (exchange := reading.title(each.exchange))
    ]
    return reading.believable(rows, total, soft.bad)
