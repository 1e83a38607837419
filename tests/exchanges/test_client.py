"""ExchangeClient over loopback: the order of refusals, parts, pages, retries, and what an exchange's no does to everybody."""

import json
import logging
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchanges.adapter import Adapter, Parsed, Part, Pool, Request, Source, Use
from exchanges.budgets import Budgets, Terms, Usage
from exchanges.client import ExchangeClient, merged, printable
from exchanges.errors import OUTCOMES, Banned, Blocked, ExchangeError, Garbled, Refused, Throttled, Unreachable
from exchanges.rows import Instrument, ServerTime, Ticker
from exchanges.state import MemoryLimits, SqliteLimits
from exchanges.transport import Deadlines, Transport
from tests.exchanges.rough import answering, free_port, http, saying, serving, silent
from tests.exchanges.test_state import Clock

HOST, OTHER = "api.toy.example", "api2.toy.example"
AT = datetime(2026, 11, 1, tzinfo=UTC)


# --- A toy exchange -------------------------------------------------------------------------------------------------
def check(status, headers, body):
    text = body[:50].decode(errors="replace")
    if status == 429:
        raise Throttled(text, float(headers["retry-after"]) if "retry-after" in headers else None)
    if status == 418:
        raise Banned(text, until=datetime.fromisoformat(headers["until"]) if "until" in headers else None)
    if status == 403:
        raise Banned(text)
    if status == 451:
        raise Blocked(text, "geoblocked")
    if status >= 500:
        raise Unreachable(f"HTTP {status}", "server_error")
    if status >= 400:
        raise Refused(text)


def parse(body, headers, instruments):
    try:
        rows = json.loads(body)["rows"]
    except ValueError:
        raise Garbled("no JSON", "not_json") from None
    return Parsed([Ticker(**{k: Decimal(v) if k != "symbol" else v for k, v in row.items()}) for row in rows], at=AT)


def next_page(body, request):
    cursor = json.loads(body).get("next")
    return (replace(request, params=(("cursor", cursor),)),) if cursor else ()


def usage(headers):
    return (Use("weight", left=int(headers["left"]), resets_in_s=0.0), Use("unheard-of", used=5)) if "left" in headers else ()


def toy(*parts, **changes):
    parts = parts or (Part("all", Request(HOST, "/tickers"), {"weight": 2}, parse, clock="snapshot"),)
    adapter = Adapter(
        slug="toy", name="Toy", monogram="TY", hosts=(HOST, OTHER), pools=(Pool("weight", 1000, 60, unit="weight"), Pool("each", 200, 10, per_endpoint=True)),
        budget=600, taker_fee=Decimal("0.001"), trade_page="https://toy.example/{base}", check=check, usage=usage, tickers=Source(parts, 10),
        time=Source((Part("all", Request(HOST, "/time"), {}, lambda body, headers, known: Parsed([ServerTime(AT)], at=AT)),), 300, whole=False),
    )  # fmt: skip
    return replace(adapter, **changes)


def rows(*symbols, then=None, **fields):
    body = {"rows": [{"symbol": symbol, **fields} for symbol in symbols]} | ({"next": then} if then else {})
    return http(json.dumps(body).encode())


@pytest.fixture
def limits():
    return MemoryLimits()


@pytest.fixture
def ask(limits):
    """ask(server, ...) -> Outcome of the toy's tickers; pauses are noted instead of slept."""
    made, pauses = [], []

    def fetch(server, adapter=None, *, source="tickers", deadlines=None, shared=None, interactive=False, **options):
        made.append(Transport(upstream=getattr(server, "upstream", server), deadlines=deadlines or Deadlines()))
        client = ExchangeClient(adapter or toy(), made[-1], shared or limits, pause=pauses.append, **options)
        return client.fetch(source, interactive=interactive)

    fetch.pauses = pauses
    yield fetch
    for one in made:
        one.close()


