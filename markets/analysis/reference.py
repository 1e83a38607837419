"""What several exchanges together say a coin costs: robust centre, anomalies, reference and index price.

Prices stay exact decimals; floats appear only where a flag or a score comes out (logarithms, z-scores).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from exchanges.numbers import EXACT
from markets.analysis.settings import Method

NORMAL = 1.4826  # MAD of a normal distribution, times this, is its standard deviation


class Scale(NamedTuple):
    """Centre (a logarithm), MAD and the scale deviations are measured in: never below the floor, where MAD is 0."""

    centre: float
    mad: float
    sigma: float


class Consensus(NamedTuple):
    """ok, disputed or no_consensus; and the kind of each anomaly, by exchange."""

    status: str
    anomalies: Mapping[str, str]


def pair_class(volume_usd: Decimal | None, stable: bool, method: Method) -> str:
    """Class of a pair by its day's volume in USD (None: unknown): stable, major, mid or tail."""
    if stable:
        return "stable"
    if volume_usd is None or volume_usd < method.mid_volume_usd:
        return "tail"
    return "major" if volume_usd >= method.major_volume_usd else "mid"


def tolerance(name: str, method: Method) -> float:
    """How far apart exchanges may be in this class, as a ratio."""
    found: float = getattr(method, f"tol_{name}")
    return found


def median(prices: Sequence[Decimal]) -> Decimal:
    """The middle price; of an even number the geometric mean of the middle two, so that half and double are alike."""
    ordered = sorted(prices)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    low, high = ordered[middle - 1], ordered[middle]
    return low if low == high else EXACT.sqrt(EXACT.multiply(low, high))


def scale(mids: Sequence[Decimal], half_spreads: Sequence[float], method: Method) -> Scale:
    """Robust centre and scale of the mids in log space; `half_spreads` are relative."""
    logs = sorted(math.log(m) for m in mids)
    centre = _middle(logs)
    mad = _middle(sorted(abs(x - centre) for x in logs))
    return Scale(centre, mad, max(NORMAL * mad, method.floor, 0.5 * _middle(sorted(half_spreads))))


def _middle(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def within(ordered: Sequence[Decimal], ratio: float) -> bool:
    """Whether the dearest of some mids, cheapest first, lies within `ratio` of the cheapest: then nobody can be an anomaly."""
    return float(ordered[-1]) <= float(ordered[0]) * (1 + ratio)


def consensus(mids: Mapping[str, Decimal], half_spreads: Sequence[float], tol: float, method: Method) -> Consensus:
    """Who is an anomaly among two and more that do not all lie within `tol`. Where no majority agrees nobody is called wrong."""
    if len(mids) == 2:
        return Consensus("disputed", {})
    s = scale([*mids.values()], half_spreads, method)
    apart = {name: math.log(mid) - s.centre for name, mid in mids.items()}
    off = {name: math.expm1(x) for name, x in apart.items()}
    if sum(abs(dev) <= tol for dev in off.values()) < len(mids) // 2 + 1:
        return Consensus("no_consensus", {})
    return Consensus("ok", {n: kind(apart[n]) for n, dev in off.items() if abs(dev) > tol and abs(apart[n]) / s.sigma > method.z_threshold})


def kind(apart: float) -> str:
    """What sort of anomaly: `apart` is the logarithm of its mid over the median."""
    tens = apart / math.log(10)
    if round(tens) and abs(tens - round(tens)) <= 0.02:
        return "unit_mismatch"
    return "identity_conflict" if abs(apart) > math.log(2) else "price_anomaly"


def dispersion_bps(mids: Sequence[Decimal], method: Method) -> Decimal | None:
    """1.4826 MAD in basis points; None for fewer than two. Rounded far below what means anything, to be free of noise."""
    if len(mids) < 2:
        return None
    return Decimal(format(NORMAL * scale(mids, [0.0], method).mad * 10_000, ".6f"))


def index(mids: Sequence[Decimal], weights: Sequence[Decimal | None], cap: Decimal) -> Decimal | None:
    """The mean of the mids weighted by volume and age, with capped shares. Unknown volumes (None) weigh the least known."""
    if not mids:
        return None
    least = min((w for w in weights if w is not None), default=Decimal(1))
    # In the order of prices, not of exchanges: the last of 34 digits would depend on it.
    ordered = sorted(zip(mids, [least if w is None else w for w in weights], strict=True))
    parts = shares([weight for _, weight in ordered], cap)
    return sum((EXACT.multiply(s, m) for s, (m, _) in zip(parts, ordered, strict=True)), Decimal(0))


def shares(weights: Sequence[Decimal], cap: Decimal) -> list[Decimal]:
    """Weights as shares of 1. With three or more none exceeds `cap`; the excess goes to the others in proportion."""
    capped: set[int] = set()
    while True:
        parts = _spread(weights, capped, cap)
        over = {i for i, part in enumerate(parts) if part > cap and i not in capped}
        if len(weights) < 3 or not over:
            return parts
        capped |= over
        if len(capped) == len(weights):
            return _spread([Decimal(1)] * len(weights), set(), cap)


def _spread(weights: Sequence[Decimal], capped: set[int], cap: Decimal) -> list[Decimal]:
    """`cap` for the capped, the rest for the others in proportion, or equally when none of them has any weight."""
    free = [w for i, w in enumerate(weights) if i not in capped]
    total, rest = sum(free, Decimal(0)), 1 - cap * len(capped)
    return [cap if i in capped else EXACT.divide(rest * w, total) if total else EXACT.divide(rest, Decimal(len(free))) for i, w in enumerate(weights)]
