"""What is said where nothing could be read: that it could not, and why. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from markets.ask.answer import Answer
from markets.ask.frame import Frame
from markets.ask.router import Route

AWAY = "the store is away"
EMPTY = "nothing of it is stored"
BROKEN = "something broke while it was read, and has been written down"


class Unread(Struct, frozen=True, tag="unread"):
    """A part of a question that could not be read. `why` is half a sentence."""

    why: str


def compose(frame: Frame, route: Route, found: Unread, now: datetime) -> Answer:
    """That this cannot be answered now. Who was left out is told as ever: it may be the reason."""
    title = " ".join((*frame.assets, frame.intent.replace("_", " ")))
    sentence = f"This cannot be answered right now: {found.why}."
    return Answer(kind="nothing", title=title, sentence=sentence, notes=("No number is shown, because none was read.",), excluded=route.left, as_of=now)
