"""Everything that can be made to go wrong above the socket, by name: what the reply says and what its rows hold.

A fault is `{"name": ..., "endpoint": "tickers", "share": 0.1, "times": 3, ...parameters}`. Its name is a word of the
tables here or in `sockets.py`, or the id of the row of the fault catalogue that it plays (`ROWS`); docs/simulator.md
lists them all. Faults of rows work on the decoded reply, so one function serves all five exchanges.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from email.utils import formatdate
from types import ModuleType
from typing import Any

from exchanges.simulator.writers import Fields, Reply

Spec = dict[str, Any]
Row = dict[str, Any]
_RAW = "\ue000"

# Rows of the fault catalogue -> the fault that plays them, with the parameters that make the difference.
ROWS: dict[str, Spec] = {
    "T1": {"name": "refused"}, "T4": {"name": "hang"}, "T5": {"name": "drip"}, "T6": {"name": "reset"}, "T7": {"name": "truncated"},
    "T8": {"name": "cut"}, "T9": {"name": "gzip_bomb"}, "T10": {"name": "giant"}, "T11": {"name": "broken_gzip"}, "T12": {"name": "redirect"},
    "T13": {"name": "idle_close"},
    "T14": {"name": "huge_headers"}, "T16": {"name": "slow"},
    "P1": {"name": "throttle", "after": 30}, "P2": {"name": "throttle", "after": None}, "P3": {"name": "ban"}, "P4": {"name": "blocked"},
    "P5": {"name": "server_error"},
    "P6": {"name": "envelope_error"}, "P7": {"name": "html"}, "P8": {"name": "body", "value": ""}, "P9": {"name": "bad_json"}, "P10": {"name": "deep"},
    "P11": {"name": "duplicate_keys"}, "P12": {"name": "bad_text"}, "P13": {"name": "changed_fields"}, "P14": {"name": "loop"}, "P15": {"name": "low_limits"},
    "D1": {"name": "value", "value": "0"}, "D2": {"name": "value", "value": "1e999999"}, "D3": {"name": "long_digits"}, "D4": {"name": "crossed"},
    "D5": {"name": "empty_side"}, "D6": {"name": "price", "factor": "1.35"}, "D9": {"name": "halt"}, "D10": {"name": "price", "factor": "110"},
    "D12": {"name": "stamp", "shift_s": -600}, "D13": {"name": "stamp", "shift_s": 3_600}, "D14": {"name": "freeze"}, "D16": {"name": "volume"},
    "D17": {"name": "hostile_text"}, "D19": {"name": "hidden_text"}, "D20": {"name": "halve"}, "D21": {"name": "flood"},
}  # fmt: skip


@dataclass
class Sheet:
    """The rows of one reply, open for change. `raw` puts text on the wire that JSON has no value for."""

    source: str
    fields: Fields
    doc: Any
    rows: list[Row]
    spec: Spec
    _raws: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, reply: Reply, source: str, fields: Fields, spec: Spec) -> Sheet:
        """Decode a reply and find its rows."""
        doc = rows = json.loads(reply.body)
        for key in fields.rows if source == "tickers" else fields.instrument_rows:
            rows = rows[key]
        return cls(source, fields, doc, rows if isinstance(rows, list) else [rows], spec)

    @property
    def symbol(self) -> str:
        """What the id of a row is called here."""
        return self.fields.symbol if self.source == "tickers" else self.fields.instrument_symbol

    def chosen(self, share: float = 1.0) -> list[Row]:
        """The rows to change: `symbols`, or every so many-th (`rows`, a share), or all."""
        if "symbols" in self.spec:
            return [row for row in self.rows if row[self.symbol] in self.spec["symbols"]]
        return self.rows[:: max(1, round(1 / float(self.spec.get("rows", share))))]

    def raw(self, text: str) -> str:
        """A stand-in for text that goes out as it is, without quotes."""
        self._raws.append(text)
        return f"{_RAW}{len(self._raws) - 1}"

    def encode(self) -> bytes:
        """The changed reply, in the exchange's own compact form."""
        text = json.dumps(self.doc, separators=(",", ":"), ensure_ascii=False)
        return re.sub(rf'"{_RAW}(\d+)"', lambda found: self._raws[int(found[1])], text).encode("utf-8", "surrogatepass")


