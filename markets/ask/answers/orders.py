"""How much of what a question means: coins or money, said or guessed, with the note that tells which. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markets.analysis import wording
from markets.analysis.amounts import TOP, Order
from markets.analysis.cross import DOLLAR, MONEY
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame, Span
from markets.ask.tables import words
from markets.board import PairKey

NOTHING: Mapping[str, Decimal] = {}
GETTING = words("for with from using my the a an")  # before what is given: how many SOL for my 1 BTC
GIVING = words("for to into of buy many much")  # before what is got: 1 ETH for BTC


def swap(frame: Frame) -> tuple[str, str] | None:
    """(what is given, what is got) where a question asks for one coin in exchange for an amount of another; None where it does not."""
    amounts, coins = _spans(frame, "amount"), _spans(frame, "asset")
    if len(frame.assets) != 2 or len(amounts) != 1 or frame.unit not in frame.assets:
        return None
    given = next((span for span in coins if span.value == frame.unit), None)
    got = next((span for span in coins if span.value in frame.assets and span.value != frame.unit), None)
    if given is None or got is None:
        return None
    first = got.end <= amounts[0].start
    between = frame.q[got.end : amounts[0].start] if first else frame.q[given.end : got.start]
    said = between.lower().split()
    if first:
        leads = frame.side != "sell" and bool(said) and said[-1] in GETTING and bool({"for", "with", "from", "using"} & set(said[-2:]))
    else:
        leads = bool(said) and said[-1] in GIVING
    return (given.value, got.value) if leads else None


def order(frame: Frame, coin: Coin, key: PairKey, rates: Mapping[str, Decimal] = NOTHING) -> tuple[Order, str]:
    """The order a question names for this coin, and the note on how its amount was read ("" where that was said).

    `rates` turn other money into the pair's. Of several amounts each is of the coin it stands before; that of another coin is none of this
    one, unless it is given for it.
    """
    amount, unit = _own(frame, coin) or (Decimal(frame.amount) if frame.amount else Decimal(0), _sign(frame) or frame.unit)
    own = (coin.typed, coin.ticker, coin.key, coin.former)
    if not amount or (unit in frame.assets and unit not in own and swap(frame) is None):
        return TOP, ""
    if unit is None:
        return _guessed(frame, coin, key, amount)
    if unit in own:
        return Order(amount, "base"), ""
    if unit == key.quote or (unit == DOLLAR and key.quote == MONEY):
        return Order(amount), ""
    if unit in rates:
        worth = amount * rates[unit]
        return Order(worth), f"{wording.grouped(amount)} {unit} are {wording.grouped(round(worth, 2))} {key.quote} by today's rate."
    return TOP, f"The amount is left out: what {unit} is worth in {key.quote} is not known."


def _spans(frame: Frame, slot: str) -> list[Span]:
    return [span for span in frame.spans if span.slot == slot]


def _own(frame: Frame, coin: Coin) -> tuple[Decimal, str] | None:
    """Of several amounts the one that stands before this coin and after every other, and what it counts: 2 ETH and 3 SOL."""
    amounts, coins = _spans(frame, "amount"), _spans(frame, "asset")
    mine = next((span for span in coins if span.value in (coin.typed, coin.ticker)), None)
    if len(amounts) < 2 or mine is None:
        return None
    after = max((span.end for span in coins if span.end <= mine.start), default=0)
    before = [span for span in amounts if after <= span.start < mine.start]
    money = [span.value for span in _spans(frame, "quote") if after <= span.start < mine.start]
    return (Decimal(before[-1].value), money[-1] if money else coin.typed) if before else None


def _sign(frame: Frame) -> str | None:
    """The money whose sign stands right before the number: $100,000 ETH is money, whatever follows."""
    amounts, signs = _spans(frame, "amount"), _spans(frame, "quote")
    return next((sign.value for sign in signs for amount in amounts if sign.end <= amount.start and not frame.q[sign.end : amount.start].strip()), None)


def _guessed(frame: Frame, coin: Coin, key: PairKey, amount: Decimal) -> tuple[Order, str]:
    """Coins where the number stands right before the coin, else money."""
    coins = _beside(frame, coin)
    meant, other = (coin.ticker, key.quote) if coins else (key.quote, coin.ticker)
    text = wording.grouped(amount)
    return Order(amount, "base" if coins else "quote"), f"{text} was read as {text} {meant}, not {text} {other}."


def _beside(frame: Frame, coin: Coin) -> bool:
    """Whether nothing but a blank is between the amount and the coin."""
    amounts = _spans(frame, "amount")
    coins = [span for span in _spans(frame, "asset") if span.value in (coin.typed, coin.ticker)]
    return any(not frame.q[a.end : c.start].strip() and a.end <= c.start for a in amounts for c in coins)
