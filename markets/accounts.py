"""Accounts: invitations and forgotten passwords. Whatever goes out is one signed link that works once and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from markets.models import Invitation

INVITED_FOR = timedelta(days=7)
RESET_EVERY_S = 600  # mails to one person
_INVITING = "pebble.accounts.invite"


# --- Invitations ------------------------------------------------------------------------------------------------
def invite(email: str, role: Group | None, by: User | None, now: datetime) -> Invitation:
    """Invite an address. The caller has looked whether `by` may give that role."""
    return Invitation.objects.create(email=email, role=role, invited_by=by, created_at=now, expires_at=now + INVITED_FOR)


def link(invitation: Invitation) -> str:
    """Where the invited person sets a name and a password. Renewing it makes another."""
    token = signing.dumps([invitation.pk, invitation.expires_at.isoformat()], salt=_INVITING)
    return f"{settings.BASE_URL}/accounts/invited/{token}/"


def renew(invitation: Invitation, now: datetime) -> None:
    """A new link with a new end; the one before opens nothing any more."""
    invitation.expires_at = now + INVITED_FOR
    invitation.save(update_fields=["expires_at"])


def invited(token: str, now: datetime) -> Invitation | None:
    """The invitation of a link, if it is ours, open and not over."""
    try:
        pk, ends = signing.loads(token, salt=_INVITING)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Invitation.objects.select_related("role").filter(pk=pk, accepted_at=None, expires_at__gt=now).first()
    return found if found and found.expires_at.isoformat() == ends else None


def accept(invitation: Invitation, user: User, now: datetime) -> bool:
    """Save the new person with the role. Returns False when the link was used meanwhile: then nobody is made."""
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now):
            return False
        user.email, user.is_staff = invitation.email, invitation.role is not None
        user.save()
        if invitation.role:
            user.groups.add(invitation.role)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    return True


def send_invitation(pk: int) -> None:
    """Mail the link."""
    invitation = Invitation.objects.get(pk=pk)
    text = (
        f"You are invited to Pebble at {settings.BASE_URL}.\n\nChoose a name and a password here, until {invitation.expires_at:%d %b %Y %H:%M} UTC:\n"
        f"{link(invitation)}\n\nThe link works once. If you do not know what this is about, do nothing."
    )
    send_mail("An invitation to Pebble", text, None, [invitation.email])


# --- Forgotten passwords ------------------------------------------------------------------------------------------
def send_resets(email: str) -> int:
    """Mail a link to each active person of an address; how many. It runs in the queue: the page cannot tell by its time whether there is one."""
    people = [user for user in User.objects.filter(email__iexact=email, is_active=True) if user.has_usable_password() and _due(user)]
    for user in people:
        text = (
            f"Somebody, probably you, asked for a new password for {user.get_username()} at Pebble, {settings.BASE_URL}.\n\n"
            f"Choose one here, within an hour:\n{reset_link(user)}\n\nIf it was not you, do nothing: the password stays as it is."
        )
        send_mail("A new password for Pebble", text, None, [user.email])
    return len(people)


def _due(user: User) -> bool:
    return bool(cache.add(f"password-reset-{user.pk}", True, RESET_EVERY_S))


def reset_link(user: User) -> str:
    """Where the password is set anew: on this site's own name, whatever host a request claimed."""
    return f"{settings.BASE_URL}/accounts/reset/{urlsafe_base64_encode(force_bytes(user.pk))}/{default_token_generator.make_token(user)}/"
