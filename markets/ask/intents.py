"""What a question asks for: evidence of words and slots for each intent, and the reasons for which it is not answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from markets.ask import learned
from markets.ask.clauses import asked
from markets.ask.evidence import EVIDENCE, TERMS
from markets.ask.fees import asks_fees
from markets.ask.frame import INTENTS
from markets.ask.phrases import SKIPPED, Phrases, strength
from markets.ask.refusals import REFUSALS
from markets.ask.sheet import Sheet
from markets.ask.slots import AMOUNT, ASSET, DATE, EXCHANGE, EXCLUDED, LIMIT, NOT, OTHER, QUOTE, THRESHOLD, TIME, UNCOVERED
from markets.ask.tokens import SIGN, WORD

_CHAT = frozenset({"thanks", "greeting", "insult"})
_REFUSED = REFUSALS.keys() - _CHAT - {"off_topic"}
_CHATTING = 6.0  # evidence from which a question is one, whatever greetings stand beside it
_PRICES = frozenset({"compare", "best_price", "help", "trending_not_on", "new_tokens"})
_SPECIAL = 13.0  # evidence of something besides prices from which "compare" says how it is to be shown, not what is asked for
# Of equals the first: what is more special comes before what is less.
PRECEDENCE = (
    "funding",
    "copy_trading",
    "derivatives",
    "arbitrage",
    "liquidity",
    "new_tokens",
    "volume_sentiment",
    "trending_not_on",
    "price_history",
    "status",
    "compare",
    "best_price",
    "help",
)
ALONE = 8.0  # evidence that makes a part of a text a question of its own
ENOUGH = 2.5  # evidence below this is none
LEAST_SAY, SAY, FAR = 1.0, 0.1, 20.0  # what phrases say is likelier (a logarithm) than the wording alone makes it: the further they are ahead, the more
NEARLY = 1.0  # a reading that is behind by less than this (a logarithm: about a third as likely) may have been meant
_SYMBOLS = {
    ASSET: "<coin>", EXCHANGE: "<exchange>", EXCLUDED: "<exchange>", UNCOVERED: "<exchange>", AMOUNT: "<amount>", QUOTE: "<quote>",
    TIME: "<time>", THRESHOLD: "<bound>",
    LIMIT: "<number>", OTHER: "<number>", DATE: "<date>",
}  # fmt: skip
_PRICED = frozenset({"price", "coin", "buy", "sell", "cheap", "exchange", "deal", "fee", "swap", "pair", "ask", "bid"})
_FEW = 3  # words beside a coin that leave no doubt that its price is meant
_SILENT = frozenset("?!")  # whether a question is marked as one says nothing
_TODAY, _NOWADAYS = "<today>", frozenset({"today", "tonight"})  # what happens now is not yet history
_ABOUT = """
what is {0} $; what are {0} $; what is {0} mean; what is a {0} $; what does {0} mean; what do {0} mean; {0} meaning; how does {0} work; how do {0} work;
{0} definition; explain {0}; define {0}; meaning of {0}; tell me about {0} $; what is {0} in crypto; what is {0} exactly; {0} explained; understand {0};
difference between {0} and; what exactly is {0} $; what a {0} is; what a {0} are; what {0} is $; what {0} are $; what {0} actually is; what {0} stands for;
what is {0} supposed to; what is meant by {0}; is {0} the same as; tell me what {0} is; tell me what {0} mean
"""
_TERMS = {" ".join(term.split()) for term in TERMS.split(";")}
_EXPLAINED, _NAMED = "explain: ", "term: "
_MEANING = {f"{_EXPLAINED}{term}": {45: _ABOUT.format(term)} for term in sorted(_TERMS)} | {f"{_NAMED}{term}": {1: term} for term in sorted(_TERMS)}
_PHRASES = Phrases({**EVIDENCE, **_MEANING, **{f"no {topic}": rows for topic, rows in REFUSALS.items()}})


class Reading(Struct, frozen=True):
    """What was read, how sure that is (0..1), what else it may have been, and finer words."""

    intent: str
    topic: str = ""
    confidence: float = 0.0
    readings: tuple[str, ...] = ()
    score: float = 0.0


def read_intent(sheet: Sheet, side: str | None) -> Reading:
    """The likeliest intent by phrases, slots and wording together; `unknown` with its topic where there is none, or an answer is not due.

    What a text only tells beside its question is no evidence, unless too little is left without it.
    """
    counts = asked(sheet)
    if not counts:
        return Reading("unknown", "empty", 1.0)
    reading = _read(sheet, side, counts) if any(counts) else Reading("unknown")
    if all(counts) or reading.score >= ENOUGH or reading.topic in _REFUSED:
        return reading
    told = _read(sheet, side, [True] * len(counts))
    return told if any(counts) else structs.replace(told, score=0.0)


def _read(sheet: Sheet, side: str | None, counts: Sequence[bool]) -> Reading:
    """The reading of the tokens that count."""
    symbols, skipped = stream(sheet, counts)
    found = _PHRASES.found(symbols, skipped)
    ruled, refusal, ahead = _ruled(sheet, side, found)
    if asks_fees(sheet) and (ruled.intent != "unknown" or ruled.topic not in _REFUSED):
        return Reading("help", "fees", 1.0, score=max(ruled.score, ALONE))
    likely = learned.likelihood(symbols)
    likely[ruled.intent] += LEAST_SAY + min(ahead, FAR) * SAY
    first, second, *others = sorted(likely, key=lambda intent: (-likely[intent], INTENTS.index(intent)))
    near = tuple(intent for intent in (second, *others) if likely[first] - likely[intent] < NEARLY and intent != "unknown")
    sure = round(1 - math.exp(likely[second] - likely[first]), 2)
    if first == ruled.intent:
        return structs.replace(ruled, confidence=sure, readings=near)
    topic = (refusal or _why_unknown(sheet)) if first == "unknown" else _terms(found, sheet.q) if first == "help" else ""
    return Reading(first, topic, sure, near, ruled.score)


def _ruled(sheet: Sheet, side: str | None, found: Mapping[str, list[int]]) -> tuple[Reading, str, float]:
    """The intent with most evidence of phrases and slots, the likeliest reason not to answer ("" for none), and by how much it is ahead."""
    scores = {intent: strength(found.get(intent, ())) + bonus for intent, bonus in _from_slots(sheet, side, found).items()}
    if max(score for intent, score in scores.items() if intent not in _PRICES) >= _SPECIAL:
        scores["compare"] -= _SPECIAL
    explained = max((strength(weights) for label, weights in found.items() if label.startswith(_EXPLAINED)), default=0.0)
    scores["help"] += explained
    chats = max(scores.values()) < _CHATTING and not sheet.values(ASSET, EXCHANGE)
    refusal, refused = _refusal(found, chats)
    best, second = sorted(PRECEDENCE, key=lambda intent: (-scores[intent], PRECEDENCE.index(intent)))[:2]
    if refused > scores[best]:
        return Reading("unknown", refusal), refusal, refused - scores[best]
    if scores[best] < ENOUGH or (best == "best_price" and not _has_object(sheet)):
        return Reading("unknown", refusal or _why_unknown(sheet)), refusal, 0.0
    topic = _terms(found, sheet.q) if best == "help" and explained else ""
    return Reading(best, topic, score=scores[best]), refusal, scores[best] - max(scores[second], refused, 0.0)


def stream(sheet: Sheet, counts: Sequence[bool] | None = None) -> tuple[list[str], list[bool]]:
    """The question as evidence is looked for in it: lemmas, a symbol for each slot, and which of them may be passed over."""
    counts = counts or asked(sheet)
    symbols, skipped, last = ["^"], [False], None
    for at, token in enumerate(sheet.tokens):
        mark = sheet.marks[at]
        if not counts[at] or token.low in _SILENT:
            continue
        if mark is not None and mark.slot in _SYMBOLS:
            if mark is not last:
                symbols.append(_TODAY if token.low in _NOWADAYS else _SYMBOLS[mark.slot])
                skipped.append(symbols[-1] in SKIPPED)
        elif mark is not None and mark.slot == NOT:
            symbols.append("<not>")
            skipped.append(True)
        elif mark is None:
            symbols.append(sheet.lemmas[at])
            skipped.append(token.kind == SIGN or sheet.lemmas[at] in SKIPPED)
        last = mark
    return [*symbols, "$"], [*skipped, False]


def _from_slots(sheet: Sheet, side: str | None, found: Mapping[str, list[int]]) -> dict[str, float]:
    """What the slots say, beside the words."""
    assets, exchanges, excluded = sheet.values(ASSET), sheet.values(EXCHANGE, UNCOVERED), sheet.values(EXCLUDED)
    bonus = dict.fromkeys(PRECEDENCE, 0.0)
    if assets:
        bonus["best_price"] += 2 if _says_little_else(sheet) else 0
        if len(assets) > 1:
            bonus["compare"] += 2
    if assets or exchanges:
        bonus["help"] -= 8
    if side:
        bonus["best_price"] += 1
    if len(exchanges) > 1:
        bonus["compare"] += 1
        bonus["arbitrage"] += 1 if "arbitrage" in found else 0
    if excluded and not assets:
        bonus["trending_not_on"] += 13 if _is_about_coins(sheet) else 3
    if sheet.values(AMOUNT) and "liquidity" in found:
        bonus["liquidity"] += 1
    return bonus


def _has_object(sheet: Sheet) -> bool:
    """Whether anything is named that has a price."""
    return bool(sheet.values(ASSET, QUOTE, EXCHANGE, UNCOVERED, EXCLUDED)) or bool(_PRICED & set(sheet.lemmas))


def _says_little_else(sheet: Sheet) -> bool:
    """Whether a coin is nearly all there is: then its price is meant."""
    return sum(sheet.free(at) and token.kind == WORD and sheet.lemmas[at] not in SKIPPED for at, token in enumerate(sheet.tokens)) <= _FEW


def _is_about_coins(sheet: Sheet) -> bool:
    return bool({"coin", "pair", "list", "what", "which", "trend", "available", "anything", "new"} & set(sheet.lemmas))


def _terms(found: Mapping[str, list[int]], q: str) -> str:
    """The terms that a question names, in order of mention, none that is part of another."""
    meant = [label.removeprefix(_NAMED) for label in found if label.startswith(_NAMED)]
    named = [term for term in meant if term in q.lower()] or meant[:1]  # one lemma may stand for several terms
    whole = [term for term in named if not any(term != other and term in other for other in named)]
    return ",".join(sorted(whole, key=lambda term: (q.lower().find(term), term)))


def _refusal(found: Mapping[str, list[int]], chats: bool) -> tuple[str, float]:
    """The likeliest reason not to answer. Chat beside a question is no reason."""
    topics = {label.removeprefix("no "): strength(weights) for label, weights in found.items() if label.startswith("no ")}
    topics = {topic: score for topic, score in topics.items() if chats or topic not in _CHAT}
    return max(topics.items(), key=lambda item: item[1], default=("", 0.0)) if any(score > 0 for score in topics.values()) else ("", 0.0)


def _why_unknown(sheet: Sheet) -> str:
    if not any(char.isalnum() for char in sheet.q):
        return "empty"
    return "off_topic" if sum(token.low in sheet.lex.ordinary for token in sheet.tokens) > 1 else "nonsense"
