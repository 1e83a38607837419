"""Whose turn it is in a source that is read market by market: the plan's markets, and those people look at.

A `Reading` row remembers each market's turn. Whoever looks at something that is not stored, or is too old, marks it wanted
and asks the queue once, however many look at the same; the page fills in when the answer is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django_q.tasks import async_task

from exchanges import plan
from exchanges.adapter import Ask, Source
from exchanges.adapters import ADAPTERS
from exchanges.client import Outcome
from exchanges.models import Feed
from exchanges.rows import Instrument, Row
from markets import held
from markets.board import Board, PairKey
from markets.bulk import upsert
from markets.models import Derivative, Market, Reading

WATCHED = timedelta(minutes=2)  # so long after the last look a market stays in the plan
AGAIN = timedelta(seconds=2)  # a look so soon after another one asks nothing new
CANDLES = 500  # the least that any of them gives in one reply
PAST = timedelta(days=30)  # of settled funding
AT_ONCE = 8  # markets in one task: its requests must end before a page has waited too long
NEVER = held.NEVER


# --- Who wants what -------------------------------------------------------------------------------------------------
def want(market_ids: Collection[int], source: str, now: datetime, *, fresh_s: float) -> list[int]:
    """Say that somebody looks at these markets now; ask the queue for those not tried within `fresh_s`. Return those asked for."""
    known = {reading.market_id: reading for reading in Reading.objects.filter(market__in=market_ids, source=source)}
    old = [pk for pk in market_ids if pk not in known or _is_old(known[pk], now, fresh_s)]
    _note("looked_at", market_ids, source, now)
    _note("wanted_at", old, source, now)
    for slug in Market.objects.filter(pk__in=old).order_by("exchange__slug").values_list("exchange__slug", flat=True).distinct():
        async_task("markets.tasks.look", slug, source, q_options={"save": False, "cluster": settings.PEOPLE_QUEUE})
    return old


def _note(column: str, market_ids: Collection[int], source: str, now: datetime) -> None:
    upsert(Reading, ("market_id", "source", column, "outcome", "detail"), [(pk, source, now, "", "") for pk in market_ids],
           key=("market_id", "source"), update=(column,))


def _is_old(reading: Reading, now: datetime, fresh_s: float) -> bool:
    """Neither tried lately, nor asked for a moment ago. What was just refused is not asked again at every look."""
    asked = reading.wanted_at is not None and now - reading.wanted_at < AGAIN
    return not asked and (reading.tried_at is None or now - reading.tried_at > timedelta(seconds=fresh_s))


def pending(feed: Feed) -> list[int]:
    """Markets somebody waits for, the longest first."""
    waiting = _readings(feed).filter(wanted_at__isnull=False).filter(Q(tried_at__isnull=True) | Q(tried_at__lt=F("wanted_at")))
    return list(waiting.order_by("wanted_at").values_list("market_id", flat=True)[:AT_ONCE])


def done(outcomes: Mapping[int, Outcome[Row]], source: str, now: datetime) -> None:
    """Remember how each market's turn ended."""
    columns = ("market_id", "source", "tried_at", "read_at", "outcome", "detail")
    rows = [(pk, source, now, now if o.good else None, o.outcome, o.detail[:200]) for pk, o in outcomes.items()]
    update = {"tried_at": "{new}", "read_at": "COALESCE({new}, {old})", "outcome": "{new}", "detail": "{new}"}
    upsert(Reading, columns, rows, key=("market_id", "source"), update=update)


def refused(feed: Feed, outcome: str, now: datetime) -> None:
    """Nothing can be asked now: whoever waits is told why instead of waiting."""
    Reading.objects.filter(market__in=pending(feed), source=feed.source).update(tried_at=now, outcome=outcome, detail="")


# --- Whose turn it is -----------------------------------------------------------------------------------------------
def due(feed: Feed, source: Source[Row], now: datetime) -> list[int]:
    """The next markets of the plan: those read longest ago, as many as one firing reads."""
    planned = {*busiest(feed, source), *_watched(feed, now)}
    tried = dict(_readings(feed).filter(market__in=planned).values_list("market_id", "tried_at"))
    soon = now - timedelta(seconds=0.9 * feed.period_s)
    waiting = [pk for pk in planned if (tried.get(pk) or NEVER) <= soon]
    waiting.sort(key=lambda pk: (tried.get(pk) or NEVER, pk))
    return waiting[: plan.turns(source, feed.period_s, max(len(planned), feed.markets or 0))]


