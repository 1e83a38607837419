"""Who changed what from what to what, and from where. Columns that workers write are left out: only decisions count."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from auditlog.context import auditlog_value
from auditlog.middleware import AuditlogMiddleware
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from auditlog.signals import pre_log
from axes.signals import user_locked_out
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.signals import pre_delete, pre_save
from django.http import HttpRequest, HttpResponse

from exchanges.models import Allowance, Exchange, Feed, Incident
from markets.api.throttle import client_address
from markets.models import ApiKey, Asset, AssetAlias, Channel, ExchangeAsset, Invitation, Market, Renaming, Rollout, Setting

# `reason` travels beside a change, not as one: the same reason twice is still a reason.
EXCHANGE = ("name", "enabled", "budget_per_minute", "priority", "taker_fee_pct", "host", "release", "release_percent", "pin", "pin_until", "pin_reason")
IDENTITY = ("asset", "multiplier", "state", "evidence", "decided")


def register() -> None:
    """Follow the models an operator decides about. Called once, when the admin is loaded."""
    auditlog.register(Exchange, include_fields=list(EXCHANGE))
    auditlog.register(Feed, include_fields=["enabled", "period_s", "weight", "priority"])
    auditlog.register(Allowance, include_fields=["share_pct", "reserve_pct"])
    auditlog.register(ExchangeAsset, include_fields=list(IDENTITY))
    auditlog.register(Renaming, include_fields=["verdict"])
    auditlog.register(Incident, include_fields=["note"])
    auditlog.register(Market, include_fields=["enabled"])
    auditlog.register(User, include_fields=_own(User), exclude_fields=["password", "last_login"], m2m_fields={"groups", "user_permissions"})
    auditlog.register(Group, include_fields=_own(Group), m2m_fields={"permissions"})
    auditlog.register(Rollout, include_fields=_own(Rollout), exclude_fields=["updated_at"])
    # An address of a webhook may hold a secret of its receiver's; what workers count is no decision.
    auditlog.register(Channel, include_fields=_own(Channel), exclude_fields=["nonce", "failures", "rests_until"], mask_fields=["address"])
    auditlog.register(ApiKey, include_fields=_own(ApiKey), exclude_fields=["digest", "last_used_at"])
    for model in (Asset, AssetAlias, Invitation, Setting):
        auditlog.register(model, include_fields=_own(model))
    pre_log.connect(_decided, sender=Asset)
    pre_log.connect(_noted, sender=Incident)
    pre_save.connect(_only_new, sender=LogEntry)
    pre_delete.connect(_never, sender=LogEntry)
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_locked_out.connect(_locked_out)


def _own(model: type[Model]) -> list[str]:
    """A model's own columns: that other rows point at it is no change of it."""
    return [field.name for field in model._meta.concrete_fields]


def _decided(action: int, **_: object) -> bool:
    """Coins that a catalogue brings are no decision of anybody: thousands of lines would bury the ones that are."""
    return action != LogEntry.Action.CREATE or auditlog_value.get({}).get("actor") is not None


def _noted(action: int, **_: object) -> bool:
    """Incidents begin by themselves; what an operator notes on one is a decision."""
    return action != LogEntry.Action.CREATE


# --- Only added to --------------------------------------------------------------------------------------------------
def _only_new(instance: LogEntry, **_: object) -> None:
    if not instance._state.adding:
        raise PermissionDenied("a line of the audit is not changed")


def _never(**_: object) -> None:
    raise PermissionDenied("a line of the audit is not deleted")


# --- Events of people -----------------------------------------------------------------------------------------------
def note(person: User, event: str, **more: Any) -> None:
    """Something a person did or that happened to them, which changed no row of theirs."""
    LogEntry.objects.log_create(person, force_log=True, action=LogEntry.Action.ACCESS, additional_data={"event": event, **more}, actor=person)


def _signed_in(user: User, **_: object) -> None:
    note(user, "signed in")


def _signed_out(user: User | None, **_: object) -> None:
    if user is not None:
        note(user, "signed out")


def _locked_out(username: str | None, **_: object) -> None:
    """Of a name that nobody has only that there was one is written down: people type passwords into the wrong field."""
    person = User.objects.filter(username=username or "").first()
    told = {"action": LogEntry.Action.ACCESS, "additional_data": {"event": "locked out after wrong passwords"}}
    if person is not None:
        LogEntry.objects.log_create(person, force_log=True, **told)
    else:
        kind = ContentType.objects.get_for_model(User)
        LogEntry.objects.create(content_type=kind, object_pk="", object_repr="a name nobody has", **told)


# --- To carry away --------------------------------------------------------------------------------------------------
SECRET = re.compile(r"passw|secret|token|digest$|nonce|(?<!_)key$", re.IGNORECASE)
MASK = "***"


def lines(entries: Iterable[LogEntry]) -> Iterator[str]:
    """Each entry as one line of JSON, with its end of line; what is named like a secret is masked."""
    for entry in entries:
        row = {
            "at": entry.timestamp.isoformat(), "who": str(entry.actor) if entry.actor else None, "address": entry.remote_addr, "id": entry.pk,
            "action": entry.get_action_display(), "table": f"{entry.content_type.app_label}.{entry.content_type.model}", "object": entry.object_repr,
            "object_id": entry.object_pk, "changes": masked(entry.changes_dict or {}), "more": masked(entry.additional_data or {}),
        }  # fmt: skip
        yield json.dumps(row, ensure_ascii=False, default=str) + "\n"


def masked(value: Any) -> Any:
    """The same without what stands under the name of a secret."""
    if isinstance(value, dict):
        return {name: MASK if SECRET.search(str(name)) else masked(found) for name, found in value.items()}
    return [masked(found) for found in value] if isinstance(value, (list, tuple)) else value


class AuditMiddleware(AuditlogMiddleware):
    """Notes who asks, but only where something may change, and believes no forwarded header it was not told to.

    On every page it would load the session, and with it make every answer vary by cookie.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass reads on as they are."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        return super().__call__(request)

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str:
        return client_address(request)
