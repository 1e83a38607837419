"""Django's session engine, with whose session it is: they end after eight hours without use, and one person's can be ended together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from markets.models import SignedIn

RENEWED_EVERY = timedelta(minutes=5)  # a write for each use would be one for each page
BROWSER = "browser"  # what the session holds of the user agent


class SessionStore(DatabaseStore):
    """Renews itself while it is used."""

    @classmethod
    def get_model_class(cls) -> type[SignedIn]:
        """Where they are kept."""
        return SignedIn

    def create_model_instance(self, data: dict[str, Any]) -> SignedIn:
        """The row of this session."""
        row = cast(SignedIn, super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.browser = str(data.get(BROWSER, ""))[:200]
        return row

    def load(self) -> dict[str, Any]:
        """What it holds; a session that was not renewed for a while is, with the answer to this request."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        if last_used(row) < timezone.now() - RENEWED_EVERY:
            self.modified = True
        held: dict[str, Any] = self.decode(row.session_data)
        return held


def last_used(row: SignedIn) -> datetime:
    """When, to five minutes."""
    return row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def of(user: User, now: datetime) -> list[SignedIn]:
    """Where somebody is signed in, the latest first."""
    return list(SignedIn.objects.filter(user=user, expire_date__gt=now).order_by("-expire_date"))


def end_all(user: User) -> int:
    """Sign somebody out everywhere; how many sessions that were."""
    return SignedIn.objects.filter(user=user).delete()[0]


def purge(now: datetime) -> int:
    """Drop the sessions that are over."""
    return SignedIn.objects.filter(expire_date__lte=now).delete()[0]
