"""Frames in one line each, for the table of questions in frames.txt: all that was read of a question, and nothing that is not there.

`python -m tests.ask.frames` prints the rows that are read otherwise now: what changed is to be read line by line before it is written down.
"""

import re
from pathlib import Path

from markets.ask.grammar import parse
from markets.reads.vocabulary import built_in

TABLE = Path(__file__).with_name("frames.txt")

_SHOWN = ("date", "other")  # slots of which a frame keeps the place alone


def told(frame):
    """best_price/worst: BTC ETH, in USDT, on kucoin, not bybit, buy, amount 5 BTC, over 7d, bound > 5 bps, limit 3, ..."""
    parts = [
        " ".join(frame.assets), f"in {frame.quote}" * bool(frame.quote), f"on {' '.join(frame.exchanges)}" * bool(frame.exchanges),
        f"elsewhere {' '.join(frame.uncovered)}" * bool(frame.uncovered), f"not {' '.join(frame.exclude)}" * bool(frame.exclude), frame.side or "",
        f"amount {frame.amount} {frame.unit or ''}".rstrip() * bool(frame.amount), f"over {frame.time_range}" * bool(frame.time_range), _bound(frame.threshold),
        f"limit {frame.limit}" * (frame.limit is not None), f"unknown {' '.join(frame.unknown)}" * bool(frame.unknown),
        *(f"{span.slot} '{frame.q[span.start : span.end]}'" for span in frame.spans if span.slot in _SHOWN), *(f"note {note}" for note in frame.notes),
    ]  # fmt: skip
    head = f"{frame.intent}/{frame.topic}" if frame.topic else frame.intent
    return " & ".join([f"{head}: {', '.join(filter(None, parts))}".removesuffix(": "), *(told(other) for other in frame.also)])


def _bound(threshold):
    return f"bound {threshold.op} {threshold.value} {threshold.unit}".rstrip() if threshold else ""


def spread(text):
    """Each question of a row: {buy,get} btc -> buy btc, get btc. "_" in braces is nothing."""
    return [re.sub(" +", " ", each).strip() for each in _spread(text)]


def _spread(text):
    head, brace, rest = text.partition("{")
    if not brace:
        return [text]
    words, _, tail = rest.partition("}")
    return [f"{head}{word.strip('_')}{end}" for word in words.split(",") for end in _spread(tail)]


def rows():
    """(questions, what is read of each of them) of every row."""
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return [line.partition(" => ")[::2] for line in lines]


if __name__ == "__main__":
    for _row, _told in rows():
        for _question in spread(_row):
            if (_now := told(parse(_question, built_in()))) != _told:
                print(f"{_question} => {_now}")  # noqa: T201
