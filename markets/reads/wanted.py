"""What the views of discovery are narrowed by, how their rows are filtered and ordered, and what one page of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from markets import held
from markets.analysis import discovery
from markets.analysis.discovery import Lead, Presence
from markets.board import Coin
from markets.models import AssetKind
from markets.reads.listed import Catalogue

WINDOWS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90)}
NOWHERE: Mapping[str, Presence] = {}
Test = Callable[[Any], bool]
Tests = Mapping[str, Test]
Keys = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Wanted:
    """What a view is narrowed by. Exchanges: () is all of them; `off` () in the second view is any exchange at all."""

    exchanges: tuple[str, ...] = ()
    what: str = "coins"
    window: str = "7d"
    on: tuple[str, ...] = ()
    on_match: str = discovery.ANY
    off: tuple[str, ...] = ()
    off_match: str = discovery.ANY
    trending: bool = False
    quote: str = ""
    min_volume_usd: Decimal | None = None
    hide_leveraged: bool = True
    hide_stable: bool = True
    hide_wrapped: bool = True
    sort: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Found:
    """One page of a view."""

    as_of: datetime
    rows: tuple[Any, ...]
    total: int
    catalogues: Mapping[str, Catalogue]
    leads: tuple[Lead, ...] = ()
    hour_ago: datetime | None = None
    measured: bool = False  # whether relative volume is part of any score
    widest: str = ""


def coins() -> Mapping[str, Coin]:
    """Every coin by the name the board knows it by."""
    return held.current().board.coins


def coin(asset: str) -> Coin:
    """One coin; of one that is not on the board its ticker."""
    return coins().get(asset, Coin(asset, slug=asset.lower()))


def is_hidden(wanted: Wanted, asset: str) -> bool:
    """Whether a coin is of a class that is left out. Money is stable too."""
    kind = coin(asset).kind
    return (
        (wanted.hide_leveraged and kind == AssetKind.LEVERAGED) or (wanted.hide_wrapped and kind == AssetKind.WRAPPED)
        or (wanted.hide_stable and kind in (AssetKind.STABLECOIN, AssetKind.FIAT))
    )  # fmt: skip


def tests(wanted: Wanted, quote: Test, volume: Test | None) -> dict[str, Test]:
    """The filters that are set, by the name a person would call them. `volume` None: volume decides elsewhere."""
    hides = wanted.hide_leveraged or wanted.hide_stable or wanted.hide_wrapped
    found: dict[str, tuple[bool, Test | None]] = {
        "hidden classes": (hides, lambda row: not is_hidden(wanted, row.asset)),
        f"quote {wanted.quote}": (bool(wanted.quote), quote),
        f"volume over {wanted.min_volume_usd} USD": (bool(wanted.min_volume_usd), volume),
    }
    return {name: test for name, (asked, test) in found.items() if asked and test}


def kept(rows: Iterable[Any], by: Tests) -> list[Any]:
    """The rows that pass every test."""
    return [row for row in rows if all(test(row) for test in by.values())]


def widest(rows: Sequence[Any], by: Tests) -> str:
    """The filter whose removal would bring back the most rows; "" where there are none to bring back."""
    return "" if not rows else max(by, key=lambda name: len(kept(rows, {other: test for other, test in by.items() if other != name})), default="")


def ordered(rows: Iterable[Any], sort: str, keys: Keys) -> list[Any]:
    """Sorted; what is unknown comes last either way, and equals stand by name."""
    value = keys[sort.lstrip("-")]
    rows = sorted(rows, key=lambda row: row.asset)
    known = sorted((row for row in rows if value(row) is not None), key=value, reverse=sort.startswith("-"))
    return known + [row for row in rows if value(row) is None]


def of_price(name: str) -> Callable[[Any], Any]:
    """A figure of a row's price, for ordering."""
    return lambda row: getattr(row.price, name) if row.price else None
