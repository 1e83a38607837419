"""Binance: weights, replies without an envelope, a ban whose end stands in the error's text. Facts of 2026-09.

Four markets on four hosts with pools of their own: spot (coins), USD-M and COIN-M futures (one pool for both), options.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import reading
from exchanges.adapter import Adapter, Headers, Part, Pool, Request, Source, Use
from exchanges.adapters.binance import books, facts, funding, futures, options, spot
from exchanges.errors import Banned, Halted, Refused, Throttled, Unreachable
from exchanges.rows import Instrument

# The market-data host answers spot's paths, has no account calls, and is what Binance asks readers of prices to use.
HOST, WITH_ACCOUNTS = "data-api.binance.vision", "api.binance.com"
USDM, COINM, OPTIONS = "fapi.binance.com", "dapi.binance.com", "eapi.binance.com"

Fits = Callable[[Instrument], bool]

POOLS = (
    Pool("weight", 6000, 60, unit="weight"),
    Pool("futures", 2400, 60, unit="weight"),  # both families since 2026-06-30
    Pool("options", 2400, 60, unit="weight"),
    Pool("funding", 500, 300),  # fundingInfo and fundingRate together
    Pool("statistics", 1000, 300),  # everything under /futures/data
)
BOOK_TICKERS = ("/fapi/v1/ticker/bookTicker", "/dapi/v1/ticker/bookTicker")
POOL_OF = {HOST: "weight", WITH_ACCOUNTS: "weight", USDM: "futures", COINM: "futures", OPTIONS: "options"}


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Problem(Struct):
    code: str | int
    msg: str = ""


_PROBLEM = Decoder(_Problem)
_UNTIL = re.compile(r"banned until ([0-9]{13})")
_NO_SUCH_MARKET = "-1121"
_THEIR_FAULT = {"-1000", "-1001", "-1006", "-1007", "-1008"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is HTTP 200 without an error body. 429 and 418 are limits, 403 its firewall, 451 a refused country."""
    found = reading.problem(body, _PROBLEM)
    code, text = (str(found.code), reading.words(found.code, found.msg)) if found else ("", "")
    if code == "-1003" or status in (418, 429):
        _throttle(status, headers, text or reading.said(status, body))
    if code == _NO_SUCH_MARKET:
        raise Halted(text, status)
    reading.refuse(status, headers, body)
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if found:
        raise Refused(text, "api_error")


def _throttle(status: int, headers: Headers, text: str) -> None:
    wait = reading.retry_after(headers)
    until = _UNTIL.search(text)
    end: datetime | None = reading.clock(until[1], "ms") if until else None
    if status == 418 or end:
        raise Banned(text, until=end, retry_after_s=wait)
    raise Throttled(text, wait)




def usage(headers: Headers) -> tuple[Use, ...]:
    """X-MBX-USED-WEIGHT-1M: what this address used in the running clock minute, of the pool of the host that answers.

    The host, and the path, are read from `:authority` and `:path`, where the asking side adds them. Without them only an
    answer that also has the header's older name is known to be spot's: futures never had that one.
    """
    host, path = headers.get(":authority"), headers.get(":path", "")
    pool = POOL_OF.get(host) if host else "weight" if "x-mbx-used-weight" in headers else None
    used = reading.count(headers, "x-mbx-used-weight-1m")
    # The futures' bookTicker tells a wrong number, by the manual's own words.
    return () if used is None or pool is None or (pool == "futures" and path.startswith(BOOK_TICKERS)) else (Use(pool, used=used),)


# --- what can be asked --------------------------------------------------------------------------------------------
def _cost(**paid: int) -> dict[str, int]:
    """What a request takes from every pool: nothing where nothing is said."""
    return {pool.name: 0 for pool in POOLS} | paid


def _on_spot(market: Instrument) -> bool:
    return market.kind == "spot"


def _in_usdm(market: Instrument) -> bool:
    return market.kind in ("perp", "future") and not market.inverse


def _in_coinm(market: Instrument) -> bool:
    return market.kind in ("perp", "future") and market.inverse


def _in_options(market: Instrument) -> bool:
    return market.kind == "option"


def _perpetual(fits: Fits) -> Fits:
    return lambda market: market.kind == "perp" and fits(market)


