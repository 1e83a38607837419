"""A survey that is carried on says digit for digit what a new one says, whatever moved meanwhile, and works out little."""

import random
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from markets.analysis import best, surveys
from markets.analysis.best import Terms
from markets.analysis.settings import DEFAULT
from markets.board import Board, Coin, PairKey
from tests.markets.analysis.boards import NAMES, NOW, PAIR, D, quote, quotes, whole_board

STEPS = [0, 0.000001, 1, 5, 9.999999, 10, 19, 30, 60, 301, 900]


def said(summaries):
    """With every digit."""
    return {key: repr(msgspec.structs.asdict(summary)) for key, summary in summaries.items()}


def new(board, now, **terms):
    return best.survey(board, now, terms=Terms(**terms))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("terms", [{}, {"net": False}, {"fees": {"bea": D("0.0004")}}])
def test_whatever_moves_it_says_what_a_new_one_says(seed, terms):
    r = random.Random(seed)
    board, now, kept = whole_board(60, seed), NOW, None
    for _ in range(12):
        kept = surveys.survey(board, now, **terms, before=kept)
        assert said(kept.summaries) == said(new(board, now, **terms))
        now += timedelta(seconds=r.choice(STEPS) * r.choice([1, 1, 1, 1, -1]))
        board = r.choice([_nothing, _list, _list, _list, _rate, _coins, _newcomer, _gone])(_Moved(board, now, r))


class _Moved:
    """A board about to change at an instant."""

    def __init__(self, board, now, r):
        self.board, self.now, self.r = board, now, r


def _nothing(m):
    return m.board


def _list(m):
    """One exchange's new list: other prices, other stamps, some of them ahead of us or standing still."""
    slug = m.r.choice(NAMES)
    rows = {key: {**row, slug: _moved(m, row[slug])} if slug in row else row for key, row in m.board.pairs.items()}
    return replace(m.board, pairs=rows)


def _moved(m, q):
    seen = m.now - timedelta(seconds=m.r.choice([0, 0.5, 3, 29, 31, 59.5, 61, 890, -2, -30]))
    still = {"same_since": seen - timedelta(seconds=m.r.choice([0, 30, 59, 60, 61])), "same_polls": m.r.choice([4, 5, 9]), "same_reference": q.last}
    factor = D(1) + D(m.r.choice(["0", "0.001", "-0.003", "0.02"]))
    fields = {name: value * factor for name in ("bid", "ask", "last") if (value := getattr(q, name)) is not None}
    return msgspec.structs.replace(q, **fields, observed_at=seen, received_at=seen, **(still if m.r.random() < 0.3 else {}))


def _rate(m):
    return replace(m.board, usd={"USDT": m.r.choice([D(1), D("0.5"), D("30")])})


def _coins(m):
    return replace(m.board, coins={**m.board.coins, "C1": Coin("C1", kind=m.r.choice(["coin", "stablecoin"]))})


def _newcomer(m):
    return replace(m.board, pairs={**m.board.pairs, PairKey(f"N{m.r.random()}", "USDT"): quotes(100, "100.1", observed_at=m.now)})


def _gone(m):
    return replace(m.board, pairs={key: row for key, row in m.board.pairs.items() if m.r.random() < 0.9})


@pytest.fixture
def judged(monkeypatch):
    """How many pairs were judged."""
    counted = []
    real = surveys.verdict.judge
    monkeypatch.setattr(surveys.verdict, "judge", lambda *args: counted.append(args) or real(*args))
    return counted


def board_of(**rows):
    return Board({PairKey(base, "USDT"): row for base, row in rows.items()}, {"USDT": Coin("USDT", kind="stablecoin")}, {"USDT": D(1)})


def test_only_what_moved_is_judged_again(judged):
    board = board_of(A=quotes(100, 100), B=quotes(7, 7))
    first = surveys.survey(board, NOW)
    second = surveys.survey(board, NOW + timedelta(seconds=1), before=first)
    assert len(judged) == 2
    assert [(s.oldest_s, s.live) for s in second.summaries.values()] == [(3, 2), (3, 2)]
    moved = replace(board, pairs={**board.pairs, PairKey("B", "USDT"): {**board.pairs[PairKey("B", "USDT")], "ada": quote("ada", 7)}})
    surveys.survey(moved, NOW + timedelta(seconds=1), before=second)
    assert len(judged) == 3
    same = replace(board, pairs={key: dict(row) for key, row in board.pairs.items()})
    surveys.survey(same, NOW + timedelta(seconds=2), before=second)
    assert len(judged) == 3, "other rows of the same quotes are no news"


