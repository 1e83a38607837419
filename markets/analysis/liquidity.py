"""How much one can trade before the price moves: what amounts cost, what it takes to move a book, its score, and turnover no book backs.

Levels are (price, size in coins), best first. Money is in quote units, "USD" means USDT-equivalent. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import depth, fills
from markets.analysis.depth import BANDS, Band, Depth
from markets.analysis.fills import Curve, Fill
from markets.analysis.settings import DEFAULT, Method
from markets.board import Ladder

BPS = Decimal(10_000)
HUNDRED = Decimal(100)
ZERO, ONE = Decimal(0), Decimal(1)
SIDES = ("buy", "sell")
STEPS = tuple(Decimal(10**n) for n in (3, 4, 5, 6))  # USD: the columns of cost
NO_WORTH = Decimal("0.02")  # so much slippage is worth nothing in the score
WIDEST = BANDS[-1]
# (notional in USD, weight); the weights are one together
NOTIONALS = tuple(
    (Decimal(usd), Decimal(weight)) for usd, weight in (
        (100, "0.15"), (500, "0.15"), (1_000, "0.20"), (5_000, "0.20"), (10_000, "0.15"), (50_000, "0.07"), (100_000, "0.05"), (200_000, "0.03"),
    )
)


class Wish(Struct, frozen=True, gc=False):
    """An amount to trade: quote units, or coins where `in_base`."""

    amount: Decimal
    side: str = "buy"
    in_base: bool = False


class Cost(Struct, frozen=True, gc=False):
    """What a wish comes to on one book. `slippage_bps` and `vwap` are None where the book cannot fill it; `share` is what it can."""

    slippage_bps: Decimal | None
    vwap: Decimal | None
    share: Decimal
    base: Decimal
    money: Decimal


class Part(Struct, frozen=True, gc=False):
    """One notional's part of a score: slippage of each side as a ratio (None: unfillable), `points` out of 100 times its weight."""

    notional: Decimal
    weight: Decimal
    buy: Decimal | None
    sell: Decimal | None
    points: Decimal


class Score(Struct, frozen=True, gc=False):
    """0 (nothing can be traded) to 100 (everything at the middle), and what it is the sum of."""

    value: Decimal
    parts: tuple[Part, ...]


class Measure(Struct, frozen=True, gc=False, kw_only=True):
    """One exchange's book of a pair, measured. `usd` is USD per quote unit; without it there is no score and no figure in USD.

    `top_bid`, `top_ask`: money at the best price. `costs`: (buy, sell) for each of STEPS. `turnover_ratio`: the day's volume
    over what lies within 2 % on both sides, an upper bound where the book ends before.
    """

    exchange: str
    depth: Depth
    top_bid: Decimal
    top_ask: Decimal
    usd: Decimal | None = None
    score: Score | None = None
    costs: tuple[tuple[Cost, Cost], ...] = ()
    volume: Decimal | None = None
    turnover_ratio: Decimal | None = None

    def band(self, ratio: Decimal) -> Band:
        """What lies within one of BANDS."""
        return next(band for band in self.depth.bands if band.ratio == ratio)

    @property
    def move_up_usd(self) -> Decimal | None:
        """What has to be bought to move the price up by 2 %; at least so much where the asks end before."""
        return None if self.usd is None else EXACT.multiply(self.band(WIDEST).ask, self.usd)

    @property
    def move_down_usd(self) -> Decimal | None:
        """What has to be sold to move it down by 2 %."""
        return None if self.usd is None else EXACT.multiply(self.band(WIDEST).bid, self.usd)


# --- One book -----------------------------------------------------------------------------------------------------
class Sides:
    """A book ready for many amounts: both sides with their sums, and its middle."""

    def __init__(self, ladder: Ladder, mid: Decimal) -> None:
        self.mid, self._curves = mid, {"buy": Curve(ladder.asks), "sell": Curve(ladder.bids)}

    def cost(self, wish: Wish) -> Cost:
        """Up the asks (buy) or down the bids (sell) until the wish is spent, received or filled. In the caller's context: EXACT."""
        curve = self._curves[wish.side]
        return _cost(curve.by_base(wish.amount) if wish.in_base else curve.by_money(wish.amount), self.mid)

    def both(self, notional: Decimal, usd: Decimal) -> tuple[Cost, Cost]:
        """(buying, selling) for so many USD."""
        amount = EXACT.divide(notional, usd)
        return self.cost(Wish(amount, "buy")), self.cost(Wish(amount, "sell"))


