"""An exchange's instruments into markets, codes and assets. Called inside the poll's transaction by `markets.store`.

A ticker is a name, not a coin: a code new to us starts under the asset of the same ticker and class with identity
"unknown", and prices decide from there. What an operator decided is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from msgspec import structs

from exchanges.client import NOT_TRADED
from exchanges.models import Exchange, Feed
from exchanges.rows import Instrument
from markets import evidence, listings
from markets.bulk import upsert
from markets.codes import MONEY, canonical, code_ids, families, free_slug
from markets.models import Book, Derivative, ExchangeAsset, Funding, Market, OptionQuote, Quote, Reading, Renaming
from markets.polls import SOURCE_KINDS, touch

__all__ = ["canonical", "free_slug", "refusal", "store"]

MAX_LOSS = 0.2  # a list that lost more than this is a truncated reply, not news ...
LOST = "the list lost"
REFUSALS = 3  # ... unless it says the same this many times in a row
STANDS = timedelta(minutes=15)  # so long a refused book speaks against a list
DELISTED_AFTER = 3  # accepted lists in a row without the market

# What a list that is only part of the whole leaves unsaid is not forgotten.
_KEPT = (
    "tick_size", "lot_size", "min_size", "min_notional", "maker_fee", "taker_fee", "contract_size", "expiry", "strike", "funding_interval_hours",
    "max_leverage", "listed_at", "delist_at",
)
_SAID = ("base_id", "quote_id", "status", "leveraged", "tokenised", "settle", "inverse", "index", "underlying", "option_type", "missing")
_COLUMNS = ("exchange_id", "symbol", "kind", *_SAID, *_KEPT, "enabled", "first_seen_at")


Pair = tuple[int, int]  # the ExchangeAssets of base and quote


@dataclass(frozen=True)
class Change:
    """What a list changed: how many markets it has, and whether it brought codes, or markets, or moved them."""

    markets: int
    codes: bool


def refusal(exchange: Exchange, instruments: Sequence[Instrument], now: datetime, source: str = "instruments") -> str:
    """Why this list cannot be believed, as a sentence, or "" when it can. What has expired is no loss."""
    expected = _listed(exchange, source).filter(missing=0).exclude(expiry__lte=now)
    known = set(expected.values_list("kind", "symbol"))
    lost = len(known - {(i.kind, i.symbol) for i in instruments})
    if known and lost > MAX_LOSS * len(known):
        return f"{LOST} {lost} of {len(known)} markets; the last good one is kept"
    return ""


def store(exchange: Exchange, instruments: Sequence[Instrument], now: datetime, source: str = "instruments", *, whole: bool = True, unread: int = 0) -> Change:
    """Make the catalogue of `exchange` what its list says.

    `whole=False`: a part of the list could not be read. What is there is taken, what is not there is not missed.
    `unread`: so many rows could not be read; no more markets than that may simply be among them.
    """
    before = listings.standing(exchange, source)
    refused = _refused(exchange, now)
    instruments = [structs.replace(i, status=Market.Status.HALTED) if i.status == "trading" and (i.kind, i.symbol) in refused else i for i in instruments]
    codes, new = code_ids(exchange, instruments)
    of = families(instruments, codes)
    pairs = {(i.kind, i.symbol): (codes[i.base, of(i)], codes[i.quote, MONEY]) for i in instruments}
    rows = [_market(exchange, i, pairs, now) for i in instruments]
    _retire_renamed(instruments, pairs, before, now)
    update = dict.fromkeys(_SAID, "{new}") | dict.fromkeys(_KEPT, "{new}" if whole else "COALESCE({new}, {old})")
    upsert(Market, _COLUMNS, rows, key=("exchange_id", "kind", "symbol"), update=update)
    if whole:
        _miss(exchange, instruments, now, source, unread)
    if new:
        evidence.weigh(ExchangeAsset.objects.filter(exchange=exchange, since=None).values_list("asset", flat=True), now)
    listings.record(exchange, source, before, now, whole=whole)
    return Change(len(rows), new)


def suspend(exchange: Exchange, market_id: int, now: datetime) -> None:
    """A market of which the exchange, asked for its book, said that it is not traded: it leaves the rankings at once.

    The next list that has it trading brings it back, unless its book was refused once more meanwhile (`_refused`). Only while the exchange's
    lists are answered: one that is under maintenance as a whole says so of each market, too.
    """
    if not Feed.objects.filter(exchange=exchange, source="tickers", outcome__in=("ok", "partial")).exists():
        return
    with transaction.atomic():  # of one row each: a list that is stored at the same time takes the same rows in its own order
        if kind := listings.suspend(exchange, market_id, now):
            touch("listings", f"{'catalogue' if kind == 'spot' else 'contracts'}:{exchange.slug}")


def _refused(exchange: Exchange, now: datetime) -> set[listings.Key]:
    """Halted markets whose book was refused lately: where list and book disagree for hours, nothing goes to and fro between them."""
    halted = Reading.objects.filter(market__exchange=exchange, market__status=Market.Status.HALTED, source="book")
    said = halted.filter(detail__startswith=NOT_TRADED, tried_at__gt=now - STANDS)
    return set(said.values_list("market__kind", "market__symbol"))


def _miss(exchange: Exchange, instruments: Sequence[Instrument], now: datetime, source: str, unread: int) -> None:
    """Count what the list no longer has; an expired contract needs no second look."""
    there = {(i.kind, i.symbol) for i in instruments}
    absent = [pk for pk, kind, symbol in _listed(exchange, source).values_list("pk", "kind", "symbol") if (kind, symbol) not in there]
    if len(absent) <= unread:
        return
    for start in range(0, len(absent), 500):  # SQLite takes so many parameters and no more
        gone = Market.objects.filter(pk__in=absent[start : start + 500])
        gone.update(missing=F("missing") + 1)
        gone.filter(Q(missing__gte=DELISTED_AFTER) | Q(expiry__lte=now)).update(status=Market.Status.DELISTED)


def _retire_renamed(
    instruments: Sequence[Instrument], pairs: Mapping[listings.Key, Pair], before: Mapping[listings.Key, listings.Standing], now: datetime,
) -> None:
    """A market whose id now stands for another code begins anew; what was stored under the id stays with the old code.

    No series ever runs on from one code to the next: whether both are one coin only an operator says.
    """
    moved = [
        (old, i) for i in instruments
        if (old := before.get((i.kind, i.symbol))) and (old.base_id, old.quote_id) != pairs[i.kind, i.symbol]
    ]  # fmt: skip
    gone = [old.pk for old, _ in moved]
    for model in (Quote, Derivative, OptionQuote, Funding, Book) if gone else ():
        model.objects.filter(market_id__in=gone).delete()
    for old, i in moved:
        Market.objects.filter(pk=old.pk).update(symbol=retired(old.symbol, old.pk), status=Market.Status.DELISTED, missing=0)
        if old.code != i.base:
            Renaming.objects.get_or_create(old_id=old.base_id, new_id=pairs[i.kind, i.symbol][0], defaults={"symbol": i.symbol, "seen_at": now})


def retired(symbol: str, pk: int) -> str:
    """The id of a market whose own id was given to another code."""
    return f"{symbol[: 59 - len(str(pk))]}~{pk}"


def _listed(exchange: Exchange, source: str) -> QuerySet[Market]:
    return Market.objects.filter(exchange=exchange, kind__in=SOURCE_KINDS[source]).exclude(status=Market.Status.DELISTED)


def _market(exchange: Exchange, i: Instrument, pairs: Mapping[listings.Key, Pair], now: datetime) -> tuple[object, ...]:
    said = (
        *pairs[i.kind, i.symbol], i.status, i.leveraged, i.tokenised, (i.settle or "")[:30], i.inverse, (i.index or "")[:60],
        (i.underlying or "")[:60], i.option_type or "", 0,
    )
    return (exchange.pk, i.symbol, i.kind, *said, *(getattr(i, name) for name in _KEPT), True, now)
