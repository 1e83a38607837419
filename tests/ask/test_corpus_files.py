"""The labelled questions are well formed: a slip in a label would be blamed on the grammar."""

import json
import re
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*.ndjson"))
KEYS = ["q", "intent", "assets", "quote", "exchanges", "exclude", "side", "amount"]
INTENTS = {
    "best_price",
    "compare",
    "arbitrage",
    "liquidity",
    "new_tokens",
    "trending_not_on",
    "derivatives",
    "funding",
    "volume_sentiment",
    "copy_trading",
    "status",
    "price_history",
    "help",
    "unknown",
}
WITHOUT_SIDE = {"price_history", "volume_sentiment", "funding", "arbitrage"}
SLUGS = {"binance", "kucoin", "bybit", "gateio", "bitget"}
AT_LEAST = 600  # what the corpus has to hold in all
LONGEST = 300  # characters of a question that are read
PLAIN = re.compile(r"(0|[1-9]\d*)(\.\d+)?")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def folded(row):
    return " ".join(row["q"].lower().split())


def wrong(row):
    """What the rules of a line refuse, as words; nothing for a good line."""
    if list(row) != KEYS:
        return ["keys"]
    lists = {key: row[key] for key in ("assets", "exchanges", "exclude")}
    checks = {
        "q": isinstance(row["q"], str) and 0 < len(row["q"]) <= LONGEST,
        "intent": row["intent"] in INTENTS,
        "twice": all(len(set(found)) == len(found) for found in lists.values()),
        "assets": all(re.fullmatch(r"[A-Z0-9]+", asset) for asset in row["assets"]),
        "slugs": set(row["exchanges"]) | set(row["exclude"]) <= SLUGS,
        "both": not set(row["exchanges"]) & set(row["exclude"]),
        "quote": row["quote"] is None or re.fullmatch(r"[A-Z]+", row["quote"]),
        "side": row["side"] in ((None,) if row["intent"] in WITHOUT_SIDE else (None, "buy", "sell")),
        "amount": row["amount"] is None or (isinstance(row["amount"], str) and PLAIN.fullmatch(row["amount"])),
    }
    return [name for name, good in checks.items() if not good]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_a_question_with_a_frame(path):
    assert [(number, found) for number, row in enumerate(rows(path), 1) if (found := wrong(row))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_intent_is_asked_for(path):
    assert {row["intent"] for row in rows(path)} == INTENTS


def test_no_question_stands_twice():
    asked = [folded(row) for path in FILES for row in rows(path)]
    assert sorted({question for question in asked if asked.count(question) > 1}) == []


def test_the_corpus_is_large_enough():
    assert sum(len(rows(path)) for path in FILES) >= AT_LEAST


GOOD = {"q": "btc", "intent": "best_price", "assets": ["BTC"], "quote": None, "exchanges": [], "exclude": [], "side": "buy", "amount": "0.5"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"q": ""}, ["q"]),
        ({"q": "x" * (LONGEST + 1)}, ["q"]),
        ({"intent": "price"}, ["intent"]),
        ({"assets": ["btc"]}, ["assets"]),
        ({"assets": ["BTC", "BTC"]}, ["twice"]),
        ({"exchanges": ["gate"]}, ["slugs"]),
        ({"exchanges": ["gateio"], "exclude": ["gateio"]}, ["both"]),
        ({"quote": "usdt"}, ["quote"]),
        ({"side": "hold"}, ["side"]),
        ({"intent": "funding"}, ["side"]),
        ({"amount": "1,000"}, ["amount"]),
        ({"amount": "30k"}, ["amount"]),
        ({"amount": 5}, ["amount"]),
        ({"more": 1}, ["keys"]),
    ],
)
def test_a_slip_in_a_line_is_found(change, found):
    assert wrong(GOOD | change) == found
