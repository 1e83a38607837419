"""One pair judged once: who counts, who may win, by whose volume the class is told, and what a grade takes."""

import pytest

from markets.analysis import quality, verdict
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NAMES, NOW, D, quote, quotes

MAJOR = D(10)  # USD per quote unit that lift 5,000,000 a day into the class


def judge(rows, **more):
    return verdict.judge(rows if isinstance(rows, dict) else {q.exchange: q for q in rows}, NOW, **more)


def reasons(judged):
    return {name: look.reason for name, look in judged.looks.items()}


def names(looks):
    return [look.quote.exchange for look in looks]


def test_the_groups_of_a_verdict_and_what_is_live():
    judged = judge([quote("ada"), quote("bea", age=45), quote("cid", 150), quote("dot", age=100), quote("eve", identity="unknown")])
    assert (names(judged.eligible), names(judged.counted), names(judged.ranked)) == (["ada", "bea", "cid", "eve"], ["ada", "bea", "eve"], ["ada"])
    assert reasons(judged) == {"ada": "", "bea": "aging", "cid": "price_anomaly", "dot": "stale", "eve": "unknown_identity"}
    assert (names(judged.live), judged.status, judged.pair_class, judged.tol) == (["ada", "eve"], "ok", "tail", 0.05)


def test_nobody_is_none_and_one_is_a_single_source():
    assert (judge({}).status, judge([quote()]).status, judge([quote(age=100)]).status) == ("none", "single_source", "none")
    assert judge([quote("ada", flag="price_anomaly")]).status == "none"
    assert judge([quote("ada", 100), quote("bea", 110, flag="price_anomaly")]).status == "disputed", "a dispute is told before what memory says"


@pytest.mark.parametrize(("flag", "mid", "reason"), [
    ("", 150, "price_anomaly"), ("dislocated", 150, "dislocated"), ("dislocated", 300, "identity_conflict"), ("price_anomaly", 300, "identity_conflict"),
    ("price_anomaly", 100, "price_anomaly"), ("unit_mismatch", 1000, "unit_mismatch"), ("unit_mismatch", 150, "price_anomaly"),
    ("price_anomaly", 150, "price_anomaly"), ("frozen", 150, "frozen"), ("", 100, ""),
])
def test_what_is_found_now_is_named_unless_memory_knows_better(flag, mid, reason):
    assert reasons(judge({**quotes(100, 100, 100), "eve": quote("eve", mid, flag=flag)}))["eve"] == reason


@pytest.mark.parametrize(("mids", "flags", "status"), [
    ((385, 385, "3.5"), ".x.", "no_consensus"),  # whoever errs already proves nothing against who was right so far
    ((385, 385, "3.5"), "...", "ok"), ((385, 385, "3.5"), "..x", "ok"), ((100, 100, 385), "..x", "ok"), ((100, 100, 100), "xx.", "ok"),
    ((385, 385, "3.5"), "xx.", "no_consensus"),
    ((385, 385, "3.5", "3.5"), "x...", "no_consensus"),  # two against two, as ever
    ((100, 100, 385, 100), "x...", "ok"), ((385, 385, 385, "3.5"), "xx..", "ok"), ((385, 385, 385, "3.5", "3.5"), "xx...", "ok"),  # three agree
])
def test_who_was_found_wrong_helps_to_find_nobody_wrong_before_it_is_back(mids, flags, status):
    rows = {n: quote(n, mid, flag="identity_conflict" if f == "x" else "") for n, mid, f in zip(NAMES, mids, flags, strict=False)}
    judged = judge(rows)
    assert judged.status == status
    if status == "no_consensus":
        assert (set(reasons(judged).values()), judged.counted, verdict.standing(judged, "ada")) == ({"no_consensus"}, [], None)


@pytest.mark.parametrize(("mid", "old", "status"), [
    (11_000, {}, "no_consensus"), (201, {}, "no_consensus"), ("49.9", {}, "no_consensus"), (200, {}, "single_source"), (50, {}, "single_source"),
    *((11_000, {"age": 1, "switch": switch}, "no_consensus") for switch in ("banned", "blocked", "auto_disabled", "disabled")),
    (11_000, {"age": 1, "switch": "banned", "status": "halted"}, "single_source"),
    (11_000, {"age": 1, "switch": "banned", "identity": "conflicted"}, "single_source"),
    (11_000, {"age": 1, "switch": "not_in_rollout"}, "single_source"), (11_000, {"identity": "conflicted"}, "single_source"),
    (11_000, {"age": 901}, "single_source"), (11_000, {"status": "halted"}, "single_source"), (11_000, {"flag": "unit_mismatch"}, "single_source"),
])
def test_who_is_alone_is_not_believed_beyond_double_of_what_the_others_said_last(mid, old, status):
    judged = judge([quote("ada", mid), quote("bea", 100, **{"age": 100} | old), quote("cid", 100, **{"age": 200} | old)])
    assert (judged.status, judged.live == []) == (status, status == "no_consensus")


