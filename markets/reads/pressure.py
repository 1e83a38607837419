"""What stands beside a coin's volume: which side of its books is heavier, what perpetuals pay, whether open interest grows."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from exchanges.numbers import EXACT
from markets import held
from markets.analysis import depth, derivatives
from markets.analysis.activity import weigh
from markets.analysis.derivatives import Contract
from markets.analysis.sentiment import imbalance
from markets.board import Ladder, PairKey
from markets.method import current_method
from markets.models import Market, OpenInterest
from markets.reads import contracts, ladders

ODD = ("disabled", "auto_disabled", "banned", "blocked", "not_trading", "bad_number", "conflicted")
DAY = timedelta(days=1)
_weighed: dict[tuple[str, str], tuple[datetime | None, tuple[Decimal, Decimal] | None]] = {}


@dataclass(frozen=True)
class Pressure:
    """`imbalance` of books, -1 to 1, over `books` of them; funding over eight hours in percent, the middle of `funded` perpetuals;
    open interest in USD, one side, and its change in 24 hours in percent over the contracts whose past is known."""

    imbalance: Decimal | None = None
    books: int = 0
    funding_8h_pct: Decimal | None = None
    funded: int = 0
    open_interest_usd: Decimal | None = None
    open_interest_change_pct: Decimal | None = None


def forget() -> None:
    """Drop what this process holds in memory."""
    _weighed.clear()
    _before.cache_clear()


def of_coins(exchanges: tuple[str, ...], quote: str, now: datetime, only: str = "") -> dict[str, Pressure]:
    """{base: what is known}, of one coin where one is named. `quote` narrows the books; contracts are those of every quote."""
    books, traded = _books(exchanges, quote, now, only), _contracts(exchanges, now, only)
    then = _before(now.replace(minute=0, second=0, microsecond=0) - DAY)
    return {base: _pressure(books.get(base, []), traded.get(base, []), then, now) for base in books.keys() | traded.keys()}


def _pressure(books: list[tuple[Decimal, Decimal]], rows: list[Contract], then: dict[tuple[str, str], Decimal], now: datetime) -> Pressure:
    bids, asks = (sum((side[at] for side in books), Decimal(0)) for at in (0, 1))
    rates = [rate * 100 for row in rows if (rate := _rate(row, now)) is not None]
    return Pressure(
        imbalance=imbalance(bids, asks) if books else None, books=len(books),
        funding_8h_pct=statistics.median(rates) if rates else None, funded=len(rates),
        open_interest_usd=_value(rows), open_interest_change_pct=_change(rows, then),
    )


# --- Books ------------------------------------------------------------------------------------------------------
def _books(exchanges: tuple[str, ...], quote: str, now: datetime, only: str) -> dict[str, list[tuple[Decimal, Decimal]]]:
    """{base: [(money bid, money asked) in USD]} of every book that is fresh enough to count."""
    usd, found = held.current().board.usd, dict[str, list[tuple[Decimal, Decimal]]]()
    for key, books in ladders.everything(only).items():
        rate = usd.get(key.quote)
        if rate is None or (quote and key.quote != quote):
            continue
        sides = [_weigh(book) for slug, book in books.items() if (not exchanges or slug in exchanges) and _counts(book, key, now)]
        found.setdefault(key.base, []).extend((bid * rate, ask * rate) for bid, ask in filter(None, sides))
    return {base: sides for base, sides in found.items() if sides}


def _counts(book: Ladder, key: PairKey, now: datetime) -> bool:
    """Read lately, not switched off, and of the coin it is called after."""
    known = held.current().board.pairs[key].get(book.exchange)
    same = known is not None and known.identity != "conflicted" and not known.flag
    return same and not book.switch and _young(book.observed_at, book.period_s, now)


def _young(at: datetime | None, period_s: float, now: datetime) -> bool:
    return derivatives.freshness(derivatives.age_s(at, now), period_s, current_method()) in ("fresh", "aging")


def _weigh(book: Ladder) -> tuple[Decimal, Decimal] | None:
    """Measured once for each book that was stored."""
    key = (book.exchange, book.symbol)
    if _weighed.get(key, (None,))[0] != book.received_at or key not in _weighed:
        shape = depth.measure(book.bids, book.asks)
        _weighed[key] = (book.received_at, weigh(shape) if shape else None)
    return _weighed[key][1]


# --- Contracts --------------------------------------------------------------------------------------------------
def _contracts(exchanges: tuple[str, ...], now: datetime, only: str) -> dict[str, list[Contract]]:
    found: dict[str, list[Contract]] = {}
    for row in contracts.contracts():
        if only in ("", row.base) and row.kind == "perp" and (not exchanges or row.exchange in exchanges) and not set(derivatives.flags(row)) & set(ODD):
            found.setdefault(row.base, []).append(row)
    return found


def _rate(row: Contract, now: datetime) -> Decimal | None:
    paid = row.funding
    if paid is None or paid.switch or paid.bad or not _young(paid.observed_at, paid.period_s, now):
        return None
    return paid.rate_8h


def _value(rows: Iterable[Contract]) -> Decimal | None:
    usd = held.current().board.usd
    known = [row.open_interest_value * usd[row.quote] for row in rows if row.open_interest_value is not None and row.quote in usd]
    return sum(known, Decimal(0)) if known else None


def _change(rows: Iterable[Contract], then: dict[tuple[str, str], Decimal]) -> Decimal | None:
    """Coins now over coins a day ago, of the contracts of which both are known."""
    both = [(row.open_interest, then[row.exchange, row.symbol]) for row in rows if row.open_interest is not None and (row.exchange, row.symbol) in then]
    before = sum((b for _, b in both), Decimal(0))
    return EXACT.divide((sum((n for n, _ in both), Decimal(0)) - before) * 100, before) if before else None


@lru_cache(maxsize=2)
def _before(hour: datetime) -> dict[tuple[str, str], Decimal]:
    """{(exchange, symbol): open interest in coins} of perpetuals at the start of an hour."""
    ids = list(Market.objects.filter(kind="perp").exclude(status=Market.Status.DELISTED).values_list("pk", flat=True))  # one step on the key for each
    rows = OpenInterest.objects.filter(market_id__in=ids, opened_at=hour, open_interest__isnull=False)
    return {(slug, symbol): value for slug, symbol, value in rows.values_list("market__exchange__slug", "market__symbol", "open_interest")}
