"""What a coin cost and costs: then and now, the change, the low and the high, from which candles, and what of it is stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from markets.analysis import quality
from markets.analysis.derivatives import FIGURE
from markets.analysis.display import moment
from markets.analysis.settings import Method
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common, price_words
from markets.ask.answers.common import Coin, cell
from markets.ask.answers.price_words import AGO, AVERAGE, HIGH, LOW
from markets.ask.answers.words import off
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey, Quote

UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
WORDS = {60: "minute", 300: "five-minute", 3600: "hourly", 86_400: "daily"}
DAY = "24h"
ROWS = 8  # of the table
LONG_S = 90 * 86_400
OWN = "own"


class Past(Struct, frozen=True, kw_only=True):
    """One candle, or several in a row as one: of Pebble's own of the middle (`source` own), or of the exchange's trades."""

    opened_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    source: str = OWN


class History(Struct, frozen=True, tag="price_history", kw_only=True):
    """One pair's past on one exchange, oldest first, over `span_s` seconds. `quote` is what it costs now, None where it is not on the board.

    `period_s` is the length of the candles that were read, `candles` how many there were. `since`: the oldest that is stored at all.
    """

    coin: Coin
    key: PairKey
    exchange: str
    span_s: int
    period_s: int
    bars: tuple[Past, ...]
    candles: int
    method: Method
    quote: Quote | None = None
    since: datetime | None = None
    notes: tuple[str, ...] = ()
    missing: tuple[Left, ...] = ()  # exchanges whose past is another coin's


def seconds_of(time_range: str | None) -> int:
    """24h as seconds; a day where none is said."""
    text = time_range or DAY
    number, unit = text[:-1], text[-1:]
    length = int(number) * UNITS.get(unit, 0) if number.isdecimal() else 0
    return length or UNITS["d"]


def merged(bars: list[Past], most: int) -> tuple[Past, ...]:
    """At most so many, by taking neighbours together."""
    each = -(-len(bars) // most) or 1
    return tuple(_one(bars[at : at + each]) for at in range(0, len(bars), each))


def _one(bars: list[Past]) -> Past:
    first, last = bars[0], bars[-1]
    source = first.source if all(bar.source == first.source for bar in bars) else "both"
    return Past(
        opened_at=first.opened_at, open=first.open, high=max(bar.high for bar in bars), low=min(bar.low for bar in bars), close=last.close, source=source,
    )


def compose(frame: Frame, route: Route, found: History, now: datetime) -> Answer:
    """Then, now, and what lay between."""
    return _Telling(frame, route, found, now).answer()


@dataclass
class _Telling:
    """One answer on its way."""

    frame: Frame
    route: Route
    found: History
    now: datetime
    said: Said = field(default_factory=Said)

    @property
    def name(self) -> str:
        return self.route.named(self.found.exchange)

    @property
    def start(self) -> datetime:
        return self.now - timedelta(seconds=self.found.span_s)

    @cached_property
    def places(self) -> int:
        quote = self.found.quote
        return common.digits([bar.close for bar in self.found.bars], [quote.tick_size if quote else None])

    @cached_property
    def span(self) -> str:
        """24 h, 7 d: as it was asked."""
        text = self.frame.time_range or DAY
        return self.said.text("time_range", f"{text[:-1]} {text[-1]}", text[-1])

    @cached_property
    def state(self) -> str:
        quote = self.found.quote
        return "expired" if quote is None else quality.state(quality.age_s(quote, self.now), quote.period_s, self.found.method)

    @property
    def live(self) -> Decimal | None:
        """The middle on the board, while that is fresh or aging and trades."""
        quote = self.found.quote
        return quote.mid if quote is not None and quote.status == "trading" and self.state in ("fresh", "aging") else None

    @property
    def price_now(self) -> Decimal | None:
        """The middle on the board, else the last close."""
        return self.live or (self.found.bars[-1].close if self.found.bars else None)

    def price(self, name: str, value: Decimal | None) -> str:
        return self.said.price(name, value, self.found.key.quote, places=self.places)

    def at(self, name: str, when: datetime) -> str:
        """A time; of what is long past the day."""
        return self.said.text(name, f"{when.astimezone(UTC):%-d %b %Y}" if self.found.span_s > LONG_S else moment(when))

    # --- The whole ----------------------------------------------------------------------------------------------
    def answer(self) -> Answer:
        bars, f, sources = self.found.bars, self.found, self.sources()
        then, last = (bars[0].open, self.price_now) if bars else (None, None)
        change = off(last, then)
        since = self.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer(
            kind="nothing" if not bars else "answer" if self.covered else "partial", title=f"{f.coin.label} - price over the last {self.span}",
            sentence=self.sentence(then, last, change), table=self.table(then) if bars else None, lines=self.lines(sources), notes=self.notes(),
            sources=sources, excluded=self.left(), value=self.value(change), unit=f.key.quote if self.named else "%",
            grade="D" if not bars else "C", as_of=self.now, max_age_s=common.oldest(sources), method=f.method.version,
            page=common.address(f"/compare/{f.key}/", range=self.page_range()),
            api=common.address(f"/api/v1/history/{f.key}/", **{"exchange": f.exchange or None, "period": str(f.period_s), "from": since}),
            figures=self.said.figures,
        )

    def page_range(self) -> str:
        """The nearest of the pages' windows."""
        known = {"1h": 3600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}
        return next((name for name, length in known.items() if length >= self.found.span_s), "30d")

    @property
    def covered(self) -> bool:
        """Whether the candles begin where the window does, within two of them."""
        bars = self.found.bars
        return bool(bars) and bars[0].opened_at <= self.start + timedelta(seconds=2 * self.found.period_s)

    def sentence(self, then: Decimal | None, last: Decimal | None, change: Decimal | None) -> str:
        pair, money = common.pair(self.found.key, self.found.coin), self.found.key.quote
        if then is None or last is None or change is None:
            return f"No past prices of {pair} are stored for the last {self.span}."
        verb = "up" if change > 0 else "down" if change < 0 else "unchanged,"
        moved = f"{verb} {self.said.percent('change', abs(change))}" if change else "unchanged"
        now, first = f"{self.price('price now', last)} {money} {'now' if self.live else 'at last'}", price_words.unheard(self.frame.q)
        if self.named:
            return f"{first}{self.name} {'; '.join(self.figure(name) for name in self.named)}; {now}."
        return f"{first}{self.name} {now}, {moved} {self.when} ({self.price('price then', then)} then)"

    # --- What a question names ----------------------------------------------------------------------------------
    @cached_property
    def named(self) -> tuple[str, ...]:
        return price_words.named(self.frame.q) if self.found.bars else ()

    @property
    def when(self) -> str:
        return f"in {self.span}" if self.covered else f"since {self.begin}"

    @property
    def begin(self) -> str:
        return self.at("begin", self.found.bars[0].opened_at)

    def value(self, change: Decimal | None) -> Decimal | None:
        """The one figure: what was named first, else the change."""
        return self.figures[self.named[0]] if self.named else change

    @cached_property
    def figures(self) -> dict[str, Decimal]:
        """What can be named. An average is of closes at even distances: each stands for as much time."""
        closes = [bar.close for bar in self.found.bars]
        mean = FIGURE.divide(sum(closes, Decimal(0)), Decimal(len(closes)))
        return {HIGH: self.high[0], LOW: self.low[0], AVERAGE: mean, AGO: self.found.bars[0].open}

    @cached_property
    def high(self) -> tuple[Decimal, datetime]:
        """The highest price and when; that of now counts, too."""
        return max(*((bar.high, bar.opened_at) for bar in self.found.bars), (self.live or Decimal(0), self.now), key=lambda each: each[0])

    @cached_property
    def low(self) -> tuple[Decimal, datetime]:
        """The lowest, likewise."""
        present = [(self.live, self.now)] if self.live is not None else []
        return min([*((bar.low, bar.opened_at) for bar in self.found.bars), *present], key=lambda each: each[0])

    def figure(self, name: str) -> str:
        """One of them in words."""
        told = f"{self.price(name, self.figures[name])} {self.found.key.quote}"
        if name == AVERAGE:
            count = len(self.found.bars)
            return f"averaged {told} {self.when}, over {self.said.count('closes', count)} closing price{'s' if count != 1 else ''}"
        if name == AGO:
            return f"{told} {self.span} ago" if self.covered else f"{told} at {self.begin}, before which nothing is known"
        return f"{name} {told} {self.when}, around {self.at(f'{name} at', (self.high if name == HIGH else self.low)[1])}"

    # --- Lines and notes ----------------------------------------------------------------------------------------
    def lines(self, sources: tuple[Used, ...]) -> tuple[str, ...]:
        bars = self.found.bars
        if not bars:
            return tuple(line for line in (self.stored(), *common.reasons(self.left())) if line)
        (low, low_at), (high, high_at) = self.low, self.high
        first, last = f"Low {self.price('low', low)}", f"high {self.price('high', high)} around {self.at('high at', high_at)}."
        extremes = f"{first} and {last}" if low_at == high_at else f"{first} around {self.at('low at', low_at)}, {last}"
        return tuple(line for line in (extremes, *self.threshold(low, high), self.candles(), self.stored(), self.closing(sources)) if line)

    def threshold(self, low: Decimal, high: Decimal) -> list[str]:
        """Whether the price passed what the question names, at any time."""
        limit, money = self.frame.threshold, self.found.key.quote
        if limit is None or limit.unit.upper() not in ("", "USD", money):
            return []
        value = Decimal(limit.value)
        word, passed = ("below", low < value) if limit.op == "<" else ("above", high > value)
        return [f"{'Yes, it has' if passed else 'No, it has not'} been {word} {self.said.coins('threshold', value, money)}."]

    def candles(self) -> str:
        count = self.said.count("candles", self.found.candles)
        sources = {bar.source for bar in self.found.bars}
        what = WORDS.get(self.found.period_s, "")
        whose = f"Pebble's own {what} prices of the middle on {self.name}" if sources == {OWN} else f"{self.name}'s {what} candles of trades"
        if len(sources) > 1 or "both" in sources:
            whose = f"{self.name}'s {what} candles of trades, and Pebble's own of the middle where there are some"
        return f"From {count} candle{'s' if self.found.candles != 1 else ''}: {whose}."

    def stored(self) -> str:
        """What is not there."""
        if self.covered:
            return ""
        if self.found.since is None:
            return "Nothing is stored of it yet."
        return f"Stored since {self.at('since', self.found.since)}: nothing of before is known."

    def closing(self, sources: tuple[Used, ...]) -> str:
        head = f"What it costs there now is not known: this is the last stored price of {self.name}."
        if self.live:
            head = f"The price now is the middle on {self.name}, {self.said.age('max_age_s', common.oldest(sources))} old."
        return " ".join([head, *common.reasons(self.left())])

    def left(self) -> tuple[Left, ...]:
        return (*common.told(self.route), *self.found.missing)

    def notes(self) -> tuple[str, ...]:
        return tuple(common.numbers(self.said, "remark", note) for note in (self.found.coin.note, *self.found.notes) if note)

    def sources(self) -> tuple[Used, ...]:
        f, quote = self.found, self.found.quote
        if not f.bars:
            return ()
        if quote is None:
            return (Used(f.exchange, self.name, f.bars[-1].opened_at, None, "expired"),)
        return (Used(f.exchange, self.name, quote.observed_at, quality.age_s(quote, self.now), self.state),)

    # --- The table ----------------------------------------------------------------------------------------------
    def table(self, then: Decimal | None) -> Table:
        """Some candles at even distances, the newest first."""
        bars, money = merged(list(self.found.bars), self.frame.limit or ROWS), self.found.key.quote
        columns = (
            Column("time", "At"), Column("open", f"Price, {money}", True), Column("change", "Since the start", True), Column("low", "Low", True, False),
            Column("high", "High", True, False),
        )
        return Table(columns, tuple(self.cells(bar, then) for bar in reversed(bars)))

    def cells(self, bar: Past, then: Decimal | None) -> tuple[Cell, ...]:
        when = bar.opened_at.isoformat()
        change = off(bar.open, then)
        return (
            Cell(self.at(f"time {when}", bar.opened_at), when), cell(self.price(f"price {when}", bar.open), bar.open),
            cell(self.said.percent(f"change {when}", change, sign=True), change), cell(self.price(f"low {when}", bar.low), bar.low),
            cell(self.price(f"high {when}", bar.high), bar.high),
        )
