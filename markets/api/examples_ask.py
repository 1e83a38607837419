"""A worked example of a question for the schema: the books of the methodology through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exchanges.adapters import ADAPTERS
from markets.analysis.best import Terms
from markets.analysis.inputs import Inputs
from markets.analysis.settings import DEFAULT
from markets.api import serialize_ask, serialize_receipts
from markets.ask.answer import Left
from markets.ask.answers.best_price import BestPrice
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame, Span
from markets.ask.record import Part, Record
from markets.ask.router import Route, Step
from markets.board import PairKey, Quote
from markets.receipts import Found, Link, Replayed, plainly

SITE = "https://pebble.example"
TEXT = "What's the best price for MATIC?"
_PRICES = (("0.8231", "0.8234", "1200", 8), ("0.8195", "0.8198", "1500", 12), ("0.8239", "0.8245", "900", 9))  # bid, ask, size, age in seconds


def answers(answer: Callable[[dict[str, Any]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    part = Part(_frame(), _route(), (_found(now),))
    record, link = Record(now, "1", (part,)), Link("kf4v2m7qhd3x5tza", now + timedelta(days=30))
    kept = Found(link, now, TEXT, "1", tuple(Replayed(each, ()) for each in record.answers()), record, plainly(msgspec.to_builtins(record)), "")
    receipt = {"id": link.id, "url": SITE + link.path, "until": link.until}
    return {
        "ask/": answer(serialize_ask.reply((part,), record.answers(), receipt, "", 14)),
        "receipts/{id}/": answer(msgspec.to_builtins(serialize_receipts.receipt(kept, SITE))),
    }


def _frame() -> Frame:
    spans = (Span(26, 31, "asset", "MATIC"),)
    return Frame(TEXT, "best_price", ("MATIC",), confidence=1.0, notes=("MATIC is now called POL.",), spans=spans)


def _route() -> Route:
    names = {adapter.slug: adapter.name for adapter in ADAPTERS.values()}
    slugs = [*names][: len(_PRICES)]
    left = tuple(Left(slug, name, "disabled", "switched off by an operator") for slug, name in names.items() if slug not in slugs)
    return Route("best_price", tuple(Step(slug, names[slug], ("tickers", "book"), "priced", "offers it and is well") for slug in slugs), left, names)


def _found(now: datetime) -> BestPrice:
    quotes = {slug: _quote(slug, *row, now) for slug, row in zip(ADAPTERS, _PRICES, strict=False)}
    names = {slug: ADAPTERS[slug].name for slug in quotes}
    made_of = Inputs(key=PairKey("POL", "USDT"), quotes=quotes, method=DEFAULT, terms=Terms("buy"), books={}, wallets={}, usd=Decimal(1), names=names)
    return BestPrice(coin=Coin(typed="MATIC", key="POL", ticker="POL", name="Polygon", former="MATIC"), inputs=made_of, both=True)


def _quote(slug: str, bid: str, ask: str, size: str, age_s: int, now: datetime) -> Quote:  # noqa: PLR0917 - a row of the table above
    seen = now - timedelta(seconds=age_s)
    return Quote(
        exchange=slug, symbol="POLUSDT", base="POL", quote="USDT", identity="confirmed", bid=Decimal(bid), bid_size=Decimal(size), ask=Decimal(ask),
        ask_size=Decimal(size), tick_size=Decimal("0.0001"), requested_at=seen, received_at=seen, observed_at=seen, taker_fee=Decimal("0.001"),
        fee_source="operator",
    )  # fmt: skip
