"""Rates between currencies, and pegs: methodology section 9, and invariant 9."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from markets.analysis import cross
from markets.analysis.settings import DEFAULT, Method
from markets.board import PairKey
from tests.markets.analysis.boards import NOW, D, quote

KINDS = {"USDT": "stablecoin", "USDC": "stablecoin", "FDUSD": "stablecoin", "DAI": "stablecoin", "EURC": "stablecoin", "EURI": "stablecoin",
         "EUR": "fiat", "TRY": "fiat", "USD": "fiat", "BTC": "coin", "ETH": "coin", "KCS": "coin"}


def market(base, quote_, bid, ask, exchange="ada", **fields):
    """{pair: {exchange: a quote}}."""
    made = quote(exchange, (D(bid) + D(ask)) / 2, base=base, quote=quote_, bid=bid, ask=ask, **fields)
    return {PairKey(base, quote_): {exchange: made}}


def world(*markets):
    found = {}
    for each in markets:
        for key, row in each.items():
            found[key] = {**found.get(key, {}), **row}
    return found


def rate(pairs, source, target="USDT", **options):
    return cross.rate(pairs, KINDS, source, target, NOW, **options)


ETH = market("ETH", "USDT", "3000.0", "3000.6")
EUR = market("EUR", "USDT", "1.0840", "1.0844", age=7)


# --- The worked examples -------------------------------------------------------------------------------------------
def test_eth_in_euro_by_its_executable_cross():
    found = rate(world(ETH, EUR), "ETH", "EUR")
    assert found.path == ("ETH", "USDT", "EUR")
    assert (f"{found.bid:.4f}", f"{found.ask:.4f}") == ("2766.5068", "2768.0812")
    assert f"{(found.ask - found.bid) / found.bid * 10_000:.1f}" == "5.7"
    assert abs(found.mid - D("3000.3") / D("1.0842")) < D("1e-22")
    assert found.age_s == 7 and found.state == "fresh"
    assert [(leg.source, leg.target, leg.inverted) for leg in found.legs] == [("ETH", "USDT", False), ("USDT", "EUR", True)]


def test_a_quote_in_a_broken_stablecoin():
    found = rate(world(market("USDC", "USDT", "0.9199", "0.9201")), "USDC")
    assert found.mid == D("0.92") and 3261 * found.mid == D("3000.12")
    assert f"{(D(3261) / 3000 - 1) * 100:.1f}" == "8.7"


# --- One leg --------------------------------------------------------------------------------------------------------
def test_nothing_is_assumed_to_be_one():
    found = cross.rates(world(ETH, market("BTC", "FDUSD", 60000, 60001)), KINDS, NOW)
    assert "FDUSD" not in found and "USD" not in found
    assert rate(world(ETH), "USDC") is None
    assert (found["USDT"].mid, found["USDT"].legs, found["USDT"].path) == (1, (), ("USDT",))


def test_the_rate_is_the_reference_price_and_trades_at_the_tightest_exchange():
    rows = world(market("EUR", "USDT", "1.0840", "1.0844"), market("EUR", "USDT", "1.0850", "1.0852", "bea"), market("EUR", "USDT", "1.0830", "1.0836", "cid"))
    found = rate(rows, "EUR")
    assert found.mid == D("1.0842") and (found.bid, found.ask) == (D("1.0850"), D("1.0852"))
    assert (found.legs[0].exchange, found.legs[0].exchanges) == ("bea", ("ada", "bea", "cid"))


def test_of_equal_spreads_the_younger_then_the_name():
    young = world(market("EUR", "USDT", "1.08", "1.09", age=9), market("EUR", "USDT", "1.08", "1.09", "bea", age=2))
    assert rate(young, "EUR").legs[0].exchange == "bea"
    same = world(market("EUR", "USDT", "1.08", "1.09", "bea"), market("EUR", "USDT", "1.08", "1.09", "ada"))
    assert rate(same, "EUR").legs[0].exchange == "ada"


def test_the_direct_market_comes_before_the_inverse_one_and_a_fresh_one_before_an_old_one():
    inverse = market("USDT", "DAI", "1.001", "1.003")
    assert rate(world(inverse, market("DAI", "USDT", "0.50", "0.51")), "DAI").legs[0].inverted is False
    found = rate(inverse, "DAI")
    assert found.legs[0].inverted and abs(found.bid - 1 / D("1.003")) < D("1e-26")
    old = market("DAI", "USDT", "0.50", "0.51", age=45)
    assert rate(world(inverse, old), "DAI").legs[0].inverted is True
    assert rate(old, "DAI").state == "aging"


@pytest.mark.parametrize(("age", "state"), [(30, "fresh"), (31, "aging"), (60, "aging"), (61, "stale"), (900, "stale")])
def test_an_old_leg_is_named_and_still_sizes_volumes(age, state):
    found = rate(market("EUR", "USDT", "1.08", "1.09", age=age), "EUR")
    assert (found.state, found.fresh, found.age_s) == (state, state == "fresh", age)


def test_an_expired_leg_is_no_rate():
    assert rate(market("EUR", "USDT", "1.08", "1.09", age=901), "EUR") is None


@pytest.mark.parametrize("odd", [{"status": "halted"}, {"switch": "disabled"}, {"identity": "conflicted"}, {"flag": "price_anomaly"}, {"bid": "1.2"}])
def test_what_may_not_be_ranked_makes_no_rate(odd):
    assert rate({PairKey("EUR", "USDT"): {"ada": quote("ada", "1.1", base="EUR", quote="USDT", **odd)}}, "EUR") is None


def test_a_disputed_pair_has_no_rate():
    assert rate(world(market("EUR", "USDT", "1.08", "1.081"), market("EUR", "USDT", "1.48", "1.481", "bea")), "EUR") is None


def test_two_stablecoins_have_the_narrowest_tolerance_and_usd_decides_the_class():
    apart = world(market("USDC", "USDT", "1.000", "1.0001"), market("USDC", "USDT", "1.004", "1.0041", "bea"))
    assert rate(apart, "USDC") is None  # 0.4 % apart: in dispute
    near = world(market("KCS", "BTC", "1.000", "1.0001"), market("KCS", "BTC", "1.010", "1.0101", "bea"))
    assert rate(near, "KCS", "BTC") is not None  # tail
    assert rate(near, "KCS", "BTC", usd={"BTC": D(60_000)}) is None  # major: 0.5 %


# --- Paths ----------------------------------------------------------------------------------------------------------
BTC = market("BTC", "USDT", "60000", "60006")


def test_the_fewest_legs_win_however_wide():
    rows = world(BTC, market("KCS", "BTC", "0.0002", "0.00020001"), market("KCS", "USDT", "11", "11.5"))
    assert rate(rows, "KCS").path == ("KCS", "USDT")


def test_then_the_smallest_sum_of_spreads_then_the_youngest_then_the_name():
    by_eth = world(market("KCS", "ETH", "0.0040", "0.0041"), ETH)
    by_btc = world(market("KCS", "BTC", "0.0002000", "0.0002001"), BTC)
    assert rate(world(by_eth, by_btc), "KCS").path == ("KCS", "BTC", "USDT")
    twins = [world(market("KCS", x, "1", "1.06", age=age), market(x, "USDT", "1", "1.06")) for x, age in (("BTC", 9), ("ETH", 3))]
    assert rate(world(*twins), "KCS").path == ("KCS", "ETH", "USDT")
    same = [world(market("KCS", x, "1", "1.06"), market(x, "USDT", "1", "1.06")) for x in ("ETH", "BTC")]
    assert rate(world(*same), "KCS").path == ("KCS", "BTC", "USDT")


def test_three_legs_are_the_most():
    chain = world(market("A", "B", "1", "1.06"), market("B", "C", "1", "1.06"), market("C", "USDT", "1", "1.06"))
    found = rate(chain, "A")
    assert (found.path, found.mid, found.bid, found.ask) == (("A", "B", "C", "USDT"), D("1.092727"), 1, D("1.191016"))
    assert rate(world(chain, market("Z", "A", "1", "1.06")), "Z") is None


def test_a_price_stamped_by_a_clock_that_was_put_back_is_no_rate():
    ahead = market("DAI", "USDT", "0.50", "0.51", age=-600)
    assert rate(ahead, "DAI") is None
    both = world(ahead, market("DAI", "USDT", "0.99", "0.9902", "bea", age=90))
    assert (rate(both, "DAI").state, rate(both, "DAI").age_s, rate(both, "DAI").legs[0].exchanges) == ("stale", 90, ("bea",))
    assert rate(market("DAI", "USDT", "0.99", "0.9902", age=-3), "DAI").state == "fresh", "clocks differ by so much without meaning anything"


def test_all_legs_are_fresh_where_such_a_path_exists_and_the_oldest_ages_it():
    old = world(market("KCS", "BTC", "0.0002000", "0.0002001", age=40), BTC)
    assert rate(old, "KCS").state == "aging" and rate(old, "KCS").age_s == 40
    longer = world(old, market("KCS", "A", "1", "1.06"), market("A", "B", "1", "1.06"), market("B", "USDT", "1", "1.06", age=20))
    assert rate(longer, "KCS").path == ("KCS", "A", "B", "USDT") and rate(longer, "KCS").age_s == 20


def test_no_path_leads_through_a_coin_nobody_is_sure_of():
    unsure = world(market("KCS", "BTC", "0.0002", "0.00021", identity="unknown"), BTC)
    assert rate(unsure, "KCS") is None and rate(unsure, "KCS", "BTC").legs[0].known is False


def test_fiat_is_joined_by_stablecoins_only():
    assert rate(world(BTC, market("BTC", "TRY", 2_500_000, 2_500_100)), "TRY") is None
    assert rate(market("USD", "EUR", "0.92", "0.93"), "USD", "EUR") is None
    assert rate(market("USDT", "TRY", "41.9", "42.1"), "TRY").path == ("TRY", "USDT")


def test_contracts_are_no_way():
    key = PairKey("EUR", "USDT", "perp")
    assert rate({key: {"ada": quote("ada", "1.08", base="EUR", quote="USDT", kind="perp")}}, "EUR") is None


def test_currencies_are_quotes_and_the_stablecoins_and_fiats_that_trade():
    rows = world(ETH, EUR, market("DAI", "USDT", "1", "1.06"), market("KCS", "BTC", "1", "1.06"))
    assert cross.currencies(rows, KINDS) == {"USDT", "EUR", "DAI", "BTC"}
    assert set(cross.rates(rows, KINDS, NOW)) == {"USDT", "EUR", "DAI"}
    assert cross.rates(rows, KINDS, NOW, target="EUR")["USDT"].legs[0].inverted


def test_the_way_back_is_the_same_path():
    found = rate(world(ETH, EUR), "ETH", "EUR")
    home = found.back()
    assert home.path == ("EUR", "USDT", "ETH") and (home.age_s, home.state) == (found.age_s, found.state)
    assert abs(home.bid * found.ask - 1) < D("1e-30") and abs(home.ask * found.bid - 1) < D("1e-30") and abs(home.mid * found.mid - 1) < D("1e-30")


def test_home_from_where_one_is_is_the_same_rate():
    at_home = rate(world(ETH), "USDT")
    assert at_home == at_home.back() == cross.Rate(source="USDT", target="USDT", mid=D(1), bid=D(1), ask=D(1), legs=(), age_s=0.0, state="fresh")
    home = rate(world(ETH, EUR), "ETH", "EUR").back()
    assert (home.source, home.target) == ("EUR", "ETH")


def test_of_equal_paths_the_same_one_is_taken_there_and_back():
    steps = [market(base, quote_, "1", "1.06") for base, quote_ in (("M", "D"), ("D", "A"), ("A", "N"), ("M", "C"), ("C", "Z"), ("Z", "N"))]
    assert rate(world(*steps), "M", "N").path == ("M", "C", "Z", "N")
    assert rate(world(*steps), "N", "M").path == ("N", "Z", "C", "M")


# --- Properties -----------------------------------------------------------------------------------------------------
CODES = ("USDT", "USDC", "BTC", "ETH", "KCS", "DAI")


@st.composite
def markets(draw):
    pairs = draw(st.lists(st.sampled_from([(a, b) for a in CODES for b in CODES if a < b]), unique=True, min_size=1, max_size=10))
    found = []
    for base, quote_ in pairs:
        mid = draw(st.decimals("0.5", "2", places=3))
        half, age = draw(st.sampled_from(["0", "0.0001", "0.002", "0.01"])), draw(st.sampled_from([1, 5, 29, 40]))
        found.append({PairKey(base, quote_): {"ada": quote("ada", mid, half=half, age=age, base=base, quote=quote_)}})
    return found


@settings(max_examples=100, deadline=None)
@given(markets(), st.sampled_from(CODES), st.sampled_from(CODES))
def test_there_and_back_never_gains(rows, source, target):
    """Invariant 9, both by the rate asked for anew and by the same path walked home."""
    there, anew = rate(world(*rows), source, target), rate(world(*rows), target, source)
    assert (there is None) == (anew is None)
    if there is not None:
        for home in (anew, there.back()):
            assert Decimal(1000) * there.bid * home.bid <= Decimal(1000) * (1 + D("1e-30"))
        assert there.bid <= there.mid <= there.ask
        assert anew.path == there.path[::-1]


@settings(max_examples=60, deadline=None)
@given(markets(), st.randoms(use_true_random=False))
def test_the_path_does_not_depend_on_the_order_of_markets(rows, shuffled: random.Random):
    before = cross.rates(world(*rows), KINDS, NOW)
    shuffled.shuffle(rows)
    assert cross.rates(world(*rows), KINDS, NOW) == before


# --- Pegs -----------------------------------------------------------------------------------------------------------
def stable(ticker, price, **fields):
    half = D("0.0001")
    return market(ticker, "USDT", D(price) - half, D(price) + half, **fields)


def pegs(*rows, kinds=KINDS):
    return cross.pegs(cross.rates(world(*rows), kinds, NOW), kinds)


@pytest.mark.parametrize(("off", "state"), [
    ("0.003", "pegged"), ("-0.003", "pegged"), ("0.0030001", "wobbling"), ("0.01", "wobbling"), ("-0.01", "wobbling"), ("0.0100001", "depegged"),
    ("-0.0100001", "depegged"), ("0", "pegged"),
])
def test_the_bands(off, state):
    assert cross.peg_state(D(off), DEFAULT) == state


def test_each_against_the_median_of_the_others():
    found = pegs(stable("USDC", "0.92"), stable("FDUSD", "0.998"), stable("DAI", "1.004"))
    assert {ticker: peg.state for ticker, peg in found.items()} == {"USDC": "depegged", "FDUSD": "pegged", "DAI": "wobbling", "USDT": "pegged"}
    assert found["USDC"].median == 1 and found["USDC"].deviation_pct == -8 and found["USDC"].rate == D("0.92") and found["USDC"].age_s == 2
    assert found["FDUSD"].deviation_pct == D("-0.2")


def test_what_follows_the_euro_is_measured_by_the_euro():
    found = pegs(stable("USDC", "1.0"), stable("EURC", "1.08"), stable("EURI", "1.081"))
    assert (found["EURC"].fiat, found["EURC"].state, found["EURC"].median) == ("EUR", "pegged", D("1.081"))
    alone = pegs(stable("USDC", "1.0"), stable("EURC", "1.08"), market("EUR", "USDT", "1.0999", "1.1001"))
    assert (alone["EURC"].state, alone["EURC"].median) == ("depegged", D("1.1"))
    assert cross.follows_fiat("DAI", ["EUR", "USD"]) == "USD" and cross.follows_fiat("AEUR", ["EUR", "USD"]) == "EUR"


def test_nobody_to_compare_with_or_an_old_rate_is_unknown():
    assert pegs(stable("EURC", "1.08"))["EURC"].state == "unknown"
    old = pegs(stable("USDC", "0.92", age=31), stable("DAI", "1.0"))
    assert (old["USDC"].state, old["USDC"].deviation_pct, old["USDC"].rate, old["USDC"].age_s) == ("unknown", None, D("0.92"), 31)
    assert old["DAI"].median == 1 and old["DAI"].state == "pegged"
    fiat = pegs(stable("EURC", "1.08"), market("EUR", "USDT", "1.09", "1.1", age=31))
    assert fiat["EURC"].state == "unknown"


def test_the_bands_are_settings():
    found = cross.pegs(cross.rates(world(stable("USDC", "0.995"), stable("DAI", "1")), KINDS, NOW), KINDS, Method(peg_pegged=D("0.006")))
    assert found["USDC"].state == "pegged"


def test_a_leg_says_which_of_its_exchanges_is_oldest():
    quotes = world(market("EUR", "USDT", "1.08", "1.081", age=3), market("EUR", "USDT", "1.08", "1.082", "bea", age=11))[PairKey("EUR", "USDT")]
    found = cross.leg(PairKey("EUR", "USDT"), quotes, NOW)
    assert (found.age_s, found.exchange, found.state) == (11, "ada", "fresh")
    late = {name: replace(q, observed_at=q.observed_at - timedelta(seconds=25)) for name, q in quotes.items()}
    assert cross.leg(PairKey("EUR", "USDT"), late, NOW).exchanges == ("ada",)  # the other is aging


KEY = PairKey("EUR", "USDT")


def test_a_leg_nobody_ever_saw_is_none_and_one_of_this_moment_has_no_age():
    assert cross.leg(KEY, {}, NOW) is None
    assert cross.leg(KEY, market("EUR", "USDT", "1.08", "1.081", observed_at=None)[KEY], NOW) is None
    assert cross.leg(KEY, market("EUR", "USDT", "1.08", "1.081", age=0)[KEY], NOW).age_s == 0


def test_a_leg_is_as_old_as_its_oldest_quote():
    late = world(market("EUR", "USDT", "1.08", "1.081", age=895), market("EUR", "USDT", "1.08", "1.081", "bea", age=905))[KEY]
    assert cross.leg(KEY, late, NOW) is None
    assert cross.leg(KEY, {"ada": late["ada"]}, NOW).state == "stale"


def test_only_two_stablecoins_are_held_to_the_narrowest_tolerance():
    apart = world(market("EUR", "USDT", "1.0000", "1.0001"), market("EUR", "USDT", "1.0040", "1.0041", "bea"))[KEY]
    assert cross.leg(KEY, apart, NOW) is not None and cross.leg(KEY, apart, NOW, stable=True) is None


def test_ages_of_a_rate_are_settings():
    assert rate(market("EUR", "USDT", "1.08", "1.09", age=20), "EUR", method=Method(fresh_periods=1)).state == "aging"


def test_a_peg_says_whose_it_is():
    found = pegs(stable("USDC", "0.92"), stable("FDUSD", "1"), stable("DAI", "1"), stable("EURC", "1.08"))
    assert [(ticker, peg.ticker, peg.fiat, peg.state) for ticker, peg in found.items()] == [
        ("DAI", "DAI", "USD", "pegged"), ("EURC", "EURC", "EUR", "unknown"), ("FDUSD", "FDUSD", "USD", "pegged"), ("USDC", "USDC", "USD", "depegged"),
        ("USDT", "USDT", "USD", "pegged")]
