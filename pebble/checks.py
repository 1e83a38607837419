"""What `manage.py check --deploy` finds beside Django's own: settings that are allowed and hardly meant."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register  # noqa: A004 - Django's name for it


@register(Tags.security, deploy=True)
def proxies(**_: Any) -> list[Warning]:
    """Behind a proxy that is not counted everybody has the proxy's address: twenty wrong passwords of one lock out all."""
    if not settings.BEHIND_PROXY or settings.REST_FRAMEWORK["NUM_PROXIES"]:
        return []
    return [
        Warning(
            "PEBBLE_BEHIND_PROXY is true and PEBBLE_PROXIES is 0: all visitors count as one address, and twenty failed sign-ins lock everybody out.",
            hint="Set PEBBLE_PROXIES to how many proxies of yours add to X-Forwarded-For: 1 for one in front.", id="pebble.W001",
        ),
    ]  # fmt: skip
