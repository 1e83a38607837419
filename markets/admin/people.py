"""People: who may edit users cannot make anybody, or themselves, mightier than they are. Invitations and keys of the API.

And what the tables of others let too many do: their actions ask for no right, and a schedule may name any function there is.
"""

from __future__ import annotations

from typing import Any

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_q.admin import ScheduleAdmin, resubmit_task
from django_q.models import Schedule
from django_q.tasks import async_task

from markets import accounts, keys, roles, wires
from markets.admin.common import Fixed, ReadOnly
from markets.models import ApiKey, Invitation

GROUP = "People"
MIGHT = ("is_staff", "is_superuser", "groups", "user_permissions")

for model in (User, Group, Schedule):
    admin.site.unregister(model)
for table in (AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin):
    table.group = GROUP
resubmit_task.allowed_permissions = ("change",)
AccessAttemptAdmin.cleanup_expired_attempts.allowed_permissions = ("delete",)


@admin.register(Schedule)
class SchedulesAdmin(ReadOnly, ScheduleAdmin):
    """To look at: Pebble makes its schedules itself, and whoever could edit one could run anything."""


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Only a superuser hands out rights or touches who has more of them. People are switched off, not deleted: the audit names them."""

    group = GROUP

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the rights, for whoever may not give them: what is not in the form cannot be posted either."""
        found = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return found
        return [(name, {**options, "fields": tuple(field for field in options["fields"] if field not in MIGHT)}) for name, options in found]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whose password and e-mail address one can set, one can become: never of somebody with more rights."""
        return super().has_change_permission(request, obj) and (obj is None or not roles.above(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Superusers are listed for superusers."""
        everybody = super().get_queryset(request)
        return everybody if request.user.is_superuser else everybody.filter(is_superuser=False)


@admin.register(Group)
class RolesAdmin(GroupAdmin):
    """A group is a bundle of rights: only a superuser changes one, and nobody the three that come with Pebble."""

    group = GROUP

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers, of their own ones."""
        return request.user.is_superuser and (obj is None or obj.name not in roles.ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return self.has_change_permission(request, obj)


@admin.register(Invitation)
class InvitationAdmin(Fixed):
    """Who was invited. Deleting an invitation that is open withdraws it; one that ended goes by itself after a month."""

    group = GROUP
    list_display = ("email", "state", "role", "invited_by", "created_at", "expires_at", "accepted_at", "accepted_by")
    list_select_related = ("role", "invited_by", "accepted_by")
    search_fields = ("email",)
    fields = ("email", "role")
    actions = ("send_again",)

    @admin.display(description="state")
    def state(self, obj: Invitation) -> str:
        """Whether its link still opens anything."""
        return "Accepted" if obj.accepted_at else "Open" if obj.expires_at > timezone.now() else "Ended"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the right to."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the right to."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent is not changed; invite anew."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody invites into a role with rights of which they lack one."""
        if db_field.name == "role":
            kwargs["queryset"] = Group.objects.filter(pk__in=[group.pk for group in roles.may_give(request.user)])
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """Make it, have it mailed, and show the link, for where no mail is set up."""
        obj.invited_by, obj.created_at = request.user, timezone.now()
        obj.expires_at = obj.created_at + accounts.INVITED_FOR
        super().save_model(request, obj, form, change)
        self._send(request, obj)

    @admin.action(description="Send again, with a new link", permissions=["add"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """To those who have not come yet."""
        for invitation in queryset.filter(accepted_at=None).select_related("role"):
            if invitation.role is None or roles.within(request.user, invitation.role):
                accounts.renew(invitation, timezone.now())
                self._send(request, invitation)
            else:
                self.message_user(request, f"{invitation.email}: you lack a right of {invitation.role}.", messages.ERROR)

    def _send(self, request: HttpRequest, invitation: Invitation) -> None:
        async_task("markets.tasks.send_invitation", invitation.pk, q_options={"save": False})
        mailed, unsent = "A mail goes to {}. The link in it, for who gets none", "No mail server is set (EMAIL_URL). Give {} this link"
        goes = (mailed if wires.mails_go_out() else unsent).format(invitation.email)
        self.message_user(request, f"{goes}: {accounts.link(invitation)}", messages.SUCCESS)


@admin.register(ApiKey)
class KeyAdmin(ReadOnly):
    """Everybody's keys, without what opens anything. Each is made by its owner, on the account page."""

    group = GROUP
    list_display = ("name", "prefix", "owner", "may", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("revoked_at",)
    list_select_related = ("owner",)
    search_fields = ("name", "prefix", "owner__username")
    fields = list_display
    actions = ("revoke",)

    @admin.display(description="may")
    def may(self, obj: ApiKey) -> str:
        """Its scopes."""
        return ", ".join(obj.scopes)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """By the right to change keys."""
        return request.user.has_perm("markets.change_apikey")

    @admin.action(description="Revoke for good", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End the chosen ones."""
        open_ones = list(queryset.filter(revoked_at=None))
        for key in open_ones:
            keys.revoke(key, timezone.now())
        self.message_user(request, f"Revoked: {', '.join(map(str, open_ones)) or 'none, they were already'}.", messages.SUCCESS)
