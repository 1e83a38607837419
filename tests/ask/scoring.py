"""How well the grammar reads the labelled questions, by slot. Tests hold the score, `manage.py bench ask` prints it."""

import json
from decimal import Decimal
from pathlib import Path

from markets.ask.grammar import parse

CORPUS = Path(__file__).parent / "corpus"
SLOTS = ("intent", "assets", "quote", "exchanges", "exclude", "side", "amount")
UNORDERED = ("exchanges", "exclude")


def rows(part):
    return [json.loads(line) for line in (CORPUS / f"{part}.ndjson").read_text(encoding="utf-8").splitlines()]


def comparable(slot, value):
    if slot in UNORDERED:
        return sorted(value)
    if slot == "amount":
        return None if value is None else Decimal(value)
    return list(value) if isinstance(value, tuple) else value


def right(row, words):
    """The slots of a labelled question that are read as labelled."""
    frame = parse(row["q"], words)
    return {slot for slot in SLOTS if comparable(slot, getattr(frame, slot)) == comparable(slot, row[slot])}


def score(part, words):
    """{slot or "whole": share of the questions of a part that are read as labelled}."""
    found = [right(row, words) for row in rows(part)]
    shares = {slot: sum(slot in each for each in found) / len(found) for slot in SLOTS}
    return {**shares, "whole": sum(len(each) == len(SLOTS) for each in found) / len(found)}
