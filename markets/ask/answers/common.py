"""What every answer about coins shares: which coin is meant, who answered and who did not, the closing line, addresses. Pure.

`Unlisted` and `Coinless` are the findings of a question that names nothing that anybody lists, or no coin at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis.best import Comparison, Row
from markets.analysis.display import exact, places_of
from markets.ask.answer import Answer, Cell, Left, Said, Used
from markets.ask.answers.readings import readings
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey

MOST = 5  # coins of one question that are answered
TOLD = 5  # names in a list before it is cut
AGES = ("aging", "stale", "expired")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![A-Z]*\d|[A-Z]{2}|[a-z]{2}|[AC-JLN-SU-Z])")
_PERCENT = re.compile(r"(?<=\d)%")
SHORT = {"disabled": "switched off", "not_asked": ""}  # of a reason in the closing line; "" is not told there
SPOKEN = {"not_asked": ""}  # of a reason that is the answer
MANY = {"you left it out": "you left them out"}  # of several


class Coin(Struct, frozen=True):
    """The coin a question's ticker means today: `key` as the board names it, `ticker` as people write it, `former` the old ticker that was typed.

    `note` is what became of an old unit, where prices are for another one than the typed.
    """

    typed: str
    key: str
    ticker: str
    name: str = ""
    former: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """POL, or MATIC (now POL)."""
        return f"{self.former} (now {self.ticker})" if self.former else self.ticker


MONEY, UNREAD = "money", "unread"


class Unlisted(Struct, frozen=True, tag="unlisted", kw_only=True):
    """A coin that nobody here lists. `near` are tickers that are spelt almost like it. `why`: MONEY or UNREAD, where that is no wonder."""

    typed: str
    near: tuple[str, ...] = ()
    why: str = ""


class Coinless(Struct, frozen=True, tag="coinless", kw_only=True):
    """A question that needs a coin and names none. `coins` are the busiest ones, for examples."""

    coins: tuple[str, ...] = ()


# --- Questions without a coin -------------------------------------------------------------------------------------
def unlisted(frame: Frame, route: Route, found: Unlisted, now: datetime) -> Answer:
    """Nobody lists it; what is spelt almost like it."""
    near = f" Did you mean {listed(found.near, 'or')}?" if found.near else ""
    nobody = "No coin I know is called" if found.typed in frame.unknown and not found.typed.isupper() else "No exchange I watch lists"
    sentence = {
        MONEY: f"{found.typed} is what prices are given in: no exchange I watch has a pair that prices it in something else.",
        UNREAD: f"No list of markets has been read yet, so who lists {found.typed} is not known.",
    }.get(found.why, f"{nobody} {found.typed}.{near}")
    return Answer(
        kind="nothing", title=found.typed, sentence=sentence, notes=(watched(route),), excluded=told(route), as_of=now,
        page="/", examples=tuple(f"best price for {ticker}" for ticker in found.near[:3]),
    )


EXAMPLES: Mapping[str, str] = {
    "best_price": "best price for {}", "compare": "compare {} prices", "arbitrage": "arbitrage for {}", "liquidity": "where is {} most liquid",
    "price_history": "{} price in the last 24h", "derivatives": "{} open interest", "funding": "{} funding rates", "volume_sentiment": "{} volume today",
}


def coinless(frame: Frame, route: Route, found: Coinless, now: datetime) -> Answer:
    """Which coin?"""
    pattern = EXAMPLES.get(frame.intent, "best price for {}")
    return Answer(
        kind="choose", title="Which coin?", sentence="Tell me which coin you mean, by its name or ticker.", as_of=now,
        examples=tuple(pattern.format(ticker) for ticker in found.coins), page="/",
    )


def listed(names: Sequence[str], word: str = "and") -> str:
    """Binance, KuCoin and Bybit."""
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {word} {names[-1]}"


# --- Remarks on the question --------------------------------------------------------------------------------------
def watched(route: Route) -> str:
    """Who is watched."""
    return f"Pebble watches {', '.join(route.names.values())}."


def remarked(answers: Iterable[Answer], frame: Frame, route: Route) -> tuple[Answer, ...]:
    """One question's answers, the first with what there is to say of the question itself, and what else it may have meant."""
    found = tuple(answers)
    if not found:
        return ()
    first, *others = found
    if first.kind == "nothing" and (shut := _shut(frame, route)):
        first = replace(first, sentence=shut)
    if frame.uncovered and first.kind in ("answer", "partial", "nothing"):
        first = replace(first, sentence=f"{_uncovered(frame)}{'' if first.kind == 'nothing' else ' Of those that are:'} {first.sentence}")
    notes = tuple(dict.fromkeys((*remarks(frame, route), *first.notes)))
    return tuple(_counted(each) for each in (replace(first, notes=notes, readings=first.readings or readings(frame)), *others))


