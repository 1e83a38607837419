"""A question with everything its answer was made of, as one value: what a receipt keeps, and what is computed again from it. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from markets.ask import answers
from markets.ask.answer import Answer
from markets.ask.answers import Finding
from markets.ask.answers.common import remarked
from markets.ask.frame import Frame
from markets.ask.router import Route

VERSION = 1  # of this shape; a record of another one is shown as it was answered, not computed again


class Part(Struct, frozen=True):
    """One question of a text: how it was read, what was read for it, and what that gave."""

    frame: Frame
    route: Route
    findings: tuple[Finding, ...]

    def answers(self, now: datetime) -> tuple[Answer, ...]:
        """What it gave, as answers: the first says what there is to say of the question itself."""
        return remarked([answers.compose(self.frame, self.route, found, now) for found in self.findings], self.frame, self.route)


class Record(Struct, frozen=True):
    """All parts, at the time they were read. `method` is the version of the methodology."""

    as_of: datetime
    method: str
    parts: tuple[Part, ...]
    version: int = VERSION

    @property
    def frame(self) -> Frame:
        """The whole question."""
        return self.parts[0].frame

    def answers(self) -> tuple[Answer, ...]:
        """The answers, computed from what was read: the same each time."""
        return tuple(answer for part in self.parts for answer in part.answers(self.as_of))
