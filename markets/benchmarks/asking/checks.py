"""Every answer of a reply examined: by its kind of question against the API, its numbers against its figures, its exchanges against the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markets.benchmarks.asking import books, contracts, lists, others, prices
from markets.benchmarks.asking.checking import Checked, Reads, Row
from markets.benchmarks.asking.meaning import Meaning
from markets.benchmarks.asking.world import World

CHECKS: Mapping[str, Callable[[Checked], None]] = {
    "best_price": prices.best_price, "compare": prices.compare, "liquidity": books.liquidity, "price_history": prices.price_history,
    "arbitrage": others.arbitrage, "status": others.status, "funding": contracts.funding, "derivatives": contracts.derivatives,
    "trending_not_on": lists.trending_not_on, "new_tokens": lists.new_tokens, "volume_sentiment": lists.volume_sentiment, "copy_trading": lists.copy_trading,
}  # fmt: skip
BROKEN = ("something broke", "the store is away")
ODD = (KeyError, IndexError, TypeError, ValueError, ArithmeticError, StopIteration)  # an answer that is not made as its kind is
LIVE = ("fresh", "aging")
PRICED = ("best_price", "compare", "liquidity", "arbitrage", "funding", "derivatives")  # whose sources are prices of now
NAMING = ("best_price", "compare", "liquidity")  # whose answers name every exchange: as a source, or with the reason why not
# A number as it is written; digits that are part of a name (1INCH, LUNA2, 2Z) are none.
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![A-Z]*\d|[A-Z]{2}|[AC-JLN-SU-Z]\b|[a-z]{2})")
UNTOLD = ("age_s", "next_at", "expiry", "time")  # columns whose values are instants, or rounded for reading
FORBIDDEN = re.compile(r"[Rr]isk[- ]free|[Gg]uaranteed|[Yy]ou should (?:buy|sell)|(?<![\w$])\d+[eE][+-]?\d|\bNone\b|Decimal")


@dataclass
class Verdict:
    """What was found: wrong numbers, numbers without a figure, things said that must not be, how many numbers were compared."""

    wrong: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    numbers: int = 0
    unchecked: str = ""


def examined(meant: Meaning, reply: Row, reads: Reads, world: World, down: Sequence[str] = ()) -> Verdict:
    """One reply. Only the answers to its first question are held against the API: a made question is one question.

    `down` are exchanges that have not answered for so long that no price of theirs may count.
    """
    verdict = Verdict()
    count = 1 if meant.intent == "compare" else max(1, len(meant.assets))
    for at, answer in enumerate(reply["answers"]):
        verdict.broken += [f"says {word!r}" for word in BROKEN if word in answer["sentence"]]
        verdict.broken += [f"says {found!r}" for text in texts(answer) for found in FORBIDDEN.findall(text)]
        verdict.loose += loose(answer)
        if at < count and not reply["frame"]["also"] and answer["kind"] not in ("choose", "refusal", "help"):
            _checked(verdict, Checked(meant, meant.assets[at] if at < len(meant.assets) else "", answer, reads, world, down))
    return verdict


def _checked(verdict: Verdict, c: Checked) -> None:
    check = CHECKS.get(c.meant.intent)
    try:
        if check:
            check(c)
    except ODD as error:
        c.wrong.append(f"cannot be held against the API: {error!r}")
    used = {row["exchange"] for row in c.answer["sources"]}
    if c.meant.intent in NAMING and c.coin and used and not any("bid_size" in row for row in c.rows):
        named = used | {row["exchange"] for row in c.answer["excluded"]}
        c.holds(f"nothing is said of {sorted(set(c.scope) - named)}", set(c.scope) <= named)
    if c.meant.intent in PRICED:
        counted = {row["exchange"] for row in c.answer["sources"] if row["state"] in LIVE} & set(c.down)
        c.holds(f"stands on {sorted(counted)}, which are down", not counted)
    verdict.wrong += c.wrong
    verdict.numbers += c.numbers
    verdict.unchecked = c.unchecked or verdict.unchecked


# --- Numbers and figures --------------------------------------------------------------------------------------------
def texts(answer: Row) -> Iterator[str]:
    """Everything an answer says."""
    yield from (answer["title"], answer["sentence"], *answer["lines"], *answer["notes"], *(row["detail"] for row in answer["excluded"]))
    table = answer["table"] or {"columns": (), "rows": ()}
    for column in table["columns"]:
        if not column["number"] and column["name"] not in UNTOLD:
            yield from (row[column["name"]] or "" for row in table["rows"])


def loose(answer: Row) -> list[str]:
    """Numbers that an answer says and that are in none of its figures."""
    written = {found for figure in answer["figures"] for found in NUMBER.findall(figure["text"])}
    exact = {_plain(figure["value"]) for figure in answer["figures"]}
    said = [found for text in texts(answer) for found in NUMBER.findall(text) if found not in written]
    return said + [f"{name} {value}" for name, value in _cells(answer) if _plain(value) not in exact]


def _cells(answer: Row) -> Iterator[tuple[str, str]]:
    """The exact numbers of its table, without the zero that stands for the best."""
    for column in (answer["table"] or {"columns": ()})["columns"]:
        if column["number"] and column["name"] not in UNTOLD:
            for row in answer["table"]["rows"]:
                if row[column["name"]] not in (None, "0"):
                    yield column["name"], row[column["name"]]


def _plain(value: Any) -> Any:
    try:
        return Decimal(value)
    except ArithmeticError:
        return value
