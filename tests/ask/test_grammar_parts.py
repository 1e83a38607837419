"""What the grammar is made of, piece by piece: tokens, phrases with weights, misspellings, the vocabulary made ready, what is told and not asked."""

import pytest
from msgspec.structs import replace

from markets.ask.clauses import asked
from markets.ask.frame import LONGEST, Vocabulary
from markets.ask.grammar import parse
from markets.ask.lexicon import Lexicon, lexicon
from markets.ask.parts import cuts
from markets.ask.phrases import Phrases, strength
from markets.ask.sheet import Mark, Sheet
from markets.ask.slots import ASSET, TIME
from markets.ask.spelling import Spelling, edits
from markets.ask.tokens import cleaned, folded, is_cut, shown, tokens
from markets.ask.tongue import is_foreign
from markets.ask.unheard import unheard
from markets.reads.vocabulary import built_in

WORDS = built_in()
SMALL = Vocabulary(
    tickers=frozenset({"AAA", "BBB", "CAT"}), names={"alpha coin": "AAA", "boxers": "BBB", "cat": "CAT", "zorb beta": "AAA", "bbb": "AAA"},
    former={"OLD": "AAA", "BOXERS": "BBB"},
    exchanges={"trade hub": "tradehub", "tradehub": "tradehub", "th": "tradehub"}, uncovered={"faraway": "Far Away"}, quotes=frozenset({"USDT"}),
    names_of={"AAA": "Alpha Coin"}, money={"dollars": "USD", "hard cash": "USD"}, mendable=frozenset({"alpha coin"}),
)  # fmt: skip


# --- Tokens -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "lows"), [
    ("isn't", ["is", "not"]), ("isnt it", ["is", "not", "it"]), ("can't cannot", ["can", "not", "can", "not"]), ("wont", ["will", "not"]),
    ("i'm we're i've i'll i'd", ["i", "am", "we", "are", "i", "have", "i", "will", "i", "would"]), ("what's BTC's", ["what", "is", "btc"]),
    ("o'neil", ["o", "neil"]), ("it’s", ["it", "is"]), ("dogs'", ["dogs", "'"]), ("whats u gonna", ["what", "is", "you", "going", "to"]),
    ("1,000.5eth", ["1,000.5", "eth"]), (".5 a.5", [".5", "a", ".", "5"]), ("btc-usdt", ["btc", "-", "usdt"]), ("Bitcóin ÉTH", ["bitcoin", "eth"]), ("", []),
])  # fmt: skip
def test_words_as_they_are_meant(text, lows):
    assert [token.low for token in tokens(text)] == lows


def test_the_first_token_is_glued_to_nothing():
    assert [token.glued for token in tokens(" a b")] == [False, False] == [token.glued for token in tokens("a b")]


def test_places_kinds_and_what_is_glued():
    found = [(token.text, token.start, token.end, token.kind, token.glued) for token in tokens("isn't 5k, b")]
    assert found == [
        ("isn't", 0, 5, "word", False), ("isn't", 0, 5, "word", False), ("5", 6, 7, "number", False), ("k", 7, 8, "word", True), (",", 8, 9, "sign", True),
        ("b", 10, 11, "word", False),
    ]  # fmt: skip


def test_a_text_is_cleaned_and_cut():
    assert cleaned(" a\t\u200bb\x00\n c ") == "a b c" and cleaned("\uff22\uff34\uff23") == "BTC" and cleaned("e\u0301") == "\u00e9"
    assert shown("a\tb\u200bc\n") == "a bc "
    assert len(cleaned("x" * 400)) == LONGEST and cleaned("a" * (LONGEST - 1) + " b") == "a" * (LONGEST - 1)
    assert not is_cut("x" * LONGEST) and is_cut("x" * (LONGEST + 1)) and not is_cut("x  " * 100) and not is_cut(" " * 900)
    assert folded("\u0130\u00c9") == "ie" and folded("STRASSE") == folded("stra\u00dfe") == "strasse" and folded("it’s") == "it's"


