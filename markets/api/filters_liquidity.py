"""What the addresses of liquidity and rates understand."""

from __future__ import annotations

from exchanges.adapters import ADAPTERS
from markets.analysis.cross import MONEY
from markets.analysis.liquidity import SIDES
from markets.api.filters import PAGE, choice, decimal, many, ordering, ticker, words
from markets.reads.liquidity import SORTS, USUAL_USD

EXCHANGE = many("exchange", "Only these exchanges.", tuple(ADAPTERS))
SIDE = choice("side", SIDES, "buy", "Whether the amount is to be bought or sold.")
PAIR = (
    decimal("amount", f"How much is to be traded: exchanges are then ranked by what it costs. Absent: by score, and the cost told is that of {USUAL_USD} USD."),
    choice("unit", ("quote", "base"), "quote", "Whether `amount` is money (quote units) or coins (base units)."),
    SIDE,
    EXCHANGE,
)
LIST = (
    ticker("quote", "Only pairs in this quote currency. Absent: all."),
    EXCHANGE,
    SIDE,
    decimal("amount_usd", f"How much is to be traded, in USD: who is best is then decided by what it costs. Absent: by score, at {USUAL_USD} USD."),
    decimal("min_score", "Only pairs whose best book has at least this score."),
    decimal("min_depth_usd", "Only pairs whose deepest book holds at least so much within 2 % on its thinner side, in USD."),
    words("search", 60, "Part of a ticker or name."),
    ordering(SORTS, "-volume"),
    *PAGE,
)
RATES = (ticker("target", f"The currency rates are told in. Absent: {MONEY}."),)
