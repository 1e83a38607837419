"""What the exchange files share: JSON to wire rows (a fast way, and an exact one for odd replies), wire rows to our rows,
and what a refusal means. Nothing but `Garbled` leaves the reading half; `refuse` raises the other errors.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from itertools import repeat
from typing import Any, Generic, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from exchanges import numbers
from exchanges.adapter import Headers, Instruments, Parsed, R
from exchanges.errors import Banned, Blocked, Garbled, Refused, Throttled, Unreachable
from exchanges.numbers import BadNumber, column
from exchanges.rows import Instrument, ServerTime, Ticker

W = TypeVar("W", bound=Struct)
E = TypeVar("E")

Text = str | None  # a wire number that is text by rule; the exact way below takes it as a number as well
Token = str | int | None  # a wire number that is a JSON integer by rule
Flag = bool | str | None

MAX_ROWS = 20_000
MAX_SYMBOL = 60
MAX_NESTING = 32
FEW_LEVELS = 5
_SYMBOLS = re.compile(r"[\w.$-]{1,60}+(?:,[\w.$-]{1,60}+)*+")
_CODE = re.compile(r"[\w.$-]{1,30}")


# --- JSON to wire rows ------------------------------------------------------------------------------------------
def decode(body: bytes, decoder: msgspec.json.Decoder[E], loose: Any = None) -> E:
    """Read a whole reply; raise Garbled("not_json") or Garbled("schema").

    `loose` is the type tried, with every number as its own text, when the strict one does not fit: by default the
    decoder's. The second way also knows lone surrogates, which are text to Python and an error to msgspec.
    """
    if not body.strip():
        raise Garbled("empty body")
    try:
        if not body.isascii():
            body.decode()  # msgspec does not look into the text of fields it skips
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        exact: E = _decode_exactly(body, decoder.type if loose is None else loose)
        return exact
    except RecursionError:
        raise Garbled("nested too deep", "not_json") from None


def _decode_exactly(body: bytes, wanted: Any) -> Any:
    try:
        found = json.loads(body.decode(), parse_float=str, parse_int=str, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"not JSON: {type(error).__name__}", "not_json") from None
    try:
        return msgspec.convert(found, wanted)
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        raise Garbled(title(str(error)) or "") from None


def _not_json(literal: str) -> NoReturn:
    raise ValueError(literal)


class Table(Generic[W]):
    """A reply that holds a list of rows. `reply[row]` is its type; `rows` finds the list in it.

    `nested` names the wire fields that are objects or lists. In every other field one is a bad value, not a bad row.
    """

    def __init__(self, reply: Any, row: type[W], rows: Callable[[Any], list[Any]] = lambda reply: reply, nested: Iterable[str] = ()) -> None:
        self._decoder = msgspec.json.Decoder(reply[row])
        self._loose = reply[Any]
        self._row, self._rows, self._nested = row, rows, frozenset(nested)

    def read(self, body: bytes) -> tuple[Any, list[W], int]:
        """Return the reply, its readable rows, and how many rows it had. Raises Garbled."""
        reply = decode(body, self._decoder, self._loose)
        rows = self._rows(reply)
        if len(rows) > MAX_ROWS:
            raise Garbled(f"{len(rows)} rows", "too_large")
        if rows and isinstance(rows[0], self._row):
            return reply, rows, len(rows)
        return reply, [row for row in map(self._exactly, rows) if row is not None], len(rows)

    def _exactly(self, row: Any) -> W | None:
        if not isinstance(row, dict):
            return None
        try:
            return msgspec.convert({key: _deep(value) if key in self._nested else _text(value) for key, value in row.items()}, self._row)
        except (msgspec.ValidationError, UnicodeEncodeError):  # the latter for a lone surrogate in a key
            return None


def _text(value: Any) -> str | None:
    """The text of a JSON value whose numbers are text already; a list or object becomes text that is no number."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else type(value).__name__