# --- A good poll ----------------------------------------------------------------------------------------------------
def test_a_good_poll(ask, limits):
    with serving(answering(rows("BTC-USDT", "ETH-USDT", bid="1.50"))) as server:
        outcome = ask(server)
    assert (outcome.outcome, outcome.good, outcome.requests, outcome.dropped, outcome.bad_fields) == ("ok", True, 1, 0, 0)
    assert [row.symbol for row in outcome.rows] == ["BTC-USDT", "ETH-USDT"]
    assert str(outcome.rows[0].bid) == "1.50"
    assert (outcome.clock, outcome.at, outcome.detail, outcome.wait_s) == ("snapshot", AT, "", None)
    assert outcome.requested_at <= outcome.received_at
    assert outcome.size == len(json.dumps({"rows": [{"symbol": s, "bid": "1.50"} for s in ("BTC-USDT", "ETH-USDT")]}))
    assert Budgets(toy(), 600).usage(limits) == (
        Usage("operator", 1, 600, "requests", 60), Usage("weight", 2, 1000, "weight", 60), Usage("each", 0, 200, "requests", 10),
    )  # fmt: skip


def test_the_operators_host_replaces_the_first_one_only(ask):
    adapter = toy(Part("one", Request(HOST, "/1"), {}, parse), Part("two", Request(OTHER, "/2"), {}, parse))
    with serving(answering(rows("A"))) as server:
        assert ask(server, adapter, host="eu.toy.example", extra_hosts=("eu.toy.example",)).outcome == "ok"
        assert ask(server, adapter, host="evil.example").outcome == "partial"
    paths = [head.split()[1].decode() for head in server.requests]
    assert paths == ["/eu.toy.example/1", f"/{OTHER}/2", f"/{OTHER}/2"]


def test_a_dropped_row_makes_it_partial(ask):
    adapter = toy(Part("all", Request(HOST, "/t"), {}, lambda *_: Parsed([Ticker("A")], dropped=2, bad_fields=3)))
    with serving(answering(http())) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, outcome.dropped, outcome.bad_fields, len(outcome.rows)) == ("partial", 2, 3, 1)


def test_instruments_reach_the_parser(limits):
    seen = []
    adapter = toy(Part("all", Request(HOST, "/t"), {}, lambda body, headers, known: seen.append(known) or Parsed([])))
    with serving(answering(http())) as server:
        one = Transport(upstream=server.upstream)
        ExchangeClient(adapter, one, limits).fetch("tickers", instruments={"A": Instrument("A", "A", "B")})
        one.close()
    assert seen == [{"A": Instrument("A", "A", "B")}]


# --- Not asked, in this order ---------------------------------------------------------------------------------------
def test_the_order_of_what_stops_a_poll(ask, limits):
    """Each next obstacle shows only when the one before is gone; no request leaves for any."""
    limits.block("toy", 100)
    off = {"enabled": lambda source: False}
    open_ = {"breaker_wait_s": lambda source: 33.0}
    with serving(answering(rows("A"))) as server:
        assert ask(server, source="instruments", **off, **open_).outcome == "not_offered"
        outcome = ask(server, **off, **open_)
        assert (outcome.outcome, outcome.detail, outcome.requests) == ("disabled", "switched off, or everything paused, by an operator", 0)
        outcome = ask(server, **open_)
        assert (outcome.outcome, outcome.wait_s) == ("breaker_open", 33.0)
        outcome = ask(server)
        assert (outcome.outcome, outcome.wait_s) == ("banned_wait", pytest.approx(100, abs=1))
        assert not outcome.good
        assert server.requests == []


def test_an_unknown_source_is_a_mistake_of_ours(ask):
    with pytest.raises(KeyError):
        ask("http://127.0.0.1:1", source="weather")


def test_the_budget_holds_and_says_how_long(ask, limits):
    with serving(answering(rows("A"))) as server:
        outcomes = [ask(server, budget_per_minute=20) for _ in range(8)]
        person = ask(server, budget_per_minute=20, interactive=True)
    assert [outcome.outcome for outcome in outcomes] == ["ok"] * 3 + ["budget_exhausted"] * 5
    assert outcomes[-1].wait_s == pytest.approx(60 / 14 - 0.2 * 60 / 14, abs=0.5) or outcomes[-1].wait_s <= 60 / 14
    assert "toy" in outcomes[-1].detail
    assert person.outcome == "ok"
    assert len(server.requests) == 4


def test_a_token_that_comes_soon_is_waited_for(limits):
    clock, pauses = Clock(100.0), []

    def pause(seconds):
        pauses.append(seconds)
        clock.now += seconds

    limits = MemoryLimits(clock)
    adapter = toy(*(Part(f"p{n}", Request(HOST, "/same"), {"each": 1}, parse) for n in range(8)), pools=(Pool("each", 20, 1, per_endpoint=True),))
    with serving(answering(rows("A"))) as server:
        one = Transport(upstream=server.upstream)
        outcome = ExchangeClient(adapter, one, limits, pause=pause).fetch("tickers")
        one.close()
    assert (outcome.outcome, outcome.requests) == ("ok", 8)
    assert pauses
    assert max(pauses) <= 1 / 14 + 0.01


