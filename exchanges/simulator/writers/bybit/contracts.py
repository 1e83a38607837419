"""Perpetuals and dated futures on the wire. Linear ones count coins; inverse ones dollars, and what they turn over is coins."""

from __future__ import annotations

from functools import cache

from exchanges.simulator.contracts import Contract
from exchanges.simulator.derivatives import ContractQuote, contract_quote
from exchanges.simulator.writers import Query, Reply, Scene, short, step
from exchanges.simulator.writers.bybit.wire import INVERSE, dollars, dumped, moment, refused, scale, thing, whole, written

FIRST = 1_585_526_400  # when the exchange's own first contract began; the world does not know of every contract
SOON = "OPAIUSDT"  # bought and sold in an auction only: it is in the list of those before their opening, and among the tickers
CAP = "0.005"
HOUR = 3_600


# --- the catalogue ----------------------------------------------------------------------------------------------
def instrument_rows(scene: Scene, category: str, status: str) -> dict[str, str]:
    """By symbol, in its order; with status PreLaunch those that have not opened yet."""
    if status == "PreLaunch":
        return {SOON: _before()} if category == "linear" else {}
    found = sorted((c for c in scene.contracts() if c.inverse == (category == INVERSE)), key=lambda c: c.symbol)
    return {c.symbol: _instrument(n, c, scene.interval_h(c) if c.kind == "perp" else 0) for n, c in enumerate(found)}


@cache
def _instrument(number: int, c: Contract, hours: int) -> str:
    kind = ("Inverse" if c.inverse else "Linear") + ("Perpetual" if c.kind == "perp" else "Futures")
    return dumped(
        _described(c.symbol, kind, (c.base, c.quote, c.settle), (c.digits, scale(c)), 0 if c.inverse else c.size_digits)
        | {
            "symbolId": number + 1, "launchTime": str((c.listed_at or FIRST) * 1_000), "deliveryTime": str((c.expiry or 0) * 1_000),
            "deliveryFeeRate": "0.0005" if c.expiry else "",
            "fundingInterval": hours * 60, "symbolType": "stock" if c.tokenised else "innovation" if c.rank > 300 else "",
        }
        | ({"fullName": c.asset.name, "marketRegion": "US", "underlyingTicker": c.base} if c.tokenised else {})
    )  # fmt: skip


def _described(symbol: str, kind: str, coins: tuple[str, str, str], digits: tuple[int, int], size_digits: int) -> dict[str, object]:
    """What all contracts have; `coins` are base, quote and settlement, `digits` the tick's and those of prices as written."""
    (base, quote, settle), (fine, written_with), lot = coins, digits, step(size_digits)
    tick, highest = f"{10**-fine:.{written_with}f}", f"{2 * 10 ** (8 - written_with) - 2 * 10**-fine:.{written_with}f}"
    most, at_once = (f"{many:.{size_digits}f}" for many in (119_000, 50_000))
    lots = {"maxOrderQty": most, "minOrderQty": lot, "qtyStep": lot, "postOnlyMaxOrderQty": most, "maxMktOrderQty": at_once}
    return {
        "symbol": symbol, "contractType": kind, "status": "Trading", "baseCoin": base, "quoteCoin": quote, "launchTime": "0",
        "deliveryTime": "0", "deliveryFeeRate": "", "priceScale": str(written_with),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": tick, "maxPrice": highest, "tickSize": tick},
        "lotSizeFilter": lots | ({} if kind.startswith("Inverse") else {"minNotionalValue": "5"}),
        "unifiedMarginTrade": True, "fundingInterval": 480, "settleCoin": settle, "copyTrading": "both", "upperFundingRate": CAP, "lowerFundingRate": f"-{CAP}",
        "isPreListing": False, "preListingInfo": None, "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"}, "symbolType": "",
    }  # fmt: skip


@cache
def _before() -> str:
    phases = [{"phase": "CallAuction", "startTime": "1790000000000", "endTime": ""}]
    info = {"curAuctionPhase": "CallAuction", "phases": phases, "auctionFeeInfo": {"auctionFeeRate": "0", "takerFeeRate": "0.001", "makerFeeRate": "0.0004"}}
    more = {"status": "PreLaunch", "launchTime": "1790000000000", "copyTrading": "none", "isPreListing": True, "preListingInfo": info}
    return dumped(_described(SOON, "LinearPerpetual", ("OPAI", "USDT", "USDT"), (4, 4), 0) | more)


# --- tickers ----------------------------------------------------------------------------------------------------
def ticker_rows(scene: Scene, category: str) -> dict[str, str]:
    """By symbol."""
    rows = {q.contract.symbol: _row(q) for q in scene.contract_quotes() if q.contract.inverse == (category == INVERSE)}
    return rows if category == INVERSE else rows | {SOON: _row_before()}


def _row(q: ContractQuote) -> str:
    c, d = q.contract, scale(q.contract)
    bid_size, ask_size = _size(c, q.bid_size, q.bid), _size(c, q.ask_size, q.ask)
    volume, turnover = (q.quote_volume, q.volume) if c.inverse else (q.volume, q.quote_volume)
    return (
        f'{{"symbol":"{c.symbol}","lastPrice":"{q.last:.{d}f}","indexPrice":"{q.index:.{d}f}","markPrice":"{q.mark:.{d}f}","prevPrice24h":"{q.open:.{d}f}",'
        f'"price24hPcnt":"{short(q.last / q.open - 1, 6)}","highPrice24h":"{q.high:.{d}f}","lowPrice24h":"{q.low:.{d}f}",'
        f'"prevPrice1h":"{(3 * q.last + q.open) / 4:.{d}f}",{_interest(q)},"turnover24h":"{turnover:.4f}","volume24h":"{volume:.4f}",'
        f'"ask1Size":"{ask_size}","bid1Price":"{q.bid:.{d}f}","ask1Price":"{q.ask:.{d}f}","bid1Size":"{bid_size}",'
        f'"preOpenPrice":"","preQty":"","curPreListingPhase":"",{_funding(q) if c.kind == "perp" else _delivery(q)}}}'
    )


