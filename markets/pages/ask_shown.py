"""What the page of a question shows: how it was understood as parts that can be changed, and its answers with their evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from markets import read
from markets.analysis import wording
from markets.api import filters
from markets.api.filters_ask import PARAMETERS
from markets.ask.answer import Answer, Cell, Column, Left, Table, Used
from markets.ask.answers import examples as asked_before
from markets.ask.chips import LIMIT, limit_text
from markets.ask.frame import INTENTS, SIDES, Frame
from markets.pages.query import Asked
from markets.shapes import ExchangeStatus

Faces = Mapping[str, ExchangeStatus]
Links = Sequence[tuple[str, str, bool]]
INTENT_WORDS = {  # as a chip says it
    "best_price": "Best price", "compare": "Prices compared", "arbitrage": "Arbitrage", "liquidity": "Liquidity", "new_tokens": "New listings",
    "trending_not_on": "Here but not there", "derivatives": "Perpetuals and options", "funding": "Funding", "volume_sentiment": "Volume and sentiment",
    "copy_trading": "Copy trading", "status": "Status", "price_history": "Past prices", "help": "Help", "unknown": "Not understood",
}  # fmt: skip
UNITS = {"bps": "bps", "pct": "%", "pct_year": "% a year"}
SIDE_WORDS = {"buy": "Buying", "sell": "Selling", "": "Neither said"}
_UNIT = re.compile(r"(?<=\d) (?=(?:%|bps|[smhd])(?!\w))")
PRICED = ("assets", "quote", "exchanges", "exclude", "side", "amount", "fees")
USES: Mapping[str, Sequence[str]] = {  # the parts that matter to a kind of question; the others are shown where they were said
    "best_price": PRICED, "compare": PRICED, "liquidity": PRICED,
    "arbitrage": ("assets", "quote", "exchanges", "exclude", "amount", "threshold", "limit", "fees"),
    "new_tokens": ("exchanges", "exclude", "time_range", "limit"), "trending_not_on": ("exchanges", "exclude", "quote", "limit"),
    "derivatives": ("assets", "exchanges", "exclude", "limit"), "funding": ("assets", "exchanges", "exclude", "threshold", "limit"),
    "volume_sentiment": ("assets", "exchanges", "exclude", "time_range", "limit"), "copy_trading": ("assets", "exchanges", "time_range", "limit"),
    "status": ("exchanges",), "price_history": ("assets", "quote", "exchanges", "exclude", "time_range"),
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """One part of how a question was understood. `said`: the question says it, or somebody changed it. What changes it: `links`, or `fields` of a form."""

    slot: str
    text: str
    says: str
    said: bool = False
    links: Links = ()
    faces: Sequence[tuple[ExchangeStatus, str, bool]] = ()
    fields: Sequence[Field] = ()
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Field:
    """One field of a chip's form."""

    name: str
    label: str
    value: str
    hint: str = ""
    pattern: str = ""


# --- How it was understood --------------------------------------------------------------------------------------
def chips(asked: Asked, frame: Frame, faces: Faces) -> list[Chip]:
    """The parts of a frame that are said or matter, in the order of reading."""
    uses = ("intent", *USES.get(frame.intent, ()))
    return [chip for chip in (*_what(asked, frame), *_where(asked, frame, faces), *_how(asked, frame)) if chip.said or chip.slot in uses]


def _what(asked: Asked, frame: Frame) -> list[Chip]:
    links = [(INTENT_WORDS[name], asked.link(intent=name), name == frame.intent) for name in INTENTS if name != "unknown"]
    coins, ticker = ", ".join(map(coin, frame.assets)), Field("assets", "Coins, with commas between them", ",".join(frame.assets), "BTC, ETH")
    return [
        Chip("intent", INTENT_WORDS[frame.intent], "What is asked for", True, links=links),
        Chip("assets", coins or "Any coin", "Coins", bool(coins), fields=[ticker], hidden=asked.hidden("assets")),
        Chip("quote", frame.quote or "Any currency", "Currency of the prices", bool(frame.quote), hidden=asked.hidden("quote"),
             fields=[Field("quote", "Currency", frame.quote or "", "USDT")]),
    ]  # fmt: skip


def coin(ticker: str) -> str:
    """POL, formerly MATIC; a ticker that is not an old one as it was typed."""
    found, former = read.resolve(ticker)
    return f"{found.ticker}, formerly {former}" if found and former else ticker


def _where(asked: Asked, frame: Frame, faces: Faces) -> list[Chip]:
    on = [face for face in faces.values() if face.enabled]
    only, without = set(frame.exchanges), set(frame.exclude)
    names = [face.name for face in faces.values() if face.slug in only]
    absent = [face.name for face in faces.values() if face.slug in without]
    many = f"{len(on)} exchange{'' if len(on) == 1 else 's'}"
    return [
        Chip("exchanges", _listed(names) or many, "Only these exchanges", bool(only), faces=_toggles(asked, "exchanges", frame.exchanges, on)),
        Chip("exclude", f"Not {_listed(absent)}" if absent else "None left out", "Exchanges left out", bool(without),
             faces=_toggles(asked, "exclude", frame.exclude, on)),
    ]  # fmt: skip


def _toggles(asked: Asked, slot: str, chosen: Sequence[str], on: Sequence[ExchangeStatus]) -> list[tuple[ExchangeStatus, str, bool]]:
    """(exchange, the link that puts it in or takes it out, whether it is in)."""
    def after(slug: str) -> str:
        return ",".join([s for s in chosen if s != slug] if slug in chosen else [*chosen, slug])

    return [(face, asked.link(**{slot: after(face.slug)}), face.slug in chosen) for face in on]


