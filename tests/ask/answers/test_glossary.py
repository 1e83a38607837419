"""The glossary: every entry is plain, has a place in the guide, and is found by the words people use."""

import re

import pytest

from markets.ask.answers import glossary
from markets.pages import guide


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.name)
def test_an_entry_is_short_names_no_number_and_leads_into_the_guide(term):
    assert term.says.endswith(".") and 1 <= term.says.count(". ") + 1 <= 4 and len(term.says) < 300
    assert not re.search(r"\d", term.says)
    page, _, anchor = term.guide.partition("#")
    assert page in guide.names() or page == "index"
    if anchor:
        text = (guide.FOLDER / f"{page}.md").read_text(encoding="utf-8")
        assert anchor in {guide.slug(line.lstrip("# ")) for line in text.splitlines() if line.startswith("## ")}


def test_there_are_enough_of_them_and_no_two_share_a_name():
    names = [term.name for term in glossary.TERMS]
    assert len(names) == len(set(names)) >= 45


@pytest.mark.parametrize(("words", "name"), [
    ("slippage", "Slippage"), ("SLIPPAGE", "Slippage"), ("  price   impact ", "Slippage"), ("perps", "Perpetual"), ("perpetual future", "Perpetual"),
    ("funding rate", "Funding"), ("funding rates", "Funding"), ("open_interest", "Open interest"), ("bps", "Bps"), ("basis point", "Bps"),
    ("order books", "Order book"), ("taker fee", "Taker fee"), ("taker fees", "Taker fee"), ("triangular arbitrage", "Triangular arbitrage"),
    ("put/call ratio", "Put/call ratio"), ("mid", "Mid"), ("after fee", "Net price"),
])  # fmt: skip
def test_words_find_their_entry(words, name):
    assert glossary.find(words).name == name


@pytest.mark.parametrize("words", ["", "s", "weather", "fund"])
def test_other_words_find_none(words):
    assert glossary.find(words) is None


def test_an_entry_is_its_name_its_other_words_its_place_and_what_it_means():
    text = "Ask Price | offer,  best ask | page#here\nWhat a buyer\npays.\n\nBid |  | page\nWhat a seller gets.\n"
    ask, bid = glossary.Term("Ask Price", "What a buyer pays.", "page#here"), glossary.Term("Bid", "What a seller gets.", "page")
    assert glossary.parsed(text) == {"ask price": ask, "offer": ask, "best ask": ask, "bid": bid}


def test_a_topic_may_name_several():
    assert [term.name for term in glossary.named("funding,basis,funding,zorblax")] == ["Funding", "Basis"]
    assert glossary.named("") == ()
