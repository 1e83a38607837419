"""How often a password may be tried. One (name, address) is locked, never a name alone: nobody can lock somebody else out from elsewhere."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from markets.analysis.messages import Message
from markets.api.throttle import client_address, subscriber
from markets.outbox import tell_operators

PER_ADDRESS, HOUR = 20, timedelta(hours=1)  # whatever names are tried from it
PER_NAME, DAY = 50, timedelta(days=1)  # from wherever: somebody is being attacked, and the operators hear of it
KEPT = timedelta(days=30)  # of failures, which hold addresses of people


def address_of(request: HttpRequest) -> str | None:
    """Whose address it is; of IPv6 the first of a subscriber's /64. None where there is none, as behind a socket."""
    try:
        return str(ipaddress.ip_network(subscriber(client_address(request)), strict=False).network_address)
    except ValueError:
        return None


class Handler(AxesDatabaseHandler):
    """The lock of name and address as django-axes has it, and the limits of an address and of a name beside it."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this attempt is not even looked at."""
        return super().is_locked(request, credentials) or _address_locked(request, timezone.now())

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
        """Count it, and tell the operators when a name's day is full."""
        super().user_login_failed(sender, credentials, request, **kwargs)
        name = get_client_username(request, credentials) if request else None
        if name and AccessFailureLog.objects.filter(username=name, attempt_time__gt=timezone.now() - DAY).count() >= PER_NAME:
            _alarm(name, timezone.now())


def _address_locked(request: HttpRequest, now: datetime) -> bool:
    return _failures(request, now).count() >= PER_ADDRESS


def _failures(request: HttpRequest, now: datetime) -> Any:
    return AccessFailureLog.objects.filter(ip_address=address_of(request), attempt_time__gt=now - HOUR)


def _alarm(name: str, now: datetime) -> None:
    mark = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    text = (
        f"{PER_NAME} wrong passwords for one name within a day. The name is not locked: whoever it belongs to can still sign in from an address of their "
        "own. Look at the failures in the audit, and have the person change the password if it may be known."
    )
    tell_operators(Message(f"signin {now:%Y-%m-%d} {mark}", "security", "Somebody tries passwords", text, {"name": name}, critical=True), now)


def wait_s(request: HttpRequest, credentials: dict[str, Any] | None, now: datetime) -> int:
    """Seconds until this name may be tried again from this address; at least one."""
    address, name = address_of(request), get_client_username(request, credentials)
    pair = AccessAttempt.objects.filter(username=name, ip_address=address).order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    ends = [pair + settings.AXES_COOLOFF_TIME] if pair else []
    if len(hour := list(_failures(request, now).order_by("-attempt_time").values_list("attempt_time", flat=True)[:PER_ADDRESS])) == PER_ADDRESS:
        ends.append(hour[-1] + HOUR)
    return max([1, *(int((end - now).total_seconds()) + 1 for end in ends)])


def purge(now: datetime) -> int:
    """Forget failures after a while."""
    old = now - KEPT
    return AccessFailureLog.objects.filter(attempt_time__lt=old).delete()[0] + AccessAttempt.objects.filter(attempt_time__lt=old).delete()[0]
