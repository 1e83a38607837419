"""How much is traded, where, and whether that is much: what a volume may count for, shares, concentration, the norm. Pure.

Volumes are of the last 24 hours, in USD. What is not known is None or absent, never 0.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import quality, units
from markets.analysis.cross import MONEY
from markets.analysis.reference import NORMAL, shares
from markets.analysis.settings import Method
from markets.board import Quote

NORM_DAYS = 14  # the norm is the median of so many days at the same hour
SPREAD_DAYS = 30  # how much it varies is taken from so many days
LEAST_DAYS = 3  # fewer are no history
COVERS = 2  # a past day speaks for today when twice what its markets hold today is all of today's volume or more
CAP = Decimal("0.40")  # of one market in a change of price, as in the index price
SUSPECT = ("unit_mismatch", "volume_suspicious")  # shown, and left out of totals unless asked for
ONE = Decimal(1)

K = TypeVar("K", bound=Hashable)
N = TypeVar("N", Decimal, float)


class Volume(Struct, frozen=True, gc=False, kw_only=True):
    """One market's day. `usd` None: unknown. `reason` is why it does not count ("" when it does): a reason code.

    `change_pct` is the price's over the same day, in the market's own quote.
    """

    exchange: str
    symbol: str
    quote: str
    usd: Decimal | None
    change_pct: Decimal | None
    reason: str
    age_s: float | None
    state: str


# --- What counts ------------------------------------------------------------------------------------------------
def judge(quote: Quote, rate: Decimal | None, now: datetime, method: Method, *, suspicious: bool = False) -> Volume:
    """One quote's volume in USD and whether it counts. `rate` is USD for one unit of the quote currency.

    `suspicious`: reported turnover that no book stands behind (`analysis.liquidity`). Of several reasons the first counts.
    """
    seen = quality.look(quote, now, method)
    believed = quality.turnover(quote, seen.mid) if seen.mid else None
    usd = None if believed is None or rate is None else EXACT.multiply(believed, rate)
    reason = seen.reason or _flag(quote) or _doubt(quote, believed, rate) or ("volume_suspicious" if suspicious else "")
    return Volume(
        exchange=quote.exchange, symbol=quote.symbol, quote=quote.quote, usd=usd, change_pct=quote.change_24h_pct, reason=reason, age_s=seen.age_s,
        state=seen.state,
    )


def _flag(quote: Quote) -> str:
    """What quality remembers against it. A price that only stays apart from the others' was still traded at."""
    return "" if quote.flag == "dislocated" else quote.flag


def _doubt(quote: Quote, believed: Decimal | None, rate: Decimal | None) -> str:
    """Why a volume of a quote that is in order is not to be added up."""
    if quote.quote_volume_24h is None:
        return "bad_number" if "quote_volume_24h" in quote.bad else "no_volume"
    if believed is None or not units.agree(quote):
        return "unit_mismatch"
    return "no_rate" if rate is None else ""


def counts(volume: Volume, *, suspect: bool = False) -> bool:
    """Whether it belongs in a total; `suspect` takes in what is only doubted. What is unknown never does."""
    return volume.usd is not None and (not volume.reason or (suspect and volume.reason in SUSPECT))


def total(volumes: Collection[Decimal]) -> Decimal | None:
    """The sum; None of none."""
    return sum(volumes, Decimal(0)) if volumes else None


