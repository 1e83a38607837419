"""Bitget's v3 replies of contracts: catalogue, tickers, funding, open interest, what an index is made of.

Coin-margined contracts go by their v3 id, and are counted in dollars, one contract being one.
"""

from __future__ import annotations

from typing import Any

from exchanges.simulator.contracts import Contract
from exchanges.simulator.derivatives import ContractQuote, in_contracts
from exchanges.simulator.universe import Asset, Market, chance, universe
from exchanges.simulator.writers import Query, Reply, Scene, short, step
from exchanges.simulator.writers.bitget.words import error, ms, number, told

DAY = 86_400
FAMILIES = ("USDT-FUTURES", "USDC-FUTURES", "COIN-FUTURES")
SOON = 92 * DAY
MEMBERS = {"binance": "BINANCE", "gateio": "GATEIO", "kucoin": "KUCOIN", "bybit": "BYBIT", "bitget": "BITGET"}
TESTS = {"USDT-FUTURES": ("BGTESTMEUSDT", "RWATESTMEUSDT"), "USDC-FUTURES": ("BGTESTMEPERP",), "COIN-FUTURES": ("BGTESTMEUSD_CM",)}
LIMITS = {"buyLimitPriceRatio": "0.05", "sellLimitPriceRatio": "0.05"}


def id_of(c: Contract) -> str:
    """A contract's id in v3."""
    return c.alias or c.symbol


def family_of(c: Contract) -> str:
    """The category a contract is listed under."""
    return "COIN-FUTURES" if c.inverse else f"{c.settle}-FUTURES"


def refused(scene: Scene, query: Query) -> Reply | None:
    """What is said to a category that does not exist, and to a contract that is not in it."""
    category, symbol = query.get("category", ""), query.get("symbol")
    if category not in FAMILIES:
        return error(scene.now, "40019", f"Parameter {category or 'category'} cannot be empty")
    contract = found(scene, symbol) if symbol is not None else None
    if symbol is not None and (contract is None or family_of(contract) != category):
        return error(scene.now, "25100", f"Trading pair {symbol} does not exist")
    return None


def found(scene: Scene, symbol: str | None) -> Contract | None:
    """The contract of a v3 id."""
    return next((c for c in scene.contracts() if id_of(c) == symbol), None)


def amount(c: Contract, units: float, price: float) -> str:
    """A quantity as v3 counts it: coins, or dollars of a coin-margined contract."""
    return str(in_contracts(c, units, price)) if c.inverse else short(units, c.size_digits)


# --- catalogue ----------------------------------------------------------------------------------------------------
def contract_list(scene: Scene, query: Query) -> Reply:
    """The instruments of a category; spot ones too, as ccxt wants them."""
    if query.get("category") == "SPOT":
        return told(scene.now, [_spot(m) for m in scene.markets()])
    if query.get("category") == "MARGIN":
        return told(scene.now, [])
    wanted = query.get("symbol")
    rows = [_instrument(scene, c) for c in scene.contracts() if family_of(c) == query.get("category") and wanted in (None, id_of(c))]
    return refused(scene, query) or told(scene.now, rows)


def _instrument(scene: Scene, c: Contract) -> dict[str, Any]:
    lot = "1" if c.inverse else step(c.size_digits)
    return {
        "symbol": id_of(c), "category": family_of(c), "baseCoin": c.base, "quoteCoin": c.quote, "isRwa": "YES" if c.tokenised else "NO", **LIMITS,
        "feeRateUpRatio": "0.005", "makerFeeRate": "0.0002", "takerFeeRate": "0.0006", "openCostUpRatio": "0.01", "minOrderQty": lot, "maxOrderQty": "1200000",
        "pricePrecision": str(c.digits), "quantityPrecision": "0" if c.inverse else str(c.size_digits), "quotePrecision": "",
        "priceMultiplier": step(c.digits), "quantityMultiplier": lot, "type": "perpetual" if c.kind == "perp" else "delivery", "minOrderAmount": "5",
        "maxSymbolOrderNum": "", "maxProductOrderNum": "400", "maxPositionNum": "200",
        "status": {"trading": "online", "pre_open": "listed"}.get(c.status, "limit_close"), "offTime": "-1", "limitOpenTime": "-1",
        "deliveryTime": ms(c.expiry), "deliveryStartTime": ms(c.listed_at) if c.expiry else "", "deliveryPeriod": _period(scene, c),
        "launchTime": ms(c.listed_at) or "0", "fundInterval": str(scene.interval_h(c)) if c.kind == "perp" else "", "minLeverage": "1", "maxLeverage": "125",
        "maintainTime": "", "symbolType": "stock" if c.tokenised else "crypto", "maxMarketOrderQty": "220000",
    }  # fmt: skip


