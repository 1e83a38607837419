"""What the addresses of gaps understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.classes import MODES
from markets.api.filters import PAGE, choice, decimal, fees, flag, many, one_of, ordering, ticker
from markets.reads.arbitrage import KINDS, ORDERS, Wanted

AMOUNT = Decimal(1000)
SHOWS = ("main", "not_executable", "not_paying")
ALL = "all"
HOW = (
    replace(decimal("amount", "What you would spend, in USD; profit is worked out for it, or for what pays of it."), default=AMOUNT),
    fees(),
    choice("mode", MODES, "inventory", "Funds lie on both exchanges already, or the coins are sent over."),
    flag("transfer_cost", False, "Count the fee of sending the coins in inventory mode, too."),
)
NARROW = (
    choice("kind", (*KINDS, ALL), "cross", "Two exchanges, a loop inside one, spot against a perpetual, or all."),
    decimal("min_net_pct", "At least so many percent left at your amount."),
    decimal("min_depth", "At least so much must pay, in USD."),
    decimal("max_age_s", "The older price at most so many seconds old."),
    many("exchange", "Only routes over these exchanges.", tuple(ADAPTERS)),
    many("base", "Only these coins."),
)
LIST = (
    *HOW, *NARROW, choice("show", SHOWS, "main", "The routes of the main table, those that are not executable with their reasons, or those that do not pay."),
    ordering(ORDERS, "-profit"), *PAGE,
)  # fmt: skip
ONE = (
    one_of("buy", tuple(ADAPTERS), "Where it is bought. Required."),
    one_of("sell", tuple(ADAPTERS), "Where it is sold. Required."),
    ticker("sold", "The money it is sold for, where that is another than it is bought with."),
    *HOW,
)


def wanted(values: Mapping[str, Any], *, losing: bool = False, sort: str = "-profit") -> Wanted:
    """The question as reading takes it. What an address lacks keeps its default."""
    kind = values.get("kind", "cross")
    given = {name: values[name] for name in ("amount", "fees", "mode", "transfer_cost", "min_net_pct", "min_depth", "max_age_s", "base") if name in values}
    return Wanted(**given, exchanges=values.get("exchange", ()), kinds=KINDS if kind == ALL else (kind,), losing=losing, sort=sort)
