"""Every address of the site, made from the resolver: pages, feeds, API, accounts, admin."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

PLACES = {
    "pair": "BTC-USDT", "slug": "kucoin", "base": "BTC", "exchange": "kucoin", "name": "compare", "rest": "nowhere", "id": "1", "pk": "1", "object_id": "1",
    "token": "nobodys", "uidb64": "MQ", "intent": "best_price", "app_label": "markets", "content_type_id": "1", "url": "nowhere", "path": "nowhere",
}  # fmt: skip


def every(patterns=None, before: str = "/") -> Iterator[str]:
    """Each address once, with something in every place of it."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = before + _filled(str(found.pattern))
        if isinstance(found, URLPattern):
            yield here
        else:
            yield from every(found.url_patterns, here)


def _filled(pattern: str) -> str:
    if pattern.startswith("^"):  # the admin's list of applications, and what is nowhere
        return re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda place: PLACES[place[1]], pattern).strip("^$").replace("\\Z", "")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: PLACES[place[1]], pattern)
