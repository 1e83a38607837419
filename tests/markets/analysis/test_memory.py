"""Memory between polls: anomalies enter at once and leave slowly, lasting differences get their name, still feeds are counted."""

from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from markets.analysis import best, memory
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes

OTHERS = (100, 100, 100, 100)
MAJOR = D(10)


def stored(q, m):
    """The quote as it lies in the database after a poll, memory included."""
    return replace(q, **{name: getattr(m, name) for name in ("flag", "flag_since", "calm", "same_since", "same_polls", "same_reference")})


def replay(mids, others=lambda i: OTHERS, identity="confirmed", step=10, moving=True):
    """One exchange's mids polled every `step` seconds beside the others'; the memory after each poll."""
    previous, found = None, []
    for i, mid in enumerate(mids):
        now = NOW + timedelta(seconds=step * i)
        beside = {n: replace(q, observed_at=now) for n, q in quotes(*others(i)).items()}
        q = quote("eve", mid, observed_at=now, identity=identity, **({"last": D(i + 1)} if moving else {}))
        m = memory.advance(previous, q, beside, now, usd=MAJOR)
        found.append(m)
        previous = stored(q, m)
    return found


def test_an_anomaly_enters_at_once_and_returns_after_three_calm_samples():
    found = replay([100, 135, 100, "100.1", 100, 100])
    assert [(m.flag, m.calm) for m in found] == [("", 0), ("price_anomaly", 0), ("price_anomaly", 1), ("price_anomaly", 2), ("", 0), ("", 0)]


def test_calm_means_three_in_a_row_within_half_the_tolerance():
    found = replay([135, 100, 100, "100.3", 100, 100, 100])
    assert [m.calm for m in found] == [0, 1, 2, 0, 1, 2, 0]
    assert [m.flag for m in found] == ["price_anomaly"] * 6 + [""]


def polled(*lists, still=(), step=10):
    """Lists one after the other, `step` seconds apart, each (exchange, mid): after each who may buy where, and what the comparison says."""
    board, found = {}, []
    for i, (name, mid) in enumerate(lists):
        now = NOW + timedelta(seconds=step * i)
        q = quote(name, mid, observed_at=now, period_s=60, last=D(mid if name in still else i + 1))
        others = {other: q for other, q in board.items() if other != name}
        board[name] = stored(q, memory.advance(board.get(name), q, others, now))
        answer = best.compare(PAIR, board, now)
        found.append((answer.best_buy and answer.best_buy.exchange, answer.status))
    return found


RIGHT = (("ada", 100), ("bea", 100), ("cid", "99.9"), ("bea", 100))


def test_who_errs_first_does_not_help_who_errs_second_to_outvote_the_third():
    """Two of three tell prices 110-fold, one after the other: nobody wins until the first is well, and then the third alone is out."""
    found = polled(*RIGHT, ("ada", 11_000), ("bea", 11_000), ("cid", "99.9"), ("ada", 100), ("bea", 11_000), ("ada", 100), ("ada", 100), ("ada", 100))
    assert found[4:] == [("cid", "ok"), *[(None, "no_consensus")] * 5, ("cid", "ok"), ("cid", "ok")]


def test_what_changed_for_good_is_believed_after_three_samples():
    """A coin is renamed a thousandth of itself, exchange by exchange, and one of them does not follow."""
    found = polled(*RIGHT, ("ada", 1000), ("bea", 1000), ("cid", "99.9"), ("ada", 1000), ("cid", "99.9"), ("ada", 1000), ("ada", 1000))
    assert found[5:] == [*[(None, "no_consensus")] * 5, ("ada", "ok")]


def test_two_that_changed_for_good_do_not_wait_for_each_other():
    """Both were found wrong while there were five; two are gone, and the third left errs."""
    five = [("ada", 100), ("bea", 100), ("cid", 100), ("dot", 100), ("eve", 100)]
    wrong = [("ada", 70), ("bea", 70), ("cid", 100), ("dot", 100), ("eve", 100)]
    left = [("ada", 70), ("bea", 70), ("cid", 100)]
    found = polled(*five, *five, *wrong, *left * 30)
    assert set(found[-9:]) == {("ada", "ok")}
    assert {winner for winner, status in found[15:] if status == "ok"} == {"ada", "cid"}, "until the two were gone most said 100"


def test_what_differs_for_good_is_no_witness_that_is_never_believed():
    """Found wrong once, then within the tolerance but not close: after a quarter of an hour it counts as any other."""
    rounds = [("ada", 103), ("bea", 100), ("cid", 10)]
    found = polled(*[("ada", 100), ("bea", 100), ("cid", 100)] * 2, ("ada", 106), ("bea", 100), ("cid", 100), *rounds * 40)
    assert found[11] == (None, "no_consensus")
    minutes = [i * 10 / 60 for i, (_, status) in enumerate(found) if status == "no_consensus"]
    assert 16 <= max(minutes) < 17, "a minute after it began, and fifteen"
    assert found[-1] == ("bea", "ok")