def _how(asked: Asked, frame: Frame) -> list[Chip]:
    sides = [(SIDE_WORDS[name], asked.link(side=name), name == (frame.side or "")) for name in (*SIDES, "")]
    amount = " ".join(filter(None, (wording.grouped(Decimal(frame.amount)), frame.unit))) if frame.amount else ""
    fees = filters.fees_text(asked.values["fees"])
    return [
        Chip("side", SIDE_WORDS[frame.side] if frame.side else "Buy or sell", "Buying or selling", bool(frame.side), links=sides),
        Chip("amount", amount or "No amount", "Amount", bool(amount), hidden=asked.hidden("amount", "unit"), fields=[
            Field("amount", "How much", frame.amount or "", "10000", r"[0-9,]{1,26}(\.[0-9]{1,18})?"), Field("unit", "Of what", frame.unit or "", "USDT"),
        ]),
        Chip("time_range", f"Over {frame.time_range}" if frame.time_range else "Usual time", "Over how long", bool(frame.time_range),
             fields=[Field("time_range", "Over how long", frame.time_range or "", "24h", "[1-9][0-9]{0,3}[mhdw]")], hidden=asked.hidden("time_range")),
        Chip("threshold", threshold(frame), "A number that rows must pass", frame.threshold is not None, hidden=asked.hidden("threshold"), fields=[
            Field("threshold", "> or <, a number, and bps, pct, pct_year, usd or a ticker", limit_text(frame.threshold) if frame.threshold else "",
                  "> 20 pct_year", LIMIT.pattern),
        ]),
        Chip("limit", f"Top {frame.limit}" if frame.limit else "Usual number of rows", "How many rows", bool(frame.limit),
             fields=[Field("limit", "Rows, at most", str(frame.limit or ""), "10", "[0-9]{1,3}")], hidden=asked.hidden("limit")),
        Chip("fees", "Your fees" if fees else "Public fees", "Taker fees", bool(fees), hidden=asked.hidden("fees"),
             fields=[Field("fees", "Your taker fee, %: one for all, or exchange:percent, …", fees, "base")]),
    ]  # fmt: skip


def threshold(frame: Frame) -> str:
    """Above 20 % a year."""
    limit = frame.threshold
    if limit is None:
        return "No limit"
    unit = UNITS.get(limit.unit, limit.unit.upper())
    return f"{'Above' if limit.op == '>' else 'Below'} {wording.grouped(Decimal(limit.value))} {unit}".rstrip()


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


# --- Answers ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """A row of the evidence. `cells` go with `Section.columns`."""

    best: bool
    cells: Sequence[tuple[Column, Cell, ExchangeStatus | None]]


@dataclass(frozen=True)
class Section:
    """One answer as the page shows it."""

    answer: Answer
    plain: bool  # nothing was found out: no colour of an answer
    sentence: Sequence[tuple[str, ExchangeStatus | None]]
    lines: Sequence[str]
    notes: Sequence[str]
    rows: Sequence[Row]
    left: Sequence[tuple[Left, ExchangeStatus | None]]
    used: Sequence[tuple[Used, ExchangeStatus | None]]
    readings: Sequence[tuple[str, str]]
    examples: Sequence[tuple[str, str]]


def section(answer: Answer, asked: Asked, faces: Faces) -> Section:
    """An answer with the faces of the exchanges it names and the links it offers."""
    names = {face.name: face for face in faces.values()}
    return Section(
        answer=answer, plain=answer.kind not in ("answer", "partial"), sentence=sentence(answer.sentence, names),
        lines=[unbroken(line) for line in answer.lines], notes=[unbroken(note) for note in answer.notes],
        rows=rows(answer.table, names) if answer.table else (),
        left=[(left, faces.get(left.exchange)) for left in answer.excluded], used=[(used, faces.get(used.exchange)) for used in answer.sources],
        readings=[(reading.label, asked.link(**reading.changes)) for reading in answer.readings],
        examples=[(text, question_link(text)) for text in answer.examples],
    )


def sentence(text: str, names: Faces) -> list[tuple[str, ExchangeStatus | None]]:
    """The sentence cut where it names an exchange."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    parts = re.split(rf"(?<!\w)({known})(?!\w)", text) if known else [text]
    return [(unbroken(part), names.get(part)) for part in parts if part]


def unbroken(text: str) -> str:
    """A number stays on one line with its unit."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", text)


def rows(table: Table, names: Faces) -> list[Row]:
    """The rows with the face of each exchange that a cell names; what says of itself that it is best is marked."""
    return [
        Row(any(cell.text == "best" for cell in row), [(column, cell, names.get(cell.text)) for column, cell in zip(table.columns, row, strict=True)])
        for row in table.rows
    ]


def examples(faces: Faces) -> list[tuple[str, list[tuple[str, str]]]]:
    """(a kind of question, [(an example, its page)]) with the exchanges that are switched on."""
    names = {face.slug: face.name for face in faces.values() if face.enabled}
    return [(INTENT_WORDS[kind], [(text, question_link(text)) for text in texts]) for kind, texts in asked_before.every(names).items() if texts]


def question_link(text: str) -> str:
    """The page that answers a question."""
    return "/ask/?" + urlencode({"q": text})


def api_link(asked: Asked) -> str:
    """The API call that gives the same answers."""
    return Asked("/api/v1/ask/", asked.values, PARAMETERS).link()
