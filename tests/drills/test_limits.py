"""P1 P3 I6 I8: the drill of the limiter in small, and that it would notice."""

import random

import pytest

from exchanges import ledger
from tests.drills import limits


def test_half_an_hour_of_every_published_limit_on_every_store():
    found = limits.play(1, 0.5)
    assert (found["over_limit"], found["inside_ban"]) == (0, 0)
    assert found["fullest_pct"] <= 100
    assert found["frozen_windows"] <= 2
    assert found["requests"] > 3000
    assert min(found[what] for what in ("bans", "jumps", "boots", "outages")) >= 3


@pytest.mark.parametrize("broken", [{"_passed": lambda held, reading, vouched: max(0.0, reading.server - held.server)}, {"SLACK_S": 1e9}])
def test_a_limiter_that_believes_the_servers_clock_is_found_out(monkeypatch, broken):
    for name, value in broken.items():
        monkeypatch.setattr(ledger, name, value)
    counts, _, frozen = limits._play(random.Random(3), "database", 100, 30.0, 8)
    assert counts["over_limit"] or counts["inside_ban"] or frozen > 2
