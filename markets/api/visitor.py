"""Who asks, as rollouts know them: a name that is always the same and says nothing of a person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from markets import audience, keys, rollouts
from markets.api import throttle
from markets.models import ApiKey

OPERATORS = "/admin/"


def subject_of(request: HttpRequest, key: ApiKey | None = None) -> str:
    """key:1f… where a key was sent, user:7 where somebody is signed in, else the address, hashed with this installation's secret.

    Public pages set no cookie, so there is none to go by.
    """
    if key is not None:
        return keys.subject(key)
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return rollouts.user(request.user.pk)
    return hashed(throttle.subscriber(throttle.client_address(request)))


class Audience:
    """Middleware: shows each visitor the exchanges that are released to them, and operators all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Who asks is looked at only where something is released to a share."""
        with audience.of(None if request.path.startswith(OPERATORS) else lambda: subject_of(request)):
            return self.get_response(request)


def hashed(address: str) -> str:
    """An address that can be told from others and not be found out."""
    digest = hashlib.blake2b(address.encode(), key=settings.SECRET_KEY.encode()[:64], person=b"visitor", digest_size=12)
    return f"address:{digest.hexdigest()}"
