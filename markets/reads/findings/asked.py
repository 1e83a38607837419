"""Who asks, when, and on which terms."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from markets.analysis.fees import Fees

PATIENCE_S = 2.0  # for a whole answer; what has not come by then is named as missing


@dataclass(frozen=True)
class Asked:
    """One asking: `now`, the visitor's own taker fees, who it is for rollouts, and until when (monotonic) it may wait for the queue."""

    now: datetime
    fees: Fees = field(default_factory=dict)
    subject: str = ""
    until: float = field(default_factory=lambda: time.monotonic() + PATIENCE_S)

    @property
    def left_s(self) -> float:
        """Seconds it may still wait."""
        return max(0.0, self.until - time.monotonic())
