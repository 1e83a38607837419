"""Worked examples of liquidity and rates for the schema: invented books through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis import cross, liquidity
from markets.analysis.liquidity import Wish
from markets.api import serialize_liquidity
from markets.board import Ladder, PairKey, Quote
from markets.reads.books import BookView
from markets.reads.liquidity import Line, PairLiquidity, Row

KEY = PairKey("BTC", "USDT")
BIDS = (("64215.9", "1.2"), ("64210.1", "4.5"), ("64180.4", "22.8"), ("63900.2", "41.5"), ("62800.5", "96.2"))
ASKS = (("64216.4", "0.9"), ("64221.7", "5.1"), ("64252.3", "19.4"), ("64540.8", "38.7"), ("65600.9", "88.3"))


def answers(page: Callable[[list[dict[str, Any]]], Any], answer: Callable[[dict[str, Any]], Any], now: datetime, quotes: Mapping[str, Quote]) -> dict[str, Any]:
    """{address: what it answers}. `page` puts rows into the envelope of a list, `answer` into that of one answer; `quotes` are BTC/USDT's."""
    name = next(iter(ADAPTERS))
    ladder = Ladder(exchange=name, symbol="BTCUSDT", bids=_levels(BIDS), asks=_levels(ASKS), observed_at=now, received_at=now)
    measured = liquidity.measure(ladder, Decimal(1))
    wish = Wish(Decimal(50_000))
    found, cost = liquidity.with_volume(measured, Decimal(1_170_000_000)), liquidity.cost(ladder, wish)  # type: ignore[arg-type]  # it has a middle
    line = Line(BookView(name, "BTCUSDT", "fresh", 0.0, ladder=ladder, counts=True), found, cost, 1, False)
    row = Row(KEY, 5, found, cost, found, found, Decimal("9800412.75"), Decimal(4_810_000_000), (), 12.0)
    rate = cross.rate({KEY: quotes}, {}, "BTC", cross.MONEY, now)
    peg = cross.Peg(ticker="USDC", fiat="USD", state="pegged", deviation_pct=Decimal("-0.02"), rate=Decimal("0.9998"), median=Decimal(1), age_s=3.0)
    return {
        "liquidity/": page([serialize_liquidity.row(row)]),
        "liquidity/{pair}/": answer(serialize_liquidity.pair(PairLiquidity(KEY, now, wish, True, Decimal(1), (line,)), [], [])),
        "rates/": answer({"target": cross.MONEY, "missing": [], "unknown": [], "rates": [serialize_liquidity.rate(rate)] if rate else [],
                          "pegs": [serialize_liquidity.peg(peg)]}),
    }


def _levels(texts: tuple[tuple[str, str], ...]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((Decimal(price), Decimal(size)) for price, size in texts)