def _shut(frame: Frame, route: Route) -> str:
    """Why the only exchanges that were asked about are not read, where none of them is; "" where one is."""
    left = [each for each in told(route) if each.exchange in frame.exchanges and each.reason != "not_offered"]
    if not left or set(frame.exchanges) & {step.exchange for step in route.steps}:
        return ""
    return " ".join(reasons(left, SPOKEN))


def _counted(answer: Answer) -> Answer:
    """With the numbers of what others wrote, remarks and why an exchange is left out (HTTP 503), among its figures."""
    known, said = {number for figure in answer.figures for number in said_in(figure.text)}, Said()
    told = [("remark", note) for note in answer.notes] + [(f"about {each.name}", each.detail) for each in answer.excluded]
    for name, text in told:
        for number in said_in(text):
            if number not in known:
                said.text(name, number)
    return replace(answer, figures=(*answer.figures, *said.figures)) if said.figures else answer


def _uncovered(frame: Frame) -> str:
    return f"{listed(frame.uncovered)} {'is' if len(frame.uncovered) == 1 else 'are'} not covered."


def remarks(frame: Frame, route: Route) -> tuple[str, ...]:
    """What was mended, who is covered where others were named, and which coins were too many."""
    said = list(frame.notes)
    if frame.uncovered:
        said.append(watched(route))
    if len(frame.assets) > MOST:
        said.append(f"Not answered, for they are too many at once: {', '.join(frame.assets[MOST:])}.")
    return tuple(said)


# --- Who answered, and who did not --------------------------------------------------------------------------------
def used(rows: Iterable[Row], route: Route) -> tuple[Used, ...]:
    """The exchanges whose rows count."""
    return tuple(Used(r.quote.exchange, route.named(r.quote.exchange), r.quote.observed_at, r.age_s, r.state) for r in rows if r.rank)


def left_out(c: Comparison, route: Route, said: Said, base: str, unread: Sequence[Left] = ()) -> tuple[Left, ...]:
    """The exchanges that do not count: what the route left out, who has no usable price, and who does not list the pair.

    `unread` are those whose list of markets has not been read: whether they list it is not known.
    """
    gone, there = {each.exchange for each in told(route)}, {row.quote.exchange for row in c.rows}
    ranked = {row.quote.exchange for row in c.rows if row.rank}
    found: dict[str, Left] = {}
    for row in c.rows:
        if row.quote.exchange not in gone | ranked | found.keys():
            found[row.quote.exchange] = _left(row, route, said)
    return (*told(route), *found.values(), *absent(f"{base}/{c.key.quote}", there, route, unread))


def absent(pair: str, there: Collection[str], route: Route, unread: Sequence[Left]) -> tuple[Left, ...]:
    """The exchanges without a market of the pair, and those of which that is not known."""
    unknown = {left.exchange: left for left in unread}
    missing = (slug for slug in route.priced if slug not in there)
    return tuple(unknown.get(slug) or Left(slug, route.named(slug), "not_listed", f"no {pair} market") for slug in missing)


def told(route: Route) -> tuple[Left, ...]:
    """Whom the route left out, without those that were not asked for."""
    return tuple(each for each in route.left if each.reason != "not_asked")


