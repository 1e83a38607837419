"""The exchanges app: how to talk to exchanges; knows nothing of what prices mean."""

from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "exchanges"
