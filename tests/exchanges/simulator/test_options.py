"""The option chains: a smile, parity of calls and puts, greeks that mean what they say, expiries that come and go."""

import statistics
from collections import defaultdict

import pytest

from exchanges.simulator.options import COINS, black_scholes, option_quotes, options
from exchanges.simulator.prices import Prices

NOON = 1_795_000_000.0
DAY = 86_400
SLUGS = tuple(COINS)


@pytest.fixture(scope="module")
def market():
    return Prices(1)


def chains(market, slug, t=NOON):
    """{(coin, expiry): {(strike, call): quote}}"""
    found = defaultdict(dict)
    for q in option_quotes(market, slug, t):
        found[q.option.underlying, q.option.expiry][q.option.strike, q.option.call] = q
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_each_chain_has_expiries_strikes_and_both_sides(market, slug):
    found = chains(market, slug)
    assert {coin for coin, _ in found} == set(COINS[slug])
    assert all(5 <= len({end for of, end in found if of == coin}) <= 8 for coin in COINS[slug])
    for (_, end), chain in found.items():
        assert end > NOON
        assert end % DAY == 8 * 3_600
        strikes = {strike for strike, _ in chain}
        assert 10 <= len(strikes) <= 15
        assert len(chain) == 2 * len(strikes)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_call_less_a_put_is_the_index_less_the_strike(market, slug):
    for chain in chains(market, slug).values():
        for (strike, call), q in chain.items():
            if call:
                assert q.mark - chain[strike, False].mark == pytest.approx(q.index - strike, abs=1e-6 * q.index)
                assert q.delta - chain[strike, False].delta == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("slug", SLUGS)
def test_prices_greeks_and_volatilities_fit_together(market, slug):
    for q in option_quotes(market, slug, NOON):
        assert (0 < q.delta < 1) if q.option.call else (-1 < q.delta < 0)
        assert q.gamma >= 0 <= q.vega
        assert q.theta <= 0
        assert 0.2 < q.mark_iv < 3
        assert q.mark_iv < q.ask_iv
        assert q.mark < q.ask
        assert q.open_interest > 0 < q.ask_size
        if q.bid is not None:
            assert 0 < q.bid <= q.mark
            assert q.bid_iv < q.mark_iv
        else:
            assert (q.bid_size, q.bid_iv) == (None, None)


def test_the_mark_is_what_the_model_says(market):
    """A contract's value at its own volatility, and a delta that is the change of the value with the price."""
    q = next(q for q in option_quotes(market, "bybit", NOON) if abs(q.delta) > 0.3)
    years = (q.option.expiry - NOON) / (365 * DAY)
    value = [black_scholes(q.index * shift, q.option.strike, years, q.mark_iv, q.option.call)[0] for shift in (0.9999, 1, 1.0001)]
    assert q.mark == pytest.approx(value[1], rel=1e-6)
    assert q.delta == pytest.approx((value[2] - value[0]) / (0.0002 * q.index), rel=1e-3)


def test_volatility_smiles(market):
    for chain in chains(market, "binance").values():
        curve = sorted((strike, q.mark_iv) for (strike, call), q in chain.items() if call)
        index = next(iter(chain.values())).index
        middle = min(curve, key=lambda point: abs(point[0] - index))[1]
        wings = statistics.mean((curve[0][1], curve[-1][1]))
        assert wings > middle


def test_options_expire_and_others_are_listed():
    today, tomorrow = ({o.symbol for o in options("gateio", t)} for t in (NOON, NOON + DAY))
    assert today - tomorrow
    assert tomorrow - today
    assert options("gateio", NOON) is options("gateio", NOON + 60)
    assert options("kucoin", NOON) == ()


def test_symbols_are_spelled_as_each_exchange_does():
    assert any(o.symbol == "BTC-261225-96000-C" for o in options("binance", NOON))
    assert any(o.symbol == "BTC-25DEC26-96000-P-USDT" for o in options("bybit", NOON))
    assert any(o.symbol == "BTC_USDT-20261225-96000-C" for o in options("gateio", NOON))
    assert {o.contract_size for o in options("gateio", NOON) if o.underlying == "BTC"} == {0.01}
