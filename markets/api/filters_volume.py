"""What the address of volumes understands."""

from __future__ import annotations

from exchanges.adapters import ADAPTERS
from markets.api.filters import PAGE, decimal, flag, many, one_of, ordering, ticker, words
from markets.reads.volume import SORTS
from markets.reads.volume_hours import WINDOWS

EXCHANGE = many("exchange", "Volumes of these exchanges only.", tuple(ADAPTERS))
SUSPECT = flag("suspect", False, "Count volumes that are only doubted (unit_mismatch, volume_suspicious), too.")
SEARCH = words("search", 60, "Part of a ticker or name.")
LEAST = decimal("min_volume_usd", "Only coins with at least this volume in 24 hours, in USD.")
VOLUME = (
    EXCHANGE, ticker("quote", "Volumes in this quote currency only. Absent: all."), many("base", "Only these coins."), SUSPECT, SEARCH, LEAST,
    one_of("window", tuple(WINDOWS), "Adds `past`: volume through time, by exchange, as far back as this."), ordering(SORTS, "-volume"), *PAGE,
)  # fmt: skip
