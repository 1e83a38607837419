"""Alerts over a stored market: each kind fires once when it should, with the page's own numbers, and not on what is not sure."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from django.contrib.auth import get_user_model

from exchanges.models import Exchange, ExchangeState
from markets import alerts, counting, episodes, read, store
from markets.alerts import Refused, Terms, Wish
from markets.analysis.alerts import Arbitrage, Best, Down, Funding, Listing, Price, Spread
from markets.ask.rollout import PLACES, place
from markets.models import Alert, Channel, Delivery, ExchangeAsset, Firing, IdentityState, Revision
from markets.models.alerts import MOST
from markets.reads import alerts as reads
from markets.rollouts import user
from tests.markets import gaps
from tests.markets.build import NOW, catalogue, prices, ticker

A, B, C = "kucoin", "gateio", "bitget"
PAIR = {"base": "BTC", "quote": "USDT"}


@pytest.fixture
def person(stored):
    Exchange.objects.update(taker_fee_pct=Decimal("0.1"))
    for slug in (A, B, C):
        catalogue(slug, "BTC/USDT")
    ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
    return get_user_model().objects.create(username="ann")


def market(now, **asks):
    """Three exchanges answer: asks by exchange, each bid 0.5 lower."""
    for slug, ask in asks.items():
        prices(slug, ticker("BTC/USDT", Decimal(str(ask)) - Decimal("0.5"), ask), now=now)
    read.forget()


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def keep(person, condition, **more):
    return alerts.create(person, Wish(condition, Terms(**{"cool_down_s": 60, **more})), NOW)


def sweep(seconds, **asks):
    market(at(seconds), **asks)
    return alerts.sweep(at(seconds))


def told():
    return [firing.subject for firing in Firing.objects.order_by("pk")]


# --- Prices -------------------------------------------------------------------------------------------------------
def test_a_price_fires_once_for_each_crossing_with_the_pages_own_number(person):
    keep(person, Price(**PAIR, level=Decimal("1000.5"), above=False))
    assert [sweep(s, kucoin=ask, gateio=1001, bitget="1001.5") for s, ask in ((0, 1000), (10, "999.4"), (20, "999.3"), (100, "999.45"))] == [0, 1, 0, 0]
    best = read.compare("BTC", "USDT", at(100)).best_buy
    seen = reads.look([Price(**PAIR, level=Decimal(1))], at(100))[0]
    assert (seen.value, seen.where) == (best.net_price, best.exchange)
    assert told() == ["Best to buy BTC/USDT: 1,000.40 USDT on KuCoin, 0 s old"]
    firing = Firing.objects.get()
    assert firing.path == "/compare/BTC-USDT/"
    assert "falls to 1000.5 USDT or below, after fees" in firing.text
    assert [sweep(200, kucoin=1001, gateio=1001, bitget=1001), sweep(300, kucoin="999.4", gateio=1001, bitget=1001)] == [0, 1]
    assert Alert.objects.get().fired == 2


def test_one_exchange_is_judged_with_all_and_priced_alone(person):
    condition = Price(**PAIR, level=Decimal(1002), exchanges=(B,))
    keep(person, condition)
    assert [sweep(0, kucoin=1000, gateio=1000, bitget=1000), sweep(10, kucoin=1000, gateio=1002, bitget=1000)] == [0, 1]
    assert told() == ["Best to buy BTC/USDT: 1,003.00 USDT on Gate.io, 0 s old"]
    market(at(20), kucoin=1000, gateio=1400, bitget=1000)  # wrong beside two that agree
    assert reads.look([condition], at(20))[0].doubt == "price_anomaly"


@pytest.mark.parametrize(
    ("why", "asks", "later"),
    [
        ("price_anomaly", {A: 1000, B: 1000, C: 900}, 0), ("stale", {A: 900, B: 900, C: 900}, 90), ("single_source", {C: 900}, 0),
        ("disputed", {A: 1000, C: 900}, 0),
    ],
)
def test_nothing_fires_on_what_is_not_sure(person, why, asks, later):
    """D6: an outlier fires no alert; T1: neither does a price that is old."""
    keep(person, Price(**PAIR, level=Decimal(950), above=False, exchanges=(C,)))
    assert sweep(0, kucoin=1000, gateio=1000, bitget=1000) == 0
    market(at(100), **asks)
    assert alerts.sweep(at(100 + later)) == 0
    assert Alert.objects.get().problem == why


def test_who_is_alone_because_others_pause_us_fires_nothing(person):
    keep(person, Price(**PAIR, level=Decimal(995), above=False, exchanges=(C,)))
    assert sweep(0, kucoin=1000, gateio=1000, bitget=1000) == 0
    Exchange.objects.filter(slug__in=(A, B)).update(state=ExchangeState.BANNED)
    store.touch(f"state:{A}")
    market(at(100), **{C: 990})
    assert alerts.sweep(at(100)) == 0
    assert Alert.objects.get().problem == "single_source"


def test_another_coin_of_the_same_ticker_fires_nothing(person):
    """D10: no alert on an identity that is not established."""
    keep(person, Price(**PAIR, level=Decimal(950), above=False, exchanges=(C,), soon=True))
    ExchangeAsset.objects.filter(exchange__slug=C, code="BTC").update(state=IdentityState.UNKNOWN)
    store.touch("assets")
    assert sweep(0, kucoin=1000, gateio=1000, bitget=1000) == 0
    assert sweep(10, kucoin=900, gateio=900, bitget=900) == 0
    assert Alert.objects.get().problem == "unknown_identity"


def test_paused_ended_and_cooling_alerts_do_not_fire(person):
    condition = Price(**PAIR, level=Decimal(1100))
    paused, cooling, _ = keep(person, condition), keep(person, condition), keep(person, condition, ends_at=at(5))
    sweep(0, kucoin=1000, gateio=1000, bitget=1000)
    alerts.pause(paused, True)
    Alert.objects.filter(pk=cooling.pk).update(last_fired_at=at(0))
    assert sweep(10, kucoin=1200, gateio=1200, bitget=1200) == 0
    alerts.pause(paused, False)
    assert sweep(65, kucoin=1200, gateio=1200, bitget=1200) == 1
    assert Firing.objects.get().alert == cooling  # the one that was paused looks for the first time


def test_who_is_best_has_to_stay_so_for_two_snapshots(person):
    keep(person, Best(**PAIR))
    steps = [(0, 1000, 1001), (10, 1002, 1001), (20, 1000, 1001), (30, 1002, 1001), (40, 1002, 1001), (50, 1002, 1001)]
    assert [sweep(s, kucoin=a, gateio=b, bitget=1003) for s, a, b in steps] == [0, 0, 0, 0, 1, 0]
    assert "on Gate.io" in told()[0]
    assert "Before: KuCoin." in Firing.objects.get().text


def test_a_spread_is_the_one_that_compare_shows(person):
    condition = Spread(**PAIR, level=Decimal("5.5"), exchanges=(A,))
    keep(person, condition)
    assert sweep(0, kucoin=1000, gateio=1000, bitget=1000) == 0
    market(at(10), gateio=1000, bitget=1000)
    prices(A, ticker("BTC/USDT", "999.3", "1000"), now=at(10))
    read.forget()
    assert alerts.sweep(at(10)) == 1
    row = next(row for row in read.compare("BTC", "USDT", at(10)).rows if row.quote.exchange == A)
    assert reads.look([condition], at(10))[0].value == row.spread_bps


def test_what_fired_is_counted_once_it_is_kept(person, django_capture_on_commit_callbacks):
    counting.forget()
    keep(person, Price(**PAIR, level=Decimal("1000.5"), above=False))
    with django_capture_on_commit_callbacks(execute=True):
        assert [sweep(s, kucoin=ask, gateio=1001, bitget=1001) for s, ask in ((0, 1000), (10, "999.4"))] == [0, 1]
    assert counting.flush()
    assert [sum(times for times, _ in steps.values()) for steps in counting.totals("alerts").values()] == [1]


# --- Gaps, listings, exchanges ------------------------------------------------------------------------------------
def test_a_gap_is_told_once_an_episode_after_two_snapshots_with_its_receipt(stored):
    person = get_user_model().objects.create(username="ann")
    gaps.fill(NOW)
    alert = keep(person, Arbitrage(level=Decimal("0.1"), soon=True))
    assert alerts.sweep(at(0)) == 0
    fired = []
    for seconds in (0, 10, 20, 30):
        gaps.tick(at(seconds))
        gaps.books(at(seconds))
        episodes.scan(at(seconds))
        read.forget()
        fired.append(alerts.sweep(at(seconds + 2)))
    assert sum(fired) == 1
    firing = Firing.objects.get()
    assert firing.alert == alert
    assert firing.subject.startswith("POL/USDT, KuCoin to Gate.io: +")
    assert firing.receipt
    assert f"/receipts/{firing.receipt}/" in firing.text


def test_a_listing_is_told_once_a_second_catalogue_has_it(person):
    """D21: what one catalogue alone has is not told."""
    keep(person, Listing(exchanges=(A,)))
    assert sweep(0, kucoin=1000) == 0
    catalogue(A, "BTC/USDT", "NOVA/USDT", now=at(10))
    catalogue(B, "BTC/USDT", "OTHER/USDT", now=at(10))
    assert alerts.sweep(at(11)) == 0
    for slug in (A, B):
        catalogue(slug, "BTC/USDT", "NOVA/USDT", "OTHER/USDT", now=at(310))
    assert [alerts.sweep(at(s)) for s in (311, 320, 330)] == [1, 0, 0]
    assert told() == ["KuCoin lists NOVA"]


def test_an_exchange_that_goes_down_is_told_once_and_one_that_is_switched_off_is_not(person):
    keep(person, Down())
    assert alerts.sweep(at(0)) == 0
    Exchange.objects.filter(slug=A).update(state=ExchangeState.DOWN)
    Exchange.objects.filter(slug=B).update(state=ExchangeState.DISABLED, enabled=False)
    read.forget()
    assert [alerts.sweep(at(s)) for s in (10, 20)] == [1, 0]
    assert told() == ["KuCoin: Down"]


def test_funding_that_is_not_there_is_not_judged(person):
    keep(person, Funding(base="BTC", level=Decimal(10)))
    assert sweep(0, kucoin=1000) == 0
    assert Alert.objects.get().problem == "not_listed"


# --- Once ---------------------------------------------------------------------------------------------------------
def test_a_firing_and_its_deliveries_are_written_together_under_one_key(person):
    """I12: what is told is a row of the outbox in the transaction of the crossing."""
    hook = Channel.objects.create(owner=person, kind=Channel.Kind.WEBHOOK, address="https://hooks.example.org/x")
    keep(person, Price(**PAIR, level=Decimal(1100)), channels=(hook.pk,))
    assert [sweep(0, kucoin=1000, gateio=1000, bitget=1000), sweep(10, kucoin=1200, gateio=1200, bitget=1200)] == [0, 1]
    delivery = Delivery.objects.get()
    assert delivery.key == Firing.objects.get().key
    assert delivery.payload["now"][0]["value"] == "1201.2"
    assert delivery.payload["condition"] == {"kind": "price", "pair": "BTC-USDT", "level": "1100"}


def test_a_round_that_comes_second_and_a_look_that_was_overtaken_write_nothing(person, monkeypatch):
    keep(person, Price(**PAIR, level=Decimal(1100)))
    sweep(0, kucoin=1000, gateio=1000, bitget=1000)
    market(at(10), kucoin=1200, gateio=1200, bitget=1200)
    stale = list(Alert.objects.all())
    assert [alerts.sweep(at(10)), alerts.sweep(at(11))] == [1, 0]
    # Another cluster read the alert before that, and writes after it.
    Revision.objects.filter(name=alerts.NAME).update(at=at(0))
    monkeypatch.setattr(alerts, "_due", lambda _: _Read(stale))
    assert alerts.sweep(at(12)) == 0
    assert Firing.objects.count() == 1


class _Read(list):
    """Rows as they were read."""

    def exists(self):
        return True

    def order_by(self, *_):
        return self


def test_nothing_is_written_while_nothing_changes_but_that_it_was_looked_at_once_a_minute(person, django_assert_max_num_queries):
    alert = keep(person, Price(**PAIR, level=Decimal(1100)))
    sweep(0, kucoin=1000, gateio=1000, bitget=1000)
    market(at(5), kucoin=1000, gateio=1000, bitget=1000)
    alerts.sweep(at(5))
    alert.refresh_from_db()
    assert (alert.last_checked_at, alert.version) == (at(0), 1)
    market(at(61), kucoin=1000, gateio=1000, bitget=1000)
    alerts.sweep(at(61))
    alert.refresh_from_db()
    assert (alert.last_checked_at, alert.version) == (at(61), 1)


# --- Kept ---------------------------------------------------------------------------------------------------------
def test_what_cannot_be_kept_is_refused_with_what_would_be(person):
    condition = Price(**PAIR, level=Decimal(1))
    other = get_user_model().objects.create(username="bob")
    theirs = Channel.objects.create(owner=other, kind=Channel.Kind.WEBHOOK, address="https://hooks.example.org/x")
    for terms, says in (
        (Terms(cool_down_s=59), "from 60 to"), (Terms(cool_down_s=604_801), "to 604800"), (Terms(ends_at=NOW), "past"),
        (Terms(channels=(theirs.pk,)), "not one of yours"), (Terms(quiet_from=NOW.time()), "a beginning and another end"),
        (Terms(quiet_from=NOW.time(), quiet_to=NOW.time()), "a beginning and another end"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=says):
            alerts.create(person, Wish(condition, terms), NOW)
    assert not Alert.objects.exists()
    kept = msgspec.to_builtins(condition)
    Alert.objects.bulk_create(Alert(owner=person, kind="price", condition=kept) for _ in range(MOST))
    with pytest.raises(Refused, match="nobody may have more"):
        keep(person, condition)
    keep(other, condition)


def test_a_test_tells_what_stands_there_and_changes_nothing(person):
    alert = keep(person, Price(**PAIR, level=Decimal(1100)))
    market(at(0), kucoin=1000, gateio=1000, bitget=1000)
    for _ in range(alerts.TESTS_A_MINUTE):
        firing = alerts.test(alert, at(1) + timedelta(milliseconds=Firing.objects.count()))
    with pytest.raises(Refused, match="in a minute"):
        alerts.test(alert, at(2))
    alert.refresh_from_db()
    assert (alert.fired, alert.version, firing.test) == (0, 0, True)
    assert firing.subject.startswith("Test: Best to buy BTC/USDT: 1,001.00 USDT on ")
    assert alerts.unread(person) == alerts.TESTS_A_MINUTE
    alerts.read_all(person, at(3))
    assert alerts.unread(person) == 0


# --- Who sees what ------------------------------------------------------------------------------------------------
def test_an_exchange_that_is_shown_to_some_fires_for_those_alone(person):
    other = get_user_model().objects.create(username="bob")
    row = Exchange.objects.get(slug=A)
    inside = {p.pk: place("release", A, user(p.pk)) for p in (person, other)}
    first, second = sorted((person, other), key=lambda p: inside[p.pk])
    percent = inside[first.pk] * 100 // PLACES + 1
    assert inside[second.pk] >= percent * PLACES // 100  # or the two would see the same
    for each in (first, second):
        keep(each, Price(**PAIR, level=Decimal("1000.5"), above=False))
    for start, release, share, told_to in ((0, "shadow", 0, []), (100, "percent", percent, [first])):
        Exchange.objects.filter(pk=row.pk).update(release=release, release_percent=share)
        sweep(start, kucoin=1000.5, gateio=1001, bitget="1001.5")
        sweep(start + 10, kucoin=999.4, gateio=1001, bitget="1001.5")
        assert [firing.alert.owner for firing in Firing.objects.all()] == told_to
    assert row.name in told()[0]