def _left(row: Row, route: Route, said: Said) -> Left:
    name, slug = route.named(row.quote.exchange), row.quote.exchange
    if row.reason in AGES and row.age_s is not None:
        return Left(slug, name, row.reason, f"{row.reason} ({said.age(f'age of {name}', row.age_s)})")
    detail = row.detail or row.reason.replace("_", " ")
    numbers(said, f"about {name}", detail)
    return Left(slug, name, row.reason, detail)


def numbers(said: Said, name: str, sentence: str) -> str:
    """Keep the numbers of a sentence that analysis wrote; the sentence, with its percents written as answers write them."""
    for text in said_in(sentence):
        said.text(name, text)
    return _PERCENT.sub(" %", sentence)


def said_in(sentence: str) -> list[str]:
    """The numbers of a sentence, as they are written: 12,000.5 of 12,000.5 USDT. Digits inside a word (1INCH, LUNA2) are none."""
    return _NUMBER.findall(sentence)


def closing(sources: Sequence[Used], left: Sequence[Left], said: Said, what: str = "price") -> str:
    """3 of 5 exchanges, oldest price 12 s. Bybit: switched off. Bitget: stale (4 m)."""
    count, total = len({u.exchange for u in sources}), len({u.exchange for u in sources} | {each.exchange for each in left})
    age = oldest(sources)
    aged = "" if age is None else f", oldest {what} {said.age('max_age_s', age)}"
    head = f"{said.count('exchanges', count)} of {said.count('exchanges_asked', total)} exchange{'s' if total != 1 else ''}{aged}."
    return " ".join([head, *reasons(left)])


def reasons(left: Iterable[Left], short: Mapping[str, str] = SHORT) -> list[str]:
    """Bybit: switched off. One sentence for all that were left out for the same reason. `short` has shorter words for some codes."""
    by_reason: dict[str, list[str]] = {}
    for each in left:
        why = short.get(each.reason, each.detail or each.reason.replace("_", " "))
        by_reason.setdefault(why, []).append(each.name)
    return [f"{', '.join(names)}: {why if len(names) == 1 else MANY.get(why, why)}." for why, names in by_reason.items() if why]


def graded(grade: str, counting: int) -> str:
    """A grade no better than so many exchanges that count allow: D of none, C of one, B of two."""
    return max(grade, "DCB"[counting]) if counting < len("DCB") else grade


def oldest(sources: Iterable[Used]) -> float | None:
    """The age of the oldest number that counts."""
    return max((u.age_s for u in sources if u.age_s is not None), default=None)


# --- Addresses and digits -----------------------------------------------------------------------------------------
def address(path: str, **parameters: str | Iterable[str] | None) -> str:
    """A page's or an API's address; what is None or empty is left away."""
    given = {name: value if isinstance(value, str) else ",".join(value) for name, value in parameters.items() if value}
    return f"{url_quote(path)}?{urlencode(given, safe=',')}" if given else url_quote(path)


def only(frame: Frame, route: Route) -> tuple[str, ...]:
    """The exchanges an address has to name: those that may be used, where any were asked for or left out."""
    return route.priced if frame.exchanges or frame.exclude else ()


def digits(prices: Iterable[Decimal | None], ticks: Iterable[Decimal | None] = ()) -> int:
    """Decimals that the prices of a column share: those of the finest tick, else of the price that needs most."""
    known = [tick for tick in ticks if tick]
    if known:
        return max(places_of(None, tick) for tick in known)
    return max((places_of(price) for price in prices if price), default=2)


def cell(text: str, value: Decimal | None) -> Cell:
    """A cell that shows a number."""
    return Cell(text, exact(value))


def seconds(age: float | None) -> str:
    """An age as a cell's exact value."""
    return "" if age is None else exact(Decimal(str(age)))


def pair(key: PairKey, coin: Coin) -> str:
    """POL/USDT, by the ticker that people write."""
    return f"{coin.ticker}/{key.quote}"

