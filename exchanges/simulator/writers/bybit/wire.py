"""The one envelope of everything Bybit says, with HTTP 200 even for a no; and how its numbers are written."""

from __future__ import annotations

import json
from collections.abc import Iterable

from exchanges.simulator.contracts import Contract
from exchanges.simulator.options import Option
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene

LINEAR, INVERSE = "linear", "inverse"
CATEGORIES = ("spot", LINEAR, INVERSE, "option")


def envelope(now: float, result: str, code: int = 0, text: str = "OK") -> Reply:
    """`result` is JSON; `now` (epoch seconds) becomes the reply's only clock, in milliseconds."""
    return Reply(f'{{"retCode":{code},"retMsg":"{text}","result":{result},"retExtInfo":{{}},"time":{int(now * 1_000)}}}'.encode())


def written(scene: Scene, result: object, text: str = "OK") -> Reply:
    """A success whose result is built as Python values."""
    return envelope(scene.now, dumped(result), text=text)


def listed(scene: Scene, category: str, rows: Iterable[str]) -> Reply:
    """A success: {"category": ..., "list": [...]}, of rows that are JSON already."""
    return envelope(scene.now, f'{{"category":"{category}","list":[{",".join(rows)}]}}')


def refused(scene: Scene, text: str = "params error: symbol invalid") -> Reply:
    """What is said to a parameter that is wrong or unknown."""
    return envelope(scene.now, "{}", 10001, text)


def dumped(value: object) -> str:
    """Compact JSON, in the exchange's own script."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def whole(query: Query, name: str, usual: int, most: int) -> int | None:
    """A whole number from 1 to `most` out of the query; None when it is none."""
    text = query.get(name) or str(usual)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 and 1 <= int(text) <= most else None


def moment(query: Query, name: str) -> float | None:
    """An epoch in milliseconds out of the query as seconds; None when it is not given or none."""
    text = query.get(name, "")
    return int(text) / 1_000 if text.isascii() and text.isdigit() and len(text) < 18 else None


def thing(scene: Scene, category: str, symbol: str) -> Market | Contract | Option | None:
    """What a symbol is in a category: BTCUSDT is a spot market and a linear contract."""
    if category == "spot":
        return scene.market(symbol)
    if category == "option":
        return scene.option(symbol)
    found = scene.contract(symbol)
    return found if found and found.inverse == (category == INVERSE) else None


def scale(contract: Contract) -> int:
    """With how many decimals a contract's prices are written: one more than its tick needs ("0.10")."""
    return contract.digits + 1


def dollars(contract: Contract, units: float, price: float) -> int:
    """Coins of an inverse contract as the dollars that stand on the wire, at least one."""
    return max(1, round(units * price / contract.contract_size))
