"""Coins with their networks, and what indices are made of. Facts of 2026-06, index weights of 2026-09."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.chains import address, chain
from exchanges.numbers import BadNumber
from exchanges.reading import Flag, Text
from exchanges.rows import Currency, IndexMember


# --- currencies -------------------------------------------------------------------------------------------------------
class _Coin(Struct):
    currency: str
    name: Text = None
    deposit_disabled: Flag = None
    withdraw_disabled: Flag = None
    chain: Text = None  # the usual one; the only one until 2024, when a coin was a row for each network
    chains: list[Any] | None = None


class _Chain(Struct):
    name: str
    addr: Text = None
    deposit_disabled: Flag = None
    withdraw_disabled: Flag = None


_COINS = reading.Table(list, _Coin, nested=("chains",))
_PLACEHOLDER = re.compile(r"(?:(\w)\1{2,})+")  # aaaaa000000111111xxx: nothing but repetition, on networks that are closed


def parse_currencies(body: bytes, headers: Headers, known: Instruments) -> Parsed[Currency]:
    """One row for each coin and network. Fees are not told here."""
    _, wires, total = _COINS.read(body)
    rows: dict[tuple[str, str], Currency] = {}
    lost = total - len(wires)
    for wire in wires:
        try:
            found = _networks(wire)
        except ValueError:
            lost += 1
            continue
        lost += len(wire.chains or ()) - len(found) if wire.chains else 0
        rows |= {(row.code, row.network): row for row in found}
    return reading.believable(list(rows.values()), len(rows) + lost, 0)


def _networks(coin: _Coin) -> list[Currency]:
    """The coin on each of its networks; without a list of them, one row by what the coin itself says."""
    if not coin.chains:
        # BTC_BSC on BSC is BTC: how this list was written while a coin had a row for each network.
        code = coin.currency.removesuffix(f"_{coin.chain}") if coin.chains is None else coin.currency
        own = _Chain(coin.chain or "", None, coin.deposit_disabled, coin.withdraw_disabled)
        return [_currency(code, coin, own)]
    return [_currency(coin.currency, coin, one) for one in map(_chain, coin.chains) if one]


def _chain(entry: Any) -> _Chain | None:
    try:
        return msgspec.convert(entry, _Chain)
    except msgspec.ValidationError:
        return None


def _currency(code: str, coin: _Coin, one: _Chain) -> Currency:
    text = None if _PLACEHOLDER.fullmatch(one.addr or "") else one.addr
    return Currency(
        reading.code(code), reading.title(coin.name), reading.title(one.name) or "", chain(one.name), address(text),
        deposit_open=_open(one.deposit_disabled), withdraw_open=_open(one.withdraw_disabled),
    )  # fmt: skip


def _open(disabled: Flag) -> bool | None:
    """The opposite of what stands there; None when nothing does, or no word we know."""
    return None if disabled not in (True, False, "true", "false") else not reading.flag(disabled)


# --- index members ----------------------------------------------------------------------------------------------------
class _Member(Struct):
    exchange: str
    symbols: list[str]
    weight: str | float | None = None


class _Index(Struct):
    index: str
    constituents: list[Any]


_INDEX = Decoder(_Index)


def parse_index(body: bytes, headers: Headers, known: Instruments) -> Parsed[IndexMember]:
    """{"index": ..., "constituents": [{"exchange", "symbols": [...], "weight"}]}: a row for each symbol."""
    index = reading.decode(body, _INDEX)
    market = reading.asked(known)
    rows: dict[tuple[str, str], IndexMember] = {}
    lost = bad = 0
    for entry in index.constituents:
        try:
            member = msgspec.convert(entry, _Member)
            weight, wrong = _weight(member)
        except msgspec.ValidationError:
            lost += 1
            continue
        bad += wrong
        if not (named := reading.title(member.exchange)):
            lost += 1
            continue
        for symbol in member.symbols:
            rows[named, symbol] = IndexMember(market.symbol if market else index.index, named, reading.title(symbol) or "", weight)
    return reading.believable(list(rows.values()), len(rows) + lost, bad, may_be_empty=True)


def _weight(member: _Member) -> tuple[Any, int]:
    """The share of a single market, and whether it was no number; of several markets together it says nothing of each."""
    if len(member.symbols) != 1 or member.weight is None:
        return None, 0
    try:
        return numbers.size(str(member.weight)), 0
    except BadNumber:
        return None, 1
