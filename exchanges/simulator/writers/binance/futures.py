"""Binance's contracts on the wire: USD-M (coins, one host) and COIN-M (contracts of dollars, another), nearly alike.

Best prices, marks and the last day are three lists. Of COIN-M `volume` counts contracts and `baseVolume` coins.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from exchanges.simulator.contracts import Contract
from exchanges.simulator.derivatives import ContractQuote, in_contracts
from exchanges.simulator.writers import Query, Reply, Scene, step
from exchanges.simulator.writers.binance.wire import FIRST_MS, asked_number, asked_span, error, klines, misses, sides, to_json

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NEVER = 4_133_404_800_000
STATUS = {"trading": "TRADING", "halted": "HALT", "pre_open": "PENDING_TRADING"}
DEPTHS = (5, 10, 20, 50, 100, 500, 1_000)
ORDERS = ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"]
LIMITS = (
    '{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400},'
    '{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":1200}'
)
ASSETS = ',"futuresType":"U_MARGINED","assets":[{"asset":"USDT","marginAvailable":true,"autoAssetExchange":"-10000"}]'
BAD_SYMBOL = (-1121, "Invalid symbol.")
Row = Callable[[Scene, ContractQuote], str]


# --- lists ----------------------------------------------------------------------------------------------------------
def usdm_instruments(scene: Scene, query: Query) -> Reply:
    """exchangeInfo of USD-M."""
    return _catalogue(scene, inverse=False)


def coinm_instruments(scene: Scene, query: Query) -> Reply:
    """exchangeInfo of COIN-M: its own word for the status, and the dollars in a contract."""
    return _catalogue(scene, inverse=True)


def usdm_quotes(scene: Scene, query: Query) -> Reply:
    """Best bid and ask of all, or of one."""
    return _listed(scene, query, False, _quote)


def coinm_quotes(scene: Scene, query: Query) -> Reply:
    """The same in contracts."""
    return _listed(scene, query, True, _quote)


def usdm_marks(scene: Scene, query: Query) -> Reply:
    """Marks, indices and funding rates."""
    return _listed(scene, query, False, _mark)


def coinm_marks(scene: Scene, query: Query) -> Reply:
    """The same of COIN-M, which answers a list even about one."""
    return _listed(scene, query, True, _mark)


def usdm_days(scene: Scene, query: Query) -> Reply:
    """The last 24 hours; no bid and ask here."""
    return _listed(scene, query, False, _day)


def coinm_days(scene: Scene, query: Query) -> Reply:
    """The same with volumes in contracts and coins."""
    return _listed(scene, query, True, _day)


def _listed(scene: Scene, query: Query, inverse: bool, row: Row) -> Reply:
    symbol = query.get("symbol")
    rows = [row(scene, q) for q in scene.contract_quotes() if q.contract.inverse is inverse and symbol in (None, q.contract.symbol)]
    if not rows:
        return error(*BAD_SYMBOL)
    return Reply((rows[0] if symbol and not inverse else f"[{','.join(rows)}]").encode())


def pair(c: Contract) -> str:
    """The index a contract follows, which is also what its dated brothers share."""
    return f"{c.base}{c.quote}"


def _pair_field(c: Contract) -> str:
    return f',"pair":"{pair(c)}"' if c.inverse else ""


def _quote(scene: Scene, q: ContractQuote) -> str:
    c = q.contract
    bid, ask = amount(c, q.bid_size, q.bid), amount(c, q.ask_size, q.ask)
    return (
        f'{{"symbol":"{c.symbol}"{_pair_field(c)},"bidPrice":"{q.bid:.{c.digits}f}","bidQty":"{bid}","askPrice":"{q.ask:.{c.digits}f}","askQty":"{ask}",'
        f'"time":{scene.ms - int(q.chance * 900)}}}'
    )


def amount(c: Contract, units: float, price: float) -> str:
    """A size as it stands on the wire: coins on steps, or whole contracts."""
    return str(in_contracts(c, units, price)) if c.inverse else f"{units:.{c.size_digits}f}"


def _mark(scene: Scene, q: ContractQuote) -> str:
    c = q.contract
    rate, interest = ("", "") if q.funding_rate is None else (f"{q.funding_rate:.8f}", "0.00010000")
    return (
        f'{{"symbol":"{c.symbol}"{_pair_field(c)},"markPrice":"{q.mark:.8f}","indexPrice":"{q.index:.8f}","estimatedSettlePrice":"{q.index:.8f}",'
        f'"lastFundingRate":"{rate}","interestRate":"{interest}","nextFundingTime":{q.next_funding_at * 1_000},"time":{scene.ms // 1_000 * 1_000}}}'
    )


def _day(scene: Scene, q: ContractQuote) -> str:
    c, closed, count, change = q.contract, scene.ms - int(q.age * 1_000), int(q.contract.turnover / 900) + 1, q.last - q.open
    first = scene.ms // DAY_MS * count
    if c.inverse:
        volumes = f'"volume":"{q.quote_volume / c.contract_size:.0f}","baseVolume":"{q.volume:.8f}"'
    else:
        volumes = f'"volume":"{q.volume:.{c.size_digits}f}","quoteVolume":"{q.quote_volume:.2f}"'
    return (
        f'{{"symbol":"{c.symbol}"{_pair_field(c)},"priceChange":"{change:.{c.digits}f}","priceChangePercent":"{change / q.open * 100:.3f}",'
        f'"weightedAvgPrice":"{q.quote_volume / q.volume:.{8 if c.inverse else c.digits}f}","lastPrice":"{q.last:.{c.digits}f}",'
        f'"lastQty":"{amount(c, q.bid_size, q.last)}","openPrice":"{q.open:.{c.digits}f}","highPrice":"{q.high:.{c.digits}f}",'
        f'"lowPrice":"{q.low:.{c.digits}f}",{volumes},'
        f'"openTime":{closed - DAY_MS},"closeTime":{closed},"firstId":{first},"lastId":{first + count - 1},"count":{count}}}'
    )


# --- the catalogue --------------------------------------------------------------------------------------------------
def _catalogue(scene: Scene, inverse: bool) -> Reply:
    rows = ",".join(_contract(c) for c in scene.contracts() if c.inverse is inverse)
    assets = "" if inverse else ASSETS
    return Reply(f'{{"timezone":"UTC","serverTime":{scene.ms},"rateLimits":[{LIMITS}],"exchangeFilters":[]{assets},"symbols":[{rows}]}}'.encode())


@cache
def _contract(c: Contract) -> str:
    kind = "PERPETUAL" if c.expiry is None else "CURRENT_QUARTER" if c.expiry - c.listed_at <= 92 * 86_400 else "NEXT_QUARTER"
    own = {"contractStatus": STATUS[c.status], "contractSize": int(c.contract_size), "equalQtyPrecision": 4} if c.inverse else {
        "status": STATUS[c.status], "maxMoveOrderLimit": 10_000, "permissionSets": ["GRID", "COPY"]
    }  # fmt: skip
    return to_json({
        "symbol": c.symbol, "pair": pair(c), "contractType": "TRADIFI_PERPETUAL" if c.tokenised else kind,
        "deliveryDate": NEVER if c.expiry is None else c.expiry * 1_000,
        "onboardDate": (c.listed_at or 1_569_398_400) * 1_000, "maintMarginPercent": "2.5000", "requiredMarginPercent": "5.0000", "baseAsset": c.base,
        "quoteAsset": c.quote, "marginAsset": c.settle, "pricePrecision": c.digits, "quantityPrecision": 0 if c.inverse else c.size_digits,
        "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "EQUITY" if c.tokenised else "COIN",
        "underlyingSubType": ["TradFi" if c.tokenised else "Layer-1"], "triggerProtect": "0.0500", "liquidationFee": "0.012500", "marketTakeBound": "0.05",
        "filters": _filters(c), "orderTypes": ORDERS, "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
    } | own).decode()  # fmt: skip


def _filters(c: Contract) -> list[dict[str, object]]:
    tick, lot = step(c.digits), "1" if c.inverse else step(c.size_digits)
    return [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": f"{c.price * 100:.{c.digits}f}", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "1000000", "stepSize": lot},
        {"filterType": "MARKET_LOT_SIZE", "minQty": lot, "maxQty": "120000", "stepSize": lot},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        *([] if c.inverse else [{"filterType": "MIN_NOTIONAL", "notional": "5"}]),
        {"filterType": "PERCENT_PRICE", "multiplierDecimal": "4", "multiplierDown": "0.9500", "multiplierUp": "1.0500"},
    ]


# --- one contract ---------------------------------------------------------------------------------------------------
def _asked(scene: Scene, query: Query) -> Contract | Reply:
    """The contract asked for, of the host's own family; or why not."""
    if refused := misses(query, "symbol"):
        return refused
    found = scene.contract(query["symbol"])
    return error(*BAD_SYMBOL) if found is None or found.inverse is not scene.path.startswith("/dapi") else found


