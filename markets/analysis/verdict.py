"""One pair judged once: which quotes count, which are anomalies, which may be ranked, and what the exchanges agree on.

Comparisons, the overview, single prices and memory all stand on this one function, so they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis import quality, reference
from markets.analysis.identity import is_far
from markets.analysis.quality import ANOMALIES, KNOWN, ZERO, Look
from markets.analysis.settings import DEFAULT, Method
from markets.board import Quote

DISPUTES = ("disputed", "no_consensus")
NOBODY: Mapping[str, str] = {}
TWICE = Decimal(2)
SILENT = frozenset({"stale", "banned", "blocked", "auto_disabled", "disabled"})  # reasons that are not the price's own
ENOUGH = 3  # so many that agree need nobody's record


class Verdict(Struct, gc=False):
    """What became of each quote (`looks`, by exchange), and the groups that figures are made of.

    `eligible` passed the gate and are fresh or aging: the statistics' n. `counted` of these are neither anomalous nor
    in dispute. `ranked` of these may win: known identities before unknown ones, then fresh before aging. `unproven`: most agree,
    but not enough of them are trusted; it is told as `no_consensus`.
    """

    looks: dict[str, Look]
    eligible: list[Look]
    counted: list[Look]
    ranked: list[Look]
    status: str
    pair_class: str
    tol: float
    unproven: bool = False

    def contested(self) -> Verdict:
        """The same where what it says is contradicted from outside: nobody counts."""
        return Verdict(self.looks, self.eligible, [], [], "no_consensus", self.pair_class, self.tol)

    @property
    def live(self) -> list[Look]:
        """Fresh and not excluded."""
        return [look for look in self.counted if look.state == "fresh"]


def judge(quotes: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, usd: Decimal | None = None, stable: bool = False) -> Verdict:
    """Judge one pair's quotes at `now`. `usd` is USD per quote unit (None: unknown); `stable`: both are stablecoins."""
    return judged({name: quality.look(quote, now, method) for name, quote in quotes.items()}, now, method, usd, stable)


def judged(looks: dict[str, Look], now: datetime, method: Method, usd: Decimal | None, stable: bool) -> Verdict:
    """`judge`, by quotes that were looked at already; they get their reasons here."""
    eligible = [look for look in looks.values() if not look.reason]
    remembered = [look for look in eligible if look.quote.flag or look.quote.same_polls >= method.frozen_polls]
    if remembered:
        eligible = _moving(eligible, remembered, now, method, _class(eligible, method, usd, stable)[1])
    mids = sorted([look.mid for look in eligible])
    pair_class, tol = _class(eligible, method, usd, stable, mids)
    status, anomalies = _consensus(eligible, mids, tol, method)
    if unproven := bool(remembered) and status == "ok" and not _is_proven(eligible, mids, tol, now):
        status, anomalies = "no_consensus", NOBODY
    if len(eligible) == 1 and eligible[0].quote.flag not in ANOMALIES and _is_contradicted(eligible[0], looks.values()):
        status = "no_consensus"
    if anomalies or remembered or status in DISPUTES:
        for look in eligible:
            look.reason = status if status in DISPUTES else _name(look.quote.flag, anomalies.get(look.quote.exchange, ""))
    counted = [look for look in eligible if not look.reason]
    if not counted and status not in DISPUTES:
        status = "none"
    return Verdict(looks, eligible, counted, _ranked(counted), status, pair_class, tol, unproven)


def _class(eligible: Sequence[Look], method: Method, usd: Decimal | None, stable: bool, mids: Sequence[Decimal] | None = None) -> tuple[str, float]:
    """The pair's class by those that count, and how far they may differ in it. `mids` are theirs, in order."""
    mids = sorted([look.mid for look in eligible]) if mids is None else mids
    pair_class = reference.pair_class(None if usd is None or not mids else _volume(eligible, mids) * usd, stable, method)
    return pair_class, reference.tolerance(pair_class, method)


def _consensus(eligible: Sequence[Look], mids: Sequence[Decimal], tol: float, method: Method) -> tuple[str, Mapping[str, str]]:
    """What the exchanges as a whole amount to, and the kind of each anomaly. `mids` are in order."""
    if len(mids) < 2:
        return "single_source", NOBODY
    if reference.within(mids, tol):
        return "ok", NOBODY
    prices = {look.quote.exchange: look.mid for look in eligible}
    return reference.consensus(prices, [half_spread(look) for look in eligible], tol, method)


def _is_proven(eligible: Sequence[Look], mids: Sequence[Decimal], tol: float, now: datetime) -> bool:
    """Whether those that agree are enough: three, or most of those that were not found wrong of late.

    Else an exchange that begins to err could lean on one that errs already: two that one after the other tell prices in another
    unit would outvote the third. Three that agree are believed at once, whatever was: in a crash one exchange is always the first.
    """
    middle = reference.median(mids)
    agreeing = [look for look in eligible if abs(float(look.mid / middle) - 1) <= tol]
    trusted, agreed = (sum(not quality.is_distrusted(look.quote, now) for look in group) for group in (eligible, agreeing))
    return len(agreeing) >= ENOUGH or 2 * agreed > trusted or not trusted


