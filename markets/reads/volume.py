"""Volume and sentiment of every coin, for the page, the API and whoever needs what is busier than usual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from markets import held, volumes
from markets.analysis import activity, volume
from markets.analysis.activity import Activity, Key, Past, measure, quote_changes
from markets.analysis.volume import Volume
from markets.models import VolumePast
from markets.reads import pressure
from markets.reads.pressure import Pressure
from markets.volumes import CHANGED

OLDEST = timedelta(hours=2)  # a past of another hour of the day measures nothing
KEPT_S = 5
MADE_OF = ("switches", "assets", "state", "catalogue", CHANGED)  # a change of these is seen at once
Stand = tuple[object, ...]
LOOKERS = 4
_pasts: dict[str, tuple[object, dict[str, Past]]] = {}
_days = msgspec.json.Decoder(list[dict[int, Decimal]])


@dataclass(frozen=True)
class Asked:
    """Which volumes are looked at. "" and () are all; `suspect` counts what is only doubted, too."""

    quote: str = ""
    exchanges: tuple[str, ...] = ()
    suspect: bool = False


@dataclass(frozen=True)
class Line:
    """One coin: its day, and what books and contracts say beside it."""

    base: str
    name: str
    activity: Activity
    pressure: Pressure


@dataclass(frozen=True)
class View:
    """Every coin with a volume, the busiest first, and all of them together."""

    as_of: datetime
    lines: tuple[Line, ...]
    whole: Activity
    quotes: tuple[str, ...]  # quote currencies to choose from, by volume


def relative(now: datetime) -> Mapping[str, Decimal]:
    """{base ticker: RV} of every coin that has a norm: 2 is twice as much as usual at this hour."""
    return _relative(*_stand(now))


@lru_cache(maxsize=2)
def _relative(now: datetime, stand: Stand) -> dict[str, Decimal]:
    pasts, coins = _pasts_at(now), _coins(Asked(), _judged(now, stand))
    ratios = {base: activity.relative(found, pasts.get(base, Past()))[0] for base, found in coins.items()}
    return {base: ratio for base, ratio in ratios.items() if ratio is not None}


def of_coin(base: str, asked: Asked, now: datetime) -> Line | None:
    """One coin's line of `view`, without making the others; None where the view has none."""
    now, stand = _stand(now)
    judged = _judged(now, stand)
    found = _coins(asked, judged).get(base)
    return _line(base, found, _pasts_at(now), quote_changes(judged), asked, pressure.of_coins(asked.exchanges, asked.quote, now, base)) if found else None


def view(asked: Asked, now: datetime) -> View:
    """Everything, as last stored. Made anew every five seconds at most: these are sums of a day over thousands of markets."""
    return _view(asked, *_stand(now))


