"""What one coin's markets come to: sums, shares, agreement, what is left out."""

from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import activity
from markets.analysis.activity import Past
from markets.analysis.volume import Volume
from tests.markets.analysis.boards import NAMES, D

STILL = {"USDT": D(0)}


def traded(exchange="ada", usd="100", change="1", *, reason="", quote="USDT", symbol="POLUSDT", age=2.0):
    number = [None if value is None else D(value) for value in (usd, change)]
    return Volume(exchange=exchange, symbol=symbol, quote=quote, usd=number[0], change_pct=number[1], reason=reason, age_s=age, state="fresh")


def test_one_exchange_counts_each_of_its_markets_once():
    found = activity.measure([traded(usd="60"), traded(usd="20", quote="EUR", symbol="POLEUR", age=9.0), traded("bea", "20")], Past(), STILL)
    assert (found.usd, found.by_exchange, found.markets, found.oldest_s) == (100, {"ada": 80, "bea": 20}, 3, 9.0)
    assert found.shares == {"ada": D("0.8"), "bea": D("0.2")}
    assert found.concentration == D("0.68")
    assert found.left_out == ()


def test_what_does_not_count_is_shown_beside():
    swapped, unknown = traded("bea", "900", reason="unit_mismatch", change="-5"), traded("cid", None, reason="no_volume", change=None)
    found = activity.measure([traded(), swapped, unknown], Past(), STILL)
    assert (found.usd, found.left_out) == (100, (swapped, unknown))
    assert (found.agree, found.way, found.told) == (1, 0, 2)  # its price is still a price
    assert activity.measure([traded(), swapped], Past(), STILL, suspect=True).usd == 1000


def test_nothing_known_stays_unknown():
    found = activity.measure([traded(usd=None, change=None, reason="no_volume", age=None)], Past(), STILL)
    assert (found.usd, found.concentration, found.relative, found.change, found.oldest_s, found.sentiment.score) == (None,) * 6
    assert (found.told, found.shares, found.by_exchange) == (0, {}, {})


def test_the_past_gives_the_norm_and_the_score():
    past = Past(tuple({("ada", "POLUSDT"): D(50)} for _ in range(3)), 0.03, 0.35)
    found = activity.measure([traded(change="4.2")], past, STILL)
    assert (found.relative, found.days, found.change) == (2, 3, D("0.042"))
    assert found.sentiment.left_out == () and found.sentiment.score > 85


def test_a_doubtful_volume_weighs_no_change_more_than_the_least_known():
    rows = [traded(usd="300", change="1"), traded("bea", "900", "2", reason="volume_suspicious"), traded("cid", "100", "3")]
    assert activity.changes(rows, STILL)["bea"] == [(D("0.02"), None)]
    assert activity.measure(rows, Past(), STILL).change == D("0.019")  # two fifths, and the rest halved
    assert activity.changes(rows, STILL, suspect=True)["bea"] == [(D("0.02"), D(900))]
    assert activity.changes([traded(reason="stale")], STILL) == {}


def test_changes_are_told_in_usd():
    assert activity.in_usd(D(10), D("0.1")) == D("0.21")
    assert activity.in_usd(None, D(0)) is None and activity.in_usd(D(1), None) is None
    assert activity.changes([traded(quote="EUR")], STILL) == {}


def test_a_quote_currency_moves_by_its_own_market_or_the_inverse():
    markets = {
        ("EUR", "USDT"): [traded(change="10")], ("USDT", "TRY"): [traded(change="25", quote="TRY")], ("POL", "EUR"): [], ("POL", "TRY"): [],
        ("POL", "BRL"): [], ("USDT", "BRL"): [traded(change="-100")], ("POL", "USDT"): [], ("GBP", "USDT"): [traded(reason="stale")], ("POL", "GBP"): [],
        ("CHF", "USDT"): [traded(change=None)], ("USDT", "CHF"): [traded(change="0")], ("POL", "CHF"): [],
    }
    assert activity.quote_changes(markets) == {"USDT": 0, "EUR": D("0.1"), "TRY": D("-0.2"), "CHF": 0}


def test_a_quote_currency_moves_as_its_busier_markets_do():
    rows = [traded(usd="300", change="10"), traded("bea", "100", "20"), traded("cid", "900", "30", reason="volume_suspicious")]
    assert activity.quote_changes({("EUR", "USDT"): rows, ("POL", "EUR"): []})["EUR"] == D("0.19")  # two fifths, and the rest halved
    assert activity.quote_changes({("EUR", "USDT"): rows[:2], ("POL", "EUR"): []})["EUR"] == D("0.125")


def test_suspect_volume_that_is_asked_for_weighs_changes_and_is_not_left_out():
    rows = [traded(usd="300", change="1"), traded("bea", "100", "3", reason="volume_suspicious")]
    asked = activity.measure(rows, Past(), STILL, suspect=True)
    assert (asked.change, asked.left_out) == (D("0.015"), ())
    assert activity.measure(rows, Past(), STILL).change == D("0.02")  # unknown weighs the least known


def test_figures_are_exact_whatever_the_context():
    rows = [traded(usd="123456.789", change="1.23456"), traded("bea", "98765.4321", "-3.21")]
    expected = activity.measure(rows, Past(), STILL)
    with localcontext() as poor:
        poor.prec = 5
        assert activity.measure(rows, Past(), STILL) == expected


def test_sums_know_no_zero_for_the_unknown():
    assert activity.sums([("a", D(1)), ("a", None), ("b", None), ("a", D(2))]) == {"a": 3}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 10**9), st.integers(-90, 90)), min_size=1, max_size=8), st.sampled_from([D("0.01"), D(50)]))
def test_scale_and_order_change_nothing_but_the_sum(rows, scale):
    def made(factor, order):
        volumes = [traded(name, Decimal(usd) * factor, change, symbol=str(at)) for at, (name, usd, change) in enumerate(rows)]
        return activity.measure(volumes[::order], Past(), STILL)

    one, other = made(D(1), 1), made(scale, -1)
    assert other.usd == one.usd * scale
    assert {k: round(v, 25) for k, v in one.shares.items()} == {k: round(v, 25) for k, v in other.shares.items()}
    assert (one.agree, one.way, one.told) == (other.agree, other.way, other.told)
    assert abs(one.change - other.change) < D("1e-25")