def test_a_state_ends_to_the_microsecond(judged):
    board = board_of(A=quotes(100, 100))
    for ends in (28, 58):
        kept = surveys.survey(board, NOW + timedelta(seconds=ends - 1))
        count = len(judged)
        assert surveys.survey(board, NOW + timedelta(seconds=ends), before=kept).summaries == new(board, NOW + timedelta(seconds=ends))
        assert len(judged) == count + 1, "only by the other way"
        after = NOW + timedelta(seconds=ends, microseconds=1)
        assert surveys.survey(board, after, before=kept).summaries == new(board, after)
        assert len(judged) == count + 3


def test_other_digits_of_the_same_number_are_news():
    board = board_of(A=quotes("100.0"))
    row = {"ada": msgspec.structs.replace(board.pairs[PairKey("A", "USDT")]["ada"], ask=D("100.02500000"))}
    assert board.pairs[PairKey("A", "USDT")] == row
    kept = surveys.survey(board, NOW)
    again = surveys.survey(replace(board, pairs={PairKey("A", "USDT"): row}), NOW, before=kept)
    assert str(again.summaries[PairKey("A", "USDT")].best_buy.price) == "100.02500000"


def test_other_digits_of_the_same_rate_or_fee_are_news():
    board = board_of(A=quotes(100, 100, quote_volume_24h=D(10**7), base_volume_24h=D(10**5)))
    kept = surveys.survey(board, NOW, fees={"ada": D("0.001")})
    finer, fees = replace(board, usd={"USDT": D("1.00")}), {"ada": D("0.00100")}
    assert said(surveys.survey(finer, NOW, fees=fees, before=kept).summaries) == said(new(finer, NOW, fees=fees)) != said(kept.summaries)
    for other, terms in ((finer, {"ada": D("0.001")}), (board, fees)):
        again = surveys.survey(other, NOW, fees=terms, before=kept).summaries
        assert said(again) == said(new(other, NOW, fees=terms)) != said(kept.summaries)


def test_a_pair_of_no_exchange_is_said_to_have_none_again_and_again():
    board = board_of(A={})
    kept = surveys.survey(board, NOW)
    again = surveys.survey(board, NOW + timedelta(days=1), before=kept).summaries
    assert said(again) == said(new(board, NOW + timedelta(days=1)))
    assert again[PairKey("A", "USDT")].live == 0


@pytest.mark.parametrize("other", [{"net": False}, {"fees": {"ada": D("0.05")}}, {"method": replace(DEFAULT, fresh_periods=9)}])
def test_other_terms_begin_anew(judged, other):
    board = board_of(A=quotes(100, 100))
    kept = surveys.survey(board, NOW)
    surveys.survey(board, NOW, before=kept)
    assert len(judged) == 1
    surveys.survey(board, NOW, before=kept, **other)
    assert len(judged) == 2


def test_nothing_is_carried_back_in_time():
    board = board_of(A=quotes(100, 100))
    kept = surveys.survey(board, NOW + timedelta(seconds=20))
    assert surveys.survey(board, NOW, before=kept).summaries == new(board, NOW)
    assert PAIR not in kept.summaries


def test_a_quote_that_was_never_true_does_not_become_old(judged):
    board = board_of(A={"ada": quote("ada", 100, observed_at=None), "bea": quote("bea", 101, bid=None, observed_at=None)})
    kept = surveys.survey(board, NOW)
    later = NOW + timedelta(days=400)
    again = surveys.survey(board, later, before=kept)
    assert (len(judged), again.kept) == (1, kept.kept)
    assert said(again.summaries) == said(new(board, later))
    assert (again.summaries[PairKey("A", "USDT")].live, again.summaries[PairKey("A", "USDT")].oldest_s) == (0, None)


def test_what_stands_still_is_frozen_when_its_minute_is_over():
    """The others moved long ago: only time makes it frozen."""
    still = quote("ada", 100, same_since=NOW - timedelta(seconds=50), same_polls=5, same_reference=D(100), period_s=300)
    board = board_of(A={"ada": still, "bea": quote("bea", "100.3", period_s=300), "cid": quote("cid", "100.3", period_s=300)})
    kept = surveys.survey(board, NOW)
    assert kept.summaries[PairKey("A", "USDT")].live == 3
    for seconds, live in ((9.999999, 3), (10, 2), (11, 2)):
        now = NOW + timedelta(seconds=seconds)
        assert surveys.survey(board, now, before=kept).summaries[PairKey("A", "USDT")].live == live == new(board, now)[PairKey("A", "USDT")].live
