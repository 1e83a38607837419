"""Bybit's way: one envelope for everything, HTTP 200 even for errors, only trading markets in the lists, fractions."""

from __future__ import annotations

import json
from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route, Scene, short, step

SLUG = "bybit"
HOSTS = ("api.bybit.com", "api.bytick.com")
SNAPSHOT_S = 1.0
LIMITS = (Limit(600, 5, patience=0, ban_s=600),)
ROUTES = {
    "/v5/market/time": Route("time", 1, "time"),
    "/v5/market/instruments-info": Route("instruments", 1, "instruments"),
    "/v5/market/tickers": Route("tickers", 1, "tickers"),
}
FIELDS = Fields(
    ("result", "list"), "symbol", "bid1Price", "bid1Size", "ask1Price", "ask1Size", "lastPrice", "highPrice24h", "lowPrice24h", "volume24h", "turnover24h",
    ("result", "list"), "symbol", "baseCoin", "quoteCoin", "status", None, clock=("time",),
)  # fmt: skip


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in seconds and nanoseconds, both as text."""
    return _envelope(scene.now, f'{{"timeSecond":"{int(scene.now)}","timeNano":"{scene.ms * 1_000_000}"}}')


def instruments(scene: Scene, query: Query) -> Reply:
    """The spot list, unpaged; a market that is gone is simply not in it."""
    return _list(scene, query, {m.symbol: _instrument_row(n, m) for n, m in enumerate(scene.markets())})


def tickers(scene: Scene, query: Query) -> Reply:
    """All spot tickers under the envelope's time."""
    return _list(scene, query, {q.market.symbol: _row(q) for q in scene.quotes()})


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
    return _envelope(now, "{}", 10016, "Internal System Error.")


def _envelope(now: float, result: str, code: int = 0, text: str = "OK") -> Reply:
    return Reply(f'{{"retCode":{code},"retMsg":"{text}","result":{result},"retExtInfo":{{}},"time":{int(now * 1_000)}}}'.encode())


def _list(scene: Scene, query: Query, rows: dict[str, str]) -> Reply:
    if query.get("category") != "spot":
        return _envelope(scene.now, "{}", 10001, "params error: Category is invalid")
    if query.get("symbol", "") and query["symbol"] not in rows:
        return _envelope(scene.now, "{}", 10001, "Not supported symbols")
    chosen = rows.values() if not query.get("symbol") else [rows[query["symbol"]]]
    return _envelope(scene.now, f'{{"category":"spot","list":[{",".join(chosen)}]}}')


def _row(q: Quote) -> str:
    m, digits, size = q.market, q.market.digits, q.market.size_digits + 1
    bid, bid_size = ("", "") if q.bid is None else (short(q.bid, digits), short(q.bid_size, size))
    ask, ask_size = ("", "") if q.ask is None else (short(q.ask, digits), short(q.ask_size, size))
    index = short(q.last * m.money.price, 8) if m.quote in ("USDT", "USDC") else ""
    return (
        f'{{"symbol":"{m.symbol}","bid1Price":"{bid}","bid1Size":"{bid_size}","ask1Price":"{ask}","ask1Size":"{ask_size}",'
        f'"lastPrice":"{short(q.last, digits)}",'
        f'"prevPrice24h":"{short(q.open, digits)}","price24hPcnt":"{short(q.last / q.open - 1, 4)}","highPrice24h":"{short(q.high, digits)}",'
        f'"lowPrice24h":"{short(q.low, digits)}",'
        f'"turnover24h":"{short(q.quote_volume, 8)}","volume24h":"{short(q.volume, size)}","usdIndexPrice":"{index}"}}'
    )


@cache
def _instrument_row(number: int, m: Market) -> str:
    return json.dumps(_instrument(number, m), separators=(",", ":"), ensure_ascii=False)


def _instrument(number: int, m: Market) -> dict[str, object]:
    most = short(m.turnover / m.asset.price / 500 + 1, m.size_digits)
    row: dict[str, object] = {
        "symbolId": number + 1, "symbol": m.symbol, "baseCoin": m.base, "quoteCoin": m.quote, "innovation": "0", "status": "Trading",
        "marginTrading": "utaOnly" if m.rank < 150 else "none", "stTag": "1" if m.rank > 800 and m.asset.kind == "coin" else "0",
        "lotSizeFilter": {
            "basePrecision": step(m.size_digits + 1), "quotePrecision": step(min(12, m.digits + m.size_digits)), "minOrderQty": step(m.size_digits),
            "maxOrderQty": most,
            "minOrderAmt": short(5 / m.money.price, 8), "maxOrderAmt": "8000000", "maxLimitOrderQty": most, "maxMarketOrderQty": most,
            "postOnlyMaxLimitOrderSize": most,
        },
        "priceFilter": {"tickSize": step(m.digits)}, "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"},
        "symbolType": "xstocks" if m.asset.kind == "share" else "innovation" if 400 < m.rank < 800 else "",
    }  # fmt: skip
    return row | ({"xstockMultiplier": "1"} if m.asset.kind == "share" else {})
