"""Who lists what, since when, who was first, and what is missing where. By identity, never by the text of a ticker. Pure."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations

from msgspec import Struct

from markets.board import Coin

CONFLICTED = "conflicted"
_SURENESS = ("confirmed", "probable", "unknown", CONFLICTED)
GONE = "delisted"
OPEN = ("trading", "delisting")
FLOOD = 50  # so many new symbols in one list of an exchange are one line, not so many pieces of news
ANY, ALL = "any", "all"


class Market(Struct, frozen=True, gc=False, kw_only=True):
    """One spot market as an exchange's catalogue has it. `asset` is what its base was identified as.

    `baseline`: it stood in the first catalogue Pebble accepted, so that when it was first seen says nothing of its age.
    """

    pk: int
    exchange: str
    asset: str
    status: str = "trading"
    identity: str = "unknown"
    listed_at: datetime | None = None
    first_seen_at: datetime | None = None
    baseline: bool = True


class Presence(Struct, frozen=True, gc=False, kw_only=True):
    """One asset on one exchange. `since` with `time_source` exchange or first_seen; None and "" when nobody knows."""

    exchange: str
    identity: str
    trading: bool
    since: datetime | None = None
    time_source: str = ""


Listed = Mapping[str, Mapping[str, Presence]]  # asset -> exchange -> presence


def presences(markets: Iterable[Market]) -> dict[str, dict[str, Presence]]:
    """Every asset's presence by exchange. What is delisted everywhere is absent, though its age counts where it came back."""
    places: dict[tuple[str, str], list[Market]] = {}
    for market in markets:
        places.setdefault((market.asset, market.exchange), []).append(market)
    found: dict[str, dict[str, Presence]] = {}
    for (asset, exchange), group in places.items():
        there = [market for market in group if market.status != GONE]
        if there:
            at, source = since(group)
            sure = min((market.identity for market in there), key=_SURENESS.index)
            trading = any(market.status in OPEN for market in there)
            found.setdefault(asset, {})[exchange] = Presence(exchange=exchange, identity=sure, trading=trading, since=at, time_source=source)
    return found


def since(markets: Sequence[Market]) -> tuple[datetime | None, str]:
    """When the first of an asset's markets on one exchange opened, and who says so.

    The exchange's own time, else when Pebble first saw it, where that was after the baseline. Where one market's time is not
    known it may be the oldest: then the asset's is not known either.
    """
    times: list[tuple[datetime, str]] = []
    for market in markets:
        if market.listed_at is not None:
            times.append((market.listed_at, "exchange"))
        elif market.first_seen_at is not None and not market.baseline:
            times.append((market.first_seen_at, "first_seen"))
        else:
            return None, ""
    return min(times, default=(None, ""))


# --- On one, not on another -----------------------------------------------------------------------------------------
def here(listed: Mapping[str, Presence]) -> frozenset[str]:
    """The exchanges that list an asset. Another coin of the same ticker is not it."""
    return frozenset(exchange for exchange, presence in listed.items() if presence.identity != CONFLICTED)


def absent(listed: Mapping[str, Presence], on: Set[str], off: Set[str], *, on_match: str = ANY, off_match: str = ANY) -> bool:
    """Whether an asset is listed on any (or all) of `on` and missing from any (or all) of `off`. Nobody can be on both sides at once."""
    there = here(listed)
    inside, outside = on & there, off - there
    listed_there = inside == on if on_match == ALL else bool(inside)
    missing_there = outside == off if off_match == ALL else bool(outside)
    return listed_there and missing_there


# --- Who was first --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lead:
    """How far ahead `leader` was of `follower`: the median over `coins` it had first, of `both` that both list since a known time."""

    leader: str
    follower: str
    median: timedelta
    coins: int
    both: int


def leads(listed: Listed, now: datetime) -> tuple[Lead, ...]:
    """For every two exchanges the history of who listed a coin first. Only known times count, and only what has begun."""
    ahead: dict[tuple[str, str], list[float]] = {}
    both: dict[tuple[str, str], int] = {}
    for places in listed.values():
        times = {exchange: p.since for exchange, p in places.items() if p.since is not None and p.since <= now and p.identity != CONFLICTED}
        for pair in permutations(times, 2):
            both[pair] = both.get(pair, 0) + 1
            lead = (times[pair[1]] - times[pair[0]]).total_seconds()
            if lead > 0:
                ahead.setdefault(pair, []).append(lead)
    return tuple(Lead(*pair, timedelta(seconds=statistics.median(gains)), len(gains), both[pair]) for pair, gains in sorted(ahead.items()))


