"""Every row of the design's table of numbers, and what must hold for all numbers."""

import re
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis import display
from markets.analysis.display import DASH, MINUS

D = Decimal
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1e12"), max_value=D("1e12"), places=12)


@pytest.mark.parametrize(("value", "tick", "text"), [
    ("64218.37", None, "64,218.37"),
    ("64218.374", "0.001", "64,218.374"),
    ("64218.37", "0.1", "64,218.4"),
    ("64218.37", "10", "64,218"),
    ("1000", None, "1,000.00"),
    ("1.08423", None, "1.0842"),
    ("999.99999", None, "1,000.0000"),
    ("0.5213", None, "0.52130"),
    ("0.8198", "0.0001", "0.8198"),
    ("0.8198", "0.00010000", "0.8198"),
    ("0.00001234", None, "0.000012340"),
    ("0", None, "0.00"),
    ("-0.5213", None, f"{MINUS}0.52130"),
    ("1", None, "1.0000"),
    ("1.5", "0", "1.5000"),
    ("0", "0.0001", "0.00"),
    ("123456789012345678901234567890.5", None, "123,456,789,012,345,678,901,234,567,890.50"),
])
def test_prices(value, tick, text):
    assert display.price(D(value), D(tick) if tick else None) == text


@pytest.mark.parametrize(("value", "zeros", "digits"), [("0.00001234", 4, "12340"), ("0.00000001234", 7, "12340"), ("0.0000073034", 5, "73034")])
def test_many_zeros_are_counted_and_read_out_in_full(value, zeros, digits):
    html = display.price_html(D(value))
    full = display.price(D(value))
    assert html == (
        f'<data value="{value}" title="{full}"><span class="vh">{full}</span><span aria-hidden="true">0.0<sub>{zeros}</sub>{digits}</span></data>'
    )


@pytest.mark.parametrize(("value", "places"), [(None, 2), (D("NaN"), 2), (D("Infinity"), 2), (D(0), 2), (D("0.5"), 5), (D("999.9"), 4)])
def test_an_unknown_price_is_written_with_two_places(value, places):
    assert display.places_of(value) == places


def test_places_that_are_told_count_in_markup_too():
    assert display.price_html(D("1.2345"), places=2) == '<data value="1.2345">1.23</data>'
    assert display.split_price_html(D("1.2345"), 3) == '<data value="1.2345">1<span class="cents">.234</span></data>'
    assert "cents" in display.split_price_html(D(1))


def test_three_zeros_are_written():
    assert display.price_html(D("0.0001234")) == '<data value="0.0001234">0.00012340</data>'


@pytest.mark.parametrize("value", [None, D("NaN"), D("Infinity"), D("-Infinity")])
def test_unknown_is_a_dash_never_zero_never_blank(value):
    shown = [display.price(value), display.price_html(value), display.percent(value), display.rate(value), display.gap(value)[0], display.amount(value)]
    assert shown == [DASH] * 6
    assert (display.known(value), display.gap(value), display.direction(value)) == (False, (DASH, ""), "")
    assert display.exact(value) == ""


def test_the_hero_sets_decimals_apart_of_large_numbers_only():
    assert display.split_price_html(D("64206.68")) == '<data value="64206.68">64,206<span class="cents">.68</span></data>'
    assert "cents" not in display.split_price_html(D("0.52130"))
    assert display.split_price_html(None) == DASH


@pytest.mark.parametrize(("value", "text"), [
    ("0.19", "+0.19%"), ("-0.19", f"{MINUS}0.19%"), ("0", "0.00%"), ("-0.001", "0.00%"), ("0.004", "0.00%"), ("12.345", "+12.34%"),
])
def test_percents(value, text):
    assert display.percent(D(value)) == text


def test_only_what_lies_above_zero_has_a_plus():
    assert [display.percent(D(value)) for value in ("0.09", "0.01", "9")] == ["+0.09%", "+0.01%", "+9.00%"]
    assert display.percent(D("12.3456"), places=3, sign=False) == "12.346%"
    assert display.known(D(0))


@pytest.mark.parametrize(("value", "way"), [("0.005", "up"), ("0.0049", ""), ("0", ""), ("-0.0049", ""), ("-0.005", "down"), ("3", "up")])
def test_what_rounds_to_nothing_has_no_direction(value, way):
    assert display.direction(D(value)) == way