def _period(scene: Scene, c: Contract) -> str:
    if not c.expiry:
        return ""
    return "this_quarter" if c.expiry - scene.t < SOON else "next_quarter"


def _spot(m: Market) -> dict[str, str]:
    stock, size = m.asset.kind == "share", m.size_digits + 1
    return {
        "symbol": m.symbol, "category": "SPOT", "baseCoin": m.base, "quoteCoin": m.quote, **LIMITS, "minOrderQty": step(size), "maxOrderQty": "0",
        "pricePrecision": str(m.digits), "quantityPrecision": str(size), "quotePrecision": str(m.digits + size), "minOrderAmount": "1",
        "maxSymbolOrderNum": "400", "maxProductOrderNum": "400", "status": "halt" if m.status == "halted" else "online", "maintainTime": "",
        "areaSymbol": "no", "maxPositionNum": "200", "isReality": "yes" if stock else "no", "launchTime": ms(m.listed_at or 1_532_454_360),
    }  # fmt: skip


# --- tickers ------------------------------------------------------------------------------------------------------
def contract_tickers(scene: Scene, query: Query) -> Reply:
    """All tickers of a category, or one; one time for the whole reply."""
    wanted = query.get("symbol")
    rows = [_ticker(q, scene) for q in scene.contract_quotes() if family_of(q.contract) == query.get("category") and wanted in (None, id_of(q.contract))]
    return refused(scene, query) or told(scene.now, rows)


def _ticker(q: ContractQuote, scene: Scene) -> dict[str, str]:
    c = q.contract
    volume, turnover = (str(round(q.quote_volume)), short(q.volume, 8)) if c.inverse else (short(q.volume, c.size_digits), short(q.quote_volume, 6))
    return {
        "category": family_of(c), "symbol": id_of(c), "ts": str(int(scene.t * 1_000)), "lastPrice": short(q.last, c.digits),
        "openPrice24h": short(q.open, c.digits), "highPrice24h": short(q.high, c.digits), "lowPrice24h": short(q.low, c.digits),
        "ask1Price": short(q.ask, c.digits), "bid1Price": short(q.bid, c.digits), "bid1Size": amount(c, q.bid_size, q.bid),
        "ask1Size": amount(c, q.ask_size, q.ask), "price24hPcnt": short(q.last / q.open - 1, 5), "volume24h": volume, "turnover24h": turnover,
        "indexPrice": short(q.index, c.digits + 8), "markPrice": short(q.mark, c.digits), "fundingRate": _rate(q),
        "openInterest": amount(c, q.open_interest, q.mark), "deliveryStartTime": ms(c.listed_at) if c.expiry else "", "deliveryTime": ms(c.expiry),
        "deliveryStatus": "delivery_normal" if c.expiry else "",
    }  # fmt: skip


def _rate(q: ContractQuote) -> str:
    return "" if q.funding_rate is None else short(q.funding_rate, 6)


