"""What a finished poll means for its feed's breaker, its exchange's state, and what is wrong. Inside the poll's transaction."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from exchanges import breaker, health
from exchanges.client import Outcome
from exchanges.models import Exchange, ExchangeState, Feed, Incident, Run, Transition
from markets import catalogue, troubles
from markets.asking import limits
from markets.method import current_method
from markets.models import IdentityState, Market
from markets.models import Quote as QuoteRow

PRICES = ("time", "instruments", "tickers")
# A real difference that lasts is no error of its prices. Another coin is none, either, but a list in another unit looks like hundreds of them.
OUTLIERS = ("price_anomaly", "unit_mismatch", "identity_conflict")


def advance(feed: Feed, outcome: Outcome, now: datetime) -> bool:
    """Move the breaker and the state on, and follow incidents; return whether readers have to notice."""
    moved = _breaker(feed, outcome, now)
    row = Exchange.objects.get(pk=feed.exchange_id)
    feeds = {each.source: each for each in Feed.objects.filter(exchange=row, source__in=("tickers", "instruments"))}
    stale, outliers = _quotes(row, feeds.get("tickers"), now)
    if feed.source == "tickers" and outcome.good and outliers:
        Run.objects.filter(exchange=row, source=feed.source, token=feed.token).update(outliers=outliers)
    changed = _state(row, now, stale, feeds)
    troubles.follow(row, feed, outcome, now, changed=changed, outliers=outliers)
    return changed or moved


def _breaker(feed: Feed, outcome: Outcome, now: datetime) -> bool:
    """Compare-and-set: of two that count at once, each counts from what the other has written."""
    jitter = random.uniform(-1, 1)  # noqa: S311 - spreads probes, guards nothing
    while True:
        row = Feed.objects.filter(pk=feed.pk).values("fails", "opened", "probe_at").get()
        before = breaker.Breaker(**row)
        after = breaker.after(before, outcome.outcome, now, jitter)
        if after == before or Feed.objects.filter(pk=feed.pk, **row).update(fails=after.fails, opened=after.opened, probe_at=after.probe_at):
            return after.phase != before.phase


def _state(row: Exchange, now: datetime, stale: float | None, feeds: Mapping[str, Feed]) -> bool:
    if row.auto or not row.switched_on:
        return False  # off: an answer that was on its way changes nothing
    state = ExchangeState.STARTING if row.state in (ExchangeState.DISABLED, ExchangeState.AUTO_DISABLED) else row.state
    blocked_s = limits().blocked(row.slug)
    calls = _calls(row, now)
    signals = health.measure(
        calls, now, state, row.state_since, stale_share=stale, penalty=limits().penalty(row.slug), blocked_s=blocked_s,
        hint=_hint(row) if blocked_s else "", lost=_lost(feeds.get("instruments")), unpriced=_unpriced(feeds.get("tickers"), state),
    )
    if state in health.AWAY and signals.unpriced and _is_first(calls, row.state_since):
        _ask_for_prices(row, now)
    if signals.slow and _slow_ourselves(now):
        signals = replace(signals, slow=False)
    after, why = health.next_state(state, signals)
    return move(row, after, now, why)


def slow_together(now: datetime) -> tuple[str, ...]:
    """The exchanges whose answers are slow, as long as they are three or more: then it is us."""
    calls: dict[str, list[health.Call]] = {}
    runs = Run.objects.filter(Exchange.asked("exchange__"), source__in=PRICES, started_at__gt=now - health.RECENT).order_by("finished_at")
    for name, outcome, ms, at in runs.values_list("exchange__name", "outcome", "ms", "finished_at"):
        calls.setdefault(name, []).append(health.Call(outcome, ms, at))
    names = tuple(sorted(name for name, own in calls.items() if health.measure(own, now, "degraded", None).slow))
    return names if len(names) >= health.TOGETHER else ()


def _slow_ourselves(now: datetime) -> bool:
    """Our own slowness is no trouble of theirs, nor is what it left in their last five minutes."""
    told = Incident.objects.filter(key=troubles.SLOW).filter(Q(closed_at=None) | Q(closed_at__gt=now - health.RECENT))
    return told.exists() or bool(slow_together(now))


def _hint(row: Exchange) -> str:
    """What an operator can do about the silence, by the last answer that asked for it."""
    last = Run.objects.filter(exchange=row, outcome__in=health.TOLD_TO_WAIT).order_by("-id").values_list("outcome", "detail").first()
    return health.hint(*last) if last else ""


def _lost(instruments: Feed | None) -> str:
    """Why its last list of markets was not believed, while the one before it counts."""
    if instruments is None or not instruments.enabled or instruments.outcome != "schema":
        return ""
    return instruments.detail if instruments.detail.startswith(catalogue.LOST) else ""


def _unpriced(tickers: Feed | None, state: str) -> str:
    """How its prices failed, while their breaker keeps them from being asked for; of one that is away, until they are answered."""
    if tickers is None or not tickers.enabled:
        return ""
    open_ = breaker.Breaker(tickers.fails, tickers.opened, tickers.probe_at).phase == "open"
    return tickers.outcome if open_ or (state in health.AWAY and tickers.outcome not in breaker.GOOD) else ""


def _is_first(calls: Sequence[health.Call], since: datetime | None) -> bool:
    """Whether the newest call is the first good one since it is away, or in five minutes."""
    good = [call for call in calls if call.outcome in breaker.GOOD and (since is None or call.at >= since)]
    return len(good) == 1 and good[0] is calls[-1]


def _ask_for_prices(row: Exchange, now: datetime) -> None:
    """With its first good answer the next try of an exchange's prices is due: it is not back without them, and the breaker's own
    probe may be five minutes away."""
    Feed.objects.filter(exchange=row, source="tickers", fails__gt=0, probe_at__gt=now).update(probe_at=now)


def move(row: Exchange, after: str, now: datetime, why: str = "") -> bool:
    """Compare-and-set: of two that find the same change, one writes it and its line of history. `row` is brought up to date."""
    why = why[:200]
    if after == row.state:
        if why != row.state_detail:
            Exchange.objects.filter(pk=row.pk).update(state_detail=why)
        return False
    if not Exchange.objects.filter(pk=row.pk, state=row.state, moves=row.moves).update(state=after, state_since=now, state_detail=why, moves=F("moves") + 1):
        return False
    Transition.objects.create(exchange=row, at=now, before=row.state, after=after, detail=why, number=row.moves + 1)
    row.state, row.state_since, row.state_detail, row.moves = after, now, why, row.moves + 1
    return True


def switched(exchange: Exchange, now: datetime) -> bool:
    """Bring the state in line with an operator's switches: off is a state, and after it comes starting."""
    row = Exchange.objects.get(pk=exchange.pk)
    if not row.switched_on:
        changed = move(row, ExchangeState.DISABLED, now, "Switched off by an operator.")
    elif row.state == ExchangeState.DISABLED:
        changed = move(row, ExchangeState.AUTO_DISABLED if row.auto else ExchangeState.STARTING, now, row.auto_reason if row.auto else "")
    else:
        return False
    troubles.after(row, now)
    return changed


