"""PostgreSQL: history in partitions, so that old days are dropped whole and one market's series stays a few pages."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

from markets import partitions

HISTORY = ("Snapshot", "Depth", "Candle")
# The defaults of the settings; the first housekeeping makes what an installation keeps longer.
KEEPS = {60: timedelta(days=1), 300: timedelta(days=7), 900: timedelta(days=7), 3600: timedelta(days=90), 86_400: timedelta(days=1095)}


def divide(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for model in HISTORY:
            partitions.divide(model, timezone.now(), KEEPS)


def unite(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for model in HISTORY:
            partitions.unite(model)


class Migration(migrations.Migration):
    dependencies = [("markets", "0006_code_families")]
    operations = [migrations.RunPython(divide, unite)]
