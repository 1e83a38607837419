"""How much of what a question means: coins or money, said or guessed, with the note that tells which. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markets.analysis import wording
from markets.analysis.amounts import TOP, Order
from markets.analysis.cross import DOLLAR, MONEY
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.board import PairKey

NOTHING: Mapping[str, Decimal] = {}


def order(frame: Frame, coin: Coin, key: PairKey, rates: Mapping[str, Decimal] = NOTHING) -> tuple[Order, str]:
    """The order a question names for this coin, and the note on how its amount was read ("" where that was said).

    `rates` turn other money into the pair's. The amount of another coin of the question is none of this one.
    """
    amount = Decimal(frame.amount) if frame.amount else Decimal(0)
    if not amount:
        return TOP, ""
    unit = _sign(frame) or frame.unit
    if unit is None:
        return _guessed(frame, coin, key, amount)
    if unit in (coin.typed, coin.ticker, coin.key, coin.former):
        return Order(amount, "base"), ""
    if unit == key.quote or (unit == DOLLAR and key.quote == MONEY):
        return Order(amount), ""
    if unit in rates:
        worth = amount * rates[unit]
        return Order(worth), f"{wording.grouped(amount)} {unit} are {wording.grouped(round(worth, 2))} {key.quote} by today's rate."
    return TOP, "" if unit in frame.assets else f"The amount is left out: what {unit} is worth in {key.quote} is not known."


def _sign(frame: Frame) -> str | None:
    """The money whose sign stands right before the number: $100,000 ETH is money, whatever follows."""
    amounts = [span for span in frame.spans if span.slot == "amount"]
    signs = [span for span in frame.spans if span.slot == "quote"]
    return next((sign.value for sign in signs for amount in amounts if sign.end <= amount.start and not frame.q[sign.end : amount.start].strip()), None)


def _guessed(frame: Frame, coin: Coin, key: PairKey, amount: Decimal) -> tuple[Order, str]:
    """Coins where the number stands right before the coin, else money."""
    coins = _beside(frame, coin)
    meant, other = (coin.ticker, key.quote) if coins else (key.quote, coin.ticker)
    text = wording.grouped(amount)
    return Order(amount, "base" if coins else "quote"), f"{text} was read as {text} {meant}, not {text} {other}."


def _beside(frame: Frame, coin: Coin) -> bool:
    """Whether nothing but a blank is between the amount and the coin."""
    amounts = [span for span in frame.spans if span.slot == "amount"]
    coins = [span for span in frame.spans if span.slot in ("asset", "assets") and span.value in (coin.typed, coin.ticker)]
    return any(not frame.q[a.end : c.start].strip() and a.end <= c.start for a in amounts for c in coins)
