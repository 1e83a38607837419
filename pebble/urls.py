"""Every address of the site. Pages and API live in `markets`; health has no database behind it."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from markets.pages.accounts import SignOut

handler400 = "markets.pages.base.bad_request"
handler403 = "markets.pages.base.forbidden"
handler404 = "markets.pages.base.not_found"
handler500 = "markets.pages.base.server_error"

urlpatterns = [
    # One way to sign in, out and to change a password, with one set of limits.
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("admin/logout/", SignOut.as_view()),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password-change")),
    path("admin/", admin.site.urls),
    path("api/", include("markets.api.urls")),
    path("", include("markets.pages.urls")),
]
