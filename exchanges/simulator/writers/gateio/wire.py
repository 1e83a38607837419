"""What all of Gate.io's answers share: how a document, a refusal, a size and a stretch of time are written."""

from __future__ import annotations

import json

from exchanges.simulator.writers import Candle, Query, Reply, Scene

PERIODS = {
    "10s": 10, "1m": 60, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "2h": 7_200, "4h": 14_400, "6h": 21_600, "8h": 28_800, "12h": 43_200,
    "1d": 86_400, "7d": 604_800,
}  # fmt: skip
USUAL = 100  # rows where nobody says how many


class No(Exception):
    """What was asked for is refused: `reply` says so in the exchange's words."""

    def __init__(self, label: str, message: str = "") -> None:
        super().__init__(label)
        self.reply = Reply(dump({"label": label} | ({"message": message} if message else {})), 400)


def dump(document: object) -> bytes:
    """JSON as this exchange writes it: no spaces, no escapes."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def whole(query: Query, name: str, usual: int, most: int) -> int:
    """A whole number of the query; refused where it is none or too big."""
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdigit()):
        raise No("INVALID_PARAM_VALUE", f"Invalid parameter `{name}` with value: {text}")
    if int(text) > most:
        raise No("TOO_BIG", f"{name} {most}")
    return int(text)


def size(scene: Scene, contracts: int) -> str | int:
    """A number of contracts: text for whoever asks for fractions, else a whole number."""
    return str(contracts) if scene.headers.get("x-gate-size-decimal") == "1" else contracts


def stretch(scene: Scene, query: Query, most: int) -> tuple[int, float, float]:
    """(seconds a candle, from, to) that a query asks for; `limit` and a range exclude each other."""
    period = PERIODS.get(query.get("interval", "5m"))
    if period is None:
        raise No("INVALID_PARAM_VALUE", f"Invalid parameter `interval` with value: {query['interval']}")
    ranged = "from" in query or "to" in query
    if ranged and "limit" in query:
        raise No("INVALID_PARAM_VALUE", "Invalid parameter `limit`: conflicts with `from` and `to`")
    count = whole(query, "limit", USUAL, most)
    end = whole(query, "to", int(scene.t), 10**12)
    start = whole(query, "from", end // period * period - (count - 1) * period, 10**12)
    if (end - start) / period > most:
        raise No("INVALID_PARAM_VALUE", f"Candlestick range too broad. Maximum {most} data points are allowed")
    return period, float(start), float(end)


def closed(candle: Candle, period: int, now: float) -> bool:
    """Whether a candle is finished."""
    return candle.opened_at + period <= now
