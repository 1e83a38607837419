"""The past of a market whose code means another coin is told with that said, never silently as the same coin's."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from markets.models import Candle, ExchangeAsset
from tests.api import published as p
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ONE, TWO = "binance", "bybit"


@pytest.fixture
def past(stored):
    hour: datetime = timezone.now().replace(minute=0, second=0, microsecond=0)
    for slug in (ONE, TWO):
        spot, perp = p.market(slug, "ALT/USDT", kind="spot"), p.market(slug, "ALT/USDT")
        Candle.objects.create(market=spot, period_s=3600, opened_at=hour, open=1, high=1, low=1, close=1)
        p.settled(perp, hour - timedelta(hours=1), "0.0001")
    p.answered("candles")
    p.answered("funding_history")


@pytest.mark.parametrize("address", ["history/ALT-USDT/?", "funding/history/?base=ALT&"])
def test_a_conflicted_code_is_named(get, past, address):
    assert get(address)["notes"] == []
    ExchangeAsset.objects.filter(exchange__slug=TWO, code="ALT").update(state="conflicted")
    fresh_memory()
    said = get(address)["notes"]
    assert len(said) == 1 and "Bybit" in said[0] and "ALTUSDT is another coin" in said[0]
    assert get(f"{address}exchange={ONE}")["notes"] == [], "of what was not asked for nothing is said"
