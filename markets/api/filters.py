"""Query parameters to typed values, strictly: what is not declared here is refused with a reason that says what is.

Each `Parameter` reads its text, describes itself to the schema, and knows its default. No user text ever becomes a
lookup, a column or an order key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from exchanges.adapters import ADAPTERS
from exchanges.numbers import plain
from markets.shapes import SORTS

MAX_QUERY = 4096
MAX_VALUE = 400
MAX_LIMIT = 1000
MAX_FEE_PCT = Decimal(5)
STATES = ("fresh", "aging", "stale", "expired")
KINDS = ("spot", "perp", "future", "option")
FLAGS = [
    "disabled", "auto_disabled", "banned", "blocked", "not_in_rollout", "not_listed", "not_trading", "no_bid_ask",
    "bad_number", "crossed", "wide", "future", "frozen", "price_anomaly", "unit_mismatch", "identity_conflict",
    "dislocated", "disputed", "no_consensus", "conflicted", "unknown_identity", "thin", "partial",
]
MARKET_ORDERS = ("base", "quote", "exchange", "symbol", "bid", "ask", "change_24h_pct", "quote_volume_24h", "observed_at")

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,18})?", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+ -][0-9]{2}:[0-9]{2}))?", re.ASCII)


class BadParameter(ValueError):
    """A parameter that is refused: which one ("" for the query as a whole), and what would be accepted."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query. `read` raises ValueError for text that is not `allowed`."""

    name: str
    read: Callable[[str], Any]
    allowed: str
    says: str
    default: Any = None
    schema: Mapping[str, Any] = field(default_factory=dict)
    free: bool = False  # its text is read as it comes: any length, any character