def _calls(exchange: Exchange, now: datetime) -> list[health.Call]:
    """Polls of the sources that prices need: an option chain that fails is that source's trouble, not the exchange's."""
    runs = Run.objects.filter(exchange=exchange, source__in=PRICES, started_at__gt=now - health.RECENT).order_by("finished_at")
    return [health.Call(o, ms, at, rows, dropped) for o, ms, at, rows, dropped in runs.values_list("outcome", "ms", "finished_at", "rows", "dropped")]


def _quotes(exchange: Exchange, feed: Feed | None, now: datetime) -> tuple[float | None, int]:
    """The share of its trading markets' quotes that are past aging although it answers, None while it does not; and how many
    stand away from the other exchanges'.

    After a pause (a restart, a switch) old quotes say nothing of how it does now.
    """
    limit = now - timedelta(seconds=current_method().aging_periods * (feed.period_s if feed else 10))
    quotes = QuoteRow.objects.filter(market__exchange=exchange, market__status=Market.Status.TRADING, market__enabled=True)
    odd = Q(flag__in=OUTLIERS) & ~Q(flag="identity_conflict", market__base__state=IdentityState.CONFLICTED)  # a coin known to be another is no error
    found = quotes.aggregate(all=Count("pk"), stale=Count("pk", filter=Q(observed_at__lt=limit)), odd=Count("pk", filter=odd))
    answers = feed is not None and feed.ok_at is not None and feed.ok_at >= limit
    return (found["stale"] / found["all"] if answers and found["all"] else None), found["odd"]
