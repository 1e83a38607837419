"""What every finding about coins begins with: which coin a ticker means today, which pair answers, and what is asked where there is none."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from markets import held, read
from markets.analysis.cross import MONEY
from markets.ask.answer import Left
from markets.ask.answers import Finding
from markets.ask.answers.common import MONEY as PRICED_IN
from markets.ask.answers.common import MOST, UNREAD, Coin, Coinless, Unlisted
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey, Quote
from markets.models import AssetKind, IdentityState
from markets.reads import books, contracts, places
from markets.reads.findings import missing
from markets.reads.findings.asked import Asked

DOLLAR = "USD"
NEAR = 3
ZERO = Decimal(0)
RESERVE_S = 0.2  # of the time for an answer, kept for writing it
STEP_S = 0.05
YOUNG_S = 30.0
USABLE = ("fresh", "aging")  # ages at which a stored book may be walked


# --- Coins --------------------------------------------------------------------------------------------------------
def each_coin(frame: Frame, one: Callable[[Coin], Finding | None]) -> tuple[Finding, ...]:
    """A finding for each coin that is asked about, at most MOST; of one that nobody lists (`one` gives None) that, without any which."""
    typed = frame.assets or frame.unknown
    if not typed:
        return (Coinless(coins=busiest()),)
    apart = {meant.key if (meant := coin(ticker)) else ticker: ticker for ticker in reversed(typed)}  # an old ticker is the same coin: told once
    return tuple(_one(ticker, one) for ticker in typed[:MOST] if ticker in apart.values())


def _one(ticker: str, one: Callable[[Coin], Finding | None]) -> Finding:
    meant = coin(ticker)
    found = one(meant) if meant else None
    return found or unlisted(ticker)


def unlisted(ticker: str) -> Unlisted:
    """That nobody lists it; whether that is because it is money, or no list has been read yet."""
    pairs, meant = read.board().pairs, coin(ticker)
    why = UNREAD if not pairs else PRICED_IN if meant and any(key.quote == meant.key for key in pairs) else ""
    return Unlisted(typed=ticker, near=() if why else near(ticker), why=why)


def coin(ticker: str) -> Coin | None:
    """What a ticker means today; None where nothing here knows it."""
    found, former = read.resolve(ticker)
    if found is None:
        return None
    alias = read.words().get(former) if former else None
    note = read.renamed(former, found.ticker) if former and alias and alias.factor != 1 else ""
    return Coin(typed=ticker, key=found.slug.upper(), ticker=found.ticker, name=found.name, former=former or "", note=note)


def near(ticker: str) -> tuple[str, ...]:
    """Tickers that trade and are spelt almost like this one, or whose names begin like it."""
    board = read.board()
    traded = sorted({key.base for key in board.pairs} - {ticker.upper()} - {key for key, found in board.coins.items() if found.kind == AssetKind.LEVERAGED})
    like = difflib.get_close_matches(ticker.upper(), traded, n=NEAR, cutoff=0.6)
    return tuple(dict.fromkeys(board.coins[key].ticker if key in board.coins else key for key in like))


def busiest(count: int = NEAR) -> tuple[str, ...]:
    """The tickers that are traded most."""
    volumes = {base: sum((place.volume_usd or ZERO for place in found), ZERO) for base, found in places.everywhere().items()}
    board = read.board()
    return tuple(board.coins[base].ticker if base in board.coins else base for base in sorted(volumes, key=lambda base: (-volumes[base], base))[:count])


# --- Pairs --------------------------------------------------------------------------------------------------------
def pairs_of(base: str, exchanges: Iterable[str] = ()) -> list[PairKey]:
    """The coin's pairs that trade on one of these exchanges (none named: anywhere): with a price, the busiest, of equals that in MONEY first."""
    wanted, volumes = set(exchanges), dict[PairKey, Decimal]()
    for place in places.everywhere().get(base, ()):
        if not wanted or place.exchange in wanted:
            volumes[place.key] = volumes.get(place.key, ZERO) + (place.volume_usd or ZERO)
    found = {key: [q for q in row.values() if _trades(q, wanted)] for key, row in read.board().pairs.items() if key.base == base}
    priced = {key: any(q.mid for q in trading) for key, trading in found.items() if trading}
    return sorted(priced, key=lambda key: (not priced[key], -volumes.get(key, ZERO), key.quote != MONEY, key.quote))


