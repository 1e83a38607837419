"""What quality remembers between polls. Advanced once per stored poll, in the poll's transaction; reading changes nothing.

An exchange once excluded returns only after several samples well inside the tolerance, so nothing flaps at a boundary.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis import quality, verdict
from markets.analysis.quality import ANOMALIES, Look
from markets.analysis.settings import DEFAULT, Method
from markets.board import Quote

REMEMBERED_S = 86_400.0
UNFIT = ("wide", "crossed", "future")
_NUMBERS = ("bid", "ask", "bid_size", "ask_size", "last", "base_volume_24h", "quote_volume_24h")


class Memory(Struct, frozen=True, gc=False, kw_only=True):
    """The columns to store beside the quote, and this sample's evidence of identity.

    `flag` is "", an anomaly's reason code or frozen. `ratio` is the mid over the others' (`verdict.standing`), None
    without anybody to compare with; `markets.analysis.identity.sample` takes it.
    """

    flag: str = ""
    flag_since: datetime | None = None
    calm: int = 0
    same_since: datetime | None = None
    same_polls: int = 0
    same_reference: Decimal | None = None
    ratio: float | None = None


def advance(previous: Quote | None, current: Quote, others: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, *,
            usd: Decimal | None = None, stable: bool = False) -> Memory:
    """What to remember of one exchange's quote of one pair after a poll brought `current`.

    `previous` is what was stored before (with its memory), `others` the other exchanges' stored quotes. `usd` and
    `stable` as in `best.compare`: without `usd` the pair's class, and with it the tolerance, is that of the tail.
    """
    if previous is not None and current.identity == "unknown":
        current = replace(current, identity=previous.identity)
    looks = {name: quality.look(quote, now, method) for name, quote in others.items()}
    current = replace(current, flag="", **_sameness(previous, current, looks, now))
    judged = verdict.judged({**looks, current.exchange: quality.look(current, now, method)}, now, method, usd, stable)
    flag, since, calm = _flag(previous, current, judged, now, method)
    return Memory(
        flag=flag, flag_since=since, calm=calm, ratio=verdict.standing(judged, current.exchange),
        same_since=current.same_since, same_polls=current.same_polls, same_reference=current.same_reference,
    )


def _sameness(previous: Quote | None, current: Quote, others: Mapping[str, Look], now: datetime) -> dict[str, object]:
    """Since when, and over how many further polls, no number has changed; and where the others stood when that began."""
    same = previous is not None and all(getattr(previous, name) == getattr(current, name) for name in _NUMBERS)
    if not same or previous is None or previous.same_since is None:
        return {"same_since": now, "same_polls": 0, "same_reference": _others(others, current.exchange)}
    place = previous.same_reference if previous.same_reference is not None else _others(others, current.exchange)
    return {"same_since": previous.same_since, "same_polls": previous.same_polls + 1, "same_reference": place}


def _others(looks: Mapping[str, Look], exchange: str) -> Decimal | None:
    """Where those stand that count by themselves. Before anybody is held against anybody, which gives some a reason."""
    return verdict.others_mid([look for look in looks.values() if not look.reason], exchange)


def _flag(previous: Quote | None, current: Quote, judged: verdict.Verdict, now: datetime, method: Method) -> tuple[str, datetime | None, int]:
    """(flag, since, calm) after this sample."""
    before, since = (previous.flag, previous.flag_since or now) if previous else ("", now)
    found = judged.looks[current.exchange].reason
    if found == "frozen" or (before == "frozen" and current.same_polls and found not in ANOMALIES):
        return "frozen", since if before == "frozen" else now, 0
    if found in ANOMALIES:
        return _lasting(before, since, found, now, method.dislocated_s if current.identity == "confirmed" else None)
    if before not in ANOMALIES or previous is None or _nobody_left(judged, current.exchange):
        return "", None, 0
    calm = previous.calm + 1 if _is_calm(judged, current.exchange) else 0
    return ("", None, 0) if calm >= method.readmit_samples else (before, since, calm)


def _lasting(before: str, since: datetime, found: str, now: datetime, dislocated_s: int | None) -> tuple[str, datetime, int]:
    """An anomaly's name: a price that stays away for `dislocated_s` on a coin we are sure of is no error but a real difference.

    It is dated by when it was last found, but for a difference that may turn out to last: by when that began.
    """
    if before == "dislocated" and found == "price_anomaly":
        return before, now, 0
    if before != found or found != "price_anomaly" or dislocated_s is None:
        return found, now, 0
    lasted = now - since > timedelta(seconds=dislocated_s)
    return ("dislocated", now, 0) if lasted else (found, since, 0)


def _is_calm(judged: verdict.Verdict, exchange: str) -> bool:
    ratio = verdict.standing(judged, exchange, unproven=True)  # else two that changed for good would wait for each other for ever
    return ratio is not None and abs(ratio - 1) < judged.tol / 2


def _nobody_left(judged: verdict.Verdict, exchange: str) -> bool:
    """Whether nothing is left that the flag could be measured against: no other exchange has even an old price of the same coin that could
    count. While it is far from what they said last it stays nevertheless, for a day: that they fell silent makes nothing right."""
    others = [look for name, look in judged.looks.items() if name != exchange and _measures(look)]
    return all(look.state == "expired" for look in others) and not verdict.is_far_from_last(judged.looks[exchange], others, within_s=REMEMBERED_S)


def _measures(look: Look) -> bool:
    """Whether this price counts, or will when it is asked for again."""
    return look.quote.status == "trading" and bool(look.mid) and look.quote.identity != "conflicted" and look.reason not in UNFIT
