"""A reading changed by hand."""

import re

import pytest

from markets.ask.chips import changed, limit_text
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
    ({"threshold": "< 2.5 pct_year"}, {"threshold": Threshold("<", "2.5", "pct_year")}), ({"threshold": ">9"}, {"threshold": Threshold(">", "9")}),
    ({"threshold": "> 5 USDT"}, {"threshold": Threshold(">", "5", "USDT")}), ({"threshold": ""}, {"threshold": None}),
    ({"intent": ""}, {}), ({"q": "x", "also": ""}, {}), ({}, {}),
    ({"side": "", "limit": "1"}, {"side": None, "limit": 1}),
])
def test_what_is_changed_is_changed_and_nothing_else(changes, parts):
    before = {name: getattr(FRAME, name) for name in FRAME.__struct_fields__}
    after = changed(FRAME, changes)
    assert {name: getattr(after, name) for name in after.__struct_fields__} == before | parts


def test_what_was_refused_is_answered_once_somebody_says_what_is_meant():
    assert changed(Frame("q", topic="advice"), {"intent": "compare"}) == Frame("q", "compare", confidence=1.0)
    assert changed(Frame("q", topic="advice"), {"assets": "BTC"}).topic == "advice"


@pytest.mark.parametrize("text", ["9", "> ", "= 9", "> 1e5", "> 9 %", "> - 1", "> --1", "> 9 pct year", "> 9pct", "9 >"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        changed(FRAME, {"threshold": text})


@pytest.mark.parametrize("text", ["> 20 pct_year", "< 0.5", "> 5 USDT", "< -5 pct_year"])
def test_a_limit_is_written_as_it_is_read(text):
    assert limit_text(changed(FRAME, {"threshold": text}).threshold) == text