def halted(base: str) -> list[PairKey]:
    """The coin's pairs that are listed, trading or not, that in MONEY first."""
    found = [key for key, row in read.board().pairs.items() if key.base == base and any(q.status != "delisted" for q in row.values())]
    return sorted(found, key=lambda key: (key.quote != MONEY, key.quote))


def _trades(q: Quote, wanted: set[str]) -> bool:
    return q.status == "trading" and (not wanted or q.exchange in wanted)


def pair(meant: Coin, quote: str | None, exchanges: Iterable[str]) -> tuple[PairKey | None, str]:
    """The pair that answers, and what is to be said where that is not in the currency that was asked for; None where nobody lists the coin.

    Dollars are answered in USDT where there is such a pair. A pair that trades nowhere today answers only where no other does.
    """
    known = pairs_of(meant.key, exchanges) or pairs_of(meant.key) or halted(meant.key)
    if not known:
        return None, ""
    if quote is None:
        return known[0], ""
    wanted, by_quote = currency(quote), {key.quote: key for key in known}
    if wanted == DOLLAR and MONEY in by_quote:
        return by_quote[MONEY], f"Dollars are answered in {MONEY}."
    if wanted in by_quote:
        return by_quote[wanted], ""
    return known[0], f"No exchange I watch lists {meant.ticker}/{wanted}: this is {meant.ticker}/{known[0].quote}."


def uncounted(meant: Coin, route: Route) -> tuple[Left, ...]:
    """Exchanges none of whose pairs of a coin counts, whatever its price: another coin of that name, or no trade."""
    rows: dict[str, list[Quote]] = {}
    for key, row in read.board().pairs.items():
        for slug, quote in row.items() if key.base == meant.key else ():
            rows.setdefault(slug, []).append(quote)
    return tuple(left for slug in route.priced if (left := _uncounted(slug, rows.get(slug, ()), route)))


def _uncounted(slug: str, quotes: Sequence[Quote], route: Route) -> Left | None:
    if quotes and all(quote.identity == IdentityState.CONFLICTED for quote in quotes):
        return Left(slug, route.named(slug), "conflicted", "the same ticker names another coin here")
    return Left(slug, route.named(slug), "not_trading", "not trading") if quotes and not any(_trades(quote, set()) for quote in quotes) else None


def currency(quote: str) -> str:
    """A quote currency as the board names it."""
    found, _ = read.resolve(quote)
    return found.slug.upper() if found else quote.upper()


def traded_as_contract(base: str) -> bool:
    """Whether some exchange has contracts of it, though it may have no spot pair."""
    return any(row.base == base for row in contracts.contracts())


def unread(route: Route, asked: Asked) -> tuple[Left, ...]:
    """Exchanges whose list of markets has not been read: that a pair is not there would be said of nothing."""
    known = held.current().entries
    return tuple(
        missing.of(slug, "instruments", route, asked.now) or Left(slug, route.named(slug), "starting", "its list of markets has not been read yet")
        for slug in route.priced if not known.get(slug)
    )  # fmt: skip


# --- Waiting ------------------------------------------------------------------------------------------------------
def await_books(key: PairKey, exchanges: Iterable[str], asked: Asked, *, youngest: bool = False) -> tuple[str, ...]:
    """Ask the queue once for the pair's old books and wait for those that are of no use any more; whose did not arrive in time.

    `youngest`: of use are only books as young as a price has to be.
    """
    wanted = tuple(exchanges)
    books.ask_for(key, asked.now)
    waiting = _waiting(key, wanted, asked, youngest)
    while waiting and asked.left_s > RESERVE_S:
        time.sleep(STEP_S)
        waiting = _waiting(key, wanted, asked, youngest)
    return waiting


def _waiting(key: PairKey, exchanges: tuple[str, ...], asked: Asked, youngest: bool) -> tuple[str, ...]:
    views = [view for view in books.books(key, asked.now, exchanges) if view.waiting]
    return tuple(view.exchange for view in views if view.state not in USABLE or (youngest and (view.age_s or 0) > YOUNG_S))
