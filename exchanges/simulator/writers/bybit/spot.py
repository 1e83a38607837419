"""Spot: only trading markets are listed, and every row has both sides' best price and size."""

from __future__ import annotations

from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Scene, short, step
from exchanges.simulator.writers.bybit.wire import dumped


def instrument_rows(scene: Scene) -> dict[str, str]:
    """By symbol; a market that is gone is simply not there."""
    return {m.symbol: _instrument_row(n, m) for n, m in enumerate(scene.markets())}


def ticker_rows(scene: Scene) -> dict[str, str]:
    """By symbol; a side that nobody takes is two empty texts."""
    return {q.market.symbol: _row(q) for q in scene.quotes()}


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
    return dumped(_instrument(number, m))


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
