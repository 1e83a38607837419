"""The success measures, computed by Pebble about itself, with what they should be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from datetime import time as midnight
from decimal import Decimal

from django.db import DatabaseError
from django.db.models import Count, Q, Sum

from exchanges.models import Exchange
from markets import away, counting, probing, read
from markets.analysis import slo, timings
from markets.ask import outcome
from markets.latest import Latest
from markets.models import AskCount, Decision, IdentityState, Probe
from markets.reads import measures
from markets.shapes import Measure

KEPT_S = 15
DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
MINUTE_S = 60
PEOPLE_ONLY = ("admin:", "two_factor", "login", "logout", "none")  # their times are not those of stored data
ASKING = ("ask", "markets.api.ask")
HUNDRED = Decimal(100)
_kept = Latest(1)


def success(now: datetime) -> tuple[Measure, ...]:
    """Every measure. Read at most every fifteen seconds per process; empty while the database is away."""
    try:
        return _kept.get(time.monotonic() // KEPT_S, lambda: _read(now))
    except DatabaseError:
        return ()


def _read(now: datetime) -> tuple[Measure, ...]:
    speeds = _speeds(now)
    return (
        _at_least("markets", "Spot markets covered", _markets(now), "", 2000, "Trading spot markets of the exchanges that are switched on."),
        _free("assets", "Coins covered", _assets()[0], "", "Distinct coins by identity, on those exchanges."),
        _above("questions", "Questions answered", measures.asking(now).success_pct, "%", 95, "Grade A to C, asked back, or refused where due; seven days."),
        _below("answer_ms", "Answers to questions, 95 % within", speeds(True), "ms", 2000, "Whole answers; the last day."),
        _below("page_ms", "Pages and API, 95 % within", speeds(False), "ms", 300, "From stored data; the last day."),
        _at_least("availability", "Availability", _availability(now), "%", Decimal("99.9"),
                  "Minutes in which the home page and best prices answered with a fresh exchange; thirty days. When Pebble was off does not count."),
        _at_least("service_level", "Comparisons complete and in time", _service(now), "%", Decimal("99.9"), "Ten tried every minute; thirty days."),
        _free("accuracy", "Best prices not contradicted", _accuracy(now), "%", "Held against the same exchange's next price; seven days."),
        _free("anomalies", "Anomalies that were some", _precision(), "%", "Of codes kept apart by evidence, those that operators left apart."),
        _at_least("discovery", "Coins for each one of the largest exchange", _discovery(), "x", 3, "Coins visible here, by those on the exchange with most."),
        _free("cost", "Requests for each answered question", _cost(now), "", "All requests to exchanges since midnight UTC, collecting included."),
        _free("budget", "Budget used by the busiest exchange", _budget(now), "%", "Of the operator's budget; the last whole hour."),
    )  # fmt: skip


# --- Targets ----------------------------------------------------------------------------------------------------------
def _free(key: str, label: str, value: Decimal | int | None, unit: str, told: str) -> Measure:
    return Measure(key, label, None if value is None else Decimal(value), unit, "", None, told)


def _at_least(key: str, label: str, value: Decimal | int | None, unit: str, least: Decimal | int, told: str) -> Measure:  # noqa: PLR0917
    return _free(key, label, value, unit, told)._replace(target=f"at least {least:,}{_spaced(unit)}", met=None if value is None else value >= least)


def _above(key: str, label: str, value: Decimal | int | None, unit: str, limit: int, told: str) -> Measure:  # noqa: PLR0917
    return _free(key, label, value, unit, told)._replace(target=f"above {limit:,}{_spaced(unit)}", met=None if value is None else value > limit)


def _below(key: str, label: str, value: Decimal | int | None, unit: str, limit: int, told: str) -> Measure:  # noqa: PLR0917
    return _free(key, label, value, unit, told)._replace(target=f"at most {limit:,}{_spaced(unit)}", met=None if value is None else value <= limit)


def _spaced(unit: str) -> str:
    return f"{'' if unit in ('%', 'x') else ' '}{unit}" if unit else ""


def share_pct(some: int, whole: int) -> Decimal | None:
    """Percent; None of nothing."""
    return HUNDRED * some / whole if whole else None


# --- Values -----------------------------------------------------------------------------------------------------------
def _markets(now: datetime) -> int | None:
    return sum(e.markets for e in read.exchanges(now) if e.enabled) or None


def _assets() -> tuple[int | None, int | None]:
    """(coins visible, coins on the exchange that has most)."""
    listed: dict[str, set[str]] = {}
    for key, quotes in read.board().pairs.items():
        for exchange, quote in quotes.items():
            if quote.status == "trading" and not quote.switch:
                listed.setdefault(exchange, set()).add(key.base)
    everything = set().union(*listed.values()) if listed else set()
    return len(everything) or None, max(map(len, listed.values()), default=None)


def _discovery() -> Decimal | None:
    visible, largest = _assets()
    return Decimal(visible) / largest if visible and largest else None


def _speeds(now: datetime) -> Callable[[bool], int | None]:
    found = counting.since("web", now - DAY)
    return lambda asking: timings.percentile(_steps(found, asking=asking), 0.95)


def _steps(found: Mapping[tuple[str, ...], Mapping[int, tuple[int, int]]], *, asking: bool) -> dict[int, int]:
    merged: dict[int, int] = {}
    for (view, *_), steps in found.items():
        if view.startswith(ASKING) is asking and not view.startswith(PEOPLE_ONLY):
            for step, (times, _) in steps.items():
                merged[step] = merged.get(step, 0) + times
    return merged


def _availability(now: datetime) -> Decimal | None:
    """Minutes that were not judged, between the first one and now, are minutes without an answer, but for those in which Pebble was away."""
    first = Probe.objects.filter(minute__gt=now - slo.WINDOW).order_by("minute").values_list("minute", flat=True).first()
    if first is None:
        return None
    seen_s = (now - first - away.within(first, now, now)).total_seconds()
    found = Probe.objects.filter(minute__gt=now - slo.WINDOW).aggregate(all=Count("pk"), good=Count("pk", filter=Q(good=True)))
    return share_pct(found["good"], max(found["all"], int(seen_s // MINUTE_S) + 1))


def _service(now: datetime) -> Decimal | None:
    judged, bad = probing.counted(now, slo.WINDOW)
    return share_pct(judged - bad, judged)


def _accuracy(now: datetime) -> Decimal | None:
    published, false = (_times(counting.since(name, now - WEEK)) for name in ("published", "contradicted"))
    return share_pct(published - false, published)


def _times(found: Mapping[tuple[str, ...], Mapping[int, tuple[int, int]]]) -> int:
    return sum(times for steps in found.values() for times, _ in steps.values())


def _precision() -> Decimal | None:
    kept = Q(action__in=(Decision.Action.SPLIT, Decision.Action.IGNORE))
    decided = Decision.objects.filter(undone_at=None, before__state=IdentityState.CONFLICTED).aggregate(all=Count("pk"), right=Count("pk", filter=kept))
    return share_pct(decided["right"], decided["all"])


def _cost(now: datetime) -> Decimal | None:
    asked = AskCount.objects.filter(day=now.date(), outcome__in=outcome.SUCCESS).aggregate(n=Sum("questions"))["n"]
    sent = _amounts(counting.since("requests", datetime.combine(now.date(), midnight(), UTC)))
    return Decimal(sum(sent.values())) / asked if asked and sent else None


def _amounts(found: Mapping[tuple[str, ...], Mapping[int, tuple[int, int]]]) -> dict[str, int]:
    return {labels[0]: sum(amount for _, amount in steps.values()) for labels, steps in found.items()}


def _budget(now: datetime) -> Decimal | None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    whole, running = (_amounts(counting.since("requests", since)) for since in (hour - HOUR, hour))
    budgets = dict(Exchange.objects.values_list("slug", "budget_per_minute"))
    shares = [share_pct(sent - running.get(slug, 0), budgets[slug] * 60) for slug, sent in whole.items() if slug in budgets and sent > running.get(slug, 0)]
    return max((share for share in shares if share is not None), default=None)
