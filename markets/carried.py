"""What an operator and people decided, as one document: carried from one installation to another, be it from a simulated market to the live one.

Prices, history and what the workers keep are not in it: they belong to their market. Users come with the hashes of their
passwords and keys, so the document is as secret as a backup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model

from exchanges.models import Allowance, Exchange, Feed
from markets.models import Alert, ApiKey, AssetAlias, Channel, ExchangeAsset, Rollout, Setting
from markets.store import touch

FORMAT = 1


class NotOurs(ValueError):
    """A document that was not exported by Pebble, or by a later one."""


@dataclass(frozen=True)
class Table:
    """Rows of a model, known again by `keys` and carrying `values`; both may lead over a foreign key (`exchange__slug`).

    With `make`, what is missing is made; without, it waits for its market to be read. `only` chooses rows.
    """

    name: str
    model: type[Model]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    make: bool = True
    only: Mapping[str, object] = field(default_factory=dict)

    def rows(self) -> Iterator[dict[str, Any]]:
        """As they stand here."""
        yield from self.model._default_manager.filter(**self.only).order_by("pk").values(*self.keys, *self.values)  # type: ignore[misc]


_SETTINGS = tuple(f.name for f in Setting._meta.fields if f.editable and not f.primary_key)
_SWITCH = ("enabled", "budget_per_minute", "priority", "taker_fee_pct", "host", "release", "release_percent", "pin", "pin_until", "pin_reason")
_CHANNEL = ("enabled", "kinds", "quiet_from", "quiet_to", "time_zone", "digest_min", "confirmed_at", "nonce")
_ALERT = ("cool_down_s", "quiet_from", "quiet_to", "ends_at", "paused", "made_at")
_KEY = ("owner__username", "name", "digest", "scopes", "created_at", "expires_at", "revoked_at")
_USER = ("password", "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "date_joined")
_CODE = ("asset__slug", "multiplier", "state", "basis", "evidence", "decided")
TABLES = (  # whom others belong to come first
    Table("users", User, ("username",), _USER),
    Table("settings", Setting, (), _SETTINGS),
    Table("exchanges", Exchange, ("slug",), _SWITCH, make=False),
    Table("limits", Allowance, ("exchange__slug", "pool"), ("share_pct", "reserve_pct"), make=False),
    Table("sources", Feed, ("exchange__slug", "source"), ("enabled", "period_s", "markets", "weight", "priority"), make=False),
    Table("rollouts", Rollout, ("intent", "exchange__slug"), ("state", "percent", "always")),
    Table("codes", ExchangeAsset, ("exchange__slug", "code", "family"), _CODE, make=False, only={"decided": True}),
    Table("aliases", AssetAlias, ("asset__slug", "text", "kind"), ("valid_from", "valid_to", "factor")),
    Table("channels", Channel, ("owner__username", "kind", "address"), _CHANNEL),
    Table("keys", ApiKey, ("prefix",), _KEY),
    Table("alerts", Alert, ("owner__username", "kind", "condition"), _ALERT),
)


def exported(now: datetime) -> str:
    """The document."""
    tables = {table.name: list(table.rows()) for table in TABLES}
    groups = {user.username: [g.name for g in user.groups.all()] for user in User.objects.prefetch_related("groups")}
    told = [[a.owner.username, a.kind, a.condition, [[c.kind, c.address] for c in a.channels.all()]] for a in _alerts()]
    head = {"pebble_settings": FORMAT, "market": settings.MARKET, "made_at": now}
    return json.dumps({**head, **tables, "groups": groups, "told": told}, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)


@transaction.atomic
def imported(text: str) -> dict[str, tuple[int, list[str]]]:
    """{table: (rows that stand as the document says, what could not be carried yet)}. Safe to repeat. Raises NotOurs."""
    try:
        document = json.loads(text)
        if document["pebble_settings"] != FORMAT:
            raise NotOurs(f"This file is of format {document['pebble_settings']}, this Pebble reads {FORMAT}.")
    except (ValueError, KeyError, TypeError) as error:
        raise error if isinstance(error, NotOurs) else NotOurs("This is no file of `manage.py settings --export`.") from error
    found = {table.name: _carry(table, document.get(table.name, [])) for table in TABLES}
    _join(document)
    touch("switches", "assets")
    return found


def _carry(table: Table, rows: list[dict[str, Any]]) -> tuple[int, list[str]]:
    missing = []
    for row in rows:
        try:
            _write(table, {path: row[path] for path in table.keys}, {path: row[path] for path in table.values})
        except LookupError:
            missing.append(" ".join(str(row.get(path)) for path in table.keys))
    return len(rows) - len(missing), missing


def _write(table: Table, keys: dict[str, Any], values: dict[str, Any]) -> None:
    """Raises LookupError when the row, or whom it belongs to, is not here."""
    wanted = {path if value is not None else f"{path}__isnull": True if value is None else value for path, value in keys.items()}
    have = table.model._default_manager.filter(**wanted).first()
    if have is None and not table.make:
        raise LookupError
    row = have or table.model()
    for path, value in {**({} if have else keys), **values}.items():
        name, _, of = path.partition("__")
        column = table.model._meta.get_field(name)
        setattr(row, name, _referred(column, of, value) if of else column.to_python(value))
    row.save()


def _referred(column: Any, of: str, value: Any) -> Model | None:
    if value is None:
        return None
    found: Model | None = column.related_model._default_manager.filter(**{of: value}).first()
    if found is None:
        raise LookupError
    return found


def _join(document: Mapping[str, Any]) -> None:
    """Who is in which group, and which channels each alert tells."""
    for username, names in document.get("groups", {}).items():
        for user in User.objects.filter(username=username):
            user.groups.set(Group.objects.filter(name__in=names))
    told = {(owner, kind, json.dumps(condition, sort_keys=True)): channels for owner, kind, condition, channels in document.get("told", [])}
    for alert in _alerts():
        ways = told.get((alert.owner.username, alert.kind, json.dumps(alert.condition, sort_keys=True)))
        if ways is not None:
            own = Channel.objects.filter(owner=alert.owner)
            alert.channels.set([channel for channel in own if [channel.kind, channel.address] in ways])


def _alerts() -> list[Alert]:
    return list(Alert.objects.select_related("owner").prefetch_related("channels"))
