"""The answer card of the compare page: the sentence, how much it is worth, and the bill."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import DatabaseError
from django.utils import timezone

from markets.analysis import derivatives
from markets.analysis.best import Comparison, Row
from markets.analysis.display import DASH, age, fixed, gap, percent, price, rate
from markets.board import PairKey
from markets.method import current_method
from markets.pages.compare_shown import Faces, digits, net_places
from markets.pages.compare_why import asked as asked_text
from markets.pages.compare_why import coins, money_places
from markets.reads import contracts
from markets.shapes import ExchangeStatus

__all__ = ["Answer", "Bill", "answer", "asked_text", "bill", "funding"]


@dataclass(frozen=True)
class Answer:
    """The sentence of the answer card in parts: who, at what price or for what amount, and how far another one is."""

    lead: str
    face: ExchangeStatus
    price: Decimal | None
    places: int
    unit: str
    fee: str
    gets: str = ""  # at an amount: what it comes to
    difference: Decimal | None = None
    difference_places: int = 2
    than: str = ""


def answer(c: Comparison, faces: Faces) -> Answer | None:
    """Who is cheapest to buy on, or pays most; None when nothing is ranked, or nobody is known to fill the amount."""
    filled = [r for r in c.rows if r.rank and r.deal and r.deal.fills and r.quote.exchange in faces]
    if not filled:
        return None
    first = filled[0]
    after = c.net and first.net_price is not None
    shown = first.net_price if after else first.deal.price if first.deal else first.price
    fee = f"after the {rate(first.fee_pct)} fee" if after else "before fees"
    found = Answer("Cheapest on" if c.side == "buy" else "Pays most on", faces[first.quote.exchange], shown, net_places(c), c.key.quote, fee)
    if c.order.amount is not None:
        found = replace(found, lead="Buy on" if c.side == "buy" else "Sell on", gets=_gets(c, first))
    others = [r for r in filled[1:] if r.vs_best is not None]
    other = None if not others else others[0] if c.order.amount is None else others[-1]  # at an amount: what the worst choice would cost
    return found if other is None else _beside(found, c, other, faces[other.quote.exchange].name)


def _beside(found: Answer, c: Comparison, other: Row, name: str) -> Answer:
    behind = abs(other.vs_best or Decimal(0))
    if not behind:
        return replace(found, than=f"the same on {name}")
    coins_differ = c.order.amount is not None and not c.order.in_base
    less = (c.side == "buy") != coins_differ
    than = f"{'less' if less else 'more'} than on {name}"
    places = money_places(c) if c.order.amount is not None else net_places(c)
    return replace(found, difference=behind, difference_places=digits(behind, places), than=than)


def _gets(c: Comparison, row: Row) -> str:
    """What the amount comes to with the winner."""
    deal, base, quote = row.deal, c.key.base, c.key.quote
    if deal is None or deal.base is None:
        return ""
    if deal.money is None:
        return f"{asked_text(c)} at {price(deal.price, places=net_places(c))} {quote}, before fees"
    money = f"{fixed(deal.money, money_places(c))} {quote}"
    if not c.order.in_base:
        return f"You {'get' if c.side == 'buy' else 'give'} {coins(deal.arrives or deal.base)} {base}"
    arriving = f", of which {coins(deal.arrives)} {base} arrive" if deal.way and deal.arrives is not None else ""
    return f"{coins(deal.base)} {base} {'cost' if c.side == 'buy' else 'bring'} {money}{arriving}"


# --- The bill ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bill:
    """The four parts under the sentence, each a label and a figure."""

    parts: tuple[tuple[str, str], ...]


def bill(c: Comparison) -> Bill | None:
    """Average fill, slippage, taker fee and age of the winner's deal; None without a winner."""
    row = next((r for r in c.rows if r.rank == 1 and r.deal and r.deal.fills), None)
    if row is None or row.deal is None:
        return None
    deal = row.deal
    fee = DASH if deal.fee is None else fixed(deal.fee, money_places(c))
    of_book = deal.book_age_s is not None
    parts = [
        ("Average fill", price(deal.price, places=net_places(c))), ("Slippage", " ".join(gap(deal.slippage_bps)).strip()),
        ("Taker fee", rate(row.fee_pct) if c.order.amount is None else fee),
        ("Book age" if of_book else "Price age", age(deal.book_age_s if of_book else row.age_s)),
    ]
    if deal.way is not None:
        parts.append(("Withdrawal", deal.way.reason if deal.way.fee is None else f"{coins(deal.way.fee)} {c.key.base}"))
    return Bill(tuple(parts))


def funding(key: PairKey) -> str:
    """The middle of the perpetuals' funding over eight hours, of this pair's or else of the coin's; a dash where none is known."""
    now, method = timezone.now(), current_method()
    try:
        listed = contracts.contracts()
    except DatabaseError:  # never read before it went away
        return DASH
    live = [
        row for row in listed
        if row.kind == "perp" and row.base == key.base and row.funding and not row.funding.switch and row.funding.rate_8h is not None
        and derivatives.freshness(derivatives.age_s(row.funding.observed_at, now), row.funding.period_s, method) in ("fresh", "aging")
    ]
    rates = [row.funding.rate_8h for row in live if row.funding and row.quote == key.quote] or [row.funding.rate_8h for row in live if row.funding]
    return percent(statistics.median(rates) * 100, places=4) if rates else DASH  # type: ignore[type-var, operator]  # rates are known
