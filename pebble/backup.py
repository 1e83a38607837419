"""One file with everything an installation is: database, limits, kept secret. And back into an empty one.

A tar archive: `about.json` first, then `secret_key` and `limits.sqlite3` where there are any, then the database as SQLite's own
online copy or, from PostgreSQL, one COPY text for each table out of one snapshot. PostgreSQL's own tools are not needed: they
would have to be of the server's version, on whatever machine this runs. Queue and cache stay behind: they are of the moment.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from markets import away

FORMAT = 1
LEFT = ("cache", "django_q_ormq", "django_migrations")
SECRET = "secret_key"  # noqa: S105 - its file
PAGES = 2_000  # of SQLite, copied at a time; writers get their turn between


class Refused(RuntimeError):
    """It may not be done here; the text says why and what to do."""


# --- Backing up -----------------------------------------------------------------------------------------------------
def back_up(path: Path) -> None:
    """Write the archive, readable by its owner only; a file that is there is replaced once the new one is whole."""
    whole = path.with_name(path.name + ".part")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
        _put(archive, "about.json", json.dumps(_about()).encode())
        if (kept := settings.DATA_DIR / SECRET).exists():
            _put(archive, SECRET, kept.read_bytes())
        if settings.LIMITS_FILE.exists():
            _put_sqlite(archive, "limits.sqlite3", settings.LIMITS_FILE)
        if connection.vendor == "sqlite":
            _put_sqlite(archive, "database.sqlite3", Path(settings.DATABASES["default"]["NAME"]))
        else:
            _put_tables(archive)
        file.flush()
    whole.replace(path)


def _about() -> dict[str, Any]:
    applied = sorted(f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.applied_migrations)
    return {"pebble_backup": FORMAT, "market": settings.MARKET, "database": connection.vendor, "made_at": timezone.now().isoformat(), "migrations": applied}


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _put_sqlite(archive: tarfile.TarFile, name: str, path: Path) -> None:
    """A copy by SQLite itself: whole, however busy the writers are."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        copy = Path(folder) / name
        _copied(path, copy)
        archive.add(copy, name)


def _copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=20)) as one, closing(sqlite3.connect(target, timeout=20)) as other:
        one.backup(other, pages=PAGES)


def _tables() -> list[str]:
    """Of the database, partitions apart: they are in what they are partitions of."""
    with connection.cursor() as cursor:
        return sorted(t.name for t in connection.introspection.get_table_list(cursor) if t.type == "t" and t.name not in LEFT)


def _put_tables(archive: tarfile.TarFile) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in _tables():
            with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
                with cursor.copy(f'COPY (SELECT {_columns(table)} FROM "{table}") TO STDOUT') as rows:  # noqa: S608 - names of our own tables
                    for block in rows:
                        file.write(block)
                entry = tarfile.TarInfo(f"tables/{table}")
                entry.size, entry.mode = file.tell(), 0o600
                file.seek(0)
                archive.addfile(entry, file)


def _columns(table: str) -> str:
    """Those that can be written, by name: their order differs between databases that grew and ones made at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'"
            " ORDER BY column_name", [table],
        )
        return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


# --- Restoring ------------------------------------------------------------------------------------------------------
def restore(path: Path, *, over: bool = False) -> datetime:
    """Bring back what `back_up` wrote; returns when that was. Raises Refused, before anything is changed, where it may not be."""
    with _opened(path) as (archive, about):
        _check(about, over=over)
        members = {member.name: member for member in archive.getmembers()}
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as name:
            folder = Path(name)
            _unpack(archive, folder)
            _restore_database(folder)
            if "limits.sqlite3" in members:
                _copied(folder / "limits.sqlite3", settings.LIMITS_FILE)
            if SECRET in members:
                _restore_secret((folder / SECRET).read_bytes())
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)  # else no page of a new machine could be served
    return datetime.fromisoformat(about["made_at"])


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files below the folder and nothing else. Python's own filter for that came with 3.11.4 only."""
    for member in archive.getmembers():
        target = folder / member.name
        if ".." in target.parts or not target.is_relative_to(folder) or not member.isfile() or not (content := archive.extractfile(member)):
            raise Refused(f"{member.name} is nothing that a backup of Pebble holds.")
        target.parent.mkdir(exist_ok=True)
        target.touch(0o600)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            about = json.loads((archive.extractfile("about.json") or io.BytesIO()).read())
            if about["pebble_backup"] != FORMAT:
                raise Refused(f"{path} is of format {about['pebble_backup']}; this Pebble reads {FORMAT}.")
            yield archive, about
    except (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, ValueError) as error:
        raise Refused(f"{path} cannot be read as a backup of Pebble ({error}).") from error


