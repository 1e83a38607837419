"""Numbers for Prometheus at `/metrics`, read from what the whole installation has stored: each web server says the same.

Labels are words of the code and slugs of adapters, never what somebody sent.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from exchanges.models import ExchangeState
from markets import counting, incidents, read
from markets.analysis import timings
from markets.models import Delivery
from markets.reads import machinery
from markets.shapes import ExchangeStatus

Totals = Mapping[tuple[str, ...], Mapping[int, tuple[int, int]]]
BREAKER = {"closed": 0.0, "half open": 0.5, "open": 1.0}


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for who may read them; for everybody else there is nothing here."""
    if not allowed(request):
        return HttpResponse("nothing here: see PEBBLE_METRICS in the operating manual\n", status=404, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Installation(timezone.now()))
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError:
        return HttpResponse("the database is away\n", status=503, content_type="text/plain")


def allowed(request: HttpRequest) -> bool:
    """Who has the token; or this machine itself, asked directly and not through a proxy that stands on it."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    forwarded = any(name in ("Forwarded", "X-Real-Ip", "Via") or name.startswith("X-Forwarded") for name in request.headers)
    return settings.METRICS == "loopback" and not forwarded and _loopback(request.META.get("REMOTE_ADDR", ""))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class Installation(Collector):
    """Everything as it stands at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterable[Metric]:
        """One family after the other; the last says how long all the others took."""
        began = time.perf_counter()
        known = read.exchanges(self.now)
        yield from _counters()
        yield from _exchanges(known)
        yield from _limits(known)
        yield from _machinery(self.now)
        yield GaugeMetricFamily("pebble_scrape_seconds", "How long reading all this took.", value=time.perf_counter() - began)


def _counters() -> Iterator[Metric]:
    polls = counting.totals("polls")
    yield _counter("pebble_polls", "Polls of exchanges by source and outcome.", ("exchange", "source", "outcome"), _times(polls))
    asked = {labels: steps for labels, steps in polls.items() if labels[-1] not in machinery.NOT_ASKED}
    yield _histogram("pebble_poll_seconds", "How long polls took that asked something.", ("exchange", "source"), asked)
    yield _counter("pebble_exchange_requests", "Requests sent to exchanges.", ("exchange",), _amounts(counting.totals("requests")))
    web = counting.totals("web")
    yield _counter("pebble_web_requests", "Requests answered by view and status.", ("view", "status"), _times(web))
    yield _histogram("pebble_web_request_seconds", "How long answers took by view.", ("view",), web)
    yield _counter("pebble_alerts", "Alerts of people by what became of them.", ("outcome",), _times(counting.totals("alerts")))
    yield _counter("pebble_dropped", "What was not written because it would have had to wait.", ("what",), _times(counting.totals(counting.DROPPED)))


def _times(totals: Totals) -> dict[tuple[str, ...], float]:
    return {labels: sum(times for times, _ in steps.values()) for labels, steps in totals.items()}


def _amounts(totals: Totals) -> dict[tuple[str, ...], float]:
    return {labels: sum(amount for _, amount in steps.values()) for labels, steps in totals.items()}


def _counter(name: str, text: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _histogram(name: str, text: str, labels: tuple[str, ...], totals: Totals) -> Metric:
    """One histogram for each of the first labels, whatever the others say."""
    family, merged = HistogramMetricFamily(name, text, labels=labels), {}
    for key, steps in totals.items():
        into = merged.setdefault(key[: len(labels)], {})
        for step, (times, amount) in steps.items():
            into[step] = (into.get(step, (0, 0))[0] + times, into.get(step, (0, 0))[1] + amount)
    for key, steps in merged.items():
        count, total = sum(times for times, _ in steps.values()), sum(amount for _, amount in steps.values())
        buckets = [(str(limit), float(seen)) for limit, seen in timings.cumulative({step: times for step, (times, _) in steps.items()})]
        family.add_metric(key, [*buckets, ("+Inf", float(count))], total / 1000)
    return family


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float | None]) -> Metric:
    """Unknown is absent, never 0."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        if value is not None:
            family.add_metric(key, value)
    return family


def _exchanges(known: Iterable[ExchangeStatus]) -> Iterator[Metric]:
    each = list(known)
    states = {(e.slug, state): float(e.state == state) for e in each for state in ExchangeState.values}
    yield _gauge("pebble_exchange_state", "1 for the state an exchange is in.", ("exchange", "state"), states)
    yield _gauge("pebble_exchange_price_age_seconds", "Age of the newest quote.", ("exchange",), {(e.slug,): e.age_s for e in each})
    yield _gauge("pebble_breaker_open", "0 closed, 0.5 half open, 1 open.", ("exchange",), {(e.slug,): BREAKER[e.breaker] for e in each})
    feeds = {(e.slug, s.source): s.age_s for e in each for s in e.sources if s.enabled and e.enabled}
    yield _gauge("pebble_feed_age_seconds", "Since a source last answered well.", ("exchange", "source"), feeds)


def _limits(known: Iterable[ExchangeStatus]) -> Iterator[Metric]:
    shares = {(e.slug, m.name): float(m.used / m.limit) for e in known for m in e.meters if m.limit}
    yield _gauge("pebble_budget_used_ratio", "Share of a rate limit used in its last window.", ("exchange", "limit"), shares)


def _machinery(now: datetime) -> Iterator[Metric]:
    found = machinery.workers(now)
    yield _gauge("pebble_workers", "Workers alive, of all clusters.", (), {(): float(found.workers)})
    yield _gauge("pebble_clusters", "Clusters alive.", (), {(): float(found.clusters)})
    if found.queued is not None:
        yield _gauge("pebble_queue_tasks", "Tasks that wait.", (), {(): float(found.queued)})
    yield _gauge("pebble_queue_oldest_seconds", "How long the oldest task has waited.", (), {(): found.oldest_s})
    yield _gauge("pebble_schedules_overdue", "Schedules that are more than a minute late.", (), {(): float(len(found.overdue))})
    yield _gauge("pebble_collection_paused", "1 while an operator has paused all collection.", (), {(): float(found.paused_at is not None)})
    yield _gauge("pebble_board_pairs", "Pairs that trade somewhere switched on.", (), {(): float(read.pairs_traded())})
    deliveries = Delivery.meant.order_by().values_list("state").annotate(Count("pk"))
    yield _gauge("pebble_deliveries", "Messages kept, by how far they got.", ("state",), {(state,): float(count) for state, count in deliveries})
    kinds = incidents.going_on().order_by().values_list("kind").annotate(Count("pk"))
    yield _gauge("pebble_incidents_open", "Incidents that are going on.", ("kind",), {(kind,): float(count) for kind, count in kinds})
