"""Invariants 1-4, 7, 13 and 14 of the methodology and the property lists for freshness, best price and outliers."""

import json
import re
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal, getcontext, localcontext

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from exchanges.numbers import plain
from markets.analysis import best, reference, verdict
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NAMES, NOW, PAIR, D, quote

EXCLUDING = {"future",
    "disabled", "auto_disabled", "banned", "blocked", "not_in_rollout", "not_listed", "not_trading", "no_bid_ask", "bad_number", "crossed",
    "wide", "frozen", "price_anomaly", "unit_mismatch", "identity_conflict", "dislocated", "disputed", "no_consensus", "conflicted",
}
many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

prices = st.one_of(
    st.decimals("99.7", "100.3", places=4), st.decimals("90", "112", places=3), st.sampled_from([D(10), D(1000), D("0.01"), D(50), D(100), D("106.5")]),
)
sizes = st.one_of(st.none(), st.decimals("0", "5000", places=3))


@st.composite
def a_quote(draw, exchange):
    mid = draw(prices)
    volume = draw(st.one_of(st.none(), st.integers(0, 2_000_000).map(Decimal)))
    fields = {
        "half": draw(st.sampled_from(["0", "0.0001", "0.001", "0.03", "0.06"])), "age": draw(st.sampled_from([0, 1, 5, 29, 31, 45, 59, 61, 400, 2000])),
        "taker_fee": draw(st.sampled_from([None, D("0.001"), D("0.002"), D(0), D("-0.0001")])), "priority": draw(st.integers(0, 2)),
        "bid_size": draw(sizes), "ask_size": draw(sizes), "quote_volume_24h": volume, "base_volume_24h": None if volume is None else volume / 100,
        "identity": draw(st.sampled_from(["confirmed", "probable", "probable", "unknown", "conflicted"])),
        "change_24h_pct": draw(st.sampled_from([None, D(-3), D(8)])),
        "status": draw(st.sampled_from(["trading"] * 9 + ["halted"])), "switch": draw(st.sampled_from([""] * 9 + ["disabled"])),
        "flag": draw(st.sampled_from([""] * 8 + ["price_anomaly", "dislocated", "frozen"])), "calm": draw(st.integers(0, 2)),
    }
    made = quote(exchange, mid, **fields)
    return draw(st.sampled_from([made] * 9 + [msgspec.structs.replace(made, bid=None), msgspec.structs.replace(made, bid=made.ask, ask=made.bid)]))


