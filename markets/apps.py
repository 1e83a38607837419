"""The markets app: what prices mean."""

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    name = "markets"
