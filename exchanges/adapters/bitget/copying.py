"""Bitget's copy trading: public statistics of those whose trades others copy, told to signed calls only. Facts of 2026-09.

No reply has been recorded: the shape is what three unrelated clients agree on. Anything may be masked ("****"): then it is
unknown. A list without a trader is not taken for a ranking.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Credentials, Headers, Instruments, Parsed, Request
from exchanges.numbers import BadNumber
from exchanges.reading import Soft, Text, Token
from exchanges.rows import LeadTrader

R = TypeVar("R")
PAGE, PAGES = 20, 10  # the most a page may hold; the ranking's first two hundred


# --- signing ----------------------------------------------------------------------------------------------------
def signature(secret: str, timestamp: str, method: str, target: str, body: str = "") -> str:
    """Base64 of the HMAC-SHA256 of time, METHOD, target and body, written one after the other."""
    digest = hmac.new(secret.encode(), f"{timestamp}{method.upper()}{target}{body}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def sign(credentials: Credentials, request: Request, now_ms: int) -> dict[str, str]:
    """The headers of a signed GET; `now_ms` by the exchange's clock. What is signed is the target as it is sent."""
    return {
        "ACCESS-KEY": credentials.key,
        "ACCESS-SIGN": signature(credentials.secret, str(now_ms), "GET", request.target),
        "ACCESS-TIMESTAMP": str(now_ms),
        "ACCESS-PASSPHRASE": credentials.passphrase,
        "Content-Type": "application/json",
        "locale": "en-US",
    }


# --- traders ----------------------------------------------------------------------------------------------------
class _Column(Struct):
    name: Text = field(name="describe", default=None)
    value: Text = None


class _Trader(Struct):
    id: str = field(name="traderId")
    name: Text = field(name="traderName", default=None)
    open: Text = field(name="canTrace", default=None)
    followers: Token = field(name="followCount", default=None)
    most: Token = field(name="maxLimit", default=None)
    ever: Token = field(name="totalFollowers", default=None)
    symbols: list[Text] | None = field(name="currentTradingList", default=None)
    columns: list[_Column] | None = field(name="columnList", default=None)
    wins: Token = field(name="profitCount", default=None)
    losses: Token = field(name="lossCount", default=None)
    trades: Token = field(name="tradeCount", default=None)
    win_rate: Text = field(name="averageWinRate", default=None)  # percent, like the next
    drawdown: Text = field(name="maxCallbackRate", default=None)
    follower_profit: Text = field(name="followerTotalProfit", default=None)
    last: Token = field(name="lastTradeTime", default=None)
    days: Token = field(name="tradeDays", default=None)


class _Reply(Struct, Generic[R]):
    data: list[R]


_TRADERS = reading.Table(_Reply, _Trader, lambda reply: reply.data, nested=["columnList", "currentTradingList"])
_COUNTED = Decoder(_Reply[dict])  # type: ignore[type-arg]
# What the columns are called on the page, in small letters.
_ROI, _PROFIT, _MANAGED = ("roi",), ("total pnl", "total p&l", "total p/l", "total profit"), ("aum", "assets under management")
_SHOWN = re.compile(r"([+-]?)(\$?)([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(%?)")
_MASK = re.compile(r"\*+")


def parse_traders(body: bytes, headers: Headers, known: Instruments) -> Parsed[LeadTrader]:
    """{"data": [...]}, twenty a page, the next page of a short list empty."""
    _, wires, total = _TRADERS.read(body)
    soft = Soft()
    rows = {wire.id: _trader(wire, soft) for wire in wires if reading.title(wire.id) == wire.id and not _MASK.fullmatch(wire.id)}
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)


def _trader(wire: _Trader, soft: Soft) -> LeadTrader:
    shown = {(column.name or "").strip().lower(): column.value for column in wire.columns or ()}
    return LeadTrader(
        wire.id,
        name=reading.title(wire.name) or "",
        open_to_copy={"yes": True, "no": False}.get((wire.open or "").lower()),
        followers=soft(_count, wire.followers),
        max_followers=soft(_count, wire.most),
        followers_ever=soft(_count, wire.ever),
        roi_pct=_column(shown, _ROI, "%"),
        profit=_column(shown, _PROFIT, "$"),
        follower_profit=soft(_figure, wire.follower_profit),
        managed=_column(shown, _MANAGED, "$"),
        win_rate_pct=soft(_figure, wire.win_rate),
        max_drawdown_pct=soft(_figure, wire.drawdown),
        trades=soft(_count, wire.trades),
        wins=soft(_count, wire.wins),
        losses=soft(_count, wire.losses),
        days=soft(_count, wire.days),
        symbols=tuple(symbol for symbol in wire.symbols or () if symbol and reading.are_symbols([symbol])),
        last_trade_at=soft(_time, wire.last),
    )


def _figure(text: Text) -> Decimal | None:
    return None if text and _MASK.fullmatch(text) else numbers.change(text)


def _count(value: Token) -> int | None:
    if value in (None, "") or _MASK.fullmatch(str(value)):
        return None
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # more than there are people, and than a column takes
        raise BadNumber(text[:64])
    return int(text)


def _time(value: Token) -> datetime | None:
    return None if isinstance(value, str) and _MASK.fullmatch(value) else numbers.epoch(value, "ms")


def _column(shown: dict[str, Text], names: tuple[str, ...], sign: str) -> Decimal | None:
    """A figure from text made for a page; only what has the sign of its unit is taken."""
    text = next((shown[name] for name in names if shown.get(name)), None)
    found = _SHOWN.fullmatch((text or "").strip())
    if not found or sign != (found[2] or found[6]) or (found[2] and found[6]) or (found[1] and found[3]):
        return None
    try:
        return numbers.change((found[1] + found[3]).replace("+", "") + found[4].replace(",", "") + (found[5] or ""))
    except BadNumber:
        return None


# --- pages ------------------------------------------------------------------------------------------------------
def next_page(body: bytes, request: Request) -> tuple[Request, ...]:
    """The page after a full one, until the ranking is long enough."""
    number = int(dict(request.params)["pageNo"]) + 1
    if number > PAGES or len(reading.decode(body, _COUNTED).data) < PAGE:
        return ()
    return (replace(request, params=tuple((name, str(number) if name == "pageNo" else value) for name, value in request.params)),)
