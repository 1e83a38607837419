"""What somebody is told, when, and how it looks on the wire: quiet hours, digests, back-off, e-mail and signed webhooks. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

KEY, SUBJECT, PATH, SAID, TEXT = 200, 200, 300, 200, 20_000  # characters at most
# What an operator's channel can choose from. What people are told of ("alert", "account") has kinds of its own.
KINDS = {
    "incident": "An exchange or the network fails or recovers",
    "switch": "An exchange was switched off or on automatically",
    "security": "Sign-in locks, rights and keys",
    "service": "Workers, queue, storage, service objectives",
}
CONFIRM, TEST, DIGEST = "confirm", "test", "digest"
OTHERS = ("alert", "account", CONFIRM, TEST, DIGEST)
INVENTED = "From a simulated market: its prices are invented."
PATIENCE = timedelta(hours=24)
FIRST_S, ROW_MOST_S, CHANNEL_MOST_S = 30.0, 900.0, 300.0
JITTER = 0.2
PARTS = 50  # of one digest
PART_TEXT = 300
_OF_THIS_SITE = re.compile(rf"/(?!/)[!-\[\]-~]{{0,{PATH - 1}}}")


@dataclass(frozen=True)
class Message:
    """Something to be told once to each channel: `key` says what it is about, and never comes twice to the same channel.

    `kind` is one of KINDS or OTHERS; `payload` holds what JSON can hold (decimals as text). Critical ones heed no quiet hours or digest.
    `path` is the page on this site it is about, like "/status/".
    """

    key: str
    kind: str
    subject: str
    text: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    critical: bool = False
    path: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for what could not be told."""
        if not 0 < len(self.key) <= KEY or not self.key.isprintable():
            raise ValueError(f"a message's key has 1 to {KEY} printable characters")
        if self.kind not in KINDS and self.kind not in OTHERS:
            raise ValueError(f"{self.kind!a} is no kind of message")
        if self.path and not _OF_THIS_SITE.fullmatch(self.path):
            raise ValueError("a message's path is of this site: it begins with one / and holds neither spaces nor backslashes")


# --- When -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rule:
    """When a channel may be told what is not critical."""

    quiet_from: time | None = None
    quiet_to: time | None = None
    zone: str = "UTC"
    digest_min: int = 0


def when(rule: Rule, message: Message, now: datetime) -> datetime:
    """The moment it is due: `now`, the end of the digest's window, or the end of quiet hours."""
    if message.critical:
        return now
    return quiet_end(rule, _window_end(rule.digest_min, now))


