"""A backup brings everything back into an empty installation: settings, history, accounts, limits, the kept secret. Nothing else is overwritten."""

import io
import json
import shutil
import sqlite3
import tarfile
import time
from contextlib import closing

import pytest

from pebble import backup
from tests.engine.conftest import Site

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("workers")]

TABLES = ("exchanges_exchange", "exchanges_feed", "markets_setting", "markets_asset", "markets_snapshot", "auth_user", "markets_revision")


def lived_in(site):
    """Settings, an account and an hour of history."""
    site.sql("UPDATE exchanges_exchange SET budget_per_minute = 77 WHERE priority = (SELECT MIN(priority) FROM exchanges_exchange)")
    assert site.manage("setup_operator").returncode == 0
    first, coin = site.sql("SELECT MIN(id) FROM exchanges_exchange")[0][0], site.sql("SELECT MIN(id) FROM markets_asset")[0][0]
    return first, coin


def contents(site):
    return {table: sorted(map(repr, site.sql(f"SELECT * FROM {table}"))) for table in TABLES}  # noqa: S608 - our own names


def other(site, tmp_path):
    """An empty folder, and an empty database of the same kind."""
    folder = tmp_path / "other"
    folder.mkdir()
    if site.database.startswith("sqlite"):
        return Site(folder, f"sqlite:///{folder}/site.sqlite3")
    name = f"other_{time.monotonic_ns()}"
    site.sql(f"CREATE DATABASE {name}")
    return Site(folder, site.database.rpartition("/")[0] + f"/{name}")


def test_an_empty_installation_becomes_the_one_that_was_backed_up(site, tmp_path):
    lived_in(site)
    made = site.manage("backup", str(tmp_path / "pebble.tar.gz"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "pebble.tar.gz").stat().st_mode & 0o777 == 0o600
    empty = other(site, tmp_path)
    done = empty.manage("restore", str(tmp_path / "pebble.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert contents(empty) == contents(site)
    assert (empty.folder / "secret_key").read_text() == (site.folder / "secret_key").read_text()
    assert (empty.folder / "static" / "staticfiles.json").exists(), "its pages can be served as they are"
    assert empty.sql("SELECT username FROM auth_user") == [("operator",)]
    empty.sql("INSERT INTO auth_group (name) VALUES ('new')")  # numbered on
    again = empty.manage("restore", str(tmp_path / "pebble.tar.gz"))
    assert again.returncode != 0 and "not empty" in again.stderr
    over = empty.manage("restore", "--over", str(tmp_path / "pebble.tar.gz"))
    assert over.returncode == 0, over.stderr
    assert contents(empty) == contents(site)


def test_it_is_refused_beside_running_workers_into_the_other_market_and_when_it_is_none(sqlite_site, tmp_path):
    file = str(tmp_path / "pebble.tar.gz")
    assert sqlite_site.manage("backup", file).returncode == 0
    with closing(sqlite3.connect(sqlite_site.folder / "site.sqlite3")) as db, db:
        db.execute("UPDATE exchanges_feed SET finished_at = strftime('%Y-%m-%d %H:%M:%f', 'now')")
    running = sqlite_site.manage("restore", "--over", file)
    assert running.returncode != 0 and "is running here" in running.stderr
    empty = other(sqlite_site, tmp_path)
    empty.env["PEBBLE_MARKET"] = "live"
    wrong = empty.manage("restore", file)
    assert wrong.returncode != 0 and "simulated market, PEBBLE_MARKET is live" in wrong.stderr
    shutil.copy(__file__, tmp_path / "none.tar.gz")
    none = empty.manage("restore", str(tmp_path / "none.tar.gz"))
    assert none.returncode != 0 and "cannot be read as a backup" in none.stderr
    (tmp_path / "cut.tar.gz").write_bytes((tmp_path / "pebble.tar.gz").read_bytes()[:-5_000])
    cut = empty.manage("restore", str(tmp_path / "cut.tar.gz"))
    assert cut.returncode != 0 and "Traceback" not in cut.stderr
    nowhere = sqlite_site.manage("backup", str(tmp_path / "none" / "pebble.tar.gz"))
    assert nowhere.returncode != 0 and "Name a file in a folder that exists" in nowhere.stderr and "Traceback" not in nowhere.stderr
    assert json.dumps([p.name for p in empty.folder.glob("site.sqlite3")]) == "[]"


FOREIGN = [("../up", tarfile.REGTYPE), ("/nowhere/up", tarfile.REGTYPE), ("tables", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE)]


@pytest.mark.parametrize(("name", "kind"), FOREIGN)
def test_nothing_but_plain_files_below_the_folder_is_unpacked(tmp_path, name, kind):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "made.tar", "w") as archive:
        archive.addfile(entry, io.BytesIO())
    (tmp_path / "into").mkdir()
    with tarfile.open(tmp_path / "made.tar") as archive, pytest.raises(backup.Refused):
        backup._unpack(archive, tmp_path / "into")
    assert not (tmp_path / "up").exists() and not any((tmp_path / "into").iterdir())
