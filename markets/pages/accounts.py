"""Accounts: signing in and out, the password, and what a person has here. None of these pages is kept or shown to anybody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from markets import sessions

BROWSER = "HTTP_USER_AGENT"


def frame(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """What the bars around these pages need."""
    return {"now": timezone.now(), "nav": "account", "address": request.path, "simulated": settings.SIMULATED, "title": title, **more}


class Framed:
    """A view of Django's own whose page has our frame."""

    title, lead, button = "", "", "Save"
    links: tuple[tuple[str, str], ...] = ()
    template_name = "accounts/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Our frame around the form."""
        shown = frame(self.request, self.title, lead=self.lead, button=self.button, links=self.links)  # type: ignore[attr-defined]
        return {**super().get_context_data(**kwargs), **shown}  # type: ignore[misc]


@method_decorator(never_cache, name="dispatch")
class SignIn(Framed, auth.LoginView):
    """By name and password; the session gets a new key, and `next` leads to a page of this site only."""

    title, button = "Sign in", "Sign in"
    links = (("Forgotten the password?", "/accounts/reset/"),)

    def form_valid(self, form: Any) -> Any:
        """Note the browser, for the list of devices."""
        answer = super().form_valid(form)
        self.request.session[sessions.BROWSER] = self.request.META.get(BROWSER, "")[:200]
        return answer


class SignOut(auth.LogoutView):
    """By POST; the session is gone from the server, too."""
