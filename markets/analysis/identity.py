"""Which coin an exchange means by a code: what prices say of it, and multipliers bundled into a symbol."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from markets.analysis.settings import DEFAULT, Method

NEAR = 1.5
FAR = 2.0
CONFIRMS = Decimal("0.05")
_PREFIXES = {"1000000": 1_000_000, "1M": 1_000_000, "10000": 10_000, "1000": 1_000}
_SUFFIX = "1000"


class Prices(Struct, frozen=True, gc=False):
    """What prices alone say of an exchange's code: unknown, probable or conflicted, and the samples that say so.

    `near` counts samples within a factor 1.5 of the others since `near_since`; `far` those in a row beyond half or double.
    """

    state: str = "unknown"
    near: int = 0
    near_since: datetime | None = None
    far: int = 0


def is_far(ratio: float) -> bool:
    """Whether a price is beyond half or double of the others'."""
    return max(ratio, 1 / ratio) > FAR


def sample(before: Prices, ratio: float | None, now: datetime, method: Method = DEFAULT) -> Prices:
    """What prices say after one more sample, whose price was `ratio` times the others' (None: nobody to compare with).

    Prices make an unknown code probable, either conflicted, and end a conflict that prices made: one wrong minute of an
    exchange would otherwise keep its coins apart for ever.
    """
    if ratio is None:
        return before
    apart = max(ratio, 1 / ratio)
    if is_far(ratio):
        far = before.far + 1
        return Prices("conflicted" if far >= method.identity_far else before.state, 0, None, far)
    if apart > NEAR:
        return Prices(before.state, before.near, before.near_since, 0)
    near, since = before.near + 1, before.near_since or now
    enough = near >= method.identity_near and now - since >= timedelta(seconds=method.identity_near_s)
    return Prices("probable" if enough else before.state, near, since, 0)


def multiplier_candidates(code: str, known_codes: Collection[str]) -> tuple[tuple[str, Decimal], ...]:
    """What a code may bundle, as (code of one unit, units): 1000PEPE -> (PEPE, 1000). Prices must confirm it.

    Nothing is stripped unless what is left is itself listed, so 1INCH, 0G, 2Z, 9BIT and 10SET stay what they are.
    """
    found = [(code.removeprefix(p), Decimal(m)) for p, m in _PREFIXES.items() if code.startswith(p)]
    if code.endswith(_SUFFIX):
        found.append((code.removesuffix(_SUFFIX), Decimal(1000)))
    return tuple((base, m) for base, m in found if base in known_codes)


def confirms_multiplier(price: Decimal, reference: Decimal, multiplier: Decimal) -> bool:
    """Whether `price` is `multiplier` times `reference`, within 5 %."""
    expected = reference * multiplier
    return abs(price - expected) <= CONFIRMS * expected
