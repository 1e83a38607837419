"""A poll's tickers into quotes, snapshots and what quality remembers. Called inside the poll's transaction by the store.

The other exchanges' quotes come from the board as it was when the poll's reply arrived; this exchange's own columns
are the only ones written, so two exchanges' polls never touch the same row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, Overflow
from functools import partial
from typing import Any

from django.db import models
from msgspec import structs

from exchanges.client import Heard, Outcome
from exchanges.models import Exchange
from exchanges.numbers import stored
from exchanges.rows import Ticker
from markets.analysis import identity, memory
from markets.analysis.settings import Method
from markets.board import Board, Quote
from markets.bulk import upsert
from markets.entries import Entry
from markets.held import Held
from markets.models import Quote as QuoteRow

FUTURE_S = 5
_SIZES = ("bid_size", "ask_size", "base_volume_24h")
ONE = Decimal(1)
REMEMBERED = timedelta(days=1)
MANY, FEW = 20, 5  # of so many prices one in so many may be another coin's

COLUMNS = (
    "market_id", "bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h", "change_24h_pct", "high_24h", "low_24h", "taker_fee",
    "bad", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at", "token",
    "flag", "flag_since", "calm", "same_since", "same_polls", "same_reference",
)
@dataclass(frozen=True)
class Judged:
    """One market's new quote beside the other exchanges' and what is remembered of it from now on."""

    market_id: int
    entry: Entry
    quote: Quote
    others: Mapping[str, Quote]
    memory: memory.Memory


@dataclass(frozen=True)
class Stamp:
    """When a reply's numbers were true, and by whose clock."""

    observed_at: datetime
    exchange_ts: datetime | None
    source: str  # exchange, received


def stamp(outcome: Outcome[Any] | Heard, exchange_ts: datetime | None, offset: timedelta) -> Stamp:
    """Date one row. Only a snapshot clock dates a quote; one that runs ahead of us by over 5 s is not believed."""
    ours = outcome.requested_at + (outcome.received_at - outcome.requested_at) / 2
    if exchange_ts is None:
        return Stamp(ours, None, "received")
    shifted = exchange_ts - offset
    if outcome.clock != "snapshot" or shifted > outcome.received_at + timedelta(seconds=FUTURE_S):
        return Stamp(ours, shifted, "received")
    return Stamp(min(shifted, outcome.received_at), shifted, "exchange")


def older_than_stored(outcome: Outcome[Any], exchange: Exchange, offset: timedelta, model: type[models.Model] = QuoteRow) -> bool:
    """Whether the reply's snapshot clock ran backwards: what is stored is newer and stays. `model` holds the latest rows of such replies."""
    if outcome.clock != "snapshot" or not outcome.rows:
        return False
    # A stored time that is still to come was stamped by a clock that has since been put back: it proves nothing.
    stored_rows = model._default_manager.filter(market__exchange=exchange, ts_source="exchange", observed_at__lte=outcome.received_at)
    newest = stored_rows.order_by("-observed_at").values_list("observed_at", flat=True).first()
    stamps = [stamp(outcome, row.exchange_ts, offset) for row in outcome.rows[:1]]
    return newest is not None and stamps[0].source == "exchange" and stamps[0].observed_at < newest


def judge(exchange: Exchange, outcome: Outcome[Ticker], view: Held, now: datetime, method: Method) -> list[Judged]:
    """Date every row of the reply, undo multipliers, and advance what quality remembers. Unknown symbols are left out."""
    offset = timedelta(milliseconds=exchange.clock_offset_ms or 0)
    by_symbol = {entry.market["symbol"]: (market_id, entry) for market_id, entry in view.entries.get(exchange.slug, {}).items()}
    judged, before = [], []
    for row in outcome.rows:
        if row.symbol in by_symbol:
            market_id, entry = by_symbol[row.symbol]
            quote = _quote(exchange, row, entry, stamp(outcome, row.exchange_ts, offset), outcome)
            before.append(view.own.get(exchange.slug, {}).get(row.symbol))
            judged.append(_judged(market_id, entry, quote, before[-1], view.board, now, method))
    return _doubted(judged, before, now)


def is_in_another_unit(judged: Sequence[Judged]) -> bool | None:
    """Whether so many prices are far from the others' that the whole list must be: then it says nothing of what single codes mean.
    None where too few can be compared."""
    return _mostly_far([j.memory.ratio for j in judged if j.memory.ratio is not None])


def _mostly_far(ratios: Sequence[float]) -> bool | None:
    return None if len(ratios) < MANY else FEW * sum(identity.is_far(ratio) for ratio in ratios) > len(ratios)