def test_a_limits_file_that_cannot_be_used_asks_nothing(ask, tmp_path):
    with serving(answering(rows("A"))) as server:
        outcome = ask(server, shared=SqliteLimits(tmp_path / "missing" / "file"))
    assert (outcome.outcome, outcome.requests, server.requests) == ("budget_exhausted", 0, [])
    assert "cannot be used" in outcome.detail


def test_a_switch_turned_off_between_pages_stops_the_rest(ask):
    adapter = toy(Part("all", Request(HOST, "/t"), {}, parse, next_pages=next_page))
    with serving(answering(rows("A", then="2"), rows("B", then="3"))) as server:
        outcome = ask(server, adapter, enabled=lambda source: len(server.requests) < 2)
    assert (outcome.outcome, len(server.requests)) == ("partial", 2)
    assert "switched off" in outcome.detail


def test_a_switch_turned_off_while_a_token_is_waited_for_lets_nothing_leave():
    """A pause holds within a second, however long a request has been waiting for its turn."""
    clock, left = Clock(100.0), []
    adapter = toy(*(Part(f"p{n}", Request(HOST, "/same"), {"each": 1}, parse) for n in range(8)), pools=(Pool("each", 20, 1, per_endpoint=True),))
    with serving(answering(rows("A"))) as server:

        def pause(seconds):
            clock.now += seconds
            left.append(len(server.requests))

        one = Transport(upstream=server.upstream)
        outcome = ExchangeClient(adapter, one, MemoryLimits(clock), pause=pause, enabled=lambda source: not left).fetch("tickers")
        one.close()
        assert 0 < len(server.requests) == left[0] < 8
    assert "switched off" in outcome.detail


# --- What the exchange answers --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (http(b"no JSON"), "not_json"),
        (http(b"", "404 No"), "client_error"),
        (http(b"", "500 Oops"), "server_error"),
        (http(b"", "302 Found", "Location: http://169.254.169.254/"), "redirect_blocked"),
        (http(b"x")[:-1], "truncated"),
        (http(b"", "429 Slow"), "rate_limited"),
        (http(b"", "418 Teapot"), "banned"),
        (http(b"", "451 No"), "geoblocked"),
    ],
)
def test_each_failure_is_an_outcome(ask, reply, outcome):
    with serving(saying(reply)) as server:
        found = ask(server)
    assert (found.outcome, found.good, found.rows, found.requests) == (outcome, False, [], 1)
    assert ask.pauses == []


HOLES = [b"[]", b"null", b'"text"', b'{"rows": [1]}', b'{"rows": [{"nonsense": 1}]}', b'{"rows": [{"symbol": "A", "bid": "x"}]}', b"[" * 90_000]


@pytest.mark.parametrize("body", HOLES, ids=range(len(HOLES)))
def test_a_hole_in_an_adapter_is_an_outcome_and_is_logged(ask, body, caplog):
    with caplog.at_level(logging.ERROR), serving(answering(http(body))) as server:
        assert ask(server).outcome == "schema"
    assert "toy" in caplog.text


def test_details_are_one_short_printable_line(ask):
    with serving(answering(http(b"<b>\x00\x1b[31m\n\r\xe2\x80\xae " + b"x" * 500, "404 No"))) as server:
        detail = ask(server).detail
    assert detail.isprintable()
    assert len(detail) <= 200
    assert "\\x1b" in detail


@given(st.text())
def test_printable_is_total(text):
    assert printable(text).isprintable()
    assert len(printable(text)) <= 200


# --- Retries: R1 ----------------------------------------------------------------------------------------------------
def hang_up(connection):
    connection.request()


@pytest.mark.parametrize("first", [hang_up, *(saying(http(b"", f"{n} Busy", "Connection: close")) for n in (502, 503, 504))])
def test_r1_one_retry_heals(ask, first):
    good = answering(rows("A"))
    with serving(lambda connection: (first if connection.number == 1 else good)(connection)) as server:
        outcome = ask(server)
    assert (outcome.outcome, outcome.requests, len(server.requests)) == ("ok", 2, 2)
    assert len(ask.pauses) == 1
    assert 0.05 <= ask.pauses[0] <= 0.25


