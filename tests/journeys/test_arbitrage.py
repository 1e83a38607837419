"""Gaps over the simulated universe, with its two coins of one name, bundles, halted markets and closed networks."""

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from markets import episodes, read, turns
from markets.models import Book, ExchangeAsset, IdentityState, Market, Network, Setting
from markets.reads import arbitrage
from markets.reads.arbitrage import KINDS, Wanted
from tests.journeys.conftest import FIVE, poll

pytestmark = pytest.mark.system
SMALL = {"arbitrage_min_usd": 1, "arbitrage_skew_s": 30}  # calm prices leave little, and one worker polls one exchange after the other


@pytest.fixture
def free(collected, monkeypatch):
    """Without fees, so that a calm market has gaps; every coin known as after ten minutes; books as the queue would bring them."""
    from markets import tasks

    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: asked.append(args))
    Setting.objects.update_or_create(pk=1, defaults=SMALL)
    Exchange.objects.update(taker_fee_pct=0)
    for slug in FIVE:
        poll(slug, "currencies")
        poll(slug)
    ExchangeAsset.objects.filter(state=IdentityState.UNKNOWN).update(state=IdentityState.PROBABLE)

    def round_():
        read.forget()
        episodes.scan(timezone.now())
        for slug, source in {*asked}:
            tasks.look(slug, source)
        asked.clear()
        read.forget()

    yield round_


def test_what_is_shown_can_be_had_and_what_is_not_says_why(free):
    free()
    free()
    found = arbitrage.find(Wanted(kinds=KINDS), timezone.now())
    lines = (*found.main, *found.excluded)
    assert len(lines) > 50
    for line in found.excluded:
        assert line.judged.reasons and all(c.code and c.detail for c in line.judged.reasons), line.route.name
    booked = [line for line in lines if all(leg.source == "book" for leg in line.route.legs)]
    assert booked, "the scan has asked for the books of what it found"
    for line in (*found.main, *booked):
        its_books_can_fill_it(line)
    for line in found.main:
        no_leg_is_old_or_in_doubt(line)
        no_network_is_closed(line)
    two_coins_of_one_name_are_never_a_gap(lines)


def its_books_can_fill_it(line):
    if line.route.kind == "triangle":
        return
    for leg in line.route.legs[:2]:
        market = Market.objects.get(exchange__slug=leg.exchange, symbol=leg.symbol, kind=leg.kind)
        if leg.source == "book":
            side = json.loads(getattr(Book.objects.get(market=market), "asks" if leg.side == "buy" else "bids"))
            assert line.route.trade.size <= sum(Decimal(size) for _, size in side)


def no_leg_is_old_or_in_doubt(line):
    assert all(leg.state == "fresh" and not leg.reason and leg.identity in ("probable", "confirmed") for leg in line.route.legs)


def no_network_is_closed(line):
    route = line.route
    if route.kind != "cross":
        return
    for leg, way in ((route.buy, "withdraw_open"), (route.sell, "deposit_open")):
        told = list(Network.objects.filter(asset__exchange__slug=leg.exchange, asset__asset__slug=route.base.lower()).values_list(way, flat=True))
        assert not told or any(told), (route.name, way)


def two_coins_of_one_name_are_never_a_gap(lines):
    nova = [line for line in lines if line.route.base == "NOVA"]
    apart = [line for line in nova if "gateio" in {leg.exchange for leg in line.route.legs} and line.route.kind == "cross"]
    assert all(line.judged.hidden and line.judged.kind == "suspect" for line in apart)
    assert all(line.route.net < Decimal("0.2") for line in lines if not line.judged.hidden)
