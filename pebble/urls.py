"""Every address of the site. Pages and API live in `markets`; health has no database behind it."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("markets.api_urls")),
    path("", include("markets.urls")),
]
