"""Bybit (API v5): one envelope with the only clock, fractions for percent, and a 403 with two meanings. Facts of 2026-07.

Coins and their networks are told to signed calls only, and copy traders to nobody: neither is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import reading
from exchanges.adapter import Adapter, Clock, Headers, Instruments, Parsed, Part, Pool, Request, Source, Use
from exchanges.adapters.bybit import books, contracts, facts, options, spot
from exchanges.errors import Blocked, Halted, Refused, Throttled, Unreachable
from exchanges.reading import Text, Token
from exchanges.rows import Instrument, Row, ServerTime

R = TypeVar("R", bound=Row)

HOST = "api.bybit.com"
COST = {"requests": 1}
INSTRUMENTS, TICKERS = "/v5/market/instruments-info", "/v5/market/tickers"
COINS = ("BTC", "ETH", "SOL", "XRP", "MNT", "DOGE")  # what options are written on
NOTICES = {"listings": "new_crypto", "delistings": "delistings", "maintenance": "maintenance_updates"}
PERIODS = {60: "1", 300: "5", 900: "15", 1800: "30", 3600: "60", 14_400: "240", 86_400: "D"}


# --- time -------------------------------------------------------------------------------------------------------
class _Time(Struct):
    time: Token


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """The envelope's own `time` in ms, which every reply carries."""
    return reading.server_time(reading.decode(body, _TIME).time, "ms")


# --- pages ------------------------------------------------------------------------------------------------------
class _Page(Struct):
    rows: list[Any] = field(name="list")
    cursor: Text = field(name="nextPageCursor", default=None)


class _Paged(Struct):
    result: _Page


_PAGED = Decoder(_Paged)


def next_page(body: bytes, request: Request) -> tuple[Request, ...]:
    """The page behind this one. The cursor comes escaped and is sent so; a last page may have one too, and then nothing follows."""
    page, params = reading.decode(body, _PAGED).result, dict(request.params)
    cursor = unquote(page.cursor or "")
    if not page.rows or cursor in ("", params.get("cursor")):
        return ()
    return (replace(request, params=tuple((params | {"cursor": cursor}).items())),)


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Envelope(Struct):
    code: str | int = field(name="retCode")
    msg: Text = field(name="retMsg", default=None)
    time: Token = None


