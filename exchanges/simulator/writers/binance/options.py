"""Binance's options on the wire: a catalogue, prices without sizes, marks with greeks, open interest by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from exchanges.simulator.options import Option, OptionQuote
from exchanges.simulator.writers import Query, Reply, Scene, short, step
from exchanges.simulator.writers.binance.wire import asked_number, error, misses, sides, to_json

BAD_SYMBOL = (-1121, "Invalid symbol.")
DEPTHS = (10, 20, 50, 100, 500, 1_000)
DAY_MS = 86_400_000


def option_instruments(scene: Scene, query: Query) -> Reply:
    """Every option, and what the coins they are written on are called."""
    listed = scene.options()
    names = {o.underlying_name: o for o in listed}
    contracts = [{"baseAsset": o.underlying, "quoteAsset": o.quote, "underlying": name, "settleAsset": o.settle} for name, o in names.items()]
    limits = [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2_400}]
    head = {"timezone": "UTC", "serverTime": scene.ms, "optionContracts": contracts, "optionAssets": [{"name": "USDT"}], "rateLimits": limits}
    return Reply(to_json(head)[:-1] + f',"optionSymbols":[{",".join(map(_option, listed))}]}}'.encode())


@cache
def _option(o: Option) -> str:
    tick, lot = step(o.digits), "0.01"
    return to_json({
        "expiryDate": o.expiry * 1_000, "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "1000000.01", "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "1000", "stepSize": lot},
        ],
        "symbol": o.symbol, "side": "CALL" if o.call else "PUT", "strikePrice": short(o.strike, 4), "underlying": o.underlying_name,
        "unit": int(o.contract_size), "makerFeeRate": "0.0002", "takerFeeRate": "0.0003", "minQty": lot, "maxQty": "1000", "initialMargin": "0.15",
        "maintenanceMargin": "0.075", "minInitialMargin": "0.1", "minMaintenanceMargin": "0.05", "priceScale": o.digits, "quantityScale": 2,
        "quoteAsset": o.quote,
    }).decode()  # fmt: skip


def option_prices(scene: Scene, query: Query) -> Reply:
    """The last day of all, or of one; the change is a fraction here."""
    return _listed(scene, query, _price)


def option_marks(scene: Scene, query: Query) -> Reply:
    """Marks, volatilities (-1 where nobody bids) and greeks."""
    return _listed(scene, query, _mark)


def _listed(scene: Scene, query: Query, row: Callable[[Scene, OptionQuote], dict[str, object]]) -> Reply:
    symbol = query.get("symbol")
    found = [row(scene, q) for q in scene.option_quotes() if symbol in (None, q.option.symbol)]
    return Reply(to_json(found)) if found else error(*BAD_SYMBOL)


def _price(scene: Scene, q: OptionQuote) -> dict[str, object]:
    o, change, closed = q.option, q.last - q.open, scene.ms - int(q.chance * 90_000)
    return {
        "symbol": o.symbol, "priceChange": short(change, 4), "priceChangePercent": f"{change / q.open:.4f}", "lastPrice": short(q.last, o.digits),
        "lastQty": short(q.ask_size, 2), "open": short(q.open, 4), "high": short(q.high, 4), "low": short(q.low, 4), "volume": _contracts(o, q.volume),
        "amount": short(q.quote_volume, 4), "bidPrice": short(q.bid or 0, o.digits), "askPrice": short(q.ask, o.digits), "openTime": closed - DAY_MS,
        "closeTime": closed, "firstTradeId": 1, "tradeCount": int(q.volume) + 1, "strikePrice": short(o.strike, 4), "exercisePrice": f"{q.index:.8f}",
    }  # fmt: skip


def _contracts(o: Option, units: float) -> str:
    return short(units / o.contract_size, 2)


def _mark(scene: Scene, q: OptionQuote) -> dict[str, object]:
    return {
        "symbol": q.option.symbol, "markPrice": f"{q.mark:.4f}", "bidIV": "-1.0" if q.bid_iv is None else f"{q.bid_iv:.8f}", "askIV": f"{q.ask_iv:.8f}",
        "markIV": f"{q.mark_iv:.8f}", "delta": f"{q.delta:.8f}", "theta": f"{q.theta:.8f}", "gamma": f"{q.gamma:.8f}", "vega": f"{q.vega:.8f}",
        "highPriceLimit": short(q.mark * 1.2, 3), "lowPriceLimit": short(q.mark * 0.8, 3), "riskFreeInterest": "0.1",
    }  # fmt: skip


def option_interest(scene: Scene, query: Query) -> Reply:
    """Of one underlying and one day of expiry, in contracts; its time is text."""
    if refused := misses(query, "underlyingAsset", "expiration"):
        return refused
    asked = [q for q in scene.option_quotes() if q.option.underlying == query["underlyingAsset"] and _day(q.option) == query["expiration"]]
    return Reply(to_json([
        {
            "symbol": q.option.symbol, "sumOpenInterest": _contracts(q.option, q.open_interest), "sumOpenInterestUsd": f"{q.open_interest * q.index:.8f}",
            "timestamp": str(scene.ms // 60_000 * 60_000),
        }
        for q in asked
    ]))  # fmt: skip


def _day(o: Option) -> str:
    return f"{datetime.fromtimestamp(o.expiry, UTC):%y%m%d}"


def option_index(scene: Scene, query: Query) -> Reply:
    """The index of one underlying; the answer does not repeat which."""
    if refused := misses(query, "underlying"):
        return refused
    q = next((q for q in scene.option_quotes() if q.option.underlying_name == query["underlying"]), None)
    return Reply(to_json({"time": scene.ms, "indexPrice": f"{q.index:.8f}"})) if q else error(*BAD_SYMBOL)


def option_depth(scene: Scene, query: Query) -> Reply:
    """An order book in contracts."""
    if refused := misses(query, "symbol"):
        return refused
    option, limit = scene.option(query["symbol"]), asked_number(query, "limit", 100, 1_000)
    if option is None or limit not in DEPTHS:
        return error(*BAD_SYMBOL) if option is None else error(-4021, f"{query.get('limit')} is not valid depth limit.")
    levels = sides(*scene.book(option, limit), lambda price, size: f'["{short(price, option.digits)}","{_contracts(option, size)}"]')
    return Reply(f'{{"T":{scene.ms - 12},"u":{scene.ms // 50},{levels}}}'.encode())
