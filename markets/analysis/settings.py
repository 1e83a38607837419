"""The numbers of the methodology that an operator may change, as one frozen value handed to every function."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Method:
    """Defaults of the methodology. Tolerances are ratios (0.005 = 0.5 %); volumes in USD a day; ages in periods or seconds."""

    version: str = "1"
    fresh_periods: int = 3
    aging_periods: int = 6
    expired_s: int = 900
    wide: Decimal = Decimal("0.10")
    z_threshold: float = 6.0
    floor: float = 0.0005
    tol_stable: float = 0.003
    tol_major: float = 0.005
    tol_mid: float = 0.015
    tol_tail: float = 0.05
    major_volume_usd: Decimal = Decimal(50_000_000)
    mid_volume_usd: Decimal = Decimal(1_000_000)
    readmit_samples: int = 3
    dislocated_s: int = 300
    weight_cap: Decimal = Decimal("0.40")
    frozen_polls: int = 5
    frozen_s: int = 60
    frozen_move: float = 0.002
    identity_near: int = 20
    identity_near_s: int = 600
    identity_far: int = 3
    future_s: int = 60  # a stamp further ahead of us than this is not ranked (beyond 5 s it is only flagged)
    least_open_interest_usd: Decimal = Decimal(1_000_000)  # a funding spread on less than this is no opportunity
    thin_usd: Decimal = Decimal(10)  # less than this at the best price is thin
    peg_pegged: Decimal = Decimal("0.003")  # a stablecoin so far off the others still holds
    peg_wobbling: Decimal = Decimal("0.01")  # beyond this it has lost its peg
    suspicious_turnover: Decimal = Decimal(50)  # times the other exchanges' median of volume over depth
    arbitrage_skew_s: int = 10  # two prices further apart in time prove no gap between them
    arbitrage_suspect_major: Decimal = Decimal("0.05")  # more than this after fees is too good to be true, for a major
    arbitrage_suspect_other: Decimal = Decimal("0.10")
    arbitrage_min_usd: Decimal = Decimal(50)  # a gap that fills less is not worth a trade
    arbitrage_announce_after: int = 2  # snapshots in a row
    unknown_fee: Decimal = Decimal("0.002")  # where no taker fee is known: on the safe side
    sigma_1min: float = 0.0008  # how far a price moves in a minute, where that was not measured
    transfer_minutes: int = 10
    clock_off_s: int = 30  # a clock further off than this makes every age wrong


DEFAULT = Method()
