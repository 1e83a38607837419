"""What of a language model's words is let through: only what the question holds, and only what the sentence says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from markets.ask.frame import Frame, Span, Vocabulary
from markets.ask.model import LOW, NOTE, Proposal, accepted, faithful, may_try

WORDS = Vocabulary(
    tickers=frozenset({"BTC", "ETH", "POL"}), names={"bitcoin": "BTC", "ether": "ETH"}, former={"MATIC": "POL"},
    exchanges={"alpha": "alpha", "al": "alpha", "beta": "beta"}, uncovered={}, quotes=frozenset({"USDT", "USD", "EUR"}), names_of={},
    money={"dollars": "USD", "$": "USD"},
)
Q = "yo wanna grab 10k dollars of bitcoin, 2.5 eth or top 5 on Alpha, not beta, in USDT over 24 h"
FRAME = Frame(Q, intent="unknown", topic="nonsense", unknown=("YO",), readings=("compare",), notes=("mended",))
GOOD = Proposal("best_price", ("BTC",), "USDT", ("alpha",), ("beta",), "buy", "10000", "USD", "24h", 5)


def test_a_proposal_that_holds_what_the_question_holds_is_the_new_reading():
    found = accepted(GOOD, FRAME, WORDS)
    assert (found.intent, found.assets, found.quote, found.exchanges, found.exclude) == ("best_price", ("BTC",), "USDT", ("alpha",), ("beta",))
    assert (found.side, found.amount, found.unit, found.time_range, found.limit) == ("buy", "10000", "USD", "24h", 5)
    assert found.q == Q and found.notes == ("mended", NOTE) and (found.topic, found.readings, found.unknown) == ("", (), ())


@pytest.mark.parametrize("part", [
    {"intent": "unknown"}, {"intent": "transfer_all"}, {"assets": ("POL",)}, {"assets": ("BTC", "XRP")}, {"assets": ("bitcoin",)}, {"quote": "EUR"},
    {"quote": "BTC"}, {"exchanges": ("gamma",)}, {"exclude": ("gamma",)}, {"exchanges": ("beta",), "exclude": ("beta",)}, {"side": "hodl"}, {"amount": "10001"},
    {"amount": "1e4"}, {"amount": "-10000"}, {"amount": "NaN"}, {"amount": "0"}, {"amount": None}, {"unit": "EUR"}, {"unit": "POL"}, {"time_range": "7d"},
    {"time_range": "24"}, {"time_range": "24 hours"}, {"limit": 0}, {"limit": -5}, {"limit": 6},
])  # fmt: skip
def test_one_wrong_part_refuses_all_of_it(part):
    assert accepted(replace(GOOD, **part), FRAME, WORDS) is None


@pytest.mark.parametrize("part", [
    {"amount": None, "unit": None}, {"amount": "10"}, {"amount": "2.5", "unit": "ETH"}, {"unit": None}, {"unit": "BTC"}, {"quote": "USD"}, {"quote": None},
    {"side": None}, {"side": "sell"}, {"time_range": None}, {"limit": None}, {"limit": 10}, {"assets": ()}, {"assets": ("ETH", "BTC")}, {"exchanges": ()},
])  # fmt: skip
def test_every_part_may_be_another_one_of_the_question(part):
    assert accepted(replace(GOOD, **part), FRAME, WORDS) is not None


@pytest.mark.parametrize(("q", "amount", "fits"), [
    ("1,250.5 btc", "1250.5", True), ("2 million btc", "2000000", True), ("btc at 0.5.", "0.5", True), ("3m btc", "3000000", True), ("30mb", "30000000", False),
    ("btc 12", "1", False), ("btc12", "12", True), ("5. btc", "5", True), ("one btc", "1", False),
])  # fmt: skip
def test_amounts_occur_in_the_text(q, amount, fits):
    found = accepted(Proposal("best_price", ("BTC",), amount=amount), replace(FRAME, q=q + " bitcoin"), WORDS)
    assert (found is not None) is fits


@pytest.mark.parametrize(("limit", "fits"), [(0, False), (1, True), (2, False)])
def test_a_limit_is_above_nothing_and_said(limit, fits):
    assert (accepted(Proposal("compare", ("BTC",), limit=limit), replace(FRAME, q="bitcoin 0 or 1"), WORDS) is not None) is fits


def test_the_parts_of_the_old_reading_are_gone():
    assert accepted(GOOD, replace(FRAME, spans=(Span(0, 2, "side", "buy"),)), WORDS).spans == ()


def test_an_old_ticker_and_a_name_within_a_word():
    assert accepted(Proposal("compare", ("MATIC",)), replace(FRAME, q="matic?"), WORDS) is not None
    assert accepted(Proposal("compare", ("BTC",)), replace(FRAME, q="bitcoiner"), WORDS) is None


@settings(max_examples=100)
@given(
    st.builds(Proposal, intent=st.text(max_size=9), assets=st.tuples(st.text(max_size=5)), amount=st.text(max_size=9), limit=st.none() | st.integers()),
    st.text(max_size=99),
)
def test_any_proposal_to_any_text_is_judged(proposal, q):
    assert accepted(proposal, replace(FRAME, q=q), WORDS) is None or proposal.intent in ("best_price",)


# --- When -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("frame", "may"), [
    ({"intent": "unknown", "topic": "nonsense"}, True), ({"intent": "unknown", "topic": "off_topic"}, True), ({"intent": "unknown", "topic": "advice"}, False),
    ({"intent": "unknown", "topic": "order", "confidence": 0.0}, False), ({"intent": "unknown", "topic": "empty"}, False),
    ({"intent": "compare", "confidence": LOW}, False), ({"intent": "compare", "confidence": LOW - 0.001}, True),
    ({"intent": "compare", "confidence": 0.0, "also": (FRAME,)}, False),
])  # fmt: skip
def test_a_model_may_try_only_what_was_not_understood(frame, may):
    assert may_try(Frame("?", **frame)) is may


# --- Other words --------------------------------------------------------------------------------------------------
SAID = "KuCoin is cheapest: 0.8198 USDT, 0.57 % less than Gate.io at 0.8245."
NAMES = ("KuCoin", "Gate.io", "Binance")


@pytest.mark.parametrize("said", [
    SAID, "KuCoin is the cheapest place at 0.8198 USDT: that is 0.57 % less than Gate.io, which has 0.8245.",
    "At KuCoin you pay cheapest, 0.8198 USDT; this is 0.57 % less than on Gate.io with 0.8245",
])  # fmt: skip
def test_other_words_for_the_same(said):
    assert faithful(SAID, said, NAMES)


@pytest.mark.parametrize("said", [
    "", "   ", "KuCoin is cheapest.", SAID.replace("0.8198", "0.8199"), SAID.replace("0.57 %", "5.7 %"), SAID.replace("KuCoin", "Binance"),
    SAID.replace("less", "more"), SAID.replace("is cheapest", "is not cheapest"), "Gate.io is cheapest: 0.8198 USDT, 0.57 % less than KuCoin at 0.8245.",
    SAID + " Buy now.", SAID + " You should hurry.", SAID + " This is risk-free.", SAID + " Guaranteed.", SAID + " See Binance.", SAID + " Ask Kraken.",
    SAID + " 7 days.", SAID + " " + "really " * 40, SAID + "\n", SAID.replace("USDT", "USDC"), SAID.replace("KuCoin", "kucoin"),
    SAID.replace("0.8198", "0,8198"), SAID.replace("0.57 %", "0.57 bps"), SAID.replace("0.57 %", "0.57"), SAID.replace("USDT", "million USDT"),
    SAID + " Avoid binance.", SAID + " Send coins to moonswap.xyz.", SAID + " Or five hundred.", SAID + " ½", SAID + " Ⅷ", f"<b>{SAID}</b>", f"{SAID} $",
    SAID.replace("less than", "less after fees than"), SAID.replace("cheapest", "insolvent"),
])  # fmt: skip
def test_what_says_anything_else_is_refused(said):
    assert not faithful(SAID, said, NAMES)


@pytest.mark.parametrize(("sentence", "said"), [
    ("BTC from KuCoin to Gate.io is 0.18 % short", "BTC to KuCoin from Gate.io is 0.18 % short"), ("oldest price 12 s", "oldest price 12 m"),
    ("What is left after fees: 0.1 %", "What is left before fees: 0.1 %"), ("900 POL cost 345.12 USDC", "900 POL cost 345.12 USDC or less"),
    ("Nobody lists it", "Nobody but KuCoin lists it"),
])  # fmt: skip
def test_units_directions_and_conditions_stay(sentence, said):
    assert faithful(sentence, f"Well, {sentence}".replace("Well, N", "Well, n").replace("Well, W", "Well, w"), NAMES)
    assert not faithful(sentence, said, NAMES)


def test_a_sentence_may_begin_with_another_word():
    assert faithful("Nobody lists it. Try BTC.", "There is nobody who lists it. Perhaps try BTC.", ())
    assert not faithful("Nobody lists it.", "There is Nobody who lists it.", ())
    for end in ".!?:":
        assert faithful(f"it is so{end} That is all it is.", f"it is so{end} There is all of it.", ())
    assert not faithful("it is so, that is all it is.", "it is so, There is all of it.", ()) and faithful("ab", "ab a", ()) and not faithful("ab", "ab is", ())
    assert faithful("x is 1.", "It is x: 1.", ()) and not faithful("x is 1.", "x is 1. 2.", ())


@settings(max_examples=100)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_are_judged(sentence, said):
    assert faithful(sentence, said, NAMES) in (True, False)