@pytest.mark.parametrize(
    ("handler", "outcome", "requests"),
    [
        (hang_up, "reset", 2),
        (answering(http(b"", "503 Busy")), "server_error", 2),
        (answering(http(b"", "500 Oops")), "server_error", 1),
        (answering(http(b"", "520 Odd")), "server_error", 1),
        (answering(http(b"", "429 Slow")), "rate_limited", 1),
        (answering(http(b"", "404 No")), "client_error", 1),
        (answering(http(b"no")), "not_json", 1),
        (saying(http(b"xx")[:-1]), "truncated", 1),
        (silent, "first_byte_timeout", 0),  # its head is never read
    ],
)
def test_r1_at_most_one_retry_and_only_for_the_listed(ask, handler, outcome, requests):
    with serving(handler) as server:
        found = ask(server, deadlines=Deadlines(first_byte=0.2))
    assert found.outcome == outcome
    assert found.requests == max(requests, 1)
    assert len(server.requests) == requests


def test_r1_refused_is_tried_twice_and_paid_twice(ask, limits):
    outcome = ask(f"http://127.0.0.1:{free_port()}")
    assert (outcome.outcome, outcome.requests) == ("refused", 2)
    assert Budgets(toy(), 600).usage(limits)[0].used == pytest.approx(2, abs=0.1)


def test_r1_retries_stay_a_tenth_of_the_calls(ask):
    """In a total outage, whatever the number of polls: the first retry, and then one for ten calls."""
    limits = MemoryLimits(Clock(1000.0))
    address = f"http://127.0.0.1:{free_port()}"
    free = toy(Part("all", Request(HOST, "/t"), {}, parse))
    total = sum(ask(address, free, shared=limits, budget_per_minute=6000).requests for _ in range(200))
    assert 200 < total <= 200 * 1.12


def test_r1_a_probe_of_an_open_breaker_is_a_single_try(ask):
    """P5: what is known to be down is asked once, not once and again."""
    with serving(hang_up) as server:
        outcome = ask(server, probe=True)
    assert (outcome.outcome, outcome.requests, ask.pauses) == ("reset", 1, [])


def test_r1_a_retry_stays_within_the_deadline_of_its_call(ask):
    with serving(hang_up) as server:
        outcome = ask(server, deadlines=Deadlines(bulk=0.0001))
    assert outcome.outcome in ("deadline", "reset")
    assert outcome.requests <= 1


def test_r1_a_retry_that_the_budget_refuses_leaves_the_first_reason(ask):
    with serving(hang_up) as server:
        outcome = ask(server, budget_per_minute=1)
    assert (outcome.outcome, outcome.requests) == ("reset", 1)


def test_p15_when_the_exchange_says_it_runs_low_lists_and_history_wait_and_prices_do_not(ask):
    """Of 1000 it says 150 are left, for most of a minute: somebody else on our address took them."""
    low = toy(usage=lambda headers: (Use("weight", left=150, resets_in_s=50.0),))
    part = low.tickers.parts[0]
    low = replace(low, announcements=Source((part,), 60), status=Source((part,), 60))
    with serving(answering(*[rows("A")] * 4)) as server:
        first = ask(server, low).outcome
        found = {source: ask(server, low, source=source) for source in ("announcements", "status", "tickers")}
        person = ask(server, low, source="announcements", interactive=True)
    assert first == person.outcome == "ok"
    assert {source: outcome.outcome for source, outcome in found.items()} == {"announcements": "budget_exhausted", "status": "ok", "tickers": "ok"}
    assert "kept for prices" in found["announcements"].detail
    assert 40 < found["announcements"].wait_s <= 50
    assert len(server.requests) == 4


def test_an_operator_decides_who_waits_and_what_a_request_weighs(ask, limits):
    terms = Terms(shares={"weight": 0.5}, weights={"tickers": 3}, priorities={"tickers": "spare"})
    with serving(answering(*[rows("A")] * 20)) as server:
        outcomes = [ask(server, terms=terms).outcome for _ in range(20)]
    # 500 of the 1000 are ours, a burst of 100, of which a spare source may take half: 8 requests that weigh 6.
    assert outcomes == ["ok"] * 8 + ["budget_exhausted"] * 12
    used = Budgets(toy(), 600, terms).usage(limits)
    assert [(use.name, round(use.used), use.limit) for use in used[:2]] == [("operator", 24, 600), ("weight", 48, 500)]