@st.composite
def sound_boards(draw):
    """Two to five fresh quotes near each other, of known coins: prices, sizes, fees and preferences differ."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=2))
    fees = st.sampled_from([None, D("0.001"), D("0.002"), D(0)])
    near = st.decimals("98", "102", places=2)
    return {
        name: quote(name, draw(near), half="0.001", taker_fee=draw(fees), ask_size=draw(sizes), bid_size=draw(sizes), priority=draw(st.integers(0, 2)))
        for name in names
    }


@st.composite
def boards(draw, least=0):
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=least, max_size=5))
    return {name: draw(a_quote(name)) for name in names}


sides, nets = st.sampled_from(["buy", "sell"]), st.booleans()
usds = st.sampled_from([None, D(1), D(100)])


def compare(board, **options):
    return best.compare(PAIR, board, NOW, **options)


def prices_of(c):
    return (c.best_buy, c.best_sell, c.reference_price, c.index_price)


def ranked(c):
    return [row for row in c.rows if row.rank]


def value(row, c):
    return row.net_price if c.net else row.price


def scaled(q, c):
    money, coins = ("bid", "ask", "last", "high_24h", "low_24h"), ("bid_size", "ask_size", "base_volume_24h")
    changes = {n: v * c for n in money if (v := getattr(q, n)) is not None} | {n: v / c for n in coins if (v := getattr(q, n)) is not None}
    return msgspec.structs.replace(q, **changes)


# --- Ranking ----------------------------------------------------------------------------------------------------
@many
@given(boards(), sides, nets, usds)
def test_the_winner_beats_every_other_and_nothing_old_or_flagged_is_ranked(board, side, net, usd):
    c = compare(board, side=side, net=net, usd=usd)
    rows = ranked(c)
    assert [row.rank for row in rows] == [*range(1, len(rows) + 1)]
    known = [value(row, c) for row in rows if value(row, c) is not None]
    assert known == sorted(known, reverse=side == "sell")
    assert all(row.vs_best is None or row.vs_best <= 0 for row in rows)
    for row in rows:
        assert row.state in ("fresh", "aging")
        assert row.age_s <= 6 * row.quote.period_s
        assert not EXCLUDING & set(row.flags)
        assert (row.reason, row.quote.switch, row.quote.status, row.quote.flag) == ("", "", "trading", "")
    states = {row.state for row in rows}
    assert states in (set(), {"fresh"}, {"aging"}), "ages are never mixed"
    chosen = c.best_buy if side == "buy" else c.best_sell
    assert (chosen.exchange if chosen else None) == (rows[0].quote.exchange if rows else None)
    assert all("best_price" in row.badges for row in rows[:1])


@many
@given(boards(), usds)
def test_every_row_left_out_says_why_once_in_code_and_once_in_words(board, usd):
    c = compare(board, usd=usd)
    assert {row.quote.exchange for row in c.rows} == board.keys()
    for row in c.rows:
        assert bool(row.reason) is (row.rank is None)
        assert bool(row.detail) or row.rank
        assert len(set(row.flags)) == len(row.flags)
    assert (c.best_buy is None) is (c.status in ("none", "disputed", "no_consensus"))
    assert c.best_buy or c.notes, "where nothing is best, the notes say why"


@many
@given(boards(), usds, st.permutations(NAMES))
def test_the_order_of_exchanges_changes_nothing(board, usd, order):
    assert compare({name: board[name] for name in order if name in board}, usd=usd) == compare(board, usd=usd)


@many
@given(boards(), usds, st.sampled_from(["0.001", "0.5", "4", "1000", "1000000"]))
def test_scaling_every_price_changes_no_flag_rank_or_percentage(board, usd, factor):
    before, after = compare(board, usd=usd), compare({n: scaled(q, D(factor)) for n, q in board.items()}, usd=usd)
    for a, b in zip(before.rows, after.rows, strict=True):
        assert (a.quote.exchange, a.rank, a.flags, a.state, a.badges, a.detail) == (b.quote.exchange, b.rank, b.flags, b.state, b.badges, b.detail)
    for name in ("status", "grade", "pair_class", "live", "notes"):
        assert getattr(before, name) == getattr(after, name)
    for name in ("price_range_pct", "gap_bps", "after_fees_pct", "change_24h_pct", "volume_usd", "dispersion_bps"):
        same(getattr(before, name), getattr(after, name))
    same(before.index_price and before.index_price * D(factor), after.index_price)
    same(before.reference_price and before.reference_price * D(factor), after.reference_price)


def same(a, b):
    assert (a is None) is (b is None)
    assert a is None or abs(a - b) <= D("1e-5") + abs(a) * D("1e-20")


BAD = (
    {"age": 61}, {"age": 5000}, {"switch": "disabled"}, {"switch": "banned"}, {"identity": "conflicted"}, {"status": "halted"}, {"bid": None}, {"ask": None},
    {"bid": "101", "ask": "99"}, {"half": "0.06"}, {"observed_at": None}, {"exchange_ts": NOW + timedelta(hours=1)},
)


@many
@given(boards(), st.sampled_from(BAD), prices, usds, sides)
def test_a_quote_that_does_not_count_changes_no_winner_and_no_price(board, bad, mid, usd, side):
    board.pop("eve", None)
    with_it = {**board, "eve": quote("eve", mid, **bad)}
    found = compare(with_it, usd=usd, side=side)
    assert prices_of(compare(board, usd=usd, side=side)) == prices_of(found) or (found.best_buy is None and _contradicts(with_it, found))


def _contradicts(board, found):
    """Whether the only price that counts is beyond half or double of what another one, too old or not asked now, said last."""
    fresh = [row.quote for row in found.rows if row.reason == found.status == "no_consensus"]
    last = board["eve"]
    return len(fresh) == 1 and last.bid and not D("0.5") <= (last.bid + last.ask) / (fresh[0].bid + fresh[0].ask) <= 2


@many
@given(st.lists(st.decimals("99.8", "100.2", places=4), min_size=3, max_size=4), st.sampled_from(["10", "0.1"]), st.integers(0, 10**13), usds)
def test_one_exchange_at_ten_times_the_price_changes_nothing(mids, factor, volume, usd):
    board = {name: quote(name, mid) for name, mid in zip(NAMES, mids, strict=False)}
    wrong = quote("eve", mids[0] * D(factor), quote_volume_24h=D(volume), base_volume_24h=None)
    assert prices_of(compare(board, usd=usd)) == prices_of(compare({**board, "eve": wrong}, usd=usd))


@many
@given(sound_boards(), usds, sides, nets)
def test_removing_the_winner_promotes_the_runner_up(board, usd, side, net):
    before = compare(board, usd=usd, side=side, net=net)
    rows = ranked(before)
    assume(len(rows) > 1)
    after = compare({n: q for n, q in board.items() if n != rows[0].quote.exchange}, usd=usd, side=side, net=net)
    kept = {row.quote.exchange: row.reason for row in before.rows[1:]}
    assume({row.quote.exchange: row.reason for row in after.rows} == kept)
    assert [row.quote.exchange for row in ranked(after)] == [row.quote.exchange for row in rows[1:]]


@many
@given(sound_boards(), st.decimals("0", "0.02", places=4))
def test_a_worse_quote_changes_no_winner(board, worse):
    board.pop("eve", None)
    before = compare(board)
    assume(before.best_buy.net_price is not None)
    cost = before.best_buy.net_price * (1 + worse) + D("0.0001")
    after = compare({**board, "eve": quote("eve", bid="95", ask=cost, taker_fee="0.001", identity="probable")})
    assume(after.status == "ok" and all(row.rank for row in after.rows))
    assert after.best_buy == before.best_buy


@many
@given(boards(), usds)
def test_the_gap_after_fees_is_smaller_than_before_them(board, usd):
    c = compare({n: q for n, q in board.items() if q.taker_fee is None or q.taker_fee > 0}, usd=usd)
    if c.after_fees_pct is not None:
        assert c.after_fees_pct < c.gap_bps / 100


# --- Outliers ---------------------------------------------------------------------------------------------------
@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([(3, 2), (4, 3), (5, 3)]), st.sampled_from([None, D(100)]))
def test_a_strict_majority_that_agrees_cannot_be_moved_out_of_its_range(data, split, usd):
    n, agree = split
    tol = D("0.05") if usd is None else D("0.005")
    centre = data.draw(st.decimals("0.0001", "90000", places=4, allow_nan=False).filter(lambda d: d > 0))
    honest = [centre * (1 + tol * data.draw(st.decimals("0", "0.999", places=3))) for _ in range(agree)]
    others = [centre * data.draw(st.decimals("0.0001", "20", places=4).filter(lambda d: d > 0)) for _ in range(n - agree)]
    mids = data.draw(st.permutations(honest + others))
    board = {name: quote(name, mid, quote_volume_24h=1_000_000, base_volume_24h=None) for name, mid in zip(NAMES, mids, strict=False)}
    found = compare(board, usd=usd)
    if usd is not None:
        assume(found.pair_class == "major")
    assert min(honest) * D("0.9999999999") <= found.reference_price <= max(honest) * D("1.0000000001")
    assert found.status == "ok"


@many
@given(st.lists(st.decimals("99.9", "100.1", places=4), min_size=1, max_size=5), st.sampled_from(["0.5", "0.13", "3", "1000"]))
def test_all_moved_together_are_all_accepted(mids, factor):
    moved = compare({name: quote(name, mid * D(factor)) for name, mid in zip(NAMES, mids, strict=False)})
    assert [row.reason for row in moved.rows] == [""] * len(mids)


@many
@given(st.lists(st.decimals("0.0001", "100000", places=4).filter(lambda d: d > 0), min_size=1, max_size=5))
def test_with_fewer_than_three_agreeing_the_grade_says_so(mids):
    c = compare({name: quote(name, mid) for name, mid in zip(NAMES, mids, strict=False)})
    judged = verdict.judge({name: quote(name, mid) for name, mid in zip(NAMES, mids, strict=False)}, NOW, DEFAULT)
    assert c.grade != "A" or len(judged.counted) >= 3
    assert (c.grade == "D") is (c.best_buy is None)


@many
@given(st.lists(st.integers(0, 10**9).map(Decimal), min_size=1, max_size=8), st.sampled_from(["0.1", "0.4", "0.5", "1"]))
def test_shares_sum_to_one_and_keep_the_cap(weights, cap):
    parts = reference.shares(weights, D(cap))
    assert abs(sum(parts) - 1) < D("1e-26")
    assert all(part >= 0 for part in parts)
    if len(weights) >= 3:
        assert max(parts) <= max(D(cap), 1 / D(len(weights))) + D("1e-26")


# --- Numbers ----------------------------------------------------------------------------------------------------
@many
@given(boards(), sides, usds)
def test_every_figure_is_finite_exact_and_written_without_an_exponent(board, side, usd):
    c = compare({n: scaled(q, D("0.00000001")) for n, q in board.items()}, side=side, usd=usd)
    figures = [v for part in (asdict(replace(c, rows=())), *map(vars, c.rows)) for v in flat(part)]
    assert all(v.is_finite() for v in figures)
    assert not re.search(r"\d[eE][+-]?\d", json.dumps([plain(v) for v in figures] + list(c.notes) + [row.detail for row in c.rows]))


def flat(part):
    for v in part.values():
        if isinstance(v, Decimal):
            yield v
        elif isinstance(v, dict):
            yield from flat(v)


def test_the_callers_decimal_context_is_neither_used_nor_changed():
    board = {"ada": quote("ada", "0.123456789012345"), "bea": quote("bea", "0.123456789012346", taker_fee="0.000123456789")}
    expected = compare(board, usd=D(3))
    with localcontext() as poor:
        poor.prec = 6
        assert compare(board, usd=D(3)) == expected
        assert getcontext().prec == 6
    assert len(expected.best_buy.net_price.as_tuple().digits) > 28, "nothing was rounded on the way"


@pytest.mark.parametrize("wait", [0, 29, 31, 58, 61, 900, 2000])
def test_waiting_only_ever_takes_away(wait):
    board = {name: quote(name, 100, age=age) for name, age in zip(NAMES, (0, 10, 25, 40), strict=False)}
    later = best.compare(PAIR, board, NOW + timedelta(seconds=wait))
    assert later.live <= compare(board).live
    assert all(row.age_s == pytest.approx(age + wait) for row, age in ((row, (NOW - row.quote.observed_at).total_seconds()) for row in later.rows))
