"""What help is told with: the exchanges as they stand, and how many pairs they trade."""

from __future__ import annotations

from markets import read
from markets.ask.answers.helping import Help
from markets.ask.answers.unknown import Unknown
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads.findings import status
from markets.reads.findings.asked import Asked


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Help, ...]:
    """Of every exchange that is open to whoever asks."""
    return (Help(seen=status.seen(status.open_to(route), asked.now), pairs=read.pairs_traded()),)


def nothing(frame: Frame, route: Route, asked: Asked) -> tuple[Unknown, ...]:
    """A question that is not answered reads nothing."""
    return (Unknown(),)