SYMBOL = ("symbol", "{symbol}")
SPAN = (("startTime", "{start_ms}"), ("endTime", "{end_ms}"))
PERIODS = {60: "1m", 300: "5m", 900: "15m", 3600: "1h", 86400: "1d"}
DEPTH = ("limit", "100")  # a hundred levels cost as much as five on spot, and 5 instead of 2 of 2400 elsewhere
NEWEST = (("period", "5m"), ("limit", "1"))

BOOK = (
    Part("spot", Request(HOST, "/api/v3/depth", (SYMBOL, DEPTH)), _cost(weight=5), books.parse_spot_book, fits=_on_spot),
    Part("usdm", Request(USDM, "/fapi/v1/depth", (SYMBOL, DEPTH)), _cost(futures=5), books.parse_usdm_book, "snapshot", fits=_in_usdm),
    Part("coinm", Request(COINM, "/dapi/v1/depth", (SYMBOL, DEPTH)), _cost(futures=5), books.parse_coinm_book, "snapshot", fits=_in_coinm),
    Part("options", Request(OPTIONS, "/eapi/v1/depth", (SYMBOL, DEPTH)), _cost(options=5), books.parse_option_book, "last_change", fits=_in_options),
)


def _klines(host: str, path: str, limit: int) -> Request:
    return Request(host, path, (SYMBOL, ("interval", "{period}"), *SPAN, ("limit", str(limit))))


CANDLES = (
    Part("spot", _klines(HOST, "/api/v3/klines", 1000), _cost(weight=2), books.parse_candles, fits=_on_spot, periods=PERIODS),
    # 500 would cost 5.
    Part("usdm", _klines(USDM, "/fapi/v1/klines", 499), _cost(futures=2), books.parse_candles, fits=_in_usdm, periods=PERIODS),
    Part("coinm", _klines(COINM, "/dapi/v1/klines", 499), _cost(futures=2), books.parse_coinm_candles, fits=_in_coinm, periods=PERIODS),
)
# Best prices first: their time is the one that stays when the three lists of a family become one row.
PERP_TICKERS = (
    Part("usdm_quotes", Request(USDM, "/fapi/v1/ticker/bookTicker"), _cost(futures=5), futures.parse_usdm_quotes, "last_change", few=100),
    Part("usdm_marks", Request(USDM, "/fapi/v1/premiumIndex"), _cost(futures=10), futures.parse_marks, "last_change", few=100),
    Part("usdm_days", Request(USDM, "/fapi/v1/ticker/24hr"), _cost(futures=40), futures.parse_usdm_days, "last_trade", few=100),
    Part("coinm_quotes", Request(COINM, "/dapi/v1/ticker/bookTicker"), _cost(futures=5), futures.parse_coinm_quotes, "last_change", few=5),
    Part("coinm_marks", Request(COINM, "/dapi/v1/premiumIndex"), _cost(futures=10), futures.parse_marks, "last_change", few=5),
    Part("coinm_days", Request(COINM, "/dapi/v1/ticker/24hr"), _cost(futures=40), futures.parse_coinm_days, "last_trade", few=5),
)
FUNDING = (
    Part("usdm_rates", Request(USDM, "/fapi/v1/premiumIndex"), _cost(futures=10), funding.parse_rates, "last_change", few=100),
    Part("coinm_rates", Request(COINM, "/dapi/v1/premiumIndex"), _cost(futures=10), funding.parse_rates, "last_change", few=5),
    Part("usdm_intervals", Request(USDM, "/fapi/v1/fundingInfo"), _cost(funding=1), funding.intervals(inverse=False)),
    Part("coinm_intervals", Request(COINM, "/dapi/v1/fundingInfo"), _cost(futures=1, funding=1), funding.intervals(inverse=True)),
)
# A hundred days at eight hours; it costs the same whatever it holds.
FUNDING_HISTORY = (
    Part(
        "usdm", Request(USDM, "/fapi/v1/fundingRate", (SYMBOL, *SPAN, ("limit", "300"))), _cost(funding=1), funding.parse_history,
        fits=_perpetual(_in_usdm),
    ),
    Part(
        "coinm", Request(COINM, "/dapi/v1/fundingRate", (SYMBOL, *SPAN, ("limit", "300"))), _cost(futures=1, funding=1), funding.parse_history,
        fits=_perpetual(_in_coinm),
    ),
)  # fmt: skip
OPEN_INTEREST = (
    Part("usdm", Request(USDM, "/fapi/v1/openInterest", (SYMBOL,)), _cost(futures=1), funding.parse_usdm_interest, "last_change", fits=_in_usdm),
    Part(
        "coinm", Request(COINM, "/futures/data/openInterestHist", (("pair", "{index}"), ("contractType", "PERPETUAL"), *NEWEST)),
        # Minutes old when it comes, and its time is when it was true.
        _cost(futures=1, statistics=1), funding.parse_coinm_interest, "snapshot", fits=_perpetual(_in_coinm),
    ),
)  # fmt: skip
OPTION_TICKERS = (
    Part("prices", Request(OPTIONS, "/eapi/v1/ticker"), _cost(options=5), options.parse_tickers, "last_trade", few=100),
    Part("marks", Request(OPTIONS, "/eapi/v1/mark"), _cost(options=5), options.parse_marks, few=100),
    # The catalogue says which days there are; each answer costs nothing but counts as a request.
    Part("interest", Request(OPTIONS, "/eapi/v1/exchangeInfo"), _cost(options=1), options.parse_interest, next_pages=options.interest_pages, pages=40),
)
INDEX_MEMBERS = (
    Part("usdm", Request(USDM, "/fapi/v1/constituents", (("symbol", "{index}"),)), _cost(futures=2), facts.parse_members, fits=_in_usdm),
    Part("coinm", Request(COINM, "/dapi/v1/constituents", (("symbol", "{index}"),)), _cost(futures=2), facts.parse_members, fits=_in_coinm),
)

