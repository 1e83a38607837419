"""The answers about perpetuals (settled in USDT or BTC) and dated futures: everything that has a size is counted in contracts.

A contract that is inverse says multiplier "0" and means 1 USD. The multiplier of a linear one hides what others write into
the name: PEPE_USDT is 10,000,000 coins.
"""

from __future__ import annotations

from functools import cache

from exchanges.simulator.derivatives import contract_quote
from exchanges.simulator.universe import chance
from exchanges.simulator.writers import Contract, ContractQuote, Query, Reply, Scene, short, step
from exchanges.simulator.writers.gateio.wire import No, dump, size, stretch, whole

SETTLED = ("usdt", "btc")
DECIMAL = ("ETH", "SOL", "XRP", "TRX")  # whose contracts may be traded in tenths
STATUS = {"trading": "trading", "halted": "circuit_breaker", "pre_open": "prelaunch"}
DEEPEST = 300
INDEX_NAMES = {"binance": "Binance", "bybit": "Bybit", "gateio": "Gate", "bitget": "Bitget", "kucoin": "KuCoin"}


# --- the catalogue ------------------------------------------------------------------------------------------------
def contracts(scene: Scene, query: Query) -> Reply:
    """All perpetuals of one settlement coin with what changes by the second; a page of them where `limit` is given."""
    try:
        quotes = _perpetuals(scene)
        first, count = whole(query, "offset", 0, 10**6), whole(query, "limit", len(quotes), 1_000)
    except No as no:
        return no.reply
    return Reply(dump([_contract(scene, q) for q in quotes[first : first + count]]))


def delivery_contracts(scene: Scene, query: Query) -> Reply:
    """All dated contracts."""
    return Reply(dump([_dated(scene, q) for q in _delivery(scene)]))


def _perpetuals(scene: Scene) -> list[ContractQuote]:
    settle = scene.words["settle"]
    if settle not in SETTLED:
        raise No("MISSING_REQUIRED_HEADER", "Missing required header: Timestamp")
    return [q for q in scene.contract_quotes() if q.contract.kind == "perp" and q.contract.settle.lower() == settle]


def _delivery(scene: Scene) -> list[ContractQuote]:
    return [q for q in scene.contract_quotes() if q.contract.kind == "future" and q.contract.settle.lower() == scene.words["settle"]]


def _contract(scene: Scene, q: ContractQuote) -> dict[str, object]:
    c, rate = q.contract, short(q.funding_rate or 0.0, 6)
    return _terms(scene, q) | {
        "funding_rate": rate, "funding_rate_indicative": short(q.next_rate or 0.0, 6), "funding_interval": q.interval_h * 3_600,
        "funding_next_apply": q.next_funding_at, "funding_offset": 0, "funding_impact_value": "5000", "funding_cap_ratio": "0.75", "interest_rate": "0.0003",
        "enable_bonus": c.rank < 200, "enable_credit": True, "enable_decimal": c.base in DECIMAL and not c.inverse, "create_time": c.listed_at,
        "launch_time": c.listed_at, "status": STATUS[c.status], "is_pre_market": False, "contract_type": "stocks" if c.tokenised else "",
        "short_users": 30 + int(q.chance * 200), "long_users": 40 + int(q.chance * 300),
    }  # fmt: skip


def _basis(q: ContractQuote) -> dict[str, object]:
    return {"basis_rate": short(q.basis, 6), "basis_value": short(q.mark - q.index, q.contract.digits)}


def _dated(scene: Scene, q: ContractQuote) -> dict[str, object]:
    c = q.contract
    return _terms(scene, q) | {
        "underlying": f"{c.base}_{c.quote}", "cycle": "QUARTERLY", "expire_time": c.expiry, **_basis(q), "basis_impact_value": "100000",
        "settle_price": "0", "settle_price_interval": 60, "settle_price_duration": 1_800, "settle_fee_rate": "0.0015",
    }  # fmt: skip


def _terms(scene: Scene, q: ContractQuote) -> dict[str, object]:
    c = q.contract
    return _fixed(c) | {
        "last_price": short(q.last, c.digits), "mark_price": short(q.mark, c.digits + 2), "index_price": short(q.index, c.digits + 2),
        "position_size": _count(scene, q, q.open_interest), "order_size_min": "0.1" if c.base in DECIMAL and c.kind == "perp" and not c.inverse else 1,
        "trade_id": int(scene.t / 7), "orderbook_id": int(scene.t * 3),
    }  # fmt: skip


