"""Who changed what from what to what, and from where. Columns that workers write are left out: only decisions count."""

from __future__ import annotations

from auditlog.context import auditlog_value
from auditlog.middleware import AuditlogMiddleware
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from auditlog.signals import pre_log
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse

from exchanges.models import Allowance, Exchange, Feed, Incident
from markets.api.throttle import client_address
from markets.models import Asset, AssetAlias, Channel, ExchangeAsset, Market, Renaming, Rollout, Setting

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
    auditlog.register(User, exclude_fields=["password", "last_login"], m2m_fields={"groups", "user_permissions"})
    auditlog.register(Group, m2m_fields={"permissions"})
    auditlog.register(Rollout, exclude_fields=["updated_at"])
    # An address of a webhook may hold a secret of its receiver's; what workers count is no decision.
    auditlog.register(Channel, exclude_fields=["nonce", "failures", "rests_until"], mask_fields=["address"])
    for model in (Asset, AssetAlias, Setting):
        auditlog.register(model)
    pre_log.connect(_decided, sender=Asset)


def _decided(action: int, **_: object) -> bool:
    """Coins that a catalogue brings are no decision of anybody: thousands of lines would bury the ones that are."""
    return action != LogEntry.Action.CREATE or auditlog_value.get({}).get("actor") is not None


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
