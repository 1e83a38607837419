"""How every exchange, the workers and the coverage are doing: what the feed strip, the status page and the API say."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from auditlog.models import LogEntry
from django.conf import settings
from django.db import DatabaseError

from exchanges.adapter import SOURCE_NAMES
from exchanges.breaker import Breaker
from exchanges.capabilities import LABELS
from exchanges.models import Exchange, ExchangeState, Feed, Run, Transition
from markets import held
from markets.analysis import quality
from markets.asking import limits, meters
from markets.board import Board, PairKey, Quote
from markets.condition import PRICES
from markets.method import current_method
from markets.models import ServiceStatus
from markets.reads import machinery, measures, uptime
from markets.reads.machinery import GOOD, NOT_ASKED
from markets.shapes import Event, ExchangeStatus, Meter, SourceStatus, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STATS_KEPT_S, METERS_KEPT_S = 5.0, 1.0
OFF = "Switched off by an operator."

@dataclass(frozen=True)
class _Stats:
    """Polls of one hour: how many asked, how many good, their total times in order."""

    runs: int = 0
    good: int = 0
    times: tuple[int, ...] = ()

    @property
    def success_pct(self) -> Decimal | None:
        return Decimal(100 * self.good) / self.runs if self.runs else None

    def percentile(self, share: float) -> int | None:
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))] if self.times else None


@dataclass(frozen=True)
class _Hour:
    """The last hour's polls: {(exchange, source): stats}, and {exchange: (what a limit or a ban forbade, what gave way to prices)}."""

    stats: Mapping[tuple[str, str], _Stats]
    kept_back: Mapping[str, tuple[int, int]]


_NONE = _Hour({}, {})
_stats: tuple[float, _Hour] = (float("-inf"), _NONE)
_metered: dict[str, tuple[float, tuple[Meter, ...]]] = {}
_service: tuple[float, tuple[ServiceStatus, ...]] = (float("-inf"), ())


def forget() -> None:
    """Drop what is kept for some seconds."""
    global _stats, _service
    _metered.clear()
    _stats, _service = (float("-inf"), _NONE), (float("-inf"), ())
    machinery.forget()


def _hour(now: datetime) -> _Hour:
    """The last hour, read at most every five seconds per process."""
    global _stats  # noqa: PLW0603 - one copy per process, on purpose
    if time.monotonic() - _stats[0] > STATS_KEPT_S:
        try:
            _stats = (time.monotonic(), _Hour(_read_hour(now), machinery.kept_back(now, "exchange__slug")))
        except DatabaseError:
            _stats = (time.monotonic(), _stats[1])
    return _stats[1]


def _read_hour(now: datetime) -> dict[tuple[str, str], _Stats]:
    grouped: dict[tuple[str, str], list[tuple[str, int]]] = {}
    runs = Run.objects.filter(started_at__gt=now - HOUR).exclude(outcome__in=NOT_ASKED)
    for slug, source, outcome, ms in runs.values_list("exchange__slug", "source", "outcome", "ms"):
        grouped.setdefault((slug, source), []).append((outcome, ms))
    return {key: _summed([o in GOOD for o, _ in rows], [ms for _, ms in rows]) for key, rows in grouped.items()}


def _summed(good: Sequence[bool], times: Sequence[int]) -> _Stats:
    return _Stats(len(good), sum(good), tuple(sorted(times)))


def exchanges(now: datetime) -> tuple[ExchangeStatus, ...]:
    """Every exchange the adapters know, with its state and age. Cheap enough for every page."""
    view, hour = held.current(), _hour(now)
    rows = sorted(view.exchanges.values(), key=lambda e: (e.adapter.position, e.slug))  # type: ignore[union-attr]
    return tuple(_exchange(view, exchange, place, hour, now) for place, exchange in enumerate(rows, 1))


