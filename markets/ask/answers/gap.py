"""One gap as it can be kept: the quotes and books of its pairs and the facts beside them, from which it is found and judged again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis import classes, routes, triangles
from markets.analysis.classes import Facts, Judged
from markets.analysis.scene import Route, Scene
from markets.analysis.settings import Method
from markets.board import Board, Coin, Ladder, PairKey, Quote

CUTS = (2, 4, 8, 16, 32, 64)  # levels of a side that are tried, until the arithmetic is that of the whole books


class Pair(Struct, frozen=True, kw_only=True):
    """One pair at an instant: the quotes of every exchange, which judge each other, and the books of those a gap goes over."""

    key: PairKey
    quotes: dict[str, Quote]
    books: dict[str, Ladder] = {}


class Gap(Struct, frozen=True, kw_only=True):
    """One route by name: bought on `buy`, sold on `sell` for `sold` money ("": the same); or a loop on one exchange (`turns`: pair, side).

    `open_s`: how long it has paid without a break, None where it is not followed; `times` it began to in the last day.
    """

    key: PairKey
    buy: str
    sell: str
    sold: str = ""
    turns: tuple[tuple[PairKey, str], ...] = ()
    facts: Facts
    open_s: float | None = None
    times: int = 0


class Terms(Struct, frozen=True, kw_only=True):
    """On whose terms gaps are judged. `amount` in USD limits their size; `usd` is USD for one unit of each money, `kinds` classes of coins."""

    method: Method
    fees: dict[str, Decimal] = {}
    amount: Decimal | None = None
    mode: str = "inventory"
    transfer_cost: bool = False
    usd: dict[str, Decimal] = {}
    kinds: dict[str, str] = {}


def gap_of(route: Route, facts: Facts, open_s: float | None = None, times: int = 0) -> Gap:
    """A route between two exchanges, or a loop, by name."""
    turns = tuple((PairKey(leg.base, leg.quote), leg.side) for leg in route.legs) if route.kind == "triangle" else ()
    sold = route.sell.quote if not turns and route.sell.quote != route.buy.quote else ""
    return Gap(key=route.key, buy=route.buy.exchange, sell=route.sell.exchange, sold=sold, turns=turns, facts=facts, open_s=open_s, times=times)


def scene(pairs: Iterable[Pair], terms: Terms, now: datetime) -> Scene:
    """What was known at that instant of these pairs."""
    found = tuple(pairs)
    coins: Mapping[str, Coin] = {ticker: Coin(ticker, kind=kind) for ticker, kind in terms.kinds.items()}
    board = Board({pair.key: pair.quotes for pair in found}, coins, terms.usd)
    return Scene(board, {pair.key: pair.books for pair in found}, now, terms.method, terms.fees, amount=terms.amount)


def routed(gap: Gap, seen: Scene) -> Route | None:
    """The gap found again; None where a side has no price."""
    if gap.turns:
        first, second, third = gap.turns
        return triangles.one(seen, gap.buy, (first, second, third))
    return routes.between(seen, gap.key, gap.buy, gap.sell, gap.sold)


def judged(gap: Gap, seen: Scene, terms: Terms, names: Mapping[str, str]) -> Judged | None:
    """The gap found and judged again."""
    route = routed(gap, seen)
    if route is None:
        return None
    return classes.judge(route, gap.facts, seen.now, terms.method, mode=terms.mode, transfer_cost=terms.transfer_cost, names=names)


# --- Keeping ------------------------------------------------------------------------------------------------------
def keys_of(gap: Gap, route: Route) -> tuple[PairKey, ...]:
    """The pairs it goes over."""
    return tuple(dict.fromkeys(PairKey(leg.base, leg.quote) for leg in route.legs))


def trimmed(gap: Gap, pairs: Mapping[PairKey, Pair], terms: Terms, now: datetime) -> tuple[Pair, ...]:
    """The pairs of one gap, with as few levels of the books it goes over as give the same sizes and profits."""
    whole = routed(gap, scene(pairs.values(), terms, now))
    if whole is None:
        return ()
    wanted = [pairs[key] for key in keys_of(gap, whole) if key in pairs]
    own = [replace(pair, books={name: pair.books[name] for name in {gap.buy, gap.sell} if name in pair.books}) for pair in wanted]
    for levels in CUTS:
        tried = tuple(_cut(pair, levels) for pair in own)
        again = routed(gap, scene(tried, terms, now))
        if again is not None and (again.trade, again.sized, again.net, again.gross) == (whole.trade, whole.sized, whole.net, whole.gross):
            return tried
    return tuple(own)


def _cut(pair: Pair, levels: int) -> Pair:
    return replace(pair, books={name: replace(book, bids=book.bids[:levels], asks=book.asks[:levels]) for name, book in pair.books.items()})


def merged(found: Iterable[Pair]) -> tuple[Pair, ...]:
    """Each pair once, with the longer of two cuts of a book."""
    pairs: dict[PairKey, Pair] = {}
    for pair in found:
        known = pairs.get(pair.key)
        pairs[pair.key] = pair if known is None else replace(known, books=_longer(known.books, pair.books))
    return tuple(pairs.values())


def _longer(one: Mapping[str, Ladder], other: Mapping[str, Ladder]) -> dict[str, Ladder]:
    return {name: max((side[name] for side in (one, other) if name in side), key=lambda book: len(book.bids) + len(book.asks)) for name in (*one, *other)}