def depth(scene: Scene, query: Query) -> Reply:
    """An order book of one of a few lengths, with the time it was written and the time it last changed."""
    c, limit = _asked(scene, query), asked_number(query, "limit", 500, 1_000)
    if isinstance(c, Reply):
        return c
    if limit not in DEPTHS:
        return error(-4021, f"{query.get('limit')} is not valid depth limit.")
    bids, asks = scene.book(c, limit)
    levels = sides(bids, asks, lambda price, size: f'["{price:.{c.digits}f}","{amount(c, size, price)}"]')
    names = f',"symbol":"{c.symbol}","pair":"{pair(c)}"' if c.inverse else ""
    return Reply(f'{{"lastUpdateId":{scene.ms * 3}{names},"E":{scene.ms},"T":{scene.ms - 7},{levels}}}'.encode())


def candles(scene: Scene, query: Query) -> Reply:
    """As on spot; where spot has coins and money, COIN-M has contracts and coins."""
    c = misses(query, "interval") or _asked(scene, query)
    if isinstance(c, Reply):
        return c
    span = asked_span(scene, query, 1_500)
    if isinstance(span, Reply):
        return span
    if c.inverse:
        return klines(scene, c, span, lambda k: (f"{k.quote_volume / c.contract_size:.0f}", f"{k.volume:.8f}"), c.digits)
    return klines(scene, c, span, lambda k: (f"{k.volume:.{c.size_digits}f}", f"{k.quote_volume:.8f}"), c.digits)


