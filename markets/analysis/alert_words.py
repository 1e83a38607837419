"""What an alert says: its condition as a sentence, what stands there now, and what is told when it fires. Pure.

Numbers are plain, as the API writes them; names of exchanges and tickers of coins come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis import display, wording
from markets.analysis.alerts import (
    COOLING,
    NEVER,
    QUIET,
    Arbitrage,
    Best,
    Condition,
    Down,
    Funding,
    Item,
    Level,
    Listing,
    Offer,
    Price,
    Seen,
    Spread,
    Threshold,
    Verdict,
    kind_of,
)  # fmt: skip

TITLES = {
    "price": "Price crosses", "best": "Best exchange changes", "arbitrage": "Net arbitrage above", "funding": "Funding crosses",
    "spread": "Spread crosses", "listing": "New listing", "down": "Exchange down",
}  # fmt: skip
NAMED = 5  # things of a set that are told by name
LISTS = {"coins": "a new coin", "pairs": "another pair of a coin it has", "arrivals": "a new coin or pair"}
MARKETS = {"spot": "", "perp": " perpetuals", "future": " dated futures"}
_HELD = {
    COOLING: "It holds; the cool-down is not over yet.",
    QUIET: "It holds; told when the quiet time is over.",
}
_DOUBTS = {
    NEVER: "nothing stands there now",
    "none": "no exchange can be ranked",
    "not_listed": "not listed there",
    "single_source": "one exchange alone has a price now, and nobody to check it against",
    "thin": "hardly anything stands at the best price",
    "partial": "nobody is known to fill the amount",
    "depegged": "a stablecoin it is converted by has lost its peg",
    "aging": "no fresh price", "stale": "no fresh price", "expired": "no price of the last minutes", "frozen": "the price does not move where others do",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What exchanges and coins are called, by slug and by the board's key."""

    exchanges: Mapping[str, str]
    tickers: Mapping[str, str]

    def exchange(self, slug: str) -> str:
        """An exchange's name."""
        return self.exchanges.get(slug, slug)

    def coin(self, key: str) -> str:
        """A coin's ticker."""
        return self.tickers.get(key, key)

    def any_of(self, slugs: Sequence[str]) -> str:
        """KuCoin, KuCoin or Bybit, any exchange."""
        names = [self.exchange(slug) for slug in slugs]
        return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0] if names else "any exchange"


def title(condition: Condition) -> str:
    """The kind in two or three words."""
    return TITLES[kind_of(condition)]


# --- The condition ----------------------------------------------------------------------------------------------
def sentence(condition: Condition, words: Words) -> str:
    """The condition as one sentence without its full stop."""
    return _SAID[kind_of(condition)](condition, words)


def _price(c: Price, words: Words) -> str:
    return f"The best price to {c.side} {_pair(c, words)} {_reaches(c, words)}{_terms(c, words)}"


def _best(c: Best, words: Words) -> str:
    return f"Another exchange becomes the best to {c.side} {_pair(c, words)}{_terms(c, words)}"


def _spread(c: Spread, words: Words) -> str:
    which = "The spread" if len(c.exchanges) == 1 else "The tightest spread"
    return f"{which} of {_pair(c, words)} {_reaches(c, words)}{_on(c.exchanges, words)}"


def _funding(c: Funding, words: Words) -> str:
    coin = "/".join(filter(None, (words.coin(c.base), words.coin(c.quote))))
    return f"Funding of {coin} perpetuals {_reaches(c, words)}{_on(c.exchanges, words)}"


def _listing(c: Listing, words: Words) -> str:
    coins = f", {' or '.join(map(words.coin, c.base))}" if c.base else ""
    return f"{_first(words.any_of(c.exchanges))} lists {LISTS[c.what]}{coins}"


def _down(c: Down, words: Words) -> str:
    return f"{_first(words.any_of(c.exchanges))} stops answering or pauses us"


def _first(text: str) -> str:
    return text[0].upper() + text[1:]


def _pair(offer: Offer, words: Words) -> str:
    expires = f" of {offer.expiry:%d %b %Y}" if offer.expiry else ""
    return f"{words.coin(offer.base)}/{words.coin(offer.quote)}{MARKETS[offer.market]}{expires}"


def _reaches(condition: Threshold, words: Words) -> str:
    level = value(condition, condition.level, words)
    return f"rises to {level} or above" if condition.above else f"falls to {level} or below"


def value(condition: Threshold, number: Decimal, words: Words) -> str:
    """A level with its unit, every digit of it."""
    text = plain(number) or ""
    if isinstance(condition, Price):
        return f"{text} {words.coin(condition.quote)}"
    if isinstance(condition, Spread):
        return f"{text} bps"
    return f"{text}% a year" if condition.per == "year" else f"{text}% per interval"


def _on(exchanges: Sequence[str], words: Words) -> str:
    return f" on {words.any_of(exchanges)}" if exchanges else ""


def _terms(offer: Offer, words: Words) -> str:
    """On which terms prices are compared, each after a comma."""
    unit = words.coin(offer.base if offer.unit == "base" else offer.quote)
    said = [
        (offer.amount is not None, f"for {wording.grouped(offer.amount or Decimal(0))} {unit}"),
        (bool(offer.exchanges), f"on {words.any_of(offer.exchanges)}"),
        (True, "before fees" if not offer.net else "after your own fees" if offer.fees else "after fees"),
        (offer.withdraw, f"taken away by {offer.network or 'the cheapest network'}"),
        (offer.normalise, "other quote currencies converted"),
    ]
    return "".join(f", {text}" for holds, text in said if holds)


