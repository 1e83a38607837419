"""What belongs to people: keys of the API, invitations, and where they are signed in. The people themselves are Django's users."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import SessionManager
from django.core.exceptions import ValidationError
from django.db import models

SCOPES = {
    "read": "Prices and everything the pages show",
    "ask": "Questions in plain words",
    "alerts": "The owner's alerts: see, make, change and delete them",
}


def known_scopes(value: object) -> None:
    """Raise ValidationError for what is not a list of scopes."""
    if not isinstance(value, list) or not value or set(value) - set(SCOPES):
        raise ValidationError(f"A key needs one or more of: {', '.join(SCOPES)}.")


class ApiKey(models.Model):
    """A key of one person. The key itself is shown once and not kept: `digest` is the SHA-256 of its secret, hexadecimal.

    The secret is 192 bits of chance, so a slow hash would protect nothing and cost every request.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60, help_text="What it is for.")
    prefix = models.CharField("begins with", max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField("may", default=list, validators=[known_scopes])
    created_at = models.DateTimeField("made", editable=False)
    expires_at = models.DateTimeField("ends", null=True, blank=True, help_text="Empty: never.")
    last_used_at = models.DateTimeField("last used", null=True, editable=False, help_text="To the minute.")
    revoked_at = models.DateTimeField("revoked", null=True, editable=False, help_text="For good.")

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} (pb_{self.prefix}_…)"


class Invitation(models.Model):
    """An address that was invited. The link is signed, works once, and ends. Without a role it is for alerts and keys only."""

    email = models.EmailField("e-mail address")
    role = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="+", help_text="Empty: alerts and API keys, no admin.")
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField("made", editable=False)
    expires_at = models.DateTimeField("ends", editable=False)
    accepted_at = models.DateTimeField("accepted", null=True, editable=False)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.email


class SignedIn(AbstractBaseSession):
    """A session, with whose it is and what browser it is in, so that one person's can be listed and ended. `user` is None before signing in."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    objects = SessionManager()  # type: ignore[misc]
