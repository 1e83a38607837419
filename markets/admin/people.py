"""People: who may edit users cannot make anybody, or themselves, mightier than they are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

MIGHT = ("is_staff", "is_superuser", "groups", "user_permissions")

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Only a superuser hands out rights or touches a superuser."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Read-only fields are not in the form, so a crafted POST cannot set them."""
        mine = tuple(super().get_readonly_fields(request, obj))
        return mine if request.user.is_superuser else (*mine, *MIGHT)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's row, password included, is for superusers."""
        return super().has_change_permission(request, obj) and _within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same for deleting."""
        return super().has_delete_permission(request, obj) and _within(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Bulk actions work on what is listed: superusers are listed for superusers."""
        everybody = super().get_queryset(request)
        return everybody if request.user.is_superuser else everybody.filter(is_superuser=False)


def _within(request: HttpRequest, obj: Any) -> bool:
    return request.user.is_superuser or obj is None or not obj.is_superuser


@admin.register(Group)
class RolesAdmin(GroupAdmin):
    """A group is a bundle of rights: only a superuser changes one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return request.user.is_superuser