def measure(ladder: Ladder, usd: Decimal | None = None) -> Measure | None:
    """Measure one book; None for one without a middle (crossed, or a side is missing)."""
    with localcontext(EXACT):
        found = depth.measure(ladder.bids, ladder.asks)
        if found is None:
            return None
        sides, (bid, bid_size), (ask, ask_size) = Sides(ladder, found.mid), ladder.bids[0], ladder.asks[0]
        return Measure(
            exchange=ladder.exchange, depth=found, top_bid=bid * bid_size, top_ask=ask * ask_size, usd=usd,
            score=score(sides, usd) if usd else None, costs=tuple(sides.both(step, usd) for step in STEPS) if usd else (),
        )


def with_volume(found: Measure, volume: Decimal | None) -> Measure:
    """The same beside the day's turnover, in quote units."""
    band = found.band(WIDEST)
    held = EXACT.add(band.bid, band.ask)
    return replace(found, volume=volume, turnover_ratio=EXACT.divide(volume, held) if volume is not None and held else None)


def cost(ladder: Ladder, wish: Wish) -> Cost | None:
    """What one wish comes to on a book; None for a book without a middle."""
    if depth.oddness(ladder.bids, ladder.asks):
        return None
    with localcontext(EXACT):
        levels = ladder.asks if wish.side == "buy" else ladder.bids
        fill = fills.by_base(levels, wish.amount) if wish.in_base else fills.by_money(levels, wish.amount)
        return _cost(fill, (ladder.bids[0][0] + ladder.asks[0][0]) / 2)


def _cost(fill: Fill, mid: Decimal) -> Cost:
    if not fill.complete:
        return Cost(None, None, fill.share, fill.base, fill.money)
    slip = fills.slippage(fill.vwap, mid)
    return Cost(None if slip is None else slip * BPS, fill.vwap, fill.share, fill.base, fill.money)


def score(sides: Sides, usd: Decimal) -> Score:
    """The weighted worth of NOTIONALS, each by the worse of its two sides. Orders that no notional reaches count for nothing."""
    with localcontext(EXACT):
        parts = tuple(_part(notional, weight, *sides.both(notional, usd)) for notional, weight in NOTIONALS)
        return Score(sum((part.points for part in parts), ZERO), parts)


def _part(notional: Decimal, weight: Decimal, buy: Cost, sell: Cost) -> Part:
    slips = [None if each.slippage_bps is None else each.slippage_bps / BPS for each in (buy, sell)]
    worse = None if None in slips else max(slips)  # type: ignore[type-var]  # both are known
    worth = ZERO if worse is None else max(ZERO, ONE - worse / NO_WORTH)
    return Part(notional, weight, slips[0], slips[1], HUNDRED * weight * worth)


def imbalance(band: Band) -> Decimal | None:
    """(bids - asks) / (bids + asks), from -1 (only sellers) to 1 (only buyers); None for an empty band."""
    held = EXACT.add(band.bid, band.ask)
    return EXACT.divide(EXACT.subtract(band.bid, band.ask), held) if held else None


def thinner(band: Band) -> tuple[Decimal, bool]:
    """What the smaller side of a band holds, and whether the book ends before the band does."""
    return min((band.bid, band.bid_truncated), (band.ask, band.ask_truncated))


# --- Several books of one pair ------------------------------------------------------------------------------------
def suspicious(measures: Iterable[Measure], method: Method = DEFAULT) -> frozenset[str]:
    """Exchanges whose reported turnover their book does not back: `volume_suspicious`.

    A book that ends within 2 % accuses nobody: what lies beyond is not known.
    """
    known = {each.exchange: each for each in measures if each.turnover_ratio is not None}
    return frozenset(name for name, each in known.items() if _complete(each.band(WIDEST)) and _unbacked(name, known, method))


def _complete(band: Band) -> bool:
    return not (band.bid_truncated or band.ask_truncated)


def _unbacked(name: str, known: Mapping[str, Measure], method: Method) -> bool:
    peers = [each.turnover_ratio for other, each in known.items() if other != name]
    own = known[name].turnover_ratio
    return bool(peers) and own > method.suspicious_turnover * statistics.median(peers)  # type: ignore[operator,type-var]  # only known ratios


def best_first(names: Sequence[str], measures: Mapping[str, Measure], costs: Mapping[str, Cost]) -> list[str]:
    """Exchanges by liquidity: by what the wish costs where one is given (`costs`), unfilled last by how much they fill; else by
    score, else by what the thinner side holds within 2 %. Equals by name.
    """
    def key(name: str) -> tuple[bool, Decimal, Decimal, Decimal, str]:
        found, measured = costs.get(name), measures[name]
        slip = found.slippage_bps if found else ZERO
        filled = found.share if found else ONE
        value = measured.score.value if measured.score else -ONE
        return slip is None, slip if slip is not None else -filled, -value, -thinner(measured.band(WIDEST))[0], name

    return sorted((name for name in names if name in measures), key=key)
