"""The secrets this process knows, so that no log line can hold one. Whoever reads a secret from the database says so here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from markets.analysis.masking import Mask

_SECRET = re.compile(r"PEBBLE_\w*(KEY|SECRET|PASSPHRASE|TOKEN|PASSWORD)$")
_ADDRESSES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PEBBLE_PROXY", "PEBBLE_MODEL_URL")

mask = Mask()


def remember(*secrets: str) -> None:
    """Mask these in every line from now on: a webhook's secret, a key that was just made."""
    mask.remember(*secrets)


def remember_environment(environ: Mapping[str, str] = os.environ) -> None:
    """Every PEBBLE_..._KEY, _SECRET, _PASSPHRASE, _TOKEN and _PASSWORD, and the passwords in the addresses of what Pebble talks to."""
    remember(*(value for name, value in environ.items() if _SECRET.fullmatch(name)))
    remember(*(word for name in _ADDRESSES for word in _passwords(environ.get(name, ""))))


def of_task(instance: Any, **_: object) -> None:
    """What a task's record says went wrong is a traceback, and may hold what a log line may not."""
    if isinstance(instance.result, str):
        instance.result = mask.of(instance.result)


def _passwords(address: str) -> tuple[str, ...]:
    try:
        written = urlsplit(address).password or ""
    except ValueError:
        return ()
    return written, unquote(written)
