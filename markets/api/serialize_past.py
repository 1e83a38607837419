"""A pair's past across exchanges as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis.derivatives import FIGURE
from markets.reads.deviation import BestHours, Past

PLACES = 6  # of a computed figure


def deviation(past: Past) -> dict[str, Any]:
    """Distances from the median: one entry in every list for each slot."""
    found = past.found
    return {
        "base": past.key.base, "quote": past.key.quote, "range": past.span, "period_s": found.period_s, "until": past.as_of,
        "opened_at": [datetime.fromtimestamp(start, UTC) for start in found.starts],
        "median": [plain(middle and FIGURE.plus(middle)) for middle in found.medians], "compared": found.judged,
        "results": [
            {
                "exchange": line.exchange, "mean_bps": _figure(line.mean), "latest_bps": _figure(line.latest), "mid": [plain(mid) for mid in line.mids],
                "bps": [_figure(value) for value in line.bps],
            }
            for line in found.lines
        ],
    }


def hours(best: BestHours) -> dict[str, Any]:
    """Shares of hours, and each hour of the day that has any."""
    found = best.found
    return {
        "base": best.key.base, "quote": best.key.quote, "range": best.span, "until": best.as_of, "side": found.side, "hours": found.judged,
        "results": [{"exchange": share.exchange, "hours_best": share.hours, "share_pct": _figure(share.pct)} for share in found.shares],
        "by_hour": [
            {"hour": cell.hour, "exchanges": list(cell.leaders), "hours_best": cell.hours, "hours": cell.of} for cell in found.cells if cell is not None
        ],
    }


def _figure(value: Decimal | None) -> str | None:
    return plain(None if value is None else round(value, PLACES))
