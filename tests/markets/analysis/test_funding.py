"""The matrix of funding rates: one scale, what counts, the best pair, and what it takes to break even."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from markets.analysis import funding as f
from markets.analysis.derivatives import Funding
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.contracts import NOW, USD, D, cells, paying, perp

HOURS = st.sampled_from([1, 2, 4, 8])
RATES = st.decimals("-0.02", "0.02", places=6)


def best(*contracts, **more):
    return f.route(cells(*contracts, **more), DEFAULT)


def the_line(*contracts, **more):
    [line] = f.lines(cells(*contracts, **more), DEFAULT)
    return line


# --- The methodology's numbers ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("rate", "hours", "apr"), [
    ("0.0001", 8, "10.95"), ("0.0001", 4, "21.90"), ("0.0001", 1, "87.60"), ("0.00999", 4, "2187.81"), ("-0.0001", 8, "-10.95"),
])
def test_a_rate_a_year_is_simple_and_by_its_own_interval(rate, hours, apr):
    [cell] = cells(perp("one", rate, hours))
    assert cell.apr_pct == D(apr)
    assert cell.rate == D(rate) and cell.rate_8h == D(rate) * 8 / hours
    assert (cell.hours, cell.age_s, cell.state) == (hours, 3, "fresh")


def test_the_worked_pair_breaks_even_after_96_hours():
    route = best(perp("one", "0.0003", 8), perp("two", "0.00005", 4))
    assert route.short.contract.exchange == "one" and route.long.contract.exchange == "two"
    assert route.diff_hourly == D("0.000025") and route.diff_apr_pct == D("21.9")
    assert route.fees == D("0.0024") and route.break_even_h == 96


@given(RATES, HOURS)
def test_half_the_rate_twice_as_often_is_the_same_and_keeps_its_sign(rate, hours):
    one, other = cells(perp("one", rate, hours), perp("two", rate / 2, Decimal(hours) / 2))
    assert one.apr_pct == other.apr_pct
    assert (one.apr_pct > 0, one.apr_pct < 0) == (rate > 0, rate < 0)


@settings(max_examples=60)
@given(st.lists(st.tuples(RATES, HOURS), min_size=2, max_size=5), st.randoms())
def test_a_route_is_the_widest_pair_in_whatever_order_the_exchanges_come(rates, chance):
    contracts = [perp(str(i), rate, hours) for i, (rate, hours) in enumerate(rates)]
    per_hour = sorted(f.hourly(rate, Decimal(hours)) for rate, hours in rates)
    shuffled = chance.sample(contracts, len(contracts))
    route = best(*shuffled)
    assert route == best(*contracts)
    assert (route.diff_hourly if route else 0) == per_hour[-1] - per_hour[0]
    assert route is None or route.short.hourly > route.long.hourly


# --- What counts --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("odd", "reason"), [
    ({"hours": None}, "partial"), ({"rate": None}, "partial"), ({"funding": Funding(observed_at=NOW)}, "partial"),
    ({"identity": "conflicted"}, "conflicted"), ({"identity": "unknown"}, "unknown_identity"), ({"status": "halted"}, "not_trading"),
    ({"age_s": 361}, "stale"), ({"age_s": 901}, "expired"), ({"priced_s": 181}, "stale"), ({"priced_s": 901}, "expired"),
    ({"priced_s": 181, "age_s": 901}, "expired"),
    ({"open_interest": None}, "thin"), ({"open_interest": "9999.99"}, "thin"), ({"quote": "EUR"}, "thin"),
    ({"rate": "0.050001"}, "bad_number"), ({"rate": "-0.050001"}, "bad_number"), ({"quote_volume_24h": 110_001}, "unit_mismatch"),
    ({"funding": paying("0.001", 8, switch="disabled")}, "disabled"), ({"funding": paying("0.001", 8, bad="rate")}, "bad_number"),
])
def test_what_is_odd_is_shown_with_its_reason_and_in_no_route(odd, reason):
    strange = perp("odd", **({"rate": "0.01"} | odd))
    [cell] = cells(strange)
    assert cell.reason == reason
    assert best(strange, perp("one")) is None
    assert best(strange, perp("one", "0.0001"), perp("two", "0.0002")).short.contract.exchange == "two"


@pytest.mark.parametrize("fine", [
    {"age_s": 360}, {"priced_s": 180},
    {"open_interest": 10_000}, {"rate": "0.05"}, {"rate": "-0.05"}, {"quote_volume_24h": 110_000}, {"quote_volume_24h": 90_000},
    {"quote_volume_24h": None}, {"base_volume_24h": None}, {"last": None}, {"identity": "probable"}, {"mark_price": None},
])
def test_what_is_just_in_order_counts(fine):
    [cell] = cells(perp("one", **fine))
    assert cell.reason == ""


def test_a_coin_that_moved_by_more_than_a_tenth_is_not_counted_in_other_units():
    moved = {"quote_volume_24h": 117_000, "low_24h": D(98), "high_24h": D(120)}
    assert cells(perp("one", **moved))[0].reason == ""
    assert cells(perp("one", **{**moved, "high_24h": D(106)}))[0].reason == "unit_mismatch"


def test_a_rate_beyond_what_can_be_is_put_on_no_scale():
    [cell] = cells(perp("one", "0.06", 8))
    assert (cell.rate, cell.hourly, cell.rate_8h, cell.apr_pct) == (D("0.06"), None, None, None)


def test_one_exchange_alone_or_equal_rates_are_no_route():
    assert best(perp("one")) is None and best(perp("one"), perp("two")) is None and best() is None


def test_two_prices_too_far_apart_are_two_coins():
    assert best(perp("one"), perp("two", "0.0005", mark_price="105")).price_gap_pct == 5
    assert best(perp("one"), perp("two", "0.0005", mark_price="105.01")) is None
    assert best(perp("one"), perp("two", "0.0005", mark_price=None, last=None)) is None
    assert best(perp("one"), perp("two", "0.0005", mark_price="105.01"), perp("six", "0.0002")).short.contract.exchange == "six"


def test_the_gap_is_how_far_the_short_leg_stands_above_the_long_one():
    route = best(perp("one", "0.0001", mark_price=101), perp("two", "0.0005", mark_price=None, last=100))
    assert round(route.price_gap_pct, 4) == D("-0.9901")


def test_a_route_tells_the_open_interest_of_its_thinner_leg_and_prefers_the_deeper_of_equals():
    thin, deep = perp("two", "0.0005", open_interest=20_000), perp("six", "0.0005", open_interest=50_000)
    assert best(perp("one"), thin).open_interest_usd == 2_000_000
    assert best(perp("one"), thin, deep).short.contract.exchange == "six" == best(perp("one"), deep, thin).short.contract.exchange


def test_own_fees_replace_those_of_the_exchange_and_an_unknown_fee_leaves_break_even_unknown():
    pair = perp("one", "0.0003"), perp("two", "0.0001", taker_fee=None)
    assert best(*pair).fees is None and best(*pair).break_even_h is None
    assert best(*pair, fees={"two": D("0.0004")}).fees == D("0.002")
    assert best(*pair, fees={"": D("0.0001"), "two": D("0.0002")}).fees == D("0.0006")
    assert best(*pair[::-1], fees={"one": D("0.0004")}).fees is None
    assert best(*pair, fees={"": D(0)}).break_even_h == 0


# --- Views ----------------------------------------------------------------------------------------------------------
def test_the_foretold_rate_is_its_own_view_and_unknown_where_nobody_foretells():
    told, untold = cells(perp("one", "0.0001", next_rate="0.0004"), perp("two"), when="predicted")
    assert told.rate_8h == D("0.0004") and (untold.rate, untold.reason) == (None, "partial")


def test_a_mean_weighs_each_payment_by_its_own_interval():
    found = f.mean([(D("0.0008"), D(8)), (D("0.0001"), D(4)), (None, D(8)), (D("0.01"), None), (D("0.06"), D(8)), (D("0.01"), D(0))])
    assert found == f.Mean(D("0.000075"), 2, D(12))
    assert f.mean([]) is None and f.mean([(D(1), None)]) is None
    means = {("one", "BTCUSDT"): found}
    mean, unread = cells(perp("one", "0.001", 4), perp("two"), when="mean", means=means)
    assert (mean.hourly, mean.rate, mean.rate_8h, mean.payments) == (D("0.000075"), D("0.0003"), D("0.0006"), 2)
    assert unread.hourly is None and unread.reason == "partial" and unread.payments == 0
    assert cells(perp("one", "0.001", 4), means=means)[0].payments == 0
    [unsure] = cells(perp("one", "0.001", None), when="mean", means=means)
    assert unsure.rate is None and unsure.rate_8h == D("0.0006")


@pytest.mark.parametrize(("rate", "step"), [
    (None, 0), ("0", 4), ("0.0000004", 4), ("-0.0000004", 4), ("0.0000005", 5), ("0.000179", 5), ("0.00018", 6), ("0.000299", 6), ("0.0003", 7), ("0.04", 7),
    ("-0.0000005", 3), ("-0.000179", 3), ("-0.00018", 2), ("-0.0003", 1),
])
def test_heat_has_seven_classes(rate, step):
    assert f.heat(D(rate)) == step


# --- Lines ------------------------------------------------------------------------------------------------------
def test_lines_are_by_coin_and_currency_and_never_mix_them():
    found = f.lines(cells(perp("one"), perp("two", "0.0002", quote="USDC"), perp("two", "0.0003", base="ETH"), perp("six", "0.0004")), DEFAULT)
    assert {(line.base, line.quote): sorted(line.cells) for line in found} == {
        ("BTC", "USDT"): ["one", "six"], ("BTC", "USDC"): ["two"], ("ETH", "USDT"): ["two"],
    }


def test_of_two_on_one_exchange_the_one_that_counts_stands_in_the_line_then_the_larger():
    small, large = perp("one", symbol="A"), perp("one", symbol="B", open_interest=200_000)
    for pair in ((small, large), (large, small)):
        assert the_line(*pair).cells["one"].contract.symbol == "B"
    assert the_line(small, perp("one", symbol="B", open_interest=200_000, status="halted")).cells["one"].contract.symbol == "A"


def test_a_line_adds_open_interest_and_takes_the_basis_of_its_largest():
    line = the_line(perp("one", mark_price=101), perp("two", "0.0005", open_interest=300_000, mark_price=102), perp("six", open_interest=None))
    assert line.open_interest_usd == 10_100_000 + 30_600_000 and line.basis_pct == 2 and line.largest.contract.exchange == "two"
    assert line.spread_apr_pct == D("43.8")
    alone = the_line(perp("six", open_interest=None))
    assert alone.open_interest_usd is None and alone.spread_apr_pct is None


def test_the_next_payment_is_the_soonest_that_is_still_to_come():
    later = [perp(str(h), funding=paying("0.0001", 8, next_funding_at=NOW + timedelta(hours=h))) for h in (3, -1, 2, 0)]
    line = the_line(*later, perp("none"), replace(perp("bare"), funding=None))
    assert f.next_payment(line, NOW) == NOW + timedelta(hours=2)
    assert f.next_payment(the_line(perp("none")), NOW) is None


def test_a_rate_of_an_unknown_interval_has_a_sign():
    assert f.pays(the_line(perp("one", "0.0001"), perp("two", "-0.0001", None))) == ""
    [mean] = cells(perp("one", "-0.1", None), when="mean", means={("one", "BTCUSDT"): f.Mean(D("0.1"), 1, D(8))})
    assert f.pays(f.Line(base="BTC", quote="USDT", cells={"one": mean}, route=None)) == "longs"


@pytest.mark.parametrize(("rates", "who"), [
    (["0.0001", "0.0002"], "longs"), (["-0.0001", "-0.0002"], "shorts"), (["0.0001", "-0.0002"], ""), (["0.0001", "0"], "longs"), (["0"], ""), ([None], ""),
])
def test_who_pays_everywhere(rates, who):
    assert f.pays(the_line(*(perp(str(i), rate) for i, rate in enumerate(rates)))) == who


def test_the_highest_is_the_dearest_to_hold_of_those_that_count():
    found = f.lines(cells(perp("one", "0.0001", 1), perp("two", "0.0002", 8), perp("six", "0.01", identity="unknown")), DEFAULT)
    assert f.highest(found).contract.exchange == "one"
    assert f.highest([]) is None
    equal = f.lines(cells(perp("one", open_interest=20_000), perp("two")), DEFAULT)
    assert f.highest(equal).contract.exchange == "two"


def test_open_interest_in_usd_needs_a_price_and_a_rate():
    assert f.in_usd(perp("one"), USD) == 10_000_000 and f.in_usd(perp("one"), {"USDT": D("0.5")}) == 5_000_000
    assert f.in_usd(perp("one", open_interest=None), USD) is None and f.in_usd(perp("one"), {}) is None