# --- Who has it -------------------------------------------------------------------------------------------------
def parts(volumes: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """Each one's share of the sum, a ratio; {} when there is nothing to share."""
    whole = sum(volumes.values(), Decimal(0))
    return {key: EXACT.divide(value, whole) for key, value in volumes.items()} if whole else {}


def concentration(portions: Collection[Decimal]) -> Decimal | None:
    """HHI, the sum of squared shares: 1 is all in one place, 0.2 is even over five. None of none."""
    return sum((EXACT.multiply(part, part) for part in portions), Decimal(0)) if portions else None


# --- Against the norm -------------------------------------------------------------------------------------------
def norm_ratio(today: Mapping[K, N], past: Sequence[Mapping[K, N]]) -> tuple[N | None, int]:
    """(RV, days it is taken from): today's volume over the median of past days' at the same hour, by market.

    Like is compared with like: each day by the markets that both know, so one that was not asked, or is new, moves nothing.
    A day whose markets hold less than half of today's volume says nothing. Under three days RV is None. Amounts are exact
    decimals to be shown (call it inside the exact context), or floats where only a score comes out.
    """
    ratios = [ratio for day in past if (ratio := _of_today(day, today)) is not None]
    if len(ratios) < LEAST_DAYS:
        return None, len(ratios)
    middle = statistics.median(ratios)
    return (1 / middle if middle else None), len(ratios)


def _of_today(day: Mapping[K, N], today: Mapping[K, N]) -> N | None:
    """The day's volume as a multiple of today's, over the markets both know; None where those do not speak for today."""
    common = day.keys() & today.keys()
    now = sum(today[key] for key in common)
    if not now or COVERS * now < sum(today.values()):
        return None
    return sum(day[key] for key in common) / now


def volume_spread(days: Sequence[Mapping[K, float]], floor: float) -> float | None:
    """s_v: 1.4826 MAD of ln(RV) over 30 days, each against the 14 before it; `days` at one hour, the latest first."""
    known = [norm_ratio(day, days[at + 1 : at + 1 + NORM_DAYS])[0] for at, day in enumerate(days[:SPREAD_DAYS]) if day]
    return spread([math.log(value) for value in known if value], floor)


def price_spread(days: Sequence[Mapping[K, float]], weights: Mapping[K, float], floor: float) -> float | None:
    """s_p: the same of the daily logarithmic change of price; `days` are prices by market, the latest first.

    The change is the mean of the markets' that both days know, by volume, none weighing more than two fifths of all.
    """
    changes = []
    for after, before in pairwise(days[: SPREAD_DAYS + 1]):
        both = [key for key in after if after[key] and before.get(key)]
        parts = [Decimal(weights.get(key, 0)) for key in both]
        portions = shares(parts, CAP)
        ratio = sum(float(part) * after[key] / before[key] for part, key in zip(portions, both, strict=True))
        changes += [math.log(ratio)] if ratio else []
    return spread(changes, floor)


def spread(values: Sequence[float], floor: float) -> float | None:
    """1.4826 MAD, never under the floor; None of fewer than three."""
    if len(values) < LEAST_DAYS:
        return None
    middle = statistics.median(values)
    return max(floor, NORMAL * statistics.median(abs(value - middle) for value in values))


def index_change(changes: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The change of the index price (ratio) from (each market's change, its volume): volumes as capped shares.

    The markets' prices agree, so their changes in the index's own shares are the index's change. Unknown volumes weigh the least known.
    """
    if len(changes) < 2:
        return changes[0][0] if changes else None
    least = min((w for _, w in changes if w is not None), default=ONE)
    ordered = sorted((change, least if w is None else w) for change, w in changes)  # the last digit would depend on the order
    portions = shares([w for _, w in ordered], CAP)
    return sum((EXACT.multiply(part, change) for part, (change, _) in zip(portions, ordered, strict=True)), Decimal(0))


def rates(prices: Mapping[tuple[str, str], Sequence[Decimal]], quotes: Collection[str]) -> dict[str, Decimal]:
    """{quote currency: USD per unit} from prices by (base, quote): the median of its market, else of the inverse; unknown is absent."""
    found = {MONEY: ONE}
    for quote in set(quotes) - {MONEY}:
        straight, inverse = prices.get((quote, MONEY)), prices.get((MONEY, quote))
        if straight or inverse:
            found[quote] = statistics.median(straight) if straight else EXACT.divide(ONE, statistics.median(inverse or ()))
    return found
