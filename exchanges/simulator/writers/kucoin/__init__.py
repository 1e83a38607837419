"""KuCoin's way: codes as text, errors with HTTP 200, and two hosts whose same paths mean different things."""

from __future__ import annotations

from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route
from exchanges.simulator.writers.kucoin.facts import announcements, currencies, futures_status, status
from exchanges.simulator.writers.kucoin.futures import all_tickers, contracts, depth_20, depth_100, funding_rates, index, klines, no_depth
from exchanges.simulator.writers.kucoin.spot import book_20, book_100, candles, instruments, tickers, time
from exchanges.simulator.writers.kucoin.unified import funding_all, funding_now, open_interest

__all__ = (
    "all_tickers", "announcements", "book_20", "book_100", "candles", "contracts", "currencies", "depth_20", "depth_100", "funding_all", "funding_now",
    "funding_rates", "futures_status", "index", "instruments", "klines", "no_depth", "open_interest", "status", "tickers", "time",
)  # fmt: skip

SLUG = "kucoin"
FUTURES = "api-futures.kucoin.com"
HOSTS = ("api.kucoin.com", FUTURES)
SNAPSHOT_S = 2.0
LIMITS = (Limit(2_000, 30),)
ROUTES = {
    "/api/v1/timestamp": Route("time", 3, "time", silent=True),
    "/api/v2/symbols": Route("instruments", 4, "instruments"),
    "/api/v1/market/allTickers": Route("tickers", 15, "tickers"),
    "/api/v1/market/orderbook/level2_20": Route("book", 2, "book_20"),
    "/api/v1/market/orderbook/level2_100": Route("book", 4, "book_100"),
    "/api/v1/market/candles": Route("candles", 3, "candles"),
    "/api/v3/currencies": Route("currencies", 3, "currencies"),
    "/api/v3/announcements": Route("announcements", 20, "announcements"),
    "api.kucoin.com/api/v1/status": Route("status", 3, "status"),
    f"{FUTURES}/api/v1/status": Route("status", 4, "futures_status"),
    f"{FUTURES}/api/v1/timestamp": Route("time", 2, "time", silent=True),
    f"{FUTURES}/api/v1/contracts/active": Route("perp_tickers", 3, "contracts"),  # the adapter reads three sources from it
    f"{FUTURES}/api/v1/allTickers": Route("perp_tickers", 5, "all_tickers"),
    f"{FUTURES}/api/v1/level2/depth20": Route("book", 5, "depth_20"),
    f"{FUTURES}/api/v1/level2/depth100": Route("book", 10, "depth_100"),
    f"{FUTURES}/api/v1/level2/depth50": Route("other", 1, "no_depth", silent=True),
    f"{FUTURES}/api/v1/kline/query": Route("candles", 3, "klines"),
    f"{FUTURES}/api/v1/contract/funding-rates": Route("funding_history", 5, "funding_rates"),
    f"{FUTURES}/api/v1/index/query": Route("index_members", 2, "index"),
    f"{FUTURES}/api/v1/funding-rate/{{symbol}}/current": Route("funding", 2, "funding_now"),
    "/api/ua/v2/market/funding-rate": Route("funding", 3, "funding_all"),
    "/api/ua/v1/market/open-interest": Route("open_interest", 10, "open_interest"),
}
FIELDS = Fields(
    ("data", "ticker"), "symbol", "buy", "bestBidSize", "sell", "bestAskSize", "last", "high", "low", "vol", "volValue",
    ("data",), "symbol", "baseCurrency", "quoteCurrency", "enableTrading", False, clock=("data", "time"),
)  # fmt: skip


def cost(route: Route, query: Query) -> int:
    """Fixed by the address."""
    return route.cost


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """The pool of 30 seconds: size, rest, and milliseconds until it is full again."""
    return {"gw-ratelimit-limit": "2000", "gw-ratelimit-remaining": str(max(0, left)), "gw-ratelimit-reset": str(int(resets_in * 1_000))}


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """429 without Retry-After: the wait stands in gw-ratelimit-reset."""
    return Reply(b'{"code":"429000","msg":"Too many requests. System-level rate limit exceeded."}', 429)


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist: the only error with an HTTP status of its own."""
    return Reply(b'{"code":"404","msg":"Not Found","retry":false,"success":false}', 404)


def broken(now: float) -> Reply:
    """An error of the exchange's own, with HTTP 200 as all of them."""
    return Reply(b'{"msg":"Internal Server Error","code":"500000"}')
