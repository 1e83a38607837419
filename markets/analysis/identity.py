"""Which coin an exchange means by a code: evidence from prices, multipliers bundled into a symbol."""

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


class Evidence(Struct, frozen=True, gc=False):
    """An exchange's code: how sure we are, and the price samples that say so.

    `near` counts samples within a factor 1.5 of the others since `near_since`; `far` those in a row beyond half or
    double. `decided`: an operator said so, and no price overrules that.
    """

    state: str = "unknown"
    near: int = 0
    near_since: datetime | None = None
    far: int = 0
    decided: bool = False


def weigh(before: Evidence, ratio: float | None, now: datetime, method: Method = DEFAULT) -> Evidence:
    """The evidence after one more sample, whose price was `ratio` times the others' (None: nobody to compare with).

    Prices make an unknown code probable, an unknown or probable one conflicted, and end a conflict that prices made: one
    wrong minute of an exchange would otherwise keep its coins apart for ever. A confirmation is an operator's to end.
    """
    if ratio is None or before.decided:
        return before
    apart = max(ratio, 1 / ratio)
    if apart > FAR:
        far = before.far + 1
        broken = far >= method.identity_far and before.state in ("unknown", "probable")
        return Evidence("conflicted" if broken else before.state, 0, None, far)
    if apart > NEAR:
        return Evidence(before.state, before.near, before.near_since, 0)
    near, since = before.near + 1, before.near_since or now
    enough = near >= method.identity_near and now - since >= timedelta(seconds=method.identity_near_s)
    return Evidence("probable" if enough and before.state in ("unknown", "conflicted") else before.state, near, since, 0)


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
