"""Who is looking: exchanges that are released to some are shown to those alone, on pages, in the API and in answers alike.

The subject is set once for each request (`Audience` in `markets/api/visitor.py`); where nobody is looking, as in workers,
only what everybody sees is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from exchanges.models import Exchange, Release
from markets.ask.rollout import PLACES, place

Subject = Callable[[], str]

NOBODY: Subject = str
_subject: ContextVar[Subject | None] = ContextVar("subject", default=NOBODY)


@contextmanager
def of(subject: Subject | None) -> Iterator[None]:
    """While it lasts, `subject()` is looking; None: somebody who sees every exchange (the operators' pages)."""
    token = _subject.set(subject)
    try:
        yield
    finally:
        _subject.reset(token)


def unseen(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """Those of these that whoever is looking does not see. One that is off is seen, as off: nothing of it counts anyway."""
    subject = _subject.get()
    limited = [e for e in exchanges if e.release in (Release.SHADOW, Release.PERCENT)]
    if subject is None or not limited:
        return frozenset()
    name = subject() if any(e.release == Release.PERCENT for e in limited) else ""
    return frozenset(e.slug for e in limited if not (name and e.release == Release.PERCENT and inside(e, name)))


def inside(exchange: Exchange, subject: str) -> bool:
    """Whether a subject is among the share of visitors an exchange is shown to: the same ones stay in while it grows."""
    return place("release", exchange.slug, subject) < exchange.release_percent * PLACES // 100


def everything() -> bool:
    """Whether whoever is looking sees every exchange as its operator does."""
    return _subject.get() is None
