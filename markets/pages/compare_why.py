"""Why a row stands where it stands: the sum of its rank written out step by step, for pages and answers alike."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from exchanges.numbers import plain
from markets.analysis import amounts, fills
from markets.analysis.amounts import Deal
from markets.analysis.best import Comparison, Row
from markets.analysis.display import MINUS, age, fixed, places_of, price, rate

TIMES = "\N{MULTIPLICATION SIGN}"
LEVELS = 5  # of a walk that are written out
ORIGINS = {
    "visitor": "your own", "operator": "set here by the operator", "exchange": "told by the exchange for this market",
    "default": "the exchange's public base tier",
}
SIDES = {"buy": "ask", "sell": "bid"}


def shared_places(c: Comparison) -> int:
    """Decimals of a pair's prices: the finest tick of its rows, else by size; so the points of a table line up."""
    own = [r for r in c.rows if r.conversion is None]
    return max((places_of(r.price or c.reference_price, r.quote.tick_size) for r in own), default=places_of(c.reference_price))


def net_places(c: Comparison) -> int:
    """Decimals of prices after fees: at least what the size calls for, since a coarse tick would hide the fee."""
    return max(shared_places(c), places_of(c.reference_price))


def steps(c: Comparison, row: Row, name: str) -> list[str]:
    """The sum of one row, a sentence for each step; of a row that is not ranked, why."""
    if not row.rank:
        return [f"{name} is not ranked: {row.detail or 'it may not be compared'}."]
    said = [*_converted(row), *_fill(c, row, name)]
    deal = row.deal
    if deal is None or deal.price is None:
        return [*said, _rank(c, row)]
    return [*said, *_fee(c, row, deal), *_coins(c, row, deal), *_way_out(c, deal), _rank(c, row)]


def _converted(row: Row) -> list[str]:
    found = row.conversion
    if found is None:
        return []
    return [f"Prices in {found.quote} {TIMES} {plain(found.rate)} = {found.into}, by {' to '.join(found.path)}, {age(found.age_s)} old."]


def _fill(c: Comparison, row: Row, name: str) -> list[str]:
    """How the amount is filled: at the best price, by a walk of the book, in part, or nobody knows."""
    deal, places, side = row.deal, net_places(c), SIDES[c.side]
    top = f"{side} {price(row.price, places=places)}"
    if c.order.amount is None or deal is None:
        return [f"Best {top} {c.key.quote}."]
    if deal.reason == "unknown_depth":
        return [f"Its best {side} is {price(row.price, places=places)} {c.key.quote}; whether it fills {asked(c)} is not known: {deal.detail}."]
    part = "All of" if deal.fills else f"{part_of(deal)} of"
    if deal.book_age_s is None:
        return [f"{part} {asked(c)} at the best {top} {c.key.quote}.", *_small(deal)]
    levels = f"{deal.levels} level{'s' if deal.levels != 1 else ''}"
    walked = f"{part} {asked(c)} by {levels} of {name}'s book, {age(deal.book_age_s)} old: {_walked(c, row, deal)}"
    return [f"{walked}; on average {price(deal.price, places=places)} {c.key.quote}.", *_small(deal)]


def asked(c: Comparison) -> str:
    """The amount with its unit."""
    amount = c.order.amount or Decimal(0)
    return f"{fixed(amount, max(0, -int(amount.normalize().as_tuple().exponent)))} {c.key.base if c.order.in_base else c.key.quote}"


def part_of(deal: Deal) -> str:
    """How much of the amount is filled, whole percents, never rounded up."""
    share = deal.share or Decimal(0)
    whole = int(share * 100)
    return f"{whole}%" if whole or not share else "Less than 1%"


def _small(deal: Deal) -> list[str]:
    return [f"It cannot be ordered: {deal.detail}."] if deal.detail else []