def _deep(value: Any, levels: int = MAX_NESTING) -> Any:
    """The same with lists and objects kept; what lies deeper than anything honest becomes such a text, too."""
    if levels and isinstance(value, dict):
        return {key: _deep(inner, levels - 1) for key, inner in value.items()}
    return [_deep(inner, levels - 1) for inner in value] if levels and isinstance(value, list) else _text(value)


# --- Names ------------------------------------------------------------------------------------------------------
def code(text: str) -> str:
    """A coin's code: 1 to 30 letters and digits of any script, and . _ - $; control and format characters are removed.

    Raises ValueError. NUL is no slip of a keyboard: it is refused rather than removed.
    """
    if not text.isascii() or not _CODE.fullmatch(text):
        text = unicodedata.normalize("NFKC", "".join(char for char in text if char == "\0" or unicodedata.category(char) not in ("Cc", "Cf")))
        if not _CODE.fullmatch(text):
            raise ValueError(f"not a code: {text[:30]!a}")
    return text


def title(text: str | None) -> str | None:
    """A coin's full name on one line of at most 120 characters, as the exchange writes it; escaped where it is shown."""
    kept = "".join(char for char in text or "" if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return kept.strip()[:120] or None


def are_symbols(symbols: Sequence[str]) -> bool:
    """Whether all may be native ids: the alphabet of codes, 1 to 60 long, and already normal.

    Ids are keys and stay as they are; one that looks like another after cleaning is refused, not merged with it.
    """
    joined = ",".join(symbols)
    return _SYMBOLS.fullmatch(joined) is not None and joined.count(",") == len(symbols) - 1 and (joined.isascii() or unicodedata.is_normalized("NFKC", joined))


def flag(value: Flag) -> bool:
    """Whether a JSON boolean, or its text, says yes."""
    return value is True or value in ("true", "yes", "YES", "1")


# --- Wire rows to our rows ----------------------------------------------------------------------------------------
_REQUIRED = ("symbol", "bid", "ask")
_FIELDS = ("bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h", "change_24h_pct", "high_24h", "low_24h")

Column = tuple[list[Any], dict[int, str]]  # values, and {index: text} of those that could not be read


def wire_ticker(**names: str) -> Any:
    """The struct of one exchange's ticker row: our names to its. Numbers are text; `time` may be an integer.

    symbol, bid and ask must be there, if only as null: a row without them is a changed format, not an empty side.
    """
    fields: list[tuple[str, Any, Any]] = []
    for ours, theirs in names.items():
        kind = {"symbol": str, "time": Token}.get(ours, Text)
        fields.append((ours, kind, msgspec.field(name=theirs) if ours in _REQUIRED else msgspec.field(name=theirs, default=None)))
    return msgspec.defstruct("WireTicker", fields, kw_only=True, gc=False)


def only_symbols(wires: list[Any]) -> list[Any]:
    """Drop rows whose native id is not one; of two rows with one id the later counts."""
    symbols = [wire.symbol for wire in wires]
    if are_symbols(symbols) and len(set(symbols)) == len(symbols):
        return wires
    return list({wire.symbol: wire for wire in wires if are_symbols([wire.symbol])}.values())


def tickers(
    wires: list[Any], total: int, *, change: numbers.Read, at: datetime | None = None, times: Column | None = None, fees: Column | None = None
) -> Parsed[Ticker]:
    """Turn wire rows that went through `only_symbols` into tickers, column by column.

    `change` is numbers.percent where the wire has a fraction, numbers.change where it has percent. `at` is the
    reply's own clock, `times` the rows' own. Raises Garbled when more than a tenth of `total` rows is missing.
    """
    columns: list[Column] = [
        column([wire.bid for wire in wires], numbers.price),
        column([wire.bid_size for wire in wires], numbers.size),
        column([wire.ask for wire in wires], numbers.price),
        column([wire.ask_size for wire in wires], numbers.size),
        column([wire.last for wire in wires], numbers.price),
        column([wire.base_volume for wire in wires], numbers.size),
        column([wire.quote_volume for wire in wires], numbers.size),
        column([wire.change for wire in wires], change),
        column([wire.high for wire in wires], numbers.price),
        column([wire.low for wire in wires], numbers.price),
        times or ([at] * len(wires), {}),
        fees or ([None] * len(wires), {}),
    ]
    bad: dict[int, tuple[str, ...]] = {}
    for name, (_, wrong) in zip((*_FIELDS, "exchange_ts", "taker_fee"), columns, strict=True):
        for index in wrong:
            bad[index] = (*bad.get(index, ()), name)
    symbols = [wire.symbol for wire in wires]
    rows = list(map(Ticker, symbols, *(values for values, _ in columns), (bad.get(index, ()) for index in range(len(wires))) if bad else repeat(())))
    return believable(rows, total, sum(map(len, bad.values())), at)


class Soft:
    """Reads the single numbers of a catalogue row: what is not a number is None, and counted in `bad`."""

    def __init__(self) -> None:
        self.bad = 0

    def __call__(self, read: Callable[..., E | None], *wire: Any) -> E | None:
        """Call a reader of `numbers`; None where it raises BadNumber."""
        try:
            return read(*wire)
        except BadNumber:
            self.bad += 1
            return None


def instruments(table: Table[W], body: bytes, build: Callable[[W, Soft], Instrument], *, may_be_empty: bool = False) -> Parsed[Instrument]:
    """Read a catalogue row by row. `build` raises ValueError for a row to drop; of two rows with one id the later counts."""
    _, wires, total = table.read(body)
    soft = Soft()
    rows: dict[str, Instrument] = {}
    for wire in wires:
        try:
            row = build(wire, soft)
        except ValueError:
            continue
        if are_symbols([row.symbol]):
            rows[row.symbol] = row
    return believable(list(rows.values()), total, soft.bad, may_be_empty=may_be_empty)


def from_columns(make: type[R], symbols: list[str], total: int, columns: Mapping[str, Column], *, may_be_empty: bool = False) -> Parsed[R]:
    """Put columns together into rows of one type; a field that has no column keeps its default. Raises Garbled like `believable`."""
    bad: dict[int, tuple[str, ...]] = {}
    for name, (_, wrong) in columns.items():
        for index in wrong:
            bad[index] = (*bad.get(index, ()), name)
    fields, defaults = make.__struct_fields__, make.__struct_defaults__
    rest: dict[str, Any] = {name: repeat(value) for name, value in zip(reversed(fields), reversed(defaults), strict=False)}
    given = rest | {"symbol": symbols, "bad": [bad.get(index, ()) for index in range(len(symbols))]} | {name: values for name, (values, _) in columns.items()}
    return believable(list(map(make, *(given[name] for name in fields))), total, sum(map(len, bad.values())), may_be_empty=may_be_empty)


def server_time(value: Token, unit: str) -> Parsed[ServerTime]:
    """Read the reply of a time source, or raise Garbled."""
    try:
        at = numbers.epoch(value, unit)
    except BadNumber:
        at = None
    if at is None:
        raise Garbled(f"no time: {value!a:.40}")
    return Parsed([ServerTime(at)], at=at)


def believable(rows: list[Any], total: int, bad: int, at: datetime | None = None, *, may_be_empty: bool = False) -> Parsed[Any]:
    """Wrap rows, unless there are none or more than a tenth was lost: then the format has changed.

    `may_be_empty`: a list without entries is an answer (no candles yet, nothing announced), not a changed format.
    """
    dropped = total - len(rows)
    if (not rows and not (may_be_empty and not total)) or dropped * 10 > total:
        raise Garbled(f"{dropped} of {total} rows could not be read")
    return Parsed(rows, dropped, bad, at)


def believable_levels(total: int, kept: int) -> int:
    """How many of a book's levels could not be read. Raises Garbled beyond a tenth of them: liquidity is not measured by half a book.

    A few odd levels of a thin book are no changed format.
    """
    dropped = total - kept
    if dropped and (not kept or dropped > max(FEW_LEVELS, total // 10)):
        raise Garbled(f"{dropped} of {total} levels could not be read")
    return dropped


def asked(known: Instruments) -> Instrument | None:
    """The market a reply is about, where the source is read market by market; None when nobody said."""
    return next(iter(known.values())) if len(known) == 1 else None


def clock(value: Token, unit: str) -> datetime | None:
    """The reply's own clock; None when it is absent or no time, and then our clock dates the quotes."""
    try:
        return numbers.epoch(value, unit)
    except BadNumber:
        return None


def decimals(value: Token) -> Decimal | None:
    """A step from a count of decimals: "2" is 0.01."""
    if value is None or value == "":
        return None
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > 18:
        raise BadNumber(text[:64])
    return Decimal(1).scaleb(-int(text))


# --- What a refusal means -----------------------------------------------------------------------------------------
_NOT_HERE = re.compile(rb"(?:your|this) (?:current )?(?:country|area|region)|restricted location", re.IGNORECASE)
_TOO_OFTEN = re.compile(rb"too frequent|too many (?:requests|visits)", re.IGNORECASE)
_LONG_SILENCE_S = 600.0  # a 403 for asking too often: ten minutes of silence at the least


def envelope(status: int, headers: Headers, body: bytes, decoder: msgspec.json.Decoder[E]) -> E:
    """Read the exchange's own mark of success or refusal; without a readable one, raise what the HTTP answer means."""
    try:
        return decode(body, decoder)
    except Garbled:
        refuse(status, headers, body)
        raise


def problem(body: bytes, decoder: msgspec.json.Decoder[E]) -> E | None:
    """Read an error body, where the exchange has one only for errors. None: this is not one."""
    try:
        return decode(body, decoder) if len(body) < 4096 else None
    except Garbled:
        return None


def refuse(status: int, headers: Headers, body: bytes) -> None:
    """Raise what the HTTP answer says by itself; return when it says success and is no HTML page."""
    detail = said(status, body)
    if 200 <= status < 300:
        if _is_html(body):
            raise Garbled(detail, "content_type")
    elif 300 <= status < 400:
        raise Refused(detail, "redirect_blocked")
    elif status == 429:
        raise Throttled(detail, retry_after(headers))
    elif status == 418:
        raise Banned(detail, retry_after_s=retry_after(headers))
    elif status in (403, 451):
        _forbid(status, headers, body, detail)
    elif status >= 500:
        raise Unreachable(detail, "server_error")
    else:
        raise Refused(detail, "client_error")


def _forbid(status: int, headers: Headers, body: bytes, detail: str) -> NoReturn:
    """Four kinds of 403: asked too often, wrong country, a challenge page, and a bare one, which is taken for the first."""
    if status == 451 or _NOT_HERE.search(body):
        raise Blocked(detail, "geoblocked")
    if _TOO_OFTEN.search(body) or not body.strip():
        raise Banned(detail, retry_after_s=max(_LONG_SILENCE_S, retry_after(headers) or 0))
    raise Blocked(detail, "forbidden")


def words(*parts: object) -> str:
    """An exchange's code and message in one line for people, without what no database takes."""
    return title(" ".join(str(part) for part in parts if part is not None)) or "no words"


def said(status: int, body: bytes) -> str:
    """An answer in one line for people: its status and the start of its text, never markup."""
    text = "an HTML page" if _is_html(body) else title(body[:160].decode(errors="replace"))
    return f"HTTP {status}: {text or 'no text'}"


def _is_html(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def retry_after(headers: Headers) -> float | None:
    """Seconds the Retry-After header asks for, as they stand there. A date counts from the answer's own Date header."""
    text = headers.get("retry-after", "").strip()
    try:
        wait = numbers.number(text, signed=True)
    except BadNumber:
        return _between(headers.get("date", ""), text)
    return None if wait is None else float(wait)


def _between(start: str, end: str) -> float | None:
    try:
        return (parsedate_to_datetime(end) - parsedate_to_datetime(start)).total_seconds()
    except (ValueError, TypeError):
        return None


def count(headers: Headers, name: str) -> int | None:
    """A whole number from a header; None when it is not there or none."""
    text = headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
