"""Whether somebody is in: one kind of question on one exchange, open to all, to nobody, or to a steady share of those who ask. Pure."""

from __future__ import annotations

import hashlib

from msgspec import Struct

ON, PERCENT, OFF = "on", "percent", "off"
PLACES = 10_000  # as finely as a share is told


class Open(Struct, frozen=True):
    """To whom one kind of question is open on one exchange: `state` on, off or percent, the share of subjects, and who is in whatever it is."""

    state: str = ON
    percent: int = 0
    always: frozenset[str] = frozenset()


def inside(opened: Open, intent: str, exchange: str, subject: str) -> bool:
    """Whether a subject is in. Off is off for everybody; the same subjects stay in while the share grows."""
    if opened.state != PERCENT:
        return opened.state == ON
    return subject in opened.always or place(intent, exchange, subject) < opened.percent * PLACES // 100


def place(intent: str, exchange: str, subject: str) -> int:
    """Where somebody stands among all who ask, 0 to 9,999: another place for each kind of question and exchange, always the same one."""
    digest = hashlib.blake2b("\0".join((intent, exchange, subject)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % PLACES