def parse(query: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The values of a raw query string by parameter name, defaults filled in. Raises BadParameter."""
    known = {p.name: p for p in parameters}
    values = {p.name: p.default for p in parameters}
    seen: set[str] = set()
    for name, text in _pairs(query):
        if name not in known:
            raise BadParameter(_shown(name), f"There is no such parameter. Known here: {', '.join(known) or 'none'}.")
        if name in seen:
            raise BadParameter(name, "It was given twice. Give it once; several values are separated by commas where a list is allowed.")
        seen.add(name)
        values[name] = _value(known[name], text)
    return values


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY:
        raise BadParameter("", f"The query is longer than {MAX_QUERY} characters.")
    try:
        # WSGI hands bytes over as Latin-1; what is not UTF-8 is refused, not replaced.
        return parse_qsl(query.encode("latin-1").decode(), keep_blank_values=True, errors="strict", max_num_fields=40)
    except UnicodeError:
        raise BadParameter("", "The query is not UTF-8.") from None
    except ValueError:
        raise BadParameter("", "More than 40 parameters.") from None


def _value(parameter: Parameter, text: str) -> Any:
    if not parameter.free and (len(text) > MAX_VALUE or any(unicodedata.category(char) == "Cc" for char in text)):
        raise BadParameter(parameter.name, f"It must be {parameter.allowed}, at most {MAX_VALUE} characters, and no control characters.")
    try:
        return parameter.read(text)
    except ValueError:
        raise BadParameter(parameter.name, f"It must be {parameter.allowed}.") from None


def _shown(name: str) -> str:
    """A stranger's parameter name as it may be repeated to them."""
    return "".join(char if char.isprintable() else "?" for char in name[:40])


# --- Kinds of parameter -----------------------------------------------------------------------------------------
def choice(name: str, options: Sequence[str], default: str, says: str) -> Parameter:
    """Exactly one of `options`."""
    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return Parameter(name, read, f"one of {', '.join(options)}", says, default, {"type": "string", "enum": list(options), "default": default})


def flag(name: str, default: bool, says: str) -> Parameter:
    """true or false."""
    words = {"true": True, "1": True, "false": False, "0": False}

    def read(text: str) -> bool:
        if text not in words:
            raise ValueError(text)
        return words[text]

    return Parameter(name, read, "true or false", says, default, {"type": "boolean", "default": default})


def either(name: str, says: str) -> Parameter:
    """true or false; absent means both (None)."""
    plain = flag(name, False, says)
    return Parameter(name, plain.read, plain.allowed, f"{says} Absent: both.", None, {"type": "boolean"})


def instant(name: str, says: str) -> Parameter:
    """A time with its zone, or a day (its first moment in UTC); absent means no bound."""
    def read(text: str) -> datetime:
        if not _INSTANT.fullmatch(text):
            raise ValueError(text)
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody escaped
        try:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except OverflowError:  # beyond the calendar once it is told in UTC
            raise ValueError(text) from None

    allowed = "a day such as 2026-11-22, or a time with its zone such as 2026-11-22T12:00:00Z"
    return Parameter(name, lambda text: _in_range(read(text)), allowed, says, None, {"type": "string", "format": "date-time"})


def _in_range(at: datetime) -> datetime:
    """Far enough from the ends of the calendar that it can be counted with."""
    if not datetime(1971, 1, 1, tzinfo=UTC) <= at <= datetime(2200, 1, 1, tzinfo=UTC):
        raise ValueError(at)
    return at


def day(name: str, says: str) -> Parameter:
    """A day, as the interval [first moment, first moment of the next) in UTC; absent means any."""
    def read(text: str) -> tuple[datetime, datetime]:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        first = _in_range(datetime.fromisoformat(text).replace(tzinfo=UTC))
        return first, first + timedelta(days=1)

    return Parameter(name, read, "a day such as 2026-12-25", says, None, {"type": "string", "format": "date"})


def whole(name: str, low: int, high: int, default: int, says: str) -> Parameter:
    """A whole number within bounds, in plain digits."""
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    schema = {"type": "integer", "minimum": low, "maximum": high, "default": default}
    return Parameter(name, read, f"a whole number from {low} to {high}", says, default, schema)


def one_of(name: str, options: Sequence[str], says: str) -> Parameter:
    """One of `options`; absent means any ("")."""
    known = choice(name, options, options[0], says)
    return Parameter(name, known.read, known.allowed, says, "", {"type": "string", "enum": list(options)})


def decimal(name: str, says: str) -> Parameter:
    """A plain non-negative decimal; absent means no bound."""
    def read(text: str) -> Decimal:
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        return Decimal(text)

    schema = {"type": "string", "format": "decimal", "pattern": f"^{_NUMBER.pattern}$"}
    return Parameter(name, read, "a plain decimal number such as 2500000 or 0.5", says, None, schema)


def amount(name: str = "amount") -> Parameter:
    """How much is bought or sold: a plain decimal above zero; absent means none (None). Thousands may be separated by commas."""
    plain_number = decimal(name, "How much is bought or sold: ranks by what that amount costs or brings by the stored order books. Absent: the best prices.")

    def read(text: str) -> Decimal:
        found: Decimal = plain_number.read(text.replace(",", "").strip())
        if not found:
            raise ValueError(text)
        return found

    return replace(plain_number, read=read, allowed="a plain decimal number above zero such as 25000 or 0.5")


def on_day(name: str, says: str) -> Parameter:
    """A day of the calendar; absent means any (None)."""
    interval = day(name, says)
    return replace(interval, read=lambda text: interval.read(text)[0].date())


def many(name: str, says: str, options: Sequence[str] = ()) -> Parameter:
    """A comma-separated list, of `options` where there are any, else of upper-cased tickers. Absent: ()."""
    def read(text: str) -> tuple[str, ...]:
        words = tuple(word if options else unicodedata.normalize("NFKC", word.strip()).upper() for word in text.split(","))
        if not all(words) or (options and not set(words) <= set(options)):
            raise ValueError(text)
        return words

    allowed = f"a comma-separated list of {', '.join(options)}" if options else "a comma-separated list of tickers"
    item: dict[str, Any] = {"type": "string", "enum": list(options)} if options else {"type": "string", "minLength": 1}
    return Parameter(name, read, allowed, says, (), {"type": "array", "items": item})


def ticker(name: str, says: str) -> Parameter:
    """One ticker, upper-cased; absent means any ("")."""
    def read(text: str) -> str:
        if not text.strip() or len(text) > 60:
            raise ValueError(text)
        return unicodedata.normalize("NFKC", text.strip()).upper()

    return Parameter(name, read, "a ticker", says, "", {"type": "string", "minLength": 1, "maxLength": 60})


def words(name: str, longest: int, says: str) -> Parameter:
    """Free text up to a length."""
    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(text)
        return text

    return Parameter(name, read, f"at most {longest} characters", says, "", {"type": "string", "maxLength": longest})


def fees(name: str = "fees") -> Parameter:
    """The visitor's own taker fees: {exchange: ratio}, under "" for all others; empty means each exchange's own (base)."""
    def read(text: str) -> Mapping[str, Decimal]:
        words = () if text in ("", "base") else text.split(",")
        found = dict(_fee(word) for word in words)
        if len(found) < len(words):  # one exchange twice
            raise ValueError(text)
        return found

    example = ",".join(f"{slug}:0.0{8 - at}" for at, slug in enumerate([*ADAPTERS][:2]))
    allowed = f"base, a percent for all such as 0.08, or exchange:percent separated by commas such as {example}, each at most {MAX_FEE_PCT}"
    return Parameter(name, read, allowed, "Your own taker fees in percent, instead of each exchange's base tier.", {}, {"type": "string", "default": "base"})


def _fee(word: str) -> tuple[str, Decimal]:
    slug, colon, text = word.rpartition(":")
    if (colon and slug not in ADAPTERS) or not _NUMBER.fullmatch(text) or Decimal(text) > MAX_FEE_PCT:
        raise ValueError(word)
    return slug, Decimal(text) / 100


def fees_text(values: Mapping[str, Decimal]) -> str:
    """The same as it stands in an address."""
    return ",".join(f"{slug}:{plain(ratio * 100)}" if slug else f"{plain(ratio * 100)}" for slug, ratio in values.items())


def ordering(options: Sequence[str], default: str) -> Parameter:
    """The order of a list: one of `options`, "-" in front for descending."""
    return choice("ordering", [*options, *(f"-{o}" for o in options)], default, "Order; a minus sign in front means descending. Unknown values come last.")


# --- What each address understands ------------------------------------------------------------------------------
PAGE = (
    whole("limit", 1, MAX_LIMIT, 100, "How many rows at most."),
    whole("offset", 0, 10_000_000, 0, "How many rows to skip."),
)
COMPARE = (
    choice("side", ("buy", "sell"), "buy", "What to rank by: the cheapest place to buy, or the dearest to sell."),
    flag("net", True, "Rank after taker fees (true) or before them (false)."),
    amount(),
    choice("unit", ("quote", "base"), "quote", "What `amount` counts: quote units (what is spent or received, fee included), or coins."),
    fees(),
    flag("withdraw", False, "A buyer takes the coins away: the withdrawal fee is taken from what arrives. Counted at an amount."),
    words("network", 60, "The network to withdraw by: its chain, or the exchange's own word. Absent: the cheapest that is open."),
    many("exchange", "Compare these exchanges only. Absent: all.", tuple(ADAPTERS)),
    flag("normalise", False, "Rank the same coin's pairs in other quote currencies beside this one, converted at a fresh rate that is shown."),
    choice("kind", ("spot", "perp", "future"), "spot", "Coins, perpetuals or dated futures: each is compared with its own kind only."),
    on_day("expiry", "Of dated futures: those that end on this day. Absent: the day most exchanges have."),
    many("prefer", "Ask for one price, in this order of exchanges: `preferred` is the first that is fresh and unflagged, "
                   "else another such one, else the youngest price with its age and reason.", tuple(ADAPTERS)),
)
MARKETS = (
    many("exchange", "Only these exchanges.", tuple(ADAPTERS)),
    many("base", "Only these base tickers."),
    many("quote", "Only these quote tickers."),
    many("kind", "Only these kinds of market.", KINDS),
    many("state", "Only quotes of these ages.", STATES),
    many("flag", "Only quotes that carry at least one of these flags.", FLAGS),
    words("symbol", 60, "Only this native symbol, exactly as the exchange writes it."),
    ordering(MARKET_ORDERS, "base"),
    *PAGE,
    words("after", 120, "Written by `next`: the row the page starts behind, so that rows which appear meanwhile shift nothing."),
)
PAIRS = (
    ticker("quote", "Only pairs in this quote currency. Absent: all."),
    many("base", "Only these base tickers."),
    many("exchange", "Compare these exchanges only. Absent: all that are switched on.", tuple(ADAPTERS)),
    flag("net", True, "Rank after taker fees (true) or before them (false)."),
    whole("min_exchanges", 1, 50, 1, "Only pairs listed on at least so many exchanges."),
    decimal("min_volume_usd", "Only pairs with at least this volume in 24 hours, in USD."),
    decimal("min_depth_usd", "Only pairs of which a book that is not old holds at least so much within 2 % of its middle, on its thinner side, in USD."),
    decimal("min_change_pct", "Only pairs that moved at least so many percent in 24 hours, up or down."),
    amount(),
    choice("unit", ("quote", "base", "usd"), "quote", "What `amount` counts: quote units, coins, or USD: the same worth on every pair."),
    fees(),
    flag("hide_leveraged", False, "Leave leveraged and wrapped tokens out."),
    flag("hide_suspect", False, "Leave pairs out whose exchanges disagree."),
    words("search", 60, "Part of a ticker or name."),
    ordering(SORTS, "-volume"),
    *PAGE,
)