def _size(c: Contract, units: float, price: float) -> str:
    return str(dollars(c, units, price)) if c.inverse else short(units, c.size_digits)


def _interest(q: ContractQuote) -> str:
    """Both sides added up beside one; of inverse contracts dollars, and the value is coins."""
    c = q.contract
    one = dollars(c, q.open_interest, q.mark) if c.inverse else round(q.open_interest, c.size_digits)
    value, digits = q.open_interest if c.inverse else q.open_interest * q.mark, 0 if c.inverse else c.size_digits
    return (
        f'"openInterest":"{short(2 * one, digits)}","openInterestValue":"{2 * value:.2f}","singleOpenInterest":"{short(one, digits)}",'
        f'"singleOpenInterestValue":"{value:.2f}"'
    )


def _funding(q: ContractQuote) -> str:
    return (
        f'"fundingRate":"{short(q.funding_rate or 0.0, 8)}","nextFundingTime":"{q.next_funding_at * 1_000}","fundingIntervalHour":"{q.interval_h}",'
        f'"fundingCap":"{CAP}","predictedDeliveryPrice":"","basisRate":"","basisRateYear":"","basis":"","deliveryFeeRate":"","deliveryTime":"0"'
    )


def _delivery(q: ContractQuote) -> str:
    ends = q.contract.expiry or 0
    return (
        f'"fundingRate":"","nextFundingTime":"{"0" if q.contract.inverse else ""}","fundingIntervalHour":"","fundingCap":"","predictedDeliveryPrice":"0.00",'
        f'"basisRate":"{q.basis:.8f}","basisRateYear":"{q.basis:.8f}","basis":"{q.last - q.index:.2f}","deliveryFeeRate":"0","deliveryTime":"{ends * 1_000}"'
    )


@cache
def _row_before() -> str:
    empty = (
        "lastPrice", "indexPrice", "markPrice", "prevPrice24h", "price24hPcnt", "highPrice24h", "lowPrice24h", "prevPrice1h", "ask1Size", "bid1Price",
        "ask1Price", "bid1Size", "fundingRate", "nextFundingTime", "fundingIntervalHour", "fundingCap", "predictedDeliveryPrice", "basisRate",
        "basisRateYear", "basis", "deliveryFeeRate",
    )  # fmt: skip
    zero = ("openInterest", "openInterestValue", "singleOpenInterest", "singleOpenInterestValue", "turnover24h", "volume24h", "deliveryTime")
    auction = {"preOpenPrice": "0.0512", "preQty": "1200", "curPreListingPhase": "CallAuction"}
    return dumped({"symbol": SOON} | dict.fromkeys(empty, "") | dict.fromkeys(zero, "0") | auction)


# --- what was paid, and what was held ---------------------------------------------------------------------------
def _contract(scene: Scene, query: Query) -> Contract | None:
    found = thing(scene, query.get("category", ""), query.get("symbol", "")) if query.get("category") in ("linear", INVERSE) else None
    return found if isinstance(found, Contract) else None


def funding_history(scene: Scene, query: Query) -> Reply:
    """At most 200 of what was paid, the newest first. A start without an end is an error."""
    contract, limit, start, end = _contract(scene, query), whole(query, "limit", 200, 200), moment(query, "startTime"), moment(query, "endTime")
    if contract is None or limit is None or (start is not None and end is None):
        return refused(scene, "params error: Symbol Is Invalid" if contract is None else "params error: startTime or endTime")
    until = scene.t if end is None else end
    hours = scene.interval_h(contract) if contract.kind == "perp" else 8
    paid = scene.funding_history(contract, max(start or 0.0, until - (limit + 1) * hours * HOUR), until)[-limit:]
    rows = [{"symbol": contract.symbol, "fundingRate": short(f.rate, 8), "fundingRateTimestamp": str(f.at * 1_000)} for f in reversed(paid)]
    return written(scene, {"category": query["category"], "list": rows})


def open_interest(scene: Scene, query: Query) -> Reply:
    """Both sides' open interest at the start of each of the last hours, the newest first."""
    contract, limit = _contract(scene, query), whole(query, "limit", 50, 200)
    if contract is None or limit is None or query.get("intervalTime") != "1h":
        return refused(scene, "params error: intervalTime" if contract else "params error: Symbol Is Invalid")
    hours = [scene.t // HOUR * HOUR - n * HOUR for n in range(min(limit, 5))]
    quotes = [contract_quote(scene.prices, contract, at) for at in hours if at >= contract.listed_at]
    rows = [_held(q, at) for q, at in zip(quotes, hours, strict=False)]
    return written(scene, {"symbol": contract.symbol, "category": query["category"], "list": rows, "nextPageCursor": ""})


def _held(q: ContractQuote, at: float) -> dict[str, str]:
    c = q.contract
    one = float(dollars(c, q.open_interest, q.mark)) if c.inverse else q.open_interest
    return {"openInterest": f"{2 * one:.8f}", "singleOpenInterest": short(one, 0 if c.inverse else c.size_digits), "timestamp": str(int(at) * 1_000)}