@cache
def _fixed(c: Contract) -> dict[str, object]:
    """What never changes about a contract; the fees are a schedule that nobody pays."""
    leverage = 100 if c.rank < 20 else 50 if c.rank < 200 else 20
    return {
        "name": c.symbol, "type": "inverse" if c.inverse else "direct", "quanto_multiplier": "0" if c.inverse else short(c.contract_size, 6),
        "mark_type": "index", "order_price_round": step(c.digits), "mark_price_round": step(c.digits + 2), "order_size_max": 1_000_000, "orders_limit": 50,
        "order_price_deviate": "0.5" if c.rank < 20 else "0.2", "leverage_min": "1", "leverage_max": str(leverage),
        "maintenance_rate": short(0.5 / leverage, 4), "risk_limit_base": "500000", "risk_limit_step": "500000", "risk_limit_max": "5000000",
        "maker_fee_rate": "-0.0001", "taker_fee_rate": "0.00075", "ref_discount_rate": "0", "ref_rebate_rate": "0.2", "in_delisting": False,
        "config_change_time": 1_750_000_000, "trade_size": chance(f"traded:{c.symbol}").randrange(10**6, 10**10),
    }  # fmt: skip


def _lots(c: Contract, units: float, price: float) -> int:
    return round(units * price / c.contract_size) if c.inverse else round(units / c.contract_size)


def _count(scene: Scene, q: ContractQuote, units: float) -> str | int:
    return size(scene, _lots(q.contract, units, q.mark))


# --- tickers ------------------------------------------------------------------------------------------------------
def futures_tickers(scene: Scene, query: Query) -> Reply:
    """The tickers of all perpetuals of one settlement coin, or of one of them."""
    try:
        return Reply(dump([_ticker(q) for q in _chosen(_perpetuals(scene), query)]))
    except No as no:
        return no.reply


def delivery_tickers(scene: Scene, query: Query) -> Reply:
    """The tickers of all dated contracts: the same rows with their basis, and no funding."""
    try:
        return Reply(dump([_ticker(q) | _basis(q) for q in _chosen(_delivery(scene), query)]))
    except No as no:
        return no.reply


def _chosen(quotes: list[ContractQuote], query: Query) -> list[ContractQuote]:
    wanted = query.get("contract")
    found = [q for q in quotes if wanted in (None, q.contract.symbol)]
    if wanted and not found:
        raise No("CONTRACT_NOT_FOUND")
    return found


def _ticker(q: ContractQuote) -> dict[str, object]:
    """Sizes and `volume_24h` in contracts; `_base`, `_quote` and `_settle` in what they say."""
    c, digits = q.contract, q.contract.digits
    base, quote = short(q.volume, 4), short(q.quote_volume, 2)
    return {
        "contract": c.symbol, "last": short(q.last, digits), "low_24h": short(q.low, digits), "high_24h": short(q.high, digits),
        "change_percentage": short((q.last / q.open - 1) * 100, 2), "total_size": str(_lots(c, q.open_interest, q.mark)),
        "volume_24h": str(_lots(c, q.volume, q.mark)), "volume_24h_btc": base, "volume_24h_usd": quote, "volume_24h_base": base, "volume_24h_quote": quote,
        "volume_24h_settle": base if c.inverse else quote, "mark_price": short(q.mark, digits + 2), "index_price": short(q.index, digits + 2),
        "funding_rate": _rate(q.funding_rate), "funding_rate_indicative": _rate(q.next_rate),
        "highest_bid": short(q.bid, digits), "highest_size": str(_lots(c, q.bid_size, q.mark)),
        "lowest_ask": short(q.ask, digits), "lowest_size": str(_lots(c, q.ask_size, q.mark)),
    }  # fmt: skip


def _rate(rate: float | None) -> str:
    return "" if rate is None else short(rate, 6)


# --- one contract -------------------------------------------------------------------------------------------------
def _asked(scene: Scene, query: Query, kind: str) -> Contract:
    symbol = query.get("contract", "")
    if not symbol:
        raise No("MISSING_REQUIRED_PARAM", "Missing required parameter: contract")
    found = scene.contract(symbol)
    if found is None or found.kind != kind or found.settle.lower() != scene.words["settle"]:
        raise No("CONTRACT_NOT_FOUND")
    return found


def _kind(scene: Scene) -> str:
    return "future" if "/delivery/" in scene.path else "perp"


