"""Gate.io's way: bare lists, percents, no clock but microseconds in the headers, no sizes, leveraged tokens in the list."""

from __future__ import annotations

import json
from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Fields, Limit, Query, Reply, Route, Scene, short

SLUG = "gateio"
HOSTS = ("api.gateio.ws",)
SNAPSHOT_S = 1.0
LIMITS = (Limit(200, 10, per_endpoint=True),)
ROUTES = {
    "/api/v4/spot/time": Route("time", 1, "time"),
    "/api/v4/spot/currency_pairs": Route("instruments", 1, "instruments"),
    "/api/v4/spot/tickers": Route("tickers", 1, "tickers"),
    "/api/v4/margin/currency_pairs": Route("other", 1, "margin"),
}
FIELDS = Fields(
    (), "currency_pair", "highest_bid", "highest_size", "lowest_ask", "lowest_size", "last", "high_24h", "low_24h", "base_volume", "quote_volume",
    (), "id", "base", "quote", "trade_status", "untradable", header_clock="X-Out-Time",
)  # fmt: skip
MONEY = {"USDT": "Tether", "BTC": "Bitcoin", "ETH": "Ethereum", "USDC": "USDCoin", "USD1": "World Liberty USD", "GUSD": "Gemini Dollar"}
ENDS_AT = 1_798_761_600  # the announced end of the markets that are being delisted: 2027-01-01
DAY = 86_400


def time(scene: Scene, query: Query) -> Reply:
    """The clock: milliseconds, unlike most of this exchange's times."""
    return Reply(b'{"server_time":%d}' % scene.ms)


def instruments(scene: Scene, query: Query) -> Reply:
    """All pairs in one list."""
    return Reply(f"[{','.join(map(_instrument_row, scene.markets()))}]".encode())


def margin(scene: Scene, query: Query) -> Reply:
    """Which pairs may be traded on credit: the most traded ones."""
    rows = [
        {"id": m.symbol, "base": m.base, "quote": m.quote, "leverage": 10, "min_base_amount": "0.0001", "min_quote_amount": "1", "max_quote_amount": "1000000"}
        for m in scene.markets()[:20]
    ]
    return Reply(json.dumps(rows, separators=(",", ":")).encode())


def tickers(scene: Scene, query: Query) -> Reply:
    """All tickers: best prices without sizes, 24 hours, change since midnight in two time zones."""
    utc0 = scene.prices.pairs(float(scene.t // DAY * DAY))
    utc8 = scene.prices.pairs(float((scene.t + 8 * 3_600) // DAY * DAY - 8 * 3_600))
    if pair := query.get("currency_pair"):
        rows = [_row(q, utc0, utc8, sized=True) for q in scene.quotes() if q.market.symbol == pair]
        if not rows:
            return Reply(json.dumps({"label": "INVALID_CURRENCY_PAIR", "message": f"Invalid currency pair {pair}"}, separators=(",", ":")).encode(), 400)
    else:
        rows = [_row(q, utc0, utc8) for q in scene.quotes()]
    return Reply(f"[{','.join(rows)}]".encode())


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


def _row(q: Quote, utc0: list[float], utc8: list[float], sized: bool = False) -> str:
    m, digits = q.market, q.market.digits
    absent = "0" if m.book == "none" else ""
    bid = absent if q.bid is None else short(q.bid, digits)
    ask = absent if q.ask is None else short(q.ask, digits)
    sizes = f'"lowest_size":"{short(q.ask_size or 0, 8)}","highest_size":"{short(q.bid_size or 0, 8)}",' if sized else ""
    return (
        f'{{"currency_pair":"{m.symbol}","last":"{short(q.last, digits)}","lowest_ask":"{ask}",'
        f'"highest_bid":"{bid}",{sizes}"change_percentage":"{short((q.last / q.open - 1) * 100, 2)}",'
        f'"change_utc0":"{short((q.last / (utc0[q.pair] * m.factor) - 1) * 100, 2)}",'
        f'"change_utc8":"{short((q.last / (utc8[q.pair] * m.factor) - 1) * 100, 2)}",'
        f'"base_volume":"{short(q.volume, 9)}","quote_volume":"{short(q.quote_volume, 10)}","high_24h":"{short(q.high, digits)}",'
        f'"low_24h":"{short(q.low, digits)}"'
        f"{_etf(q) if m.asset.kind == 'leveraged' else ''}}}"
    )


def _etf(q: Quote) -> str:
    """What only a leveraged token has: the value behind it, now and at the last rebalancing."""
    return (
        f',"etf_net_value":"{short(q.last, 10)}","etf_pre_net_value":"{short(q.open, 10)}","etf_pre_timestamp":{ENDS_AT - 40_000_000},'
        f'"etf_leverage":"{short(abs(q.market.asset.lean) / 0.8 * (0.95 + q.chance / 10), 10)}"'
    )


@cache
def _instrument_row(m: Market) -> str:
    return json.dumps(_instrument(m), separators=(",", ":"), ensure_ascii=False)


def _instrument(m: Market) -> dict[str, object]:
    stock = m.asset.kind == "share"
    row: dict[str, object] = {
        "id": m.symbol, "base": m.base, "base_name": f"{m.base[:-1]} xStock" if stock else m.asset.name, "quote": m.quote, "quote_name": MONEY[m.quote],
        "fee": short(0.2 * m.fee, 2), "min_base_amount": f"{10**-m.size_digits:.{m.size_digits}f}", "min_quote_amount": "3" if m.money.price < 10 else "0.0001",
        "max_quote_amount": "5000000", "amount_precision": m.size_digits, "precision": m.digits,
        "trade_status": "untradable" if m.status == "halted" else "tradable",
        "sell_start": 1_607_313_600 if m.listed_at else 0, "buy_start": m.listed_at,
    }  # fmt: skip
    if m.ending:
        row["delisting_time"] = m.ends_at or ENDS_AT
    return row | {
        "type": "normal", "trade_url": f"https://www.gate.com/trade/{m.symbol}", "st_tag": m.rank > 1_700 or m.ending,
        "slippage": "0.03" if m.rank < 100 else "0.1",
        "market_order_max_stock": str(int(m.turnover / m.asset.price / 20) + 1), "market_order_max_money": "300000",
        "up_rate": "0.08" if m.rank < 100 else "0.4",
        "down_rate": "0.08" if m.rank < 100 else "0.4",
    }  # fmt: skip
