"""One clock for everything: while it rules, no code of this process sees another time, and sleeping costs nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any
from unittest.mock import patch

START = 1_795_348_800.0  # 22 November 2026, 12:00 UTC
OURS = ("exchanges", "markets", "pebble", "django.utils.timezone")


class Clock:
    """Seconds since 1970 and since some start; both move together, unless the wall clock is put somewhere else.

    `wait` is how time passes: whoever runs several things at once puts its own in (`workers.Loop`).
    """

    def __init__(self, start: float = START) -> None:
        self.elapsed, self.ahead = 0.0, start
        self.wait: Callable[[float], None] = self.pass_by

    def pass_by(self, seconds: float) -> None:
        """Let time go by at once."""
        self.elapsed += max(seconds, 0.0)

    def sleep(self, seconds: float) -> None:
        """As `time.sleep`, in whatever way time passes just now."""
        self.wait(seconds)

    def jump(self, seconds: float) -> None:
        """Put the wall clock forward or back; what is measured by the monotonic one does not notice."""
        self.ahead += seconds

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return 100_000.0 + self.elapsed

    def time(self) -> float:
        """As `time.time`."""
        return self.ahead + self.elapsed

    def now(self) -> datetime:
        """As `timezone.now`."""
        return datetime.fromtimestamp(self.time(), UTC)

    @contextmanager
    def ruling(self) -> Iterator[Clock]:
        """Until the block ends there is no other time: not in `time`, nor in `datetime.now` of Pebble and of Django's timezone."""
        real = time.monotonic, time.time
        with patch.multiple(time, monotonic=self.monotonic, time=self.time, sleep=self.sleep):
            found = [module for name, module in list(sys.modules.items()) if name.startswith(OURS) and vars(module).get("datetime") is datetime]
            for module in found:
                module.datetime = _simulated(self)  # type: ignore[attr-defined]
            defaults = _rebound(dict(zip(real, (self.monotonic, self.time), strict=True)))
            try:
                yield self
            finally:
                for module in found:
                    module.datetime = datetime  # type: ignore[attr-defined]
                for function, kept in defaults:
                    function.__defaults__, function.__kwdefaults__ = kept


class _Alike(type):
    """Any datetime is one of these."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def _simulated(clock: Clock) -> type:
    class Simulated(datetime, metaclass=_Alike):
        def __new__(cls, *given: Any, **named: Any) -> datetime:  # type: ignore[misc]
            return datetime(*given, **named)  # noqa: DTZ001 - whoever asks says the zone

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(clock.time(), tz)

    return Simulated


def _rebound(instead: dict[Callable[..., Any], Callable[..., Any]]) -> list[tuple[Any, tuple[Any, Any]]]:
    """Constructors that took a real clock as default when they were read take the simulated one."""
    changed = []
    for name in [name for name in sys.modules if name.startswith("exchanges.")]:
        for thing in [thing for thing in vars(sys.modules[name]).values() if isinstance(thing, type) and thing.__module__ == name]:
            made: Any = vars(thing).get("__init__")
            if made is None or not hasattr(made, "__defaults__"):
                continue
            positional, keyword = made.__defaults__ or (), made.__kwdefaults__ or {}
            if any(value in instead for value in (*positional, *keyword.values()) if callable(value)):
                changed.append((made, (made.__defaults__, made.__kwdefaults__)))
                made.__defaults__ = tuple(_other(value, instead) for value in positional) or None
                made.__kwdefaults__ = {key: _other(value, instead) for key, value in keyword.items()} or None
    return changed


def _other(value: Any, instead: dict[Callable[..., Any], Callable[..., Any]]) -> Any:
    return instead.get(value, value) if callable(value) else value