# --- Faults of rows ---------------------------------------------------------------------------------------------
def value(sheet: Sheet) -> None:
    """`fields` (bid, ask, last, ...) hold `value`: text as text, anything else as the JSON value it is; `raw` as it stands."""
    for row in sheet.chosen():
        for name in sheet.spec.get("fields", ("bid", "ask")):
            if (key := getattr(sheet.fields, name)) in row:
                row[key] = sheet.raw(sheet.spec["raw"]) if "raw" in sheet.spec else sheet.spec.get("value", "0")


def price(sheet: Sheet) -> None:
    """All prices of the chosen markets times `factor`, or the book around `set`."""
    f = sheet.fields
    for row in sheet.chosen():
        if "set" in sheet.spec:
            middle = Decimal(str(sheet.spec["set"]))
            row.update({key: format(middle * at, "f") for key, at in ((f.bid, Decimal("0.9999")), (f.ask, Decimal("1.0001")), (f.last, Decimal(1)))})
            continue
        for key in (f.bid, f.ask, f.last, f.high, f.low, f.quote_volume):
            if row.get(key) not in (None, ""):
                row[key] = format(Decimal(row[key]) * Decimal(str(sheet.spec["factor"])), "f")


def long_digits(sheet: Sheet) -> None:
    """Prices with twenty-odd significant digits."""
    for row in sheet.chosen():
        for key in (sheet.fields.bid, sheet.fields.ask, sheet.fields.last):
            if row.get(key):
                row[key] = (row[key] if "." in row[key] else row[key] + ".") + "00012345678901234567"


def crossed(sheet: Sheet) -> None:
    """Bid and ask change places; with `locked` they are equal."""
    f = sheet.fields
    for row in sheet.chosen():
        row[f.bid], row[f.ask] = (row[f.ask], row[f.ask]) if sheet.spec.get("locked") else (row[f.ask], row[f.bid])


def empty_side(sheet: Sheet) -> None:
    """One `side` (bid, ask, both) is `value` (null, "", "0")."""
    sides = ("bid", "ask") if sheet.spec.get("side") == "both" else (sheet.spec.get("side", "bid"),)
    for row in sheet.chosen():
        keys = [getattr(sheet.fields, f"{side}{end}") for side in sides for end in ("", "_size")]
        row.update({key: sheet.spec.get("value") for key in keys if key in row})


def volume(sheet: Sheet) -> None:
    """`how`: overflow (1e30), negative, swapped (base for quote)."""
    f, how = sheet.fields, sheet.spec.get("how", "overflow")
    for row in sheet.chosen():
        base, quote = row[f.base_volume], row[f.quote_volume]
        row[f.base_volume], row[f.quote_volume] = {"overflow": ("1" + "0" * 30, quote), "negative": (f"-{base}", quote), "swapped": (quote, base)}[how]


def unit(sheet: Sheet) -> None:
    """Clocks in another unit: `unit` s, us or ns instead of milliseconds."""
    times = {"s": Decimal("0.001"), "us": Decimal(1_000), "ns": Decimal(1_000_000)}[sheet.spec["unit"]]
    holders = [(row, sheet.fields.row_clock) for row in sheet.chosen()] if sheet.fields.row_clock else []
    if sheet.fields.clock:
        holder = sheet.doc
        for key in sheet.fields.clock[:-1]:
            holder = holder[key]
        holders.append((holder, sheet.fields.clock[-1]))
    for holder, key in holders:
        holder[key] = type(holder[key])(int(int(holder[key]) * times))


def duplicate_keys(sheet: Sheet) -> None:
    """The bid twice in one object, the second one 3 % higher."""
    key = sheet.fields.bid
    for row in sheet.chosen():
        if row.get(key):
            row[key] = sheet.raw(f'"{row[key]}","{key}":"{Decimal(row[key]) * Decimal("1.03"):f}"')


