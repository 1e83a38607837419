"""The markets app: what prices mean."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, post_save, pre_migrate, pre_save


class MarketsConfig(AppConfig):
    """Keeps schedules in step with what an operator decides, and live and simulated data apart."""

    name = "markets"

    def ready(self) -> None:
        """Connect what has to happen after a migration, a save and a new connection."""
        from django_q.models import Task  # noqa: PLC0415  # models can be imported from here on

        from exchanges.models import Exchange, Feed  # noqa: PLC0415
        from markets import redaction, roles, schedules, stamp  # noqa: PLC0415
        from pebble import checks  # noqa: F401, PLC0415  # it registers itself

        connection_created.connect(stamp.check)
        pre_migrate.connect(stamp.prepare_file, sender=self)
        post_migrate.connect(stamp.put, sender=self)
        post_migrate.connect(schedules.ensure, sender=self)
        post_migrate.connect(roles.ensure, sender=self)
        pre_save.connect(redaction.of_task, sender=Task)
        post_save.connect(schedules.feed_saved, sender=Feed)
        post_save.connect(schedules.exchange_saved, sender=Exchange)