def _doubted(judged: list[Judged], before: Sequence[Quote | None], now: datetime) -> list[Judged]:
    """What nobody can be compared with is told in the same unit as the rest of the list, and nothing else would say so.

    Where the others are silent or disagree, a list that left its own last one by half or double is such a list, too; and what was found
    wrong stays so until the list is found right, for a day.
    """
    wrong = is_in_another_unit(judged)
    if wrong is False:
        return judged
    if wrong is None and _mostly_far([float(j.quote.mid / old.mid) for j, old in zip(judged, before, strict=True) if old and old.mid and j.quote.mid]):
        wrong = True
    return [_flagged(j, old, now, wrong=bool(wrong)) for j, old in zip(judged, before, strict=True)]


def _flagged(j: Judged, old: Quote | None, now: datetime, *, wrong: bool) -> Judged:
    known = old is not None and old.flag == "unit_mismatch" and old.flag_since is not None and now - old.flag_since <= REMEMBERED
    if j.memory.ratio is not None or j.memory.flag or j.quote.mid is None or not (wrong or known):
        return j
    since = old.flag_since if known and old is not None else now
    return replace(j, memory=structs.replace(j.memory, flag="unit_mismatch", flag_since=since))


def store(judged: Sequence[Judged], token: int) -> None:
    """Upsert the quotes of one poll."""
    upsert(QuoteRow, COLUMNS, [_values(j, token) for j in judged], key=("market_id",))


def _judged(market_id: int, entry: Entry, quote: Quote, previous: Quote | None, board: Board, now: datetime, method: Method) -> Judged:  # noqa: PLR0917 - one quote and its surroundings
    """`previous` is this market's own last quote: where one exchange lists a pair twice, the board shows one of them."""
    quotes = board.pairs.get(entry.key, {})
    others = {slug: other for slug, other in quotes.items() if slug != quote.exchange}
    usd, stable = board.usd.get(quote.quote), board.is_stable(entry.key)
    remembered = memory.advance(previous, quote, others, now, method, usd=usd, stable=stable)
    return Judged(market_id, entry, quote, others, remembered)


def _quote(exchange: Exchange, row: Ticker, entry: Entry, at: Stamp, outcome: Outcome[Ticker]) -> Quote:
    """One wire row as a quote per coin: a multiplier in the symbol is undone."""
    m = entry.market["multiplier"]
    per_coin = _same if m == ONE else partial(divided, m)
    in_coins = _same if m == ONE else partial(times, m)
    too_big = tuple(name for name in _SIZES if getattr(row, name) is not None and in_coins(getattr(row, name)) is None)
    return Quote(
        exchange=exchange.slug, **entry.market,
        bid=per_coin(row.bid), ask=per_coin(row.ask), last=per_coin(row.last), high_24h=per_coin(row.high_24h), low_24h=per_coin(row.low_24h),
        bid_size=in_coins(row.bid_size), ask_size=in_coins(row.ask_size), base_volume_24h=in_coins(row.base_volume_24h),
        quote_volume_24h=row.quote_volume_24h, change_24h_pct=row.change_24h_pct, taker_fee=row.taker_fee, bad=(*row.bad, *too_big),
        exchange_ts=at.exchange_ts, ts_source=at.source, requested_at=outcome.requested_at, received_at=outcome.received_at, observed_at=at.observed_at,
    )


def _same(value: Decimal | None) -> Decimal | None:
    return value


def divided(m: Decimal, value: Decimal | None) -> Decimal | None:
    """A price per bundle of `m` coins as one per coin."""
    return None if value is None else stored(value / m)


def times(m: Decimal, value: Decimal | None) -> Decimal | None:
    """A size in bundles of `m` coins in coins. None also for what grows beyond any number we keep: the exchange's figure was absurd, its prices need not be."""
    try:
        return None if value is None else stored(value * m)
    except Overflow:
        return None


def _values(j: Judged, token: int) -> tuple[object, ...]:
    q, m = j.quote, j.memory
    return (
        j.market_id, q.bid, q.bid_size, q.ask, q.ask_size, q.last, q.base_volume_24h, q.quote_volume_24h, q.change_24h_pct, q.high_24h, q.low_24h, q.taker_fee,
        ",".join(q.bad)[:200], q.exchange_ts, q.ts_source, q.requested_at, q.received_at, q.observed_at, token,
        m.flag, m.flag_since, m.calm, m.same_since, m.same_polls, stored(m.same_reference),
    )
