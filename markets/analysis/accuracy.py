"""Was a best price that was shown true? The next look at the same exchange says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Shown:
    """A best price as it was published: of which exchange, and the middle of all exchanges then."""

    exchange: str
    price: Decimal
    middle: Decimal


def contradicted(then: Shown, price: Decimal | None, middle: Decimal | None, tolerance: Decimal) -> bool | None:
    """Whether the exchange's next price stands elsewhere against the market than the one shown, by more than the tolerance.

    A market that moves takes both along and contradicts nothing. None where there is no next price to hold it against.
    """
    if not price or not middle or not then.middle:
        return None
    return abs(price / middle - then.price / then.middle) > tolerance