# --- funding and open interest ------------------------------------------------------------------------------------
def funding(scene: Scene, query: Query) -> Reply:
    """The running interval of a category, or of one contract; the whole list also has test contracts, and dated ones without a rate."""
    wanted, category = query.get("symbol"), query.get("category")
    if category is None and wanted is not None and (contract := found(scene, wanted)):
        category = family_of(contract)
    rows = [_funding(q) for q in scene.contract_quotes() if family_of(q.contract) == category and wanted in (None, id_of(q.contract))]
    if wanted is None:
        due = str(int(scene.t // 28_800 + 1) * 28_800_000)
        rows += [
            {"symbol": name, "fundingRate": "0", "fundingRateInterval": "8", "nextUpdate": due, "minFundingRate": None, "maxFundingRate": None}
            for name in TESTS.get(category or "", ())
        ]
    return refused(scene, {**query, "category": category or ""}) or told(scene.now, rows)


def _funding(q: ContractQuote) -> dict[str, str | None]:
    funded = q.funding_rate is not None
    return {
        "symbol": id_of(q.contract), "fundingRate": _rate(q), "fundingRateInterval": str(q.interval_h) if funded else "",
        "nextUpdate": ms(q.next_funding_at) or "0", "minFundingRate": "-0.003" if funded else "", "maxFundingRate": "0.003" if funded else "",
    }  # fmt: skip


def funding_history(scene: Scene, query: Query) -> Reply:
    """What a perpetual paid, newest first, at most a hundred a page and ninety days back; `cursor` is the page."""
    refusal, contract = refused(scene, {"symbol": "", **query}), found(scene, query.get("symbol"))
    if refusal or contract is None:
        return refusal or error(scene.now, "25100", "Trading pair does not exist")
    limit, page = number(query.get("limit"), 20, 100), number(query.get("cursor"), 1, 100)
    start = max(scene.t - 90 * DAY, scene.t - limit * page * 8 * 3_600)
    paid = scene.funding_history(contract, start, scene.t)[::-1][limit * (page - 1) : limit * page]
    rows = [{"symbol": id_of(contract), "fundingRate": short(f.rate, 6), "fundingRateTimestamp": ms(f.at)} for f in paid]
    return told(scene.now, {"resultList": rows})


def open_interest(scene: Scene, query: Query) -> Reply:
    """Open interest of one contract; the tickers have it of all."""
    if refusal := refused(scene, {"symbol": "", **query}):
        return refusal
    q = next(q for q in scene.contract_quotes() if id_of(q.contract) == query["symbol"])
    rows = [{"symbol": query["symbol"], "openInterest": amount(q.contract, q.open_interest, q.mark)}]
    return told(scene.now, {"list": rows, "ts": str(scene.ms)})


# --- index members ------------------------------------------------------------------------------------------------
def index_members(scene: Scene, query: Query) -> Reply:
    """Which markets make a contract's index, its own perpetual sometimes among them, as "BASE/QUOTE" in the contract's own code."""
    contract = found(scene, query.get("symbol"))
    if contract is None:
        return error(scene.now, "40034", f"Parameter {query.get('symbol')} does not exist")
    q = next(q for q in scene.contract_quotes() if q.contract is contract)
    names = ["PYTH_PRO"] if contract.tokenised else _listing(contract.asset)
    rng, pair = chance(f"index:{contract.symbol}"), f"{contract.base}/{contract.quote}"
    if contract.rank % 7 == 0 and not contract.tokenised:
        names = ["BITGET_FUTURE", *names]
    parts = [rng.uniform(1, 5) for _ in names]
    shares = [short(part / sum(parts), 4) for part in parts]
    prices = [short(q.index * rng.uniform(0.9999, 1.0001), contract.digits) for _ in names]
    rows = [{"exchange": n, "spotPair": pair, "equivalentPrice": price, "weight": share} for n, price, share in zip(names, prices, shares, strict=True)]
    return told(scene.now, {"symbol": id_of(contract), "componentList": rows})


def _listing(asset: Asset) -> list[str]:
    """The exchanges where a coin is traded for USDT; the usual two where none is."""
    listed = [name for slug, name in MEMBERS.items() if any(m.asset is asset and m.quote == "USDT" for m in universe().markets[slug])]
    return listed or ["BITGET", "GATEIO"]
