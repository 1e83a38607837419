"""KuCoin's spot market: ids that outlive their coins, nulls on new pairs, fractions, prices as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache

from exchanges.simulator.candles import Candle
from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene, short, step

ZONES = {"BTC": "BTC", "ETH": "ALTS", "TRX": "ALTS", "KCS": "KCS", "EUR": "FIAT", "BRL": "FIAT"}
PERIODS = {
    "1min": 60, "3min": 180, "5min": 300, "15min": 900, "30min": 1_800, "1hour": 3_600, "2hour": 7_200, "4hour": 14_400, "6hour": 21_600, "8hour": 28_800,
    "12hour": 43_200, "1day": 86_400, "1week": 604_800,
}  # fmt: skip
MOST = 1_500  # candles


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


def book_20(scene: Scene, query: Query) -> Reply:
    """Twenty levels a side."""
    return _book(scene, query, 20)


def book_100(scene: Scene, query: Query) -> Reply:
    """A hundred levels a side."""
    return _book(scene, query, 100)


def candles(scene: Scene, query: Query) -> Reply:
    """Candles, the newest first, the close before the high; times in seconds. `startAt` and `endAt` bound them."""
    market, period = scene.market(query.get("symbol", "")), PERIODS.get(query.get("type", ""))
    if market is None:
        return Reply(b'{"msg":"Unsupported trading pair.","code":"400100"}')
    if period is None:
        return Reply(b'{"msg":"Incorrect candlestick type.","code":"400100"}')
    end = _whole(query.get("endAt")) or int(scene.t)
    start = _whole(query.get("startAt")) or end - 100 * period
    rows = scene.candles(market, period, start, min(end, scene.t))[-MOST:]
    return Reply(_json([_candle(market, row) for row in reversed(rows)]))


def _book(scene: Scene, query: Query, levels: int) -> Reply:
    if (market := scene.market(query.get("symbol", ""))) is None:
        return Reply(b'{"msg":"Unsupported trading pair.","code":"400100"}')
    size = market.size_digits + 2
    bids, asks = ([[short(price, market.digits), short(amount, size)] for price, amount in side] for side in scene.book(market, levels))
    return Reply(_json({"time": scene.ms, "sequence": str(scene.ms % 10**11), "bids": bids, "asks": asks}))


def _candle(m: Market, row: Candle) -> list[str]:
    opened, high, low, close = (short(price, m.digits) for price in (row.open, row.high, row.low, row.close))
    return [str(row.opened_at), opened, close, high, low, short(row.volume, m.size_digits + 2), short(row.quote_volume, 9)]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _json(data: object) -> bytes:
    return json.dumps({"code": "200000", "data": data}, separators=(",", ":"), ensure_ascii=False).encode()


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
