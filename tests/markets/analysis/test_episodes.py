"""The life of a gap: birth, counted snapshots, peak, half-life, death."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import classes, episodes, routes
from markets.analysis.classes import Facts
from markets.analysis.derivatives import FIGURE
from markets.analysis.episodes import Episode
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import POL, at, scene


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def judged(bid="0.8241", ages=(2, 3), **b):
    """The gap with its legs seen so many seconds before NOW (negative: after)."""
    quotes = at("0.8195", "0.8200"), at(bid, D(bid) + D("0.0005"), "bea", **b)
    route = routes.between(scene(*quotes), POL, "ada", "bea")
    legs = tuple(replace(leg, observed_at=later(-age)) for leg, age in zip(route.legs, ages, strict=True))
    return classes.judge(replace(route, legs=legs), Facts(), NOW)


def kept(value):
    """To fifteen digits, as it is stored."""
    return FIGURE.plus(value)


def born(bid="0.8241"):
    episode, = episodes.advance({}, [judged(bid)], NOW)
    return episode


def step(before, found, at):
    alive = {before.name: before}
    after, = episodes.advance(alive, [found] if found else [], at)
    return after


def test_a_gap_is_born_with_its_first_snapshot():
    gap = judged()
    e = born()
    assert e == Episode(
        name=gap.route.name, kind="cross", base="POL", quote="USDT", buy_exchange="ada", sell_exchange="bea", born_at=NOW, seen_at=NOW, observed_at=later(-2),
        snapshots=1, net=kept(gap.route.net), best_net=kept(gap.route.net), peak_at=NOW, peak_profit=kept(gap.route.trade.profit), best_class="unconfirmed",
    )
    assert (e.half_life_s, e.open_s(later(30))) == (None, 30)


@pytest.mark.parametrize(("ages", "snapshots"), [
    ((2, 3), 1), ((-5, 3), 1), ((2, -5), 1), ((1, 1), 2), ((-5, 2), 1), ((-5, -6), 2),
])
def test_a_snapshot_counts_only_when_every_leg_is_newer_than_all_of_the_last(ages, snapshots):
    after = step(born(), judged(ages=ages), later(10))
    assert (after.snapshots, after.seen_at) == (snapshots, later(10))
    assert after.observed_at == (later(-min(ages)) if snapshots == 2 else later(-2))


def test_the_peak_moves_up_and_half_of_it_is_remembered():
    e = born("0.8241")  # 0.2992 %
    higher = step(e, judged("0.8261", (-8, -9)), later(10))
    assert (higher.best_net > e.best_net, higher.peak_at, higher.half_at) == (True, later(10), None)
    assert higher.peak_profit > e.peak_profit
    still = step(higher, judged("0.8255", (-18, -19)), later(20))
    assert (still.best_net, still.peak_at, still.half_at, still.net < higher.net) == (higher.best_net, later(10), None, True)
    half = step(still, judged("0.8236", (-28, -29)), later(30))
    assert (half.half_at, half.half_life_s) == (later(30), 20)
    lower = step(half, judged("0.8230", (-38, -39)), later(40))
    assert lower.half_at == later(30)
    again = step(lower, judged("0.8271", (-48, -49)), later(50))
    assert (again.half_at, again.peak_at) == (None, later(50))


def test_exactly_half_is_half():
    e = born()
    found = judged()
    exact = replace(e, best_net=EXACT.multiply(kept(found.route.net), D(2)))
    assert step(exact, found, later(10)).half_at == later(10)
    above = replace(e, best_net=exact.best_net - D("1e-9"))
    assert step(above, found, later(10)).half_at is None
    same = step(e, found, later(10))
    assert (same.peak_at, same.best_net) == (NOW, e.best_net)


def test_it_dies_when_it_is_not_found_any_more():
    dead = step(born(), None, later(25))
    assert (dead.died_at, dead.half_at, dead.half_life_s, dead.open_s(later(900))) == (later(25), later(25), 25, 25)
    halved = replace(born(), half_at=later(10))
    assert step(halved, None, later(25)).half_at == later(10)


def test_the_best_class_it_has_reached_is_kept():
    e = replace(born(), best_class="executable")
    assert step(e, judged(), later(10)).best_class == "executable"
    assert step(replace(e, best_class="blocked"), judged(), later(10)).best_class == "unconfirmed"


@pytest.mark.parametrize("found", [
    judged("0.8205"), judged(identity="unknown"), judged(status="halted"), judged(age=50), judged(identity="conflicted"),
])
def test_what_does_not_pay_or_does_not_count_is_not_followed(found):
    assert episodes.advance({}, [found], NOW) == []
    e = born()
    assert step(e, found, later(5)).died_at == later(5)


def test_a_leg_that_was_never_seen_begins_nothing():
    found = judged()
    blind = replace(found.route, legs=(found.route.legs[0], replace(found.route.legs[1], observed_at=None)))
    unseen = classes.judge(blind, Facts(), NOW)
    assert episodes.advance({}, [unseen], NOW) == []
    assert step(born(), unseen, later(5)).snapshots == 1
