"""What a question asks for, as data: the frame that a grammar (or a plugged-in model) proposes and everything after it reads."""

from __future__ import annotations

from msgspec import Struct

LONGEST = 300  # characters of a question; what is longer is cut, and a note says so
INTENTS = (
    "best_price", "compare", "arbitrage", "liquidity", "new_tokens", "trending_not_on", "derivatives", "funding", "volume_sentiment", "copy_trading",
    "status", "price_history", "help", "unknown",
)
SIDES = ("buy", "sell")


class Threshold(Struct, frozen=True):
    """A limit that rows must pass: `op` is > or <, `value` plain decimal text, `unit` bps, pct, pct_year, usd, a ticker, or "" where none was said."""

    op: str
    value: str
    unit: str = ""


class Span(Struct, frozen=True):
    """Which characters of the question became which slot: q[start:end] -> slot = value. For chips, and to say what was not understood."""

    start: int
    end: int
    slot: str
    value: str


class Frame(Struct, frozen=True):
    """One question, read. Total: any text has one; `unknown` with nothing in it is the emptiest.

    `assets` are tickers in the order of mention: typed tickers as typed in capitals, names as today's ticker. `quote` only where
    stated. `amount` is plain decimal text and `unit` the ticker it counts (None: not said). `time_range` is a number and one of
    m h d w (24h, 7d). `topic` is finer than the intent (for help the term that is asked about; for unknown why it is refused; see `topics.py`).
    `readings` are other intents that fit nearly as well, likeliest first. `also` are the further questions of the same text.
    """

    q: str
    intent: str = "unknown"
    assets: tuple[str, ...] = ()
    quote: str | None = None
    exchanges: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    side: str | None = None
    amount: str | None = None
    unit: str | None = None
    time_range: str | None = None
    threshold: Threshold | None = None
    limit: int | None = None
    topic: str = ""
    confidence: float = 0.0  # 0..1, how far ahead of the next reading
    readings: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()  # exchanges by name that Pebble does not cover
    unknown: tuple[str, ...] = ()  # tickers nobody here knows ($QXJ7), and words that stand where a coin should
    notes: tuple[str, ...] = ()  # sentences for the answer: misspellings mended, old names, what was cut off
    spans: tuple[Span, ...] = ()
    also: tuple[Frame, ...] = ()


class Vocabulary(Struct, frozen=True):
    """What a grammar must be told, so that a new coin or exchange is understood at once. All keys are as written here.

    `tickers` (capitals) are coins that something here knows. `names` maps lower-case names, misspellings included, to today's
    ticker; `former` an old ticker to today's. `exchanges` maps lower-case names and spellings to slugs, `uncovered` those of
    others to how they are written. `quotes` are currencies that something is counted in, `stable` those of them that are worth one
    unit of money; `names_of` gives a ticker's name; `money` maps what money is called to its ticker. Of names in `mendable`
    misspellings are understood (empty: of all).
    """

    tickers: frozenset[str]
    names: dict[str, str]
    former: dict[str, str]
    exchanges: dict[str, str]
    uncovered: dict[str, str]
    quotes: frozenset[str]
    names_of: dict[str, str]
    stable: frozenset[str] = frozenset()
    money: dict[str, str] = {}
    mendable: frozenset[str] = frozenset()
