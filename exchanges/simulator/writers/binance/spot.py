"""Binance's spot market: padded strings, percent, dead markets still in the list."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene
from exchanges.simulator.writers.binance.wire import asked_number, asked_span, error, klines, misses, sides

STATUS = {"trading": "TRADING", "halted": "HALT", "delisted": "BREAK"}
ROW = (
    '{"symbol":"%s","priceChange":"%.8f","priceChangePercent":"%.3f","weightedAvgPrice":"%.8f","prevClosePrice":"%.8f","lastPrice":"%.8f","lastQty":"%.8f",'
    '"bidPrice":"%.8f","bidQty":"%.8f","askPrice":"%.8f","askQty":"%.8f","openPrice":"%.8f","highPrice":"%.8f","lowPrice":"%.8f","volume":"%.8f",'
    '"quoteVolume":"%.8f","openTime":%d,"closeTime":%d,"firstId":%d,"lastId":%d,"count":%d}'
)
OTHER_FILTERS = (
    {"filterType": "TRAILING_DELTA", "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000, "minTrailingBelowDelta": 10, "maxTrailingBelowDelta": 2000},
    {
        "filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": "5", "bidMultiplierDown": "0.2", "askMultiplierUp": "5", "askMultiplierDown": "0.2",
        "avgPriceMins": 5,
    },
    {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
    {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
)  # fmt: skip
NOTIONAL_REST = {"maxNotional": "9000000.00000000", "applyMaxToMarket": False, "avgPriceMins": 5}
DAY_MS = 86_400_000


def ping(scene: Scene, query: Query) -> Reply:
    """An empty answer: alive."""
    return Reply(b"{}")


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in milliseconds."""
    return Reply(b'{"serverTime":%d}' % scene.ms)


def instruments(scene: Scene, query: Query) -> Reply:
    """All symbols that ever traded, with their filters; by symbol and by status on request."""
    if refused := _refused(scene, query, {"symbol", "symbols", "symbolStatus", "showPermissionSets"}):
        return refused
    asked, permissions = _asked(query), query.get("showPermissionSets") != "false"
    chosen = ",".join(_instrument_row(m, permissions) for m in scene.markets() if asked(m))
    limits = (
        '{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000},{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},'
        '{"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":200000},{"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000}'
    )
    return Reply(f'{{"timezone":"UTC","serverTime":{scene.ms},"rateLimits":[{limits}],"exchangeFilters":[],"symbols":[{chosen}]}}'.encode())


def tickers(scene: Scene, query: Query) -> Reply:
    """The rolling 24 hours of all symbols, or of those asked for (one symbol answers one object, not a list)."""
    if refused := _refused(scene, query, {"symbol", "symbols", "symbolStatus"}):
        return refused
    asked = _asked(query)
    rows = [_dead_row(q) if q.market.status == "delisted" else _row(q, scene.now) for q in scene.quotes() if asked(q.market)]
    return Reply((rows[0] if "symbol" in query else f"[{','.join(rows)}]").encode())


def depth(scene: Scene, query: Query) -> Reply:
    """An order book in coins, a hundred levels unless asked otherwise; it has no time."""
    if refused := misses(query, "symbol") or _refused(scene, query, {"symbol", "limit"}):
        return refused
    market, limit = scene.market(query["symbol"]), asked_number(query, "limit", 100, 5_000)
    if market is None or limit is None:
        return error(-1100, "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.")
    bids, asks = scene.book(market, limit) if market.status != "delisted" else ([], [])
    levels = sides(bids, asks, lambda price, size: f'["{price:.8f}","{round(size, market.size_digits):.8f}"]')
    return Reply(f'{{"lastUpdateId":{scene.ms // 100},{levels}}}'.encode())


def candles(scene: Scene, query: Query) -> Reply:
    """Twelve places a candle, padded; at most a thousand, oldest first, the last one unfinished."""
    if refused := misses(query, "symbol", "interval") or _refused(scene, query, {"symbol", "interval", "startTime", "endTime", "limit", "timeZone"}):
        return refused
    market, span = scene.market(query["symbol"]), asked_span(scene, query, 1_000)
    if market is None or market.status == "delisted" or isinstance(span, Reply):
        return span if isinstance(span, Reply) else Reply(b"[]")
    return klines(scene, market, span, lambda c: (f"{round(c.volume, market.size_digits):.8f}", f"{c.quote_volume:.8f}"), 8)


