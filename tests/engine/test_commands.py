"""Commands a person types, in a market that was never started: a sentence, not a traceback."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection


@pytest.fixture
def no_tables(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args, **kwargs: [])


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("poll", "kucoin", "tickers"), ("healthcheck",)])
def test_a_market_that_was_never_started_is_told_in_one_sentence(no_tables, command):
    with pytest.raises(CommandError, match=r"has no tables yet.*PEBBLE_MARKET=simulated"):
        call_command(*command)