def _stand(now: datetime) -> tuple[datetime, Stand]:
    """The five seconds of `now`, and what is seen at once."""
    numbers = held.current().numbers
    stand = (held.looker(), *sorted(item for item in numbers.items() if item[0].partition(":")[0] in MADE_OF), not held.current().board.pairs)
    return now.replace(second=now.second // KEPT_S * KEPT_S, microsecond=0), stand


def forget() -> None:
    """Drop what this process holds in memory."""
    for kept in (_view, _relative, _judged):
        kept.cache_clear()
    _pasts.clear()
    pressure.forget()


@lru_cache(maxsize=2)
def _judged(now: datetime, _stand: Stand) -> dict[tuple[str, str], list[Volume]]:
    return volumes.judged(now)


@lru_cache(maxsize=6)
def _view(asked: Asked, now: datetime, stand: Stand) -> View:
    judged, pasts = _judged(now, stand), _pasts_at(now)
    coins, of_quotes = _coins(asked, judged), quote_changes(judged)
    beside = pressure.of_coins(asked.exchanges, asked.quote, now)
    lines = [_line(base, found, pasts, of_quotes, asked, beside) for base, found in coins.items() if found]
    whole = measure([v for found in coins.values() for v in found], _together(pasts.values()), of_quotes, suspect=asked.suspect)
    lines.sort(key=lambda line: (-(line.activity.usd or Decimal(-1)), line.base))
    return View(now, tuple(lines), whole, _quotes(judged))


def _coins(asked: Asked, judged: Mapping[tuple[str, str], list[Volume]]) -> dict[str, list[Volume]]:
    """{base: its volumes that are looked at}."""
    coins: dict[str, list[Volume]] = {}
    for (base, quote), found in judged.items():
        if not asked.quote or quote == asked.quote:
            coins.setdefault(base, []).extend(v for v in found if _wanted(v, asked.exchanges))
    return coins


def _line(  # noqa: PLR0917
    base: str, found: list[Volume], pasts: Mapping[str, Past], of_quotes: Mapping[str, Decimal], asked: Asked, beside: Mapping[str, Pressure],
) -> Line:
    board = held.current().board
    day = measure(found, pasts.get(base, Past()), of_quotes, suspect=asked.suspect)
    return Line(base, board.coins[base].name if base in board.coins else "", day, beside.get(base, Pressure()))


def _wanted(v: Volume, exchanges: tuple[str, ...]) -> bool:
    """Of the exchanges asked for; one that is switched off is on no page but its own."""
    return (not exchanges or v.exchange in exchanges) and v.reason != "disabled"


def _quotes(judged: Mapping[tuple[str, str], list[Volume]]) -> tuple[str, ...]:
    sums: dict[str, Decimal] = {}
    for (_, quote), found in judged.items():
        sums[quote] = sum((v.usd for v in found if volume.counts(v) and v.usd is not None), sums.get(quote, Decimal(0)))
    return tuple(sorted(sums, key=lambda quote: (-sums[quote], quote)))


# --- Which of them, in which order ------------------------------------------------------------------------------
_ORDER: Mapping[str, Callable[[Line], Any]] = {
    "asset": lambda line: line.base,
    "volume": lambda line: line.activity.usd,
    "relative": lambda line: line.activity.relative,
    "change": lambda line: line.activity.change,
    "concentration": lambda line: line.activity.concentration,
    "imbalance": lambda line: line.pressure.imbalance,
    "funding": lambda line: line.pressure.funding_8h_pct,
    "open_interest": lambda line: line.pressure.open_interest_change_pct,
    "sentiment": lambda line: line.activity.sentiment.score,
    "agreement": lambda line: Decimal(line.activity.agree * line.activity.way) / line.activity.told if line.activity.told else None,
}


SORTS = tuple(_ORDER)


def chosen(found: View, order: str, *, search: str = "", bases: Collection[str] = (), min_usd: Decimal | None = None) -> list[Line]:
    """The coins that match, by one of SORTS ("-" in front: descending); what is unknown comes last, of equals the busier first."""
    text, value = search.strip().upper(), _ORDER[order.lstrip("-")]
    rows = [
        line for line in found.lines
        if (text in line.base or text in line.name.upper()) and (not bases or line.base in bases) and (min_usd is None or (line.activity.usd or 0) >= min_usd)
    ]  # fmt: skip
    known = sorted((line for line in rows if value(line) is not None), key=value, reverse=order.startswith("-"))
    return known + [line for line in rows if value(line) is None]


# --- The past ---------------------------------------------------------------------------------------------------
def _pasts_at(now: datetime) -> dict[str, Past]:
    """Of one hour for each who looks, and no hour before it: a day of all markets is over a megabyte, and there are fourteen."""
    looker, hour = held.looker(), now.replace(minute=0, second=0)
    stand = (held.current().numbers.get(CHANGED), hour)
    found = _pasts.get(looker)
    if found is None or found[0] != stand:
        if looker not in _pasts and len(_pasts) >= LOOKERS:
            _pasts.clear()
        found = _pasts[looker] = (stand, _read_pasts(hour))
    return found[1]


def _read_pasts(hour: datetime) -> dict[str, Past]:
    """{base: what its markets had at this hour of the days before}."""
    names = {pk: (slug, entry.market["symbol"]) for slug, entries in held.current().entries.items() for pk, entry in entries.items()}
    rows = VolumePast.objects.filter(opened_at__gt=hour - OLDEST).values_list("asset__slug", "days", "price_spread", "volume_spread")
    return {slug.upper(): Past(_named(days, names), *spreads) for slug, days, *spreads in rows}


def _named(days: str, names: Mapping[int, Key]) -> tuple[dict[Key, Decimal], ...]:
    return tuple({names[pk]: usd for pk, usd in day.items() if pk in names} for day in _days.decode(days))


def _together(pasts: Iterable[Past]) -> Past:
    """All coins' days as one. The spreads of single coins say nothing of the whole."""
    days: list[dict[Key, Decimal]] = []
    for past in pasts:
        for at, day in enumerate(past.days):
            if at == len(days):
                days.append({})
            days[at].update(day)
    return Past(tuple(days))
