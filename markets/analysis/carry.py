"""What holding one position against another brings: funding or basis on one side, four fees on the other. Pure.

Bought and sold short in the same amount of one coin, so that its price does not matter. Rates are taken as they are now;
they change with every payment, and nothing here foretells them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from markets.analysis.derivatives import FIGURE, HUNDRED
from markets.analysis.funding import FILLS, gap_pct

DAY_H, YEAR_D = 24, 365
STEPS = (1, 7, 30, 90)  # days at which the sum is told


class Position(Struct, frozen=True, gc=False, kw_only=True):
    """One leg. `kind` is spot, perp or future; `hourly` a perpetual's funding per hour, a ratio; `expiry` a dated future's."""

    exchange: str
    symbol: str
    kind: str
    price: Decimal | None = None
    taker_fee: Decimal | None = None
    hourly: Decimal | None = None
    expiry: datetime | None = None


class Step(Struct, frozen=True, gc=False):
    """After so many days: what was received, and what is left of it after all four fees."""

    days: Decimal
    received: Decimal
    net: Decimal | None


class Carry(Struct, frozen=True, gc=False, kw_only=True):
    """`amount` of money on each side for `days`. `hourly` is what the pair receives per hour, a ratio; below zero it pays.

    `fees` is the sum of four taker fees, a ratio; None where one is not known. `dated`: it comes from the basis of a
    dated future, in full only when held to its expiry.
    """

    amount: Decimal
    days: Decimal
    hourly: Decimal
    fees: Decimal | None
    price_gap_pct: Decimal | None
    dated: bool

    @property
    def apr_pct(self) -> Decimal:
        """Simple percent a year of one side's amount, before fees."""
        return FIGURE.multiply(self.hourly, HUNDRED * DAY_H * YEAR_D)

    @property
    def daily(self) -> Decimal:
        """Money a day, before fees."""
        return self.after(Decimal(1)).received

    @property
    def costs(self) -> Decimal | None:
        """The four fees in money."""
        return None if self.fees is None else FIGURE.multiply(self.amount, self.fees)

    @property
    def break_even_days(self) -> Decimal | None:
        """Days until the fees are paid back; None where that never happens at these rates, or a fee is not known."""
        if self.fees is None or self.hourly <= 0:
            return None
        return FIGURE.divide(self.fees, self.hourly * DAY_H)

    @property
    def net_pct(self) -> Decimal | None:
        """What is left after fees at the end, in percent of one side's amount."""
        net = self.after(self.days).net
        return None if net is None else FIGURE.divide(net * HUNDRED, self.amount)

    @property
    def end(self) -> Step:
        """At the end of the asked days."""
        return self.after(self.days)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Some days on the way, and the last."""
        return (*(self.after(Decimal(days)) for days in STEPS if days < self.days), self.end)

    def after(self, days: Decimal) -> Step:
        """What has come together by then."""
        received = FIGURE.multiply(self.amount * self.hourly, DAY_H * days)
        return Step(days, received, None if self.costs is None else received - self.costs)


def carry(long: Position, short: Position, amount: Decimal, days: Decimal, now: datetime) -> Carry | None:
    """Buy `long`, sell `short`; None where a rate, a price of a dated one, or anything else it stands on is not known.

    A dated future is not held beyond its expiry: the days end there.
    """
    gap = gap_pct(long.price, short.price)
    left = _hours_left(short, now) if short.kind == "future" else None
    received = _received(short, gap, left)
    paid = long.hourly if long.kind == "perp" else Decimal(0)
    if received is None or paid is None or amount <= 0:
        return None
    fees = None if long.taker_fee is None or short.taker_fee is None else FILLS * (long.taker_fee + short.taker_fee)
    held = days if left is None else min(days, left / DAY_H)
    return Carry(amount=amount, days=held, hourly=received - paid, fees=fees, price_gap_pct=gap, dated=left is not None)


def _received(short: Position, gap: Decimal | None, left: Decimal | None) -> Decimal | None:
    """What the short side receives per hour, a ratio: funding, or a dated future's gap spread over the time it has left."""
    if short.kind != "future":
        return short.hourly
    return None if gap is None or not left else FIGURE.divide(gap, HUNDRED * left)


def _hours_left(short: Position, now: datetime) -> Decimal:
    if short.expiry is None or short.expiry <= now:
        return Decimal(0)
    return Decimal((short.expiry - now) // timedelta(seconds=1)) / 3600
