"""Who asks, as rollouts know them: a name that is always the same and says nothing of a person."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest

from markets import keys, rollouts
from markets.api import throttle
from markets.models import ApiKey


def subject_of(request: HttpRequest, key: ApiKey | None = None) -> str:
    """key:1f… where a key was sent, user:7 where somebody is signed in, else the address, hashed with this installation's secret.

    Public pages set no cookie, so there is none to go by.
    """
    if key is not None:
        return keys.subject(key)
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return rollouts.user(request.user.pk)
    return hashed(throttle.subscriber(throttle.client_address(request)))


def hashed(address: str) -> str:
    """An address that can be told from others and not be found out."""
    digest = hashlib.blake2b(address.encode(), key=settings.SECRET_KEY.encode()[:64], person=b"visitor", digest_size=12)
    return f"address:{digest.hexdigest()}"
