"""The gaps of a question: over all pairs, of some coins, or between two exchanges; with all that is needed to judge them again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from markets import held, read
from markets.analysis import routes
from markets.analysis.scene import Route as Found
from markets.ask.answer import Left
from markets.ask.answers import Finding
from markets.ask.answers.arbitrage import Gaps, Others
from markets.ask.answers.common import MOST, Coin
from markets.ask.answers.gap import Gap, Pair, Terms, gap_of, keys_of, merged, trimmed
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey
from markets.method import current_method
from markets.reads import arbitrage, ladders
from markets.reads.arbitrage import Line, Wanted
from markets.reads.findings import best_price, common, missing
from markets.reads.findings.asked import Asked

T = TypeVar("T")
SHOWN, NEAREST, LARGEST = 5, 3, 45_000  # rows of a list; of those that come closest; bytes that its evidence may take
LOOPS = ("triang", "loop")
MONEY = ("usd", "usdt", "usdc")
_TOWARDS = ("to", "into", "onto")
_BUY, _SELL = re.compile(r"\b(buy\w*|bought|purchas\w*)\b"), re.compile(r"\b(sell\w*|sold|offload\w*|dump\w*)\b")


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """One finding for all coins: gaps are told beside each other. Coins that nobody lists get their own."""
    typed = (frame.assets or frame.unknown)[:MOST]
    known = {ticker: coin for ticker in typed if (coin := common.coin(ticker)) and common.pairs_of(coin.key)}
    unlisted = tuple(common.unlisted(ticker) for ticker in typed if ticker not in known)
    if typed and not known:
        return unlisted
    coins = tuple(known.values())
    loops = any(word in frame.q.lower() for word in LOOPS)
    if len(frame.exchanges) == 2 and coins and not loops:
        return (*(_between(frame, route, coin, asked) for coin in coins), *unlisted)
    return (_listed(frame, route, coins, asked, loops=loops), *unlisted)


# --- A list -------------------------------------------------------------------------------------------------------
def _listed(frame: Frame, route: Route, coins: tuple[Coin, ...], asked: Asked, *, loops: bool) -> Gaps:
    """The gaps that pay, or those that come closest."""
    wanted = _wanted(frame, route, coins, asked, kinds=("triangle",) if loops else ("cross",))
    found = arbitrage.find(wanted, asked.now)
    fits = _Fits(frame, asked, loops=loops)
    main = [line for line in found.main if fits.over(line.route) and fits.earns(line)]
    lines = main or _closest([line for line in found.near if fits.over(line.route)], coins, wanted, fits)
    rows = [(line.route, line.open_s(asked.now), line.seen_24h) for line in lines[: (frame.limit or SHOWN) if main else NEAREST]]
    gaps = _kept(rows, wanted, asked)
    return replace(
        gaps, coins=coins, total=len(main) if main else len(gaps.gaps), nearest=not main, loops=loops, measured_off=found.clock_off,
        others=_others(line for line in found.excluded if fits.over(line.route)),
        missing=_missing(coins, route, asked), filtered=found.filtered + len(found.main) - len(main),
    )


def _missing(coins: Iterable[Coin], route: Route, asked: Asked) -> tuple[Left, ...]:
    """Exchanges that could not be looked at: without a price of today, or with no pair of the coins that counts."""
    found = {left.exchange: left for coin in coins for left in common.uncounted(coin, route)}
    return tuple((found | {left.exchange: left for left in missing.among(route.priced, "tickers", route, asked.now)}).values())


def _wanted(frame: Frame, route: Route, coins: tuple[Coin, ...], asked: Asked, kinds: tuple[str, ...]) -> Wanted:
    limit = frame.threshold
    least = None if limit is None or limit.op != ">" or limit.unit not in ("pct", "bps") else Decimal(limit.value) / (100 if limit.unit == "bps" else 1)
    narrow = best_price.everybody(route) if len(frame.exchanges) == 1 and "triangle" not in kinds else route.priced
    return Wanted(
        amount=amount_usd(frame, coins, asked), fees=asked.fees, min_net_pct=least, kinds=kinds, base=tuple(coin.key for coin in coins),
        exchanges=narrow or ("",),
    )


def amount_usd(frame: Frame, coins: tuple[Coin, ...], asked: Asked) -> Decimal | None:
    """What the question would spend, in USD: money by today's rate, coins by their price; None where it names none, or that is not known."""
    if frame.amount is None:
        return None
    amount, board = Decimal(frame.amount), read.board()
    unit = common.currency(frame.unit) if frame.unit else common.DOLLAR
    if unit.lower() in MONEY and unit not in board.usd:
        return amount
    if unit in board.usd:
        return amount * board.usd[unit]
    mids = [q.mid for coin in coins if coin.key == unit for key in common.pairs_of(unit)[:1] for q in board.pairs[key].values() if q.mid]
    keys = [key for key in common.pairs_of(unit)[:1] if key.quote in board.usd]
    return amount * sorted(mids)[len(mids) // 2] * board.usd[keys[0].quote] if mids and keys else None


class _Fits:
    """Which routes a question means beyond what the scan is narrowed by: over one named exchange, in one money, earning so much."""

    def __init__(self, frame: Frame, asked: Asked, *, loops: bool) -> None:
        self.asked, self.limit = asked, frame.threshold
        self.exchange = frame.exchanges[0] if len(frame.exchanges) == 1 and not loops else ""
        quote = common.currency(frame.quote) if frame.quote else common.DOLLAR
        self.quote = "" if quote == common.DOLLAR or loops else quote

    def over(self, route: Found) -> bool:
        """Whether it is over the exchange and in the money that were named."""
        there = not self.exchange or any(leg.exchange == self.exchange for leg in route.legs)
        return there and (not self.quote or route.quote == self.quote)

    def earns(self, line: Line) -> bool:
        """Whether it earns what was asked for in money."""
        limit, profit = self.limit, line.judged.profit_usd
        if limit is None or limit.op != ">" or limit.unit.lower() not in MONEY:
            return True
        return profit is not None and profit > Decimal(limit.value)


def _closest(near: list[Line], coins: tuple[Coin, ...], wanted: Wanted, fits: _Fits) -> list[Line]:
    """What comes closest to paying, best first: of some coins all their routes, as the scan has one of each pair."""
    if len(near) >= NEAREST or not coins or "triangle" in wanted.kinds:
        return near
    now, allowed, told = fits.asked.now, set(wanted.exchanges), {line.route.name for line in near}
    keys = [key for coin in coins for key in common.pairs_of(coin.key) if not fits.quote or key.quote == fits.quote]
    ways = [way for key in keys for way in arbitrage.on_pair(key, wanted.fees, now) if fits.over(way) and way.name not in told]
    short = [way for way in ways if way.net <= 0 and all(leg.exchange in allowed for leg in way.legs)]
    fit = sorted(short, key=lambda way: -way.net)[:NEAREST]
    lines = [*near, *(arbitrage.one(way.key, way.buy.exchange, way.sell.exchange, wanted, now).line for way in fit)]
    return sorted(lines, key=lambda line: -line.route.net)


def _others(lines: Iterable[Line]) -> tuple[Others, ...]:
    """What is not told as a gap, by class and first reason, the most frequent first."""
    first = [(line.judged.kind, line.judged.reasons[0].code, line.judged.reasons[0].detail) for line in lines if line.judged.reasons]
    examples = {(kind, code): detail for kind, code, detail in reversed(first)}
    counts = Counter((kind, code) for kind, code, _ in first)
    return tuple(Others(kind=kind, code=code, count=count, example=examples[kind, code]) for (kind, code), count in counts.most_common())


# --- By name ------------------------------------------------------------------------------------------------------
def _between(frame: Frame, route: Route, coin: Coin, asked: Asked) -> Gaps:
    """Between the two exchanges that were named: in the direction that was said, else both."""
    ways = [(a, b) for a, b in directions(frame) if a in route.priced and b in route.priced]
    key, quoted = common.pair(coin, frame.quote or best_price.money_of(frame, coin), route.priced)
    if key is None:  # nobody that may be used lists it
        key = common.pairs_of(coin.key)[0]
    wanted = Wanted(amount=amount_usd(frame, (coin,), asked), fees=asked.fees)
    found = _routes(key, ways, wanted, asked)
    late: tuple[str, ...] = ()
    if any(way.net > 0 and any(leg.source != "book" for leg in way.legs) for way in found):
        late = common.await_books(key, frame.exchanges, asked, youngest=True)
        found = _routes(key, ways, wanted, asked)
    lines = [arbitrage.one(way.key, way.buy.exchange, way.sell.exchange, wanted, asked.now).line for way in found]
    gaps = _kept([(line.route, line.open_s(asked.now), line.seen_24h) for line in lines], wanted, asked)
    priced = {slug for slug, q in read.board().pairs.get(key, {}).items() if q.ask and q.bid and not q.switch and slug in route.priced}
    absent = () if found else tuple(slug for slug in frame.exchanges if slug not in priced) or frame.exchanges
    why = missing.among(absent, "tickers", route, asked.now)
    return replace(gaps, coins=(coin,), total=len(gaps.gaps), asked=True, absent=absent, missing=why, late=late, notes=(quoted,) if quoted else ())


def directions(frame: Frame) -> tuple[tuple[str, str], ...]:
    """(bought on, sold on): as said, where both are; else both ways. The exchanges stand in the order of mention."""
    first, second = frame.exchanges[:2]
    text = frame.q.lower()
    buy, sell = _BUY.search(text), _SELL.search(text)
    if buy and sell:
        return ((first, second),) if buy.start() < sell.start() else ((second, first),)
    before = _before(frame, first), _before(frame, second)
    if before[0] == "from" or (before[1] in _TOWARDS and before[0] not in _TOWARDS):
        return ((first, second),)
    return ((second, first),) if before[1] == "from" else ((first, second), (second, first))


def _before(frame: Frame, exchange: str) -> str:
    """The word before an exchange is named: "from" where coins are, "to" where they go."""
    start = next((span.start for span in frame.spans if span.slot == "exchange" and span.value == exchange), 0)
    return (frame.q[:start].lower().split() or [""])[-1]


def _routes(key: PairKey, ways: Iterable[tuple[str, str]], wanted: Wanted, asked: Asked) -> list[Found]:
    seen = arbitrage.scene(wanted, asked.now)
    return [way for a, b in ways if key in seen.board.pairs and (way := routes.between(seen, key, a, b))]


def one_route(line: Line, wanted: Wanted, asked: Asked) -> Gaps:
    """One route of the arbitrage pages, as it stands at that instant: what a receipt of it keeps."""
    gaps = _kept([(line.route, line.open_s(asked.now), line.seen_24h)], wanted, asked)
    coin = common.coin(line.route.base)
    return replace(gaps, coins=(coin,) if coin else (), total=1, asked=True, loops=line.route.kind == "triangle")


# --- Keeping ------------------------------------------------------------------------------------------------------
def _kept(rows: Sequence[tuple[Found, float | None, int]], wanted: Wanted, asked: Asked) -> Gaps:
    """The gaps with the quotes and books they are made of, as many as their evidence leaves room for."""
    terms = _terms(wanted)
    known = arbitrage.facts([route for route, _, _ in rows], wanted, asked.now)
    gaps, pairs, size = list[Gap](), list[Pair](), 0
    for (route, open_s, times), facts in zip(rows, known, strict=True):
        each = gap_of(route, facts, open_s, times)
        over = _pairs(each, route)
        kept = trimmed(each, over, terms, asked.now)
        size += len(msgspec.json.encode([pair for pair in kept if pair.key not in {one.key for one in pairs}]))
        if gaps and size > LARGEST:
            break
        gaps.append(each)
        pairs += kept
    bases = {name for pair in pairs for name in (pair.key.base, pair.key.quote)}
    coins = read.board().coins
    own = replace(terms, usd=_of(terms.usd, bases), kinds=_of(terms.kinds, bases))
    return Gaps(gaps=tuple(gaps), pairs=merged(pairs), terms=own, tickers={name: coins[name].ticker for name in sorted(bases) if name in coins})


def _of(values: dict[str, T], names: Iterable[str]) -> dict[str, T]:
    """Those of some names."""
    return {name: values[name] for name in sorted(names) if name in values}


def _terms(wanted: Wanted) -> Terms:
    board = held.current().board
    return Terms(
        method=current_method(), fees=dict(wanted.fees), amount=wanted.amount, mode=wanted.mode, transfer_cost=wanted.transfer_cost, usd=dict(board.usd),
        kinds={ticker: coin.kind for ticker, coin in board.coins.items()},
    )


def _pairs(each: Gap, route: Found) -> dict[PairKey, Pair]:
    board = held.current().board
    return {key: Pair(key=key, quotes=dict(board.pairs[key]), books=ladders.of(key)) for key in keys_of(each, route) if key in board.pairs}

