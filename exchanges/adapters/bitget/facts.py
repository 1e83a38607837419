"""What Bitget says around its prices: coins and their networks, announcements, what its indices are made of. Facts of 2026-09."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.chains import address, chain
from exchanges.errors import Garbled
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import Announcement, Currency, IndexMember

R = TypeVar("R")


class _Reply(Struct, Generic[R]):
    data: list[R]


# --- coins ------------------------------------------------------------------------------------------------------
class _Network(Struct):
    chain: str
    deposits: Flag = field(name="rechargeable", default=None)  # "true" and "false", as text
    withdrawals: Flag = field(name="withdrawable", default=None)
    fee: Text = field(name="withdrawFee", default=None)
    least: Text = field(name="minWithdrawAmount", default=None)
    contract: Text = field(name="contractAddress", default=None)  # null on a chain's own coin


class _Coin(Struct):
    coin: str
    chains: list[_Network] | None = None


_COINS = reading.Table(_Reply, _Coin, lambda reply: reply.data, nested=["chains"])


def parse_currencies(body: bytes, headers: Headers, known: Instruments) -> Parsed[Currency]:
    """A row for each coin on each network, one without a network for a coin that has none. Full names are not published."""
    _, wires, total = _COINS.read(body)
    soft, rows, dropped = Soft(), {}, total - len(wires)
    for wire in wires:
        try:
            code = reading.code(wire.coin)
        except ValueError:
            dropped += 1
            continue
        for row in [_currency(code, network, soft) for network in wire.chains or ()] or [Currency(code)]:
            rows[row.code, row.network] = row
    return reading.believable(list(rows.values()), len(rows) + dropped, soft.bad)


def _currency(code: str, network: _Network, soft: Soft) -> Currency:
    return Currency(
        code,
        network=reading.title(network.chain) or "",
        chain=chain(network.chain),
        contract_address=address(network.contract),
        deposit_open=_yes(network.deposits),
        withdraw_open=_yes(network.withdrawals),
        withdraw_fee=soft(numbers.size, network.fee),
        withdraw_min=soft(numbers.size, network.least),
    )


def _yes(value: Flag) -> bool | None:
    return None if value in (None, "") else reading.flag(value)


# --- announcements ----------------------------------------------------------------------------------------------
class _Notice(Struct):
    id: str = field(name="annId")
    title: str = field(name="annTitle")
    url: Text = field(name="annUrl", default=None)
    at: Token = field(name="cTime", default=None)


_NOTICES = reading.Table(_Reply, _Notice, lambda reply: reply.data)
Parse = Callable[[bytes, Headers, Instruments], Parsed[Announcement]]


def announcements(kind: str) -> Parse:
    """How the newest page of one kind of notices is read; a month without any is an empty list."""

    def parse(body: bytes, headers: Headers, known: Instruments) -> Parsed[Announcement]:
        _, wires, total = _NOTICES.read(body)
        soft = Soft()
        rows = {wire.id: _notice(wire, kind, soft) for wire in wires if reading.title(wire.id) == wire.id and reading.title(wire.title)}
        return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)

    return parse


def _notice(wire: _Notice, kind: str, soft: Soft) -> Announcement:
    url = wire.url if wire.url and wire.url.startswith("https://") else None
    return Announcement(wire.id, reading.title(wire.title) or "", kind, url, soft(_time, wire.at))


def _time(value: Token) -> datetime | None:
    return numbers.epoch(value, "ms")


# --- index members ----------------------------------------------------------------------------------------------
class _Member(Struct):
    exchange: str
    pair: Text = field(name="spotPair", default=None)
    weight: Text = None


class _Members(Struct):
    symbol: str
    members: list[_Member] = field(name="componentList")


class _Index(Struct):
    data: _Members


_INDEX = Decoder(_Index)
OWN = "BITGET_FUTURE"  # the perpetual itself, at times nearly half of its own index: no evidence of what the coin is


def parse_index(body: bytes, headers: Headers, known: Instruments) -> Parsed[IndexMember]:
    """What a perpetual's index is made of, in Bitget's words for exchanges (GATEIO) and pairs (BTC/USDT); weights are ratios."""
    index = reading.decode(body, _INDEX).data
    if not reading.are_symbols([index.symbol]):
        raise Garbled(f"no symbol: {index.symbol[:40]!a}")
    soft, rows = Soft(), {}
    for wire in index.members:
        name, pair = reading.title(wire.exchange), reading.title(wire.pair) or ""
        if name and name != OWN:
            rows[name, pair] = IndexMember(index.symbol, name, pair, soft(numbers.size, wire.weight))
    return Parsed(list(rows.values()), bad_fields=soft.bad)
