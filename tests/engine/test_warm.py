"""A new web process has read its templates and its board before anybody asks for a page."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.template.loader import get_template

from markets import held
from pebble import warm


def test_every_template_can_be_read():
    assert warm.code() > 70
    assert get_template("overview.html").template is get_template("overview.html").template, "and is kept"


@pytest.mark.django_db
def test_the_board_is_there(monkeypatch):
    held.forget()
    monkeypatch.setattr(warm.connections, "close_all", lambda: None)  # this thread's connection is the test's
    warm.board()
    assert held._held.exchanges


@pytest.mark.parametrize("error", [OperationalError("no such table"), ImproperlyConfigured("another market's")])
def test_a_database_that_is_not_there_stops_nothing(monkeypatch, error):
    def away():
        raise error

    monkeypatch.setattr(held, "current", away)
    closed = []
    monkeypatch.setattr(warm.connections, "close_all", lambda: closed.append(True))
    warm.board()
    assert closed == [True]