_ENVELOPE = Decoder(_Envelope)
_TOO_OFTEN = {"10006", "10018"}
_NOT_HERE = {"10009", "10024"}
_BAD_PARAMETER = "10001"  # an unknown market too: then the text names its symbol
_THEIR_FAULT = {"10000", "10016"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is retCode 0 in HTTP 200; retMsg is "OK", "success" or "". A 403 is a page: a refused country, or a ban."""
    reply = reading.envelope(status, headers, body, _ENVELOPE)
    code, text = str(reply.code), reading.words(reply.code, reply.msg)
    if code in _TOO_OFTEN:
        raise Throttled(text, _reset_s(headers, reply.time))
    if code in _NOT_HERE:
        raise Blocked(text, "geoblocked")
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if code == _BAD_PARAMETER and "symbol" in text.lower():
        raise Halted(text, status)
    reading.refuse(status, headers, body)
    if code != "0":
        raise Refused(text, "api_error")


def _reset_s(headers: Headers, now: Token) -> float | None:
    """From the envelope's time to X-Bapi-Limit-Reset-Timestamp, both ms; it equals "now" when nothing is limited."""
    reset = reading.count(headers, "x-bapi-limit-reset-timestamp")
    at, until = reading.clock(now, "ms"), reading.clock(reset, "ms")
    return max(0.0, (until - at).total_seconds()) if at and until else reading.retry_after(headers)


def usage(headers: Headers) -> tuple[Use, ...]:
    """X-Bapi-Limit-Status, what is left; on public calls it comes only sometimes."""
    limit, left = reading.count(headers, "x-bapi-limit"), reading.count(headers, "x-bapi-limit-status")
    return () if left is None else (Use("requests", None if limit is None else limit - left, left),)


# --- which markets a part can be asked about ----------------------------------------------------------------------
def _spot(market: Instrument) -> bool:
    return market.kind == "spot"


def _linear(market: Instrument) -> bool:
    return market.kind in ("perp", "future") and not market.inverse


def _inverse(market: Instrument) -> bool:
    return market.kind in ("perp", "future") and market.inverse


def _option(market: Instrument) -> bool:
    return market.kind == "option"


def _perpetual(market: Instrument) -> bool:
    return market.kind == "perp"


FITS = {"spot": _spot, "linear": _linear, "inverse": _inverse, "option": _option}


# --- what is asked ------------------------------------------------------------------------------------------------
Parse = Callable[[bytes, Headers, Instruments], Parsed[R]]


def _part(
    name: str,
    path: str,
    parse: Parse[R],
    *params: tuple[str, str],
    clock: Clock = "none",
    few: int = 0,
    pages: int = 1,
    paged: bool = False,
    fits: Callable[[Instrument], bool] = lambda market: True,
    bars: bool = False,
) -> Part[R]:
    """A request to the one host, at the one price."""
    return Part(
        name,
        Request(HOST, path, params),
        COST,
        parse,
        clock=clock,
        few=few,
        next_pages=next_page if paged else None,
        pages=pages,
        fits=fits,
        periods=PERIODS if bars else {},
    )


def _catalogue(name: str, parse: Parse[R], *params: tuple[str, str], few: int = 0, pages: int = 1) -> Part[R]:
    """All pages of a list: the default page is shorter than the list of linear contracts."""
    return _part(name, INSTRUMENTS, parse, *params, ("limit", "1000"), few=few, pages=pages, paged=True)


def _book(category: str, parse: Parse[R], limit: int) -> Part[R]:
    params = (("category", category), ("symbol", "{symbol}"), ("limit", str(limit)))  # without a limit spot and options give one level
    return _part(category, "/v5/market/orderbook", parse, *params, clock="snapshot", fits=FITS[category])


def _candles(category: str, parse: Parse[R]) -> Part[R]:
    # Without a category linear is meant, which has a BTCUSDT too.
    params = (("category", category), ("symbol", "{symbol}"), ("interval", "{period}"), ("start", "{start_ms}"), ("end", "{end_ms}"), ("limit", "1000"))
    return _part(category, "/v5/market/kline", parse, *params, fits=FITS[category], bars=True)


def _history(category: str) -> Part[Any]:
    # A start without an end is an error there; an end alone gives the 200 before it, which a start cannot add to.
    params = (("category", category), ("symbol", "{symbol}"), ("endTime", "{end_ms}"), ("limit", "200"))
    fits = FITS[category]
    return _part(category, "/v5/market/funding/history", contracts.parse_history, *params, fits=lambda market: market.kind == "perp" and fits(market))


def _options(parse: Parse[R], path: str, **more: Any) -> tuple[Part[R], ...]:
    """One part for each coin, so that one that fails does not cost the others."""
    return tuple(_part(coin, path, parse, ("category", "option"), ("baseCoin", coin), **more) for coin in COINS)


ADAPTER = Adapter(
    slug="bybit",
    name="Bybit",
    spellings=("bybt", "buybit"),
    monogram="BY",
    position=3,
    # The regional hosts serve that region's own listings; an operator there chooses one.
    hosts=(
        HOST,
        "api.bytick.com",
        "api.bybit.nl",
        "api.bybit.eu",
        "api.bybit.tr",
        "api.bybit.kz",
        "api.bybitgeorgia.ge",
        "api.bybit.ae",
        "api.bybit.id",
        "api.manepa.jp",
    ),
    pools=(Pool("requests", 600, 5),),
    budget=240,
    taker_fee=Decimal("0.001"),
    trade_page="https://www.bybit.com/en/trade/spot/{base}/{quote}",
    absent={"currencies": "networks and contract addresses are told to signed calls only"},
    check=check,
    usage=usage,
    time=Source((_part("all", "/v5/market/time", parse_time, clock="snapshot"),), period_s=300, whole=False),
    status=Source((_part("all", "/v5/system/status", facts.parse_status),), period_s=60, whole=False),
    instruments=Source((_part("all", INSTRUMENTS, spot.parse_instruments, ("category", "spot"), few=100),), period_s=300),
    tickers=Source((_part("all", TICKERS, spot.parse_tickers, ("category", "spot"), clock="snapshot", few=100),), period_s=10),
    book=Source(
        (
            _book("spot", books.parse_book, 200), _book("linear", books.parse_book, 200),
            _book("inverse", books.parse_inverse_book, 200), _book("option", books.parse_book, 25),
        ),
        period_s=30, whole=False, markets=20,
    ),
    candles=Source(
        (_candles("spot", books.parse_candles), _candles("linear", books.parse_candles), _candles("inverse", books.parse_inverse_candles)),
        period_s=3600, whole=False, markets=10,
    ),
    announcements=Source(
        tuple(
            _part(name, "/v5/announcements/index", facts.parse_announcements, ("locale", "en-US"), ("type", kind), ("page", "1"), ("limit", "50"))
            for name, kind in NOTICES.items()
        ),
        period_s=300,
    ),
    perp_instruments=Source(
        (
            _catalogue("linear", contracts.parse_catalogue, ("category", "linear"), few=100),
            _catalogue("prelaunch", contracts.parse_catalogue, ("category", "linear"), ("status", "PreLaunch"), pages=2),
            _catalogue("inverse", contracts.parse_catalogue, ("category", "inverse"), few=1),
        ),
        period_s=300,
    ),
    perp_tickers=Source(
        (
            _part("linear", TICKERS, contracts.parse_linear, ("category", "linear"), clock="snapshot", few=100),
            _part("inverse", TICKERS, contracts.parse_inverse, ("category", "inverse"), clock="snapshot", few=1),
        ),
        period_s=15,
    ),
    funding=Source(
        (
            _part("linear", TICKERS, contracts.parse_funding, ("category", "linear"), clock="snapshot", few=100),
            _part("inverse", TICKERS, contracts.parse_funding, ("category", "inverse"), clock="snapshot", few=1),
        ),
        period_s=60,
    ),
    funding_history=Source((_history("linear"), _history("inverse")), period_s=3600, whole=False, markets=30),
    option_instruments=Source(
        tuple(_catalogue(coin, options.parse_catalogue, ("category", "option"), ("baseCoin", coin)) for coin in COINS), period_s=900
    ),
    option_tickers=Source(_options(options.parse_tickers, TICKERS, clock="snapshot"), period_s=60),
    index_members=Source(
        (_part("all", "/v5/market/index-price-components", facts.parse_members, ("indexName", "{index}"), fits=_perpetual),),
        period_s=86_400, whole=False, markets=60,
    ),
)  # fmt: skip
