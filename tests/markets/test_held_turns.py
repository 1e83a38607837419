"""While one thread reads a new list, the others answer from memory: for a second, and never one who has just written."""

import threading
import time

import pytest

from markets import held

PATIENCE_S = 20


@pytest.fixture
def renewing(monkeypatch):
    """A thread that is busy with a new list until it is told to go on; what it makes of it is `newer`."""
    older, newer, begun, go_on = held.Held({"n": 1}), held.Held({"n": 2}), threading.Event(), threading.Event()

    def look():
        begun.set()
        assert go_on.wait(PATIENCE_S)
        held._held = newer

    held.forget()
    monkeypatch.setattr(held, "_held", older)
    monkeypatch.setattr(held, "_look", look)
    monkeypatch.setattr(held, "_looked_at", time.monotonic() - held.LOOK_S)
    thread = threading.Thread(target=held.everything)
    thread.start()
    assert begun.wait(PATIENCE_S)
    yield older, newer, go_on
    go_on.set()
    thread.join()
    held.forget()


def asked_meanwhile():
    """A thread that asks, and what it will have been told."""
    told = []
    thread = threading.Thread(target=lambda: told.append(held.everything()))
    thread.start()
    return thread, told


def test_the_others_answer_from_memory(renewing):
    older, newer, go_on = renewing
    thread, told = asked_meanwhile()
    thread.join(PATIENCE_S)
    assert told == [older]
    go_on.set()
    while held.everything() is older:
        pass
    assert held.everything() is newer


@pytest.mark.parametrize("since", ["a second", "it wrote"])
def test_but_for_no_longer_than_a_second_and_not_who_has_just_written(renewing, monkeypatch, since):
    _, newer, go_on = renewing
    monkeypatch.setattr(held, "_looked_at", time.monotonic() - held.LAG_S)
    if since == "it wrote":
        held.look_again()
    thread, told = asked_meanwhile()
    thread.join(0.2)
    assert told == []
    go_on.set()
    thread.join(PATIENCE_S)
    assert told == [newer]
