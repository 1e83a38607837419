"""A reading changed by hand."""

import pytest

from markets.ask.chips import changed
from markets.ask.frame import Frame, Threshold

FRAME = Frame(
    "q", "best_price", ("BTC", "ETH"), "USDT", ("one",), ("two",), "buy", "5", "BTC", "24h", Threshold(">", "1"), 3, confidence=0.4, readings=("compare",),
    unknown=("frob",), notes=("A note.",), also=(Frame("q", "funding"),),
)  # fmt: skip


@pytest.mark.parametrize(("changes", "parts"), [
    ({"assets": "SOL,PEPE,SOL"}, {"assets": ("SOL", "PEPE"), "unknown": ()}),
    ({"assets": ""}, {"assets": (), "unknown": ()}),
    ({"quote": "EUR"}, {"quote": "EUR"}), ({"quote": ""}, {"quote": None}),
    ({"exchanges": "two,three"}, {"exchanges": ("two", "three")}), ({"exchanges": ""}, {"exchanges": ()}),
    ({"exclude": "one"}, {"exclude": ("one",)}), ({"exclude": ""}, {"exclude": ()}),
    ({"side": "sell"}, {"side": "sell"}), ({"side": ""}, {"side": None}),
    ({"amount": "7"}, {"amount": "7"}), ({"amount": ""}, {"amount": None, "unit": None}), ({"amount": "", "unit": "ETH"}, {"amount": None, "unit": None}),
    ({"amount": "7", "unit": "USDT"}, {"amount": "7", "unit": "USDT"}), ({"unit": ""}, {"unit": None}),
    ({"time_range": "7d"}, {"time_range": "7d"}), ({"time_range": ""}, {"time_range": None}),
    ({"limit": "10"}, {"limit": 10}), ({"limit": ""}, {"limit": None}),
    ({"intent": "liquidity"}, {"intent": "liquidity", "readings": (), "confidence": 1.0}),
    ({"intent": ""}, {}), ({"threshold": "9", "q": "x", "also": ""}, {}), ({}, {}),
    ({"side": "", "limit": "1"}, {"side": None, "limit": 1}),
])
def test_what_is_changed_is_changed_and_nothing_else(changes, parts):
    before = {name: getattr(FRAME, name) for name in FRAME.__struct_fields__}
    after = changed(FRAME, changes)
    assert {name: getattr(after, name) for name in after.__struct_fields__} == before | parts


def test_what_was_refused_is_answered_once_somebody_says_what_is_meant():
    assert changed(Frame("q", topic="advice"), {"intent": "compare"}) == Frame("q", "compare", confidence=1.0)
    assert changed(Frame("q", topic="advice"), {"assets": "BTC"}).topic == "advice"
