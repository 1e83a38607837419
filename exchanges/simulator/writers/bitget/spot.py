"""Bitget's clock, and its spot markets and tickers."""

from __future__ import annotations

import json
from functools import cache

from exchanges.simulator import odd
from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene, short
from exchanges.simulator.writers.bitget.words import envelope, unknown

SLUG = "bitget"
ENDS_AT = 1_798_761_600_000  # the announced end of the markets that are being delisted: 2027-01-01
MARGIN_REST = {
    "warningRiskRatio": "0.8", "liquidationRiskRatio": "1", "minTradeAmount": "0.0001", "maxTradeAmount": "10000", "takerFeeRate": "0.001",
    "makerFeeRate": "0.001", "isBorrowable": True, "isIsolatedBaseBorrowable": True, "isIsolatedQuoteBorrowable": True, "isCrossBorrowable": True,
}  # fmt: skip
DAY = 86_400


def time(scene: Scene, query: Query) -> Reply:
    """The clock, in milliseconds, as text."""
    return envelope(scene.now, f'{{"serverTime":"{scene.ms}"}}')


def instruments(scene: Scene, query: Query) -> Reply:
    """All symbols with their fees, opening and (planned) closing times."""
    return _rows(scene, query, {m.symbol: _instrument_row(m) for m in scene.markets()})


def margin(scene: Scene, query: Query) -> Reply:
    """Which pairs may be traded on credit: the most traded ones."""
    rows = [
        {"symbol": m.symbol, "baseCoin": m.base, "quoteCoin": m.quote, "maxCrossedLeverage": "3", "maxIsolatedLeverage": "10", "status": "1"} | MARGIN_REST
        for m in scene.markets()[:20]
    ]
    return envelope(scene.now, json.dumps(rows, separators=(",", ":")))


def tickers(scene: Scene, query: Query) -> Reply:
    """All spot tickers; each row's stamp is when that market last changed."""
    midnight = scene.prices.pairs(float(scene.t // DAY * DAY))
    return _rows(scene, query, {q.market.symbol: _row(q, scene.now, midnight) for q in scene.quotes()})


def _rows(scene: Scene, query: Query, rows: dict[str, str]) -> Reply:
    wanted = query.get("symbol")
    if wanted and wanted not in rows:
        return unknown(scene.now, wanted)
    return envelope(scene.now, f"[{','.join([rows[wanted]] if wanted else rows.values())}]")


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
