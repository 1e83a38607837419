"""Makes questions: a wording, a coin, exchanges, amounts, and with each what it means. The same seed makes the same questions."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from markets.benchmarks.asking.meaning import SIDELESS, Meaning
from markets.benchmarks.asking.wordings import AFTER, BEFORE, BOTH, IN, NOT, ON, PERCENTS, SHARES, STABLE, TIMES, WORDINGS, WORDLIKE
from markets.benchmarks.asking.world import Coin, World

BUSY = 60  # coins that most questions are about
_SLOT = re.compile(r"\{([a-z]+[0-9!]?)\}")
_LINE = re.compile(r"(?:(buy|sell) )?(?:#(\w+) )?(.+)")
CALM = ("unknown", "help")  # asked as they stand


@dataclass(frozen=True)
class Question:
    """A text and what it means."""

    text: str
    meaning: Meaning


@dataclass(frozen=True)
class Wording:
    """One way to ask."""

    intent: str
    side: str | None
    topic: str
    text: str


def wordings() -> dict[str, list[Wording]]:
    """All of them by kind."""
    return {intent: [_wording(intent, line.strip()) for line in lines.strip().splitlines()] for intent, lines in WORDINGS.items()}


def _wording(intent: str, line: str) -> Wording:
    side, topic, text = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]  # any line matches
    return Wording(intent, side, topic or "", text)


def generated(world: World, count: int, seed: int) -> Iterator[Question]:
    """So many questions about this world."""
    chance, known = random.Random(seed), wordings()  # noqa: S311 - questions, no secrets
    for intent in chance.choices(list(SHARES), list(SHARES.values()), k=count):
        yield _Making(world, chance, chance.choice(known[intent])).question()


@dataclass
class _Making:
    """One question on its way: what its slots have been filled with so far."""

    world: World
    chance: random.Random
    wording: Wording
    coins: list[Coin] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    quote: str | None = None
    amount: str | None = None
    unit: str | None = None

    def question(self) -> Question:
        first = self._coin()
        text = _SLOT.sub(lambda found: self._filled(found[1], first), self.wording.text).replace("{{", "{").replace("}}", "}")
        w = self.wording
        meaning = Meaning(
            w.intent, tuple(coin.ticker for coin in self.coins), self.quote, tuple(self.exchanges), tuple(self.exclude),
            None if w.intent in SIDELESS else w.side, self.amount, self.unit, w.topic,
        )  # fmt: skip
        if w.intent in CALM:
            return Question(text, meaning)
        return Question(f"{self.chance.choice(BEFORE)}{text}{self.chance.choice(AFTER)}", meaning)

    # --- Slots ------------------------------------------------------------------------------------------------------
    def _filled(self, slot: str, first: Coin) -> str:
        ways: Mapping[str, Callable[[], str]] = {
            "coin": lambda: self._named(first), "coin2": self._another, "coin3": self._another, "coins": lambda: self._some(first),
            "pair": lambda: self._pair(first), "money": lambda: self._money(first), "in": lambda: self._in(first), "ex": self._exchange,
            "ex2": self._exchange, "ex!": self._left_out, "on": lambda: self._maybe(ON, self.exchanges), "not": lambda: self._maybe(NOT, self.exclude),
            "where": self._where, "time": lambda: self.chance.choice(TIMES), "percent": lambda: self.chance.choice(PERCENTS),
        }  # fmt: skip
        return ways[slot]()

    def _coin(self) -> Coin:
        """Mostly one of the busy coins; sometimes any."""
        among = self.world.coins[:BUSY] if self.chance.random() < 0.8 else self.world.coins
        return self.chance.choice(among)

    def _named(self, coin: Coin) -> str:
        """By ticker, with a dollar sign, in small letters, or by its name."""
        self.coins.append(coin)
        ways = [coin.ticker] * 4 + [f"${coin.ticker}"] + [coin.name] * 2 + [coin.name.lower()]
        if coin.ticker.isalpha() and len(coin.ticker) > 2 and coin.ticker not in WORDLIKE and coin in self.world.coins[:BUSY]:
            ways += [coin.ticker.lower()] * 2
        return self.chance.choice([way for way in ways if way])

    def _another(self) -> str:
        known = {coin.ticker for coin in self.coins}
        return self._named(self.chance.choice([coin for coin in self.world.coins[:BUSY] if coin.ticker not in known]))

    def _pair(self, coin: Coin) -> str:
        self.coins.append(coin)
        self.quote = self.chance.choice(coin.quotes[:4])
        return f"{coin.ticker}{self.chance.choice('/-')}{self.quote}"

    def _some(self, coin: Coin) -> str:
        """An amount of the coin, which its ticker follows."""
        self.coins.append(coin)
        self.amount, self.unit = self.chance.choice(("0.5", "1", "2", "3.75", "10", "25", "100", "250", "1000", "12500")), coin.ticker
        written = f"{int(self.amount):,}" if self.amount.isdecimal() else self.amount
        return f"{written} {coin.ticker}"

    def _money(self, coin: Coin) -> str:
        """An amount of a currency it trades in."""
        self.quote = self.unit = self.chance.choice([quote for quote in coin.quotes if quote in STABLE] or ["USD"])
        self.amount = self.chance.choice(("100", "500", "1000", "2500", "5000", "10000", "50000", "250000"))
        if self.chance.random() < 0.2:
            self.quote = self.unit = "USD"
            return f"${int(self.amount):,}"
        thousands = f"{self.amount[:-3]}k" if self.amount.endswith("000") else self.amount
        return f"{self.chance.choice((self.amount, f'{int(self.amount):,}', thousands))} {self.unit}"

    def _in(self, coin: Coin) -> str:
        """A currency, mostly not said; never the coin itself."""
        if self.chance.random() < 0.7 or self.quote:
            return ""
        self.quote = self.chance.choice([quote for quote in (*coin.quotes, "USD") if quote in IN and quote != coin.ticker] or ["USD"])
        return f" {self.chance.choice(IN[self.quote])}"

    def _taken(self) -> str:
        """An exchange that the question does not name yet."""
        return self.chance.choice([slug for slug in self.world.exchanges if slug not in (*self.exchanges, *self.exclude)])

    def _called(self, slug: str) -> str:
        name = self.world.exchanges[slug]
        return self.chance.choice((name, name, name, name.lower(), slug))

    def _exchange(self) -> str:
        self.exchanges.append(self._taken())
        return self._called(self.exchanges[-1])

    def _left_out(self) -> str:
        self.exclude.append(self._taken())
        return self._called(self.exclude[-1])

    def _maybe(self, ways: tuple[str, ...], named: list[str]) -> str:
        """An exchange in half of the questions."""
        if self.chance.random() < 0.5:
            return ""
        named.append(self._taken())
        return self.chance.choice(ways).format(self._called(named[-1]))

    def _where(self) -> str:
        """All, one, two, or all but one."""
        way = self.chance.random()
        if way < 0.5:
            return ""
        if way < 0.7:
            return self.chance.choice(ON).format(self._exchange())
        if way < 0.8:
            return self.chance.choice(BOTH).format(self._exchange(), self._exchange())
        return self.chance.choice(NOT).format(self._left_out())
