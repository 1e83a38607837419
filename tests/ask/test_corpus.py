"""The labelled questions are read as well as the issue asks for. Only totals are shown of the part that nobody develops on."""

import pytest

from markets.reads.vocabulary import built_in
from tests.ask.scoring import score

LEAST = {"intent": 0.95, "assets": 0.98, "exchanges": 0.98, "exclude": 0.98, "quote": 0.98, "side": 0.97, "amount": 0.98, "whole": 0.90}


@pytest.mark.parametrize("part", ["develop", "score"])
def test_a_part_is_read_well_enough(part):
    found = score(part, built_in())
    assert {slot: share for slot, share in found.items() if share < LEAST[slot]} == {}
