"""What can be asked, what a word means, how things are ranked, where numbers come from, which fees are counted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import exact
from markets.ask.answer import Answer, Cell, Column, Said, Table
from markets.ask.answers import glossary, status
from markets.ask.answers.examples import KINDS, examples
from markets.ask.answers.glossary import Term
from markets.ask.answers.status import Seen
from markets.ask.frame import Frame
from markets.ask.router import Route

GUIDE = "/guide/"
API = "/api/"
FEES = (Column("exchange", "Exchange"), Column("taker_fee_pct", "Taker fee", number=True))
GREETING = "Hello. Ask me where a coin is cheapest, how deep its books are, or what is new: I answer from stored prices, with their ages."
THANKS = "You are welcome. Ask again whenever you like."


class Help(Struct, frozen=True, tag="help", kw_only=True):
    """The exchanges that are watched, as they stand, and how many pairs they trade."""

    seen: tuple[Seen, ...] = ()
    pairs: int = 0


def compose(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    """By topic; of a word its meaning; else what can be asked."""
    told = _TOPICS.get(frame.topic)
    terms = glossary.named(frame.topic) if told is None else ()
    if terms:
        return _meaning(terms, route, now)
    return (told or _overview)(frame, route, found, now)


# --- Words --------------------------------------------------------------------------------------------------------
def _meaning(terms: tuple[Term, ...], route: Route, now: datetime) -> Answer:
    """One word in a sentence, several in a line each."""
    first, *others = terms
    more = tuple(f"More: {_place(term.guide)} ({term.name.lower()})." for term in terms) if others else (f"More: {_place(first.guide)}.",)
    return Answer(
        kind="help", title=" and ".join(term.name for term in terms), sentence=first.says if not others else f"{first.name}: {first.says}",
        lines=tuple(f"{term.name}: {term.says}" for term in others), notes=more, as_of=now, page=_place(first.guide), examples=examples(KINDS, route.names),
    )  # fmt: skip


def _place(guide: str) -> str:
    """The address of a page of the guide: "index", or "funding#one-coin"."""
    name, mark, anchor = guide.partition("#")
    return (GUIDE if name == "index" else f"{GUIDE}{name}/") + mark + anchor


# --- Pebble itself ------------------------------------------------------------------------------------------------
def _overview(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    said = Said()
    notes = ("There is no entry for that word yet; the guide may have it.",) if frame.topic and frame.topic not in _TOPICS else ()
    where = f"on {said.count('exchanges', len(found.seen))} exchanges" if found.seen else "across exchanges"
    return Answer(
        kind="help", title="What you can ask", sentence=f"Ask where a coin is cheapest to buy or dearest to sell, and what is left after fees, {where}.",
        lines=(
            "Also: prices side by side, gaps between exchanges, depth and slippage, funding, contracts and options, volume and its mood, new and missing "
            "coins, price history, lead traders, whether an exchange is up and whether coins can be moved.",
            "Every answer is made of stored numbers, with their ages and what was left out and why. It is no advice.",
        ),
        notes=notes, as_of=now, page=GUIDE, api=API, figures=said.figures, examples=examples(KINDS, route.names),
    )  # fmt: skip


def _ranked(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    return Answer(
        kind="help", title="How exchanges are ranked",
        sentence="By what you really pay or get: to buy, the lowest ask plus its taker fee; to sell, the highest bid minus its fee.",
        lines=(
            "With an amount, the stored order book is walked, and a book that is too short ranks after all that can fill it.",
            "Only fresh prices that agree with the others' median count; what is old, far off, halted or perhaps another coin is shown, and wins nothing.",
            "Equal prices share the first place. Nobody pays for a rank.",
        ),
        notes=(f"The whole rule: {_place('how-we-rank')}.",), as_of=now, page=_place("how-we-rank"), examples=examples(KINDS, route.names),
    )  # fmt: skip


def _sources(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    said = Said()
    return Answer(
        kind="help", title="Where the numbers come from",
        sentence=f"From the public interfaces of {_and(tuple(route.names.values()))}, asked every few seconds and kept; an answer reads only what is stored.",
        lines=(
            f"{said.count('pairs', found.pairs)} pairs are followed right now.",
            "No number is guessed or taken from a model, and none is shown without its age.",
        ),
        sources=status.used(found.seen), as_of=now, page="/status/", api="/api/v1/exchanges/", figures=said.figures, examples=examples(KINDS, route.names),
    )  # fmt: skip


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "the exchanges that are switched on"


def _age(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    said, ages = Said(), [seen.age_s for seen in found.seen if seen.age_s is not None]
    return Answer(
        kind="help", title="How old the data is", sentence=status.together(said, found.seen) if ages else "No price has been stored yet.",
        lines=("Every price is shown with its age. One that is too old stays visible, turns grey, and wins nothing.",),
        notes=(f"When a price is fresh, ageing or stale: {_place('how-we-rank#age')}.",), sources=status.used(found.seen), as_of=now,
        max_age_s=max(ages, default=None), page="/status/", api="/api/v1/status/", figures=said.figures, examples=examples(KINDS, route.names),
    )  # fmt: skip


def _fees(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    said, wanted = Said(), [seen for seen in found.seen if not frame.exchanges or seen.slug in frame.exchanges]
    known = sorted(((seen.taker_fee_pct, seen) for seen in wanted if seen.taker_fee_pct is not None), key=lambda each: (each[0], each[1].name))
    rows = tuple((Cell(seen.name), Cell(said.rate(f"taker fee of {seen.name}", fee), exact(fee))) for fee, seen in known)
    return Answer(
        kind="help", title="Taker fees that are counted",
        sentence=_lowest(said, known) if known else "No taker fee that was asked for is known here.",
        lines=(
            "Rankings are after taker fees: yours if you gave one, else the one set here for the exchange.",
            "Where an exchange tells a fee for a market of its own, that one is taken instead; where none is known there is no net price.",
        ),
        table=Table(FEES, rows) if rows else None, notes=("Give your own fees on any page of prices, or to the API as fees.",), as_of=now,
        page=_place("how-we-rank#the-best-price"), api="/api/v1/exchanges/", figures=said.figures, examples=examples(KINDS, route.names),
    )  # fmt: skip


def _lowest(said: Said, known: list[tuple[Decimal, Seen]]) -> str:
    """Who takes least and who most, of fees that rise."""
    (least, first), (most, last) = known[0], known[-1]
    low, high = said.rate(f"taker fee of {first.name}", least), said.rate(f"taker fee of {last.name}", most)
    if least == most:
        return f"The taker fee of {_and(tuple(seen.name for _, seen in known))} is {low}."
    return f"The lowest taker fee is that of {first.name}, {low}; the highest that of {last.name}, {high}."


def _coverage(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    said, named = Said(), [route.named(slug) for slug in frame.exchanges]
    everyone = _and(tuple(seen.name for seen in found.seen))
    first = f"Yes, {_and(tuple(named))} {'is' if len(named) == 1 else 'are'} watched." if named else f"Pebble watches {everyone}."
    if frame.uncovered and not named:
        first = f"No, {_and(frame.uncovered)} {'is' if len(frame.uncovered) == 1 else 'are'} not covered. Pebble watches {everyone}."
    return Answer(
        kind="help", title="Which exchanges are covered", sentence=first, lines=(f"{said.count('pairs', found.pairs)} pairs are followed on them right now.",),
        sources=status.used(found.seen), as_of=now, page="/status/", api="/api/v1/exchanges/", figures=said.figures, examples=examples(KINDS, route.names),
    )  # fmt: skip


def _privacy(frame: Frame, route: Route, found: Help, now: datetime) -> Answer:
    return Answer(
        kind="help", title="What Pebble knows of you", sentence="Pages need no account; your watch list and theme stay in your own browser.",
        lines=("Questions that could not be answered are kept for a while without anything personal, so that the grammar learns from them.",),
        notes=(f"More: {_place('terms')}.",), as_of=now, page=_place("terms"),
    )  # fmt: skip


# --- Manners ------------------------------------------------------------------------------------------------------
def greeting(frame: Frame, route: Route, found: object, now: datetime) -> Answer:
    """Hello."""
    return Answer(kind="help", title="Hello", sentence=GREETING, as_of=now, page=GUIDE, examples=examples(KINDS, route.names))


def thanks(frame: Frame, route: Route, found: object, now: datetime) -> Answer:
    """You are welcome."""
    return Answer(kind="help", title="You are welcome", sentence=THANKS, as_of=now, page=GUIDE, examples=examples(KINDS, route.names))


_TOPICS: Mapping[str, Callable[[Frame, Route, Help, datetime], Answer]] = {
    "": _overview, "examples": _overview, "pebble": _overview, "ranking": _ranked, "rank": _ranked, "sources": _sources, "data": _sources, "age": _age,
    "fees": _fees, "coverage": _coverage, "exchanges": _coverage, "privacy": _privacy, "greeting": greeting, "thanks": thanks,
}  # fmt: skip
