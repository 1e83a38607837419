"""I10: workers of release n run on the tables of n+1. So a migration only adds, and what it adds has a value without being named."""

import importlib
import re
from pathlib import Path

import pytest
from django.db import migrations, models

ROOT = Path(__file__).parents[2]
BEFORE = {"exchanges": 5, "markets": 20}  # up to here nothing was released that could be running
GONE = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def found(operation):
    """What a worker of the release before would trip over, or ""."""
    if isinstance(operation, GONE):
        return f"{type(operation).__name__} belongs into the release after the one that stops using it"
    if isinstance(operation, migrations.AddField):
        field = operation.field
        free = field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED
        return "" if free else f"{operation.model_name}.{operation.name} needs db_default or null: workers that do not know it insert rows"
    return ""


def newer():
    for app, last in BEFORE.items():
        for path in sorted((ROOT / app / "migrations").glob("[0-9]*.py")):
            if int(path.name[:4]) > last:
                yield f"{app}.migrations.{path.stem}"


def test_i10_what_comes_after_the_last_release_only_adds():
    wrong = [
        f"{name}: {why}" for name in newer() for operation in importlib.import_module(name).Migration.operations if (why := found(operation))
    ]
    assert wrong == []


@pytest.mark.parametrize(("operation", "trips"), [
    (migrations.RemoveField("run", "size"), True),
    (migrations.DeleteModel("run"), True),
    (migrations.RenameField("run", "size", "bytes"), True),
    (migrations.AddField("run", "colour", models.CharField(max_length=3, default="")), True),
    (migrations.AddField("run", "colour", models.CharField(max_length=3, db_default="")), False),
    (migrations.AddField("run", "colour", models.CharField(max_length=3, null=True)), False),
    (migrations.CreateModel("paint", [("id", models.BigAutoField(primary_key=True))]), False),
])
def test_i10_and_is_told_apart(operation, trips):
    assert bool(found(operation)) is trips


def test_the_guide_for_operators_says_so():
    assert re.search(r"Workers of release n run on the tables of n\+1", (ROOT / "docs/operate.md").read_text())
