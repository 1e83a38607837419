"""What a person's page of alerts shows: each alert as a sentence with what stands there, what was told, by which ways and with what answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markets import alerts, channels
from markets.analysis import alert_paths, alert_words
from markets.models import Alert, Channel, Delivery
from markets.models.alerts import MOST
from markets.reads import alerts as reads

FIRINGS, DELIVERIES = 30, 30  # rows, the latest first
HOURS = ((60, "minute"), (3600, "hour"), (86_400, "day"))


@dataclass(frozen=True)
class Line:
    """One alert."""

    alert: Alert
    title: str
    sentence: str
    path: str
    standing: str
    state: str  # on paused ended
    why: str
    channels: tuple[Channel, ...]
    rules: str


@dataclass(frozen=True)
class Way:
    """One channel. `secret` is a webhook's; `state`: on, off, unconfirmed, resting."""

    channel: Channel
    state: str
    secret: str


def context(owner: Any, now: datetime) -> dict[str, Any]:
    """Everything of the page beside its frame."""
    kept = list(Alert.objects.filter(owner=owner).prefetch_related("channels"))
    told = list(alerts.firings(owner)[:FIRINGS])
    return {
        "lines": lines(kept, now), "most": MOST, "told": told, "unread": alerts.unread(owner), "kinds": alert_words.TITLES.items(),
        "ways": [_way(channel, now) for channel in Channel.objects.filter(owner=owner)],
        "deliveries": Delivery.objects.filter(channel__owner=owner).select_related("channel")[:DELIVERIES],
    }


def lines(kept: list[Alert], now: datetime) -> list[Line]:
    """The alerts with what stands there now, by one round of reads."""
    conditions, words = [alerts.condition_of(alert) for alert in kept], reads.words()
    seen = reads.look(conditions, now)
    return [
        Line(
            alert, alert_words.title(condition), alert_words.sentence(condition, words), alert_paths.path(condition),
            "" if what is None else alert_words.standing(condition, what, words), state(alert, now), alert_words.why(alert.problem),
            tuple(alert.channels.all()), rules(alert),
        )
        for alert, condition, what in zip(kept, conditions, seen, strict=True)
    ]  # fmt: skip


def sentence(alert: Alert) -> str:
    """What it watches for."""
    return alert_words.sentence(alerts.condition_of(alert), reads.words())


def state(alert: Alert, now: datetime) -> str:
    """on, paused or ended."""
    return "ended" if alerts.is_over(alert, now) else "paused" if alert.paused else "on"


def rules(alert: Alert) -> str:
    """When it may fire, in a few words."""
    said = [f"at most once {span(alert.cool_down_s)}"]
    if alert.quiet_from and alert.quiet_to:
        said.append(f"quiet from {alert.quiet_from:%H:%M} to {alert.quiet_to:%H:%M}")
    if alert.ends_at:
        said.append(f"until {alert.ends_at:%-d %b %Y %H:%M}")
    return ", ".join(said)


def span(seconds: int) -> str:
    """a minute, an hour, every 15 minutes."""
    size, word = next((each for each in reversed(HOURS) if seconds % each[0] == 0), (1, "second"))
    count = seconds // size
    return f"{'an' if word == 'hour' else 'a'} {word}" if count == 1 else f"every {count} {word}s"


def _way(channel: Channel, now: datetime) -> Way:
    resting = channel.rests_until is not None and channel.rests_until > now
    known: Mapping[str, bool] = {"off": not channel.enabled, "unconfirmed": not channel.open, "resting": resting}
    secret = channels.secret_of(channel) if channel.kind == Channel.Kind.WEBHOOK else ""
    return Way(channel, next((name for name, holds in known.items() if holds), "on"), secret)
