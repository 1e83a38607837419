"""Results that are kept: made once by whoever comes first, waited for by those who ask for the same."""

import threading

import pytest

from markets.latest import Shared


def test_the_same_key_is_made_once_while_it_is_kept():
    shared, made = Shared(2), []
    for key in ("a", "b", "a", "c", "a"):
        assert shared.get(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "c", "a"]  # the third key pushed the oldest out
    shared.forget()
    shared.get("a", lambda: made.append("again"))
    assert made[-1] == "again"


def test_who_asks_for_the_same_waits_and_who_asks_for_another_does_not():
    shared, started, go = Shared(9), threading.Event(), threading.Event()
    found = []

    def slow():
        started.set()
        assert go.wait(5)
        return "slow"

    first = threading.Thread(target=lambda: found.append(shared.get("x", slow)))
    first.start()
    assert started.wait(5)
    second = threading.Thread(target=lambda: found.append(shared.get("x", lambda: "never made")))
    second.start()
    assert shared.get("y", lambda: "at once") == "at once" and found == []
    go.set()
    first.join(5)
    second.join(5)
    assert found == ["slow", "slow"]


def test_a_failure_is_told_and_not_kept():
    shared = Shared(9)
    with pytest.raises(ZeroDivisionError):
        shared.get("x", lambda: 1 // 0)
    assert shared.get("x", lambda: "now") == "now"
