"""What has gone wrong elsewhere, played against Pebble: each incident is a test for good.

"Same ticker, two coins", "time stamps running backwards" and "Retry-After: 0" are rows D10 and D12 of test_data.py and P2 of
test_protocol.py; the same incidents in many sizes, as pure judgement, are in tests/markets/analysis/test_faults.py.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from msgspec.structs import replace

from exchanges.client import Outcome
from exchanges.leases import Claim
from exchanges.models import Exchange, Feed, Run
from markets import read, store
from markets.models import Quote
from markets.reads import rates
from tests.faults.conftest import SICK, WELL, poll

pytestmark = pytest.mark.xdist_group("faults")


def ranked(coin="BTC", quote="USDT"):
    c = read.compare(coin, quote, timezone.now())
    return {row.quote.exchange for row in c.rows if row.rank}, c


def test_the_trillion_dollar_day(world, monkeypatch):
    """Every rate of our own conversion is ten million times too large while all exchanges are right: only raw quotes are ranked."""
    real = rates.rates

    def wild(*args, **kwargs):
        return {code: replace(rate, mid=rate.mid * 10**7) if code != "USDT" else rate for code, rate in real(*args, **kwargs).items()}

    _, before = world.compare(normalise="true")
    monkeypatch.setattr(rates, "rates", wild)
    read.forget()
    quotes, answer = world.compare(normalise="true")
    assert answer["best"] == before["best"] or abs(Decimal(answer["best"]["buy"]["price"]) / Decimal(before["best"]["buy"]["price"]) - 1) < Decimal("0.01")
    assert quotes and {quote["quote"] for quote in answer["quotes"] if quote["rank"]} == {"USDT"}
    assert {quote["quote"] for quote in answer["quotes"]} > {"USDT"}, "what was left out is shown with its reason"
    assert "trillion" not in world.page("/compare/BTC-USDT/?normalise=true")


def test_two_bad_publishers(world):
    """Two of five are near zero through an exponent error: out of line, the median of the others holds."""
    _, before = ranked()
    for slug in (SICK, "bitget"):
        assert world.strike({"name": "price", "factor": "0.00001"}, slug)[0] == "ok"
    left, c = ranked()
    assert left == set(WELL) - {"bitget"} and abs(c.reference_price / before.reference_price - 1) < Decimal("0.01")
    assert {row.quote.exchange for row in c.rows if row.reason} == {SICK, "bitget"}


def test_two_sources_left(world):
    """Three fell silent a quarter of an hour ago, one of the last two is off a thousandfold: disputed, never an average."""
    Quote.objects.filter(market__exchange__slug__in=WELL[:3]).update(observed_at=timezone.now() - timedelta(minutes=16))
    assert world.strike({"name": "price", "factor": "1000"})[0] == "ok"
    left, c = ranked()
    assert (left, c.status, c.best_buy, c.reference_price, c.index_price) == (set(), "disputed", None, None, None)
    assert "disagree" in world.page("/compare/BTC-USDT/")


@pytest.mark.parametrize("price", ["1.30", "0.65"])
def test_a_stablecoin_is_squeezed_or_breaks_on_one_exchange(world, price):
    """One exchange's USDC stands at 1.30 or 0.65, one everywhere else: flagged, not ranked, and the rate is the others' median."""
    symbols = {"kucoin": "USDC-USDT"}
    world.strike({"name": "price", "symbols": [symbols[SICK]], "set": price})
    left, c = ranked("USDC")
    assert SICK not in left and len(left) >= 3
    assert next(row.reason for row in c.rows if row.quote.exchange == SICK) == "price_anomaly"
    found = rates.rates(timezone.now())["USDC"]
    assert abs(found.mid - 1) < Decimal("0.005") and rates.broken(timezone.now()) == ()


def test_the_floor_price(world):
    """A feed answers with ten times the market under stamps half an hour old: stale, never ranked, nobody sells into it."""
    Quote.objects.filter(market__exchange__slug=SICK).update(observed_at=timezone.now() - timedelta(hours=1))
    world.simulator.control(**{SICK: {"faults": [{"name": "price", "factor": "10.7"}, {"name": "stamp", "shift_s": -1_800}]}})
    assert poll(SICK) == "ok"
    left, c = ranked()
    mine = next(row for row in c.rows if row.quote.exchange == SICK)
    assert SICK not in left and mine.state == "expired" and c.best_sell.exchange != SICK
    assert "last seen" in mine.detail


def test_a_print_of_minus_87_percent(world):
    """One exchange shows 13 % of the price for a while: out from the first poll to the third calm one, and nothing of it is the best buy."""
    seen = []
    for factor in ("1", "0.13", "0.13", "1", "1", "1", "1"):
        world.strike({"name": "price", "factor": factor, "symbols": ["ETH-USDT"]})
        left, c = ranked("ETH")
        seen.append(SICK in left)
        assert c.best_buy.exchange != SICK or seen[-1]
    assert seen == [True, False, False, False, False, True, True]


def test_a_lost_counter_update(world):
    """Two sweeps of one feed overlap in an outage: who lost the claim counts nothing, and the third failure is the one that opens."""
    feed = Feed.objects.select_related("exchange").get(exchange__slug=SICK, source="tickers")
    now = timezone.now()

    def fails(token):
        at = Outcome("deadline", now, now, 10, detail="out of time")
        fresh = Feed.objects.select_related("exchange").get(pk=feed.pk)
        return store.save(fresh, Claim(feed, token, now), at, timezone.now())

    Run.objects.filter(exchange__slug=SICK).delete()
    counted = []
    for newer in range(feed.token + 1, feed.token + 4):
        Feed.objects.filter(pk=feed.pk).update(token=newer)
        assert (fails(newer - 1), fails(newer)) == (False, True)
        counted.append((Feed.objects.get(pk=feed.pk).fails, Exchange.objects.get(slug=SICK).state))
    assert [count for count, _ in counted] == [1, 2, 3] and [state for _, state in counted][-1] == "down" and "down" not in [s for _, s in counted[:2]]
    assert Feed.objects.get(pk=feed.pk).probe_at is not None
