"""Keys of the API: made, found by what a request sends, and revoked. A key is never written anywhere, only the hash of its secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError

from markets.models import ApiKey

FORM = re.compile(r"pb_([0-9a-f]{12})_([0-9a-f]{48})")
USED_EVERY = timedelta(minutes=1)  # at most one write a minute and key
_KEPT_S, _MOST = 1.0, 1000
_kept: dict[str, tuple[float, ApiKey | None]] = {}


def make(owner: User, name: str, scopes: Sequence[str], now: datetime, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key of somebody, and the text that is shown once. Raises ValidationError for a name or scopes that cannot be."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(24)
    key = ApiKey(owner=owner, name=name, prefix=prefix, digest=digest(secret), scopes=list(scopes), created_at=now, expires_at=expires_at)
    key.full_clean()
    key.save()
    return key, f"pb_{prefix}_{secret}"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(text: str, now: datetime) -> ApiKey | None:
    """The key that somebody sends, with its owner; None for one that is malformed, unknown, revoked or over, or whose owner is switched off.

    Raises DatabaseError when the key is not in memory and the database is away.
    """
    parts = FORM.fullmatch(text)
    if parts is None:
        return None
    key = _known(parts[1])
    if key is None or not hmac.compare_digest(key.digest, digest(parts[2])):
        return None
    return key if in_use(key, now) else None


def in_use(key: ApiKey, now: datetime) -> bool:
    """Whether a key opens anything."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now) and key.owner.is_active


def used(key: ApiKey, now: datetime) -> None:
    """Note that a key was used, at most once a minute whoever asks. A database that is away is no reason to refuse."""
    if key.last_used_at is not None and key.last_used_at > now - USED_EVERY:
        return
    key.last_used_at = now
    try:
        ApiKey.objects.filter(pk=key.pk).exclude(last_used_at__gt=now - USED_EVERY).update(last_used_at=now)
    except DatabaseError:
        return


def revoke(key: ApiKey, now: datetime) -> None:
    """End a key for good."""
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
    forget()


def forget() -> None:
    """Read them anew at the next use."""
    _kept.clear()


def subject(key: ApiKey) -> str:
    """A key as a subject of rollouts."""
    return f"key:{key.prefix}"


def _known(prefix: str) -> ApiKey | None:
    """The key of a prefix as it was at most a second ago, so that a busy client costs one look a second."""
    at = time.monotonic()
    held = _kept.get(prefix)
    if held is None or at - held[0] > _KEPT_S:
        held = (at, ApiKey.objects.select_related("owner").filter(prefix=prefix).first())
        while len(_kept) >= _MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[prefix] = held
    return held[1]


def of(owner: User) -> list[ApiKey]:
    """Somebody's keys, the newest first, those that are over included."""
    return list(ApiKey.objects.filter(owner=owner))
