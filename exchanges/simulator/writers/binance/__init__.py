"""Binance's way: numbers as text, lists without envelopes, errors as HTTP 400 with a code, four hosts with pools of their own."""

from __future__ import annotations

from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route
from exchanges.simulator.writers.binance.facts import members, status
from exchanges.simulator.writers.binance.futures import (
    candles,
    coinm_days,
    coinm_instruments,
    coinm_intervals,
    coinm_marks,
    coinm_quotes,
    depth,
    funding_history,
    open_interest,
    open_interest_history,
    usdm_days,
    usdm_instruments,
    usdm_intervals,
    usdm_marks,
    usdm_quotes,
)  # fmt: skip
from exchanges.simulator.writers.binance.options import option_depth, option_index, option_instruments, option_interest, option_marks, option_prices
from exchanges.simulator.writers.binance.spot import candles as spot_candles
from exchanges.simulator.writers.binance.spot import depth as spot_depth
from exchanges.simulator.writers.binance.spot import instruments, ping, tickers, time
from exchanges.simulator.writers.binance.wire import asked_number, error

__all__ = (
    "candles", "coinm_days", "coinm_instruments", "coinm_intervals", "coinm_marks", "coinm_quotes", "depth", "funding_history", "instruments", "members",
    "open_interest", "open_interest_history", "option_depth", "option_index", "option_instruments", "option_interest", "option_marks", "option_prices", "ping",
    "spot_candles", "spot_depth", "status", "tickers", "time", "usdm_days", "usdm_instruments", "usdm_intervals", "usdm_marks", "usdm_quotes",
)  # fmt: skip

SLUG = "binance"
USDM, COINM, OPTIONS = "fapi.binance.com", "dapi.binance.com", "eapi.binance.com"
HOSTS = (
    "api.binance.com", "data-api.binance.vision", "api-gcp.binance.com", "api1.binance.com", "api2.binance.com", "api3.binance.com", "api4.binance.com",
    USDM, COINM, OPTIONS,
)  # fmt: skip
SNAPSHOT_S = 1.0
LIMITS = (
    Limit(6_000, 60, aligned=True, patience=10, ban_s=120, pool=""),
    Limit(2_400, 60, aligned=True, patience=10, ban_s=120, pool="futures"),
    Limit(2_400, 60, aligned=True, patience=10, ban_s=120, pool="options"),
    Limit(500, 300, pool="funding"),
    Limit(1_000, 300, pool="statistics"),
)


def _futures(source: str, cost: int, name: str, pool: str = "futures") -> Route:
    """A route of the pool that USD-M and COIN-M share, or of a smaller one. Its headers are not spot's, so that it says nothing."""
    return Route(source, cost, name, silent=True, pool=pool)


def _options(source: str, cost: int, name: str) -> Route:
    return Route(source, cost, name, silent=True, pool="options")


