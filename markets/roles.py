"""Who may what in the admin: three groups beside superusers, as this version says after every migration. For other bundles make groups of your own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db.models import ForeignKey, Model

VIEWER, OPERATOR, AUDITOR = "viewer", "operator", "auditor"
ROLES = (VIEWER, OPERATOR, AUDITOR)
OURS = ("exchanges", "markets")
# Of what belongs to people: an operator invites, keeps the operators' channels, and revokes keys. Nothing else of it.
OF_PEOPLE = (
    "markets.view_apikey", "markets.change_apikey",
    *(f"markets.{verb}_{model}" for model in ("invitation", "channel") for verb in ("view", "add", "change", "delete")), "markets.view_delivery",
)
QUEUE = tuple(f"django_q.view_{model}" for model in ("schedule", "success", "failure", "ormq"))  # to look at: a schedule can name any function
AUDIT = ("auditlog.view_logentry", "axes.view_accessattempt", "axes.view_accessfailurelog")


def permissions() -> dict[str, frozenset[str]]:
    """{role: its permissions as app.code}."""
    shared = [model for app in OURS for model in apps.get_app_config(app).get_models() if not personal(model)]
    viewer = frozenset(_named(shared, "view"))
    return {VIEWER: viewer, OPERATOR: viewer | {*_named(shared, "add", "change", "delete"), *OF_PEOPLE, *QUEUE}, AUDITOR: frozenset(AUDIT)}


def personal(model: type[Model]) -> bool:
    """Whether rows belong to somebody: to a user, or to something that does."""
    targets = {field.name: field.related_model for field in model._meta.fields if isinstance(field, ForeignKey)}
    of_user = any(name in ("owner", "user", "invited_by") and target is User for name, target in targets.items())
    return of_user or any(target not in (User, model) and personal(target) for target in targets.values() if isinstance(target, type))


def _named(models: Iterable[type[Model]], *verbs: str) -> Iterator[str]:
    known = ((model._meta, verb) for model in models for verb in verbs if verb in model._meta.default_permissions)
    return (f"{meta.app_label}.{verb}_{meta.model_name}" for meta, verb in known)


def ensure(**_: Any) -> None:
    """Make the three groups what they are. After a migration, when every permission exists."""
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in Permission.objects.select_related("content_type")}
    for role, names in permissions().items():
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in names if name in known])


def within(user: User, group: Group) -> bool:
    """Whether somebody has every right of a group: nobody hands out what they do not have."""
    return user.is_superuser or _of(group) <= user.get_all_permissions()


def may_give(user: User) -> list[Group]:
    """The groups somebody may invite others into."""
    return [group for group in Group.objects.prefetch_related("permissions__content_type").order_by("name") if within(user, group)]


def above(user: User, other: User) -> bool:
    """Whether `other` may something that `user` may not."""
    return not user.is_superuser and (other.is_superuser or not other.get_all_permissions() <= user.get_all_permissions())


def _of(group: Group) -> set[str]:
    return {f"{row.content_type.app_label}.{row.codename}" for row in group.permissions.all()}
