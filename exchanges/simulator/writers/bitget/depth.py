"""Bitget's order books and candles: text on spot and in candles, JSON numbers in the books of contracts."""

from __future__ import annotations

from exchanges.simulator.contracts import Contract
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene, short
from exchanges.simulator.writers.bitget.futures import found, refused
from exchanges.simulator.writers.bitget.words import envelope, error, number, told, unknown

MINUTES = {"1": 60, "3": 180, "5": 300, "15": 900, "30": 1_800}
HOURS = {"1": 3_600, "4": 14_400, "6": 21_600, "12": 43_200}
DAY = 86_400
# The words differ in case between spot and contracts; only days that begin at midnight are played.
SPOT = {f"{n}min": s for n, s in MINUTES.items()} | {f"{n}h": s for n, s in HOURS.items()} | {"6Hutc": 21_600, "12Hutc": 43_200, "1Dutc": DAY}
LINEAR = {f"{n}m": s for n, s in MINUTES.items()} | {f"{n}H": s for n, s in HOURS.items()} | {"2H": 7_200, "6Hutc": 21_600, "12Hutc": 43_200, "1Dutc": DAY}
UNIFIED = {f"{n}m": s for n, s in MINUTES.items()} | {f"{n}H": s for n, s in HOURS.items()} | {"2H": 7_200, "1D": DAY}
BAD = ("400172", "Parameter verification failed")


# --- books --------------------------------------------------------------------------------------------------------
def spot_book(scene: Scene, query: Query) -> Reply:
    """At most 150 levels a side."""
    market = scene.market(query.get("symbol", ""))
    if market is None:
        return unknown(scene.now, query.get("symbol", ""))
    bids, asks = scene.book(market, number(query.get("limit"), 150, 150))
    sides = {
        name: [[short(price, market.digits), short(size, market.size_digits + 1)] for price, size in side] for name, side in (("asks", asks), ("bids", bids))
    }
    return told(scene.now, sides | {"ts": str(scene.ms)})


def contract_book(scene: Scene, query: Query) -> Reply:
    """Five levels a side unless more are asked for; dollars of coin-margined contracts."""
    refusal, contract = refused(scene, {"symbol": "", **query}), found(scene, query.get("symbol"))
    if refusal or contract is None:
        return refusal or unknown(scene.now, "")
    bids, asks = scene.book(contract, number(query.get("limit"), 5, 1_000))
    texts = [",".join(_level(contract, price, size) for price, size in side) for side in (asks, bids)]
    return envelope(scene.now, f'{{"a":[{texts[0]}],"b":[{texts[1]}],"ts":"{scene.ms}"}}')


def _level(c: Contract, price: float, size: float) -> str:
    quantity = f"{max(1, round(size * price / c.contract_size))}" if c.inverse else f"{size:.{c.size_digits}f}"
    return f"[{price:.{max(1, c.digits)}f},{quantity}]"


# --- candles ------------------------------------------------------------------------------------------------------
def spot_candles(scene: Scene, query: Query) -> Reply:
    """Eight columns: coins, then USDT and the quote."""
    market = scene.market(query.get("symbol", ""))
    if market is None:
        return unknown(scene.now, query.get("symbol", ""))
    return _candles(scene, query, market, SPOT.get(query.get("granularity", "")))


def linear_candles(scene: Scene, query: Query) -> Reply:
    """v2, for contracts counted in coins; the coin-margined ones of that generation are gone."""
    contract = found(scene, query.get("symbol"))
    if contract is None or contract.inverse or query.get("productType", "").upper() not in ("USDT-FUTURES", "USDC-FUTURES"):
        return unknown(scene.now, query.get("symbol", ""))
    return _candles(scene, query, contract, LINEAR.get(query.get("granularity", "")))


def contract_candles(scene: Scene, query: Query) -> Reply:
    """v3, all categories."""
    refusal, contract = refused(scene, {"symbol": "", **query}), found(scene, query.get("symbol"))
    if refusal or contract is None:
        return refusal or unknown(scene.now, "")
    return _candles(scene, query, contract, UNIFIED.get(query.get("interval", "")))


def _candles(scene: Scene, query: Query, thing: Market | Contract, period: int | None) -> Reply:
    limit, times = number(query.get("limit"), 100, 1_000), [query.get(name, "") for name in ("startTime", "endTime")]
    if period is None or any(text and not text.isdigit() for text in times):
        return error(scene.now, *BAD)
    end = min(scene.t, int(times[1]) / 1_000) if times[1] else scene.t
    start = max(end - limit * period, int(times[0]) / 1_000 if times[0] else 0.0)
    rows = scene.candles(thing, period, start, end)[-limit:]
    return told(scene.now, [_row(thing, row) for row in rows])


def _row(thing: Market | Contract, candle: tuple[float, ...]) -> list[str]:
    opened, *prices, volume, money = candle
    texts = [str(int(opened) * 1_000), *(short(price, thing.digits) for price in prices)]
    if isinstance(thing, Contract):
        amounts = [str(round(money)), short(volume, 8)] if thing.inverse else [short(volume, thing.size_digits + 2), short(money, 6)]
        return [*texts, *amounts]
    return [*texts, short(volume, thing.size_digits + 1), short(money * thing.money.price, 8), short(money, 8)]
