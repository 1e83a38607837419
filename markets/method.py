"""The operator's methodology settings as the frozen value that analysis takes, read at most once a second per process."""

from __future__ import annotations

import time
from decimal import Decimal

from django.db import DatabaseError

from markets.analysis.settings import DEFAULT, Method
from markets.models import Setting

_KEPT_S = 1.0
_kept: tuple[float, Method] = (float("-inf"), DEFAULT)
_row: Setting | None = None  # what that was made of


def current_method() -> Method:
    """Today's thresholds. Keeps the last ones while the database is away."""
    global _kept, _row  # noqa: PLW0603 - one value per process, on purpose
    if time.monotonic() - _kept[0] > _KEPT_S:
        try:
            _row = setting()
            _kept = (time.monotonic(), from_row(_row))
        except DatabaseError:
            _kept = (time.monotonic(), _kept[1])
    return _kept[1]


def current_setting() -> Setting:
    """The row behind `current_method`, for what is read at every poll. Not to be saved."""
    current_method()
    return _row or setting()


def setting() -> Setting:
    """The one row of settings; defaults where it was never saved."""
    return Setting.objects.filter(pk=1).first() or Setting(pk=1)


def from_row(row: Setting) -> Method:
    """A row's percentages as the ratios analysis computes with."""
    def ratio(percent: object) -> float:
        return float(exact(percent))

    def exact(percent: object) -> Decimal:
        return Decimal(str(percent)) / 100

    return Method(
        z_threshold=float(row.z_threshold), tol_stable=ratio(row.tol_stable_pct), tol_major=ratio(row.tol_major_pct), tol_mid=ratio(row.tol_mid_pct),
        tol_tail=ratio(row.tol_tail_pct), major_volume_usd=Decimal(row.major_volume_usd), mid_volume_usd=Decimal(row.mid_volume_usd),
        peg_pegged=exact(row.peg_pegged_pct), peg_wobbling=exact(row.peg_wobbling_pct),
        arbitrage_skew_s=row.arbitrage_skew_s, arbitrage_suspect_major=exact(row.arbitrage_suspect_major_pct),
        arbitrage_suspect_other=exact(row.arbitrage_suspect_pct), arbitrage_min_usd=Decimal(row.arbitrage_min_usd),
        arbitrage_announce_after=row.arbitrage_announce_after, transfer_minutes=row.transfer_minutes, unknown_fee=exact(row.unknown_fee_pct),
    )