# --- Told to be silent ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reply", "outcome", "least", "most"),
    [
        (http(b"", "429 Slow", "Retry-After: 20"), "rate_limited", 20, 21),
        (http(b"", "429 Slow"), "rate_limited", 60, 63),
        (http(b"", "429 Slow", "Retry-After: 0"), "rate_limited", 60, 63),
        (http(b"", "418 Teapot"), "banned", 120, 126),
        (http(b"", "403 too frequent"), "banned", 600, 630),
        (http(b"", "451 No"), "geoblocked", 900, 945),
    ],
)
def test_a_no_silences_every_source_for_everybody(ask, reply, outcome, least, most):
    with serving(answering(reply)) as server:
        found = ask(server)
        assert (found.outcome, found.requests) == (outcome, 1)
        assert least - 1 < found.wait_s <= most
        for source in ("tickers", "time"):
            again = ask(server, source=source, interactive=True)
            assert (again.outcome, again.requests) == ("banned_wait", 0)
            assert again.wait_s == pytest.approx(found.wait_s, abs=2)
    assert len(server.requests) == 1


def test_a_ban_lasts_until_the_moment_its_text_names(ask):
    until = datetime.now(UTC) + timedelta(hours=2)
    with serving(answering(http(b"", "418 Teapot", f"until: {until.isoformat()}"))) as server:
        assert ask(server).wait_s == pytest.approx(7200, rel=0.05)


def test_a_no_stops_the_remaining_parts(ask):
    adapter = toy(Part("one", Request(HOST, "/1"), {}, parse), Part("two", Request(HOST, "/2"), {}, parse), Part("three", Request(HOST, "/3"), {}, parse))
    with serving(answering(rows("A"), http(b"", "429 Slow"))) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, len(server.requests), [row.symbol for row in outcome.rows]) == ("partial", 2, ["A"])
    assert outcome.wait_s > 59


@pytest.mark.parametrize("status", ["200 OK", "404 No"])
def test_usage_headers_are_observed_on_good_and_bad_answers(ask, status):
    good = rows("A").replace(b"HTTP/1.1 200 OK", f"HTTP/1.1 {status}\r\nleft: 3".encode())
    with serving(answering(good)) as server:
        first, second, third = (ask(server, interactive=True) for _ in range(3))
    assert (first.requests, second.requests, third.requests) == (1, 1, 1) or third.outcome == "budget_exhausted"
    assert ask(server).outcome == "budget_exhausted"


def test_unreadable_usage_headers_cost_nothing(ask):
    with serving(answering(rows("A").replace(b"OK", b"OK\r\nleft: many"))) as server:
        assert ask(server).outcome == "ok"


# --- Parts and pages ------------------------------------------------------------------------------------------------
def test_parts_merge_by_symbol_and_the_first_knows_best(ask):
    adapter = toy(Part("one", Request(HOST, "/1"), {}, parse, clock="snapshot"), Part("two", Request(HOST, "/2"), {}, parse))
    with serving(answering(rows("A", "B", bid="1"), rows("B", "C", bid="2", ask="3"))) as server:
        outcome = ask(server, adapter)
    found = {row.symbol: (row.bid, row.ask) for row in outcome.rows}
    assert found == {"A": (1, None), "B": (1, 3), "C": (2, 3)}
    assert (outcome.outcome, outcome.requests, outcome.clock) == ("ok", 2, "snapshot")


def test_bad_fields_of_both_parts_stay_named():
    one, two = Parsed([Ticker("A", bad=("bid",))]), Parsed([Ticker("A", last=Decimal(1), bad=("ask",))])
    assert merged([one, two]) == [Ticker("A", last=Decimal(1), bad=("bid", "ask"))]


@pytest.mark.parametrize("broken", [0, 1])
def test_a_failed_part_leaves_the_other(ask, broken):
    adapter = toy(Part("one", Request(HOST, "/1"), {}, parse), Part("two", Request(HOST, "/2"), {}, parse))
    replies = [rows("A"), rows("A")]
    replies[broken] = http(b"", "500 Oops")
    with serving(answering(*replies)) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, len(outcome.rows)) == ("partial", 1)
    assert outcome.detail == f"{('one', 'two')[broken]}: server_error: HTTP 500"