def open_interest(scene: Scene, query: Query) -> Reply:
    """One contract's, in coins (USD-M) or in contracts (COIN-M)."""
    c = _asked(scene, query)
    if isinstance(c, Reply):
        return c
    q = next(q for q in scene.contract_quotes() if q.contract is c)
    own = {"contractType": "PERPETUAL" if c.expiry is None else "CURRENT_QUARTER", "pair": pair(c)} if c.inverse else {}
    return Reply(to_json({"symbol": c.symbol, "openInterest": amount(c, q.open_interest, q.mark), "time": scene.ms} | own))


def open_interest_history(scene: Scene, query: Query) -> Reply:
    """COIN-M's statistics of a pair's perpetual, every five minutes: contracts, and coins as their "value"."""
    if refused := misses(query, "pair", "contractType", "period"):
        return refused
    if query["period"] != "5m" or query["contractType"] != "PERPETUAL":
        return error(-1130, "Data sent for parameter 'period' is not valid.")
    q = next((q for q in scene.contract_quotes() if q.contract.inverse and q.contract.kind == "perp" and pair(q.contract) == query["pair"]), None)
    limit, newest = asked_number(query, "limit", 30, 500) or 1, scene.ms // 300_000 * 300_000
    if q is None:
        return Reply(b"[]")
    lots, coins = in_contracts(q.contract, q.open_interest, q.mark), q.open_interest
    return Reply(to_json([
        {"pair": query["pair"], "contractType": "PERPETUAL", "sumOpenInterest": str(lots), "sumOpenInterestValue": f"{coins:.8f}", "timestamp": at}
        for at in range(newest - (limit - 1) * 300_000, newest + 1, 300_000)
    ]))  # fmt: skip


# --- funding --------------------------------------------------------------------------------------------------------
def usdm_intervals(scene: Scene, query: Query) -> Reply:
    """Only contracts that differ from the rest: by their interval or by their cap. Nobody asks for one of them."""
    return _intervals(scene, inverse=False)


def coinm_intervals(scene: Scene, query: Query) -> Reply:
    """The same of COIN-M."""
    return _intervals(scene, inverse=True)


def _intervals(scene: Scene, inverse: bool) -> Reply:
    rows = []
    for c in scene.contracts():
        if c.inverse is inverse and c.kind == "perp" and ((hours := scene.interval_h(c)) != 8 or c.rank % 7 == 3):
            cap = "0.02000000" if hours < 8 else "0.03000000"
            rows.append({
                "symbol": c.symbol, "adjustedFundingRateCap": cap, "adjustedFundingRateFloor": f"-{cap}", "fundingIntervalHours": hours,
                "disclaimer": False, "updateTime": 1_752_854_309_429,
            })  # fmt: skip
    return Reply(to_json(rows))


def funding_history(scene: Scene, query: Query) -> Reply:
    """What a perpetual paid, oldest first: the newest hundred, or the first ones from a start on; times some milliseconds late."""
    c = _asked(scene, query)
    if isinstance(c, Reply):
        return c
    limit, start = asked_number(query, "limit", 100, 1_000), asked_number(query, "startTime", FIRST_MS, 10**15)
    end = asked_number(query, "endTime", scene.ms, 10**15)
    if limit is None or start is None or end is None:
        return error(-1100, "Illegal characters found in a parameter.")
    since = max(start, FIRST_MS) / 1_000 - 1 if "startTime" in query else end / 1_000 - limit * 8 * 3_600
    paid = scene.funding_history(c, since, end / 1_000)
    kept = paid[:limit] if "startTime" in query else paid[-limit:]
    return Reply(to_json([{"symbol": c.symbol, "fundingTime": f.at * 1_000 + f.at // 3_600 % 9, "fundingRate": f"{f.rate:.8f}"} for f in kept]))
