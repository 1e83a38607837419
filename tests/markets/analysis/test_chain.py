"""A chain of options: strikes, the one at the money, volatility, put/call ratios, max pain, put-call parity."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import chain
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.contracts import NOW, D, option

BOOK = (
    option(90, "call", open_interest=10, base_volume_24h=4, mark_iv="0.6"), option(90, "put", open_interest=30, base_volume_24h=1, mark_iv="0.6"),
    option(100, "call", open_interest=20, base_volume_24h=4, mark_iv="0.5"), option(100, "put", open_interest=20, base_volume_24h=5, mark_iv="0.54"),
    option(110, "call", open_interest=50, mark_iv="0.6"), option(110, "put", open_interest=10, mark_iv="0.6"),
)


def come(*options):
    [found] = chain.expiries(options, NOW, DEFAULT)
    return found


def rows(*options):
    return {row.strike: row for row in chain.strikes(options, NOW, DEFAULT)}


def test_calls_and_puts_stand_beside_their_strike_and_the_nearest_is_marked():
    found = rows(*BOOK[::-1], option(120, "call"))
    assert list(found) == [90, 100, 110, 120]
    assert found[D(90)].call.option.symbol == "BTC-90-call" and found[D(90)].put.option.symbol == "BTC-90-put" and found[D(120)].put is None
    assert [strike for strike, row in found.items() if row.at_the_money] == [100]
    assert (found[D(90)].call.age_s, found[D(90)].call.state) == (3, "fresh")
    assert rows(option(None, "call"), option(90, "")) == {}


def test_of_two_strikes_as_near_the_lower_is_at_the_money():
    assert chain.at_the_money([D(110), D(90)], D(100)) == 90 and chain.at_the_money([D(90), D(109)], D(100)) == 109
    assert chain.at_the_money([], D(100)) is None and chain.at_the_money([D(90)], None) is None


def test_the_underlying_is_the_youngest_rows_forward_else_its_index():
    old, young = option(90, "call", age_s=9, underlying_price=101), option(90, "put", underlying_price=102)
    assert chain.underlying([young, old]) == chain.underlying([old, young]) == 102
    assert chain.underlying([option(90, "call", underlying_price=None, index_price=99)]) == 99
    assert chain.underlying([option(90, "call", underlying_price=None)]) is None and chain.underlying([]) is None
    assert chain.underlying([option(90, "call", underlying_price=None), option(90, "put", age_s=9)]) == 100


def test_an_expiry_is_summed_up():
    found = come(*BOOK)
    assert (found.exchange, found.base, found.quote, found.expiry, found.underlying) == ("one", "BTC", "USDT", NOW + timedelta(days=30), 100)
    assert (found.atm_strike, found.atm_iv) == (100, D("0.52"))
    assert (found.call_open_interest, found.put_open_interest, found.put_call_interest) == (80, 60, D("0.75"))
    assert (found.call_volume, found.put_volume, found.put_call_volume) == (8, 6, D("0.75"))
    assert (found.counted, found.listed, found.broken) == (6, 6, ())


def test_max_pain_is_where_least_is_paid():
    # At 90: puts pay 10 x 20 + 20 x 10 = 400; at 100: calls 10 x 10, puts 10 x 10 = 200; at 110: calls 20 x 10 + 10 x 20 = 400.
    assert come(*BOOK).max_pain == 100
    even = [option(90, "call", open_interest=1), option(110, "put", open_interest=1)]
    assert come(*even).max_pain == 90
    assert come(option(90, "call"), option(100, "put", open_interest=0)).max_pain is None


def test_unknown_is_never_zero():
    found = come(option(90, "call", underlying_price=None), option(90, "put", underlying_price=None))
    assert (found.underlying, found.atm_strike, found.atm_iv, found.call_open_interest, found.put_call_interest, found.put_call_volume) == (None,) * 6
    assert come(option(90, "call", open_interest=0), option(90, "put", open_interest=5)).put_call_interest is None
    assert come(option(90, "call", open_interest=5)).put_call_interest is None
    assert come(option(90, "call", open_interest=5), option(90, "put", open_interest=0)).put_call_interest == 0


def test_one_side_at_the_money_is_enough_for_its_volatility():
    assert come(option(100, "call", mark_iv="0.5")).atm_iv == D("0.5")
    assert come(option(100, "call", mark_iv="0.5"), option(100, "put", mark_iv="0.9", age_s=361)).atm_iv == D("0.5")
    assert come(option(100, "put", mark_iv="0.4"), option(100, "call", mark_iv=0)).atm_iv == D("0.4")


@pytest.mark.parametrize(("odd", "reason"), [
    ({"age_s": 361}, "stale"), ({"age_s": 901}, "expired"), ({"switch": "disabled"}, "disabled"), ({"status": "halted"}, "not_trading"),
    ({"identity": "conflicted"}, "conflicted"), ({"bid": 3, "ask": 2}, "crossed"), ({"bad": "bid"}, "bad_number"),
    ({"identity": "unknown"}, ""), ({"age_s": 360}, ""),
])
def test_what_is_old_or_odd_is_shown_and_not_counted(odd, reason):
    strange = option(100, "call", open_interest=7, **odd)
    assert rows(strange)[D(100)].call.reason == reason
    found = come(strange, option(100, "put", open_interest=1))
    assert (found.counted, found.call_open_interest) == ((2, 7) if not reason else (1, None))


def test_expiries_are_by_exchange_and_currency_in_order_and_what_is_over_is_gone():
    later, other = NOW + timedelta(days=60), option(90, "call", exchange="two")
    found = chain.expiries([option(90, "call", expiry=later), other, option(90, "call"), option(90, "put", expiry=NOW)], NOW, DEFAULT)
    assert [(e.expiry, e.exchange) for e in found] == [(NOW + timedelta(days=30), "one"), (NOW + timedelta(days=30), "two"), (later, "one")]
    assert chain.expiries([option(90, "call", expiry=None)], NOW, DEFAULT) == []


@pytest.mark.parametrize(("call", "put", "says"), [
    ((10, 11), ("0.5", "1"), "holds"),  # 100 - 90 = 10; one percent of 100 is left open on either side
    (("12", "13"), ("0.5", "1"), "holds"), (("12.01", "13"), ("0.5", "1"), "broken"),
    (("8", "9.5"), ("0.5", "1"), "holds"), (("8", "9.49"), ("0.5", "1"), "broken"),
    ((None, 11), ("0.5", "1"), ""), ((10, None), ("0.5", "1"), ""), ((10, 11), (None, "1"), ""), ((10, 11), ("0.5", None), ""),
])
def test_put_call_parity_is_held_against_both_spreads(call, put, says):
    sides = option(90, "call", bid=call[0], ask=call[1]), option(90, "put", bid=put[0], ask=put[1])
    assert rows(*sides)[D(90)].parity == says
    assert come(*sides).broken == ((D(90),) if says == "broken" else ())


def test_parity_needs_both_sides_to_count_and_an_underlying():
    prices = {"bid": 10, "ask": 11}, {"bid": "0.5", "ask": 1}
    assert rows(option(90, "call", **prices[0]))[D(90)].parity == ""
    assert rows(option(90, "call", **prices[0], underlying_price=None), option(90, "put", **prices[1], underlying_price=None))[D(90)].parity == ""
    assert rows(option(90, "call", age_s=361, **prices[0]), option(90, "put", **prices[1]))[D(90)].parity == ""
    assert rows(option(90, "call", **prices[0]), option(90, "put", age_s=361, **prices[1]))[D(90)].parity == ""


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["call", "put"]), st.integers(0, 50)), min_size=1, max_size=12))
def test_nobody_is_paid_less_at_any_other_strike(book):
    options = [option(strike * 10, kind, open_interest=size) for strike, kind, size in book]
    calls, puts = ([o for o in options if o.option_type == kind] for kind in ("call", "put"))
    found = chain.max_pain(calls, puts)

    def paid(at):
        return sum(o.open_interest * max(Decimal(0), (at - o.strike) if o in calls else (o.strike - at)) for o in options)

    assert found is None if not any(size for _, _, size in book) else all(paid(found) <= paid(D(at * 10)) for at in range(1, 21))
