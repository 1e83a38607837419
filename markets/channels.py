"""Channels of operators and people: their secrets, the links that confirm and stop them, and trying one out."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.db import DatabaseError
from redis.exceptions import RedisError

from markets import outbox, redaction, wires
from markets.analysis.messages import CONFIRM, PATIENCE, TEST, Message, secret
from markets.models import Channel, Delivery
from markets.models.delivery import nonce

HOUR_S, MINUTE_S = 3600, 60
CONFIRMS_AN_HOUR, TESTS_A_MINUTE = 10, 5  # of one person
_CONFIRMING = "pebble.channels.confirm"
CONFIRM_KEPT = PATIENCE * 3


def secret_of(channel: Channel) -> str:
    """What the receiver of a webhook verifies with. To be shown to the channel's owner or to operators, and never written down."""
    found = secret(settings.SECRET_KEY, channel.nonce)
    redaction.remember(found)
    return found


def rotate(channel: Channel) -> str:
    """A new secret; what is signed from now on is signed with it. Returns it."""
    channel.nonce = nonce()
    channel.save(update_fields=["nonce"])
    return secret_of(channel)


# --- Confirming a person's e-mail address ---------------------------------------------------------------------------
def ask_to_confirm(channel: Channel, now: datetime) -> bool:
    """Send the link that confirms a person's e-mail address; whether it was. Once an hour to one address and ten times to all of them,
    also where the channel is deleted and made anew: nobody's mailbox is filled from here.
    """
    same = hashlib.blake2b(channel.address.lower().encode(), digest_size=8).hexdigest()
    if not (_once_more(f"confirm-{channel.owner_id}-{same}", 1, HOUR_S) and _once_more(f"confirm-{channel.owner_id}", CONFIRMS_AN_HOUR, HOUR_S)):
        return False
    path = f"/channels/confirm/{TimestampSigner(salt=_CONFIRMING).sign(f'{channel.pk}-{channel.nonce}')}/"
    text = f"Somebody, probably you, wants to be told at this address. Confirm it: {settings.BASE_URL.rstrip('/')}{path}\nIf it was not you, do nothing."
    return outbox.put(channel, Message(f"confirm {now:%Y-%m-%dT%H} {channel.nonce}", CONFIRM, "Confirm this address", text, critical=True), now)


def _once_more(what: str, most: int, within_s: int) -> bool:
    """Whether that may be done once more in this time, which counts it. While the memory for it is away it may."""
    try:
        return any(cache.add(f"{what}-{place}", True, within_s) for place in range(most))
    except (DatabaseError, RedisError):
        return True


def to_confirm(token: str) -> Channel | None:
    """The channel of a confirming link, if that is ours, not older than three days and of this address."""
    try:
        pk, _, made_with = TimestampSigner(salt=_CONFIRMING).unsign(token, max_age=CONFIRM_KEPT).partition("-")
    except BadSignature:
        return None
    return Channel.objects.filter(pk=pk, nonce=made_with).first()


def confirm(channel: Channel, now: datetime) -> None:
    """The address is its owner's."""
    channel.confirmed_at = now
    channel.save(update_fields=["confirmed_at"])


# --- Stopping -------------------------------------------------------------------------------------------------------
def to_stop(token: str) -> Channel | None:
    """The channel of a link that stops it, if that is ours. Such a link does not end: mails are kept for years."""
    try:
        return Channel.objects.filter(pk=Signer(salt=wires.STOPPING).unsign(token)).first()
    except BadSignature:
        return None


def stop(channel: Channel) -> None:
    """Nothing more is told there until its owner switches it on again."""
    channel.enabled = False
    channel.save(update_fields=["enabled"])


# --- Trying one out -------------------------------------------------------------------------------------------------
def may_test(channel: Channel) -> bool:
    """Whether its owner may try a channel once more, which counts it: each is a call to an address of theirs, made while they wait."""
    return _once_more(f"channel-test-{channel.owner_id}", TESTS_A_MINUTE, MINUTE_S)


def test(channel: Channel, now: datetime) -> Delivery:
    """Send a test now, once, also where the channel is off or in its quiet hours. Returns what came of it."""
    text = "This is a test. What you are reading is what you will be told by: the channel works."
    return outbox.once(channel, Message(f"test {now:%Y-%m-%dT%H:%M:%S.%f}", TEST, "A test", text, {"test": True}, critical=True, path="/status/"), now)
