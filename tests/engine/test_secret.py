"""The secret key of an installation that gives none: made once, however many processes start at the same moment."""

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from pebble import settings as ours


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(ours, "DATA_DIR", tmp_path)
    return tmp_path


def test_it_is_made_once_and_nobody_else_may_read_it(folder):
    made = ours._kept_secret()
    assert len(made) >= 50 and ours._kept_secret() == made
    assert (folder / "secret_key").stat().st_mode & 0o077 == 0


def test_who_finds_it_half_made_waits_for_it(folder):
    (folder / "secret_key").touch()
    threading.Timer(0.05, lambda: (folder / "secret_key").write_text("x" * 60)).start()
    assert ours._kept_secret() == "x" * 60


def test_an_empty_one_is_told_of(folder, monkeypatch):
    monkeypatch.setattr(ours, "SECRET_WAIT_S", 0)
    (folder / "secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match=r"secret_key is empty: delete it"):
        ours._kept_secret()