def _window_end(minutes: int, now: datetime) -> datetime:
    """Windows are counted from midnight UTC of 1970, so that all of a window are due together."""
    if not minutes:
        return now
    width = minutes * 60
    return datetime.fromtimestamp((now.timestamp() // width + 1) * width, UTC)


def quiet_end(rule: Rule, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours it lies in, by the wall clock of the rule's zone."""
    if rule.quiet_from is None or rule.quiet_to is None:
        return at
    local = at.astimezone(ZoneInfo(rule.zone))
    clock, over_midnight = time(local.hour, local.minute, local.second), rule.quiet_to < rule.quiet_from
    evening, morning = clock >= rule.quiet_from, clock < rule.quiet_to
    if not (evening or morning if over_midnight else evening and morning):
        return at
    day = local.date() + timedelta(days=0 if morning else 1)
    end = datetime.combine(day, rule.quiet_to, local.tzinfo)
    # Where clocks go back the end comes twice: then it is the second one that lies ahead.
    return max(end.astimezone(UTC), end.replace(fold=1).astimezone(UTC) if end.astimezone(UTC) <= at else at)


def wait_s(failures: int, most_s: float, chance: float) -> float:
    """Seconds until the next attempt after so many failures in a row; `chance` in [0, 1) spreads them by JITTER, upwards only.

    Never less than FIRST_S: nobody sends for so long, so what is due again is in nobody's hands.
    """
    doubled = FIRST_S * 2.0 ** min(max(failures - 1, 0), 20)
    return min(doubled, most_s) * (1 + JITTER * chance)


# --- What is kept ---------------------------------------------------------------------------------------------------
def line(text: str, most: int) -> str:
    """One line of at most `most` characters: no control, direction or line characters, so no header of its own."""
    return _cut(" ".join("".join(" " if _unseen(char) else char for char in text).split()), most)


def paragraphs(text: str) -> str:
    """Text that may have lines, without any other control characters, of at most TEXT characters."""
    return _cut("\n".join("".join(" " if _unseen(char) else char for char in part) for part in text.splitlines()), TEXT)


def _unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")  # separators of lines are split at


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def escaped(text: str) -> str:
    """What a stranger said, for the log: printable ASCII, everything else escaped, at most SAID characters."""
    return _cut(header(text[:SAID]), SAID)


def plain(value: Any) -> Any:
    """A payload as JSON holds it and both databases take it: decimals as text, times in ISO 8601, texts without control characters."""
    if isinstance(value, Mapping):
        return {line(str(name), SUBJECT): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return paragraphs(str(value))


# --- A digest -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Told:
    """A message that was put off, and when it was made."""

    message: Message
    made_at: datetime


def digest(parts: Sequence[Told]) -> Message:
    """Several messages as one, oldest first. Its key is made of theirs: the same parts are the same digest."""
    parts = sorted(parts, key=lambda told: (told.made_at, told.message.key))
    keys = "\n".join(told.message.key for told in parts)
    return Message(
        key=f"digest {hashlib.sha256(keys.encode()).hexdigest()[:32]}", kind=DIGEST,
        subject=f"{len(parts)} notices: {parts[-1].message.subject}", text="\n\n".join(map(_part, parts)),
        payload={"notices": [{**_facts(told.message), "made_at": told.made_at.isoformat()} for told in parts]},
    )  # fmt: skip


def _part(told: Told) -> str:
    lines = _cut(told.message.text, PART_TEXT).splitlines()
    return "\n".join((f"{told.made_at.astimezone(UTC):%d %b %H:%M} UTC  {told.message.subject}", *(f"    {line_}" for line_ in lines)))


def _facts(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in ("key", "kind", "subject", "text", "payload", "critical")}


# --- E-mail ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Email:
    """A mail of plain text."""

    subject: str
    body: str
    headers: dict[str, str]


def email(told: Told, *, base_url: str, change: str, stop: str = "", name: str, simulated: bool) -> Email:
    """A mail. Links lead to `base_url`; `change` is the path where its receiver decides what comes, `stop` where one click ends it.

    `name` tells messages apart, also to mail servers: one that comes twice has the same Message-ID.
    """
    site, headers = base_url.rstrip("/"), {"Auto-Submitted": "auto-generated"}
    host = re.sub(r"[^a-z0-9.-]", "", site.partition("://")[2].partition("/")[0].partition(":")[0].lower()) or "pebble"
    headers |= {"Message-ID": f"<{hashlib.sha256(name.encode()).hexdigest()[:40]}@{host}>", "Pebble-Key": header(told.message.key)}
    links = [f"Look: {site}{told.message.path}"] if told.message.path else []
    links.append(f"What you are told, and when: {site}{change}")
    if stop:
        links.append(f"No more of these: {site}{stop}")
        headers["List-Unsubscribe"] = f"<{site}{stop}>"
        if site.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = f"{INVENTED}\n\n{told.message.text}" if simulated else told.message.text
    body = f"{text}\n\n{told.made_at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC\n\n-- \n" + "\n".join(links) + "\n"
    return Email(f"[Pebble{', simulated market' if simulated else ''}] {line(told.message.subject, SUBJECT)}", body, headers)


def header(text: str) -> str:
    """A text as a header can hold it: printable ASCII, everything else escaped, and the backslash that escapes."""
    return text.encode("unicode_escape").decode("ascii")


# --- Webhook --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Post:
    """What a webhook is sent."""

    body: bytes
    headers: dict[str, str]


def webhook(told: Told, *, base_url: str, secret: str, now: datetime, simulated: bool) -> Post:
    """A signed POST. The body is the same at every attempt, the time stamp that is signed with it is that of the attempt."""
    link = base_url.rstrip("/") + told.message.path if told.message.path else None
    facts = {**_facts(told.message), "made_at": told.made_at.astimezone(UTC).isoformat(), "link": link, "simulated": simulated}
    body = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    stamp = int(now.timestamp())
    return Post(body, {"pebble-timestamp": str(stamp), "pebble-signature": signature(secret, stamp, body), "pebble-key": header(told.message.key)})


def signature(secret: str, stamp: int, body: bytes) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of `<stamp>.<body>`."""
    return "v1=" + hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def secret(installation_key: str, nonce: str) -> str:
    """What a webhook's receiver verifies with: made of the installation's key and the channel's nonce, so it is stored nowhere."""
    return "pbw_" + hmac.new(installation_key.encode(), f"pebble webhook 1 {nonce}".encode(), hashlib.sha256).hexdigest()
