"""The drills, about a fiftieth of each. The whole of them is `make drills`; docs/drills.md says what each is.

Failing exchanges are those of T1, T2, T5, P5, P7 through Pebble's own transport; I14 is all of them at once.
"""

from fractions import Fraction

import pytest

from markets.analysis import best
from tests.drills import lies, outages, soak
from tests.drills.figures import Figure
from tests.markets.analysis.boards import NAMES, NOW, PAIR, quote


def met(figures):
    """Every figure holds its bar, and each is told with what it rests on."""
    found = list(figures)
    assert [figure.line("fast", 1, 0) for figure in found if not figure.met] == []
    return {figure.name: figure for figure in found}


def test_a_missed_bar_is_told():
    assert [Figure("x", value, bar).met for value, bar in ((1.0, ("<=", 1)), (1.1, ("<=", 1)), (None, ("<=", 1)), (None, None))] == [True, False, False, True]
    assert '"bar": "<= 1", "met": false, "seed": 7' in Figure("x", 2, ("<=", 1)).line("p", 7, 0.1)


def test_failover(db):
    """The slowest to be noticed: a list that drips until its deadline."""
    found = met(outages.failover(1, kinds=("drip",), exchanges=1, answers=300, held_s=60))
    assert found["answers right and marked"].counts["answers"] >= 300


def test_four_down(db):
    assert met(outages.four_down(1, minutes=1.5, left=1))["best prices of one exchange without the note that it is the only one"].counts["claims"] > 50


def test_all_down(db):
    met(outages.all_down(1, every_s=180))


def test_retries_in_a_total_outage(db):
    met(outages.retries(1, minutes=4, before=1))


def test_soak_is_the_same_again(db):
    """Chaos is replayed byte for byte: the same polls with the same outcomes, and the same answers. What a loaded machine takes is not held here."""
    first, again = ([f for f in soak.soak(3, 60 / 86_400, measure_s=10) if f.name not in ("simulated seconds a second", "memory growth")] for _ in range(2))
    met(first)
    assert first[0].counts == again[0].counts
    assert first[0].counts["faults"] == 3


@pytest.mark.parametrize(("mids", "flags", "misled"), [
    ((385, 385, 100), "...", True), ((385, 385, 100), "x..", False), ((385, 385, 100), "..x", True), ((385, 385, 385, 100, 100), "xx...", True),
    ((385, 385, 100, 100), "....", False), ((385, 7, 100), "...", False), ((100, 100, 100), "...", False),
])
def test_a_lie_of_most_is_no_wrong_price_of_the_soak(monkeypatch, mids, flags, misled):
    chaos = object.__new__(soak.Chaos)
    monkeypatch.setattr(chaos, "_truths", lambda *_: [Fraction(90), Fraction("100.025")], raising=False)
    rows = {n: quote(n, mid, flag="identity_conflict" if f == "x" else "") for n, mid, f in zip(NAMES, mids, flags, strict=False)}
    rows["old"] = quote("old", 385, age=10_000)
    assert chaos._is_misled("POL", best.compare(PAIR, rows, NOW)) is misled


def test_lies():
    """D1, D4-D8, D10, D12-D14, D16: no wrong price wins and no gap with a lie in it is shown."""
    assert met(lies.lies(7, 2_000))["wrong best price shown"].counts["best_shown"] > 1_000


def test_the_oracle_finds_a_lie(monkeypatch):
    """An oracle that never complains would prove nothing: here everybody is believed."""
    monkeypatch.setattr("markets.analysis.reference.consensus", lambda *_: lies.best.verdict.reference.Consensus("ok", {}))
    wrong, gaps, _ = lies.lies(7, 300)
    assert wrong.value > 0
    assert gaps.value > 0
