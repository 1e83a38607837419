"""KuCoin's way: codes as text, errors with HTTP 200, ids that outlive their coins, nulls on new pairs, fractions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route, Scene, short, step

SLUG = "kucoin"
HOSTS = ("api.kucoin.com",)
SNAPSHOT_S = 2.0
LIMITS = (Limit(2_000, 30),)
ROUTES = {
    "/api/v1/timestamp": Route("time", 3, "time", silent=True),
    "/api/v2/symbols": Route("instruments", 4, "instruments"),
    "/api/v1/market/allTickers": Route("tickers", 15, "tickers"),
}
FIELDS = Fields(
    ("data", "ticker"), "symbol", "buy", "bestBidSize", "sell", "bestAskSize", "last", "high", "low", "vol", "volValue",
    ("data",), "symbol", "baseCurrency", "quoteCurrency", "enableTrading", False, clock=("data", "time"),
)  # fmt: skip
ZONES = {"BTC": "BTC", "ETH": "ALTS", "TRX": "ALTS", "KCS": "KCS", "EUR": "FIAT", "BRL": "FIAT"}


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in milliseconds."""
    return Reply(b'{"code":"200000","data":%d}' % scene.ms)


def instruments(scene: Scene, query: Query) -> Reply:
    """All pairs under their permanent ids, with the names of today; `market` chooses a zone."""
    day = int(scene.now // 86_400)
    rows = [_instrument_row(m, day) for m in scene.markets() if query.get("market", _zone(m)) == _zone(m)]
    return Reply(f'{{"code":"200000","data":[{",".join(rows)}]}}'.encode())


def tickers(scene: Scene, query: Query) -> Reply:
    """The snapshot of all pairs, made every two seconds, under one time."""
    rows = ",".join(map(_row, scene.quotes()))
    return Reply(f'{{"code":"200000","data":{{"time":{scene.ms},"ticker":[{rows}]}}}}'.encode())


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


def _text(value: float | None, digits: int) -> str:
    return "null" if value is None else f'"{short(value, digits)}"'


def _row(q: Quote) -> str:
    m, digits, size = q.market, q.market.digits, q.market.size_digits + 2
    fresh = q.last is None or q.open is None
    change = "null" if fresh else f'"{short(q.last / q.open - 1, 4)}"'
    move = "null" if fresh else f'"{short(q.last - q.open, digits)}"'
    average = "null" if fresh else f'"{short(q.quote_volume / q.volume, 8 if q.last > 1e-4 else 14)}"'
    coefficient = f"{m.fee:g}"
    return (
        f'{{"symbol":"{m.symbol}","symbolName":"{m.base}-{m.quote}","buy":{_text(q.bid, digits)},"bestBidSize":{_text(q.bid_size, size)},'
        f'"sell":{_text(q.ask, digits)},'
        f'"bestAskSize":{_text(q.ask_size, size)},"changeRate":{change},"changePrice":{move},"open":{_text(q.open, digits)},"high":{_text(q.high, digits)},'
        f'"low":{_text(q.low, digits)},"vol":"{short(q.volume, size)}","volValue":"{short(q.quote_volume, 14)}","last":{_text(q.last, digits)},'
        f'"lastSize":{_text(None if fresh else (q.bid_size or q.ask_size or 1) * q.chance / 3, size)},"averagePrice":{average},"takerFeeRate":"0.001",'
        f'"makerFeeRate":"0.001",'
        f'"takerCoefficient":"{coefficient}","makerCoefficient":"{coefficient}","priceChange":{move},"priceChangePercent":{change}}}'
    )


@cache
def _instrument_row(m: Market, day: int) -> str:
    return json.dumps(_instrument(m, day), separators=(",", ":"), ensure_ascii=False)


def _zone(m: Market) -> str:
    return ZONES.get(m.quote, "USDS")


def _instrument(m: Market, day: int) -> dict[str, object]:
    opens = int((datetime(1970, 1, 1, 8, tzinfo=UTC) + timedelta(days=day + 2)).timestamp() * 1_000)
    waiting = m.status == "pre_open"
    opens = m.listed_at * 1_000 if m.listed_at >= day * 86_400 else opens
    start = opens if waiting else m.listed_at * 1_000 or None
    return {
        "symbol": m.symbol, "name": f"{m.base}-{m.quote}", "baseCurrency": m.base, "quoteCurrency": m.quote, "feeCurrency": m.quote, "market": _zone(m),
        "baseMinSize": step(max(0, m.size_digits - 1)), "quoteMinSize": "0.1" if m.money.price < 10 else "0.00001", "baseMaxSize": "10000000000",
        "quoteMaxSize": "99999999",
        "baseIncrement": step(m.size_digits + 2), "quoteIncrement": step(m.digits), "priceIncrement": step(m.digits),
        "priceLimitRate": "0.05" if m.rank < 300 else "0.08",
        "minFunds": "0.1" if m.money.price < 10 else "0.000001", "isMarginEnabled": m.rank < 120, "enableTrading": m.status == "trading",
        "feeCategory": 2 if m.fee > 1 else 1, "makerFeeCoefficient": f"{m.fee:.2f}", "takerFeeCoefficient": f"{m.fee:.2f}", "st": m.rank > 1_500,
        "callauctionIsEnabled": waiting, "callauctionPriceFloor": None, "callauctionPriceCeiling": None,
        "callauctionFirstStageStartTime": opens - 3_600_000 if waiting else None,
        "callauctionSecondStageStartTime": opens - 600_000 if waiting else None,
        "callauctionThirdStageStartTime": opens - 300_000 if waiting else None, "tradingStartTime": start,
    }  # fmt: skip