# --- Phrases ------------------------------------------------------------------------------------------------------
def found(text, tables, skipped=()):
    words = text.split()
    return Phrases(tables).found(words, [word in skipped for word in words])


def test_a_phrase_counts_once_with_its_highest_weight_under_each_label():
    assert found("cheap coin", {"a": {3: "cheap; cheaper", 5: "cheapest"}, "b": {2: "cheap coin; coin ... cheap"}}) == {"a": [5], "b": [2]}
    assert found("cheap coin", {"a": {5: "cheapest", 3: "cheap"}}) == {"a": [5]}
    assert found("x", {"a": {1: "x; ; y"}}) == {"a": [1]} and found("y x", {"a": {1: "x y"}}) == {} and found("", {"a": {1: "x"}}) == {}
    assert sorted(found("one two three", {"a": {1: "one", 2: "two three", 3: "one two three"}})["a"]) == [1, 2, 3]


@pytest.mark.parametrize(("text", "holds"), [
    ("cut the cake", True), ("cut cake the", True), ("cake cut", False), ("cut cake", True), ("cut cut x cake", True), ("cut", False),
    ("cake x cut cake", True),
])  # fmt: skip
def test_pieces_stand_in_order_with_anything_between(text, holds):
    assert bool(found(text, {"a": {1: "cut ... cake"}})) is holds
    assert bool(found(text, {"a": {1: "cut ... cut"}})) is (text == "cut cut x cake")


def test_what_may_be_passed_over_is_but_only_inside_of_a_phrase_and_so_far():
    table = {"a": {1: "cut cake"}, "b": {1: "cut the cake"}}
    assert found("cut the cake", table, ["the"]) == {"a": [1], "b": [1]} and found("cut the cake", table) == {"b": [1]}
    assert found("cut the the the cake", table, ["the"]) == {"a": [1], "b": [1]}
    assert found("cut" + " the" * 8 + " cake", {"a": {1: "cut cake"}}, ["the"]) == {"a": [1]}
    assert found("cut" + " the" * 9 + " cake", {"a": {1: "cut cake"}}, ["the"]) == {}
    assert found("the cake", {"a": {1: "cake"}}, ["the", "cake"]) == {"a": [1]} and found("cut x cake", table, ["the"]) == {}


def test_the_strongest_counts_and_of_the_others_ever_less():
    assert strength([]) == 0 and strength([8]) == 8 and strength([4, 8, 16]) == 16 + 8 / 4 + 4 / 16
    assert strength([8, -3, -2]) == 3 and strength([0, 4]) == 4 and strength([-1]) == -1


# --- Misspellings -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("typed", "meant"), [
    ("bitcoin", "bitcoin"), ("bitcon", "bitcoin"), ("bitcoins", "bitcoin"), ("bictoin", "bitcoin"), ("bitcoxx", "bitcoin"), ("xitcoix", None),
    ("xitcoin", "bitcoin"), ("bitxxxn", None), ("solar", "solar"), ("sola", None), ("solac", "solar"), ("solxx", None), ("solarxy", None), ("gears", None),
    ("gearx", None),
    ("listing", "listing"), ("listinh", "listing"), ("listixx", None), ("perpetual", "perpetual"), ("perpetuxx", "perpetual"), ("perpetxxx", None),
    ("perpetxx", None), ("x" * 20, "x" * 20), ("x" * 21, None), ("x" * 19, "x" * 20), ("y" + "x" * 19, "x" * 20), ("stellar", "stellar"), ("tellars", None),
])  # fmt: skip
def test_what_a_misspelt_word_is(typed, meant):
    known = Spelling(["bitcoin", "solar", "gear", "x" * 20, "x" * 21, "stellar"], ["listing", "perpetual"])
    assert known.nearest(typed) == meant


