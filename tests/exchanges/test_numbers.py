"""Wire text to numbers and times: total, strict, exact; a column is its values one by one."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchanges.numbers import BadNumber, change, column, epoch, epochs, number, percent, plain, price, product, size, stored

READS = (price, size, change, percent)
digits = st.integers(1, 10**15 - 1).map(str)


def _pointed(whole, places):
    return whole if places is None else f"{whole[:-places] or '0'}.{whole[-places:].zfill(places)}"


wire = st.builds(_pointed, digits, st.one_of(st.none(), st.integers(1, 14)))
ABSENT = ["", "0", "0.0", "-1", "-0", "-0.0"]
WORDS = ["NaN", "nan", "sNaN", "Infinity", "true", "0x10", "\x00", "\ud800"]
SHAPES = ["-0.5", "1_000", " 1.5 ", "1.", ".5", "-.5", "1,5", "1,000.5", "+1", "--1", "1-2", "1..2", ".", "-", ",", "1\n"]
SCRIPTS = ["\u0661\u0662", "1\u066b5", "\uff11\uff12"]  # digits and a decimal separator that are not ASCII
SIZES = ["1e5", "1E-5", "1e999", "1E-400", "1e-30", "1e18", "1e19", "1e20", "9" * 20, "9" * 64, "9" * 65, "0." + "0" * 70, "0.0000000000000000001"]
LONG = ["123456789012345678", "0.12345678901234567890"]
odd = st.sampled_from([*ABSENT, *WORDS, *SHAPES, *SCRIPTS, *SIZES, *LONG])
texts = st.one_of(wire, wire.map("-{}".format), odd, st.text(max_size=8), st.none())
many = settings(max_examples=200, deadline=None)


# --- one number -------------------------------------------------------------------------------------------------
@many
@given(texts)
def test_every_text_is_a_number_in_range_or_absent_or_a_bad_number(text):
    for read in READS:
        try:
            value = read(text)
        except BadNumber:
            continue
        if value is None:
            assert text in (None, "", "-1") or Decimal(text) == 0
            continue
        assert value.is_finite()
        assert text.isascii()
        assert value == 0 or Decimal("1e-18") <= abs(value) < Decimal("1e20")
        assert value >= 0 or read in (change, percent)
        assert len(value.as_tuple().digits) <= 15
        assert value.as_tuple().exponent >= -18


@many
@given(wire)
def test_up_to_fifteen_digits_every_digit_is_kept(text):
    assert number(text) == Decimal(text)
    assert Decimal(plain(number(text))) == Decimal(text)
    assert "e" not in plain(number(text)).lower()


@many
@given(st.integers(1, 10**30), st.integers(0, 18))
def test_longer_numbers_are_rounded_half_even_once(unscaled, places):
    text = format(Decimal(unscaled).scaleb(-places, Context(prec=60)), "f")
    exact = Context(prec=60).create_decimal(text)
    expected = exact.quantize(Decimal(1).scaleb(max(-18, exact.adjusted() - 14)), ROUND_HALF_EVEN, Context(prec=60))
    if expected >= Decimal("1e20") or expected == 0:
        with pytest.raises(BadNumber):
            number(text)
    else:
        assert number(text) == expected
        assert stored(number(text)) == number(text)


@pytest.mark.parametrize("text", [*WORDS, *SCRIPTS, "-0.5", "1_000", " 1.5 ", "1,000.5", "+1", ".5", "1e999999", "1E-400", "1e20", "1e-19", "9" * 65])
def test_what_is_no_number_by_the_grammar_is_refused(text):
    for read in (price, size):
        with pytest.raises(BadNumber):
            read(text)


@pytest.mark.parametrize("text", [None, "", "0", "0.00000000", "-1", "-0"])
def test_no_price_is_none(text):
    assert price(text) is None


def test_a_zero_size_is_a_zero_and_a_zero_change_too():
    assert size("0") == size("0.00") == change("-0.0") == percent("0.0000") == 0
    assert size("-1") is None
    assert change("-1") == -1
    assert not change("-0").is_signed()


def test_a_fraction_becomes_percent_and_a_product_is_exact():
    assert plain(percent("-0.0014")) == "-0.14"
    assert plain(percent("1")) == "100"
    assert plain(product(Decimal("0.001"), Decimal("2"))) == "0.002"
    assert product(None, Decimal(2)) is None
    for impossible in (lambda: percent("1e19"), lambda: product(Decimal("1e15"), Decimal("1e15"))):
        with pytest.raises(BadNumber):
            impossible()


@pytest.mark.parametrize(
    ("value", "text"),
    [("0E+2", "0"), ("1E+5", "100000"), ("0.00000644", "0.00000644"), ("1.500", "1.5"), ("100", "100"), ("-0.0", "0"), ("1E-18", "0." + "0" * 17 + "1")],
)
def test_numbers_are_written_without_exponent_or_spare_zeros(value, text):
    assert plain(Decimal(value)) == text
    assert plain(None) is None


def test_reading_takes_time_linear_in_the_length_of_the_text():
    assert len("9" * 10**6) == 10**6  # refused by length before anything looks at it
    for text in ("9" * 10**6, "1." + "0" * 10**6, "-" * 10**6, "1e" + "9" * 10**6):
        with pytest.raises(BadNumber) as caught:
            number(text)
        assert len(str(caught.value)) <= 64


# --- columns ----------------------------------------------------------------------------------------------------
@many
@given(st.lists(texts, max_size=12), st.sampled_from(READS))
@example(["1", "1_0"], size)
@example(["1", ".5"], price)
@example([".5", "1"], price)
@example(["-.5", "1"], change)
@example(["1,5", "2"], price)
@example(["0.0000000000000000001", "0", None, "3"], size)
@example(["9" * 65], size)
@example(["1e5", "2"], price)
@example(["0.5", "1e18", "10000000000000000000"], percent)
@example(["-0", "2"], change)
def test_a_column_is_its_values_one_by_one(column_of, read):
    values, bad = column(column_of, read)
    for index, text in enumerate(column_of):
        try:
            expected = read(text)
        except BadNumber:
            assert values[index] is None
            assert index in bad
        else:
            assert index not in bad
            assert (values[index] is None) == (expected is None)
            assert plain(values[index]) == plain(expected)
    assert len(values) == len(column_of)


@many
@given(st.lists(wire, min_size=1, max_size=30), st.sampled_from(READS))
def test_clean_columns_too(column_of, read):
    assert column(column_of, read) == ([read(text) for text in column_of], {})


# --- times ------------------------------------------------------------------------------------------------------
def test_epochs_are_read_in_their_declared_unit_and_nothing_else():
    at = datetime(2026, 9, 21, 14, 13, 20, 123456, UTC)
    assert epoch("1790000000123456", "us") == at
    assert epoch(1790000000123, "ms") == at.replace(microsecond=123000)
    assert epoch(1790000000, "s") == at.replace(microsecond=0)
    wrong_unit = [(1790000000, "ms"), (1790000000123, "s"), ("1790000000123", "us")]
    for value, unit in [*wrong_unit, ("soon", "ms"), ("-1", "ms"), ("\u0661\u0667", "s"), ("1.5e12", "ms"), (True, "ms")]:
        with pytest.raises(BadNumber):
            epoch(value, unit)
    assert [epoch(absent, "ms") for absent in (None, "", 0, "0")] == [None] * 4


@many
@given(st.sampled_from(["s", "ms", "us"]), st.data())
def test_a_column_of_times_is_exact_and_the_same_one_by_one(unit, data):
    low, high = {"s": (10**8, 10**10), "ms": (10**11, 8 * 10**12), "us": (10**14, 8 * 10**15)}[unit]
    values = data.draw(st.lists(st.one_of(st.integers(low, high), st.integers(low, high).map(str), st.sampled_from([None, "", 0, "0"])), max_size=8))
    times, bad = epochs(values, unit)
    assert bad == {}
    assert times == [epoch(value, unit) for value in values]
    whole = [value for value in values if isinstance(value, int) and value]
    micros = {"s": 10**6, "ms": 1000, "us": 1}[unit]
    assert epochs(whole, unit)[0] == [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * micros) for value in whole]
    assert epochs(["x", *values], unit)[1] == {0: "x"}