def test_one_that_errs_freezes_nobody_who_stands_still():
    calm = [("ada", 1000), ("bea", 1000)]
    found = polled(*[*calm, ("cid", "1000.1")] * 7, *[*calm, ("cid", "700.08")] * 4, *[*calm, ("cid", "1000.11")] * 4, still=("ada", "bea"))
    assert set(found[24:]) == {("ada", "ok")}
    two = polled(*[("ada", 1000), ("cid", "1000.1")] * 7, *[("ada", 1000), ("cid", "700.08")] * 4, still=("ada",))
    assert two[-1] == (None, "disputed")


def test_at_the_boundary_nothing_flaps():
    flags = [m.flag for m in replay(["100.6", "100.4"] * 30, identity="probable")]
    assert sum(a != b for a, b in pairwise(["", *flags])) == 1


def test_a_flag_is_dated_by_when_it_was_last_found_and_a_difference_that_may_last_by_its_beginning():
    found = replay([100, 135, 136, 1000, 1000, 1000])
    assert [m.flag for m in found] == ["", "price_anomaly", "price_anomaly", *["unit_mismatch"] * 3]
    assert [m.flag_since and (m.flag_since - NOW).seconds for m in found] == [None, 10, 10, 30, 40, 50]
    assert [(m.flag_since - NOW).seconds for m in replay([135] * 34)[29:]] == [0, 0, 310, 320, 330], "dislocated from the 32nd on"
    assert [(m.flag_since - NOW).seconds for m in replay([135, 136], identity="probable")] == [0, 10], "which is never called dislocated"


def test_a_lasting_difference_of_a_confirmed_coin_is_called_dislocated():
    flags = [m.flag for m in replay([135] * 35)]
    assert flags[30] == "price_anomaly", "five minutes exactly"
    assert set(flags[31:]) == {"dislocated"}
    assert {m.flag for m in replay([135] * 35, identity="probable")} == {"price_anomaly"}
    assert [m.flag for m in replay([135] * 32 + [100] * 3)][-3:] == ["dislocated", "dislocated", ""]
    assert replay([135] * 32 + [1000])[-1].flag == "unit_mismatch"


def test_a_broken_sample_is_not_a_calm_one():
    flagged = quote("eve", 135, flag="price_anomaly", flag_since=NOW, calm=2)
    assert memory.advance(flagged, quote("eve", bid=None), quotes(*OTHERS), NOW).calm == 0


def test_identity_comes_from_what_is_stored_when_the_wire_does_not_tell_it():
    before = quote("eve", 135, flag="price_anomaly", flag_since=NOW - timedelta(seconds=301))
    assert memory.advance(before, quote("eve", 135, identity="unknown", last="1"), quotes(*OTHERS), NOW, usd=MAJOR).flag == "dislocated"


def test_alone_with_a_flag_it_stays_until_the_others_are_forgotten():
    flagged = quote("eve", 1000, flag="unit_mismatch", flag_since=NOW)
    keep = memory.advance(flagged, quote("eve", 1000), quotes(100, 100, age=300), NOW)
    assert (keep.flag, keep.calm, keep.ratio) == ("unit_mismatch", 0, None)
    assert memory.advance(flagged, quote("eve", 1000), quotes(100, 100, switch="disabled"), NOW).flag == "unit_mismatch"
    assert memory.advance(flagged, quote("eve", 1000), quotes(100, 100, age=901), NOW).flag == "unit_mismatch", "that they fell silent makes it no better"
    assert memory.advance(flagged, quote("eve", 101), quotes(100, 100, age=901), NOW).flag == ""
    assert memory.advance(flagged, quote("eve", 1000), quotes(100, 100, age=86_401), NOW).flag == ""
    assert memory.advance(flagged, quote("eve", 1000), quotes(100, status="halted"), NOW).flag == ""


@pytest.mark.parametrize("other", [{"half": "0.06"}, {"identity": "conflicted"}, {"bid": "101", "ask": "99"}, {"exchange_ts": NOW + timedelta(hours=1)}])
def test_an_other_that_can_never_count_is_nobody_to_wait_for(other):
    flagged = quote("eve", 1000, flag="unit_mismatch", flag_since=NOW)
    assert memory.advance(flagged, quote("eve", 100), {"ada": quote("ada", 100, **other)}, NOW).flag == ""


def test_with_one_other_it_returns_when_the_two_agree():
    flagged = quote("eve", 135, flag="price_anomaly", flag_since=NOW, calm=2)
    assert memory.advance(flagged, quote("eve", 100), quotes(100), NOW).flag == ""
    assert memory.advance(flagged, quote("eve", 104), quotes(100), NOW).flag == "price_anomaly"


