"""The one set of rates: what the board sizes volumes by, what pages convert by, and the pegs of a world with a broken stablecoin."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets import held, read
from markets.models import ExchangeAsset, Setting
from markets.reads import rates
from tests.markets.build import NOW, catalogue, prices, ticker

pytestmark = pytest.mark.usefixtures("stored")
ONE, TWO = "binance", "kucoin"


@pytest.fixture
def world(stored):
    """USDC quoted at 0.92 everywhere, DAI only the other way round, BTC in three currencies; nobody lists FDUSD itself."""
    for slug in (ONE, TWO):
        catalogue(slug, "BTC/USDT", "BTC/USDC", "USDC/USDT", "USDT/DAI", "BTC/FDUSD", "TUSD/USDT")
        prices(slug, ticker("BTC/USDT", 3000, 3000), ticker("BTC/USDC", 3261, 3261), ticker("USDC/USDT", "0.9199", "0.9201"),
               ticker("USDT/DAI", "0.9999", "1.0001"), ticker("BTC/FDUSD", 3001, 3002), ticker("TUSD/USDT", "0.9979", "0.9981"))
    ExchangeAsset.objects.update(state="confirmed")
    read.forget()


def test_a_price_in_a_broken_stablecoin_is_converted(world):
    found = rates.rates(NOW)
    assert found["USDC"].mid * 3261 == Decimal("3000.12")
    assert found["DAI"].legs[0].inverted and "FDUSD" in found and found["FDUSD"].path == ("FDUSD", "BTC", "USDT")
    assert found["USDC"].legs[0].exchanges == (ONE, TWO)


def test_the_board_sizes_volumes_by_the_same_rates(world):
    usd, found = read.board().usd, rates.rates(NOW)
    assert {ticker: rate.mid for ticker, rate in found.items()} == {ticker: value for ticker, value in usd.items() if ticker != "USD"}
    assert usd["USD"] == 1 and "USD" not in found


def test_the_broken_one_is_named_for_banners(world):
    assert [(peg.ticker, peg.state, f"{peg.deviation_pct:.2f}") for peg in rates.broken(NOW)] == [("USDC", "depegged", "-7.98")]
    assert {ticker: peg.state for ticker, peg in rates.pegs(NOW).items()} == {
        "USDC": "depegged", "DAI": "pegged", "TUSD": "pegged", "USDT": "pegged", "FDUSD": "pegged"}


def test_the_bands_are_the_operators(world):
    Setting.objects.update_or_create(pk=1, defaults={"peg_pegged_pct": "0.1", "peg_wobbling_pct": "9"})
    from markets import method

    method._kept = (float("-inf"), method.DEFAULT)
    rates.forget()
    assert (rates.pegs(NOW)["USDC"].state, rates.pegs(NOW)["TUSD"].state) == ("wobbling", "wobbling")
    method._kept = (float("-inf"), method.DEFAULT)


def test_old_rates_size_volumes_but_convert_nothing(world):
    later = NOW + timedelta(seconds=45)
    assert not rates.rates(later)["USDC"].fresh and rates.rates(later)["USDC"].age_s == 45.05
    assert rates.pegs(later)["USDC"].state == "unknown" and rates.broken(later) == ()
    assert read.board().usd["USDC"] == Decimal("0.92")


def test_they_are_worked_out_once_a_second_for_each_target(world):
    assert rates.rates(NOW) is rates.rates(NOW + timedelta(milliseconds=400))
    assert rates.rates(NOW, "USDC") is rates.rates(NOW, "USDC") and rates.rates(NOW, "USDC")["USDC"].mid == 1
    assert rates.rates(NOW) is not rates.rates(NOW + timedelta(seconds=1))
    before = rates.rates(NOW)
    prices(ONE, ticker("USDC/USDT", "0.99", "0.9901"), now=NOW)
    held.look_again()
    assert rates.rates(NOW) is not before