@pytest.mark.parametrize(("mids", "usd", "found"), [
    ((100, 100, 100), "4", "major"),  # 15,000,000 x 4
    ((100, 100, 100), "3.33", "mid"),
    ((100, 100, 100, 1000), "0.05", "tail"),  # 50,000,000 of another unit count for nothing
    ((100, 100, 100, 201), "0.06", "tail"), ((100, 100, 100, 200), "0.05", "mid"),  # the double still counts, beyond it not
    ((100, 100, 100, 1000), "0.07", "mid"), ((50, 100, 100, 201), "0.08", "mid"), ((49, 100, 100, 200), "0.05", "mid"), ((49, 49, 100, 100), "0.1", "mid"),
    ((100, 100, 100, 49), "0.066", "tail"), ((100, 100, 100, 50), "0.058", "mid"),
    (("0.1", "0.1", "0.1", 1), "50", "tail"),  # a coin of ten cents likewise
])
def test_the_class_is_told_by_the_volume_of_those_that_quote_the_same_thing(mids, usd, found):
    assert judge(quotes(*mids), usd=D(usd)).pair_class == found


def test_an_unknown_volume_adds_nothing():
    rows = [quote("ada"), quote("bea", quote_volume_24h=None)]
    assert (judge(rows, usd=D("10")).pair_class, judge(rows, usd=D("9.9")).pair_class) == ("major", "mid")
    assert judge([quote(age=100)], usd=MAJOR).pair_class == "tail" and judge(rows, usd=MAJOR, stable=True).pair_class == "stable"


def test_half_a_spread_is_relative():
    assert verdict.half_spread(quality.look(quote(bid="99", ask="101"), NOW, DEFAULT)) == 0.01


def test_the_others_mid_leaves_oneself_out():
    looks = [quality.look(q, NOW, DEFAULT) for q in quotes(100, 400, 100).values()]
    assert (verdict.others_mid(looks, "bea"), verdict.others_mid(looks, "ada"), verdict.others_mid(looks[:1], "ada")) == (100, 200, None)


def test_standing_is_the_ratio_to_all_of_three_and_to_the_other_of_two():
    assert [verdict.standing(judge(quotes(100, 110)), name) for name in NAMES[:2]] == pytest.approx([100 / 110, 1.1])
    assert [verdict.standing(judge(quotes(97, 100, 103)), name) for name in NAMES[:3]] == pytest.approx([0.97, 1, 1.03])
    assert verdict.standing(judge([quote("ada"), quote("bea"), quote("cid", age=100)]), "cid") is None
    assert verdict.standing(judge([quote("ada"), quote("bea", age=100)]), "ada") is None
    assert verdict.standing(judge(quotes(1, 1, "1.2", "1.2")), "ada") is None


@pytest.mark.parametrize(("rows", "grade"), [
    (quotes(100, 100, 100), "A"), (quotes(100, 100), "B"), (quotes(100), "C"), ({}, "D"), (quotes(100, 150), "D"), (quotes(1, 1, "1.2", "1.2"), "D"),
    ({**quotes(100, 100), "cid": quote("cid", age=45)}, "B"), ({**quotes(100), "bea": quote("bea", age=45)}, "B"), (quotes(100, 100, age=45), "C"),
    ({**quotes(100, 100), "eve": quote("eve", 150)}, "B"),
    (quotes(100, "101.5", "103"), "A"), (quotes(100, "102.4", "104.8"), "B"),  # dispersion 2.2 % and 3.5 %, half the tail's tolerance is 2.5 %
])
def test_a_grade_takes_three_fresh_prices_close_together(rows, grade):
    assert verdict.grade(judge(rows)) == grade


def test_of_known_coins_the_fresh_ones_win_and_where_none_is_known_all_may():
    mixed = judge([quote("ada", identity="unknown"), quote("bea", age=45, identity="probable")])
    assert (names(mixed.ranked), reasons(mixed)) == (["bea"], {"ada": "unknown_identity", "bea": ""})
    unsure = judge([quote("ada", identity="unknown"), quote("bea", age=45, identity="unknown")])
    assert (names(unsure.ranked), reasons(unsure)) == (["ada"], {"ada": "", "bea": "aging"})
