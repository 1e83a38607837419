"""Bitget's way: everything is text, fractions, a stamp per row that dates its last change, errors as HTTP 400."""

from __future__ import annotations

from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route
from exchanges.simulator.writers.bitget.depth import contract_book, contract_candles, linear_candles, spot_book, spot_candles
from exchanges.simulator.writers.bitget.facts import announcements, copy_traders, currencies
from exchanges.simulator.writers.bitget.futures import contract_list, contract_tickers, funding, funding_history, index_members, open_interest
from exchanges.simulator.writers.bitget.spot import instruments, margin, tickers, time
from exchanges.simulator.writers.bitget.words import error

HOSTS = ("api.bitget.com",)
SNAPSHOT_S = 1.0
# Twenty a second for each endpoint, ten or three for some, and all together.
LIMITS = (
    Limit(20, 1, per_endpoint=True, pool=""), Limit(10, 1, per_endpoint=True, pool="ten"), Limit(3, 1, per_endpoint=True, pool="three"), Limit(6_000, 60),
)  # fmt: skip
ROUTES = {
    "/api/v2/public/time": Route("time", 1, "time"),
    "/api/v2/spot/public/symbols": Route("instruments", 1, "instruments"),
    "/api/v2/spot/market/tickers": Route("tickers", 1, "tickers"),
    "/api/v2/margin/currencies": Route("other", 1, "margin"),
    "/api/v2/spot/market/orderbook": Route("book", 1, "spot_book"),
    "/api/v2/spot/market/candles": Route("candles", 1, "spot_candles"),
    "/api/v2/mix/market/candles": Route("candles", 1, "linear_candles"),
    "/api/v2/spot/public/coins": Route("currencies", 1, "currencies", pool="three"),
    "/api/v2/public/annoucements": Route("announcements", 1, "announcements"),  # misspelt there too
    "/api/v3/market/instruments": Route("perp_instruments", 1, "contract_list"),
    "/api/v3/market/tickers": Route("perp_tickers", 1, "contract_tickers"),
    "/api/v3/market/orderbook": Route("book", 1, "contract_book"),
    "/api/v3/market/candles": Route("candles", 1, "contract_candles"),
    "/api/v3/market/current-fund-rate": Route("funding", 1, "funding"),
    "/api/v3/market/history-fund-rate": Route("funding_history", 1, "funding_history"),
    "/api/v3/market/open-interest": Route("open_interest", 1, "open_interest"),
    "/api/v3/market/index-components": Route("index_members", 1, "index_members", pool="ten"),
    "/api/v2/copy/mix-broker/query-traders": Route("copy_traders", 1, "copy_traders", pool="ten"),
}
FIELDS = Fields(
    ("data",), "symbol", "bidPr", "bidSz", "askPr", "askSz", "lastPr", "high24h", "low24h", "baseVolume", "quoteVolume",
    ("data",), "symbol", "baseCoin", "quoteCoin", "status", "halt", clock=("requestTime",), row_clock="ts",
)  # fmt: skip

__all__ = (
    "FIELDS", "HOSTS", "LIMITS", "ROUTES", "SNAPSHOT_S", "announcements", "broken", "contract_book", "contract_candles", "contract_list", "contract_tickers",
    "copy_traders", "cost", "currencies", "funding", "funding_history", "headers", "index_members", "instruments", "linear_candles", "margin", "not_found",
    "open_interest", "spot_book", "spot_candles", "throttled", "tickers", "time",
)  # fmt: skip


def cost(route: Route, query: Query) -> int:
    """Every request counts one, in its endpoint's own pool and in the address's."""
    return route.cost


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """Calls left in the running second on this endpoint."""
    return {"x-mbx-used-remain-limit": str(max(0, left))}


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """429 without Retry-After."""
    return error(now, "429", "Too Many Requests", 429)


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist; the first generation is retired with a message of its own."""
    if "/v1/" in path:
        return error(now, "30032", "The V1 API has been decommissioned. Please migrate to a newer version.")
    return error(now, "40404", "Request URL NOT FOUND", 404)


def broken(now: float) -> Reply:
    """An error of the exchange's own, in its envelope."""
    return error(now, "40725", "service return an error", 200)
