"""A stablecoin that breaks: quoted at 0.92, from the wire to the rates, the pegs and what a page warns of."""

import pytest
from django.utils import timezone

from markets.models import Market
from markets.reads import rates
from tests.journeys.conftest import poll

pytestmark = pytest.mark.system
TWO = ("bybit", "bitget")  # the small ones


def test_a_stablecoin_at_092_is_named_and_converted(installation, client):
    assert [poll(slug, source) for slug in TWO for source in ("instruments", "tickers")] == ["ok"] * 4
    symbols = {slug: Market.objects.get(exchange__slug=slug, kind="spot", base__code="USDC", quote__code="USDT").symbol for slug in TWO}
    assert rates.pegs(timezone.now())["USDC"].state == "pegged" and rates.broken(timezone.now()) == ()
    installation.control(**{slug: {"fault": {"name": "price", "symbols": [symbol], "set": "0.92"}} for slug, symbol in symbols.items()})
    assert [poll(slug) for slug in TWO] == ["ok", "ok"]
    found = rates.rates(timezone.now())["USDC"]
    assert f"{found.mid:.4f}" == "0.9200" and found.legs[0].exchanges == tuple(sorted(TWO)) and f"{3261 * found.mid:.0f}" == "3000"
    assert [(peg.ticker, peg.state) for peg in rates.broken(timezone.now())] == [("USDC", "depegged")]
    assert rates.pegs(timezone.now())["DAI"].state == "pegged"
    assert "USDC has lost its peg" in client.get("/liquidity/BTC-USDC/").content.decode()
    assert client.get("/api/v1/liquidity/BTC-USDC/").json()["notes"] == ["USDC has lost its peg."]
