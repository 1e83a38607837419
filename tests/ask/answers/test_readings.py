"""What else a question may have meant: offered where the reading is not sure."""

from markets.ask.answers.readings import LABELS, MOST, SURE, readings
from markets.ask.frame import INTENTS, Frame


def test_what_else_it_may_have_meant_is_offered_where_the_reading_is_not_sure():
    frame = Frame("?", intent="funding", confidence=SURE - 0.01, readings=("derivatives", "funding", "derivatives", "unknown", "compare", "status"))
    assert [(each.label, each.changes) for each in readings(frame)] == [
        ("Perpetuals, futures and options", {"intent": "derivatives"}), ("Prices side by side", {"intent": "compare"}),
    ]  # fmt: skip
    assert len(readings(frame)) == MOST


def test_a_sure_reading_has_no_others():
    assert readings(Frame("?", intent="funding", confidence=SURE, readings=("compare",))) == () == readings(Frame("?", intent="funding"))


def test_every_kind_but_what_is_refused_has_a_label():
    assert set(LABELS) == set(INTENTS) - {"unknown"}