def _refused(scene: Scene, query: Query, known: set[str]) -> Reply | None:
    if strange := set(query) - known:
        return error(-1104, f"Not all sent parameters were read; read '{len(query) - len(strange)}' parameter(s) but was sent '{len(query)}'.")
    if query.get("symbolStatus", "TRADING") not in ("TRADING", "HALT", "BREAK"):
        return error(-1100, "Illegal characters found in parameter 'symbolStatus'; legal range is 'TRADING', 'HALT', 'BREAK'.")
    have = {m.symbol for m in scene.markets()} if _symbols(query) else set()
    return None if have.issuperset(_symbols(query) or ()) else error(-1121, "Invalid symbol.")


def _symbols(query: Query) -> tuple[str, ...] | None:
    if "symbol" in query:
        return (query["symbol"],)
    return tuple(part.strip(' "') for part in query["symbols"].strip("[] ").split(",")) if "symbols" in query else None


def _asked(query: Query) -> Callable[[Market], bool]:
    """Whether a market is among those asked for, by symbol and by status."""
    wanted, status = _symbols(query), query.get("symbolStatus")
    return lambda market: (wanted is None or market.symbol in wanted) and (status is None or STATUS[market.status] == status)


def _row(q: Quote, now: float) -> str:
    m, count, closed = q.market, int(q.market.turnover / 900) + 1, int((now - q.age) * 1_000)
    size, first = m.size_digits, int(now / 86_400) * count
    change = q.last - q.open
    return ROW % (
        m.symbol, change, change / q.open * 100, round(q.quote_volume / q.volume, 8), q.open, q.last,
        round((q.bid_size or q.ask_size or 0) * q.chance / 3, size),
        q.bid or 0, round(q.bid_size or 0, size), q.ask or 0, round(q.ask_size or 0, size), q.open, round(q.high, m.digits), round(q.low, m.digits),
        round(q.volume, size), q.quote_volume, closed - DAY_MS, closed, first, first + count - 1, count,
    )  # fmt: skip


@cache
def _dead_row(q: Quote) -> str:
    """A market that is gone: its last day for ever, closeTime on the day it died."""
    died = datetime.fromisoformat(q.market.died).replace(tzinfo=UTC).timestamp()
    return _row(q, died) if q.volume else ROW % (
        q.market.symbol, 0, 0, 0, q.last, q.last, 0, 0, 0, 0, 0, q.last, q.last, q.last, 0, 0, died * 1_000 - DAY_MS, died * 1_000, -1, -1, 0,
    )  # fmt: skip


@cache
def _instrument_row(m: Market, permissions: bool) -> str:
    return json.dumps(_instrument(m, permissions), separators=(",", ":"), ensure_ascii=False)


def _instrument(m: Market, permissions: bool) -> dict[str, object]:
    leveraged = m.base.endswith(("UP", "DOWN")) and m.status == "delisted"
    tick, lot = f"{10**-m.digits:.8f}", f"{10**-m.size_digits:.8f}"
    groups = ["LEVERAGED"] if leveraged else ["SPOT", *(["MARGIN"] if m.rank < 200 else []), *(f"TRD_GRP_{n:03d}" for n in range(4, 26))]
    return {
        "symbol": m.symbol, "status": STATUS[m.status], "baseAsset": m.base, "baseAssetPrecision": 8, "quoteAsset": m.quote, "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8, "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
        "icebergAllowed": True, "ocoAllowed": True, "otoAllowed": True, "quoteOrderQtyMarketAllowed": True, "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": m.status == "trading", "isSpotTradingAllowed": not leveraged, "isMarginTradingAllowed": m.rank < 200,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": f"{m.price * 100:.8f}", "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "9000000.00000000", "stepSize": lot},
            {"filterType": "ICEBERG_PARTS", "limit": 10},
            {"filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": f"{m.turnover / m.asset.price / 100:.8f}", "stepSize": "0.00000000"},
            *OTHER_FILTERS,
            {"filterType": "NOTIONAL", "minNotional": f"{5 / m.money.price:.8f}", "applyMinToMarket": True} | NOTIONAL_REST,
        ],
        "permissions": [], "permissionSets": [groups] if permissions else [],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER", "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
    }  # fmt: skip