def test_the_nearest_is_meant_and_of_equals_the_first():
    assert Spelling(["abcdef", "abcdxx"]).nearest("abcdex") == "abcdef" and Spelling(["abcdef", "abcdgh"]).nearest("abcdeh") == "abcdef"
    assert edits("abcd", "badc") == 2 and edits("abc", "cab") == 2 and edits("ab", "ba") == 1 and edits("a", "") == 1 and edits("kitten", "sitting") == 3


# --- The vocabulary -----------------------------------------------------------------------------------------------
def phrase(text, at=0, taken=()):
    return Lexicon(SMALL).phrase(tokens(text), at, lambda spot: spot not in taken)


def test_the_longest_phrase_counts():
    assert phrase("alpha coin now") == (2, "coin", "AAA") and phrase("alpha now") is None and phrase("now alpha coin", 1) == (3, "coin", "AAA")
    assert phrase("alphacoin") == (1, "coin", "AAA") and phrase("alpha-coin") == (3, "coin", "AAA") and phrase("alpha - coin") is None
    assert phrase("alpha -coin") is None and phrase("alpha- coin") is None and phrase("alpha/coin") is None and phrase("alpha coin", taken={1}) is None
    assert phrase("trade hub") == (2, "exchange", "tradehub") and phrase("hard cash") == (2, "money", "USD")
    assert phrase("faraway") == (1, "uncovered", "Far Away")
    assert phrase("hub") is None and phrase("alpha.") is None
    both = Lexicon(replace(SMALL, names={"alpha coin": "AAA", "alpha": "BBB"}))
    assert both.phrase(tokens("alpha coin"), 0, lambda _: True) == (2, "coin", "AAA")


def test_a_plural_is_its_singular_where_it_is_no_other_word():
    assert phrase("alpha coins") is None  # "coins" is an ordinary word
    assert phrase("tradehubs") == (1, "exchange", "tradehub") and phrase("boxers") == (1, "coin", "BBB") and phrase("ths") is None and phrase("cats") is None
    assert phrase("faraways") == (1, "uncovered", "Far Away") and phrase("farawayss") is None
    assert phrase("zorb betas") == (2, "coin", "AAA") and phrase("trade hubs") is None and phrase("bbbs") is None  # too short


def test_what_is_known_and_what_is_not():
    lex = Lexicon(SMALL)
    assert [word for word in ("aaa", "zorb", "zorbbeta", "beta", "alphacoin", "old", "th", "the", "alph", "zzz") if lex.knows(word)] == [
        "aaa", "zorb", "zorbbeta", "alphacoin", "old", "th", "the",
    ]  # fmt: skip
    assert lex.tickers == {"AAA", "BBB", "CAT", "OLD"} and lex.quotes == {"USDT"}  # an old ticker that is a name is read as that
    assert lex.hit("alpha coin") == ("coin", "AAA") and lex.hit("alpha") is None and lexicon(SMALL) is lexicon(SMALL) and lex.words is SMALL
    assert parse("price of bbb", SMALL).assets == ("BBB",) == parse("price of bbb/usdt", SMALL).assets  # a ticker before a name


@pytest.mark.parametrize(("typed", "meant"), [
    ("alphacoim", "alpha coin"), ("alfacoin", "alpha coin"), ("boxerz", None), ("tradehab", "trade hub"), ("tradhub", "trade hub"), ("hardcach", None),
    ("farawey", None), ("liquidty", "liquidity"), ("zzzzzz", None), ("trd", None),
])  # fmt: skip
def test_what_a_misspelt_name_means(typed, meant):
    lex = Lexicon(SMALL)
    assert lex.meant(typed) == meant == lex.meant(typed)


def test_what_money_is_called_is_never_mended():
    assert Lexicon(replace(SMALL, mendable=frozenset())).meant("hardcach") is None


def test_the_last_few_vocabularies_are_kept():
    mine, *others = (replace(SMALL, tickers=frozenset({f"T{i}"})) for i in range(5))
    first = lexicon(mine)
    assert [sorted(lexicon(other).tickers - {"OLD"}) for other in others[:3]] == [["T1"], ["T2"], ["T3"]] and lexicon(mine) is first
    lexicon(others[3])
    assert lexicon(mine) is not first


