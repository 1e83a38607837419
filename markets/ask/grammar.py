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
from markets.ask.tongue import ONLY, is_foreign
from markets.ask.topics import topic_of
from markets.ask.unheard import unheard

MOST = 3  # questions of one text


def parse(text: str, words: Vocabulary) -> Frame:
    """The frame of a question. Its further questions are in `also`; what was cut off or mended is in `notes`."""
    q, lex = cleaned(text), lexicon(words)
    frame = _several(q, lex) or _frame(q, lex)[0]
    if is_cut(text):
        frame = structs.replace(frame, notes=(*frame.notes, f"Only the first {LONGEST} characters were read."))
    return frame


def _several(q: str, lex: Lexicon) -> Frame | None:
    """Of a text that asks for different things the first, with the next in `also`: each read alone. None when it is one question."""
    places = cuts(q)
    texts = _questions(q, places, lex) if places else []
    if len(texts) < 2:
        return None
    first, *others = (_frame(text, lex)[0] for text in texts[:MOST])
    about, also = first, list[Frame]()
    for other in others:
        also.append(_with_subject(other, about))
        about = also[-1] if also[-1].assets else about
    notes = (*first.notes, f"Only the first {MOST} questions were read.") if len(texts) > MOST else first.notes
    return structs.replace(first, q=q, also=tuple(also), notes=notes)


def _questions(q: str, places: list[int], lex: Lexicon) -> list[str]:
    """The text cut where a question of another kind begins; what is no question of its own belongs to the one before it."""
    found: list[str] = []
    kind = ""  # of the last one; "" while that asks for nothing yet
    for start, end in zip([0, *places], [*places, len(q)], strict=True):
        frame, weight = _frame(q[start:end], lex)
        own = frame.intent if frame.intent != "unknown" and weight >= ALONE else ""
        if found and not (kind and own and own != kind):
            found[-1] += q[start:end]
            kind = kind or own
        else:
            found.append(q[start:end])
            kind = own
    return found


def _with_subject(frame: Frame, about: Frame) -> Frame:
    """A further question that names no coin is about that of the one before it, unless it is about an exchange alone."""
    if frame.assets or frame.unknown or frame.intent == "help" or (frame.intent == "status" and frame.exchanges and not frame.topic):
        return frame
    return structs.replace(frame, assets=about.assets)


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
    return _remarked(frame, sheet), reading.score


def _remarked(frame: Frame, sheet: Sheet) -> Frame:
    """The frame of another language than English says so; that of a coin nobody knows names the word that stands for it."""
    if is_foreign(sheet):
        topic = "language" if frame.topic in ("nonsense", "off_topic") else frame.topic
        return structs.replace(frame, topic=topic, notes=(*frame.notes, *((ONLY,) if topic != "language" else ())))
    word = "" if frame.assets or frame.unknown else unheard(sheet, frame.intent)
    return structs.replace(frame, unknown=(word,)) if word else frame


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
