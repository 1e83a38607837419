"""The router: every question has a route, whatever is off, and every exchange is either read or told why not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.ask.frame import INTENTS, Frame
from markets.ask.router import BESIDE, CATALOGUES, NEEDS, Standing, route

SLUGS = ("a", "b", "c", "d")
SOURCES = tuple(sorted({name for table in (NEEDS, BESIDE) for names in table.values() for name in names}))
OFF = ("auto_disabled", "banned", "blocked")  # none of its prices counts, which the board says
STATES = ("healthy", "degraded", "down", "starting", *OFF)
some = st.frozensets(st.sampled_from(SOURCES))
slugs = st.lists(st.sampled_from(SLUGS), unique=True, max_size=4).map(tuple)
frames = st.builds(Frame, q=st.just("?"), intent=st.sampled_from(INTENTS), exchanges=slugs, exclude=slugs)


def standing(slug, **more):
    return Standing(**{"slug": slug, "name": slug.upper(), "offers": frozenset(SOURCES), "feeds": frozenset(SOURCES)} | more)


standings = st.tuples(*(
    st.builds(
        standing, st.just(slug), offers=some, feeds=some, enabled=st.booleans(), state=st.sampled_from(STATES), priority=st.integers(1, 3),
        in_rollout=st.booleans(), lead_h=st.none() | st.floats(0, 100),
    ) for slug in SLUGS
))  # fmt: skip


def asked(intent="best_price", **more):
    return Frame("?", intent=intent, **more)


def reasons(found):
    return {left.exchange: left.reason for left in found.left}


@settings(max_examples=100)
@given(frames, standings)
def test_every_exchange_is_read_or_told_why_not(frame, all_standings):
    found = route(frame, all_standings)
    assert sorted([step.exchange for step in found.steps] + [left.exchange for left in found.left]) == list(SLUGS)
    assert found.intent == frame.intent and found.names == {slug: slug.upper() for slug in SLUGS}
    assert all(left.reason and left.name == left.exchange.upper() for left in found.left)
    by = {s.slug: s for s in all_standings}
    for step in found.steps:
        s = by[step.exchange]
        assert s.enabled and s.in_rollout
        assert step.why and set(step.sources) <= s.offers & s.feeds
        assert not NEEDS[frame.intent] or set(step.sources) & set(NEEDS[frame.intent])
        excluded = s.slug in frame.exclude
        assert step.role == ("catalogue" if excluded else "priced")
        assert not excluded or frame.intent in CATALOGUES
    assert set(found.priced).isdisjoint(frame.exclude)


@settings(max_examples=100)
@given(frames, standings, st.permutations(range(4)))
def test_the_order_of_the_exchanges_changes_nothing(frame, all_standings, order):
    assert route(frame, [all_standings[i] for i in order]).steps == route(frame, all_standings).steps


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_a_route_and_reads_all_where_all_is_well(intent):
    found = route(asked(intent), [standing(slug) for slug in SLUGS])
    assert found.priced == SLUGS and not found.left
    assert {step.sources for step in found.steps} == {(*NEEDS[intent], *BESIDE.get(intent, ()))}
    assert {step.why for step in found.steps} == {"offers it and is well"}


@pytest.mark.parametrize("intent", INTENTS)
def test_without_any_exchange_there_is_still_a_route(intent):
    assert route(asked(intent), ()).steps == ()


@pytest.mark.parametrize(("more", "reason"), [
    ({"enabled": False}, "disabled"), ({"in_rollout": False}, "not_in_rollout"),
    ({"offers": frozenset()}, "not_offered"), ({"feeds": frozenset()}, "disabled"),
    ({"offers": frozenset({"book"})}, "not_offered"), ({"feeds": frozenset({"book"})}, "disabled"),
])  # fmt: skip
def test_who_is_left_out_and_why(more, reason):
    found = route(asked(), [standing("a"), standing("b", **more)])
    assert found.priced == ("a",) and reasons(found) == {"b": reason}
    assert all(left.detail for left in found.left)


@pytest.mark.parametrize(("frame", "more", "detail"), [
    ({"exclude": ("b",)}, {}, "you left it out"), ({"exchanges": ("a",)}, {}, "you did not ask for it"),
    ({}, {"enabled": False}, "switched off by an operator"), ({}, {"feeds": frozenset()}, "collecting this is switched off by an operator"),
    ({}, {"in_rollout": False}, "not offered to everybody yet"),
])  # fmt: skip
def test_the_words_for_people(frame, more, detail):
    found = route(asked(**frame), [standing("a"), standing("b", **more)])
    assert [(left.exchange, left.name, left.detail) for left in found.left] == [("b", "B", detail)]
    assert [(step.exchange, step.name) for step in found.steps] == [("a", "A")]


@pytest.mark.parametrize("state", OFF)
@pytest.mark.parametrize("intent", INTENTS)
def test_one_that_is_off_is_read_last_for_its_lists_and_old_prices(intent, state):
    found = route(asked(intent), [standing("a", state=state), standing("b")])
    assert found.priced == ("b", "a") and not found.left
    assert found.steps[1].why == f"offers it, but is {state.replace('_', '-')}"


def test_an_exchange_is_called_what_people_call_it():
    found = route(asked(), [standing("a")])
    assert found.named("a") == "A" and found.named("gone") == "gone" and route(asked(), ()).named("x") == "x"


def test_a_source_beside_that_is_off_is_only_not_read():
    found = route(asked(), [standing("a", feeds=frozenset({"tickers"})), standing("b", offers=frozenset({"tickers"}))])
    assert [step.sources for step in found.steps] == [("tickers",), ("tickers",)]


def test_what_was_asked_for_is_read_alone_and_in_the_order_asked():
    found = route(asked(exchanges=("c", "a")), [standing(slug) for slug in SLUGS])
    assert found.priced == ("c", "a") and reasons(found) == {"b": "not_asked", "d": "not_asked"}
    assert {step.why for step in found.steps} == {"you asked for it"}


def test_leaving_one_out_wins_over_asking_for_it():
    assert reasons(route(asked(exchanges=("a",), exclude=("a",)), [standing("a")])) == {"a": "excluded"}


@pytest.mark.parametrize("intent", CATALOGUES)
def test_an_excluded_exchange_is_read_for_its_catalogue_where_absence_is_the_question(intent):
    found = route(asked(intent, exchanges=("a",), exclude=("b",)), [standing(slug) for slug in ("a", "b", "c")])
    assert {step.exchange: step.role for step in found.steps} == {"a": "priced", "b": "catalogue", "c": "priced"}
    assert next(step.why for step in found.steps if step.exchange == "b") == "its list says what is missing there"


def test_a_catalogue_that_cannot_be_read_is_told():
    found = route(asked("trending_not_on", exclude=("b",)), [standing("a"), standing("b", enabled=False)])
    assert found.priced == ("a",) and reasons(found) == {"b": "disabled"}


def test_the_healthy_come_first_then_who_the_operator_prefers():
    found = route(asked(), [standing("a", priority=9), standing("b", priority=2), standing("c", priority=1, state="degraded"), standing("d", priority=9)])
    assert found.priced == ("b", "a", "d", "c")
    assert found.steps[-1].why == "offers it, but is degraded"


def test_an_exchange_that_is_down_is_still_read_its_last_numbers_have_ages():
    assert route(asked(), [standing("a", state="down")]).priced == ("a",)


def test_new_coins_are_looked_for_where_they_come_early():
    all_standings = [standing("a", lead_h=2.0), standing("b", lead_h=None), standing("c", lead_h=30.0, priority=500), standing("d", lead_h=0.5, priority=1)]
    found = route(asked("new_tokens"), all_standings)
    assert found.priced == ("c", "a", "d", "b")
    assert [step.why for step in found.steps] == ["lists coins early", "lists coins early", "lists coins early", "offers it and is well"]
    assert route(asked("volume_sentiment"), all_standings).priced == ("d", "a", "b", "c")


def test_either_kind_of_contract_is_enough_for_derivatives():
    each = [standing(slug, offers=frozenset({source})) for slug, source in (("a", "option_tickers"), ("b", "perp_tickers"), ("c", "funding"))]
    found = route(asked("derivatives"), each)
    assert found.priced == ("a", "b") and reasons(found) == {"c": "not_offered"}
    assert found.left[0].detail == "does not publish what this needs (perp_tickers or option_tickers)"


@pytest.mark.parametrize("table", [NEEDS, BESIDE])
def test_the_tables_know_every_intent_and_only_sources_there_are(table):
    from exchanges.adapter import SOURCE_NAMES

    assert set(table) <= set(INTENTS) and (table is BESIDE or set(table) == set(INTENTS))
    assert {name for names in table.values() for name in names} <= set(SOURCE_NAMES)
