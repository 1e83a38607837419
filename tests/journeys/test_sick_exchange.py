"""One exchange falls ill in every way the issue names: the other four stay fresh, no wrong number wins, the reason shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.limits import State
from exchanges.models import Feed
from markets import asking, read
from markets.models import Quote
from tests.journeys.conftest import FIVE, poll

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("sick")]  # in one process: they share the catalogues
SICK = "kucoin"
WELL = [slug for slug in FIVE if slug != SICK]

ILLNESSES = {
    "hanging": ("hang", {"first_byte_timeout"}),
    "refused": ("refused", {"reset", "refused"}),
    "429": ("throttle", {"rate_limited"}),
    "HTML": ("html", {"content_type"}),
    "half a body": ("truncated", {"truncated"}),
    "reset": ("reset", {"reset"}),
}


def stored_quotes():
    return list(Quote.objects.filter(market__exchange__slug=SICK).order_by("pk").values_list("pk", "bid", "ask", "token"))


def test_nothing_of_a_failed_poll_is_stored_and_the_others_stay_fresh(collected):
    before = stored_quotes()
    for illness, (fault, outcomes) in ILLNESSES.items():
        collected.control(**{SICK: {"fault": fault}})
        assert poll(SICK) in outcomes, illness
        assert stored_quotes() == before, illness
        tickers = next(s for e in read.exchanges(timezone.now()) if e.slug == SICK for s in e.sources if s.source == "tickers")
        assert tickers.outcome in outcomes, illness
        recover()
    assert {poll(slug) for slug in WELL} == {"ok"}
    assert all(e.freshness == "fresh" for e in read.exchanges(timezone.now()) if e.slug in WELL)


def recover():
    """Blocks and breaker as if they had run out, so that the next illness is asked for."""
    asking.limits().change([SICK], lambda states, now, wall: ({SICK: State()}, None))
    Feed.objects.filter(exchange__slug=SICK).update(fails=0, opened=0, probe_at=None)


def test_it_greys_out_and_stops_counting_with_its_reason(collected):
    collected.control(**{SICK: {"fault": "hang"}})
    for _ in range(3):
        poll(SICK)
    for slug in WELL:
        poll(slug)
    Quote.objects.filter(market__exchange__slug=SICK).update(observed_at=timezone.now() - timedelta(seconds=70))
    read.forget()
    now = timezone.now()
    row = next(r for r in read.compare("BTC", "USDT", now).rows if r.quote.exchange == SICK)
    assert (row.rank, row.state, row.reason) == (None, "stale", "stale") and "last seen" in row.detail
    sick = next(e for e in read.exchanges(now) if e.slug == SICK)
    assert sick.state == "down" and "first_byte_timeout" in sick.detail and sick.breaker == "open"
    winners = {end.exchange for c in read.pairs(now).values() for end in (c.best_buy, c.best_sell) if end}
    assert SICK not in winners and len(winners) >= 3


def test_zeros_and_nonsense_never_win(collected):
    for value in ("0", "", None, "-1", "NaN"):
        collected.control(**{SICK: {"fault": {"name": "value", "value": value, "fields": ["bid", "ask"]}}})
        assert poll(SICK) in ("ok", "partial", "schema"), value
        now = timezone.now()
        pairs = read.pairs(now)
        row = next(r for r in read.compare("BTC", "USDT", now).rows if r.quote.exchange == SICK)
        assert row.price is None and {"no_bid_ask", "bad_number"} & set(row.flags), value
        assert SICK not in {end.exchange for c in pairs.values() for end in (c.best_buy, c.best_sell) if end}, value
        assert min(c.best_buy.price for c in pairs.values() if c.best_buy) > 0


def test_a_price_out_of_line_never_wins_where_a_majority_knows_better(collected):
    for factor in ("10", "0.1", "1.35", "110"):
        collected.control(**{SICK: {"fault": {"name": "price", "factor": factor}}})
        assert poll(SICK) == "ok"
        now, board = timezone.now(), read.board()
        for key, summary in read.pairs(now).items():
            others = [q for slug, q in board.pairs[key].items() if slug != SICK and q.status == "trading" and q.bid and q.ask]
            if SICK in board.pairs[key] and len(others) >= 2 and summary.status == "ok":
                assert SICK not in {end.exchange for end in (summary.best_buy, summary.best_sell) if end}, key
        row = next(r for r in read.compare("BTC", "USDT", now).rows if r.quote.exchange == SICK)
        assert row.rank is None and row.reason in ("price_anomaly", "unit_mismatch", "identity_conflict")


def test_a_throttled_exchange_is_left_alone_by_everybody(collected):
    collected.control(**{SICK: {"fault": {"name": "throttle", "after": 30}}})
    poll(SICK)
    asked = len(collected.requests(SICK))
    assert {poll(SICK), poll(SICK, "instruments"), poll(SICK, "time")} == {"banned_wait"}
    assert len(collected.requests(SICK)) == asked


def test_half_a_catalogue_does_not_delist_the_other_half(collected):
    collected.control(**{SICK: {"fault": "halve"}})
    before = len(read.board().pairs)
    assert poll(SICK, "instruments") == "ok"  # the reply was fine; what it said was not believed
    assert len(read.board().pairs) == before