def bad_text(sheet: Sheet) -> None:
    """A few rows with text no database takes: `what` surrogate, nul, long_integer, overflow."""
    what, f = sheet.spec.get("what", "surrogate"), sheet.fields
    for row in sheet.chosen(0.02):
        if what in ("surrogate", "nul"):
            row[sheet.symbol] = sheet.raw('"BAD' + {"surrogate": r"\ud800", "nul": r"\u0000"}[what] + 'USDT"')
        else:
            row[f.bid] = sheet.raw({"long_integer": "9" * 5_000, "overflow": "1e999"}[what])


def changed_fields(sheet: Sheet) -> None:
    """`how`: rename (bid gets another name), missing (bid gone), numbers (text becomes numbers), extra (a new field)."""
    how, key = sheet.spec.get("how", "rename"), sheet.fields.bid
    for row in sheet.chosen():
        if how == "numbers":
            texts = {name: text for name, text in row.items() if isinstance(text, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text)}
            row.update({name: sheet.raw(text) for name, text in texts.items()})
        elif how == "extra":
            row["brandNew"] = {"nested": [1, 2, {"deep": None}]}
        elif key in row:
            old = row.pop(key)
            row.update({f"{key}V2": old} if how == "rename" else {})


def halt(sheet: Sheet) -> None:
    """The chosen markets stop trading: their status says so (where only trading markets are listed, they vanish)."""
    if sheet.fields.halted is None:
        return vanish(sheet)
    if sheet.source == "instruments":
        for row in sheet.chosen():
            row[sheet.fields.status] = sheet.fields.halted
    return None


def vanish(sheet: Sheet) -> None:
    """The chosen markets are no longer listed."""
    gone = {row[sheet.symbol] for row in sheet.chosen()}
    sheet.rows[:] = [row for row in sheet.rows if row[sheet.symbol] not in gone]


def halve(sheet: Sheet) -> None:
    """Every second market is no longer listed."""
    sheet.rows[:] = sheet.rows[::2]


def flood(sheet: Sheet) -> None:
    """`count` new USDT markets at once: copies of the first ones under codes nobody has seen."""
    models = [row for row in sheet.rows if row[sheet.symbol].endswith("USDT")][: int(sheet.spec.get("count", 500))]
    for n, row in enumerate(models):
        code, joint = f"FLOOD{n:03d}", row[sheet.symbol].removesuffix("USDT")[-1:].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        copy = row | {sheet.symbol: f"{code}{joint}USDT"}
        if sheet.source == "instruments":
            copy |= {sheet.fields.base: code} | ({"name": f"{code}{joint}USDT"} if "name" in row else {})
        sheet.rows.append(copy)


def hostile_text(sheet: Sheet) -> None:
    """Base codes and names that are HTML, script or template: the `text` given, or a set of them on the first markets."""
    _rename(sheet, sheet.spec.get("text") or ("<img src=x onerror=alert(1)>", "\"'><b>", "{{7*7}}", "javascript:alert(1)", "=1+1", "@SUM(A1)", "-2+3"))


def hidden_text(sheet: Sheet) -> None:
    """Codes with direction overrides, zero-width characters, or letters of another script that look the same."""
    _rename(sheet, sheet.spec.get("text") or ("\u202eCTB", "BT\u200bC", "\u0412\u0422\u0421", "ET\u2066H", "S\u041e\u200dL"))


def _rename(sheet: Sheet, texts: str | tuple[str, ...] | list[str]) -> None:
    texts = [texts] if isinstance(texts, str) else list(texts)
    for row, text in zip(sheet.chosen() if "symbols" in sheet.spec else sheet.rows, texts, strict=False):
        if sheet.source == "instruments":
            row.update({key: text for key in (sheet.fields.base, "base_name") if key in row})


ROW_FAULTS: dict[str, tuple[Callable[[Sheet], None], tuple[str, ...]]] = {
    **{f.__name__: (f, ("tickers",)) for f in (value, price, long_digits, crossed, empty_side, volume, unit, duplicate_keys, bad_text, changed_fields)},
    **{f.__name__: (f, ("tickers", "instruments")) for f in (halt, vanish, halve, flood, hostile_text, hidden_text)},
}


# --- Faults of the whole reply ----------------------------------------------------------------------------------
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1><script>/* puzzle */</script></body></html>"
MAINTENANCE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"


