"""Logs: one event a line, as JSON for machines or as text for people, without secrets, and never waited for."""

from __future__ import annotations

import logging
import os
import select
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from markets import redaction
from markets.analysis.masking import visible

LONGEST = 4096  # bytes of a line: so much a pipe takes whole or not at all
TEXT, LONG = 200, 2000  # characters of a value; of a message or a traceback
TRACEBACK = "Traceback (most recent call last):"
LONG_FIELDS = ("message", "exception", "stack")
FORMATS = ("json", "console")
# A line for each poll and each request is for machines; a person at a terminal sees those that went wrong.
BUSY = ("pebble.polls", "pebble.requests")


def config(kind: str, level: str, secrets: Iterable[str]) -> dict[str, Any]:
    """The LOGGING setting. `kind` is json or console."""
    redaction.remember_environment()
    redaction.remember(*secrets)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger, cache_logger_on_first_use=True,
    )  # fmt: skip
    quiet = {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "django-q", "django.server", "axes", *(BUSY if kind == "console" else ()))}
    line = {"()": structlog.stdlib.ProcessorFormatter, "processors": _rendering(kind), "foreign_pre_chain": [_named, *_shared()]}
    return {
        "version": 1, "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"sink": {"()": Sink, "formatter": "line"}},
        "root": {"handlers": ["sink"], "level": level},
        # Django's own loggers write nowhere else: its mails to admins would carry what is masked here.
        "loggers": {**quiet, "django": {"handlers": [], "level": "INFO", "propagate": True}, "django.request": {"level": "ERROR"}},
    }  # fmt: skip


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"), structlog.processors.StackInfoRenderer(), structlog.processors.format_exc_info,
    ]


def _rendering(kind: str) -> list[Processor]:
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if kind == "json" else _console
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _clean, last]


def _named(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A line of the standard library says a sentence: that is its message, and where it comes from its event."""
    return {**event, "message": event["event"], "event": event["_record"].name}


def _clean(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """No secret, no control character, nothing longer than it needs to be. Of a traceback the end counts, also where it came inside a message."""
    said, begins, rest = str(event.get("message", "")).partition(TRACEBACK)
    if begins:
        event = {**event, "message": said.rstrip(" :\n"), "exception": event.get("exception", begins + rest)}
    return {name: _short(name, value) for name, value in redaction.mask.within(event).items()}


def _short(name: str, value: Any) -> Any:
    if name in ("exception", "stack"):
        return "\n".join(_last([visible(line, TEXT) for line in str(value).splitlines()]))
    if isinstance(value, str):
        return visible(value, LONG if name in LONG_FIELDS else TEXT)
    return value if value is None or isinstance(value, bool | int | float) else visible(str(value), TEXT)


def _last(lines: list[str]) -> list[str]:
    """As many of the last lines as have room, whole ones."""
    room, kept = LONG, len(lines)
    while kept and (room := room - len(lines[kept - 1]) - 1) >= 0:
        kept -= 1
    return ["…", *lines[kept:]] if kept else lines


def _console(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """22:04:11 warning poll exchange=... ms=12, and a traceback below."""
    at, level, name, below = str(event.pop("at"))[11:19], event.pop("level"), event.pop("event"), event.pop("exception", "")
    said = [str(event.pop("message"))] if "message" in event else []
    event.pop("logger", None)
    return " ".join([at, level, name, *said, *(f"{key}={value}" for key, value in event.items())]) + (f"\n{below}" if below else "")


class Sink(logging.Handler):
    """Writes lines to standard error. A line that cannot be written at once is dropped and counted: nobody waits for a log."""

    def __init__(self, descriptor: int = 2) -> None:
        super().__init__()
        self.descriptor, self.dropped = descriptor, 0

    def emit(self, record: logging.LogRecord) -> None:
        """Format and write."""
        try:
            self._write(_fitting(self.format(record)))
        except (OSError, ValueError, TypeError, KeyError):  # no sink, a full disk, a line that cannot be said
            self._dropped()

    def _write(self, line: bytes) -> None:
        if not select.select([], [self.descriptor], [], 0)[1]:
            raise BlockingIOError("nobody reads what is logged")
        if os.write(self.descriptor, line) < len(line):
            raise OSError("cut off: the disk is full")

    def _dropped(self) -> None:
        from markets import counting  # noqa: PLC0415 - it needs the models, which are there only after logging is

        self.dropped += 1
        counting.add(counting.DROPPED, ("log_lines",))


def _fitting(line: str) -> bytes:
    whole = line.encode(errors="backslashreplace")
    if len(whole) < LONGEST:
        return whole + b"\n"
    if whole.startswith(b"{"):  # half a JSON object is none
        head = visible(line[:TEXT].replace('"', "'"), TEXT)
        return f'{{"event": "log_line_too_long", "bytes": {len(whole)}, "head": "{head}"}}\n'.replace("\\", "/").encode()
    return whole[: LONGEST - 1] + b"\n"
