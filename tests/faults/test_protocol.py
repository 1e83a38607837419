"""Rows P1-P15 of the fault catalogue: refusals, bans and replies that are no replies, from the wire to the pages.

What each exchange's own words mean is in tests/exchanges/test_adapters.py, the arithmetic of waiting in test_limits.py.
"""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from exchanges.models import Ledger, Transition
from exchanges.state import SqliteLimits
from markets import asking, read, turns
from markets.models import Listing, Market, Quote, Reading
from tests.faults.conftest import FIVE, SICK, WELL, poll

pytestmark = pytest.mark.xdist_group("faults")
HOUR = 3_600


def silent(world, slug=SICK):
    """Seconds of silence that were laid on an exchange, having seen that nobody breaks it, whatever is asked and by whom."""
    asked = world.asked(slug)
    assert {poll(slug, source) for source in ("tickers", "instruments", "time", "announcements")} == {"banned_wait"}
    assert world.asked(slug) == asked
    file = asking.settings.LIMITS_FILE
    asking.limits().close()  # as after a restart, and as another process sees it
    other = SqliteLimits(file) if file.exists() else asking.limits()
    wait_s = other.blocked(slug)
    other.close()
    return wait_s


# row, fault, outcome, least and most seconds of silence, state, words on the status page
REFUSALS = [
    ("P1", {"name": "P1", "after": 300}, "rate_limited", 299, 316, "degraded", "Asked to slow down until"),
    ("P1", {"name": "P1", "after": 120, "date": True}, "rate_limited", 118, 130, "degraded", "Asked to slow down until"),
    *(("P2", {"name": "P2", "after": after}, "rate_limited", 59, 61, "degraded", "Asked to slow down") for after in (None, "0", "-5", "abc")),
    ("P2", {"name": "P2", "after": "1000000000"}, "rate_limited", HOUR - 2, HOUR + 1, "degraded", "Asked to slow down"),
    ("P3", {"name": "P3", "for_s": 3_000}, "banned", 2_990, 3_160, "banned", "Paused by the exchange until"),
    ("P3", {"name": "P3", "for_s": 5}, "banned", 118, 121, "banned", "Paused by the exchange until"),
    ("P4", {"name": "P4", "variant": "a"}, "geoblocked", 898, 950, "blocked", "does not serve the country"),
    ("P4", {"name": "P4", "variant": "b"}, "forbidden", 898, 950, "blocked", "a challenge page"),
    ("P4", {"name": "P4", "variant": "c"}, "banned", 598, 640, "banned", "It says we asked too often"),
    ("P4", {"name": "P4", "variant": "d"}, "banned", 598, 640, "banned", "A 403 without a word"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case[0]}-{case[1].get('after', case[1].get('variant', ''))}")
def test_a_no_is_obeyed_by_everybody_and_said(world, case):
    """Rows P1 P2 P3 P4 and the replay "Retry-After: 0": one request, then none for the whole silence; other hosts are not tried; prices stay."""
    _, fault, outcome, least, most, state, words = case
    before, hosts = world.quotes(), world.simulator.state()["exchanges"][SICK]["requests"]["by_path"]
    began = time.monotonic()
    assert world.strike(fault)[:2] == (outcome, 1)
    assert set(world.simulator.state()["exchanges"][SICK]["requests"]["by_path"]) - set(hosts) <= {"/api/v1/market/allTickers"}
    left = silent(world)
    assert left <= most and left + time.monotonic() - began >= least  # what a busy machine took meanwhile is silence too
    assert world.quotes() == before
    sick, tickers = world.sick()
    assert (sick.state, tickers.outcome) == (state, "banned_wait") and words in sick.detail
    assert world.run().outcome == "banned_wait" and Transition.objects.filter(exchange__slug=SICK, after=state).count() == 1
    assert words in world.page("/status/")
    world.others_stay()
    assert {poll(slug, "time") for slug in WELL} == {"ok"}


def test_a_ban_stands_when_the_limits_file_was_deleted_while_nothing_ran(world, tmp_path, settings):
    """P3: the database has it too; without the database nothing is asked."""
    settings.LIMITS_FILE = tmp_path / "limits.sqlite3"
    assert world.strike({"name": "P3", "for_s": 3_000})[0] == "banned"
    asking.limits().close()
    for file in tmp_path.glob("limits.sqlite3*"):
        file.unlink()
    assert 2_980 < silent(world) <= 3_160
    assert {poll(slug, "time") for slug in WELL} == {"ok"}
    asking.limits().close()
    for file in tmp_path.glob("limits.sqlite3*"):
        file.unlink()
    Ledger.objects.update(text="{}")
    assert (poll(SICK), poll(WELL[0], "time")) == ("budget_exhausted", "budget_exhausted")
    assert "what the database remembers of bans cannot be read" in world.run().detail


NO_REPLY = [  # row, fault, outcome
    *(("P5", {"name": "P5", "status": status}, "server_error") for status in (500, 502, 503, 504, 520, 526, 530)),
    ("P6", {"name": "P6", "text": '{"code":"400100","msg":"Parameter error"}'}, "api_error"),
    ("P6", {"name": "P6", "text": '{"code":"400302","msg":"unavailable in your current area"}'}, "geoblocked"),
    ("P6", {"name": "P6", "text": '{"code":"429000","msg":"Too many requests"}'}, "rate_limited"),
    ("P6", {"name": "P6", "text": '{"code":"200000"}'}, "schema"),
    ("P7", "P7", "content_type"),
    *(("P8", {"name": "P8", "value": value}, "schema") for value in ("", "null", "[]", '"text"', "7")),
    ("P8", {"name": "halve", "endpoint": "tickers", "rows": 1}, "ok"),
    *(("P9", {"name": "P9", "what": what}, "not_json") for what in ("nan", "bom", "latin1", "trailing", "two")),
    ("P10", "P10", "not_json"),
    ("P13", {"name": "P13", "how": "rename"}, "schema"),
    ("P13", {"name": "P13", "how": "missing"}, "schema"),
    ("P13", {"name": "P13", "how": "missing", "rows": 0.2}, "schema"),
]  # fmt: skip


@pytest.mark.parametrize("case", NO_REPLY, ids=lambda case: f"{case[0]}-{case[2]}")
def test_what_is_no_reply_stores_nothing_and_says_why_without_its_text(world, case):
    """Rows P5 P6 P7 P8 P9 P10 P13: one of our own words, old prices that age, retried only where a retry helps, no markup anywhere."""
    _, fault, outcome = case
    before = world.quotes()
    got, asked, _ = world.strike(fault)
    status = fault.get("status") if isinstance(fault, dict) else None
    assert (got, asked) == (outcome, 2 if status in (502, 503, 504) else 1)
    if outcome != "ok":
        assert world.quotes() == before
    run, (_, tickers) = world.run(), world.sick()
    assert (run.outcome, tickers.outcome) == (outcome, outcome)
    assert len(run.detail) <= 200 and "<" not in run.detail
    status_page = world.page("/status/")
    assert "We will be back soon" not in status_page and "puzzle" not in status_page
    world.others_stay()


MAINTENANCE = '{"code":"41114","msg":"The current trading pair is under maintenance"}'


@pytest.mark.parametrize(("slug", "said"), [("bitget", MAINTENANCE), (SICK, '{"code":"200003","msg":"Invalid symbol."}')])
def test_a_market_its_exchange_says_is_not_traded_is_halted_at_once(world, monkeypatch, slug, said):
    """P6: said of one market it halts that one, costs the exchange nothing, and stands until a list has it trading again."""
    monkeypatch.setattr(turns, "async_task", lambda *told, **more: None)
    market = Market.objects.get(exchange__slug=slug, base__code="BTC", quote__code="USDT", kind="spot")
    turns.want([market.pk], "book", timezone.now(), fresh_s=1)
    assert world.strike({"name": "P6", "endpoint": "book", "text": said}, slug, "book")[:2] == ("partial", 1)
    market.refresh_from_db()
    assert market.status == "halted" and Listing.objects.filter(market=market, event="suspended").count() == 1
    assert Reading.objects.get(market=market, source="book").outcome == "api_error"
    quotes, answer = world.compare()
    why = {row["exchange"]: row["reason"] for row in answer["excluded"]}
    assert (quotes[slug]["rank"], why[slug]) == (None, "not_trading") and quotes[slug]["price"]
    assert slug not in {answer["best"][side]["exchange"] for side in ("buy", "sell")}
    assert world.sick(slug)[0].state == "healthy" and world.compare("ETH-USDT")[0][slug]["rank"]
    world.heal(slug)
    assert poll(slug, "instruments") == "ok" and market.status == "halted" and not world.compare()[0][slug]["rank"], "its book was refused a moment ago"
    turns.want([market.pk], "book", timezone.now() + HOUR * timedelta(seconds=1), fresh_s=1)
    assert (poll(slug, "book"), poll(slug, "instruments")) == ("ok", "ok") and world.compare()[0][slug]["rank"]
    assert Listing.objects.filter(market=market, event="resumed").count() == 1


def test_a_refused_book_speaks_against_a_list_for_a_quarter_of_an_hour(world, monkeypatch):
    """P6: without another word from its books the list is believed again."""
    monkeypatch.setattr(turns, "async_task", lambda *told, **more: None)
    market = Market.objects.get(exchange__slug="bitget", base__code="BTC", quote__code="USDT", kind="spot")
    turns.want([market.pk], "book", timezone.now(), fresh_s=1)
    world.strike({"name": "P6", "endpoint": "book", "text": MAINTENANCE}, "bitget", "book")
    for minutes, status in ((14, "halted"), (16, "trading")):
        Reading.objects.filter(market=market, source="book").update(tried_at=timezone.now() - timedelta(minutes=minutes))
        assert poll("bitget", "instruments") == "ok"
        market.refresh_from_db()
        assert market.status == status


@pytest.mark.parametrize("source", ["index_members", "open_interest", "funding_history"])
def test_a_word_about_an_index_or_a_pair_halts_no_market(world, source):
    """P6: only a book is asked for by the market's own symbol on every exchange."""
    for slug, said in (("bitget", MAINTENANCE), (SICK, '{"code":"200003","msg":"Invalid symbol."}')):
        if ADAPTERS[slug].source(source):
            poll(slug, "perp_instruments")
            world.strike({"name": "P6", "endpoint": source, "text": said}, slug, source)
            assert not Listing.objects.filter(exchange__slug=slug, event="suspended").exists(), slug


def test_while_its_lists_are_not_answered_no_market_is_halted(world, monkeypatch):
    """P6: an exchange that is under maintenance as a whole says so of every market."""
    monkeypatch.setattr(turns, "async_task", lambda *told, **more: None)
    market = Market.objects.get(exchange__slug="bitget", base__code="BTC", quote__code="USDT", kind="spot")
    world.strike({"name": "P6", "text": MAINTENANCE}, "bitget")
    turns.want([market.pk], "book", timezone.now(), fresh_s=1)
    poll("bitget", "book")
    market.refresh_from_db()
    assert market.status == "trading" and not Listing.objects.filter(market=market, event="suspended").exists()


def test_maintenance_of_a_whole_list_is_the_exchanges_own_failure(world):
    """P6: it does not answer; its prices stay and age, and no market is halted."""
    before = world.quotes("bitget")
    assert world.strike({"name": "P6", "text": MAINTENANCE}, "bitget")[:2] == ("server_error", 1)
    assert world.quotes("bitget") == before and not Market.objects.filter(exchange__slug="bitget", status="halted", symbol="BTCUSDT").exists()
    assert "under maintenance" in world.run("bitget").detail


def test_a_list_with_a_tenth_of_its_rows_is_not_taken_for_the_market(world):
    """P8: a list that had two hundred entries and has a few is no news about the others."""
    before = world.quotes()
    world.simulator.control(**{SICK: {"faults": [{"name": "halve", "endpoint": "tickers"}] * 3}})
    assert poll(SICK) == "schema" and "believable" in world.run().detail
    assert world.quotes() == before


def test_retries_of_an_outage_stay_a_tenth_of_the_calls(world):
    """P5: while all answer 503 nobody asks more than a tenth oftener than usual (a retry counts whole, so a few calls allow one)."""
    world.simulator.control(**{slug: {"fault": "P5"} for slug in FIVE})
    before, polls = {slug: world.asked(slug) for slug in FIVE}, 3
    for _ in range(polls):
        assert {poll(slug) for slug in FIVE} == {"server_error"}
    assert {poll(slug) for slug in FIVE} == {"breaker_open"}
    assert {world.asked(slug) - before[slug] for slug in FIVE} == {polls + 1}


def test_json_under_another_type_is_taken_and_told_of(world):
    """P7: the right JSON under text/html counts, and the run says what it called itself."""
    assert world.strike({"name": "P7", "only_type": True})[0] == "ok"
    assert world.run().rows > 200 and world.run().detail == "JSON that calls itself text/html;charset=utf-8"


def test_of_two_equal_keys_the_last_counts(world):
    """P11: the same answer on every run, both sides from one object: with the second bid the book is crossed, and says so."""
    seen = []
    for _ in range(2):
        assert world.strike("P11")[0] == "ok"
        row = next(r for r in read.compare("BTC", "USDT", timezone.now()).rows if r.quote.exchange == SICK)
        seen.append((row.rank, row.reason, row.quote.bid > row.quote.ask))
    assert seen == [(None, "crossed", True)] * 2


@pytest.mark.parametrize(("what", "outcome", "lost"), [
    ("surrogate", "partial", "dropped"), ("nul", "partial", "dropped"), ("long_integer", "ok", "bad_fields"), ("overflow", "ok", "bad_fields"),
])
def test_text_and_numbers_nobody_can_store_cost_their_own_row_or_field(world, what, outcome, lost):
    """P12: the rest is stored; what was lost is counted; an absurd number is that side's alone."""
    assert world.strike({"name": "P12", "what": what})[0] == outcome
    run = world.run()
    assert getattr(run, lost) == 5 and run.rows >= 216
    token = Quote.objects.filter(market__exchange__slug=SICK).order_by("-token").values_list("token", flat=True)[0]
    assert Quote.objects.filter(market__exchange__slug=SICK, token=token).count() >= 210
    world.others_stay()


def test_number_or_text_extra_fields_and_a_few_lost_rows(world):
    """P13: numbers as tokens and unknown fields change nothing; up to a tenth of the rows may be lost, and the rest counts."""
    for fault, outcome in (({"name": "P13", "how": "numbers"}, "ok"), ({"name": "P13", "how": "extra"}, "ok"),
                           ({"name": "P13", "how": "missing", "rows": 0.05}, "partial")):
        assert world.strike(fault)[0] == outcome
        quotes, _ = world.compare("ETH-USDT")
        assert quotes[SICK]["rank"] and not set(quotes[SICK]["flags"]) - {"unknown_identity"}, fault
    assert world.run().dropped == 12


def test_pages_that_never_end_are_left(world, monkeypatch):
    """P14: two pages that name each other as the next: each is asked once, and what they said is kept as `partial`."""
    from exchanges.simulator.writers import WRITERS

    writer, real = WRITERS["bybit"], WRITERS["bybit"].instruments

    def endless(scene, query):
        reply = real(scene, {name: text for name, text in query.items() if name != "cursor"})
        document = json.loads(reply.body)
        document["result"]["nextPageCursor"] = "there" if query.get("cursor") == "here" else "here"
        return type(reply)(json.dumps(document).encode(), headers=reply.headers)

    monkeypatch.setattr(writer, "instruments", endless)
    before = world.asked("bybit")
    assert poll("bybit", "perp_instruments") == "partial"
    assert "pages without an end" in world.run("bybit", "perp_instruments").detail
    assert world.asked("bybit") - before <= 12


def test_the_exchanges_own_count_goes_before_ours(world):
    """P15: headers that say the pool is empty stop the next call, although our own count has room; a healed header alone gives nothing back."""
    assert world.strike({"name": "P15", "used": 1.0})[0] == "ok"
    world.heal()
    asked = world.asked()
    assert poll(SICK) == "budget_exhausted" and world.asked() == asked
    assert {poll(slug) for slug in WELL} == {"ok"}


def test_what_can_wait_is_shed_before_prices(world):
    """P15: with 85 % of the pool gone by the exchange's own count, notices wait until its window ends and prices go on."""
    assert world.strike({"name": "P15", "used": 0.85})[0] == "ok"
    world.heal()
    asked = world.asked()
    assert poll(SICK, "announcements") == "budget_exhausted" and world.asked() == asked
    assert poll(SICK) == "ok"
