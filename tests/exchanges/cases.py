"""Samples for the contract tests: files under samples/<slug>/, or SAMPLES in the adapter's own file.

`<source>.json` (or `<source>.<part>.json`) is a whole reply, `.headers.json` beside it its headers, `.rows.jsonl` the
rows it must become, as `manage.py parse` prints them.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from exchanges.adapter import Adapter, Part
from exchanges.adapters import ADAPTERS

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

    def __str__(self):
        return f"{self.adapter.slug}-{self.source}" + ("" if self.part.name == "all" else f"-{self.part.name}")

    def parse(self, body=None, headers=None):
        return self.part.parse(self.body if body is None else body, self.headers if headers is None else headers, {})


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
        )
    sample = getattr(sys.modules[f"exchanges.adapters.{adapter.slug}"], "SAMPLES", {}).get(stem)
    if sample is None:
        return Case(adapter, source, part)
    body = sample["body"]
    return Case(adapter, source, part, body.encode() if isinstance(body, str) else body, sample.get("headers", {}), sample["rows"])


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
