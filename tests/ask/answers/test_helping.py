"""Help and refusals: what can be asked, what a word means, and a friendly no that repeats nothing hostile."""

import pytest

from markets.ask.answers import examples
from markets.ask.answers.helping import Help
from markets.ask.answers.status import Seen
from markets.ask.answers.unknown import SAYS, Unknown
from markets.ask.frame import INTENTS, Frame
from markets.ask.router import Route
from tests.ask.answers.build import cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]
SEEN = (
    Seen(slug=A, name=A.title(), state="healthy", label="Live", observed_at=NOW, age_s=3.0, freshness="fresh", markets=1200, taker_fee_pct=D("0.1")),
    Seen(slug=B, name=B.title(), state="healthy", label="Live", observed_at=NOW, age_s=7.0, freshness="fresh", markets=900, taker_fee_pct=None),
)
HELP = Help(seen=SEEN, pairs=3375)


def helped(topic="", **more):
    return one(Frame("?", intent="help", topic=topic, **more), route("help"), HELP)


def refused(topic, **more):
    return one(Frame("?", intent="unknown", topic=topic, **more), route("unknown"), Unknown())


# --- Help ---------------------------------------------------------------------------------------------------------
def test_help_says_what_can_be_asked_with_examples_that_name_exchanges_as_people_do():
    answer = helped()
    assert answer.kind == "help" and answer.sentence.endswith("after fees, on 2 exchanges.")
    assert len(answer.examples) == examples.MOST == 6 and (answer.page, answer.api) == ("/guide/", "/api/") and answer.notes == ()


def test_a_word_is_explained_with_its_page_of_the_guide():
    answer = helped("funding")
    assert (answer.title, answer.page) == ("Funding", "/guide/funding/")
    assert answer.sentence.startswith("A payment between those who hold a perpetual") and answer.lines == ()
    assert answer.notes == ("More: /guide/funding/.",)


def test_two_words_are_explained_side_by_side():
    answer = helped("funding,basis")
    assert answer.title == "Funding and Basis" and answer.sentence.startswith("Funding: ") and answer.lines[0].startswith("Basis: ")
    assert answer.notes == ("More: /guide/funding/ (funding).", "More: /guide/funding/#one-coin (basis).")


def test_a_word_without_an_entry_is_not_repeated():
    answer = helped("zorblax")
    assert answer.title == "What you can ask" and "no entry for that word" in answer.notes[0] and "zorblax" not in str(answer)


@pytest.mark.parametrize(("topic", "title", "page"), [
    ("ranking", "How exchanges are ranked", "/guide/how-we-rank/"), ("sources", "Where the numbers come from", "/status/"),
    ("age", "How old the data is", "/status/"), ("fees", "Taker fees that are counted", "/guide/how-we-rank/#the-best-price"),
    ("coverage", "Which exchanges are covered", "/status/"), ("privacy", "What Pebble knows of you", "/guide/terms/"), ("greeting", "Hello", "/guide/"),
    ("thanks", "You are welcome", "/guide/"),
])  # fmt: skip
def test_what_is_asked_of_pebble_itself(topic, title, page):
    answer = helped(topic)
    assert (answer.title, answer.page, answer.kind) == (title, page, "help")


def test_fees_are_those_that_are_known_and_of_the_exchanges_that_are_named():
    assert cells(helped("fees"), "exchange") == [A.title()] and cells(helped("fees"), "taker_fee_pct") == ["0.1 %"]
    assert helped("fees").sentence == f"The taker fee of {A.title()} is 0.1 %." and helped("fees").lines[0].startswith("Rankings are after taker fees")
    nothing = helped("fees", exchanges=(B,))
    assert nothing.table is None and nothing.sentence == "No taker fee that was asked for is known here."


def test_the_lowest_fee_leads_and_stands_first():
    def fees(*told):
        seen = tuple(Seen(slug=slug, name=slug.title(), state="healthy", label="Live", taker_fee_pct=D(fee)) for slug, fee in told)
        return one(Frame("?", intent="help", topic="fees"), route("help"), Help(seen=seen, pairs=1))

    answer = fees((A, "0.2"), (B, "0.06"), (C, "0.1"))
    assert answer.sentence == f"The lowest taker fee is that of {B.title()}, 0.06 %; the highest that of {A.title()}, 0.2 %."
    assert cells(answer, "exchange") == [B.title(), C.title(), A.title()]
    assert fees((B, "0.1"), (A, "0.1")).sentence == f"The taker fee of {A.title()} and {B.title()} is 0.1 %."