def test_a_dispute_flags_nobody():
    assert memory.advance(None, quote("eve", 135), quotes(100), NOW).flag == ""
    assert memory.advance(None, quote("eve", "1.05"), quotes(1, 1, "1.05"), NOW, usd=D(1000)).flag == ""


@pytest.mark.parametrize(("others", "mid", "ratio"), [
    ((100,), 110, 1.1), ((100, 100), 110, 1.1), ((100, 100, 100), 11000, 110), ((), 100, None), ((1, 1, "1.2"), "1.2", None),
])
def test_the_sample_of_identity_is_the_ratio_to_the_others(others, mid, ratio):
    found = memory.advance(None, quote("eve", mid), quotes(*others), NOW).ratio
    assert found == (None if ratio is None else pytest.approx(ratio))


def test_unchanged_numbers_are_counted_from_the_first_time_they_came():
    found = replay([100] * 4, moving=False)
    assert [(m.same_polls, (m.same_since - NOW).seconds, m.same_reference) for m in found] == [(i, 0, 100) for i in range(4)]
    assert {m.same_polls for m in replay([100] * 4)} == {0}, "any number that changes ends it"


def test_the_place_of_the_others_is_noted_as_soon_as_there_are_others():
    assert [m.same_reference for m in replay([100] * 3, others=lambda i: OTHERS if i else (), moving=False)] == [None, 100, 100]


def test_a_still_feed_is_frozen_when_the_others_move_and_thaws_with_the_first_new_number():
    def others(i):
        return (100,) * 4 if i < 8 else ("100.3",) * 4

    found = replay([100] * 12, others=others, moving=False)
    assert [m.flag for m in found] == [""] * 8 + ["frozen"] * 4
    assert found[9].flag_since == NOW + timedelta(seconds=80)
    back = replay([100] * 12, others=lambda i: others(0 if i > 9 else i), moving=False)
    assert [m.flag for m in back][-2:] == ["frozen"] * 2, "the others coming back proves nothing"
    assert replay([100] * 12 + ["100.3"], others=others, moving=False)[-1].flag == ""
    quiet = replay([100] * 30, moving=False)
    assert {m.flag for m in quiet} == {""}, "nothing else moved either"


def test_a_wrong_price_does_not_win_for_even_one_refresh():
    """Every poll is read before and after its memory is stored."""
    previous = quote("eve", 100)
    for mid in (100, 135, 135, 100, 105, 100, 100, "95.1", 90, 10, 1000):
        q = quote("eve", mid, last=D(mid))
        m = memory.advance(previous, q, quotes(*OTHERS), NOW, usd=MAJOR)
        for read in (q, stored(q, m)):
            c = best.compare(PAIR, {**quotes(*OTHERS), "eve": read}, NOW, usd=MAJOR)
            assert abs(c.best_buy.price - 100) < 1, mid
            assert abs(c.best_sell.price - 100) < 1, mid
        previous = stored(q, m)


def test_two_stablecoins_are_held_to_the_narrowest_tolerance():
    near = quote("eve", "100.4")
    assert memory.advance(None, near, quotes(*OTHERS), NOW, usd=MAJOR).flag == ""
    assert memory.advance(None, near, quotes(*OTHERS), NOW, usd=MAJOR, stable=True).flag == "price_anomaly"


def test_a_sample_brings_no_flag_of_its_own_and_its_identity_where_it_tells_one():
    assert memory.advance(None, quote("eve", flag="price_anomaly"), quotes(*OTHERS), NOW).flag == ""
    assert memory.advance(None, quote("eve", identity="unknown"), quotes(*OTHERS), NOW).flag == ""
    before = quote("eve", 135, identity="probable", flag="price_anomaly", flag_since=NOW - timedelta(seconds=301))
    found = memory.advance(before, quote("eve", 135, last="1"), quotes(*OTHERS), NOW, usd=MAJOR)
    assert (found.flag, found.calm) == ("dislocated", 0)


def test_a_feed_is_frozen_since_it_was_found_so_whatever_was_wrong_before():
    still = {"same_polls": 8, "same_since": NOW - timedelta(seconds=90), "same_reference": 100}
    before = quote("eve", 100, flag="price_anomaly", flag_since=NOW - timedelta(seconds=80), calm=2, **still)
    found = memory.advance(before, quote("eve", 100), quotes(*["100.3"] * 4), NOW, usd=MAJOR)
    assert (found.flag, found.flag_since, found.calm, found.same_polls) == ("frozen", NOW, 0, 9)


@pytest.mark.parametrize(("mid", "calm"), [("100.24", 2), ("99.76", 2), ("100.2", 2), ("100.26", 0), ("99.74", 0)])
def test_calm_is_half_the_tolerance_either_way(mid, calm):
    flagged = quote("eve", 135, flag="dislocated", flag_since=NOW, calm=1)
    assert memory.advance(flagged, quote("eve", mid), quotes(*OTHERS), NOW, usd=MAJOR).calm == calm