ADAPTER = Adapter(
    slug="binance",
    name="Binance",
    spellings=("bnance",),
    monogram="BN",
    position=1,
    hosts=(HOST, WITH_ACCOUNTS, USDM, COINM, OPTIONS),
    pools=POOLS,
    budget=1200,
    taker_fee=Decimal("0.001"),
    trade_page="https://www.binance.com/en/trade/{base}_{quote}",
    absent={
        "currencies": "networks and contract addresses are told to signed calls only",
        "announcements": "told only on a signed socket topic, which Pebble does not read",
    },
    check=check,
    usage=usage,
    time=Source((Part("all", Request(HOST, "/api/v3/time"), _cost(weight=1), spot.parse_time, "snapshot"),), period_s=300, whole=False),
    # Served by the host with accounts only, without a key all the same.
    status=Source((Part("all", Request(WITH_ACCOUNTS, "/sapi/v1/system/status"), _cost(weight=1), facts.parse_status),), period_s=60, whole=False),
    instruments=Source(
        # Half the size without the permission sets.
        (Part("all", Request(HOST, "/api/v3/exchangeInfo", (("showPermissionSets", "false"),)), _cost(weight=20), spot.parse_instruments, few=100),),
        period_s=300,
    ),
    tickers=Source(
        # Only what trades, or two thousand dead markets come too.
        (Part("all", Request(HOST, "/api/v3/ticker/24hr", (("symbolStatus", "TRADING"),)), _cost(weight=80), spot.parse_tickers, "last_trade", few=100),),
        period_s=10,
    ),
    book=Source(BOOK, period_s=30, whole=False, markets=20, known=("option_instruments", "perp_instruments", "instruments")),
    candles=Source(CANDLES, period_s=3600, whole=False, markets=10, known=("perp_instruments", "instruments")),
    perp_instruments=Source(
        (
            Part("usdm", Request(USDM, "/fapi/v1/exchangeInfo"), _cost(futures=1), futures.parse_instruments, few=100),
            Part("coinm", Request(COINM, "/dapi/v1/exchangeInfo"), _cost(futures=1), futures.parse_instruments, few=5),
        ),
        period_s=300,
    ),
    perp_tickers=Source(PERP_TICKERS, period_s=15, known=("perp_instruments",)),
    open_interest=Source(OPEN_INTEREST, period_s=600, whole=False, markets=400, known=("perp_instruments",)),
    funding=Source(FUNDING, period_s=60, known=("perp_instruments",)),
    funding_history=Source(FUNDING_HISTORY, period_s=3600, whole=False, markets=30, known=("perp_instruments",)),
    option_instruments=Source(
        (Part("all", Request(OPTIONS, "/eapi/v1/exchangeInfo"), _cost(options=1), options.parse_instruments, few=100),), period_s=900
    ),
    option_tickers=Source(OPTION_TICKERS, period_s=60, known=("option_instruments",)),
    index_members=Source(INDEX_MEMBERS, period_s=86400, whole=False, markets=60, known=("perp_instruments",)),
)
