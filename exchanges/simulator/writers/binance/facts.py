"""What Binance says of itself and of its indices."""

from __future__ import annotations

from exchanges.simulator.contracts import Contract
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene
from exchanges.simulator.writers.binance.futures import pair
from exchanges.simulator.writers.binance.wire import error, misses, to_json

MEMBERS = {"binance": 3.0, "kucoin": 0.6, "bybit": 1.0, "gateio": 0.5, "bitget": 0.7}  # how much each counts
OUTSIDE = (("coinbase", "{}-{}"), ("okex", "{}-{}"))


def status(scene: Scene, query: Query) -> Reply:
    """Whether a maintenance runs at this moment; nothing is announced here."""
    closed = any(window.starts_at <= scene.t < window.ends_at for window in scene.maintenance())
    return Reply(b'{"status":1,"msg":"system_maintenance"}' if closed else b'{"status":0,"msg":"normal"}')


def members(scene: Scene, query: Query) -> Reply:
    """The markets behind an index, by its pair; COIN-M tells no prices and weights, and prices of shares are hidden."""
    if refused := misses(query, "symbol"):
        return refused
    inverse = scene.path.startswith("/dapi")
    contract = next((c for c in scene.contracts() if c.inverse is inverse and pair(c) == query["symbol"]), None)
    if contract is None:
        return error(-1121, "Invalid symbol.")
    rows = _outside(contract) if inverse else _weighted(scene, contract)
    return Reply(to_json({"symbol": query["symbol"], "time": scene.ms, "constituents": rows}))


def _outside(c: Contract) -> list[dict[str, str]]:
    return [{"exchange": name, "symbol": form.format(c.index_coin, "USD")} for name, form in OUTSIDE]


def _weighted(scene: Scene, c: Contract) -> list[dict[str, str]]:
    """Spot markets of the same coin (not only of the same name) against dollars, weighed by their exchange."""
    found = [(slug, m) for slug in MEMBERS if (m := _spot(scene, slug, c))]
    shares = [MEMBERS[slug] for slug, _ in found]
    rows = [
        {"exchange": slug, "symbol": m.symbol, "price": _price(scene, m, c), "weight": f"{share / sum(shares):.8f}"}
        for (slug, m), share in zip(found, shares, strict=True)
    ]
    return rows or [{"exchange": "okex", "symbol": f"{c.index_coin}-{c.quote}", "price": "-1", "weight": "1.00000000"}]


def _spot(scene: Scene, slug: str, c: Contract) -> Market | None:
    listed = scene.prices.timetable.markets(slug, scene.t)
    return next((m for m in listed if m.asset is c.asset and m.quote == "USDT" and m.factor == 1 and m.status == "trading"), None)


def _price(scene: Scene, m: Market, c: Contract) -> str:
    return "-1" if c.tokenised else f"{scene.prices.quote(m, scene.t).last:.8f}"
