"""Cash and carry, and one perpetual against another: what comes in, what four fills cost, when it is even."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis.carry import Position, carry
from tests.markets.analysis.contracts import NOW, D

AMOUNT, DAYS = Decimal(10_000), Decimal(30)


def leg(kind, hourly=None, fee="0.0005", price=100, expiry=None):
    return Position(exchange="one", symbol="BTC", kind=kind, price=D(price), taker_fee=D(fee), hourly=D(hourly), expiry=expiry)


SPOT = leg("spot", fee="0.001")
SHORT = leg("perp", "0.0000125")  # 0.01 % every 8 h


def test_cash_and_carry_adds_up():
    found = carry(SPOT, SHORT, AMOUNT, DAYS, NOW)
    assert (found.apr_pct, found.daily, found.fees, found.costs) == (D("10.95"), 3, D("0.003"), 30)
    assert (found.break_even_days, found.end.received, found.end.net, found.net_pct) == (10, 90, 60, D("0.6"))
    assert (found.price_gap_pct, found.dated, found.days) == (0, False, 30)


def test_the_sum_is_told_on_the_way_and_at_the_end_once():
    assert [(s.days, s.received, s.net) for s in carry(SPOT, SHORT, AMOUNT, DAYS, NOW).steps] == [(1, 3, -27), (7, 21, -9), (30, 90, 60)]
    assert [s.days for s in carry(SPOT, SHORT, AMOUNT, Decimal(31), NOW).steps] == [1, 7, 30, 31]
    assert [s.days for s in carry(SPOT, SHORT, AMOUNT, Decimal(365), NOW).steps] == [1, 7, 30, 90, 365]


def test_the_worked_pair_of_perpetuals_breaks_even_after_96_hours():
    found = carry(leg("perp", "0.0000125", "0.0006"), leg("perp", "0.0000375", "0.0006"), AMOUNT, DAYS, NOW)
    assert found.apr_pct == D("21.9") and found.break_even_days == 4


def test_a_rate_that_costs_never_breaks_even():
    found = carry(SPOT, leg("perp", "-0.0000125"), AMOUNT, DAYS, NOW)
    assert found.break_even_days is None and found.end.received == -90 and found.end.net == -120
    assert carry(SPOT, leg("perp", 0), AMOUNT, DAYS, NOW).break_even_days is None


def test_an_unknown_fee_leaves_the_net_unknown_and_no_fee_is_even_at_once():
    for pair in ((leg("spot", fee=None), SHORT), (SPOT, leg("perp", "0.0001", None))):
        found = carry(*pair, AMOUNT, DAYS, NOW)
        assert (found.fees, found.costs, found.break_even_days, found.end.net, found.net_pct) == (None,) * 5 and found.end.received > 0
    assert carry(leg("spot", fee=0), leg("perp", "0.0001", 0), AMOUNT, DAYS, NOW).break_even_days == 0


@pytest.mark.parametrize("pair", [
    (SPOT, leg("perp")), (leg("perp"), SHORT), (SPOT, leg("future", expiry=NOW)), (SPOT, leg("future")),
    (SPOT, leg("future", price=None, expiry=NOW + timedelta(1))),
    (leg("spot", price=None), leg("future", expiry=NOW + timedelta(1))),
])
def test_what_it_stands_on_must_be_known(pair):
    assert carry(*pair, AMOUNT, DAYS, NOW) is None


def test_the_smallest_amount_is_an_amount():
    assert carry(SPOT, SHORT, Decimal("0.5"), DAYS, NOW).end.net == D("0.003")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_is_carried_without_an_amount(amount):
    assert carry(SPOT, SHORT, Decimal(amount), DAYS, NOW) is None


def test_a_dated_future_pays_its_gap_by_its_expiry_and_not_beyond():
    dated = leg("future", price=102, expiry=NOW + timedelta(days=73))
    found = carry(SPOT, dated, AMOUNT, Decimal(365), NOW)
    assert (found.days, found.dated, round(found.end.received, 9), round(found.apr_pct, 9), found.price_gap_pct) == (73, True, 200, 10, 2)
    assert carry(SPOT, dated, AMOUNT, DAYS, NOW).days == 30
    assert carry(SPOT, leg("future", price=98, expiry=NOW + timedelta(days=73)), AMOUNT, DAYS, NOW).break_even_days is None


@settings(max_examples=60)
@given(st.decimals("0.00000001", "0.001", places=8), st.decimals("0", "0.002", places=5), st.decimals("0", "0.002", places=5))
def test_at_break_even_nothing_is_left_and_nothing_missing(hourly, buy, sell):
    found = carry(leg("spot", fee=buy), leg("perp", hourly, sell), AMOUNT, DAYS, NOW)
    assert abs(found.after(found.break_even_days).net) < Decimal("0.000001")
