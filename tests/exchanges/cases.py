"""Samples for the contract tests: files under samples/<slug>/, or SAMPLES in the adapter's own file.

`<source>.json` (or `<source>.<part>.json`) is a whole reply, `.headers.json` beside it its headers, `.rows.jsonl` the
rows it must become, as `manage.py parse` prints them; a field left out there is unknown (its default). What a part has to
know of markets are the rows of the instruments samples that its source names in `known`; of a source that is read market
by market it is the one in `.market.json`.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from exchanges.adapter import Adapter, Instruments, Part
from exchanges.adapters import ADAPTERS
from exchanges.management.commands.parse import as_json
from exchanges.rows import Instrument

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Case:
    """One part of one source of one exchange, and a reply to it where we have one."""

    adapter: Adapter
    source: str
    part: Part
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    rows: list[dict] | None = None
    known: Instruments = field(default_factory=dict)

    def __str__(self):
        return f"{self.adapter.slug}-{self.source}" + ("" if self.part.name == "all" else f"-{self.part.name}")

    def parse(self, body=None, headers=None):
        return self.part.parse(self.body if body is None else body, self.headers if headers is None else headers, self.known)

    def expected(self, row):
        """The expected rows, with what is left out there as the row type's default. `row` is one row of the reply."""
        defaults = {name: value for name, value in as_json(_blank(type(row))).items() if name not in _required(type(row))}
        return [defaults | wanted for wanted in self.rows]


def _required(row):
    return {f.name for f in msgspec.structs.fields(row) if f.required}


def _blank(row):
    return row(**dict.fromkeys(_required(row)))


def cases() -> list[Case]:
    """Every part of every source of every adapter there is."""
    return [
        _case(adapter, name, part, f"{name}.{part.name}" if len(source.parts) > 1 else name)
        for adapter in ADAPTERS.values()
        for name, source in adapter.sources.items()
        for part in source.parts
    ]


def _case(adapter: Adapter, source: str, part: Part, stem: str) -> Case:
    folder = SAMPLES / adapter.slug
    if (folder / f"{stem}.json").exists():
        headers = folder / f"{stem}.headers.json"
        rows = (folder / f"{stem}.rows.jsonl").read_text(encoding="utf-8").splitlines()
        return Case(
            adapter,
            source,
            part,
            (folder / f"{stem}.json").read_bytes(),
            json.loads(headers.read_text()) if headers.exists() else {},
            [json.loads(line) for line in rows],
            _known(folder, adapter, source, stem),
        )
    sample = getattr(sys.modules[f"exchanges.adapters.{adapter.slug}"], "SAMPLES", {}).get(stem)
    if sample is None:
        return Case(adapter, source, part)
    body = sample["body"]
    return Case(adapter, source, part, body.encode() if isinstance(body, str) else body, sample.get("headers", {}), sample["rows"])


def _known(folder: Path, adapter: Adapter, source: str, stem: str) -> Instruments:
    market = folder / f"{stem}.market.json"
    lines = [market.read_text(encoding="utf-8")] if market.exists() else []
    for name in () if lines else adapter.source(source).known:
        lines += [line for file in sorted(folder.glob(f"{name}*.rows.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [msgspec.convert(json.loads(line), Instrument, strict=False) for line in lines]
    return {row.symbol: row for row in rows}


def roomy(case: Case):
    """The sample with twenty more rows, so that a lost one is no tenth; its rows, and the key of their id."""
    document = json.loads(case.body)
    rows = rows_of(document)
    key = next(key for key, value in rows[0].items() if value == case.rows[0]["symbol"])
    rows += [rows[0] | {key: f"ROOM{number}"} for number in range(20)]
    return document, rows, key


def rows_of(document):
    """The list of rows inside a decoded reply: the longest list of objects anywhere in it."""
    if isinstance(document, list):
        return document
    inner = [rows_of(value) for value in document.values() if isinstance(value, (dict, list))]
    return max(inner, key=len, default=[])