def test_the_age_of_data_is_told_with_its_sources():
    answer = helped("age")
    assert answer.sentence == "Both exchanges are up, with prices 3 s to 7 s old." and answer.max_age_s == 7.0 and len(answer.sources) == 2
    nothing = one(Frame("?", intent="help", topic="age"), route("help"), Help())
    assert nothing.sentence == "No price has been stored yet." and nothing.max_age_s is None


def test_sources_name_every_exchange_and_count_pairs():
    answer = helped("sources")
    assert all(name in answer.sentence for name in route().names.values()) and answer.lines[0].startswith("3,375 pairs")
    assert "the exchanges that are switched on" in one(Frame("?", intent="help", topic="sources"), Route("help"), Help()).sentence


def test_coverage_answers_the_exchange_that_is_named():
    assert helped("coverage").sentence == f"Pebble watches {A.title()} and {B.title()}."
    assert helped("coverage", exchanges=(A,)).sentence == f"Yes, {A.title()} is watched."
    assert helped("coverage", exchanges=(A, B)).sentence == f"Yes, {A.title()} and {B.title()} are watched."
    assert helped("coverage", uncovered=("Zorp",)).sentence == f"No, Zorp is not covered. Pebble watches {A.title()} and {B.title()}."
    assert helped("coverage", uncovered=("Zorp", "Blip")).sentence.startswith("No, Zorp and Blip are not covered.")
    assert helped("coverage", uncovered=("Zorp",), exchanges=(A,)).sentence == f"Yes, {A.title()} is watched."


# --- Refusals -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("topic", SAYS)
def test_a_refusal_is_short_and_shows_what_can_be_asked(topic):
    answer = refused(topic)
    assert answer.kind == "refusal" and len(answer.sentence) < 140 and answer.examples and answer.page == "/ask/"
    assert (answer.title, answer.sentence) == SAYS[topic][:2]


def test_a_reason_nobody_named_is_told_as_not_understood():
    assert refused("").title == refused("zorblax").title == refused("nonsense").title == "I did not understand that"


@pytest.mark.parametrize(("topic", "title"), [("greeting", "Hello"), ("thanks", "You are welcome")])
def test_manners(topic, title):
    answer = refused(topic)
    assert answer.title == title and answer.kind == "help" and answer.examples


def test_a_word_that_was_not_understood_is_named_where_it_is_a_plain_one():
    assert refused("nonsense", unknown=("FOOBAR",)).lines == ("I do not know “FOOBAR” as a coin.",)
    assert refused("", unknown=("<b>", "x" * 25, "OK")).lines == ("I do not know “OK” as a coin.",)
    assert refused("", unknown=("x" * 24,)).lines and refused("", unknown=("x" * 25,)).lines == ()
    assert refused("insult", unknown=("FOOBAR",)).lines == () and refused("nonsense").lines == ()


def test_examples_begin_with_the_readings_that_came_near():
    assert refused("nonsense", readings=("status",)).examples[0] == f"Is {A.title()} up?"


# --- Examples -----------------------------------------------------------------------------------------------------
def test_there_is_an_example_for_every_kind_but_what_is_refused():
    assert set(examples.KINDS) == set(INTENTS) - {"unknown"}


def test_examples_need_two_exchanges_to_name_any():
    names = {"a": "Ay", "b": "Bee"}
    both = ("What is trending on Ay but not on Bee?", "Funding above 20 % a year")
    assert examples.examples(("trending_not_on", "funding", "zorblax", "funding"), names) == both
    assert examples.examples(("trending_not_on", "funding"), {"a": "Ay"}) == ("Funding above 20 % a year",)
    assert len(examples.examples(examples.KINDS, names)) == 6
    assert examples.every(names)["status"] == ("Is Ay up?", "Are ETH withdrawals open on Ay?") and examples.every({})["status"] == ()
