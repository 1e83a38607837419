"""What people ask: to whom each kind of question is open on each exchange, what could not be answered, and the receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from exchanges.models import Exchange
from markets import learning, rollouts
from markets.admin.common import Fixed, Labelled, ReadOnly, Reported
from markets.models import Question, Receipt, Rollout, RolloutCount
from markets.models.asking import ROLLED

GROUP = "Questions"


# --- Rollouts ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Side:
    """How the answers on one side of a rollout fared today."""

    answers: int = 0
    errors: int = 0

    def __str__(self) -> str:
        return f"{self.answers:,}, {100 * self.errors / self.answers:.1f} % failed" if self.answers else "none"


@dataclass(frozen=True)
class Cell:
    """One kind of question on one exchange: what it is set to, where that is changed, and how it fares inside and outside."""

    intent: str
    exchange: Exchange
    says: str
    state: str
    link: str
    inside: Side
    outside: Side
    always: int


@admin.register(Rollout)
class RolloutAdmin(Reported):
    """A matrix of kinds of questions and exchanges instead of a list."""

    group = GROUP
    revisions = ()  # they are read anew every second
    fields = ("intent", "exchange", "state", "percent", "always", "updated_at")
    readonly_fields = ("updated_at",)

    def get_urls(self) -> list[URLPattern]:
        """One address more: back to zero."""
        zero = path("zero/<slug:intent>/<int:pk>/", self.admin_site.admin_view(self.zero), name="markets_rollout_zero")
        return [zero, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A cell stays where it is."""
        return ("intent", "exchange", *self.readonly_fields) if obj else self.readonly_fields

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All cells."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        exchanges = [exchange for exchange in Exchange.objects.all() if exchange.adapter]
        return TemplateResponse(request, "admin/markets/rollouts.html", {
            **self.admin_site.each_context(request), "title": "Rollouts", "opts": self.opts, "exchanges": exchanges, "rows": _rows(exchanges),
            "may_change": self.has_change_permission(request), "may_add": self.has_add_permission(request),
        })  # fmt: skip

    def zero(self, request: HttpRequest, intent: str, pk: int) -> HttpResponse:
        """Off for everybody, now. POST only, with the right to change rollouts."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        if intent not in dict(ROLLED):
            return HttpResponse("There is no such kind of question.", status=404)
        row, _ = Rollout.objects.get_or_create(intent=intent, exchange=get_object_or_404(Exchange, pk=pk))
        row.state, row.percent = Rollout.State.OFF, 0
        row.save()
        rollouts.forget()
        self.message_user(request, f"{row}: off for everybody.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:markets_rollout_changelist"))


def _rows(exchanges: Sequence[Exchange]) -> list[tuple[str, list[Cell]]]:
    """[(kind of question, its cell on each exchange)]."""
    set_to = {(row.intent, row.exchange_id): row for row in Rollout.objects.all()}
    today = {(row.intent, row.exchange_id, row.inside): Side(row.answers, row.errors) for row in RolloutCount.objects.filter(day=timezone.now().date())}
    return [(label, [_cell(intent, exchange, set_to.get((intent, exchange.pk)), today) for exchange in exchanges]) for intent, label in ROLLED]


def _cell(intent: str, exchange: Exchange, row: Rollout | None, today: dict[tuple[str, int, bool], Side]) -> Cell:
    where = urlencode({"intent": intent, "exchange": exchange.pk})
    link = reverse("admin:markets_rollout_change", args=(row.pk,)) if row else f"{reverse('admin:markets_rollout_add')}?{where}"
    state = row.state if row else Rollout.State.ON.value
    says = f"{row.percent} %" if row and state == Rollout.State.PERCENT else state
    inside, outside = (today.get((intent, exchange.pk, side), Side()) for side in (True, False))
    return Cell(intent, exchange, says, state, link, inside, outside, len(row.always.split()) if row else 0)


# --- Questions ----------------------------------------------------------------------------------------------------
class Meant(Labelled):
    """A question whose word gets a meaning."""

    def clean(self) -> dict[str, Any]:
        """Only a word can mean a coin."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("means") and not found.get("word", self.instance.word):
            raise forms.ValidationError("No word of this question stands for a coin: write it first.")
        return found


class Coin(AutocompleteSelect):
    """The field of a coin. The words in it while it is empty are also its name to a screen reader."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Django's, with those words."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": "Choose a coin"}


class MeantInList(Meant):
    """The same in the list, where only a row with a word has the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.word:
            self.fields["means"].widget = self.fields["means"].widget.widget  # type: ignore[attr-defined]  # no room here for adding coins
        else:
            del self.fields["means"]


@admin.register(Question)
class QuestionAdmin(Reported, Fixed):
    """Questions we could not answer, or read otherwise than they were meant. Choosing a coin and saving teaches the word."""

    group = GROUP
    form = Meant
    list_display = ("text", "word", "means", "why", "count", "last_at")
    ordering = (Case(When(word="", then=1), default=0), "-last_at", "-id")  # first those that a coin can be chosen for
    list_editable = ("means",)
    list_filter = ("why", "intent")
    list_select_related = ("means",)
    search_fields = ("text", "word")
    autocomplete_fields = ("means",)
    fields = ("text", "why", "intent", "word", "means", "count", "first_at", "last_at")
    readonly_fields = ("text", "why", "intent", "count", "first_at", "last_at")
    change_list_template = "admin/markets/questions.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The one field that chooses is that of the coin."""
        return super().formfield_for_foreignkey(db_field, request, **{"widget": Coin(db_field, self.admin_site), **kwargs})

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The same rule in the list as in the form."""
        return super().get_changelist_form(request, **{"form": MeantInList, **kwargs})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has been looked at can go."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:  # type: ignore[override]
        """Save, and teach the word where it got a meaning."""
        super().save_model(request, obj, form, change)
        if obj.means and {"means", "word"} & set(form.changed_data):
            self.message_user(request, f"Understood from now on: {learning.teach(obj, obj.means)}.", messages.SUCCESS)


# --- Receipts -----------------------------------------------------------------------------------------------------
@admin.register(Receipt)
class ReceiptAdmin(ReadOnly):
    """Answers that can be looked up."""

    group = GROUP
    list_display = ("page", "question", "created_at", "until", "takes")
    list_display_links = None
    search_fields = ("id", "question")
    fields = ("page", "question", "created_at", "until", "takes", "method", "version")
    show_full_result_count = False

    @admin.display(description="receipt")
    def page(self, obj: Receipt) -> str:
        """Where it is looked up."""
        return format_html('<a href="/receipts/{}/">{}</a>', obj.pk, obj.pk)

    @admin.display(description="takes", ordering="size")
    def takes(self, obj: Receipt) -> str:
        """Its share of the room."""
        return f"{obj.size:,} bytes"
