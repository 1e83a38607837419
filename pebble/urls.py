"""Every address of the site. Pages and API live in `markets`; health has no database behind it."""

from django.contrib import admin
from django.urls import include, path

handler400 = "markets.pages.base.bad_request"
handler403 = "markets.pages.base.forbidden"
handler404 = "markets.pages.base.not_found"
handler500 = "markets.pages.base.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("markets.api.urls")),
    path("", include("markets.pages.urls")),
]
