"""Several markets in one poll: one outcome for the run, each market's own beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from exchanges.adapter import Ask
from exchanges.batches import fetch_each, together
from exchanges.client import Outcome
from exchanges.rows import Book, Instrument

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Client:
    """Answers what the test says of each market."""

    def __init__(self, **said):
        self.said, self.asked = said, []

    def fetch(self, source, *, ask, interactive):
        symbol = ask.market.symbol
        self.asked.append((source, symbol, ask.period_s, interactive))
        return self.said.get(symbol) or outcome("ok", symbol)


def outcome(kind, *symbols, **more):
    fields = {"requested_at": NOW, "received_at": NOW + timedelta(seconds=1), "ms": 10, "requests": 1} | more
    return Outcome(kind, rows=[Book(symbol) for symbol in symbols], **fields)


def asks(*symbols):
    return [Ask(Instrument(symbol, "A", "B")) for symbol in symbols]


def test_all_markets_are_asked_and_their_rows_come_together():
    client = Client()
    batch = fetch_each(client, "book", asks("A", "B", "C"), seconds=60, interactive=True)
    assert [row.symbol for row in batch.outcome.rows] == ["A", "B", "C"]
    assert (batch.outcome.outcome, batch.outcome.requests, batch.outcome.ms) == ("ok", 3, 30)
    assert client.asked[0] == ("book", "A", 3600, True)
    assert batch.times["B"] == (NOW, NOW + timedelta(seconds=1))


def test_each_market_keeps_what_its_own_reply_says_of_time():
    later = {"requested_at": NOW + timedelta(seconds=5), "received_at": NOW + timedelta(seconds=6), "clock": "snapshot"}
    heard = fetch_each(Client(B=outcome("ok", "B", **later)), "open_interest", asks("A", "B"), seconds=60).outcome.heard
    assert heard == {"A": (NOW, NOW + timedelta(seconds=1), "none"), "B": (later["requested_at"], later["received_at"], "snapshot")}


def test_one_that_fails_costs_the_others_nothing_and_is_named():
    batch = fetch_each(Client(B=outcome("api_error", detail="-1121 Invalid symbol.")), "book", asks("A", "B", "C"), seconds=60)
    assert (batch.outcome.outcome, [row.symbol for row in batch.outcome.rows]) == ("partial", ["A", "C"])
    assert batch.outcome.detail == "1 of 3 failed: -1121 Invalid symbol."
    assert batch.outcomes["B"].outcome == "api_error"


def test_markets_that_do_not_trade_are_an_answer():
    """One that is under maintenance is no failure of its exchange, even asked about alone; its own outcome says why."""
    halted = outcome("api_error", detail="41114 under maintenance", halted=True)
    alone = fetch_each(Client(B=halted), "book", asks("B"), seconds=60)
    assert (alone.outcome.outcome, alone.outcome.rows, alone.outcome.detail) == ("partial", [], "41114 under maintenance")
    assert (alone.outcomes["B"].outcome, alone.outcomes["B"].halted) == ("api_error", True)
    assert fetch_each(Client(B=halted, C=outcome("reset")), "book", asks("B", "C"), seconds=60).outcome.outcome == "api_error"


def test_where_nothing_trades_it_is_the_exchange():
    """All that were asked about are said to be halted: the whole of it is under maintenance, and no market is to be taken for halted."""
    halted = outcome("api_error", detail="41114 under maintenance", halted=True)
    batch = fetch_each(Client(A=halted, B=halted), "book", asks("A", "B"), seconds=60)
    assert batch.outcome.outcome == "server_error" and {(each.outcome, each.halted) for each in batch.outcomes.values()} == {("server_error", False)}


def test_a_market_that_is_halted_in_one_period_is_told_of_with_the_others():
    halted = outcome("api_error", halted=True)
    periods = together([halted, outcome("ok", "B")])
    assert periods.halted and periods.outcome == "partial"


@pytest.mark.parametrize("kind", ["budget_exhausted", "banned_wait", "rate_limited", "banned", "geoblocked", "forbidden", "disabled", "breaker_open"])
def test_a_no_to_all_of_us_ends_the_batch(kind):
    client = Client(B=outcome(kind))
    batch = fetch_each(client, "book", asks("A", "B", "C"), seconds=60)
    assert [symbol for _, symbol, *_ in client.asked] == ["A", "B"]
    assert (batch.outcome.outcome, set(batch.outcomes)) == ("partial", {"A", "B"})


def test_a_market_that_is_not_offered_ends_nothing():
    client = Client(A=outcome("not_offered"))
    assert set(fetch_each(client, "book", asks("A", "B"), seconds=60).outcomes) == {"A", "B"}


def test_it_stops_when_its_time_is_over():
    client = Client()
    fetch_each(client, "book", asks("A", "B"), seconds=-1)
    assert len(client.asked) == 1


def test_several_requests_about_one_market_are_one_outcome_of_it():
    batch = fetch_each(Client(), "candles", asks("A", "A", "B"), seconds=60)
    assert (len(batch.outcomes["A"].rows), batch.outcomes["A"].requests) == (2, 2)


def test_nothing_good_is_the_first_failure():
    both = together([outcome("deadline", detail="slow"), outcome("reset")])
    assert (both.outcome, both.rows, both.detail) == ("deadline", [], "2 of 2 failed: slow")


def test_one_partial_makes_the_whole_partial():
    assert together([outcome("ok", "A"), outcome("partial", "B", detail="1 level")]).outcome == "partial"
