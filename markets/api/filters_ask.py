"""What asking in plain words understands, on the page and in the API: the question, and what is to be read otherwise than it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from exchanges.numbers import plain
from markets.api.filters import MAX_QUERY, Parameter, amount, choice, fees, many, ticker, whole
from markets.ask import chips
from markets.ask.frame import INTENTS, LONGEST, SIDES
from markets.ask.tokens import shown

_SPAN = re.compile(r"[1-9][0-9]{0,3}[mhdw]", re.ASCII)


def _span(name: str, says: str) -> Parameter:
    """So many minutes, hours, days or weeks."""
    def read(text: str) -> str:
        if not _SPAN.fullmatch(text):
            raise ValueError(text)
        return text

    return Parameter(name, read, "a number and one of m, h, d, w, such as 24h or 7d", says, None, {"type": "string", "pattern": f"^{_SPAN.pattern}$"})


def _limit(name: str, says: str) -> Parameter:
    """A number that rows must pass."""
    def read(text: str) -> str:
        if not chips.LIMIT.fullmatch(text):
            raise ValueError(text)
        return text

    allowed = "> or <, a number, and a unit: bps, pct, pct_year, usd or a ticker, such as > 20 pct_year"
    return Parameter(name, read, allowed, says, None, {"type": "string", "pattern": f"^{chips.LIMIT.pattern}$"})


def _instead(known: Parameter, says: str) -> Parameter:
    """A part of the question read otherwise, as text; "" is none of it, absent (None) is as the question says."""
    def read(text: str) -> str:
        found = known.read(text) if text else ""
        return ",".join(found) if isinstance(found, tuple) else plain(found) or "" if isinstance(found, Decimal) else str(found)

    schema: dict[str, Any] = {name: value for name, value in known.schema.items() if name != "default"}
    if schema["type"] != "array":  # a list of none is written as the same empty text
        schema = {"anyOf": [schema, {"type": "string", "maxLength": 0}]}
    return replace(known, read=read, allowed=f"empty, or {known.allowed}", says=says, default=None, schema=schema)


def _question(text: str) -> str:
    """As it was typed, but for what cannot be seen: it is written on the page again."""
    return shown(text).strip()


QUESTION = Parameter(
    "q", _question, f"a question of at most {LONGEST} characters", f"The question. What is longer than {LONGEST} characters is cut, and a note says so.",
    "", {"type": "string", "maxLength": MAX_QUERY}, free=True,
)  # fmt: skip
CHANGES = (
    _instead(choice("intent", INTENTS, "", ""), "What is asked for, instead of what the question says."),
    _instead(many("assets", ""), "The coins instead, by ticker."),
    _instead(ticker("quote", ""), "The currency of the prices instead."),
    _instead(many("exchanges", "", tuple(ADAPTERS)), "Only these exchanges instead."),
    _instead(many("exclude", "", tuple(ADAPTERS)), "Without these exchanges instead."),
    _instead(choice("side", SIDES, "", ""), "Buying or selling instead."),
    _instead(amount("amount"), "How much instead."),
    _instead(ticker("unit", ""), "What the amount counts instead: a ticker."),
    _instead(_span("time_range", ""), "Over how long instead."),
    _instead(_limit("threshold", ""), "Only rows above or below this instead, such as > 20 pct_year."),
    _instead(whole("limit", 1, 100, 10, ""), "How many rows instead."),
)
PARAMETERS = (QUESTION, *CHANGES, fees())


def changes(values: Mapping[str, Any]) -> dict[str, str]:
    """The parts that are to be read otherwise than the question says; "" for none of it."""
    return {p.name: values[p.name] for p in CHANGES if values[p.name] is not None}