def _gap(c: Arbitrage, words: Words) -> str:
    said = [
        (bool(c.base), " or ".join(map(words.coin, c.base))), (bool(c.quote), f"in {words.coin(c.quote)}"),
        (bool(c.buy), f"bought on {words.exchange(c.buy)}"), (bool(c.sell), f"sold on {words.exchange(c.sell)}"),
        (bool(c.exchanges), f"over {words.any_of(c.exchanges)} only"), (c.types != ("cross",), f"of kind {' or '.join(c.types)}"),
        (c.mode == "transfer", "the coins sent over"), (c.transfer_cost and c.mode != "transfer", "the fee of sending counted"),
        (c.amount is not None, f"for {wording.grouped(c.amount or Decimal(0))} USD"),
        (c.min_depth is not None, f"at least {wording.grouped(c.min_depth or Decimal(0))} USD deep"),
        (c.max_age_s is not None, f"prices at most {plain(c.max_age_s)} s old"),
    ]  # fmt: skip
    return f"A gap leaves {plain(c.level)}% or more after fees" + "".join(f", {text}" for holds, text in said if holds)


_SAID: Mapping[str, Callable[[Any, Words], str]] = {
    "price": _price, "best": _best, "arbitrage": _gap, "funding": _funding, "spread": _spread, "listing": _listing, "down": _down,
}  # fmt: skip


# --- What stands there ------------------------------------------------------------------------------------------
def standing(condition: Condition, seen: Seen, words: Words) -> str:
    """What stands there now, with its exchange and age; or why that cannot be said."""
    if isinstance(seen, Level):
        if seen.value is None:
            return _first(doubt(seen.doubt or NEVER))
        where = f" on {words.exchange(seen.where)}" if seen.where else ""
        return f"{_shown(condition, seen.value, words)}{where}{_age(seen.age_s)}" + (f"; not judged: {doubt(seen.doubt)}" if seen.doubt else "")
    names = [item.says + _age(item.age_s) for item in seen.here[:NAMED]]
    return "; ".join(names) + _more(len(seen.here)) if names else "Nothing now"


def _shown(condition: Condition, number: Decimal, words: Words) -> str:
    """A value as the pages write it."""
    if isinstance(condition, Spread):
        return " ".join(display.gap(number))
    if isinstance(condition, Funding):
        per_year = condition.per == "year"
        return f"{display.percent(number, places=2 if per_year else 4)} {'a year' if per_year else 'per interval'}"
    return f"{display.price(number)} {words.coin(condition.quote)}" if isinstance(condition, Offer) else display.price(number)


def _age(age_s: float | None) -> str:
    return "" if age_s is None else f", {wording.age(age_s)} old"


def _more(count: int) -> str:
    return f"; and {count - NAMED} more" if count > NAMED else ""


def doubt(code: str) -> str:
    """Why nothing is judged, in words."""
    return _DOUBTS.get(code) or wording.PLAIN.get(code) or code.replace("_", " ")


def why(code: str) -> str:
    """A verdict's `why` as a sentence; "" for none."""
    return "" if not code else _HELD.get(code) or f"Not judged now: {doubt(code)}."


# --- What is told -----------------------------------------------------------------------------------------------
def subject(condition: Condition, seen: Seen, verdict: Verdict, words: Words) -> str:
    """What has come true, in one line."""
    if isinstance(seen, Level):
        about = f"{_first(_what(condition))} {_about(condition, words)}"
        return f"{about}: {standing(condition, seen, words)}"
    if not verdict.items:
        return f"{title(condition)}: nothing now"
    more = len(verdict.items) - 1
    return verdict.items[0].says + (f"; and {more} more" if more else "")


def _what(condition: Condition) -> str:
    if isinstance(condition, (Price, Best)):
        return f"best to {condition.side}"
    return "spread of" if isinstance(condition, Spread) else "funding of"


def _about(condition: Condition, words: Words) -> str:
    return _pair(condition, words) if isinstance(condition, Offer) else words.coin(condition.base) if isinstance(condition, Funding) else ""


def text(condition: Condition, seen: Seen, verdict: Verdict, words: Words) -> str:
    """What is told, in lines: the condition, what stands there, and who was best before."""
    lines = [f"You asked to be told when: {sentence(condition, words)}.", ""]
    if isinstance(seen, Level):
        lines.append(f"Now: {standing(condition, seen, words)}.")
        if verdict.former:
            lines.append(f"Before: {words.exchange(verdict.former)}.")
    else:
        lines += [f"- {item.says}{_age(item.age_s)}" for item in verdict.items[:NAMED]] or ["Nothing of the kind now."]
        if len(verdict.items) > NAMED:
            lines.append(f"- and {len(verdict.items) - NAMED} more")
    return "\n".join(lines)


def facts(item: Item | Level) -> dict[str, object]:
    """The same for a program: decimals as text, unknown is None."""
    where = [item.where] if isinstance(item, Level) else list(item.where)
    at = item.observed_at.isoformat() if item.observed_at else None
    found: dict[str, object] = {"exchanges": [slug for slug in where if slug], "value": plain(item.value), "age_s": item.age_s, "observed_at": at}
    return found | ({"says": item.says, "receipt": item.receipt or None} if isinstance(item, Item) else {})
