"""A key in a request: `Authorization: Bearer pb_<prefix>_<secret>`. It is read here, and written nowhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from markets import keys
from markets.models import ApiKey

WHERE = f"{settings.BASE_URL}/accounts/"
MISSING = f"A key is needed here: Authorization: Bearer pb_…. Make one at {WHERE}."
WRONG = f"This key opens nothing: it is mistyped, revoked or over. Look at your keys at {WHERE}, or leave the header out to ask without one."
NOT_BEARER = f"The Authorization header must read: Bearer pb_…, with a key from {WHERE}."


class KeyAuthentication(BaseAuthentication):
    """Who asks, by the key that is sent."""

    scheme = "Bearer"

    def authenticate(self, request: HttpRequest) -> tuple[User, ApiKey] | None:
        """(owner, key); None when no key is sent.

        Raises AuthenticationFailed, with what to do, and DatabaseError when the key is not in memory and the database is away.
        """
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        if scheme.lower() != self.scheme.lower():
            raise AuthenticationFailed(NOT_BEARER)
        now = timezone.now()
        key = keys.find(text.strip(), now)
        if key is None:
            raise AuthenticationFailed(WRONG)
        keys.used(key, now)
        return key.owner, key

    def authenticate_header(self, request: Any) -> str:
        """What a 401 asks for."""
        return self.scheme