def test_pages_are_followed_and_merged(ask):
    adapter = toy(Part("all", Request(HOST, "/t"), {"weight": 1}, parse, next_pages=next_page))
    with serving(answering(rows("A", then="2"), rows("B", then="3"), rows("C"))) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, outcome.requests, [row.symbol for row in outcome.rows]) == ("ok", 3, ["A", "B", "C"])
    assert [head.split()[1].decode().rpartition("=")[2] for head in server.requests][1:] == ["2", "3"]


@pytest.mark.parametrize(("cursors", "requests"), [(["2", "3", "2"], 3), (["2", "2"], 2)])
def test_p14_a_repeated_cursor_ends_it(ask, cursors, requests):
    adapter = toy(Part("all", Request(HOST, "/t"), {}, parse, next_pages=next_page))
    with serving(answering(*(rows(f"S{n}", then=cursor) for n, cursor in enumerate(cursors)))) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, outcome.requests) == ("partial", requests)
    assert "pages" in outcome.detail


def test_p14_at_most_200_pages(ask):
    adapter = toy(
        Part("all", Request(HOST, "/t"), {}, lambda body, headers, known: Parsed([Ticker("A")]), next_pages=lambda body, r: (replace(r, path=r.path + "x"),)),
    )
    with serving(answering(http())) as server:
        outcome = ask(server, adapter, budget_per_minute=90_000)
    assert (outcome.outcome, outcome.requests) == ("partial", 200)


def test_p14_a_second_page_of_another_shape_keeps_the_first(ask):
    adapter = toy(Part("all", Request(HOST, "/t"), {}, parse, next_pages=next_page))
    with serving(answering(rows("A", then="2"), http(b"[]"))) as server:
        outcome = ask(server, adapter)
    assert (outcome.outcome, [row.symbol for row in outcome.rows]) == ("partial", ["A"])


@pytest.mark.parametrize(("few", "outcome", "kept"), [(3, "ok", 4), (4, "partial", 1)])
def test_p8_a_list_shorter_than_believable_is_not_taken(ask, few, outcome, kept):
    """Counted over all pages of the part; the other part stays."""
    adapter = toy(Part("one", Request(HOST, "/1"), {}, parse), Part("two", Request(HOST, "/2"), {}, parse, few=few, next_pages=next_page))
    with serving(answering(rows("A"), rows("B", "C", then="2"), rows("D"))) as server:
        found = ask(server, adapter)
    assert (found.outcome, len(found.rows)) == (outcome, kept)
    assert ("only 3 rows" in found.detail) == (outcome == "partial")


def test_the_whole_cycle_has_an_end(ask):
    """Each page is in time, all of them together are not."""
    adapter = toy(
        Part("all", Request(HOST, "/t"), {}, lambda body, headers, known: Parsed([Ticker("A")]), next_pages=lambda body, r: (replace(r, path=r.path + "x"),)),
    )

    def slow(connection):
        while connection.request():
            connection.server.stop.wait(0.05)
            connection.send(http())

    with serving(slow) as server:
        outcome = ask(server, adapter, budget_per_minute=90_000, deadlines=Deadlines(cycle=0.4))
    assert outcome.outcome == "partial"
    assert "deadline" in outcome.detail
    assert outcome.ms < 700


# --- Anything at all ------------------------------------------------------------------------------------------------
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_any_bytes_become_an_outcome(data, seed):
    """Noise, and good replies with a piece of noise in them."""
    chance = random.Random(seed)
    whole = rows("A", "B", bid="1.5")
    spot = chance.randrange(len(whole))
    mangled = data if chance.random() < 0.3 else whole[:spot] + data[:9] + whole[spot + chance.randrange(9) :]
    with serving(saying(mangled)) as server:
        one = Transport(upstream=server.upstream, deadlines=Deadlines(first_byte=0.3, bulk=0.5))
        outcome = ExchangeClient(toy(), one, MemoryLimits(), pause=lambda seconds: None).fetch("tickers")
        one.close()
    assert outcome.outcome in OUTCOMES
    assert outcome.good or not outcome.rows
    assert outcome.detail.isprintable()


def test_an_adapters_own_error_class_is_kept(ask):
    def refuse(status, headers, body):
        raise ExchangeError("maintenance")

    with serving(answering(http())) as server:
        outcome = ask(server, toy(check=refuse))
    assert (outcome.outcome, outcome.detail) == ("api_error", "maintenance")
