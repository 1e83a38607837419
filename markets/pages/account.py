"""My account: who I am here, where I am signed in, and my keys of the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from markets import audit, keys, sessions
from markets.models import ApiKey, SignedIn
from markets.models.accounts import SCOPES
from markets.pages.accounts import frame

HERE = "/accounts/"
MOST = 20  # keys of one person that open anything
ENDS = (("90", "in 90 days"), ("30", "in 30 days"), ("365", "in a year"), ("", "never"))
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


class NewKey(forms.Form):
    """What a new key is for, what it may and when it ends."""

    name = forms.CharField(label="What it is for", max_length=60)
    scopes = forms.MultipleChoiceField(label="It may", choices=list(SCOPES.items()), initial=["read"], widget=forms.CheckboxSelectMultiple)
    ends = forms.ChoiceField(label="It ends", choices=ENDS, required=False, initial="90")


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _shown(request)


@never_cache
@login_required
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once: it goes into the answer and nowhere else."""
    form, now = NewKey(request.POST), timezone.now()
    if sum(keys.in_use(key, now) for key in keys.of(_person(request))) >= MOST:
        form.add_error(None, f"You have {MOST} keys. Revoke one first.")
    if not form.is_valid():
        return _shown(request, form=form, status=400)
    given = form.cleaned_data
    ends = now + timedelta(days=int(given["ends"])) if given["ends"] else None
    key, text = keys.make(_person(request), given["name"], given["scopes"], now, ends)
    return _shown(request, made=key, text=text)


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own."""
    key = get_object_or_404(ApiKey, pk=pk, owner=_person(request))
    keys.revoke(key, timezone.now())
    messages.success(request, f"The key “{key.name}” opens nothing any more.")
    return HttpResponseRedirect(HERE)


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session, this one included."""
    sessions.end_all(person := _person(request))
    audit.note(person, "signed out everywhere")
    request.session.flush()
    messages.success(request, "You are signed out everywhere.")
    return HttpResponseRedirect("/accounts/login/")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - what login_required has let in
    return request.user


def _shown(request: HttpRequest, status: int = 200, form: NewKey | None = None, **more: Any) -> HttpResponse:
    person, now = _person(request), timezone.now()
    shown = {
        "person": person, "roles": [group.name for group in person.groups.order_by("name")], "devices": devices(person, request.session.session_key, now),
        "keys": [line(key, now) for key in keys.of(person)], "form": form or NewKey(),
    }
    return render(request, "accounts/account.html", frame(request, "Your account", **shown, **more), status=status)


def devices(person: User, here: str | None, now: datetime) -> list[dict[str, Any]]:
    """Where somebody is signed in."""
    return [{"name": device(row), "used_at": sessions.last_used(row), "here": row.session_key == here} for row in sessions.of(person, now)]


def device(row: SignedIn) -> str:
    """A browser and its system in two words, as far as it says."""
    browser, system = (next((name for mark, name in known if mark in row.browser), "") for known in (BROWSERS, SYSTEMS))
    return " on ".join(filter(None, (browser or "A browser", system)))


def line(key: ApiKey, now: datetime) -> dict[str, Any]:
    """A key in the list."""
    state = "revoked" if key.revoked_at else "over" if key.expires_at and key.expires_at <= now else "in use"
    return {"key": key, "state": state, "may": ", ".join(key.scopes)}
