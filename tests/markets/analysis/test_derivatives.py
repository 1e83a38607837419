"""Funding on one scale, basis, and how old a contract's figures are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis import derivatives as d
from markets.analysis import units
from markets.analysis.settings import DEFAULT

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BTC = {"exchange": "one", "symbol": "BTCUSDT", "base": "BTC", "quote": "USDT", "kind": "perp", "identity": "confirmed"}


@pytest.mark.parametrize(("rate", "hours", "per_8h", "apr"), [
    ("0.0001", "8", "0.0001", "10.95"), ("0.0001", "4", "0.0002", "21.9"), ("0.0001", "1", "0.0008", "87.6"),
    ("0.00999", "4", "0.01998", "2187.81"), ("-0.0001", "8", "-0.0001", "-10.95"), ("0", "8", "0", "0"),
])
def test_one_rate_on_three_scales(rate, hours, per_8h, apr):
    assert d.rate_8h(Decimal(rate), Decimal(hours)) == Decimal(per_8h)
    assert d.apr_pct(Decimal(rate), Decimal(hours)) == Decimal(apr)


@pytest.mark.parametrize("hours", [None, Decimal(0), Decimal(-8)])
def test_an_unknown_interval_is_never_taken_for_eight_hours(hours):
    assert d.apr_pct(Decimal("0.0001"), hours) is None and d.rate_8h(Decimal("0.0001"), hours) is None
    assert d.Funding(rate=Decimal("0.0001"), interval_hours=hours).apr_pct is None


def test_an_unknown_rate_is_not_zero():
    assert d.apr_pct(None, Decimal(8)) is None


@given(st.decimals("-0.05", "0.05", places=8), st.sampled_from([1, 2, 4, 8]))
def test_half_the_rate_twice_as_often_is_the_same(rate, hours):
    assert d.apr_pct(rate, Decimal(hours)) == d.apr_pct(rate / 2, Decimal(hours) / 2)
    apr = d.apr_pct(rate, Decimal(hours))
    assert (apr > 0, apr < 0) == (rate > 0, rate < 0)


def test_basis_is_mark_over_index_and_a_year_of_it_for_dated_futures_only():
    assert d.basis_pct(Decimal("101"), Decimal("100")) == 1
    assert d.basis_pct(Decimal("99.5"), Decimal("100")) == Decimal("-0.5")
    assert d.basis_pct(None, Decimal(100)) is None and d.basis_pct(Decimal(100), None) is None
    assert d.basis_apr_pct(Decimal(1), NOW + timedelta(days=73), NOW) == 5
    assert d.basis_apr_pct(Decimal(1), None, NOW) is None and d.basis_apr_pct(Decimal(1), NOW, NOW) is None


def test_open_interest_is_valued_at_the_mark_and_never_multiplied_by_a_contract():
    row = d.Contract(**BTC, open_interest=Decimal(3), mark_price=Decimal(200), index_price=Decimal(100), contract_size=Decimal("0.001"))
    assert row.open_interest_value == 600
    assert d.Contract(**BTC, open_interest=Decimal(3), index_price=Decimal(100)).open_interest_value == 300
    assert d.Contract(**BTC, mark_price=Decimal(200)).open_interest_value is None


@pytest.mark.parametrize(("age", "period", "state"), [
    (90, 30, "fresh"), (91, 30, "aging"), (180, 30, "aging"), (181, 30, "stale"), (900, 30, "stale"), (901, 30, "expired"),
    (901, 300, "aging"), (1801, 300, "stale"), (3601, 300, "expired"), (7200, 3600, "fresh"), (None, 30, "expired"),
])
def test_what_is_read_seldom_ages_by_its_own_period(age, period, state):
    assert d.freshness(age, period, DEFAULT) == state


def test_ages_are_never_negative_and_a_time_to_come_is_none():
    assert d.age_s(NOW - timedelta(seconds=7), NOW) == 7
    assert d.age_s(NOW + timedelta(seconds=3), NOW) == 0
    assert d.age_s(NOW + timedelta(seconds=60), NOW) is None and d.age_s(None, NOW) is None


def test_flags_name_everything_there_is_to_say():
    sides = {"bid": Decimal(1), "ask": Decimal(2)}
    assert d.flags(d.Contract(**BTC, **sides)) == ()
    assert d.flags(d.Contract(**BTC, bid=Decimal(2), ask=Decimal(1))) == ("crossed",)
    wrong = d.Contract(**{**BTC, "identity": "unknown"}, status="halted", switch="disabled", bad="last")
    assert d.flags(wrong) == ("disabled", "not_trading", "no_bid_ask", "bad_number", "unknown_identity")
    assert d.funding_flags(wrong, d.Funding(switch="disabled", bad="rate")) == ("disabled", "not_trading", "bad_number", "unknown_identity")


# --- Boundaries -----------------------------------------------------------------------------------------------------
def test_a_rate_beyond_a_twentieth_is_a_mistake_and_is_put_on_no_scale():
    assert d.rate_8h(Decimal("0.05"), Decimal(8)) == Decimal("0.05") and d.rate_8h(Decimal("-0.05"), Decimal(8)) == Decimal("-0.05")
    assert d.rate_8h(Decimal("0.0500001"), Decimal(8)) is None and d.apr_pct(Decimal("-0.0500001"), Decimal(8)) is None
    assert d.rate_8h(Decimal("0.0001"), Decimal("0.5")) == Decimal("0.0016")  # twice an hour is an interval too


def test_a_funding_knows_its_own_scales():
    paid = d.Funding(rate=Decimal("0.0001"), interval_hours=Decimal(4))
    assert (paid.rate_8h, paid.apr_pct) == (Decimal("0.0002"), Decimal("21.9"))


def test_a_contract_knows_its_own_basis():
    assert d.Contract(**BTC, mark_price=Decimal(101), index_price=Decimal(100)).basis_pct == 1
    assert d.Contract(**BTC, open_interest=Decimal(3)).open_interest_value is None
    assert d.basis_pct(Decimal(0), Decimal(100)) is d.basis_pct(Decimal(100), Decimal(0)) is None


def test_a_basis_of_the_last_second_and_of_none():
    assert d.basis_apr_pct(None, NOW + timedelta(days=1), NOW) is None
    second = d.basis_apr_pct(Decimal(1), NOW + timedelta(seconds=1), NOW)
    assert second == d.basis_apr_pct(Decimal(1), NOW + timedelta(milliseconds=1), NOW) == 365 * 24 * 3600
    assert d.basis_apr_pct(Decimal(1), NOW - timedelta(days=1), NOW) is None


@pytest.mark.parametrize(("quoted", "agree"), [("220", True), ("220.01", False), ("180", True), ("179.99", False)])
def test_units_agree_within_a_tenth(quoted, agree):
    row = d.Contract(**BTC, base_volume_24h=Decimal(2), last=Decimal(100), quote_volume_24h=Decimal(quoted))
    assert units.agree(row) is agree
    assert ("unit_mismatch" in d.flags(row), "unit_mismatch" in d.funding_flags(row, d.Funding())) == (not agree, not agree)


def test_what_is_over_and_what_is_to_come():
    before, after = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
    assert [d.trades_still(at, NOW) for at in (None, after, NOW, before)] == [True, True, False, False]
    assert [d.to_come(at, NOW) for at in (None, after, NOW, before)] == [None, after, None, None]


def test_clocks_may_differ_by_five_seconds():
    assert d.age_s(NOW + timedelta(seconds=5), NOW) == 0
    assert d.age_s(NOW + timedelta(seconds=5.1), NOW) is None
    assert d.age_s(NOW - timedelta(seconds=0.5), NOW) == 0.5


@pytest.mark.parametrize(("changed", "found"), [
    ({"switch": "banned"}, ("banned",)), ({"status": "pre_open"}, ("not_trading",)), ({"bid": None}, ("no_bid_ask",)), ({"ask": None}, ("no_bid_ask",)),
    ({"bad": "last"}, ("bad_number",)), ({"bid": Decimal(2)}, ()), ({"bid": Decimal(3)}, ("crossed",)), ({"identity": "conflicted"}, ("conflicted",)),
    ({"identity": "unknown"}, ("unknown_identity",)), ({"identity": "probable"}, ()),
])
def test_each_flag_by_itself_of_a_perpetual_and_of_an_option(changed, found):
    sound = {"bid": Decimal(1), "ask": Decimal(2), **BTC}
    assert d.flags(d.Contract(**{**sound, **changed})) == found
    assert d.flags(d.Option(**{**sound, "kind": "option", **changed})) == found


@pytest.mark.parametrize(("contract", "funding", "found"), [
    ({}, {}, ()), ({}, {"switch": "disabled"}, ("disabled",)), ({"status": "halted"}, {}, ("not_trading",)), ({}, {"bad": "rate"}, ("bad_number",)),
    ({}, {"rate": Decimal("0.05")}, ()), ({}, {"rate": Decimal("-0.0501")}, ("bad_number",)), ({}, {"rate": Decimal("0.0501")}, ("bad_number",)),
    ({"identity": "conflicted"}, {}, ("conflicted",)), ({"identity": "unknown"}, {}, ("unknown_identity",)), ({"switch": "disabled", "bad": "last"}, {}, ()),
])
def test_each_flag_of_a_funding_rate_by_itself(contract, funding, found):
    assert d.funding_flags(d.Contract(**{**BTC, **contract}), d.Funding(**funding)) == found
