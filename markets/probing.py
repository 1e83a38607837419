"""Every minute Pebble asks itself what people ask: the home page and best prices, by the functions that pages and API call.

What comes of it: minutes in which it answered (availability), comparisons that were complete, rightly flagged and quick (the
service level), and whether the best prices shown a minute ago were true (accuracy).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Sum

from exchanges.models import IncidentKind
from markets import counting, incidents, read
from markets.analysis import accuracy, reference, slo
from markets.analysis.accuracy import Shown
from markets.analysis.best import Comparison
from markets.method import current_method
from markets.models import Probe
from markets.shapes import Filters

TRIED = 10  # comparisons a minute
SHOWN = 100  # best prices whose truth is looked at
IN_TIME_S = 2.0
STARTING = timedelta(minutes=5)  # nobody looked for so long: the first minute after that is the start's, and is not judged
KEPT = slo.WINDOW + timedelta(days=1)
REMEMBERED, REMEMBERED_S = "probing:shown", 300
Kept = dict[str, tuple[str, str, str, str]]  # pair -> exchange, price, middle, when its quote was seen


def probe(now: datetime) -> bool:
    """Judge this minute, once. Returns whether it was good; nothing is judged before the first price."""
    if not read.board().pairs:
        return False
    minute, last = now.replace(second=0, microsecond=0), Probe.objects.order_by("-minute").first()
    if last and last.minute >= minute:
        return last.good
    overview, took_s = _timed(now)
    bad = [reason for reason in (_tried(row, now) for row in overview[:TRIED]) if reason]
    fresh = any(exchange.live for exchange in read.exchanges(now))
    detail = "no exchange is fresh" if not fresh else "the home page took too long" if took_s > IN_TIME_S else bad[0] if bad else ""
    judged = last is not None and minute - last.minute <= STARTING
    good = fresh and took_s <= IN_TIME_S and len(bad) < TRIED
    Probe.objects.get_or_create(
        minute=minute, defaults={"good": good, "answers": len(overview[:TRIED]) if judged else 0, "bad": len(bad) if judged else 0, "detail": detail[:200]}
    )
    _hold_against(overview)
    alarm(now)
    Probe.objects.filter(minute__lt=now - KEPT).delete()
    return good


def _timed(now: datetime) -> tuple[tuple[Comparison, ...], float]:
    began = time.perf_counter()
    return read.overview(Filters(limit=SHOWN), now).rows, time.perf_counter() - began


def _tried(row: Comparison, now: datetime) -> str:
    """Why a comparison is no good answer; "" when it is: every exchange in it, nothing old or flagged ranked, in time."""
    began = time.perf_counter()
    found = read.compare(row.key.base, row.key.quote, now)
    return wrong(found, {q.exchange for q in read.board().pairs[row.key].values()}, time.perf_counter() - began)


def wrong(found: Comparison, expected: set[str], took_s: float) -> str:
    """The first thing that is wrong with an answer, else ""."""
    ranked = [row for row in found.rows if row.rank is not None]
    if missing := expected - {row.quote.exchange for row in found.rows}:
        return f"{found.key}: {', '.join(sorted(missing))} missing"
    if any(row.state not in ("fresh", "aging") or row.reason for row in ranked):
        return f"{found.key}: something is ranked that does not count"
    traded = [row for row in found.rows if row.quote.status == "trading"]  # where exchanges disagree, to rank none of them is right
    if traded and not any(row.state == "fresh" for row in traded):
        return f"{found.key}: no price is fresh"
    return f"{found.key}: took {took_s:.1f} s" if took_s > IN_TIME_S else ""


# --- Were the prices of a minute ago true? ---------------------------------------------------------------------------
def _hold_against(rows: Iterable[Comparison]) -> None:
    comparisons = list(rows)
    before: Kept = cache.get(REMEMBERED) or {}
    verdicts = [verdict for verdict in (_verdict(row, before) for row in comparisons) if verdict is not None]
    if verdicts:
        counting.add("published", ("best",), times=len(verdicts))
    if false := sum(verdicts):
        counting.add("contradicted", ("best",), times=false)
    cache.set(REMEMBERED, dict(_shown(comparisons)), REMEMBERED_S)


def _shown(rows: Iterable[Comparison]) -> Iterable[tuple[str, tuple[str, str, str, str]]]:
    for row in rows:
        seen = _seen(row)
        if row.best_buy and row.reference_price and row.best_buy.exchange in seen:
            yield str(row.key), (row.best_buy.exchange, str(row.best_buy.price), str(row.reference_price), seen[row.best_buy.exchange][1])


def _seen(row: Comparison) -> Mapping[str, tuple[Decimal | None, str]]:
    """{exchange: its price to buy, and when it was seen}."""
    return {each.quote.exchange: (each.quote.ask, each.quote.observed_at.isoformat()) for each in row.rows if each.quote.observed_at}


def _verdict(row: Comparison, before: Kept) -> bool | None:
    """Whether what was shown a minute ago is contradicted; None where the exchange has not been heard since."""
    then, seen = before.get(str(row.key)), _seen(row)
    if then is None or then[0] not in seen or seen[then[0]][1] <= then[3]:
        return None
    tolerance = Decimal(str(reference.tolerance(row.pair_class, current_method())))
    return accuracy.contradicted(Shown(then[0], Decimal(then[1]), Decimal(then[2])), seen[then[0]][0], row.reference_price, tolerance)


# --- The service level ------------------------------------------------------------------------------------------------
def counted(now: datetime, window: timedelta) -> slo.Counts:
    """(comparisons judged, of them bad) in the window that ends now."""
    found = Probe.objects.filter(minute__gt=now - window, minute__lte=now).aggregate(answers=Sum("answers"), bad=Sum("bad"))
    return found["answers"] or 0, found["bad"] or 0


def alarm(now: datetime) -> None:
    """One incident while any rule is exceeded, as urgent as the most urgent of them; it is over when none is any more."""
    known = timedelta(minutes=Probe.objects.count())  # what was judged, however long ago the first of it
    alarming = [each for each in slo.burning(lambda window: counted(now, window), known) if each.alarming]
    if not alarming:
        incidents.closed("slo", now, "Comparisons are complete and quick again.")
        return
    worst = alarming[0]
    windows = f"{worst.long:.1f} times over {_hours(worst.rule.long)}, {worst.short:.1f} times over {_hours(worst.rule.short)}"
    said = f"Comparisons fail more often than allowed: {windows}."
    incidents.opened("slo", IncidentKind.SLO, now, title="The service level is missed", detail=said, critical=worst.rule.critical)


def _hours(window: timedelta) -> str:
    hours = window / timedelta(hours=1)
    return f"{hours:.0f} h" if hours >= 1 else f"{60 * hours:.0f} min"