def futures_book(scene: Scene, query: Query) -> Reply:
    """One contract's book: levels are objects, sizes contracts, times seconds with three decimals."""
    try:
        c, levels = _asked(scene, query, _kind(scene)), whole(query, "limit", 10, DEEPEST)
    except No as no:
        return no.reply
    mark = contract_quote(scene.prices, c, scene.t).mark
    bids, asks = ([{"s": size(scene, _lots(c, units, mark)), "p": short(price, c.digits)} for price, units in side] for side in scene.book(c, levels))
    numbered = {"id": int(scene.t * 3)} if query.get("with_id") == "true" else {}
    return Reply(dump({"current": round(scene.now, 3), "update": round(scene.t, 3), "asks": asks, "bids": bids} | numbered))


def futures_candles(scene: Scene, query: Query) -> Reply:
    """Candles as objects: `v` in contracts, `sum` in quote."""
    return _candles(scene, query, "perp")


def delivery_candles(scene: Scene, query: Query) -> Reply:
    """The same without `sum`."""
    return _candles(scene, query, "future")


def _candles(scene: Scene, query: Query, kind: str) -> Reply:
    try:
        c, (period, start, end) = _asked(scene, query, kind), stretch(scene, query, 2_000)
    except No as no:
        return no.reply
    rows = []
    for candle in scene.candles(c, period, start, end):
        prices = {name: short(price, c.digits) for name, price in (("c", candle.close), ("h", candle.high), ("l", candle.low), ("o", candle.open))}
        row: dict[str, object] = {"t": candle.opened_at, "v": size(scene, _lots(c, candle.volume, candle.close))} | prices
        rows.append(row | ({"sum": short(candle.quote_volume, 2)} if kind == "perp" else {}))
    return Reply(dump(rows))


def funding_rates(scene: Scene, query: Query) -> Reply:
    """What one perpetual paid, the newest first."""
    try:
        c, count = _asked(scene, query, "perp"), whole(query, "limit", 100, 1_000)
        start, end = whole(query, "from", int(scene.t) - 86_400 * 200, 10**12), whole(query, "to", int(scene.t), 10**12)
    except No as no:
        return no.reply
    paid = scene.funding_history(c, start - 1, end)[-count:]
    return Reply(dump([{"r": short(f.rate, 6), "t": f.at} for f in reversed(paid)]))


def contract_stats(scene: Scene, query: Query) -> Reply:
    """One perpetual's open interest as it is now, in contracts and dollars."""
    try:
        q = contract_quote(scene.prices, _asked(scene, query, "perp"), scene.t)
    except No as no:
        return no.reply
    now: dict[str, object] = {
        "time": int(scene.t) // 300 * 300, "lsr_taker": 1.5, "lsr_account": 0.5, "long_liq_size": 0, "short_liq_size": 0,
        "open_interest": _lots(q.contract, q.open_interest, q.mark), "short_liq_usd": 0, "mark_price": short(q.mark, q.contract.digits + 2),
        "top_lsr_size": 1.02, "short_liq_amount": 0, "long_liq_amount": 0, "open_interest_usd": round(q.open_interest * q.mark, 2),
        "top_lsr_account": 1.5, "long_liq_usd": 0,
    }  # fmt: skip
    return Reply(dump([now]))


# --- the index ----------------------------------------------------------------------------------------------------
def constituents(scene: Scene, query: Query) -> Reply:
    """Which spot markets an index is the mean of: those of the same asset, under whatever code; of a share, other futures."""
    c = scene.contract(scene.words["index"])
    if c is None or c.kind != "perp":
        return No("INVALID_PARAM_VALUE", "invalid index").reply
    if c.tokenised:
        members = [(name, f"{c.base}_USD") for name in ("BinanceFutures", "BybitFutures", "GateFutures", "iTick")]
    elif c.inverse:
        members = [(name, c.symbol) for name in ("Coinbase", "Crypto.com", "OKX")]
    else:
        members = _spot_markets(scene, c) or [("GateFutures", c.symbol)]
    share, price = f"{1 / len(members):.4f}", short(contract_quote(scene.prices, c, scene.t).index, c.digits + 2)
    rows = [{"exchange": name, "symbols": [symbol], "price": price, "weight": share} for name, symbol in members]
    return Reply(dump({"index": c.symbol, "time": int(scene.now), "constituents": rows}))


def _spot_markets(scene: Scene, c: Contract) -> list[tuple[str, str]]:
    """(exchange, pair) of the contract's asset, wherever it is traded for the same money and unbundled."""
    listed = ((slug, m) for slug in INDEX_NAMES for m in scene.prices.timetable.markets(slug, scene.t))
    return [
        (INDEX_NAMES[slug], f"{m.base}_{m.quote}")
        for slug, m in listed
        if m.asset is c.asset and m.quote == c.quote and m.factor == 1.0 and m.status == "trading" and m.book == "both"
    ]  # fmt: skip
