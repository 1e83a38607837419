"""What trends: coins by how unusual their volume and movement are on each exchange, and where they stood an hour ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.analysis import discovery, trending
from markets.analysis.trending import Overall
from markets.board import Coin
from markets.reads import listed, places, prices, standings
from markets.reads.listed import Catalogue
from markets.reads.prices import Price
from markets.reads.wanted import NOWHERE, WINDOWS, Found, Keys, Wanted, coin, is_hidden, kept, ordered, tests, widest

KEYS: Keys = {
    "rank": lambda o: o.rank, "score": lambda o: o.score, "asset": lambda o: coin(o.asset).ticker, "volume": lambda o: o.volume_usd,
    "change": lambda o: o.trends[0].change_24h_pct, "relative": lambda o: o.relative,
}  # fmt: skip
USUAL = Wanted()


@dataclass(frozen=True)
class TrendRow:
    """One coin that trends. `move`: places won since about an hour ago; None: it was not ranked, or ranks are not comparable."""

    trend: Overall
    coin: Coin
    move: int | None
    price: Price | None
    on: tuple[str, ...]
    fresh: int  # exchanges that listed it within the window
    pressure: Decimal | None  # bids' share within 1 % of the busiest market's stored book


def trend(wanted: Wanted, now: datetime) -> Found:
    """Coins that traded more than the minimum, the warmest first. Ranks are among what is not hidden."""
    minimum = trending.MINIMUM_USD if wanted.min_volume_usd is None else wanted.min_volume_usd
    everything = places.trends(wanted.exchanges, minimum, now)
    by = tests(wanted, lambda o: prices.busiest(o.asset, frozenset(wanted.exchanges), wanted.quote, now) is not None, None)
    lines = ordered(kept(ranked(everything, wanted), by), wanted.sort or "rank", KEYS)
    before, catalogues = _before(wanted, minimum, now), listed.catalogues(now)
    rows = tuple(_row(o, before, catalogues, wanted, now) for o in lines[wanted.offset : wanted.offset + wanted.limit])
    narrow = "" if lines else widest(everything, by) if everything else f"volume over {minimum} USD"
    return Found(now, rows, len(lines), catalogues, hour_ago=before.at, measured=trending.measured(everything), widest=narrow)


def ranked(everything: Sequence[Overall], wanted: Wanted = USUAL) -> list[Overall]:
    """Without the classes that are hidden, ranked again from 1."""
    return trending.ranked(o for o in everything if not is_hidden(wanted, o.asset))


def _before(wanted: Wanted, minimum: Decimal, now: datetime) -> standings.Before:
    """Ranks an hour ago, where they were made of the same markets: of all exchanges or one, at the usual minimum and classes."""
    usual = minimum == trending.MINIMUM_USD and wanted.hide_leveraged and wanted.hide_stable and wanted.hide_wrapped
    if not usual or len(wanted.exchanges) > 1:
        return standings.Before(None, {})
    return standings.before(wanted.exchanges[0] if wanted.exchanges else "", now)


def _row(o: Overall, before: standings.Before, catalogues: Mapping[str, Catalogue], wanted: Wanted, now: datetime) -> TrendRow:
    there = listed.presences().get(o.asset, NOWHERE)
    here, since = discovery.here(there), now - WINDOWS[wanted.window]
    price = prices.busiest(o.asset, frozenset(t.exchange for t in o.trends), wanted.quote, now)
    times = [there[slug].since for slug in here]
    return TrendRow(
        trend=o, coin=coin(o.asset), move=before.ranks[o.asset] - o.rank if o.asset in before.ranks else None, price=price,
        on=tuple(slug for slug in catalogues if slug in here), fresh=sum(at is not None and since <= at <= now for at in times),
        pressure=prices.pressure(price),
    )
