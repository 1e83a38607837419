"""Addresses of the pages."""

from django.urls import path

from markets.pages import depth as views_depth
from markets.pages import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("compare/<str:pair>/", views.compare, name="compare"),
    path("liquidity/<str:pair>/", views_depth.liquidity, name="liquidity"),
    path("assets/<str:slug>/", views.asset, name="asset"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("guide/", views.guide, name="guide"),
    path("status/", views.status, name="status"),
    path("status.json", views.status_json, name="status-json"),
]