ROUTES = {
    "/api/v3/ping": Route("other", 1, "ping"),
    "/api/v3/time": Route("time", 1, "time"),
    "/api/v3/exchangeInfo": Route("instruments", 20, "instruments"),
    "/api/v3/ticker/24hr": Route("tickers", 80, "tickers"),
    "/api/v3/depth": Route("book", 5, "spot_depth"),
    "/api/v3/klines": Route("candles", 2, "spot_candles"),
    "/sapi/v1/system/status": Route("status", 1, "status"),
    "/fapi/v1/exchangeInfo": _futures("perp_instruments", 1, "usdm_instruments"),
    "/dapi/v1/exchangeInfo": _futures("perp_instruments", 1, "coinm_instruments"),
    "/fapi/v1/ticker/bookTicker": _futures("perp_tickers", 5, "usdm_quotes"),
    "/dapi/v1/ticker/bookTicker": _futures("perp_tickers", 5, "coinm_quotes"),
    "/fapi/v1/ticker/24hr": _futures("perp_tickers", 40, "usdm_days"),
    "/dapi/v1/ticker/24hr": _futures("perp_tickers", 40, "coinm_days"),
    "/fapi/v1/premiumIndex": _futures("funding", 10, "usdm_marks"),
    "/dapi/v1/premiumIndex": _futures("funding", 10, "coinm_marks"),
    "/fapi/v1/fundingInfo": _futures("funding", 1, "usdm_intervals", "funding"),
    "/dapi/v1/fundingInfo": _futures("funding", 1, "coinm_intervals", "funding"),
    "/fapi/v1/fundingRate": _futures("funding_history", 1, "funding_history", "funding"),
    "/dapi/v1/fundingRate": _futures("funding_history", 1, "funding_history", "funding"),
    "/fapi/v1/openInterest": _futures("open_interest", 1, "open_interest"),
    "/dapi/v1/openInterest": _futures("open_interest", 1, "open_interest"),
    f"{COINM}/futures/data/openInterestHist": _futures("open_interest", 1, "open_interest_history", "statistics"),
    "/fapi/v1/depth": _futures("book", 10, "depth"),
    "/dapi/v1/depth": _futures("book", 10, "depth"),
    "/fapi/v1/klines": _futures("candles", 5, "candles"),
    "/dapi/v1/klines": _futures("candles", 5, "candles"),
    "/fapi/v1/constituents": _futures("index_members", 2, "members"),
    "/dapi/v1/constituents": _futures("index_members", 2, "members"),
    "/eapi/v1/exchangeInfo": _options("option_instruments", 1, "option_instruments"),
    "/eapi/v1/ticker": _options("option_tickers", 5, "option_prices"),
    "/eapi/v1/mark": _options("option_tickers", 5, "option_marks"),
    "/eapi/v1/openInterest": _options("option_tickers", 0, "option_interest"),
    "/eapi/v1/index": _options("option_tickers", 1, "option_index"),
    "/eapi/v1/depth": _options("book", 5, "option_depth"),
}
FIELDS = Fields(
    (), "symbol", "bidPrice", "bidQty", "askPrice", "askQty", "lastPrice", "highPrice", "lowPrice", "volume", "quoteVolume",
    ("symbols",), "symbol", "baseAsset", "quoteAsset", "status", "BREAK", row_clock="closeTime",
)  # fmt: skip
# What a request costs by how much it asks for: (at most so many, cost), by the name of who answers.
BY_LIMIT = {
    "spot_depth": (100, ((100, 5), (500, 25), (1_000, 50), (5_000, 250))),
    "depth": (500, ((50, 2), (100, 5), (500, 10), (1_000, 20))),
    "option_depth": (100, ((50, 1), (100, 5), (500, 10), (1_000, 20))),
    "candles": (500, ((99, 1), (499, 2), (1_000, 5), (1_500, 10))),
}
OF_ONE = {"usdm_quotes": 2, "coinm_quotes": 2, "usdm_days": 1, "coinm_days": 1, "usdm_marks": 1}


def cost(route: Route, query: Query) -> int:
    """Most cost by how much is asked for: levels, candles, one symbol or all."""
    if route.name in BY_LIMIT:
        usual, steps = BY_LIMIT[route.name]
        limit = asked_number(query, "limit", usual, 5_000) or usual
        return next((price for most, price in steps if limit <= most), steps[-1][1])
    if route.source != "tickers":
        return OF_ONE.get(route.name, route.cost) if "symbol" in query else route.cost
    count = 1 if "symbol" in query else query["symbols"].count(",") + 1 if "symbols" in query else 101
    return 2 if count <= 20 else 40 if count <= 100 else 80


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """The weight this address has used in the running minute."""
    return {"x-mbx-used-weight": str(used), "x-mbx-used-weight-1m": str(used), "Strict-Transport-Security": "max-age=31536000; includeSubdomains"}


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """429 until the minute is over; whoever goes on is banned: 418, with the end in words."""
    retry = {"Retry-After": str(int(wait_s) + 1)}
    if banned:
        return error(-1003, f"Way too many requests; IP banned until {int((now + wait_s) * 1_000)}.", 418, retry)
    return error(-1003, "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.", 429, retry)


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist."""
    return Reply(b"<html><body><h2>404 Not found</h2></body></html>", 404, "text/html")


def broken(now: float) -> Reply:
    """An error of the exchange's own, in its envelope (this one is never sent with 200 in real life)."""
    return error(-1001, "Internal error; unable to process your request. Please try again.", 200)