def _is_contradicted(alone: Look, looks: Iterable[Look]) -> bool:
    """Whether the others' last prices, which do not count, are beyond half or double of the only one that does.

    They cannot say what it costs now, but that somebody's unit changed is likelier than such a move while all others are silent.
    """
    return is_far_from_last(alone, looks)


def is_far_from_last(look: Look, looks: Iterable[Look], *, within_s: float | None = None) -> bool:
    """Whether a price is beyond half or double of the middle of what the others said last: exchanges that are silent, pause us or
    are switched off, each sure of its coin and not found wrong. Not older than `within_s`, or than `expired_s` where that is None."""
    last = [each.mid for each in looks if each is not look and _said_last(each, within_s)]
    return bool(last) and bool(look.mid) and is_far(float(look.mid / reference.median(last)))


def _said_last(look: Look, within_s: float | None) -> bool:
    young = look.state != "expired" if within_s is None else look.age_s is not None and look.age_s <= within_s
    silent = look.reason in SILENT or (within_s is not None and look.reason == "expired")
    quote = look.quote
    return young and silent and bool(look.mid) and quote.status == "trading" and quote.identity != "conflicted" and quote.flag not in ANOMALIES


def half_spread(look: Look) -> float:
    """Half the distance from bid to ask, relative to the mid."""
    return float((look.quote.ask - look.quote.bid) / look.mid) / 2  # type: ignore[operator]  # it passed the gate


def _moving(eligible: list[Look], remembered: Sequence[Look], now: datetime, method: Method, tol: float) -> list[Look]:
    """Those that are not frozen while the others moved; the frozen ones get their reason."""
    trusted = [look for look in eligible if look.quote.flag not in ANOMALIES]
    for look in [r for r in remembered if quality.is_frozen(r.quote, _others(trusted, r.quote.exchange), now, method, tol)]:
        look.reason = "frozen"
    return [look for look in eligible if not look.reason]


def _others(eligible: Sequence[Look], exchange: str) -> list[Decimal]:
    return [look.mid for look in eligible if look.quote.exchange != exchange]


def others_mid(eligible: Sequence[Look], exchange: str) -> Decimal | None:
    """The median mid of everybody else."""
    mids = _others(eligible, exchange)
    return reference.median(mids) if mids else None


def _volume(eligible: Sequence[Look], mids: Sequence[Decimal]) -> Decimal:
    """The day's volume of those that quote the same thing: beyond half or double the middle it is another coin or unit."""
    middle = mids[len(mids) // 2]
    if mids[-1] > TWICE * mids[0]:
        eligible = [look for look in eligible if middle <= look.mid * TWICE and look.mid <= middle * TWICE]
    return sum([look.volume for look in eligible if look.volume], ZERO)


def _name(remembered: str, found: str) -> str:
    """An anomaly's name: what is found now, unless memory knows that it has lasted, or still waits for it to calm down."""
    if remembered not in ANOMALIES:
        return found
    return remembered if found in ("", remembered) or (remembered, found) == ("dislocated", "price_anomaly") else found


def _ranked(counted: list[Look]) -> list[Look]:
    """Who may win; the others get the reason."""
    known = [look for look in counted if look.quote.identity in KNOWN] or counted
    fresh = [look for look in known if look.state == "fresh"] or known
    if len(fresh) < len(counted):
        for look in counted:
            if look not in known:
                look.reason = "unknown_identity"
            elif look not in fresh:
                look.reason = "aging"
    return fresh


def standing(verdict: Verdict, exchange: str, *, unproven: bool = False) -> float | None:
    """The ratio of one exchange's mid to the median of all (of three and more), or to the only other one's.

    None when there is nobody to compare with, or no majority; with `unproven` a majority that is not trusted will do.
    """
    look = verdict.looks[exchange]
    undecided = verdict.status == "no_consensus" and not (unproven and verdict.unproven)
    if look not in verdict.eligible or len(verdict.eligible) < 2 or undecided:
        return None
    mids = [other.mid for other in verdict.eligible if len(verdict.eligible) > 2 or other is not look]
    return math.exp(math.log(look.mid) - math.log(reference.median(mids)))


def grade(verdict: Verdict, method: Method = DEFAULT) -> str:
    """A to D: how far the prices can be trusted."""
    mids = [look.mid for look in verdict.eligible]
    if verdict.status in ("disputed", "no_consensus", "none"):
        return "D"
    middle = reference.median(mids)
    agreeing = [look for look in verdict.counted if abs(float(look.mid / middle) - 1) <= verdict.tol]
    fresh = sum(look.state == "fresh" for look in agreeing)
    if not fresh or len(agreeing) < 2:
        return "C"
    spread = float(reference.dispersion_bps(mids, method) or 0) / 10_000
    return "A" if fresh >= 3 and spread <= verdict.tol / 2 else "B"
