"""A question in plain language becomes a frame. Pure and total: any text has a frame, and the same text always the same."""

from __future__ import annotations

from msgspec import structs

from markets.ask.amounts import amount_of, find_numbers
from markets.ask.coins import find_names, find_pairs, mend
from markets.ask.frame import LONGEST, Frame, Span, Vocabulary
from markets.ask.intents import ALONE, read_intent, stream
from markets.ask.lexicon import Lexicon, lexicon
from markets.ask.ordinary import find_ordinary
from markets.ask.parts import cuts
from markets.ask.places import find_negations
from markets.ask.quotes import find_currency_signs, quote_of, settle_quotes
from markets.ask.sheet import Sheet
from markets.ask.sides import SIDELESS, side_of
from markets.ask.slots import ASSET, EXCHANGE, EXCLUDED, LIMIT, NOT, PAIR, UNCOVERED
from markets.ask.times import find_times, time_of
from markets.ask.tokens import cleaned, is_cut
from markets.ask.topics import topic_of


def parse(text: str, words: Vocabulary) -> Frame:
    """The frame of a question. Its further questions are in `also`; what was cut off or mended is in `notes`."""
    q, lex = cleaned(text), lexicon(words)
    frame = _several(q, lex) or _frame(q, lex)[0]
    if is_cut(text):
        frame = structs.replace(frame, notes=(*frame.notes, f"Only the first {LONGEST} characters were read."))
    return frame


def _several(q: str, lex: Lexicon) -> Frame | None:
    """Of a text that asks for different things the first, with the next in `also`. None when it is one question."""
    for cut in cuts(q):
        first, weight = _frame(q[:cut], lex)
        if first.intent == "unknown" or weight < ALONE:
            continue  # half of the work saved, of texts that are made to cost much
        rest, other = _frame(q[cut:], lex)
        if rest.intent not in ("unknown", first.intent) and other >= ALONE:
            return structs.replace(first, q=q, also=(_with_subject(rest, first),))
    return None


def _with_subject(frame: Frame, first: Frame) -> Frame:
    """A further question that names no coin is about the one before it."""
    return frame if frame.assets else structs.replace(frame, assets=first.assets)


def _frame(q: str, lex: Lexicon) -> tuple[Frame, float]:
    """One question read, and how much speaks for its intent."""
    sheet = marked(q, lex)
    side = side_of(sheet)
    reading = read_intent(sheet, side)
    amount = amount_of(sheet)
    excluded = sheet.values(EXCLUDED)
    frame = Frame(
        q=q, intent=reading.intent, topic=reading.topic or topic_of(reading.intent, *stream(sheet)), confidence=reading.confidence, readings=reading.readings,
        assets=sheet.values(ASSET), quote=quote_of(sheet), exchanges=tuple(slug for slug in sheet.values(EXCHANGE) if slug not in excluded), exclude=excluded,
        side=None if reading.intent in SIDELESS else side, amount=amount[0] if amount else None, unit=amount[1] if amount else None,
        time_range=time_of(sheet), threshold=sheet.threshold, limit=_limit(sheet), uncovered=sheet.values(UNCOVERED),
        unknown=tuple(sheet.unknown), notes=tuple(sheet.notes), spans=_spans(sheet),
    )  # fmt: skip
    return frame, reading.score


def marked(q: str, lex: Lexicon) -> Sheet:
    """The sheet of a question with every slot marked. Each step sees what those before it took."""
    sheet = Sheet(q, lex)
    for step in (find_pairs, find_names, mend, find_currency_signs, find_negations, find_ordinary, settle_quotes, find_numbers, find_times):
        step(sheet)
    return sheet


def _limit(sheet: Sheet) -> int | None:
    return next((int(value) for value in sheet.values(LIMIT) if len(value) <= 4), None)


def _spans(sheet: Sheet) -> tuple[Span, ...]:
    marks = dict.fromkeys(mark for mark in sheet.marks if mark is not None and mark.slot not in (NOT, PAIR))
    return tuple(Span(sheet.tokens[mark.first].start, sheet.tokens[mark.end - 1].end, mark.slot, mark.value) for mark in marks)
