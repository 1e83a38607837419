"""The operator's rollouts as they stand, read at most once a second per process, and how answers inside and outside of them fare."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import DatabaseError

from markets.ask.rollout import Open, inside
from markets.models import Rollout

STAFF = "staff"
OPEN = Open()
_KEPT_S = 1.0
_kept: tuple[float, Mapping[tuple[str, str], Open]] = (float("-inf"), {})


def current() -> Mapping[tuple[str, str], Open]:
    """{(intent, exchange): to whom it is open}, of those an operator has ever set. Keeps the last ones while the database is away."""
    global _kept  # noqa: PLW0603 - one copy per process, on purpose
    if time.monotonic() - _kept[0] > _KEPT_S:
        try:
            _kept = (time.monotonic(), _read())
        except DatabaseError:
            _kept = (time.monotonic(), _kept[1])
    return _kept[1]


def forget() -> None:
    """Read them anew at the next use: this process has just changed one."""
    global _kept  # noqa: PLW0603
    _kept = (float("-inf"), _kept[1])


def is_open(intent: str, exchange: str, subject: str) -> bool:
    """Whether one kind of question is open on an exchange to somebody."""
    return inside(current().get((intent, exchange), OPEN), intent, exchange, subject)


def closed(subject: str) -> frozenset[tuple[str, str]]:
    """What is not open to somebody: whoever keeps answers for more than one visitor keeps them by this."""
    return frozenset((intent, exchange) for intent, exchange in current() if not is_open(intent, exchange, subject))


def _read() -> dict[tuple[str, str], Open]:
    rows = list(Rollout.objects.select_related("exchange"))
    staff = _staff() if any(STAFF in _lines(row) for row in rows) else ()
    return {(row.intent, row.exchange.slug): Open(row.state, row.percent, _always(row, staff)) for row in rows}


def _always(row: Rollout, staff: Iterable[str]) -> frozenset[str]:
    listed = _lines(row)
    return frozenset((*listed, *(staff if STAFF in listed else ())))


def _lines(row: Rollout) -> list[str]:
    return [line.strip() for line in row.always.splitlines() if line.strip()]


def _staff() -> list[str]:
    return [user(pk) for pk in User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True)]


def user(pk: int) -> str:
    """A signed-in person as a subject."""
    return f"user:{pk}"
