"""Where exchanges stand for a question: read from adapters, switches and health, so that nothing is a list of names."""

from dataclasses import replace

import pytest
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed
from exchanges.setup import ensure_rows
from markets import held
from markets.ask.frame import Frame
from markets.ask.router import route
from markets.reads import routing

pytestmark = pytest.mark.django_db
FIRST, SECOND = list(ADAPTERS)[:2]


@pytest.fixture(autouse=True)
def rows(stored):
    held.forget()


def stands(intent="best_price", subject=""):
    held.forget()
    return {s.slug: s for s in routing.standings(intent, subject, timezone.now())}


def test_every_exchange_stands_with_what_its_adapter_offers():
    found = stands()
    assert list(found) and set(found) == set(ADAPTERS)
    for slug, s in found.items():
        assert set(ADAPTERS[slug].sources) <= s.offers
        assert s.name == ADAPTERS[slug].name and s.enabled and s.in_rollout


def test_what_another_source_brings_is_offered_and_follows_its_switch():
    slug = next(slug for slug, adapter in ADAPTERS.items() if adapter.open_interest is None and adapter.perp_tickers)
    assert {"open_interest", "perp_tickers"} <= stands()[slug].offers & stands()[slug].feeds
    Feed.objects.filter(exchange__slug=slug, source="perp_tickers").update(enabled=False)
    assert not {"open_interest", "perp_tickers"} & stands()[slug].feeds


def test_switches_health_and_priority_are_those_of_the_rows():
    Exchange.objects.filter(slug=FIRST).update(enabled=False, priority=7)
    Exchange.objects.filter(slug=SECOND).update(state="banned", state_detail="until noon")
    Feed.objects.filter(exchange__slug=SECOND, source="tickers").update(enabled=False)
    found = stands()
    assert not found[FIRST].enabled and found[FIRST].priority == 7
    assert (found[SECOND].state, found[SECOND].detail) == ("banned", "until noon")
    assert "tickers" in found[SECOND].offers - found[SECOND].feeds


def test_an_adapter_that_offers_more_changes_the_route(monkeypatch):
    """No part of the code lists who offers what."""
    without = next(slug for slug, adapter in ADAPTERS.items() if adapter.copy_traders is None)
    giver = next(adapter for adapter in ADAPTERS.values() if adapter.copy_traders)
    frame = Frame("?", intent="copy_trading")
    assert without not in route(frame, list(stands().values())).priced
    monkeypatch.setitem(ADAPTERS, without, replace(ADAPTERS[without], copy_traders=giver.copy_traders))
    ensure_rows()
    Feed.objects.filter(source="copy_traders").update(enabled=True)
    assert without in route(frame, list(stands().values())).priced


def test_leads_are_read_for_new_coins_alone(monkeypatch):
    monkeypatch.setattr(routing, "_leads", lambda now: {FIRST: 12.0})
    assert stands("new_tokens")[FIRST].lead_h == 12.0 and stands("new_tokens")[SECOND].lead_h is None
    assert stands("best_price")[FIRST].lead_h is None


def test_a_lead_counts_as_often_as_it_came(monkeypatch):
    from datetime import timedelta

    from markets.analysis.discovery import Lead

    leads = (Lead(FIRST, SECOND, timedelta(hours=10), 1, 4), Lead(FIRST, "x", timedelta(hours=1), 2, 2), Lead(SECOND, FIRST, timedelta(hours=3), 3, 4))
    monkeypatch.setattr(routing.listed, "leads", lambda now: leads)
    assert routing._leads(timezone.now()) == {FIRST: 1.75, SECOND: 2.25}
