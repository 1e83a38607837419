"""Every address of the site. Pages and API live in `markets`; health has no database behind it."""

from django.contrib import admin
from django.urls import include, path

handler400 = "markets.views.bad_request"
handler403 = "markets.views.forbidden"
handler404 = "markets.views.not_found"
handler500 = "markets.views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("markets.api_urls")),
    path("", include("markets.urls")),
]
