"""What every exchange offers, as a table made from the adapters: the one behind the docs, the API and the pages.

What an exchange does not publish is there too and says so: "not offered" is an answer, an empty list is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exchanges.adapter import SOURCE_NAMES, Adapter, Source
from exchanges.adapters import ADAPTERS
from exchanges.rows import Row

# What a person calls each source: in a sentence and as a heading.
LABELS: Mapping[str, str] = {
    "time": "clock", "status": "service status", "instruments": "spot markets", "tickers": "spot prices", "book": "order books", "candles": "candles",
    "currencies": "coins and networks", "announcements": "announcements", "perp_instruments": "perpetuals and futures",
    "perp_tickers": "prices of perpetuals and futures", "open_interest": "open interest", "funding": "funding rates", "funding_history": "settled funding",
    "option_instruments": "options", "option_tickers": "prices of options", "index_members": "members of indices", "copy_traders": "copy-trading statistics",
}
# Where one source also brings what another one is for on other exchanges.
ELSEWHERE: Mapping[str, str] = {"open_interest": "perp_tickers"}


@dataclass(frozen=True)
class Capability:
    """One source of one exchange as its adapter declares it. Periods in seconds, `cost` of one sweep (or one market) by pool.

    `markets` is None for what comes in one sweep, else for how many markets it is read by default. `key`: signed calls only.
    `note` says why a source is not offered by itself; `comes_with` is the source that brings its figures all the same, or "".
    """

    exchange: str
    source: str
    offered: bool
    period_s: int | None = None
    markets: int | None = None
    requests: int = 0
    cost: Mapping[str, int] = field(default_factory=dict)
    key: bool = False
    note: str = ""
    comes_with: str = ""

    @property
    def elsewhere(self) -> bool:
        """Not offered by itself, because another source brings it."""
        return bool(self.comes_with)


def table() -> dict[str, tuple[Capability, ...]]:
    """{slug: its line of every source there is}, in the adapters' order."""
    return {slug: of(adapter) for slug, adapter in ADAPTERS.items()}


def of(adapter: Adapter) -> tuple[Capability, ...]:
    """Every source there is, offered by this exchange or not."""
    return tuple(_capability(adapter, name) for name in SOURCE_NAMES)


def _capability(adapter: Adapter, name: str) -> Capability:
    source = adapter.source(name)
    if source is None:
        carrier = _carrier(adapter, name)
        note = f"comes with {LABELS[carrier]}" if carrier else adapter.absent.get(name, "not published")
        return Capability(adapter.slug, name, False, note=note, comes_with=carrier)
    return Capability(
        adapter.slug, name, True, period_s=source.period_s, markets=source.markets, requests=_requests(source), cost=_cost(source), key=needs_key(source),
    )


def _carrier(adapter: Adapter, name: str) -> str:
    """The source that brings what this one is for, "" where none does."""
    carrier = ELSEWHERE.get(name, "")
    return carrier if carrier and adapter.source(carrier) else ""


def needs_key(source: Source[Row]) -> bool:
    """Whether the exchange tells it to signed calls only."""
    return any(part.request.signed for part in source.parts)


def _requests(source: Source[Row]) -> int:
    """Of one sweep; of a source read market by market, of one market: one part fits it."""
    return sum(part.pages for part in source.parts) if source.markets is None else 1


def _cost(source: Source[Row]) -> dict[str, int]:
    """What that takes of each pool; of a source read market by market, the dearest part's."""
    pools = sorted({pool for part in source.parts for pool in part.cost})
    each = {pool: [part.cost.get(pool, 0) * part.pages for part in source.parts] for pool in pools}
    whole = {pool: sum(costs) if source.markets is None else max(costs) for pool, costs in each.items()}
    return {pool: cost for pool, cost in whole.items() if cost}


# --- The page in the docs ---------------------------------------------------------------------------------------
def page() -> str:
    """docs/capabilities.md, whole."""
    adapters = list(ADAPTERS.values())
    lines = [
        "# What each exchange offers", "",
        "Written by `manage.py capabilities --write` from the adapters; a test fails when it is out of date. Periods and counts are",
        "the defaults of a new installation: the admin's are the ones in force, and `exchanges/{slug}/` of the API tells them.", "",
        "A period alone: everything in one sweep. \"x 20\": market by market, for the 20 busiest, and for those somebody looks at.",
        "\"key\": told to signed calls only. A dash: not offered, and the reason stands with the exchange. What one market costs depends",
        "on which pool it counts in: the dearest of each is given.", "",
        *_matrix(adapters), "",
    ]
    for adapter in adapters:
        lines += [f"## {adapter.name}", "", *_detail(of(adapter)), ""]
    return "\n".join(lines)


def _matrix(adapters: Iterable[Adapter]) -> list[str]:
    columns = {adapter.name: {c.source: c for c in of(adapter)} for adapter in adapters}
    head = [f"| source | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    return head + [f"| {LABELS[name]} (`{name}`) | {' | '.join(_cell(column[name]) for column in columns.values())} |" for name in SOURCE_NAMES]


def _cell(c: Capability) -> str:
    if not c.offered:
        return f"with `{c.comes_with}`" if c.elsewhere else "–"
    return period(c.period_s or 0) + (f" x {c.markets}" if c.markets is not None else "") + (", key" if c.key else "")


def period(seconds: int) -> str:
    """10 s, 5 min, 1 h, 1 d."""
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _detail(capabilities: Iterable[Capability]) -> list[str]:
    rows = [f"| `{c.source}` | {_cell(c)} | {c.requests}{' a market' if c.markets is not None else ''} | {_costs(c)} |" for c in capabilities if c.offered]
    absent = [f"- {LABELS[c.source]}: {_said(c)}." for c in capabilities if c.key or not (c.offered or c.elsewhere)]
    return ["| source | every | requests | cost |", "| --- | --- | --- | --- |", *rows, "", *absent]


def _said(c: Capability) -> str:
    return "told to signed calls only; off until a read-only key stands in the environment" if c.key else c.note


def _costs(c: Capability) -> str:
    return ", ".join(f"{cost} of {pool}" for pool, cost in c.cost.items()) or "none"
