"""Times that a question names without a number: yesterday, last week, since Monday, all time."""

from __future__ import annotations

from markets.ask.sheet import Sheet
from markets.ask.slots import DATE, TIME
from markets.ask.tables import words

_SPANS = {
    "minute": "1m",
    "hour": "1h",
    "day": "24h",
    "night": "24h",
    "week": "7d",
    "weekend": "3d",
    "fortnight": "14d",
    "month": "30d",
    "quarter": "90d",
    "year": "365d",
}
_LAST = words("last past previous this")
_ONE_WORD = {
    "yesterday": "24h",
    "today": "24h",
    "tonight": "24h",
    "intraday": "24h",
    "lately": "7d",
    "ytd": "365d",
    "weekly": "7d",
    "monthly": "30d",
    "yearly": "365d",
}
MONTHS = words("january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec")
_SINCE_DAYS = words("since last on from this")
_IN_MONTHS = words("in since last during of until this from")
_DAYS = words("monday tuesday wednesday thursday friday saturday sunday")


def find_times(sheet: Sheet) -> None:
    """Mark what no number is part of: "last week", "yesterday", "since monday", "a month ago"."""
    for at in range(len(sheet)):
        if sheet.free(at):
            _find(sheet, at)


def _find(sheet: Sheet, at: int) -> None:
    low, lemma, before = sheet.low(at), sheet.lemma(at), sheet.low(at - 1)
    if low in _ONE_WORD:
        sheet.mark(at, at + 1, TIME, _ONE_WORD[low])
    elif lemma in _SPANS and low == lemma and before in _LAST:
        sheet.mark(at - 1, at + 1, TIME, _SPANS[lemma])
    elif lemma in _SPANS and before in ("a", "an", "one") and sheet.low(at + 1) in ("ago", "earlier", "back"):
        sheet.mark(at - 1, at + 2, TIME, _SPANS[lemma])
    elif low in _DAYS and before in _SINCE_DAYS:
        sheet.mark(at, at + 1, TIME, "7d")
    elif low in MONTHS and (before in _IN_MONTHS or (low != "may" and before not in ("", "mar"))):
        sheet.mark(at, at + 1, DATE)
    elif low == "time" and before == "all":
        sheet.mark(at - 1, at + 1, DATE)


def time_of(sheet: Sheet) -> str | None:
    """The first time range, or None."""
    return next((mark.value for mark in sheet.marked(TIME) if mark.value), None)
