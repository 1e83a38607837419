"""What a reason code means, as a short sentence for people; and the remarks on a comparison as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from exchanges.numbers import plain
from markets.analysis import quality
from markets.analysis.quality import Look
from markets.analysis.verdict import Verdict
from markets.board import Quote

PLAIN = {
    "disabled": "switched off by an operator",
    "auto_disabled": "switched off by Pebble for poor performance",
    "banned": "paused by the exchange",
    "blocked": "the exchange refuses to answer us",
    "not_in_rollout": "not offered to everybody yet",
    "crossed": "bid above ask",
    "conflicted": "the same ticker names another coin here",
    "unknown_identity": "not yet confirmed to be the same coin",
    "disputed": "the exchanges disagree, and two are too few to say who is right",
    "no_consensus": "the exchanges disagree, and not enough of them agree on a price",
}
_STATUS = {"pre_open": "not open for trading yet", "delisting": "being delisted", "delisted": "no longer listed"}


def age(seconds: float) -> str:
    """A duration as the pages write it: 3 s, 1 m 34 s, 2 h 14 m, 3 d."""
    s = int(seconds)
    if s < 60:
        return f"{s} s"
    if s < 3600:
        return f"{s // 60} m {s % 60} s" if s % 60 else f"{s // 60} m"
    if s < 86_400:
        return f"{s // 3600} h {s % 3600 // 60} m" if s % 3600 >= 60 else f"{s // 3600} h"
    return f"{s // 86_400} d"


def percent(ratio: float | Decimal) -> str:
    """A ratio's size as a percentage with two digits, without sign."""
    return f"{abs(float(ratio)) * 100:,.2f} %"


def detail(look: Look, reference: Decimal | None) -> str:
    """Why this quote does not count, or what to know of it; "" when there is nothing to say. `reference` is the median mid."""
    reason = look.reason
    if reason in PLAIN:
        return PLAIN[reason]
    if reason in quality.ANOMALIES:
        return _anomaly(look, reference)
    if reason in _TOLD:
        return _TOLD[reason](look)
    return _ranked(look)


def _anomaly(look: Look, reference: Decimal | None) -> str:
    off = None if reference is None else look.mid / reference - 1
    if off is None and look.reason == "unit_mismatch":
        return "nothing confirms its price, and most of its list is probably counted in another unit"
    if off is None or (look.quote.calm and look.reason == look.quote.flag):
        return "was far from the others and is being watched until it has stayed close for some time"
    where = f"{percent(off)} {'above' if off > 0 else 'below'} the others' median"
    meaning = {
        "unit_mismatch": ": probably counted in another unit",
        "identity_conflict": ": probably another coin",
        "dislocated": " for a while: a real difference, perhaps because deposits or withdrawals are closed",
    }
    return where + meaning.get(look.reason, "")


def _missing(look: Look) -> str:
    return "no " + " and no ".join(_absent(look))


def _not_a_number(look: Look) -> str:
    return f"its {' and '.join(_absent(look))} is not a number"


def _absent(look: Look) -> list[str]:
    return [side for side in ("bid", "ask") if not getattr(look.quote, side)]


def _last_seen(look: Look) -> str:
    return "never seen" if look.age_s is None else f"last seen {age(look.age_s)} ago"


def _wide(look: Look) -> str:
    return f"bid and ask are {percent(spread(look.quote) or 0)} apart"


_TOLD: Mapping[str, Callable[[Look], str]] = {
    "not_trading": lambda look: _STATUS.get(look.quote.status, "trading is halted"),
    "no_bid_ask": _missing,
    "bad_number": _not_a_number,
    "wide": _wide,
    "stale": _last_seen,
    "expired": _last_seen,
    "aging": lambda look: f"{age(look.age_s or 0)} old, and fresher prices exist",
    "future": lambda look: f"its time stamp lies {age(quality.ahead_s(look.quote))} in the future",
    "frozen": lambda look: "its numbers have stood still while the others moved",
}


def _ranked(look: Look) -> str:
    told = [f"{age(look.age_s or 0)} old"] if look.state == "aging" else []
    if look.quote.identity == "unknown":
        told.append(PLAIN["unknown_identity"])
    return ", ".join(told)


def spread(quote: Quote) -> Decimal | None:
    """(ask - bid) / mid of one exchange as a ratio; None when a side is missing."""
    return (quote.ask - quote.bid) / quote.mid if quote.bid and quote.ask and quote.mid else None


def notes(verdict: Verdict, side: str, winners: tuple[str, str] | None) -> tuple[str, ...]:
    """Remarks on a whole comparison. `winners`: the best exchange's name before and after fees, where they differ."""
    said = []
    if verdict.status == "disputed":
        low, high = sorted(look.mid for look in verdict.eligible)
        said.append(f"The exchanges disagree by {percent(high / low - 1)}, and two are too few to say who is right: no best price.")
    if verdict.status in _STANDING:
        said.append(_STANDING[verdict.status])
    if len(verdict.counted) > 1 and all(look.state == "aging" for look in verdict.ranked):
        said.append("No fresh price exists: ageing ones are ranked instead.")
    if len(verdict.counted) > 1 and all(look.quote.identity == "unknown" for look in verdict.ranked):
        said.append("That these are the same coin is not yet confirmed: it takes ten minutes of agreeing prices.")
    if winners:
        verb = "is cheapest" if side == "buy" else "pays most"
        said.append(f"Fees change the winner: before fees {winners[0]} {verb}, after fees {winners[1]}.")
    return tuple(said)


def unfilled(amount: Decimal, unit: str, most: tuple[str, Decimal] | None) -> str:
    """Nobody is known to fill an amount. `most`: who fills the largest share of it, a ratio."""
    part = "" if most is None else f" {most[0]}'s book holds most, {share(most[1])} of it."
    return f"No exchange is known to fill {grouped(amount)} {unit}.{part}"


def grouped(amount: Decimal) -> str:
    """An amount with its thousands separated: 25,000 and 0.5."""
    return f"{Decimal(plain(amount) or 0):,f}"


def share(ratio: Decimal) -> str:
    """How much of an amount is filled: whole percents, never rounded up to all of it; below one, that it is less."""
    whole = int(ratio * 100)
    return f"{whole}%" if whole or not ratio else "less than 1%"


def at_more(amount: Decimal, unit: str, larger: str, winner: str, side: str) -> str:
    """Who is best at a larger amount, where it is somebody else."""
    return f"At {grouped(amount)} {unit} {larger} {'is cheaper' if side == 'buy' else 'pays more'} than {winner}."


_STANDING = {
    "none": "No exchange has a usable price right now.",
    "single_source": "A single source: no cross-check is possible.",
    "no_consensus": "The exchanges disagree, and not enough of them agree on a price: no best price.",
}
