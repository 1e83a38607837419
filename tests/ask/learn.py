"""Makes `markets/ask/learned.json` from the develop part of the corpus (`make learn`): softmax regression by gradient descent.

Always the same from the same questions: a seeded order, no parallel sums.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from markets.ask import learned
from markets.ask.frame import INTENTS, Vocabulary
from markets.ask.grammar import marked
from markets.ask.intents import stream
from markets.ask.learned import Table
from markets.ask.lexicon import lexicon
from markets.ask.tokens import cleaned

DEVELOP = Path(__file__).with_name("corpus") / "develop.ndjson"
ROUNDS, STEP, SHRINK = 25, 0.9, 1e-4
LEAST = 2  # times a feature has to occur to be kept
Example = tuple[list[str], str]  # features in order, intent


def digest(corpus: bytes) -> str:
    """What a table says of the questions it was learned from."""
    return hashlib.blake2b(corpus, digest_size=8).hexdigest()


def examples(corpus: bytes, words: Vocabulary) -> list[Example]:
    """Each question's features and its intent."""
    lex, rows = lexicon(words), [msgspec.json.decode(line) for line in corpus.splitlines()]
    found = [(learned.features(stream(marked(cleaned(row["q"]), lex))[0]), row["intent"]) for row in rows]
    counts = Counter(feature for features, _ in found for feature in features)
    return [(sorted(feature for feature in features if counts[feature] >= LEAST), intent) for features, intent in found]


def weights(data: Sequence[Example], seed: int = 1) -> dict[str, dict[str, float]]:
    """{feature: {intent: weight in units of one}}."""
    found: dict[str, dict[str, float]] = {}
    order, chance = list(data), random.Random(seed)
    for turn in range(ROUNDS):
        chance.shuffle(order)
        for features, intent in order:
            _step(found, features, intent, STEP / (1 + turn / 5))
    return found


def _step(found: dict[str, dict[str, float]], features: Sequence[str], intent: str, step: float) -> None:
    rows = [found.setdefault(feature, dict.fromkeys(INTENTS, 0.0)) for feature in features]
    scale = math.sqrt(len(rows) or 1)
    likely = learned.normal({name: sum(row[name] for row in rows) / scale for name in INTENTS})
    for name, log in likely.items():
        wrong = math.exp(log) - (name == intent)
        if abs(wrong) > 1e-3:
            for row in rows:
                row[name] -= step * (wrong / scale + SHRINK * row[name])


def table(corpus: bytes, words: Vocabulary) -> Table:
    """The table of a corpus, weights in hundredths."""
    found = weights(examples(corpus, words))
    return Table(digest(corpus), {feature: tuple(round(100 * row[name]) for name in INTENTS) for feature, row in sorted(found.items())})


def written(made: Table) -> bytes:
    """A line for each feature."""
    lines = (msgspec.json.encode(feature) + b":" + msgspec.json.encode(row) for feature, row in made.weights.items())
    return b'{"corpus":"' + made.corpus.encode() + b'","weights":{\n' + b",\n".join(lines) + b"\n}}\n"


def main(paths: Iterable[Path] = (learned.TABLE,)) -> None:
    """Write the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pebble.settings")
    import django  # the vocabulary needs it, the rest of this module does not

    django.setup()
    from markets.reads.vocabulary import vocabulary

    for path in paths:
        path.write_bytes(written(table(DEVELOP.read_bytes(), vocabulary())))


if __name__ == "__main__":
    main()
