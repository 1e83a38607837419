"""Bybit's way: one envelope for everything, HTTP 200 even for errors, one address for four categories, fractions."""

from __future__ import annotations

from urllib.parse import unquote

from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route, Scene
from exchanges.simulator.writers.bybit import contracts, options, spot
from exchanges.simulator.writers.bybit.books import kline, orderbook
from exchanges.simulator.writers.bybit.contracts import funding_history, open_interest
from exchanges.simulator.writers.bybit.facts import announcements, index_components, status
from exchanges.simulator.writers.bybit.wire import CATEGORIES, envelope, listed, refused, whole

__all__ = ("announcements", "funding_history", "index_components", "kline", "open_interest", "orderbook", "status")

SLUG = "bybit"
HOSTS = ("api.bybit.com", "api.bytick.com")
SNAPSHOT_S = 1.0
LIMITS = (Limit(600, 5, patience=0, ban_s=600),)
ROUTES = {
    "/v5/market/time": Route("time", 1, "time"),
    "/v5/market/instruments-info": Route("instruments", 1, "instruments"),
    "/v5/market/tickers": Route("tickers", 1, "tickers"),
    "/v5/market/orderbook": Route("book", 1, "orderbook"),
    "/v5/market/kline": Route("candles", 1, "kline"),
    "/v5/market/funding/history": Route("funding_history", 1, "funding_history"),
    "/v5/market/open-interest": Route("other", 1, "open_interest"),
    "/v5/market/index-price-components": Route("index_members", 1, "index_components"),
    "/v5/announcements/index": Route("announcements", 1, "announcements"),
    "/v5/system/status": Route("status", 1, "status"),
}
FIELDS = Fields(
    ("result", "list"), "symbol", "bid1Price", "bid1Size", "ask1Price", "ask1Size", "lastPrice", "highPrice24h", "lowPrice24h", "volume24h", "turnover24h",
    ("result", "list"), "symbol", "baseCoin", "quoteCoin", "status", None, clock=("time",),
)  # fmt: skip


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in seconds and nanoseconds, both as text."""
    return envelope(scene.now, f'{{"timeSecond":"{int(scene.now)}","timeNano":"{scene.ms * 1_000_000}"}}')


def instruments(scene: Scene, query: Query) -> Reply:
    """One category's list: spot whole, the others in pages of 500 unless more are wanted."""
    category, coin = query.get("category", ""), query.get("baseCoin", "")
    if category not in CATEGORIES:
        return refused(scene, "params error: Category is invalid")
    if category == "spot":
        return _chosen(scene, query, spot.instrument_rows(scene))
    if category == "option":
        return _page(scene, query, options.instrument_rows(scene, coin))
    return _page(scene, query, contracts.instrument_rows(scene, category, query.get("status", "")))


def tickers(scene: Scene, query: Query) -> Reply:
    """All tickers of one category under the envelope's time; options need a coin or a symbol."""
    category, coin = query.get("category", ""), query.get("baseCoin", "")
    if category not in CATEGORIES:
        return refused(scene, "params error: Category is invalid")
    if category == "spot":
        return _chosen(scene, query, spot.ticker_rows(scene))
    if category == "option":
        needless = coin or query.get("symbol")
        return _chosen(scene, query, options.ticker_rows(scene, coin)) if needless else refused(scene, "symbol params err")
    return _chosen(scene, query, contracts.ticker_rows(scene, category))


def source(route: Route, query: Query) -> str:
    """One address serves several sources: `category` says which."""
    family = {"linear": "perp_", "inverse": "perp_", "option": "option_"}.get(query.get("category", ""), "")
    return family + route.source if route.source in ("instruments", "tickers") else route.source


def cost(route: Route, query: Query) -> int:
    """Every request counts one."""
    return route.cost


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """The address pool is not told in headers."""
    return {}


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """The address is shut out for ten minutes at once, in plain words."""
    return Reply(b"403, access too frequent", 403, "text/plain")


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist."""
    return Reply(b"404 page not found", 404, "text/plain")


def broken(now: float) -> Reply:
    """An error of the exchange's own, with HTTP 200 as all of them."""
    return envelope(now, "{}", 10016, "Internal System Error.")


def _chosen(scene: Scene, query: Query, rows: dict[str, str]) -> Reply:
    """All rows, or that of one symbol."""
    symbol = query.get("symbol", "")
    if symbol and symbol not in rows:
        return refused(scene, "Not supported symbols")
    return listed(scene, query["category"], [rows[symbol]] if symbol else rows.values())


def _page(scene: Scene, query: Query, rows: dict[str, str]) -> Reply:
    """A page of rows behind the cursor, which names the first and the last symbol of the page before."""
    limit = whole(query, "limit", 500, 1_000)
    if limit is None:
        return refused(scene, "params error: limit")
    if (symbol := query.get("symbol", "")) and symbol not in rows:
        return refused(scene, "Not supported symbols")
    rows = {symbol: rows[symbol]} if symbol else rows
    symbols, after = list(rows), unquote(query.get("cursor", "")).rpartition("last=")[2]  # a cursor escaped once more is understood too
    start = symbols.index(after) + 1 if after in rows else len(symbols) if after else 0
    page = symbols[start : start + limit]
    more = page and (start + limit < len(symbols) or query.get("status") == "PreLaunch")  # this list says so although nothing follows
    cursor = f"first%3D{page[0]}%26last%3D{page[-1]}" if more else ""
    found = ",".join(rows[symbol] for symbol in page)
    return envelope(scene.now, f'{{"category":"{query["category"]}","list":[{found}],"nextPageCursor":"{cursor}"}}')