def _exchange(view: held.Held, e: Exchange, place: int, hour: _Hour, now: datetime) -> ExchangeStatus:
    """Success, times and retry are those of the sources that prices need: an option chain that fails is no sick exchange."""
    feeds, stats = view.feeds.get(e.slug, {}), hour.stats
    sources = tuple(_source(feeds[name], stats.get((e.slug, name), _Stats()), now) for name in sorted(feeds, key=_place))
    asked = [stats[e.slug, name] for name in PRICES if (e.slug, name) in stats]
    whole = _Stats(sum(s.runs for s in asked), sum(s.good for s in asked), tuple(sorted(t for s in asked for t in s.times)))
    age = _age(view.newest.get(e.slug), now)
    state = ExchangeState(e.state) if e.enabled else ExchangeState.DISABLED
    adapter = e.adapter
    assert adapter, "held exchanges have an adapter"  # noqa: S101 - for the type checker
    period = feeds["tickers"].period_s if "tickers" in feeds else 10
    refused, shed = hour.kept_back.get(e.slug, (0, 0))
    return ExchangeStatus(
        slug=e.slug, name=e.name, monogram=adapter.monogram, place=place, enabled=e.enabled, state=state.value, state_label=str(state.label),
        state_since=e.state_since, detail=e.state_detail if e.enabled else OFF, age_s=age,
        freshness=quality.state(age, period, current_method()) if age is not None else "",
        markets=view.trading.get(e.slug, 0),
        taker_fee_pct=e.taker_fee_pct if e.taker_fee_pct is not None else adapter.taker_fee * 100,
        success_pct=whole.success_pct, p50_ms=whole.percentile(0.5), p95_ms=whole.percentile(0.95),
        breaker=_breaker(feeds), retry_in_s=max((s.retry_in_s for s in sources if s.price and s.retry_in_s), default=None), meters=_meters(e), sources=sources,
        maintenance=_maintenance(e, now), refused=refused, shed=shed, silent_until=_silent_until(e.slug, state, now),
    )


def _silent_until(slug: str, state: ExchangeState, now: datetime) -> datetime | None:
    """When the exchange lets us ask again; None where it has not told us to wait. One that is well is not looked up."""
    seconds = None if state in (ExchangeState.HEALTHY, ExchangeState.STARTING, ExchangeState.DISABLED) else limits().blocked(slug)
    return (now + timedelta(seconds=seconds + 59)).replace(second=0, microsecond=0) if seconds else None


def _meters(e: Exchange) -> tuple[Meter, ...]:
    """Not older than a second, since every page shows the exchanges' states; the last ones of this process while the database is away."""
    read_at, found = _metered.get(e.slug, (float("-inf"), ()))
    if time.monotonic() - read_at > METERS_KEPT_S:
        with suppress(DatabaseError):
            found = meters(e)
        _metered[e.slug] = (time.monotonic(), found)
    return found


def _maintenance(e: Exchange, now: datetime) -> str:
    """What the exchange itself says of a maintenance that is on, or comes within a day."""
    for row in _windows(now):
        over, far = row.ends_at is not None and row.ends_at <= now, row.starts_at is not None and row.starts_at > now + DAY
        if row.exchange_id == e.pk and not over and not far:
            when = " to ".join(f"{at:%d %b %H:%M}" for at in (row.starts_at, row.ends_at) if at)
            return f"{row.title or row.get_state_display()}{f', {when} UTC' if when else ''}"
    return ""


def _windows(now: datetime) -> Sequence[ServiceStatus]:
    """Every maintenance told of, read at most every five seconds per process: each page shows the exchanges' states."""
    global _service  # noqa: PLW0603 - one copy per process, on purpose
    if time.monotonic() - _service[0] > STATS_KEPT_S:
        try:
            _service = (time.monotonic(), tuple(ServiceStatus.objects.exclude(state="open").order_by("starts_at")))
        except DatabaseError:
            _service = (time.monotonic(), _service[1])
    return _service[1]


def _place(source: str) -> tuple[bool, int]:
    """What prices need comes first."""
    return source not in PRICES, SOURCE_NAMES.index(source) if source in SOURCE_NAMES else len(SOURCE_NAMES)


def _age(newest: datetime | None, now: datetime) -> float | None:
    if newest is None or newest == held.NEVER or newest - now > quality.FUTURE:
        return None
    return max(0.0, (now - newest).total_seconds())


def _source(feed: Feed, stats: _Stats, now: datetime) -> SourceStatus:
    retry = (feed.probe_at - now).total_seconds() if feed.probe_at and feed.probe_at > now else None
    return SourceStatus(
        source=feed.source, price=feed.source in PRICES, label=LABELS.get(feed.source, feed.source), enabled=feed.enabled,
        period_s=feed.period_s, outcome=feed.outcome, detail=feed.detail, finished_at=feed.finished_at, ok_at=feed.ok_at,
        age_s=_age(feed.ok_at, now), fails=feed.fails, runs=stats.runs, success_pct=stats.success_pct,
        p50_ms=stats.percentile(0.5), p95_ms=stats.percentile(0.95), retry_in_s=retry,
    )


