"""What the admin's parts share: saving only what a form changed, telling the board, and lists that cannot be edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from markets import store


class Labelled(forms.ModelForm):
    """A form inside a table: each field carries its column's and its row's name, which the table shows to eyes only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if self.instance.pk else ():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"


class Known(BaseInlineFormSet):
    """Rows that share the page's own object as their parent: else each would read it again, and all that is kept on it."""

    def get_queryset(self) -> QuerySet[Any]:
        """The rows, read once."""
        rows: QuerySet[Any] = super().get_queryset()
        for row in rows:
            setattr(row, self.fk.name, self.instance)
        return rows


class Reported(admin.ModelAdmin):
    """Saves the columns a form changed and no others (workers write the rest), then bumps the board's change numbers."""

    revisions: tuple[str, ...] = ("switches",)

    def revisions_of(self, obj: Model) -> tuple[str, ...]:
        """The change numbers that a change of `obj` moves."""
        return self.revisions

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Rows of a list that can be edited in place."""
        return super().get_changelist_form(request, **{"form": Labelled, **kwargs})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Insert whole, update in part."""
        if not change or obj._state.adding:
            obj.save()
        elif form.changed_data:
            obj.save(update_fields=[name for name in form.changed_data if name in {f.name for f in obj._meta.fields}])
        store.touch(*self.revisions_of(obj))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The same for the rows of an inline."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row in formset.new_objects:
            row.save()
        for row, changed in formset.changed_objects:
            row.save(update_fields=changed)
        formset.save_m2m()
        store.touch(*self.revisions)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Remove one and tell."""
        super().delete_model(request, obj)
        store.touch(*self.revisions)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Remove several and tell."""
        super().delete_queryset(request, queryset)
        store.touch(*self.revisions)


class Fixed(admin.ModelAdmin):
    """Rows that are there or not by themselves: nobody adds or deletes them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ReadOnly(Fixed):
    """Rows that can only be looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