def _check(about: dict[str, Any], *, over: bool) -> None:
    if about["market"] != settings.MARKET:
        raise Refused(f"This is a backup of the {about['market']} market, PEBBLE_MARKET is {settings.MARKET}. Live and simulated data are never mixed.")
    if about["database"] != connection.vendor:
        raise Refused(f"This is a backup of {about['database']}, DATABASE_URL names {connection.vendor}. `manage.py settings` carries settings between them.")
    known = {f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.disk_migrations}
    if newer := sorted(set(about["migrations"]) - known):
        raise Refused(f"The backup is of a later Pebble: this one does not know {newer[0]}. Restore it with the release that made it.")
    if connection.vendor != "sqlite" and set(about["migrations"]) != known:
        raise Refused("The backup is of an earlier Pebble. Restore it with the release that made it, then update.")
    if _filled() and not over:
        raise Refused("This installation is not empty. Give it an empty data folder and database, or say --over to replace all it has.")
    if _running():
        raise Refused("Pebble is running here: a poll ended just now. Stop web servers and workers first.")


def _filled() -> bool:
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        return False
    return bool(connection.introspection.table_names())


def _running() -> bool:
    try:
        return _filled() and not away.polling(timezone.now()).stopped
    except DatabaseError:  # tables of something else, or none of ours yet
        return False


def _restore_database(folder: Path) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        _restore_sqlite(folder / "database.sqlite3")
    else:
        call_command("migrate", verbosity=0, interactive=False)
        _restore_tables(folder / "tables")
    connection.close()


def _restore_sqlite(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as one:
        found = one.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise Refused(f"The backup's database is damaged ({found}). Nothing was changed.")
    _copied(copy, Path(settings.DATABASES["default"]["NAME"]))


@transaction.atomic
def _restore_tables(folder: Path) -> None:
    """All of it in one transaction, with the foreign keys looked at when it is whole."""
    with connection.cursor() as cursor:
        tables = sorted(file.name for file in folder.iterdir())
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("TRUNCATE {} CASCADE".format(", ".join(f'"{table}"' for table in tables)))
        for table in tables:
            with (folder / table).open("rb") as file, cursor.copy(f'COPY "{table}" ({_columns(table)}) FROM STDIN') as rows:
                while block := file.read(1 << 20):
                    rows.write(block)
        for table in tables:
            _renumber(cursor, table)
    connection.check_constraints()


def _renumber(cursor: Any, table: str) -> None:
    """New rows are numbered on from the last."""
    cursor.execute("SELECT pg_get_serial_sequence(format('%%I', %s::text), column_name), column_name FROM information_schema.columns"
                   " WHERE table_schema = current_schema() AND table_name = %s AND is_identity = 'YES'", [table, table])
    for sequence, column in cursor.fetchall():
        cursor.execute(f'SELECT setval(%s, COALESCE((SELECT MAX("{column}") FROM "{table}"), 0) + 1, false)', [sequence])  # noqa: S608


def _restore_secret(content: bytes) -> None:
    path = settings.DATA_DIR / SECRET
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
