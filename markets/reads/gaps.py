"""What is missing from an answer, and why: an empty list never stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from exchanges import capabilities
from exchanges.models import Exchange, Feed
from markets import asking, held
from markets.analysis.derivatives import age_s, freshness
from markets.method import current_method
from markets.shapes import Absence

OFF = "Switched off by an operator."
GOOD = ("ok", "partial")
NO_KEY = ("not_offered",)  # how a signed call ends that had no key to sign with
REFUSED = ("api_error", "client_error", "forbidden", "geoblocked")  # and of a signed call: not with this key


def gaps(source: str, now: datetime, only: Sequence[str] = ()) -> tuple[Absence, ...]:
    """The exchanges (of `only`, where any are named) whose rows of this source are absent, off or old."""
    found = (gap(exchange, source, now) for exchange in ordered() if not only or exchange.slug in only)
    return tuple(absence for absence in found if absence)


def ordered() -> list[Exchange]:
    """The exchanges in the adapters' order."""
    return sorted(held.current().exchanges.values(), key=lambda e: (e.adapter.position, e.slug))  # type: ignore[union-attr]  # held ones have one


def seen(only: Sequence[str] = ()) -> tuple[str, ...]:
    """The exchanges whoever is looking sees, of `only` where any are named."""
    return tuple(slug for slug in held.current().exchanges if not only or slug in only)


def switch(exchange: Exchange, source: str) -> str:
    """The reason code that keeps this source's rows from counting, or ""."""
    feed = feed_of(exchange, source)
    if not exchange.enabled or (feed and not feed.enabled):
        return "disabled"
    return exchange.state if exchange.state in held.SWITCHED else ""


def feed_of(exchange: Exchange, source: str) -> Feed | None:
    """The feed as last read; None where there is none."""
    return held.current().feeds.get(exchange.slug, {}).get(source)


def period_s(exchange: Exchange, source: str) -> int:
    """How often the source is read; of one that is not, what most are."""
    feed = feed_of(exchange, source)
    return feed.period_s if feed else 60


def gap(exchange: Exchange, source: str, now: datetime) -> Absence | None:
    """Why one exchange's rows of one source are not there, or not as fresh as they should be; None when they are."""
    label = capabilities.LABELS[source]
    declared = next(c for c in capabilities.of(exchange.adapter) if c.source == source)  # type: ignore[arg-type]  # held ones have one
    if not declared.offered:
        said = f"{exchange.name}: {label}" if declared.elsewhere else f"{exchange.name} does not offer {label}"
        return Absence(exchange.slug, "not_offered", f"{said}: {declared.note}.")
    if not exchange.enabled:
        return Absence(exchange.slug, "disabled", OFF)
    feed = feed_of(exchange, source)
    if feed is None or not feed.enabled:
        return Absence(exchange.slug, "disabled", f"{exchange.name}: {label}: switched off by an operator.")
    if declared.key and not asking.credentials(exchange.slug):
        return Absence(exchange.slug, "key_needed", f"{exchange.name} tells {label} to signed calls only, and no key is set.")
    if exchange.state in held.SWITCHED:
        return Absence(exchange.slug, exchange.state, exchange.state_detail or f"{exchange.get_state_display()}.")
    return _refused(exchange, feed, label) if declared.key and feed.outcome in REFUSED else _unread(exchange, feed, label, now)


def _refused(exchange: Exchange, feed: Feed, label: str) -> Absence:
    said = f": {feed.detail}" if feed.detail else ""
    return Absence(exchange.slug, "refused", f"{exchange.name}: {label}: not permitted for this key ({feed.outcome}{said}).")


def _unread(exchange: Exchange, feed: Feed, label: str, now: datetime) -> Absence | None:
    last = f" The last try ended: {feed.outcome}{f' ({feed.detail})' if feed.detail else ''}." if feed.outcome and feed.outcome not in GOOD else ""
    if feed.ok_at is None:
        return Absence(exchange.slug, "starting", f"{exchange.name}: {label}: nothing has been collected yet.{last}")
    state = freshness(age_s(feed.ok_at, now), feed.firing_s, current_method())
    return None if state == "fresh" else Absence(exchange.slug, state, f"{exchange.name}: {label}: what is stored is {state}.{last}")


def asked(absences: Iterable[Absence]) -> tuple[Absence, ...]:
    """Several sources' gaps as one list: of each exchange the first."""
    found: dict[str, Absence] = {}
    for absence in absences:
        found.setdefault(absence.exchange, absence)
    return tuple(found.values())
