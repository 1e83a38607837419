"""Properties over the whole way, from the wire or the store to what is shown. Those of single modules stand with their modules."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchanges.leases import Claim
from exchanges.models import Feed
from exchanges.rows import Ticker
from markets import read, store
from markets.analysis.quality import ANOMALIES
from markets.models import Quote
from tests.exchanges.cases import cases, roomy
from tests.faults.conftest import SICK, as_if_now, poll
from tests.markets.build import outcome

pytestmark = pytest.mark.xdist_group("faults")
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
TICKERS = [case for case in cases() if case.source == "tickers" and case.body is not None]
COINS = ("BTC", "ETH", "SOL", "XRP")


@few
@given(stamps=st.lists(st.integers(0, 90), min_size=1, max_size=6))
def test_in_whatever_order_replies_arrive_the_newest_stamp_stays(world, stamps):
    """D12: stored is always the newest stamp that has come, and of equal ones the last."""
    start = timezone.now() - timedelta(seconds=200)
    with transaction.atomic():
        Quote.objects.filter(market__exchange__slug="bybit").delete()
        newest = None
        for number, stamp in enumerate(stamps):
            at = start + timedelta(seconds=stamp)
            row = Ticker("BTCUSDT", bid=Decimal(number + 1), ask=Decimal(number + 2), exchange_ts=at)
            received = start + timedelta(seconds=100 + number)
            assert arrived(row, received)
            newest = (stamp, number + 1) if newest is None or stamp >= newest[0] else newest
            kept = Quote.objects.get(market__exchange__slug="bybit", market__symbol="BTCUSDT", market__kind="spot")
            assert (kept.bid, kept.observed_at) == (newest[1], start + timedelta(seconds=newest[0]))
        transaction.set_rollback(True)


def arrived(row, received):
    """What a worker stores of one reply."""
    feed = Feed.objects.select_related("exchange").get(exchange__slug="bybit", source="tickers")
    Feed.objects.filter(pk=feed.pk).update(token=feed.token + 1)
    return store.save(feed, Claim(feed, feed.token + 1, received), outcome([row], received, clock="snapshot"), received)


FAULTS = st.one_of(
    st.fixed_dictionaries({"name": st.just("value"), "value": st.sampled_from(["0", "", None, "NaN", "-3", "1e999", "x", True]),
                           "fields": st.lists(st.sampled_from(["bid", "ask", "last"]), min_size=1, max_size=3, unique=True)}),
    st.fixed_dictionaries({"name": st.just("price"), "factor": st.sampled_from(["10", "0.1", "1.35", "0.65", "110", "1.05", "0.000001"])}),
    st.fixed_dictionaries({"name": st.just("crossed"), "locked": st.booleans()}),
    st.fixed_dictionaries({"name": st.just("empty_side"), "side": st.sampled_from(["bid", "ask", "both"]), "value": st.sampled_from([None, "", "0"])}),
    st.fixed_dictionaries({"name": st.just("volume"), "how": st.sampled_from(["overflow", "negative", "swapped"])}),
    st.fixed_dictionaries({"name": st.just("stamp"), "shift_s": st.sampled_from([-600, 3_600, 2.5e9, -20])}),
)  # fmt: skip


@few
@given(faults=st.lists(FAULTS, min_size=1, max_size=4))
def test_no_mix_of_data_faults_makes_a_wrong_number_the_best(world, faults):
    """D1 to D16 together: the best price stays within a thousandth or so of the sound ones; whatever is shown has age, state and flags beside it."""
    def named(fault, coin):
        return fault if fault["name"] == "stamp" else fault | {"symbols": [f"{coin}-USDT"]}

    with transaction.atomic():
        as_if_now()
        world.simulator.control(**{SICK: {"faults": [named(fault, coin) for fault, coin in zip(faults, COINS, strict=False)]}})
        assert poll(SICK) in ("ok", "partial")
        for coin in COINS:
            quotes, answer = world.compare(f"{coin}-USDT")
            sound = [Decimal(quote["ask"]) for slug, quote in quotes.items() if slug != SICK]
            assert min(sound) * Decimal("0.995") < Decimal(answer["best"]["buy"]["price"]) < max(sound) * Decimal("1.005")
            assert all(quote["age_s"] >= 0 and quote["state"] and isinstance(quote["flags"], list) for quote in quotes.values())
            assert not quotes[SICK]["rank"] or not {*ANOMALIES, "crossed", "no_bid_ask", "bad_number", "future"} & set(quotes[SICK]["flags"])
        transaction.set_rollback(True)
    read.forget()


@pytest.mark.parametrize("case", TICKERS, ids=str)
@settings(max_examples=20, deadline=None)
@given(number=st.decimals("0.0000001", "9999999", places=7))
def test_a_price_as_text_and_as_a_number_are_one_price(case, number):
    """P13: `parse("1.5") == parse(1.5)` digit for digit: no price ever passes through a float."""
    document, rows, _ = roomy(case)
    last = next(key for key in ("lastPrice", "last", "lastPr") if key in rows[0])
    text = format(number, "f")
    rows[0][last] = "MARK"
    body = json.dumps(document)
    as_text, as_number = (case.parse(body.replace('"MARK"', each).encode()) for each in (f'"{text}"', text))
    assert as_text == as_number and Decimal(text) in {row.last for row in as_text.rows}