def _breaker(feeds: Mapping[str, Feed]) -> str:
    tickers = feeds.get("tickers")
    return Breaker(tickers.fails, tickers.opened, tickers.probe_at).phase if tickers else "closed"


def status(now: datetime) -> Status:
    """What the status page, `/status.json` and `status/` of the API say."""
    view, rows = held.current(), exchanges(now)
    workers = machinery.workers(now)
    level, sentence, explanation = machinery.trouble(workers) or _sentence([e for e in rows if e.enabled])
    trading = traded(view.board)
    ages = [(_age(q.observed_at, now), q.period_s) for quotes in trading.values() for q in quotes]
    fresh = sum(age is not None and quality.state(age, period, current_method()) == "fresh" for age, period in ages)
    return Status(
        as_of=now, simulated=settings.SIMULATED, sentence=sentence, explanation=explanation, level=level, exchanges=rows, workers=workers,
        pairs=len(trading), shared_pairs=sum(len(q) >= 2 for q in trading.values()),
        assets=len({key.base for key in trading}), fresh_pct=Decimal(100 * fresh) / len(ages) if ages else None, events=_events(),
        asking=measures.asking(now), histories=uptime.histories(now), troubles=uptime.troubles(now),
    )


def traded(board: Board) -> dict[PairKey, list[Quote]]:
    """The pairs that trade somewhere switched on, with the quotes of those markets: what coverage means."""
    rows = {key: [q for q in quotes.values() if q.status == "trading" and not q.switch] for key, quotes in board.pairs.items()}
    return {key: row for key, row in rows.items() if row}


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def _word(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else str(count)


def _sentence(on: Sequence[ExchangeStatus]) -> tuple[str, str, str]:
    """(level, one sentence, one explanation) for the exchanges that are switched on."""
    waiting, sick = [e for e in on if not e.freshness], [e for e in on if e.freshness and not e.live]
    if not on:
        return "down", "Every exchange is switched off.", "An operator turned them off; nothing is asked and nothing is compared."
    if len(waiting) == len(on):
        return "warn", "Collecting first prices.", "No exchange has answered yet."
    if not waiting and not sick:
        return "ok", f"{_all(len(on))} live.", "Every exchange that is switched on has fresh prices."
    if not any(e.live for e in on):
        ranked = "the youngest are still ranked, and marked as ageing" if any(e.freshness == "aging" for e in on) else "nothing is ranked"
        return "down", "No live prices right now.", f"The last known values are shown with their ages; {ranked}."
    names = ", ".join(e.name for e in [*sick, *waiting])
    rest = sum(e.live for e in on)
    verb = "is" if len(sick) + len(waiting) == 1 else "are"
    subject = f"{_word(len(sick) + len(waiting))} {'exchange' if verb == 'is' else 'exchanges'}"
    sentence = f"{subject} {verb} not live. Comparisons keep running on the other {_word(rest).lower()}."
    return "warn", sentence, f"{names}: quotes are left out of every best price until they are fresh again."


def _all(count: int) -> str:
    return "The only exchange is" if count == 1 else f"All {_word(count).lower()} exchanges are"


def _events(limit: int = 8) -> tuple[Event, ...]:
    """Changes of state, and switches by operators (who stays in the admin's audit)."""
    labels = dict(ExchangeState.choices)
    off = ExchangeState.DISABLED  # the audit tells of switches, and by whom
    seen = held.current().exchanges
    moves = Transition.objects.filter(exchange__slug__in=seen).exclude(before=off).exclude(after=off).select_related("exchange")[:limit]
    changes = [Event(t.at, t.exchange.slug, f"{t.exchange.name}: {labels[t.after].lower()}. {t.detail}".strip()) for t in moves]
    switched = LogEntry.objects.get_for_model(Exchange).filter(changes__has_key="enabled", action=LogEntry.Action.UPDATE)
    switched = switched.filter(object_id__in=[exchange.pk for exchange in seen.values()]).order_by("-timestamp")[:limit]
    return tuple(sorted([*changes, *(_switch(entry) for entry in switched)], key=lambda e: e.at, reverse=True)[:limit])


def _switch(entry: LogEntry) -> Event:
    on = entry.changes_dict["enabled"][1] == "True"
    exchange = Exchange.objects.filter(pk=entry.object_id).first()
    return Event(entry.timestamp, exchange.slug if exchange else "", f"{entry.object_repr} switched {'on' if on else 'off'} by an operator.")