# --- News -----------------------------------------------------------------------------------------------------------
class News(Struct, frozen=True, gc=False, kw_only=True):
    """One listing event of a spot market. `at` with its source, `seen_at` when Pebble noticed, `status` the market's now."""

    pk: int
    exchange: str
    event: str
    at: datetime
    time_source: str
    seen_at: datetime
    asset: str
    market: int
    symbol: str = ""
    quote: str = ""
    status: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Flood:
    """So many new symbols of one exchange in one refresh that they are one piece of news."""

    exchange: str
    at: datetime
    count: int
    assets: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names it for good."""
        return f"{self.exchange}-{self.at:%Y%m%d%H%M%S}"


_ARRIVALS = ("announced", "listed", "pair_added", "opened")


def newest(news: Iterable[News]) -> list[News]:
    """Of one market's coming (announced, then opened) the last word only; everything else as it is. Latest first."""
    kept: dict[object, News] = {}
    for item in sorted(news, key=lambda n: (n.seen_at, n.pk)):
        kept[item.market if item.event in _ARRIVALS else ("event", item.pk)] = item
    return sorted(kept.values(), key=lambda n: (n.at, n.pk), reverse=True)


def digested(news: Iterable[News], limit: int = FLOOD) -> list[News | Flood]:
    """Latest first, with more than `limit` arrivals of one exchange in one refresh as one line."""
    items = list(news)
    waves: dict[tuple[str, datetime], list[News]] = {}
    for item in items:
        if item.event in _ARRIVALS:
            waves.setdefault((item.exchange, item.seen_at), []).append(item)
    floods = {key: wave for key, wave in waves.items() if len(wave) > limit}
    calm = [item for item in items if item.event not in _ARRIVALS or (item.exchange, item.seen_at) not in floods]
    lines = [Flood(exchange, at, len(wave), tuple(sorted({n.asset for n in wave}))) for (exchange, at), wave in floods.items()]
    return sorted([*calm, *lines], key=lambda line: (line.at, line.pk if isinstance(line, News) else 0), reverse=True)


def is_verified(item: News, accepted_at: datetime | None) -> bool:
    """Whether a second accepted catalogue has had the market too. `accepted_at`: the exchange's newest one."""
    return accepted_at is not None and accepted_at > item.seen_at


# --- Likely the same ------------------------------------------------------------------------------------------------
def likely_same(coins: Mapping[str, Coin]) -> dict[str, tuple[str, ...]]:
    """{asset: others that are probably the same coin}: one's ticker is another's old one, or their full names are equal."""
    groups: dict[tuple[str, str], set[str]] = {}
    for key, coin in coins.items():
        if folded := fold(coin.name):
            groups.setdefault(("name", folded), set()).add(key)
        for ticker in (coin.ticker, *coin.former):
            groups.setdefault(("ticker", ticker), set()).add(key)
    found: dict[str, set[str]] = {}
    for (kind, text), keys in groups.items():
        for key in keys if len(keys) > 1 else ():
            found.setdefault(key, set()).update(other for other in keys - {key} if kind == "name" or _renamed(coins[key], coins[other], text))
    return {key: tuple(sorted(others)) for key, others in found.items() if others}


def _renamed(one: Coin, other: Coin, text: str) -> bool:
    """The same ticker alone is no evidence; that it is one's old name is."""
    return text in one.former or text in other.former


def same_ticker(coins: Mapping[str, Coin]) -> dict[str, tuple[str, ...]]:
    """{asset: other assets of the same ticker}: different coins that must not be taken for each other."""
    groups: dict[str, list[str]] = {}
    for key, coin in coins.items():
        groups.setdefault(coin.ticker, []).append(key)
    return {key: tuple(sorted(set(keys) - {key})) for keys in groups.values() if len(keys) > 1 for key in keys}


def fold(name: str) -> str:
    """A full name without case, spaces and punctuation."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())
