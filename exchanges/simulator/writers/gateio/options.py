"""The answers about options: one underlying a call, sizes in contracts, asks with a minus before their size."""

from __future__ import annotations

from functools import cache

from exchanges.simulator.writers import Option, OptionQuote, Query, Reply, Scene, short
from exchanges.simulator.writers.gateio.wire import No, dump, size, whole


def underlyings(scene: Scene, query: Query) -> Reply:
    """What there are options on, with the index they follow."""
    found = {q.option.underlying_name: short(q.index, 2) for q in scene.option_quotes()}
    return Reply(dump([{"name": name, "index_time": int(scene.now), "index_price": price} for name, price in found.items()]))


def option_contracts(scene: Scene, query: Query) -> Reply:
    """The catalogue of one underlying, or of one of its expiries."""
    try:
        quotes = _chosen(scene, query)
    except No as no:
        return no.reply
    return Reply(dump([_contract(q) for q in quotes if query.get("expiration") in (None, str(q.option.expiry))]))


def option_tickers(scene: Scene, query: Query) -> Reply:
    """Best prices, volatilities and greeks of one underlying's options; no clock but the header's."""
    try:
        return Reply(dump([_ticker(q) for q in _chosen(scene, query)]))
    except No as no:
        return no.reply


def option_book(scene: Scene, query: Query) -> Reply:
    """One option's book."""
    try:
        levels, option = whole(query, "limit", 10, 50), scene.option(query.get("contract", ""))
    except No as no:
        return no.reply
    if option is None:
        return No("CONTRACT_NOT_FOUND").reply
    lot = option.contract_size
    bids, asks = ([{"s": size(scene, round(units / lot)), "p": short(price, option.digits)} for price, units in side] for side in scene.book(option, levels))
    numbered = {"id": int(scene.t * 3)} if query.get("with_id") == "true" else {}
    return Reply(dump({"current": round(scene.now, 3), "update": round(scene.t, 3), "asks": asks, "bids": bids} | numbered))


def _chosen(scene: Scene, query: Query) -> list[OptionQuote]:
    if not (name := query.get("underlying")):
        raise No("MISSING_REQUIRED_PARAM", "Missing required parameter: underlying")
    found = [q for q in scene.option_quotes() if q.option.underlying_name == name]
    if not found:
        raise No("INVALID_PARAM_VALUE", f"Invalid parameter `underlying` with value: {name}")
    return found


def _best(q: OptionQuote) -> dict[str, object]:
    """Best prices and sizes as both lists write them: "0" where nobody bids, asks negative."""
    o, lot = q.option, q.option.contract_size
    return {
        "bid1_price": short(q.bid or 0.0, o.digits), "bid1_size": round((q.bid_size or 0.0) / lot), "ask1_price": short(q.ask, o.digits),
        "ask1_size": -round(q.ask_size / lot), "last_price": short(q.last, o.digits), "mark_price": short(q.mark, o.digits + 1),
        "position_size": round(q.open_interest / lot),
    }  # fmt: skip


def _ticker(q: OptionQuote) -> dict[str, object]:
    return {
        "name": q.option.symbol, **_best(q), "mark_iv": short(q.mark_iv, 4), "bid_iv": short(q.bid_iv or 0.0, 4), "ask_iv": short(q.ask_iv, 4),
        "delta": short(q.delta, 5), "gamma": short(q.gamma, 8), "vega": short(q.vega, 5), "theta": short(q.theta, 5),
        "leverage": short(q.underlying_price / max(q.mark, 1e-9) * abs(q.delta), 12),
    }  # fmt: skip


def _contract(q: OptionQuote) -> dict[str, object]:
    busy = {"orderbook_id": int(q.chance * 10**7), "trade_size": round(q.volume)}
    return _fixed(q.option) | _best(q) | busy | {"underlying_price": short(q.underlying_price, 2)}


@cache
def _fixed(o: Option) -> dict[str, object]:
    """What never changes about an option."""
    days = (o.expiry - o.listed_at) // 86_400
    return {
        "name": o.symbol, "tag": "day" if days < 3 else "week" if days < 30 else "month", "is_active": True, "is_call": o.call, "underlying": o.underlying_name,
        "strike_price": short(o.strike, 2), "multiplier": short(o.contract_size, 4), "create_time": o.listed_at, "expiration_time": o.expiry,
        "order_price_round": short(o.tick, 4), "mark_price_round": "0.01", "order_size_min": 1, "order_size_max": 10_000, "orders_limit": 10,
        "position_limit": 100_000, "order_price_deviate": "0.2", "maker_fee_rate": "0.0003", "taker_fee_rate": "0.0003", "settle_fee_rate": "0.00015",
        "settle_limit_fee_rate": "0.1", "price_limit_fee_rate": "0.1", "ref_discount_rate": "0", "ref_rebate_rate": "0", "trade_id": 15,
    }  # fmt: skip
