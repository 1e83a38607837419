"""Tickers of perpetuals, dated futures and options, open interest, and what an index is made of, as rows per coin.

A multiplier in a symbol is undone here: prices are divided by it, sizes multiplied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.client import Outcome
from exchanges.numbers import stored
from exchanges.rows import IndexMember as MemberRow
from exchanges.rows import OptionTicker, PerpTicker
from markets import evidence, held, identities
from markets.board import PairKey
from markets.bulk import upsert
from markets.method import current_method
from markets.models import Derivative, IndexMember, Market, OpenInterest, OptionQuote
from markets.polls import CONTRACTS, OPTIONS, Listed, Poll, Write, listed, steady, touch
from markets.quotes import divided, older_than_stored, times
from markets.snapshots import HOUR, opened

ONE = Decimal(1)
BACKWARDS = "its clock ran backwards: what is stored is newer and stays"
_PRICES = ("bid", "ask", "last", "mark_price", "index_price", "high_24h", "low_24h", "underlying_price")
_SIZES = ("bid_size", "ask_size", "open_interest", "base_volume_24h")
_OBSERVED = ("bad", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at", "token")

PERP = (
    "bid", "bid_size", "ask", "ask_size", "last", "mark_price", "index_price", "open_interest", "base_volume_24h", "quote_volume_24h", "change_24h_pct",
    "high_24h", "low_24h",
)
OPTION = (
    "bid", "bid_size", "ask", "ask_size", "last", "mark_price", "mark_iv", "bid_iv", "ask_iv", "delta", "gamma", "vega", "theta", "open_interest",
    "underlying_price", "index_price", "base_volume_24h", "quote_volume_24h", "change_24h_pct",
)
PERP_COLUMNS = ("market_id", *PERP, "open_interest_at", *_OBSERVED)
OPTION_COLUMNS = ("market_id", *OPTION, *_OBSERVED)
_HISTORY = ("market_id", "opened_at", "open_interest", "mark_price", "index_price")

# Where open interest is asked for market by market, a ticker without it must not wipe it out.
_PERP_UPDATE = dict.fromkeys(PERP_COLUMNS[1:], "{new}") | dict.fromkeys(("open_interest", "open_interest_at"), "COALESCE({new}, {old})")
_FIRST_KNOWN = dict.fromkeys(_HISTORY[2:], "COALESCE({old}, {new})")

Values = tuple[object, ...]


# --- Tickers ----------------------------------------------------------------------------------------------------------
def tickers(poll: Poll) -> Write:
    """Store the tickers of perpetuals and dated futures, and let their prices tell what their codes mean."""
    exchange, view, method = poll.exchange, held.everything(), current_method()
    judged = steady(exchange, lambda: _perp_rows(poll))

    def write() -> Outcome[Any]:
        if older_than_stored(poll.outcome, exchange, poll.offset, Derivative):
            return poll.said(BACKWARDS)
        markets, rows = judged()
        upsert(Derivative, PERP_COLUMNS, rows, key=("market_id",), update=_PERP_UPDATE)
        _remember(_as_dicts(PERP_COLUMNS, rows), poll.now)
        if identities.weigh_contracts(exchange, _samples(poll.outcome.rows, markets), view.board, poll.now, method):
            touch(f"contracts:{exchange.slug}", f"catalogue:{exchange.slug}", "assets")
        touch(f"derivatives:{exchange.slug}")
        return poll.said(unlisted(poll.outcome.rows, markets))

    return write


def _perp_rows(poll: Poll) -> tuple[dict[str, Listed], list[Values]]:
    markets = listed(poll, CONTRACTS)
    return markets, [_perp_row(poll, row, markets[row.symbol]) for row in poll.outcome.rows if row.symbol in markets]


def _perp_row(poll: Poll, row: PerpTicker, market: Listed) -> Values:
    numbers, bad = per_coin(row, PERP, market.multiplier)
    observed = _observed(poll, row, bad)
    return (market.pk, *numbers, observed[5] if numbers[PERP.index("open_interest")] is not None else None, *observed)


def per_coin(row: PerpTicker | OptionTicker, names: Sequence[str], m: Decimal) -> tuple[list[Decimal | None], tuple[str, ...]]:
    """The named numbers per coin, and the names of those that became too big to keep."""
    if m == ONE:
        return [getattr(row, name) for name in names], ()
    found = [_undone(name, getattr(row, name), m) for name in names]
    return found, tuple(name for name, new in zip(names, found, strict=True) if new is None and getattr(row, name) is not None)


def _undone(name: str, value: Decimal | None, m: Decimal) -> Decimal | None:
    if name in _PRICES:
        return divided(m, value)
    return times(m, value) if name in _SIZES else value


def _observed(poll: Poll, row: PerpTicker | OptionTicker, bad: tuple[str, ...]) -> Values:
    at, requested, received = poll.stamped(row.exchange_ts, row.symbol)
    return ",".join((*row.bad, *bad))[:200], at.exchange_ts, at.source, requested, received, at.observed_at, poll.token


def _samples(rows: Iterable[PerpTicker], markets: Mapping[str, Listed]) -> list[identities.Contract]:
    """What each contract's price tells of its code."""
    found = []
    for row in rows:
        market, mid = markets.get(row.symbol), stored(_mid(row))
        if market is not None and mid:
            key = PairKey(market.base.upper(), market.quote.upper())
            found.append(identities.Contract(market.code_id, mid / market.multiplier, key, row.quote_volume_24h or Decimal(0)))
    return found


