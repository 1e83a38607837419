"""The exchanges app: how to talk to exchanges; knows nothing of what prices mean."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExchangesConfig(AppConfig):
    """Makes its rows after a migration."""

    name = "exchanges"

    def ready(self) -> None:
        """After every migration, have a row for each adapter."""
        from exchanges.setup import ensure_rows  # noqa: PLC0415  # models can be imported from here on

        post_migrate.connect(ensure_rows, sender=self)
