"""KuCoin's contracts: sizes in lots, inverse ones in dollars, numbers as a Java program prints its doubles, times in ms and ns."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache

from exchanges.simulator.derivatives import ContractQuote, in_contracts
from exchanges.simulator.universe import chance, universe
from exchanges.simulator.writers import Contract, Query, Reply, Scene, short

MINUTES = (1, 5, 15, 30, 60, 120, 240, 480, 720, 1_440, 10_080)
MOST_CANDLES, MOST_FUNDINGS = 500, 100
HOUR_MS = 3_600_000
STATUS = {"trading": "Open", "halted": "Paused", "pre_open": "Init"}
WORLD = {"binance": "binance", "kucoin": "kucoin", "bybit": "bybit", "gateio": "gateio", "bitget": "bitget"}  # as baskets call them
OTHERS = (("okex", 0.75), ("mexc", 0.4), ("bitmart", 0.2))  # exchanges outside this world, and how often a basket holds them
NO_SYMBOL = Reply(b'{"msg":"Invalid symbol.","code":"200003"}')


# --- whole-market replies -----------------------------------------------------------------------------------------
def contracts(scene: Scene, query: Query) -> Reply:
    """Every open contract with its prices, open interest and funding; neither bid nor ask nor time."""
    rows = ",".join(_contract(scene, q) for q in scene.contract_quotes())
    return Reply(f'{{"code":"200000","data":[{rows}]}}'.encode())


def all_tickers(scene: Scene, query: Query) -> Reply:
    """Best bid and ask of every contract, in lots; `ts` is when it last traded."""
    return Reply(_json([_ticker(scene, q) for q in scene.contract_quotes()]))


def _ticker(scene: Scene, q: ContractQuote) -> dict[str, object]:
    c = q.contract
    return {
        "sequence": scene.ms, "symbol": c.symbol, "side": "sell" if q.chance < 0.5 else "buy", "size": 1 + int(q.chance * 40),
        "tradeId": str(int((scene.t - q.age) * 1_000)), "price": short(q.last, c.digits), "bestBidPrice": short(q.bid, c.digits),
        "bestBidSize": in_contracts(c, q.bid_size, q.mark), "bestAskPrice": short(q.ask, c.digits), "bestAskSize": in_contracts(c, q.ask_size, q.mark),
        "ts": int((scene.now - q.age) * 1_000) * 1_000_000,
    }  # fmt: skip


def _contract(scene: Scene, q: ContractQuote) -> str:
    """One row: what never changes, then what does."""
    c = q.contract
    interval, due = (q.interval_h * HOUR_MS, q.next_funding_at * 1_000) if c.kind == "perp" else (None, None)
    coins, money = _lots(c, q.volume, q.mark), round(q.quote_volume, 10)
    change = q.last / q.open - 1
    now = {
        "status": f'"{STATUS[c.status]}"', "fundingFeeRate": _double(q.funding_rate, 6), "predictedFundingFeeRate": None, "fundingRateGranularity": interval,
        "currentFundingRateGranularity": None if c.rank < 14 else interval, "openInterest": f'"{in_contracts(c, q.open_interest, q.mark)}"',
        "turnoverOf24h": _double(coins if c.inverse else money, 10), "volumeOf24h": _double(float(round(money)) if c.inverse else coins, 8),
        "markPrice": _double(q.mark, c.digits + 1), "indexPrice": _double(q.index, c.digits + 1), "lastTradePrice": short(q.last, c.digits),
        "nextFundingRateTime": None if due is None else due - scene.ms, "nextFundingRateDateTime": due, "lowPrice": _double(q.low, c.digits),
        "highPrice": _double(q.high, c.digits), "priceChgPct": _double(change, 4), "priceChg": _double(q.last - q.open, c.digits),
        "buyLimit": _double(q.mark * 1.05, c.digits), "sellLimit": _double(q.mark * 0.95, c.digits),
    }  # fmt: skip
    return _fixed(c) + ",".join(f'"{key}":{"null" if value is None else value}' for key, value in now.items()) + "}"


def _lots(c: Contract, units: float, price: float) -> float:
    """Units as a whole number of lots, in units again."""
    return in_contracts(c, units, price) * (1 / price if c.inverse else c.contract_size)


@cache
def _fixed(c: Contract) -> str:
    """The start of a row, up to what changes."""
    perpetual, cap = c.kind == "perp", 0.003 if c.rank < 20 else 0.0125
    tick = 10.0**-c.digits
    row: dict[str, object] = {
        "symbol": c.symbol, "rootSymbol": c.settle, "type": "FFWCSX" if perpetual else "FFICSX",
        "firstOpenDate": (c.listed_at or 1_585_555_200) * 1_000, "expireDate": c.expiry and c.expiry * 1_000, "settleDate": c.expiry and c.expiry * 1_000,
        "baseCurrency": c.base, "quoteCurrency": c.quote, "settleCurrency": c.settle, "maxOrderQty": 1_000_000, "maxPrice": 1_000_000.0, "lotSize": 1,
        "tickSize": tick, "indexPriceTickSize": tick / 10, "multiplier": -1.0 if c.inverse else c.contract_size, "initialMargin": 0.01,
        "maintainMargin": 0.005, "maxRiskLimit": 100_000, "minRiskLimit": 100_000, "riskStep": 50_000, "makerFeeRate": 2e-4, "takerFeeRate": 6e-4,
        "takerFixFee": 0.0, "makerFixFee": 0.0, "settlementFee": None, "isDeleverage": True, "isQuanto": not c.inverse, "isInverse": c.inverse,
        "markMethod": "FairPrice", "fairMethod": "FundingRate", "fundingBaseSymbol": f".{c.base}INT8H", "fundingQuoteSymbol": f".{c.quote}INT8H",
        "fundingRateSymbol": f".{c.symbol}FPI8H", "indexSymbol": index_name(c), "settlementSymbol": "", "marketStage": "NORMAL",
        "assetClass": "STOCK" if c.tokenised else "CRYPTO", "fundingRateCap": cap if perpetual else None, "fundingRateFloor": -cap if perpetual else None,
        "period": 1, "maxLeverage": 125 if c.rank < 3 else 75 if c.rank < 50 else 30, "sourceExchanges": [name for name, _ in _basket(c)],
        "premiumsSymbol1M": f".{c.symbol}PI", "premiumsSymbol8H": f".{c.symbol}PI8H", "fundingBaseSymbol1M": f".{c.base}INT",
        "fundingQuoteSymbol1M": f".{c.quote}INT", "k": 490.0, "m": 300.0, "f": 1.3, "mmrLimit": 0.3, "mmrLevConstant": 125.0, "supportCross": True,
        "adjustK": None, "adjustM": None, "adjustMmrLevConstant": None, "adjustActiveTime": None, "crossRiskLimit": 5e8,
    }  # fmt: skip
    return "{" + ",".join(f'"{key}":{_double(value, 12) if isinstance(value, float) else json.dumps(value)}' for key, value in row.items()) + ","


def _double(value: float | None, digits: int) -> str | None:
    """A double as Java writes it: 300.0, 0.001, 5.1E-5, 6.353834194265137E8."""
    if value is None:
        return None
    value = round(value, digits)
    if not value or 1e-3 <= abs(value) < 1e7:
        return repr(value or 0.0) if abs(value) >= 1e-4 or not value else f"{value:f}"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, figures))
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{int(exponent) + len(text) - 1}"


# --- one contract -------------------------------------------------------------------------------------------------
def depth_20(scene: Scene, query: Query) -> Reply:
    """Twenty levels a side."""
    return _depth(scene, query, 20)


def depth_100(scene: Scene, query: Query) -> Reply:
    """A hundred levels a side."""
    return _depth(scene, query, 100)


def no_depth(scene: Scene, query: Query) -> Reply:
    """Other depths do not exist."""
    return Reply(b'{"code":"404","msg":"not exist"}', 404)


def _depth(scene: Scene, query: Query, levels: int) -> Reply:
    if (c := scene.contract(query.get("symbol", ""))) is None:
        return NO_SYMBOL
    sides = (",".join(f"[{short(price, c.digits)},{_lot_count(c, units, price)}]" for price, units in side) for side in scene.book(c, levels))
    bids, asks = sides
    stamp = scene.ms * 1_000_000
    return Reply(f'{{"code":"200000","data":{{"sequence":{scene.ms},"symbol":"{c.symbol}","bids":[{bids}],"asks":[{asks}],"ts":{stamp}}}}}'.encode())


def _lot_count(c: Contract, units: float, price: float) -> int:
    return max(1, in_contracts(c, units, price))


def klines(scene: Scene, query: Query) -> Reply:
    """Candles, the oldest first, the close last, volume in lots; `granularity` is minutes, `from` and `to` milliseconds."""
    if (c := scene.contract(query.get("symbol", ""))) is None:
        return NO_SYMBOL
    minutes = _whole(query.get("granularity"))
    if minutes not in MINUTES:
        return Reply(b'{"msg":"Parameter error.","code":"400100"}')
    end = (_whole(query.get("to")) or scene.ms) / 1_000
    start = (_whole(query.get("from")) or (end - 200 * minutes * 60) * 1_000) / 1_000
    rows = scene.candles(c, minutes * 60, start, min(end, scene.t))[:MOST_CANDLES]
    text = ",".join(
        f"[{r.opened_at * 1_000},{short(r.open, c.digits)},{short(r.high, c.digits)},{short(r.low, c.digits)},{short(r.close, c.digits)},"
        f"{in_contracts(c, r.volume, (r.high + r.low) / 2)}]"
        for r in rows
    )
    return Reply(f'{{"code":"200000","data":[{text}]}}'.encode())


def funding_rates(scene: Scene, query: Query) -> Reply:
    """What a perpetual paid, the newest first, at most a hundred. Both ends of the window are required."""
    start, end = _whole(query.get("from")), _whole(query.get("to"))
    if not start or not end:
        return Reply(b'{"code":"400000","msg":"Bad Request"}', 400)
    if (c := scene.contract(query.get("symbol", ""))) is None:
        return Reply(b'{"msg":"The contract information you requested does not exist.","code":"404000"}')
    rows = reversed(scene.funding_history(c, start / 1_000 - 1, end / 1_000)[-MOST_FUNDINGS:])
    text = ",".join(f'{{"symbol":"{c.symbol}","fundingRate":{_double(row.rate, 6)},"timepoint":{row.at * 1_000}}}' for row in rows)
    return Reply(f'{{"code":"200000","data":[{text}]}}'.encode())


# --- indices ------------------------------------------------------------------------------------------------------
def index(scene: Scene, query: Query) -> Reply:
    """The newest values of an index with the basket they come from; an index that does not exist is an empty success."""
    found = next((q for q in scene.contract_quotes() if index_name(q.contract) == query.get("symbol")), None)
    if found is None:
        return Reply(_json({"dataList": [], "hasMore": False}))
    count = min(_whole(query.get("maxCount")) or 10, 100)
    values = [_value(scene, found, int(scene.t) - back) for back in range(count)]
    return Reply(_json({"hasMore": True, "dataList": values}))


def index_name(c: Contract) -> str:
    """The name of the index a contract follows: .KXBTUSDT, .BXBT."""
    return f".B{c.base}" if c.inverse else f".K{c.base}{c.quote}"


def _value(scene: Scene, q: ContractQuote, at: int) -> dict[str, object]:
    digits = q.contract.digits + 1
    members = [
        {"exchange": name, "price": round(q.index * (1 + (n - 2) * 2e-5), digits), "weight": weight} for n, (name, weight) in enumerate(_basket(q.contract))
    ]
    return {
        "symbol": index_name(q.contract), "granularity": 1_000, "timePoint": at * 1_000, "value": round(q.index, digits), "decomposionList": members,
    }  # fmt: skip


@cache
def _basket(c: Contract) -> tuple[tuple[str, float], ...]:
    """(exchange, weight) of an index: exchanges whose spot market trades this very coin, not another of its name."""
    rng = chance(f"basket:{c.symbol}")
    found = [WORLD[slug] for slug, listed in universe().markets.items() if slug in WORLD and any(m.asset is c.asset and m.status == "trading" for m in listed)]
    found += [name for name, share in OTHERS if rng.random() < share and not c.tokenised]
    found = found or ["kucoin_futures"]
    shares = [rng.uniform(0.5, 2) for _ in found]
    weights = [round(share / sum(shares), 4) for share in shares]
    weights[-1] = round(1 - sum(weights[:-1]), 4)
    return tuple(zip(found, weights, strict=True))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _json(data: object) -> bytes:
    return json.dumps({"code": "200000", "data": data}, separators=(",", ":"), ensure_ascii=False).encode()
