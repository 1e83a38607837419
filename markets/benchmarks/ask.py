"""How well and how fast questions are read: both parts of the labelled corpus by slot, and the longest and worst of texts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from markets.ask.frame import LONGEST
from markets.ask.grammar import parse
from markets.benchmarks.measure import Figure
from markets.reads.vocabulary import built_in

AIM_MS = 5
AIMS = {"intent": 95, "assets": 98, "exchanges": 98, "exclude": 98, "whole": 90}  # percent, of the part that is only scored on
ROUNDS = 5
WORST = (
    "? and what is btc ", "a/", "half a ", "1 ", "solanna ", "not on gate or ", "btc/usdt vs ", "price of the ", "xqzvw ",
    "how deep is the SOL book? eosohn stoaininasz best price for BTC? ïñéüïñéü btrx5xchozt bitcoin csah nvda isn't w'x'd a vs over rtnro? ",
)  # fmt: skip


def run() -> Iterator[Figure]:
    """Percent of the labelled questions that are read as labelled, and processor time for one question."""
    if find_spec("tests.ask.scoring") is None:
        return  # the labelled questions are among the tests
    scoring = import_module("tests.ask.scoring")
    for part in ("develop", "score"):
        found = {slot: 100 * share for slot, share in scoring.score(part, built_in()).items()}
        met = all(found[slot] >= aim for slot, aim in AIMS.items())
        detail = {slot: round(share, 1) for slot, share in found.items()} | {"questions": len(scoring.rows(part))}
        yield Figure(f"questions read as labelled, {part} part", found["whole"], "%", {}, None, f"90 % whole, {AIMS}", met, detail)
    texts = [row["q"] for row in scoring.rows("develop")]
    mean = _ms(texts) / len(texts)
    worst = max(_ms([text]) for text in ((piece * LONGEST)[:LONGEST] for piece in WORST))
    yield Figure("reading one question", mean, "ms", {f"worst of {LONGEST} characters": worst}, None, f"{AIM_MS} ms", worst < AIM_MS, {"rounds": ROUNDS})


def _ms(texts: list[str]) -> float:
    """Milliseconds of processor time for all of them, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            parse(text, built_in())
        best = min(best, (time.process_time() - began) * 1000)
    return best
