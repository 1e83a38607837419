"""How a delivery leaves the house: by Django's mail, or as a signed POST through the guarded transport."""

from __future__ import annotations

import smtplib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.signing import Signer

from exchanges.errors import ExchangeError
from exchanges.transport import Deadlines, Webhook
from markets.analysis.messages import SAID, Message, Told, email, escaped, secret, webhook
from markets.models import Channel, Delivery

DEADLINES = Deadlines(connect=2.0, first_byte=6.0, whole=8.0)
STOPPING = "pebble.channels.stop"
PRINTED = "printed, not sent: EMAIL_URL names no mail server"


@dataclass(frozen=True)
class Said:
    """What came of one attempt: whether it was taken, the response code where there was one, what was answered."""

    taken: bool
    code: int | None
    text: str


def send(row: Delivery, now: datetime) -> Said:
    """One attempt, within some seconds. Never raises for what the other side does."""
    message = Message(row.key, row.kind, row.subject, row.text, row.payload, row.critical, row.path)
    wire = _mail if row.channel.kind == Channel.Kind.EMAIL else _post
    return wire(row.channel, Told(message, row.made_at), now)


def _mail(channel: Channel, told: Told, now: datetime) -> Said:
    own = channel.owner_id is not None
    stop = f"/channels/stop/{Signer(salt=STOPPING).sign(channel.pk)}/" if own else ""
    change = "/alerts/" if own else "/admin/markets/channel/"
    name = f"{channel.nonce} {told.message.key}"
    mail = email(told, base_url=settings.BASE_URL, change=change, stop=stop, name=name, simulated=settings.SIMULATED)
    try:
        with closing(get_connection()) as wire:  # Django leaves one open whose sign-in failed
            wire.send_messages([EmailMessage(mail.subject, mail.body, to=[channel.address], headers=mail.headers)])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return Said(False, code, escaped(_text(text)))
    except smtplib.SMTPResponseException as error:
        return Said(False, error.smtp_code, escaped(_text(error.smtp_error)))
    except (OSError, ValueError) as error:  # SMTPException is an OSError; ValueError: an address no mail can have
        return Said(False, None, escaped(f"{type(error).__name__}: {error}"))
    return Said(True, None, "" if mails_go_out() else PRINTED)


def mails_go_out() -> bool:
    """Whether a mail server is set."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _post(channel: Channel, told: Told, now: datetime) -> Said:
    signing = secret(settings.SECRET_KEY, channel.nonce)
    post = webhook(told, base_url=settings.BASE_URL, secret=signing, now=now, simulated=settings.SIMULATED)
    try:
        with closing(Webhook(channel.address, loopback=settings.LOOPBACK_WEBHOOKS, deadlines=DEADLINES)) as wire:
            reply = wire.post(post.body, post.headers, whole_s=DEADLINES.whole)
    except ExchangeError as error:
        return Said(False, None, escaped(f"{error.outcome}: {error}"))
    return Said(200 <= reply.status < 300, reply.status, escaped(reply.body[:SAID].decode("utf-8", "replace")))