def test_rates_keep_what_they_have():
    assert [display.rate(D(v)) for v in ("0.1", "0.075", "0.10000", "0.02345678")] == ["0.10%", "0.075%", "0.10%", "0.0235%"]


@pytest.mark.parametrize(("value", "sign", "shown"), [
    ("11.6", True, ("+11.6", "bps")), ("0.19", False, ("0.19", "bps")), ("0.002", False, ("<0.01", "bps")), ("-0.002", True, (f"{MINUS}<0.01", "bps")),
    ("0.01", False, ("0.01", "bps")), ("1", False, ("1.0", "bps")), ("0", True, ("0.00", "bps")), ("-0.5", True, (f"{MINUS}0.50", "bps")),
    ("99.94", False, ("99.9", "bps")), ("100", True, ("+1.00", "%")), ("1234", False, ("12.34", "%")),
])
def test_gaps(value, sign, shown):
    assert display.gap(D(value), sign=sign) == shown
    assert display.gap(D("0.19")) == ("0.19", "bps"), "no sign unless told"


@pytest.mark.parametrize(("value", "text"), [
    ("2140000000", "2.14B"), ("42500000", "42.5M"), ("912000000", "912M"), ("999600", "1.00M"), ("1500", "1.50K"), ("0", "0.00"), ("12.345", "12.3"),
    ("3200000000000", "3.20T"), ("-42500000", f"{MINUS}42.5M"), ("0.5", "0.500"),
])
def test_amounts(value, text):
    assert display.amount(D(value)) == text


@pytest.mark.parametrize(("seconds", "text"), [
    (3.9, "3 s"), (-1, "0 s"), (59.99, "59 s"), (94, "1 m 34 s"),
    (60, "1 m 0 s"), (120, "2 m 0 s"), (3599, "59 m 59 s"), (3600, "1 h 0 m"), (8040, "2 h 14 m"), (86_399, "23 h 59 m"), (86_400, "1 d"),
    (86_400 * 3 + 5, "3 d"), (None, DASH), (float("nan"), DASH),
])
def test_ages(seconds, text):
    assert display.age(seconds) == text


def test_times():
    at, now = datetime(2026, 11, 22, 12, 24, tzinfo=UTC), datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert display.moment(at) == "22 Nov 12:24 UTC"
    assert display.clock(at, now) == "Today 12:24"
    assert display.clock(at.replace(day=9), now) == "9 Nov 12:24"
    assert (display.moment(None), display.clock(None, now)) == (DASH, DASH)


def test_times_are_utc_wherever_the_machine_stands():
    at, now = datetime(2026, 11, 22, 1, 24, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        shown = display.moment(at), display.clock(at, now), display.clock(at, now.replace(hour=12))
    time.tzset()
    assert shown == ("22 Nov 01:24 UTC", "Today 01:24", "Today 01:24")


@given(NUMBERS)
def test_no_number_is_ever_scientific_or_has_a_hyphen(value):
    for text in (display.price(value), display.percent(value), display.amount(value), *display.gap(value), display.rate(value)):
        assert "-" not in text
        assert not re.search(r"\d[eE]", text)


@given(NUMBERS)
def test_the_exact_value_survives_in_the_markup(value):
    found = re.search(r'value="([^"]*)"', display.price_html(value))
    assert D(found.group(1)) == value


@given(NUMBERS, st.integers(0, 12))
def test_what_is_shown_lies_within_half_a_unit_of_the_truth(value, places):
    shown = D(display.price(value, places=places).replace(",", "").replace(MINUS, "-"))
    assert abs(shown - value) * 2 <= D(1).scaleb(-places)


@given(NUMBERS)
def test_a_zero_has_no_sign(value):
    text = display.percent(value)
    if not any(digit in text for digit in "123456789"):
        assert text == "0.00%"


@given(st.decimals(min_value=D("0.01"), max_value=D("1e6"), places=4))
def test_a_strips_scale_holds_its_largest_and_is_no_step_too_wide(largest):
    scale = D(display.nice_scale(largest))
    assert largest <= scale
    assert scale - largest < (D("0.1") if largest < 2 else 1)


@pytest.mark.parametrize(("largest", "scale"), [("0.25", "0.3"), ("1.9", "1.9"), ("1.95", "2.0"), ("2", "2"), ("2.5", "3"), ("0.3" + "0" * 32 + "1", "0.4")])
def test_a_strips_scale_has_a_decimal_below_two(largest, scale):
    assert display.nice_scale(D(largest)) == scale
