"""Live and simulated data never share a database: it is stamped at creation, and refused by the other."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from markets.models import Revision

PREFIX = "market:"


class WrongMarket(ImproperlyConfigured):
    """This database holds the other market's prices."""


def prepare_file(**_: object) -> None:
    """Have a new SQLite file give freed pages back (`retention` does). It can only be said before there are tables. Receiver of `pre_migrate`."""
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
            cursor.execute("VACUUM")


def put(**_: object) -> None:
    """Stamp a database that has no stamp yet. Receiver of `post_migrate`."""
    if Revision._meta.db_table in connection.introspection.table_names() and not Revision.objects.filter(name__startswith=PREFIX).exists():
        Revision.objects.create(name=PREFIX + settings.MARKET)


def check(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Receiver of `connection_created`: whoever opens the wrong database is told at once, be it page, worker or command."""
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name FROM {Revision._meta.db_table} WHERE name LIKE %s", [PREFIX + "%"])  # noqa: S608  # a constant
            found = cursor.fetchone()
    except DatabaseError:
        return  # not migrated yet
    if found and found[0] != PREFIX + settings.MARKET:
        connection.close()
        held = found[0].removeprefix(PREFIX)
        raise WrongMarket(f"This database holds {held} data, PEBBLE_MARKET is {settings.MARKET}: give each its own DATABASE_URL, or set PEBBLE_MARKET={held}.")


def prepared() -> None:
    """For commands that need the tables: say what to do where there are none, as in a market that was never started."""
    if Revision._meta.db_table not in connection.introspection.table_names():
        raise CommandError(
            f"The {settings.MARKET} market has no tables yet. Start it once (`make run`), run `manage.py migrate`, "
            "or name the other market: PEBBLE_MARKET=simulated or PEBBLE_MARKET=live."
        )
