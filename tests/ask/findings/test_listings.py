"""Questions about listings and about what is on one exchange and not on another, answered from what the page of discovery reads."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Exchange, Feed
from markets import store
from markets.models import Announcement, Market
from tests.ask.answers.build import cells
from tests.ask.findings.replies import one
from tests.markets.build import catalogue, instrument, prices, ticker
from tests.pages import market
from tests.pages.conftest import empty, stored  # noqa: F401 - fixtures
from tests.pages.market import FIFTH, FIRST, FOURTH, SECOND, THIRD

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(stored):  # noqa: F811
    """A coin that comes to the first exchange after its first list, one that is announced, and one that goes."""
    old = market._instruments(FIRST)
    coming = instrument("SOON/USDT", status="pre_open", listed_at=stored + timedelta(days=1))
    fresh = ticker("FRESH/USDT", "2", "2.01", change_24h_pct="9", quote_volume_24h=Decimal(300_000))
    catalogue(FIRST, *old, instrument("FRESH/USDT"), coming, now=stored)
    prices(FIRST, *market._tickers(FIRST, 0), fresh, now=stored)
    market.forget()
    return stored


def name(slug):
    return Exchange.objects.get(slug=slug).name


def test_what_is_new_and_nothing_of_the_first_list(news):
    answer = one("new_tokens", now=news)
    assert answer.sentence.startswith(f"2 new coins in the last 7 days; the latest is SOON on {name(FIRST)}") and cells(answer, "asset") == ["SOON", "FRESH"]
    assert cells(answer, "price")[1].startswith("2.00") and "Seen in one list only so far: SOON, FRESH." in answer.notes
    assert one("new_tokens", now=news, exchanges=(SECOND,)).sentence == f"No new coins on {name(SECOND)} in the last 7 days that Pebble has seen."
    assert one("new_tokens", now=news, exclude=(FIRST,)).kind == "nothing"
    assert cells(one("new_tokens", now=news, limit=1), "asset") == ["SOON"]


def test_what_is_to_come_with_the_exchanges_notices(news):
    Announcement.objects.create(exchange=Exchange.objects.get(slug=SECOND), key="1", title="SUN comes", kind="listing", published_at=news, first_seen_at=news)
    answer = one("new_tokens", now=news, topic="upcoming")
    assert cells(answer, "asset") == ["SOON"] and answer.sentence.startswith("One listing to come: SOON")
    assert "in 23 h" in cells(answer, "at")[0] or answer.table
    assert any(line.endswith("SUN comes") for line in answer.lines) and one("new_tokens", now=news).lines == ()


def test_a_narrower_window_than_the_pages(news):
    later = news + timedelta(hours=3)
    assert cells(one("new_tokens", now=later, time_range="2h"), "asset") == ["SOON"], "what is announced lies ahead"
    assert one("new_tokens", now=later, time_range="24h").sentence.startswith("2 new coins in the last 24 hours")


def test_what_is_gone(news):
    later = news + timedelta(minutes=5)
    catalogue(FIRST, *market._instruments(FIRST), instrument("FRESH/USDT", status="halted"), instrument("SOON/USDT", status="pre_open"), now=later)
    market.forget()
    answer = one("new_tokens", now=later, topic="gone")
    assert cells(answer, "event") == ["suspended"] and answer.page.startswith("/discover/?what=gone")


def test_who_was_first_where_times_are_known(stored):  # noqa: F811
    for slug, days in ((FIRST, 10), (SECOND, 12)):
        Market.objects.filter(exchange__slug=slug, base__code="POL").update(listed_at=stored - timedelta(days=days))
    store.touch("catalogue:" + FIRST)
    answer = one("new_tokens", now=stored, assets=("MATIC",), exchanges=(FIRST, SECOND))
    assert answer.sentence.startswith(f"MATIC (now POL) was first on {name(SECOND)}") and answer.sentence.endswith(f"2 d before {name(FIRST)}.")
    assert "Who was first is not known" in one("new_tokens", now=stored, assets=("POL",)).sentence
    assert one("new_tokens", now=stored, assets=("QXJ7",)).sentence.startswith("No exchange I watch lists QXJ7")


def test_who_leads_needs_known_times(stored):  # noqa: F811
    assert one("new_tokens", now=stored, topic="leads").kind == "nothing"
    for slug, days in ((FIRST, 10), (SECOND, 12)):
        Market.objects.filter(exchange__slug=slug).update(listed_at=stored - timedelta(days=days))
    store.touch("catalogue:" + FIRST)
    answer = one("new_tokens", now=stored, topic="leads")
    assert answer.sentence.startswith(f"{name(SECOND)} most often: it was ahead of {name(FIRST)} by a median of 2 d")
    assert one("new_tokens", now=stored, topic="leads", exchanges=(FIRST,)).kind == "nothing", "a lead is over another that was asked for"


# --- On one, not on another ---------------------------------------------------------------------------------------
def test_what_is_listed_here_and_missing_there(stored):  # noqa: F811
    answer = one("trending_not_on", now=stored, exchanges=(FIRST,), exclude=(FIFTH,))
    assert answer.sentence.startswith(f"2 coins are listed on {name(FIRST)} but not on {name(FIFTH)}; busiest is PEPE")
    assert cells(answer, "asset") == ["PEPE", "HOSTILE"]
    assert f"{name(FIFTH)}" in answer.notes[0] and {used.exchange for used in answer.sources} == {FIRST, FIFTH}
    both = one("trending_not_on", "on a and b, not on c", now=stored, exchanges=(FIRST, SECOND), exclude=(FIFTH,))
    either = one("trending_not_on", "on a or b, not on c", now=stored, exchanges=(FIRST, SECOND), exclude=(FIFTH,))
    assert (cells(both, "asset"), cells(either, "asset")) == (["PEPE"], ["PEPE", "HOSTILE"])
    assert cells(one("trending_not_on", now=stored, exclude=(FIFTH,), limit=1), "asset") == ["PEPE"]


def test_missing_from_two_is_missing_from_both(stored):  # noqa: F811
    answer = one("trending_not_on", now=stored, exchanges=(FIRST,), exclude=(SECOND, FIFTH))
    assert cells(answer, "asset") == ["HOSTILE"] and "not_match=all" in answer.page


def test_what_trends(news):
    answer = one("trending_not_on", now=news, exchanges=(FIRST,), exclude=(SECOND,), topic="trending")
    assert answer.sentence.startswith(f"One coin trends on {name(FIRST)} but not on {name(SECOND)}: FRESH (+9.00 % in a day")
    assert answer.lines == (f"Listed on {name(FIRST)} but not on {name(SECOND)}, trending or not: 3 coins.",) and cells(answer, "score") == ["100"]
    alone = one("trending_not_on", now=news, exchanges=(FIRST,), topic="trending")
    assert alone.sentence.startswith(f"FRESH moves most on {name(FIRST)}") and "view=trending" in alone.page


def test_only_on_one(stored):  # noqa: F811
    answer = one("trending_not_on", now=stored, exchanges=(FIRST,), topic="only")
    assert cells(answer, "asset") == ["HOSTILE"] and name(FIFTH) in answer.title and name(THIRD) in answer.title


def test_an_exchange_whose_list_cannot_be_read_is_claimed_nothing_of(stored):  # noqa: F811
    Exchange.objects.filter(slug=FIFTH).update(enabled=False)
    store.touch("switches")
    answer = one("trending_not_on", now=stored, exchanges=(FIRST,), exclude=(FIFTH,))
    assert answer.sentence == f"What is missing on {name(FIFTH)} cannot be said: no list of markets is read there." and answer.value is None
    Exchange.objects.filter(slug=FIFTH).update(enabled=True)
    Feed.objects.filter(exchange__slug=FOURTH, source="instruments").update(ok_at=None)
    store.touch("switches")
    assert "cannot be said" in one("trending_not_on", now=stored, exchanges=(FIRST,), exclude=(FOURTH,)).sentence


def test_one_that_pebble_switched_off_is_still_known_for_what_it_lists(stored):  # noqa: F811
    apart = one("trending_not_on", now=stored, exchanges=(FIRST,), topic="only")
    lacks = one("trending_not_on", now=stored, exchanges=(FIRST,), exclude=(SECOND,))
    Exchange.objects.filter(slug=SECOND).update(state="auto_disabled", state_detail="Off by Pebble until noon.")
    store.touch("switches")
    assert (apart.value, lacks.value) == tuple(
        one("trending_not_on", now=stored, exchanges=(FIRST,), **more).value for more in ({"topic": "only"}, {"exclude": (SECOND,)})
    )
    for intent in ("trending_not_on", "new_tokens"):
        answer = one(intent, now=stored, exchanges=(SECOND,))
        assert [(left.exchange, left.reason, left.detail) for left in answer.excluded] == [(SECOND, "auto_disabled", "off by Pebble until noon")]
        assert f"{name(SECOND)}: off by Pebble until noon." in answer.lines


def test_where_all_that_were_asked_about_are_off_that_is_the_answer(stored):  # noqa: F811
    Exchange.objects.filter(slug=SECOND).update(enabled=False)
    store.touch("switches")
    wanted = {"trending_not_on": {"topic": "only"}, "new_tokens": {}, "funding": {"assets": ("BTC",)}}
    for intent, more in wanted.items():
        answer = one(intent, now=stored, exchanges=(SECOND,), **more)
        assert (answer.kind, answer.sentence) == ("nothing", f"{name(SECOND)}: switched off by an operator."), intent
    assert one("funding", now=stored, exchanges=(FIRST, SECOND), assets=("BTC",)).sentence != f"{name(SECOND)}: switched off by an operator."


@pytest.mark.parametrize("intent", ["best_price", "compare", "liquidity"])
def test_of_a_list_that_was_never_read_nobody_says_what_is_not_on_it(stored, intent):  # noqa: F811
    Market.objects.filter(exchange__slug=SECOND).delete()
    Feed.objects.filter(exchange__slug=SECOND, source="instruments").update(ok_at=None)
    store.touch("switches", f"catalogue:{SECOND}")
    reasons = {left.exchange: left.reason for left in one(intent, now=stored, assets=("PEPE",)).excluded}
    assert reasons[SECOND] == "starting" and reasons[FIFTH] == "not_listed"


def test_where_one_coin_is_listed(stored):  # noqa: F811
    answer = one("trending_not_on", now=stored, assets=("PEPE",), exchanges=(FIRST,), exclude=(FIFTH,))
    assert answer.sentence.startswith(f"PEPE is listed on {name(FIRST)}") and answer.lines == (f"Not on {name(FIFTH)}.",)


def test_nothing_is_there_yet(empty):  # noqa: F811
    new, lone = one("new_tokens"), one("trending_not_on", exchanges=(FIRST,), exclude=(FIFTH,))
    assert new.kind == lone.kind == "nothing" and new.sentence == "No new coins in the last 7 days that Pebble has seen."
    assert "no list has been read yet" in new.notes[-1] and "cannot be said" in lone.sentence