def _walked(c: Comparison, row: Row, deal: Deal) -> str:
    """What was taken of each level."""
    ladder = row.ladder
    wish = amounts.walked(c.order, c.side, row.quote.taker_fee)
    if ladder is None or wish.amount is None:
        return ""
    levels = (ladder.asks if c.side == "buy" else ladder.bids)[: deal.levels]
    taken = fills.taken(levels, wish.amount, in_money=not wish.in_base)
    said = [f"{coins(size)} at {price(at, places=net_places(c))}" for at, size in taken[:LEVELS]]
    more = [f"{len(taken) - LEVELS} more"] if len(taken) > LEVELS else []
    return ", ".join([*said, *more])


def _fee(c: Comparison, row: Row, deal: Deal) -> list[str]:
    if not c.net:
        return ["Ranked before fees."]
    fee = row.quote.taker_fee
    if fee is None:
        return ["No taker fee is known here, so it comes after those whose fee is."]
    places, sign, ratio = net_places(c), "+" if c.side == "buy" else MINUS, 1 + fee if c.side == "buy" else 1 - fee
    origin = ORIGINS.get(row.quote.fee_source or "", "")
    start, end = price(deal.price, places=places), price((deal.price or Decimal(0)) * ratio, places=places)
    return [f"{SIDES[c.side]} {start} {TIMES} (1 {sign} {rate(row.fee_pct)} taker fee) = {end} {c.key.quote} for one {c.key.base}; the fee is {origin}."]


def _coins(c: Comparison, row: Row, deal: Deal) -> list[str]:
    """What the amount comes to in coins and in money."""
    if c.order.amount is None or deal.base is None or deal.money is None:
        return []
    lot = f", in steps of {plain(row.quote.lot_size)}" if row.quote.lot_size else ""
    money = f"{fixed(deal.money, money_places(c))} {c.key.quote}"
    paid = f"costs {money}" if c.side == "buy" else f"brings {money}"
    return [f"{coins(deal.base)} {c.key.base}{lot} {paid}, {fixed(deal.fee or Decimal(0), money_places(c))} of it fee."]


def _way_out(c: Comparison, deal: Deal) -> list[str]:
    way = deal.way
    if way is None:
        return []
    if way.fee is None:
        return [f"Withdrawing is not counted: {way.reason}."]
    fee = f"{plain(way.fee)} {c.key.base} to withdraw by {way.wallet.name if way.wallet else ''}"
    if deal.arrives is None or deal.each is None:
        return [f"{MINUS} {fee}; it is counted at an amount." if c.order.amount is None else f"{MINUS} {fee}: {deal.detail or 'nothing arrives'}."]
    return [f"{MINUS} {fee} = {coins(deal.arrives)} {c.key.base} that arrive, each for {price(deal.each, places=net_places(c))} {c.key.quote}."]


def _rank(c: Comparison, row: Row) -> str:
    count, better = ranked(c), "lowest" if c.side == "buy" else "highest"
    if row.deal is not None and not row.deal.fills:
        somebody = any(r.rank and r.deal and r.deal.fills for r in c.rows)
        return f"Place {row.rank} of {count}{': after those that are known to fill the amount' if somebody else ', none of which is known to fill the amount'}."
    return f"The {better} of {count}." if row.rank == 1 else f"Place {row.rank} of {count}."


def ranked(c: Comparison) -> int:
    """How many exchanges are ranked."""
    return sum(r.rank is not None for r in c.rows)


def coins(size: Decimal) -> str:
    """An amount of coins: eight significant digits and up to eight decimals, as wallets write it."""
    text = fixed(size, coin_places(size))
    return text.rstrip("0").rstrip(".") if "." in text else text


def coin_places(size: Decimal) -> int:
    """Decimals of an amount of coins."""
    return max(0, min(8, 7 - size.adjusted())) if size else 0


def money_places(c: Comparison) -> int:
    """Decimals of an amount of money: cents, or as a coin's when money is a coin of high price."""
    amounts: Sequence[Decimal] = [row.deal.money for row in c.rows if row.deal and row.deal.money]
    return places_of(min(amounts, default=None))
