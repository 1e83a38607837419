"""A reading changed by hand: parts of a frame said otherwise, as text from an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from markets.ask.frame import Frame, Threshold

LIMIT = re.compile(r"([<>]) ?(-?[0-9]{1,20}(?:\.[0-9]{1,18})?)(?: ([^\W_]\w{0,29}))?")  # > 20 pct_year


def changed(frame: Frame, changes: Mapping[str, str]) -> Frame:
    """The frame with these parts instead of its own; "" is none of it, and what no frame has is passed over. Of several questions the first.

    Who chooses what is asked for leaves no doubt about it, and no reason to refuse; who names coins leaves no word unknown.
    """
    parts: dict[str, Any] = {name: read(changes[name]) for name, read in _READ.items() if name in changes}
    if parts.get("intent"):
        parts |= {"topic": "", "readings": (), "confidence": 1.0}
    else:
        parts.pop("intent", None)
    if "assets" in parts:
        parts["unknown"] = ()
    if "amount" in parts and parts["amount"] is None:
        parts["unit"] = None
    return replace(frame, **parts)


def _some(text: str) -> str | None:
    return text or None


def _many(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in text.split(",") if word))


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _limit(text: str) -> Threshold | None:
    """As `limit_text` writes it. Raises ValueError for what is none."""
    if not text:
        return None
    found = LIMIT.fullmatch(text)
    if not found:
        raise ValueError(text)
    return Threshold(found[1], found[2], found[3] or "")


def limit_text(found: Threshold) -> str:
    """A threshold as it stands in an address: > 20 pct_year."""
    return f"{found.op} {found.value} {found.unit}".rstrip()


_READ: Mapping[str, Callable[[str], Any]] = {
    "intent": str, "assets": _many, "quote": _some, "exchanges": _many, "exclude": _many, "side": _some, "amount": _some, "unit": _some, "time_range": _some,
    "threshold": _limit, "limit": _whole,
}  # fmt: skip
