"""The table of wordings: it is the one that the develop questions give, it is added up as it says, and a new one changes readings."""

import math

import msgspec
import pytest

from markets.ask import learned
from markets.ask.frame import INTENTS
from markets.ask.learned import Table
from tests.ask import learn


def row(**hundredths):
    return tuple(hundredths.get(name, 0) for name in INTENTS)


def test_the_table_was_made_from_the_questions_that_are_there():
    made = msgspec.json.decode(learned.TABLE.read_bytes(), type=Table)
    assert made.corpus == learn.digest(learn.DEVELOP.read_bytes()), "the develop questions changed: make learn"


def test_the_same_questions_give_the_same_table_and_it_reads_them_back():
    data = [(["deep", "how deep"], "liquidity"), (["cheap", "how cheap"], "best_price"), (["deep", "so deep"], "liquidity")]
    found = learn.weights(data)
    assert found == learn.weights(data)
    for features, intent in data:
        totals = {name: sum(found[feature][name] for feature in features) for name in INTENTS}
        assert max(totals, key=totals.get) == intent


def test_neighbours_count_beside_single_words():
    assert learned.features(["^", "a", "b"]) == {"^", "a", "b", "^ a", "a b", "^ _ b"}


def test_weights_are_hundredths_shared_by_the_root_of_how_many_there_are():
    table = Table("", {"a": row(help=300), "b": row(help=100, status=100), "never": row(status=9000)})
    totals = learned.summed({"a", "b", "unseen"}, table.weights)
    assert totals["help"] == pytest.approx(4 / math.sqrt(2))
    assert totals["status"] == pytest.approx(1 / math.sqrt(2))
    assert totals["funding"] == 0


def test_likelihoods_are_logarithms_of_probabilities():
    found = learned.likelihood(["a"], Table("", {"a": row(help=200)}))
    assert sum(math.exp(log) for log in found.values()) == pytest.approx(1)
    assert found["help"] - found["status"] == pytest.approx(2)


def test_words_nobody_has_asked_with_say_nothing():
    assert list(learned.likelihood(["zzz"], Table("", {})).values()) == [pytest.approx(-math.log(len(INTENTS)))] * len(INTENTS)
    assert learned.likelihood([], Table("", {}))