# --- The sheet ----------------------------------------------------------------------------------------------------
def test_beyond_its_ends_a_sheet_says_nothing():
    sheet = Sheet("sell BTC", lexicon(WORDS))
    sheet.mark(1, 2, ASSET, "BTC")
    assert len(sheet) == 2 and [sheet.low(at) for at in (-1, 0, 1, 2)] == ["", "sell", "btc", ""] and [sheet.lemma(at) for at in (-1, 0, 2)] == ["", "sell", ""]
    assert [sheet.slot(at) for at in (-1, 0, 1, 2)] == ["", "", ASSET, ""] and [sheet.free(at) for at in (0, 1)] == [True, False]
    assert [sheet.is_kind(at, "word") for at in (-1, 0, 1, 2)] == [False, True, True, False] and not sheet.is_kind(0, "number")
    assert [Sheet("a-b", lexicon(WORDS)).glued(at) for at in (-1, 0, 1, 2, 3)] == [False, False, True, True, False]


def test_marks_come_once_each_in_order():
    sheet = Sheet("a b c d", lexicon(WORDS))
    sheet.mark(0, 2, ASSET, "X")
    sheet.mark(2, 3, TIME, "7d")
    sheet.mark(3, 4, ASSET, "X")
    assert [(mark.first, mark.end) for mark in sheet.marked(ASSET)] == [(0, 2), (3, 4)]
    assert [mark.value for mark in sheet.marked(ASSET, TIME)] == ["X", "7d", "X"]
    assert sheet.mark_of(3) == Mark(3, 4, ASSET, "X") and sheet.mark_of(4) is None is sheet.mark_of(-1)
    assert sheet.values(ASSET) == ("X",) and sheet.values(TIME, ASSET) == ("X", "7d") and sheet.values("quote") == ()


@pytest.mark.parametrize(("q", "loud"), [
    ("PRICE OF BTC", True), ("price of BTC", False), ("BTC", True), ("HOW is it", False), ("HOW IS it", True), ("THE PRICE of it", False),
    ("THE PRICE OF it", True),
    ("The price OF it", False),
    ("I see", False), ("I A see", False), ("PRICE btc", True), ("GAS PRICE now", True),
    ("price KUCOIN", False), ("WOBBLE WABBLE is", False), ("PRICE is", False), ("5", True), ("", True),
])  # fmt: skip
def test_whether_capitals_say_nothing(q, loud):
    assert Sheet(q, lexicon(WORDS)).in_capitals is loud


# --- Several questions, and what is only told ---------------------------------------------------------------------
@pytest.mark.parametrize(("q", "parts"), [
    ("a? b", ["a? ", "b"]), ("a?b", ["a?b"]), ("a. b! c; d", ["a. ", "b! ", "c; ", "d"]), ("a, what", ["a, what"]), ("a and what", ["a and ", "what"]),
    ("a and b", ["a and b"]), ("a? and what", ["a? ", "and what"]), ("a what", ["a what"]), ("a then show", ["a then ", "show"]), ("? a", ["? ", "a"]),
    ("a ? ? b", ["a ? ? ", "b"]), ("and what?", ["and ", "what?"]), ("? and what", ["? ", "and what"]),
    ("and what", ["and ", "what"]), (" ".join("a?" for _ in range(7)), ["a? "] * 5 + ["a? a?"]), ("a", ["a"]), ("", [""]),
])  # fmt: skip
def test_where_a_question_may_end(q, parts):
    places = cuts(q)
    assert [q[start:end] for start, end in zip([0, *places], [*places, len(q)], strict=True)] == parts


def said(q):
    """The words that count, of a text in which nothing is marked."""
    sheet = Sheet(q, lexicon(WORDS))
    return " ".join(token.text for token, counts in zip(sheet.tokens, asked(sheet), strict=True) if counts)