def throttle(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """429 in the exchange's words; `after` is Retry-After: seconds, any text, None for none, or with `date` an HTTP date."""
    said: Reply = writer.throttled(now, 30, False)
    headers = {key: text for key, text in said.headers.items() if key.lower() != "retry-after"}
    if (after := spec.get("after")) is not None:
        headers["Retry-After"] = formatdate(now + float(after), usegmt=True) if spec.get("date") else str(after)
    return replace(said, status=429, headers=headers)


def ban(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """418 with the end of the ban in words (`for_s`), and Retry-After unless `header` is false."""
    until = int((now + float(spec.get("for_s", 120))) * 1_000)
    headers = {"Retry-After": str(int(spec.get("for_s", 120)))} if spec.get("header", True) else {}
    return Reply(b'{"code":-1003,"msg":"Way too many requests; IP banned until %d."}' % until, 418, headers=headers)


def blocked(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """`variant` a: country refusal; b: bot challenge in HTML; c: access too frequent; d: bare 403. `status` 403 or 451."""
    status = int(spec.get("status", 403))
    place = b'{"code":0,"msg":"Service unavailable from a restricted location. Please contact customer service if you believe this is an error."}'
    return {
        "a": Reply(place, int(spec.get("status", 451))), "b": Reply(CHALLENGE, status, "text/html"),
        "c": Reply(b"403, access too frequent", status, "text/plain"),
        "d": Reply(b"", status, "text/plain"),
    }[spec.get("variant", "a")]  # fmt: skip


def server_error(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """`status` 500 to 530 with a page of the machine in front."""
    status = int(spec.get("status", 503))
    return Reply(b"<html><body><h1>%d</h1></body></html>" % status, status, "text/html")


def envelope_error(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """HTTP 200 with the exchange's own way of saying no; `text` replaces the whole body."""
    return replace(writer.broken(now), status=200) if "text" not in spec else Reply(str(spec["text"]).encode())


def html(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """200 with a maintenance page; with `only_type` the right JSON under text/html."""
    return replace(reply, content_type="text/html") if spec.get("only_type") else Reply(MAINTENANCE, 200, "text/html")


def body(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """200 with `value` as the whole body: nothing, null, [], a string, a number."""
    return replace(reply, body=str(spec.get("value", "")).encode())


def bad_json(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """`what`: nan, bom, latin1, trailing, two (documents in one body)."""
    text = reply.body
    first = max(text.find(b'"', text.find(b'":') + 2), 1)
    return replace(reply, body={
        "nan": re.sub(rb':"[0-9.]+"', b":NaN", text, count=5), "bom": b"\xef\xbb\xbf" + text, "latin1": text[:first] + b'"\xe9\xff' + text[first + 1 :],
        "trailing": text + b" garbage", "two": text + text,
    }[spec.get("what", "trailing")])  # fmt: skip


def deep(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """A hundred thousand lists inside each other."""
    levels = int(spec.get("levels", 100_000))
    return replace(reply, body=b"[" * levels + b"]" * levels)


def redirect(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """`status` 301, 302, 307 to `to`: another host, an address inside, or this one again."""
    return Reply(b"", int(spec.get("status", 302)), headers={"Location": str(spec.get("to", "http://169.254.169.254/latest/meta-data/"))})


def low_limits(reply: Reply, spec: Spec, writer: ModuleType, now: float) -> Reply:
    """The limit headers say that `used` (a share) of the pool is gone; the pool itself is untouched."""
    limit = writer.LIMITS[0]
    used = int(limit.units * float(spec.get("used", 0.9)))
    return replace(reply, headers=reply.headers | writer.headers(now, used, limit.units - used, limit.window_s / 2))


REPLY_FAULTS: dict[str, Callable[[Reply, Spec, ModuleType, float], Reply]] = {
    f.__name__: f for f in (throttle, ban, blocked, server_error, envelope_error, html, body, bad_json, deep, redirect, low_limits)
}
# Faults of the moment itself: which clock, which prices, how long (done where the reply is made).
SCENE_FAULTS = {"stamp": ("tickers",), "freeze": ("tickers",), "slow": (), "loop": ()}
