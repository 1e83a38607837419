"""Gate.io's way: bare lists, percents, no clock but microseconds in the headers, no sizes on spot, contracts elsewhere."""

from __future__ import annotations

from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route
from exchanges.simulator.writers.gateio.derivatives import (
    constituents,
    contract_stats,
    contracts,
    delivery_candles,
    delivery_contracts,
    delivery_tickers,
    funding_rates,
    futures_book,
    futures_candles,
    futures_tickers,
)
from exchanges.simulator.writers.gateio.options import option_book, option_contracts, option_tickers, underlyings
from exchanges.simulator.writers.gateio.spot import candlesticks, currencies, instruments, margin, order_book, tickers, time

__all__ = (
    "candlesticks", "constituents", "contract_stats", "contracts", "currencies", "delivery_candles", "delivery_contracts", "delivery_tickers", "funding_rates",
    "futures_book", "futures_candles", "futures_tickers", "instruments", "margin", "option_book", "option_contracts", "option_tickers", "order_book", "tickers",
    "time", "underlyings",
)  # fmt: skip

SLUG = "gateio"
HOSTS = ("api.gateio.ws",)
SNAPSHOT_S = 1.0
LIMITS = (Limit(200, 10, per_endpoint=True),)
ROUTES = {
    "/api/v4/spot/time": Route("time", 1, "time"),
    "/api/v4/spot/currency_pairs": Route("instruments", 1, "instruments"),
    "/api/v4/spot/tickers": Route("tickers", 1, "tickers"),
    "/api/v4/spot/order_book": Route("book", 1, "order_book"),
    "/api/v4/spot/candlesticks": Route("candles", 1, "candlesticks"),
    "/api/v4/spot/currencies": Route("currencies", 1, "currencies"),
    "/api/v4/margin/currency_pairs": Route("other", 1, "margin"),
    "/api/v4/futures/{settle}/contracts": Route("perp_instruments", 1, "contracts"),
    "/api/v4/futures/{settle}/tickers": Route("perp_tickers", 1, "futures_tickers"),
    "/api/v4/futures/{settle}/order_book": Route("book", 1, "futures_book"),
    "/api/v4/futures/{settle}/candlesticks": Route("candles", 1, "futures_candles"),
    "/api/v4/futures/{settle}/funding_rate": Route("funding_history", 1, "funding_rates"),
    "/api/v4/futures/{settle}/contract_stats": Route("other", 1, "contract_stats"),
    "/api/v4/futures/{settle}/index_constituents/{index}": Route("index_members", 1, "constituents"),
    "/api/v4/delivery/{settle}/contracts": Route("perp_instruments", 1, "delivery_contracts"),
    "/api/v4/delivery/{settle}/tickers": Route("perp_tickers", 1, "delivery_tickers"),
    "/api/v4/delivery/{settle}/order_book": Route("book", 1, "futures_book"),
    "/api/v4/delivery/{settle}/candlesticks": Route("candles", 1, "delivery_candles"),
    "/api/v4/options/underlyings": Route("option_instruments", 1, "underlyings"),
    "/api/v4/options/contracts": Route("option_instruments", 1, "option_contracts"),
    "/api/v4/options/tickers": Route("option_tickers", 1, "option_tickers"),
    "/api/v4/options/order_book": Route("book", 1, "option_book"),
}
VARY = ("x-gate-size-decimal",)
FIELDS = Fields(
    (), "currency_pair", "highest_bid", "highest_size", "lowest_ask", "lowest_size", "last", "high_24h", "low_24h", "base_volume", "quote_volume",
    (), "id", "base", "quote", "trade_status", "untradable", header_clock="X-Out-Time",
)  # fmt: skip


def cost(route: Route, query: Query) -> int:
    """Every request counts one, in its endpoint's own pool."""
    return route.cost


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """The clock of every answer, in microseconds, and the endpoint's pool of ten seconds."""
    micro = int(now * 1_000_000)
    return {
        "X-In-Time": str(micro - 900), "X-Out-Time": str(micro), "X-Gate-Trace-Id": f"{micro:032x}",
        "X-Gate-RateLimit-Limit": "200", "X-Gate-RateLimit-Requests-Remain": str(max(0, left)),
        "X-Gate-RateLimit-Reset-Timestamp": str(int(now + (0 if left > 0 else resets_in))),
    }  # fmt: skip


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """429 with a label; the wait stands in the reset header."""
    return Reply(b'{"label":"TOO_MANY_REQUESTS","message":"Request Rate Limit Exceeded (003)"}', 429)


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist."""
    return Reply(b'{"label":"NOT_FOUND","message":"Not Found"}', 404)


def broken(now: float) -> Reply:
    """An error of the exchange's own (never sent with 200 in real life)."""
    return Reply(b'{"label":"SERVER_ERROR","message":"Internal server error"}')