def _mid(row: PerpTicker) -> Decimal | None:
    if row.bid and row.ask and row.bid <= row.ask:
        return (row.bid + row.ask) / 2
    return row.mark_price


def unlisted(rows: Iterable[PerpTicker | OptionTicker], markets: Mapping[str, Listed]) -> str:
    """How many rows the catalogue knows no market for, in words; "" when it knows all."""
    unknown = sum(row.symbol not in markets for row in rows)
    return f"{unknown} rows of markets not in the catalogue" if unknown else ""


def options(poll: Poll) -> Write:
    """Store the tickers of options."""
    judged = steady(poll.exchange, lambda: _option_rows(poll))

    def write() -> Outcome[Any]:
        if older_than_stored(poll.outcome, poll.exchange, poll.offset, OptionQuote):
            return poll.said(BACKWARDS)
        markets, rows = judged()
        upsert(OptionQuote, OPTION_COLUMNS, rows, key=("market_id",))
        touch(f"options:{poll.exchange.slug}")
        return poll.said(unlisted(poll.outcome.rows, markets))

    return write


def _option_rows(poll: Poll) -> tuple[dict[str, Listed], list[Values]]:
    markets, found = listed(poll, OPTIONS), []
    for row in poll.outcome.rows:
        if row.symbol in markets:
            numbers, bad = per_coin(row, OPTION, markets[row.symbol].multiplier)
            found.append((markets[row.symbol].pk, *numbers, *_observed(poll, row, bad)))
    return markets, found


# --- Open interest ------------------------------------------------------------------------------------------------------
def open_interest(poll: Poll) -> Write:
    """Store open interest that was asked for market by market; the other numbers of the ticker stay."""
    columns = ("market_id", "open_interest", "open_interest_at", *_OBSERVED)
    judged = steady(poll.exchange, lambda: _interest_rows(poll))

    def write() -> Outcome[Any]:
        rows = judged()
        upsert(Derivative, columns, rows, key=("market_id",), update=columns[1:3])
        _remember(_with_prices(rows, poll.now), poll.now)
        touch(f"derivatives:{poll.exchange.slug}")
        return poll.outcome

    return write


def _interest_rows(poll: Poll) -> list[Values]:
    markets, found = listed(poll, CONTRACTS), []
    for row in poll.outcome.rows:
        if row.symbol in markets and row.open_interest is not None:
            (value,), bad = per_coin(row, ("open_interest",), markets[row.symbol].multiplier)
            observed = _observed(poll, row, bad)
            found.append((markets[row.symbol].pk, value, observed[5], *observed))
    return found


def _with_prices(rows: list[Values], now: datetime) -> list[dict[str, object]]:
    """Open interest with the prices its market stood at in this hour; older ones are of another time."""
    lately = Derivative.objects.filter(market__in=[row[0] for row in rows], observed_at__gt=now - timedelta(seconds=HOUR))
    prices = {d["market_id"]: d for d in lately.values("market_id", "mark_price", "index_price")}
    return [{**prices.get(row[0], {}), "market_id": row[0], "open_interest": row[1]} for row in rows]


def _remember(rows: Iterable[Mapping[str, object]], now: datetime) -> None:
    """History: the first open interest known in each hour, and the prices with it."""
    hour = opened(now, HOUR)
    kept = [(row["market_id"], hour, row["open_interest"], row.get("mark_price"), row.get("index_price")) for row in rows if row["open_interest"] is not None]
    upsert(OpenInterest, _HISTORY, kept, key=_HISTORY[:2], update=_FIRST_KNOWN)


def _as_dicts(columns: Sequence[str], rows: Iterable[Values]) -> Iterable[dict[str, object]]:
    return (dict(zip(columns, row, strict=True)) for row in rows)


# --- Index members ------------------------------------------------------------------------------------------------------
def index_members(poll: Poll) -> Write:
    """Store what the indices of some markets are made of: each market's set replaces the one before."""
    columns = ("market_id", "exchange", "member", "weight", "multiplier", "seen_at")
    markets = listed(poll, CONTRACTS)
    rows = [_member(markets[row.symbol].pk, row, poll.now) for row in poll.outcome.rows if row.symbol in markets]

    def write() -> Outcome[Any]:
        upsert(IndexMember, columns, rows, key=columns[:3])
        # A market without a row in this answer was not asked, or not answered: what is known of it stays.
        IndexMember.objects.filter(market__in={row[0] for row in rows}, seen_at__lt=poll.now).delete()
        named = Market.objects.filter(pk__in={row[0] for row in rows}).values_list("base__asset", flat=True)
        touch(f"derivatives:{poll.exchange.slug}", *(["assets"] if evidence.weigh(named, poll.now) else []))
        return poll.outcome

    return write


def _member(market_id: int, row: MemberRow, now: datetime) -> Values:
    return market_id, row.exchange[:60], row.member[:60], row.weight, row.multiplier, now
