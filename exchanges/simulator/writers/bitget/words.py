"""What all of Bitget's replies have in common: the envelope, refusals, and how a number is written."""

from __future__ import annotations

import json
from typing import Any

from exchanges.simulator.writers import Reply


def envelope(now: float, data: str) -> Reply:
    """A success around JSON text."""
    return Reply(f'{{"code":"00000","msg":"success","requestTime":{int(now * 1_000)},"data":{data}}}'.encode())


def told(now: float, data: Any) -> Reply:
    """A success around an object."""
    return envelope(now, json.dumps(data, separators=(",", ":"), ensure_ascii=False))


def error(now: float, code: str, text: str, status: int = 400) -> Reply:
    """A refusal: HTTP 400 and a code of their own."""
    said = {"code": code, "msg": text, "requestTime": int(now * 1_000), "data": None}
    return Reply(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(), status)


def unknown(now: float, symbol: str) -> Reply:
    """What v2 says to a symbol it does not have."""
    return error(now, "40034", f"Parameter {symbol} does not exist")


def number(text: str | None, usual: int, most: int) -> int:
    """A whole number of the query, within what is allowed."""
    return max(1, min(most, int(text))) if text and text.isdigit() else usual


def ms(seconds: float | None) -> str:
    """Epoch seconds as milliseconds in text; "" where there is no such time."""
    return str(int(seconds * 1_000)) if seconds else ""