def busiest(feed: Feed, source: Source[Row]) -> list[int]:
    """The plan's markets: spot markets of pairs that can be compared, or contracts, by volume."""
    count = feed.markets or 0
    if source.fitting(Instrument("", "", "", kind="spot")):
        return _spot(feed.exchange.slug, count)
    rows = Derivative.objects.filter(market__exchange=feed.exchange, market__kind="perp", market__status=Market.Status.TRADING, market__enabled=True)
    ids = rows.order_by(F("quote_volume_24h").desc(nulls_last=True), "market_id").values_list("market_id", flat=True)
    return list(ids[:count])


def _spot(slug: str, count: int) -> list[int]:
    """Markets of pairs that stand on two exchanges or more, the largest volume over all exchanges first."""
    view = held.everything()
    entries = [(pk, entry.key) for pk, entry in view.entries.get(slug, {}).items() if entry.enabled]
    compared = [(pk, key) for pk, key in entries if len(view.board.pairs.get(key, {})) >= 2]
    compared.sort(key=lambda each: (-_volume(view.board, each[1]), each[0]))
    return [pk for pk, _ in compared[:count]]


def _volume(board: Board, key: PairKey) -> Decimal:
    """24 hours over all exchanges, in USD."""
    rate = board.usd.get(key.quote, Decimal(0))
    return rate * sum((quote.quote_volume_24h or Decimal(0) for quote in board.pairs[key].values()), Decimal(0))


def _watched(feed: Feed, now: datetime) -> QuerySet[Reading, int]:
    return _readings(feed).filter(looked_at__gt=now - WATCHED).values_list("market_id", flat=True)


def _readings(feed: Feed) -> QuerySet[Reading]:
    return Reading.objects.filter(source=feed.source, market__exchange=feed.exchange)


# --- What is asked --------------------------------------------------------------------------------------------------
def asks(feed: Feed, source: Source[Row], market_ids: Sequence[int], now: datetime) -> list[tuple[int, Ask]]:
    """(market, request about it) for every market, several where candles of several periods are read."""
    rows = {market.pk: instrument(market) for market in _with_codes(Market.objects.filter(pk__in=market_ids))}
    # A coin's market and a contract may have one symbol, and answers are told apart by it: the other waits for the next firing.
    first: dict[str, int] = {}
    chosen = [pk for pk in market_ids if pk in rows and first.setdefault(rows[pk].symbol, pk) == pk]
    return [(pk, ask) for pk in chosen for ask in _asks(rows[pk], source, now)]


def _asks(market: Instrument, source: Source[Row], now: datetime) -> Iterator[Ask]:
    """One request, or one for each period of candles, reaching back as far as every exchange answers at once."""
    parts = source.fitting(market)
    if parts and parts[0].periods:
        yield from (Ask(market, period, now - CANDLES * timedelta(seconds=period), now) for period in plan.asks(parts[0]))
    else:
        yield Ask(market, start=now - PAST, end=now)


def instruments(feed: Feed, source: Source[Row]) -> dict[str, Instrument]:
    """What the units of a whole list need: the markets of the catalogues it names, by native symbol."""
    kinds = {kind for name in source.known for kind in KINDS[name]}
    if not kinds:
        return {}
    return {m.symbol: instrument(m) for m in _with_codes(Market.objects.filter(exchange=feed.exchange, kind__in=kinds).exclude(status=Market.Status.DELISTED))}


KINDS: Mapping[str, tuple[str, ...]] = {"instruments": ("spot",), "perp_instruments": ("perp", "future"), "option_instruments": ("option",)}


# Whose markets a list is about: without that catalogue its rows have nowhere to go.
CATALOGUE_OF: Mapping[str, str] = {
    "tickers": "instruments", "perp_tickers": "perp_instruments", "funding": "perp_instruments", "option_tickers": "option_instruments",
}


def _with_codes(markets: QuerySet[Market]) -> Iterable[Market]:
    return markets.select_related("base", "quote")


def instrument(market: Market) -> Instrument:
    """A stored market in the words its exchange knows it by."""
    return Instrument(
        market.symbol, market.base.code, market.quote.code, kind=market.kind, status=market.status, contract_size=market.contract_size, inverse=market.inverse,
        settle=market.settle or None, index=market.index or None, underlying=market.underlying or None, expiry=market.expiry, strike=market.strike,
        option_type=market.option_type or None, funding_interval_hours=market.funding_interval_hours, tokenised=market.tokenised,
    )


def source_of(feed: Feed) -> Source[Row] | None:
    """The source a feed stands for; None when its adapter is gone."""
    adapter = ADAPTERS.get(feed.exchange.slug)
    return adapter.source(feed.source) if adapter else None