@pytest.mark.parametrize(("q", "counts"), [
    ("i am rich. how deep is it", "how deep is it"), ("how deep is it", "how deep is it"), ("how deep is it because i am rich", "how deep is it"),
    ("how deep is it since we sold", "how deep is it"), ("how deep is it if i wait", "how deep is it if i wait"), ("deep but i am rich", "deep"),
    ("deep but not old", "deep but not old"), ("my boss is rich, i want to know how deep it is", "i want to know how deep it is"),
    ("i am rich and i wonder how deep it is", "i wonder how deep it is"), ("i am rich.how deep", "i am rich . how deep"), ("", ""),
    ("now i am rich", ""), ("i need it", "i need it"), ("i do it", ""), ("what i do", "what i do"), ("just so i am rich, how deep", "how deep"),
    ("no rush, how deep", "how deep"), ("no rest, how deep", "no rest , how deep"), ("in your opinion, how deep", "how deep"),
    ("keep me in, how deep", "how deep"),
    ("before lunch, how deep", "how deep"), ("after lunch, how deep", "how deep"), ("at lunch, how deep", "at lunch , how deep"), ("because", "because"),
    ("as my boss said, how deep", "how deep"), ("deep while you wait", "deep"), ("deep while waiting", "deep while waiting"), ("thanks", ""),
    ("so what", "so what"),
    ("tell me deep", "tell me deep"), ("i am rich tell me deep", "tell me deep"), ("i am rich can you please tell me deep", "can you please tell me deep"),
    ("everyone would; how deep", "how deep"), ("everyone must; how deep", "everyone must ; how deep"),
])  # fmt: skip
def test_what_is_only_told(q, counts):
    assert said(q) == counts


# --- Other languages, words nobody knows --------------------------------------------------------------------------
@pytest.mark.parametrize(("q", "foreign"), [
    ("wo kann", True), ("wo", False), ("wo wo", False), ("\u4ef7\u683c", True), ("\u4ef7\u683c ab", False), ("\u4ef7\u683c a", True), ("", False),
    ("12 ?", False),
    ("wo is kann", True), ("\u20ac\u20ac ab", False),
])  # fmt: skip
def test_another_language(q, foreign):
    assert is_foreign(Sheet(q, lexicon(WORDS))) is foreign


def test_a_coin_is_of_no_language():
    sheet = Sheet("wo kann", lexicon(WORDS))
    sheet.mark(0, 1, ASSET, "WO")
    assert not is_foreign(sheet)


@pytest.mark.parametrize(("q", "intent", "word"), [
    ("wobble wabble", "best_price", "wabble"), ("Wobble it", "compare", "Wobble"), ("wobble", "price_history", "wobble"), ("wobble it", "funding", ""),
    ("funding of wobble", "funding", "wobble"), ("liquidity of wobble", "liquidity", "wobble"), ("wobble", "status", ""), ("wobble", "help", ""),
    ("of zqx", "best_price", "zqx"), ("of zq", "best_price", ""), ("w" * 24, "best_price", "w" * 24), ("w" * 25, "best_price", ""), ("wob1", "best_price", ""),
    ("price", "best_price", ""), ("kucoin", "best_price", ""),
    ("arbitrage of wobble", "arbitrage", "wobble"), ("open interest of wobble", "derivatives", "wobble"),
    ("volume of wobble", "volume_sentiment", "wobble"), ("greeks", "best_price", ""),
])  # fmt: skip
def test_the_word_that_stands_for_a_coin(q, intent, word):
    assert unheard(Sheet(q, lexicon(WORDS)), intent) == word


def test_what_was_taken_or_mended_is_not_strange():
    sheet = Sheet("wobble wabble", lexicon(WORDS))
    sheet.mark(1, 2, ASSET, "X")
    assert unheard(sheet, "best_price") == "wobble"
    sheet.lemmas[0] = "trade"
    assert unheard(sheet, "best_price") == ""
