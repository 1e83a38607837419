"""Bitget's way: everything is text, fractions, a stamp per row that dates its last change, errors as HTTP 400."""

from __future__ import annotations

import json
from functools import cache

from exchanges.simulator import odd
from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route, Scene, short

SLUG = "bitget"
HOSTS = ("api.bitget.com",)
SNAPSHOT_S = 1.0
LIMITS = (Limit(20, 1, per_endpoint=True), Limit(6_000, 60))
ROUTES = {
    "/api/v2/public/time": Route("time", 1, "time"),
    "/api/v2/spot/public/symbols": Route("instruments", 1, "instruments"),
    "/api/v2/spot/market/tickers": Route("tickers", 1, "tickers"),
    "/api/v2/margin/currencies": Route("other", 1, "margin"),
}
FIELDS = Fields(
    ("data",), "symbol", "bidPr", "bidSz", "askPr", "askSz", "lastPr", "high24h", "low24h", "baseVolume", "quoteVolume",
    ("data",), "symbol", "baseCoin", "quoteCoin", "status", "halt", clock=("requestTime",), row_clock="ts",
)  # fmt: skip
ENDS_AT = 1_798_761_600_000  # the announced end of the markets that are being delisted: 2027-01-01
MARGIN_REST = {
    "warningRiskRatio": "0.8", "liquidationRiskRatio": "1", "minTradeAmount": "0.0001", "maxTradeAmount": "10000", "takerFeeRate": "0.001",
    "makerFeeRate": "0.001", "isBorrowable": True, "isIsolatedBaseBorrowable": True, "isIsolatedQuoteBorrowable": True, "isCrossBorrowable": True,
}  # fmt: skip
DAY = 86_400


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in milliseconds, as text."""
    return _envelope(scene.now, f'{{"serverTime":"{scene.ms}"}}')


def instruments(scene: Scene, query: Query) -> Reply:
    """All symbols with their fees, opening and (planned) closing times."""
    return _rows(scene, query, {m.symbol: _instrument_row(m) for m in scene.markets()})


def margin(scene: Scene, query: Query) -> Reply:
    """Which pairs may be traded on credit: the most traded ones."""
    rows = [
        {"symbol": m.symbol, "baseCoin": m.base, "quoteCoin": m.quote, "maxCrossedLeverage": "3", "maxIsolatedLeverage": "10", "status": "1"} | MARGIN_REST
        for m in scene.markets()[:20]
    ]
    return _envelope(scene.now, json.dumps(rows, separators=(",", ":")))


def tickers(scene: Scene, query: Query) -> Reply:
    """All spot tickers; each row's stamp is when that market last changed."""
    midnight = scene.prices.pairs(float(scene.t // DAY * DAY))
    return _rows(scene, query, {q.market.symbol: _row(q, scene.now, midnight) for q in scene.quotes()})


def cost(route: Route, query: Query) -> int:
    """Every request counts one, in its endpoint's own pool and in the address's."""
    return route.cost


def headers(now: float, used: int, left: int, resets_in: float) -> dict[str, str]:
    """Calls left in the running second on this endpoint."""
    return {"x-mbx-used-remain-limit": str(max(0, left))}


def throttled(now: float, wait_s: float, banned: bool) -> Reply:
    """429 without Retry-After."""
    return _error(now, "429", "Too Many Requests", 429)


def not_found(path: str, now: float) -> Reply:
    """An address that does not exist; the first generation is retired with a message of its own."""
    if "/v1/" in path:
        return _error(now, "30032", "The V1 API has been decommissioned. Please migrate to a newer version.")
    return _error(now, "40404", "Request URL NOT FOUND", 404)


def broken(now: float) -> Reply:
    """An error of the exchange's own, in its envelope."""
    return _error(now, "40725", "service return an error", 200)


def _envelope(now: float, data: str) -> Reply:
    return Reply(f'{{"code":"00000","msg":"success","requestTime":{int(now * 1_000)},"data":{data}}}'.encode())


def _error(now: float, code: str, text: str, status: int = 400) -> Reply:
    said = {"code": code, "msg": text, "requestTime": int(now * 1_000), "data": None}
    return Reply(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(), status)


def _rows(scene: Scene, query: Query, rows: dict[str, str]) -> Reply:
    wanted = query.get("symbol")
    if wanted and wanted not in rows:
        return _error(scene.now, "40034", f"Parameter {wanted} does not exist")
    return _envelope(scene.now, f"[{','.join([rows[wanted]] if wanted else rows.values())}]")


def _row(q: Quote, now: float, midnight: list[float]) -> str:
    m, digits, size = q.market, q.market.digits, q.market.size_digits
    absent = "0" if m.book == "none" else ""
    bid, bid_size = (absent, absent) if q.bid is None else (short(q.bid, digits), short(q.bid_size, size + 1))
    ask, ask_size = (absent, absent) if q.ask is None else (short(q.ask, digits), short(q.ask_size, size + 1))
    opened = midnight[q.pair] * m.factor
    stamp = "0" if m.symbol in odd.NO_STAMP[SLUG] else int((now - q.age) * 1_000)
    return (
        f'{{"open":"{short(q.open, digits)}","symbol":"{m.symbol}","high24h":"{short(q.high, digits)}","low24h":"{short(q.low, digits)}",'
        f'"lastPr":"{short(q.last, digits)}",'
        f'"quoteVolume":"{short(q.quote_volume, 6)}","baseVolume":"{short(q.volume, size + 1)}",'
        f'"usdtVolume":"{short(q.quote_volume * m.money.price, 8)}","ts":"{stamp}",'
        f'"bidPr":"{bid}","askPr":"{ask}","bidSz":"{bid_size}","askSz":"{ask_size}","openUtc":"{short(opened, digits)}",'
        f'"changeUtc24h":"{short(q.last / opened - 1, 5)}",'
        f'"change24h":"{short(q.last / q.open - 1, 5)}"}}'
    )


@cache
def _instrument_row(m: Market) -> str:
    return json.dumps(_instrument(m), separators=(",", ":"), ensure_ascii=False)


def _instrument(m: Market) -> dict[str, str]:
    stock, fee = m.asset.kind == "share", f"{0.001 * m.fee:g}"
    return {
        "symbol": m.symbol, "baseCoin": m.base, "quoteCoin": m.quote, "minTradeAmount": "0", "maxTradeAmount": "900000000000000000000",
        "takerFeeRate": fee, "makerFeeRate": fee,
        "pricePrecision": str(m.digits), "quantityPrecision": str(m.size_digits + 1), "quotePrecision": str(m.digits + m.size_digits + 1),
        "status": "halt" if m.status == "halted" else "online", "minTradeUSDT": "10" if stock else "1", "buyLimitPriceRatio": "0.1" if stock else "0.05",
        "sellLimitPriceRatio": "0.1" if stock else "0.05", "areaSymbol": "yes" if stock else "no", "orderQuantity": "200",
        "openTime": str((m.listed_at or 1_532_454_360) * 1_000), "offTime": str(m.ends_at * 1_000 or ENDS_AT) if m.ending else "",
        "maxLimitOrderValue": "200000" if stock else "20000000",
        "maxMarketOrderValue": "200000" if stock else "1000000",
    }  # fmt: skip
