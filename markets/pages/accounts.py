"""Accounts: signing in and out, the password, invitations, and the links of mails. None of these pages is kept or shown to anybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView
from django_q.tasks import async_task

from markets import accounts, audit, channels, sessions
from markets.analysis.display import age
from markets.api import throttle
from markets.models import Invitation
from markets.pages.base import problem
from markets.signin import wait_s

RESETS_A_MINUTE = 5  # from one address
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
_resets = throttle.Limiter("reset")


def frame(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """What the bars around these pages need."""
    return {"now": timezone.now(), "nav": "account", "address": request.path, "simulated": settings.SIMULATED, "title": title, **more}


def says(request: HttpRequest, title: str, text: str, status: int = 200, **more: Any) -> HttpResponse:
    """A page of a few words."""
    return render(request, "accounts/says.html", frame(request, title, text=text, **more), status=status)


def busy(request: HttpRequest, wait: int, why: str) -> HttpResponse:
    """429 that says when to come back."""
    at = timezone.now() + timedelta(seconds=wait)
    return problem(request, 429, "Too many attempts", f"{why} Please try again in {age(wait)}, at {at:%H:%M:%S} UTC.", wait_s=wait)


class Framed:
    """A view of Django's own whose page has our frame."""

    title, lead, button = "", "", "Save"
    links: tuple[tuple[str, str], ...] = ()
    template_name = "accounts/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Our frame around the form."""
        shown = frame(self.request, self.title, lead=self.lead, button=self.button, links=self.links)  # type: ignore[attr-defined]
        return {**super().get_context_data(**kwargs), **shown}  # type: ignore[misc]


# --- Signing in and out -----------------------------------------------------------------------------------------
@method_decorator(never_cache, name="dispatch")
class SignIn(Framed, auth.LoginView):
    """By name and password; the session gets a new key, and `next` leads to a page of this site only."""

    title, button = "Sign in", "Sign in"
    links = (("Forgotten the password?", "/accounts/reset/"),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whoever is sent here although signed in is told why."""
        shown = super().get_context_data(**kwargs)
        user = self.request.user
        return {**shown, "lead": f"You are signed in as {user.get_username()}, who may not open that page."} if user.is_authenticated else shown

    def form_valid(self, form: Any) -> HttpResponse:
        """Note the browser, for the list of devices."""
        answer = super().form_valid(form)
        _note_browser(self.request)
        return answer


def _note_browser(request: HttpRequest) -> None:
    request.session[sessions.BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:200]


def locked(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What a name that is locked from this address is told: the same whether there is such a name."""
    return busy(request, wait_s(request, credentials, timezone.now()), "There were too many wrong passwords from your address.")


class SignOut(auth.LogoutView):
    """By POST; the session is gone from the server, too."""


# --- The password -----------------------------------------------------------------------------------------------
class ChangePassword(Framed, auth.PasswordChangeView):
    """With the old one. Every session ends, this one included."""

    title, button, lead = "Change the password", "Change it", "You will be signed out everywhere, here too, and sign in with the new one."
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it, and end every session."""
        user = form.save()
        audit.note(user, "changed the password")
        sessions.end_all(user)
        logout(self.request)
        messages.success(self.request, "The password is changed. Sign in with the new one.")
        return HttpResponseRedirect(str(self.success_url))


class Address(forms.Form):
    """Where a link goes to."""

    email = forms.EmailField(label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class ForgotPassword(Framed, FormView):
    """The same answer, in the same time, whether anybody has that address: the queue looks."""

    form_class = Address
    title, button, lead = "Forgotten the password?", "Send the link", "A link to choose a new one is sent to your e-mail address."

    def form_valid(self, form: Any) -> HttpResponse:
        """Have the queue send it."""
        if wait := _resets.wait(throttle.client_address(self.request), RESETS_A_MINUTE):
            return busy(self.request, wait, "Too many links were asked for from your address.")
        async_task("markets.tasks.send_resets", form.cleaned_data["email"], q_options={"save": False})
        return says(self.request, "Look at your mail", "If somebody here has that address, a link is on its way. It works for an hour. None came? Look at the "
                    "address, and whether it was one the operator invited; another is sent ten minutes after the last at the earliest.")


class ResetPassword(Framed, auth.PasswordResetConfirmView):
    """By the link of a mail. Every session ends."""

    title, button, template_name = "Choose a new password", "Save it", "accounts/reset.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it, and sign everybody out who was in with the old one."""
        answer = super().form_valid(form)
        audit.note(self.user, "set a new password by a mailed link")
        sessions.end_all(self.user)
        messages.success(self.request, "The password is saved. Sign in with it.")
        return answer


# --- Invitations ------------------------------------------------------------------------------------------------
class NewPerson(BaseUserCreationForm):
    """A name and a password, by the rules for both."""

    class Meta:
        model = User
        fields = ("username",)
        widgets: ClassVar = {"username": forms.TextInput(attrs={"autocomplete": "username", "maxlength": 150})}

    def clean_username(self) -> str:
        """One name whatever its case."""
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("Somebody has this name. Choose another.")
        return name


@never_cache
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: GET asks for a name and a password, POST makes the person and signs in."""
    found = accounts.invited(token, timezone.now())
    if found is None:
        return says(request, "This invitation is over", "It was used, is too old, or was cut off. Ask the operator for another.", 404)
    form = NewPerson(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _accepted(request, found, form.save(commit=False))
    lead = f"You were invited as {found.email}. Choose the name you will sign in with, and a password."
    return render(request, "accounts/form.html", frame(request, "Welcome to Pebble", lead=lead, form=form, button="Make my account"))


def _accepted(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if not accounts.accept(invitation, user, timezone.now()):
        return says(request, "This invitation is over", "Somebody has just used it.", 409)
    login(request, user, MODEL_BACKEND)
    _note_browser(request)
    return HttpResponseRedirect("/accounts/")


# --- Links of mails -------------------------------------------------------------------------------------------------
@csrf_exempt  # a mail program posts it without ever having seen the page (RFC 8058); the signed link is the right to do so
@never_cache
def stop_channel(request: HttpRequest, token: str) -> HttpResponse:
    """Nothing more to this address: GET asks, POST does it."""
    channel = channels.to_stop(token)
    if channel is None:
        return says(request, "This link stops nothing", "It was cut off, or the address is no longer told anything.", 404)
    if request.method == "POST":
        channels.stop(channel)
    if not channel.enabled:
        return says(request, "You will hear nothing more", f"Nothing is sent to {channel.address} any more. Its owner can switch it on again under Alerts.")
    text = f"Shall nothing more be sent to {channel.address}? Alerts themselves stay as they are."
    return says(request, "Stop these messages", text, button="Stop them")


@never_cache
def confirm_channel(request: HttpRequest, token: str) -> HttpResponse:
    """An address is its owner's: GET asks, so that no mail program confirms by looking; POST does it."""
    channel = channels.to_confirm(token)
    if channel is None:
        return says(request, "This link confirms nothing", "It was cut off, is too old, or the address was changed. Ask for another under Alerts.", 404)
    if request.method == "POST":
        channels.confirm(channel, timezone.now())
        return says(request, "The address is confirmed", f"Messages can be sent to {channel.address}.", back=("/alerts/", "Your alerts"))
    return says(request, "Confirm the address", f"Shall Pebble send what you ask for to {channel.address}?", button="Confirm it")
