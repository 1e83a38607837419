"""The reading plan under an operator's hand: each source with its switch, period and markets, and what that takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from exchanges.models import Exchange, Feed, FeedPriority
from exchanges.plan import usual
from markets import planning, turns
from markets.admin.common import Known, Labelled
from markets.admin.limits import wanted_shares
from markets.analysis.display import DASH, age


def fitting_budget(form: forms.ModelForm) -> int:
    """A budget that the plan as it stands fits into, if the exchange is to be on. Where the plan is in the same form, that decides."""
    budget = int(form.cleaned_data["budget_per_minute"])
    in_form = any(name.startswith("feeds-") for name in form.data)
    if not in_form and form.cleaned_data.get("enabled") and {"budget_per_minute", "enabled"} & set(form.changed_data):
        wanted = Exchange(pk=form.instance.pk, slug=form.instance.slug, budget_per_minute=budget)
        if reason := planning.refusal(wanted, Feed.objects.select_related("exchange").filter(exchange=form.instance)):
            raise ValidationError(reason)
    return budget


WAITS = {FeedPriority.PRICES.value: "last", FeedPriority.OTHERS.value: "second", FeedPriority.SPARE.value: "first"}


class FeedForm(Labelled):
    """A source's line of the plan; only those that are read market by market have a number of markets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = turns.source_of(self.instance) if self.instance.pk else None
        if "markets" in self.fields:
            self.fields["markets"].disabled = source is None or source.markets is None
            self.fields["markets"].required = not self.fields["markets"].disabled
        if "priority" in self.fields:
            self.fields["priority"].choices = [("", f"usual: {WAITS[usual(self.instance.source)]}"), *WAITS.items()]


class FeedFormSet(Known):
    """All sources of one exchange: together they are the plan, which has to fit into the exchange's limits."""

    def clean(self) -> None:
        """Refuse a plan that cannot be carried out, with the reason. An exchange that is off reads nothing."""
        super().clean()
        if not any(self.errors) and self.instance.enabled and (reason := self._refusal()):
            raise ValidationError(reason)

    def _refusal(self) -> str:
        return planning.refusal(self.instance, [form.instance for form in self.forms], wanted_shares(self.data, self.instance))


class FeedInline(admin.TabularInline):
    """What an exchange is asked for, each with its switch, its period and what that takes of the budget."""

    model = Feed
    form = FeedForm
    formset = FeedFormSet
    extra = 0
    can_delete = False
    verbose_name_plural = "sources: the reading plan"
    fields = ("source", "enabled", "period_s", "markets", "weight", "priority", "planned", "used", "refused", "outcome", "good")
    readonly_fields = ("source", "planned", "used", "refused", "outcome", "good")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sources come from the adapter."""
        return False

    @admin.display(description="planned, a minute")
    def planned(self, obj: Feed) -> str:
        """Requests a minute by the plan."""
        share = _share(obj)
        return DASH if share is None or share.planned is None else f"{share.planned:.1f}"

    @admin.display(description="used, a minute")
    def used(self, obj: Feed) -> str:
        """Requests a minute over the last five minutes, those people caused included."""
        share = _share(obj)
        return DASH if share is None else f"{share.used:.1f}"

    @admin.display(description="not asked, last hour")
    def refused(self, obj: Feed) -> str:
        """Polls that a limit did not let through, and how many of them gave way to prices; waits the exchange told us are among them."""
        share = _share(obj)
        return DASH if share is None or not share.refused else f"{share.refused} ({share.shed} for prices)"

    @admin.display(description="last good")
    def good(self, obj: Feed) -> str:
        """How long ago it last answered well."""
        return age((timezone.now() - obj.ok_at).total_seconds()) if obj.ok_at else DASH


def _share(feed: Feed) -> planning.Share | None:
    """The feed's share of the budget, read once for all rows of a page."""
    exchange = feed.exchange
    if not hasattr(exchange, "_shares"):
        exchange._shares = {share.source: share for share in planning.shares(exchange, timezone.now())}
    return exchange._shares.get(feed.source)
