"""Every read that a page, an API, an answer or an alert needs. They share these, so their numbers cannot differ.

The board is kept in memory per process (`markets.held`) and renewed per exchange when its change number moved, so a
page costs no query over quotes, and keeps answering (with ages) while the database is away.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from msgspec import structs

from exchanges.numbers import plain
from markets import held, latest, receipts, rollouts, statuses, tallies
from markets.analysis.aliases import FORMER, Alias, standing, vocabulary
from markets.analysis.best import Comparison, Summary
from markets.board import Board, Coin, PairKey
from markets.catalogue import canonical
from markets.latest import Latest
from markets.models import AssetAlias, AssetKind, Snapshot
from markets.reads import arbitrage, assets, comparisons, contracts, depths, deviation, ladders, liquidity, rates, settled, volume, volume_hours, wallets
from markets.reads.comparisons import Wanted
from markets.shapes import SORTS, Event, ExchangeStatus, Filters, Meter, Overview, SourceStatus, Status, Tile, UnknownPair, Workers
from markets.statuses import exchanges, status

__all__ = [
    "SORTS", "Event", "ExchangeStatus", "Filters", "Meter", "Overview", "SourceStatus", "Status", "Tile", "UnknownPair", "Workers", "alone", "board",
    "compare", "exchanges", "forget", "nearest", "overview", "pairs", "pairs_traded", "renamed", "resolve", "revision", "sparks", "status", "suggest", "tag",
    "words",
]

SPARK_HOURS = 24
_SPARKS_KEPT = timedelta(seconds=60)


def revision() -> str:
    """The change number of everything the pages show: a few rows, read at most four times a second per process."""
    return held.current().board.revision


def board() -> Board:
    """The whole board as last stored. Never asks an exchange."""
    return held.current().board


def pairs_traded() -> int:
    """How many pairs trade somewhere that is switched on."""
    view = board()
    return _traded.get(view.revision, lambda: len(statuses.traded(view)))


def forget() -> None:
    """Drop what this process holds in memory."""
    held.forget()
    comparisons.forget()
    arbitrage.forget()
    contracts.forget()
    assets.forget()
    ladders.forget()
    liquidity.forget()
    rates.forget()
    settled.forget()
    wallets.forget()
    volume.forget()
    volume_hours.forget()
    deviation.forget()
    latest.forget()
    statuses.forget()
    rollouts.forget()
    receipts.forget()
    tallies.forget()


def tag(now: datetime, *parts: str) -> str:
    """The entity tag of an answer: change number and, from `parts`, the states of what it shows and what was asked."""
    return hashlib.blake2b("\0".join((revision(), *parts)).encode(), digest_size=12).hexdigest()


_survey, _words, _sparks, _traded = Latest(8), Latest(1), Latest(64), Latest(1)


# --- Comparisons ------------------------------------------------------------------------------------------------
def compare(base: str, quote: str, now: datetime, *, kind: str = "spot", **wanted: Any) -> Comparison:
    """One pair by ticker on somebody's terms: the fields of `comparisons.Wanted` (side, net, amount, unit, fees, withdraw, ...).

    Old tickers are understood, and the answer says so; `kind` perp or future compares contracts. Raises UnknownPair.
    """
    view = board()
    key, former = _pair(view, base, quote) if kind == "spot" else _contract_pair(view, base, quote, kind)
    result = comparisons.compared(view, key, now, Wanted(**wanted))
    if former:
        return replace(result, notes=(renamed(former, view.coins[key.base].ticker), *result.notes))
    return result


def _contract_pair(view: Board, base: str, quote: str, kind: str) -> tuple[PairKey, str | None]:
    """A pair of contracts, which need not be one of coins: USD is what many are counted in."""
    coin, former = resolve(base)
    key = PairKey(coin.slug.upper() if coin else canonical(base), canonical(quote), kind)
    if any((row.base, row.quote) == key[:2] for row in contracts.contracts()):
        return key, former
    spot, former = _pair(view, base, quote)
    return PairKey(spot.base, spot.quote, kind), former


def alone(key: PairKey, exchange: str, now: datetime) -> Comparison:
    """One exchange's market of a pair on its own, for a code that means another coin there than elsewhere."""
    view = board()
    only = structs.replace(view.pairs[key][exchange], identity="unknown", flag="")
    return comparisons.compared(replace(view, pairs={key: {exchange: only}}), key, now, Wanted())


def renamed(former: str, ticker: str) -> str:
    """What became of an old ticker. Prices are always those of today's coin, so a changed unit has to be said."""
    alias = words().get(former)
    if alias is None or alias.factor == 1:
        return f"{former} is now called {ticker}."
    return f"{former} is now called {ticker}: 1 {former} became {plain(alias.factor)} {ticker}. Prices are for one {ticker}."


def pairs(now: datetime, *, only: Sequence[str] = (), **wanted: Any) -> dict[PairKey, Summary]:
    """Every pair's figures, at an amount and on terms where any are given (`comparisons.Wanted`). At most once a second per process.

    `only`: as if there were only these exchanges (none named: all).
    """
    chosen = chosen_of(only)
    return _summaries(narrowed(chosen), chosen, now, Wanted(**wanted))


def _summaries(view: Board, only: tuple[str, ...], now: datetime, wanted: Wanted) -> dict[PairKey, Summary]:
    """The figures of a board that was narrowed to some exchanges (none named: all)."""
    terms = (wanted.net, wanted.amount, wanted.unit, tuple(sorted(wanted.fees.items())))
    name = (held.looker(), only, terms)
    return _survey.get((view.revision, int(now.timestamp()), only, terms), lambda: comparisons.surveyed(view, now, wanted, name))


def chosen_of(only: Sequence[str]) -> tuple[str, ...]:
    """The exchanges that are switched on, of `only` where any are named."""
    return tuple(sorted(e.slug for e in held.current().exchanges.values() if e.enabled and (not only or e.slug in only)))


def narrowed(only: Sequence[str]) -> Board:
    """The board as if only these exchanges existed."""
    view = board()
    if set(only) >= set(held.current().exchanges):
        return view
    rows = {key: {s: q for s, q in row.items() if s in only} for key, row in view.pairs.items()}
    return replace(view, pairs={key: row for key, row in rows.items() if row})


def _pair(view: Board, base: str, quote: str) -> tuple[PairKey, str | None]:
    """The pair that is meant, and the old ticker when one was used. A pair that still trades beats a renaming."""
    asked = PairKey(canonical(base), canonical(quote))
    if asked in view.pairs and any(q.status == "trading" for q in view.pairs[asked].values()):
        return asked, None
    coin, former = resolve(base)
    quote_coin, _ = resolve(quote)
    key = PairKey(coin.slug.upper() if coin else asked.base, quote_coin.slug.upper() if quote_coin else asked.quote)
    if key in view.pairs:
        return key, former
    if asked in view.pairs:
        return asked, None
    renamed = (former, coin.ticker) if former and coin else None
    raise UnknownPair(f"{asked}", nearest(view, asked), renamed)


def nearest(view: Board, asked: PairKey) -> tuple[PairKey, ...]:
    """Up to five existing pairs that are spelt almost like this one: same base first, then similar tickers."""
    same = [key for key in view.pairs if key.base == asked.base]
    similar = difflib.get_close_matches(asked.base, {key.base for key in view.pairs if key.quote == asked.quote}, n=5, cutoff=0.6)
    return tuple(dict.fromkeys([*sorted(same), *(PairKey(ticker, asked.quote) for ticker in similar)]))[:5]


# --- The overview -----------------------------------------------------------------------------------------------
def overview(filters: Filters, now: datetime) -> Overview:
    """The pairs that match, compared, sorted and cut to a page."""
    chosen = chosen_of(filters.exchanges)
    view = narrowed(chosen)
    wanted = Wanted(net=filters.net, amount=filters.amount, unit=filters.unit, fees=filters.fees)
    everything = list(_summaries(view, chosen, now, wanted).values())
    tests = _tests(filters, view, now)
    ordered = _ordered([s for s in everything if all(test(s) for test in tests.values())], filters.sort)
    rows = tuple(comparisons.line(view, s.key, now, wanted) for s in ordered[filters.offset : filters.offset + filters.limit])
    return Overview(
        as_of=now, rows=rows, total=len(ordered), filters=filters, quotes=_quote_tickers(view),
        sparks=sparks(tuple(c.key for c in rows), now), widest_filter=_widest(everything, tests) if not ordered else "",
    )


def _tests(f: Filters, view: Board, now: datetime) -> dict[str, Callable[[Summary], bool]]:
    """The filters that are set, by the name a person would call them."""
    text = f.search.strip().upper()
    alias = words().get(canonical(text)) if text else None
    meant = alias.coin if alias else None
    tests: dict[str, tuple[bool, Callable[[Summary], bool]]] = {
        "listed somewhere": (True, lambda c: c.listed > 0),
        f"quote {f.quote}": (bool(f.quote), lambda c: c.key.quote == f.quote),
        f"on {f.min_exchanges} or more exchanges": (f.min_exchanges > 1, lambda c: c.listed >= f.min_exchanges),
        f"volume over {f.min_volume_usd} USD": (f.min_volume_usd is not None, lambda c: (c.volume_usd or Decimal(0)) >= (f.min_volume_usd or 0)),
        f"change over {f.min_change_pct} %": (f.min_change_pct is not None, lambda c: abs(c.change_24h_pct or Decimal(0)) >= (f.min_change_pct or 0)),
        "hide leveraged and wrapped": (f.hide_leveraged, lambda c: _kind(view, c.key.base) not in (AssetKind.LEVERAGED, AssetKind.WRAPPED)),
        "hide suspect": (f.hide_suspect, lambda c: c.status not in ("disputed", "no_consensus") and not any(q.flag for q in view.pairs[c.key].values())),
        f"search {f.search}": (bool(text), lambda c: text in c.key.base or text in _name(view, c.key.base).upper() or c.key.base == meant),
        "watched only": (bool(f.base), lambda c: c.key.base in f.base),
        f"depth over {f.min_depth_usd} USD": (f.min_depth_usd is not None, lambda c: (depths.deepest_usd(c.key, now) or Decimal(0)) >= (f.min_depth_usd or 0)),
    }
    return {name: test for name, (wanted, test) in tests.items() if wanted}


def _widest(everything: Sequence[Summary], tests: dict[str, Callable[[Summary], bool]]) -> str:
    """The filter whose removal would bring back the most rows."""
    def without(name: str) -> int:
        return sum(all(test(c) for other, test in tests.items() if other != name) for c in everything)

    return max((n for n in tests if n != "listed somewhere"), key=without, default="")


def _kind(view: Board, ticker: str) -> str:
    coin = view.coins.get(ticker)
    return coin.kind if coin else AssetKind.COIN


def _name(view: Board, ticker: str) -> str:
    coin = view.coins.get(ticker)
    return coin.name if coin else ""


_SORT_KEYS: dict[str, Callable[[Summary], object]] = {
    "asset": lambda c: c.key,
    "buy": lambda c: c.best_buy.price if c.best_buy else None,
    "sell": lambda c: c.best_sell.price if c.best_sell else None,
    "gap": lambda c: c.gap_bps,
    "after_fees": lambda c: c.after_fees_pct,
    "change": lambda c: c.change_24h_pct,
    "volume": lambda c: c.volume_usd,
    "live": lambda c: c.live,
}


def _ordered(rows: list[Summary], sort: str) -> list[Summary]:
    """Sorted by one of SORTS; what is unknown comes last either way, and ties are alphabetical."""
    value = _SORT_KEYS[sort.lstrip("-")]
    rows = sorted(rows, key=lambda c: c.key)
    known = sorted((c for c in rows if value(c) is not None), key=value, reverse=sort.startswith("-"))  # type: ignore[arg-type]
    return known + [c for c in rows if value(c) is None]


def _quote_tickers(view: Board) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for key in view.pairs:
        counts[key.quote] = counts.get(key.quote, 0) + 1
    return tuple(sorted(counts, key=lambda ticker: (-counts[ticker], ticker)))


def sparks(keys: tuple[PairKey, ...], now: datetime) -> dict[PairKey, tuple[Decimal, ...]]:
    """The last day of each pair as up to 24 hourly mids of its most traded exchange, oldest first."""
    minute = int(now.timestamp() // _SPARKS_KEPT.total_seconds())
    try:
        return _sparks.get((keys, minute), lambda: _read_sparks(keys, now))
    except DatabaseError:  # prices are compared all the same, without their past
        return {}


def _read_sparks(keys: tuple[PairKey, ...], now: datetime) -> dict[PairKey, tuple[Decimal, ...]]:
    view = held.current()
    markets = {market_id: key for key in keys if (market_id := _busiest_market(view, key))}
    since = now - timedelta(hours=SPARK_HOURS)
    lines: dict[PairKey, list[Decimal]] = {}
    rows = Snapshot.objects.filter(market_id__in=markets, period_s=3600, opened_at__gt=since).order_by("opened_at")
    for market_id, close in rows.values_list("market_id", "close"):
        lines.setdefault(markets[market_id], []).append(close)
    return {key: tuple(line) for key, line in lines.items()}


def _busiest_market(view: held.Held, key: PairKey) -> int | None:
    quotes = view.board.pairs.get(key, {})
    if not quotes:
        return None
    slug, quote = max(quotes.items(), key=lambda item: (item[1].quote_volume_24h or Decimal(0), item[0]))
    return next((pk for pk, entry in view.entries[slug].items() if entry.market["symbol"] == quote.symbol), None)


# --- Words ------------------------------------------------------------------------------------------------------
def resolve(text: str) -> tuple[Coin | None, str | None]:
    """A coin by ticker, old ticker or name, and the old word when that is what was typed.

    An old ticker wins over an asset of the same ticker that trades nowhere any more.
    """
    view, ticker = board(), canonical(text.strip())
    alias = words().get(ticker)
    over = alias is not None and standing(alias, timezone.now().date()) == FORMER
    if alias and over and not any(k.base == ticker and any(q.status == "trading" for q in row.values()) for k, row in view.pairs.items()):
        return view.coins.get(alias.coin), ticker
    if ticker in view.coins:
        return view.coins[ticker], None
    return view.coins.get(alias.coin if alias else ticker), ticker if over else None


def words() -> Mapping[str, Alias]:
    """{word in capitals: what it means today}: every other ticker, old ticker, name and misspelling of every coin."""
    view, today = board(), timezone.now().date()
    return _words.get((view.revision, today), lambda: _vocabulary(view, today))


def _vocabulary(view: Board, today: date) -> dict[str, Alias]:
    """Names of coins first, so that an alias is never a guess. Of equal names the oldest coin's counts."""
    names = {coin.name.upper(): Alias(coin.name, "name", key) for key, coin in reversed(view.coins.items()) if coin.name}
    rows = AssetAlias.objects.values_list("text", "kind", "asset__slug", "valid_from", "valid_to", "factor")
    return names | vocabulary((Alias(canonical(text), kind, slug.upper(), *more) for text, kind, slug, *more in rows), today)


def suggest(text: str, limit: int = 8) -> tuple[tuple[str, str, str], ...]:
    """Search: (label, explanation, path) of assets and pairs that match a ticker, an old ticker or a name."""
    wanted = canonical(text.strip())
    if not wanted:
        return ()
    view = board()
    volume = {key: _volume_usd(view, key) for key, row in view.pairs.items() if any(q.status == "trading" for q in row.values())}
    base, slash, quote = wanted.replace("-", "/").partition("/")
    if slash:
        hits = [key for key in volume if key.base == base and key.quote.startswith(quote)]
        return tuple((f"{k.base}/{k.quote}", _name(view, k.base), f"/compare/{k}/") for k in sorted(hits, key=lambda k: -volume[k])[:limit])
    return _assets_like(view, wanted, volume, limit)


def _volume_usd(view: Board, key: PairKey) -> Decimal:
    return view.usd.get(key.quote, Decimal(0)) * sum((q.quote_volume_24h or Decimal(0) for q in view.pairs[key].values()), Decimal(0))


def _assets_like(view: Board, wanted: str, volume: dict[PairKey, Decimal], limit: int) -> tuple[tuple[str, str, str], ...]:
    coin, former = resolve(wanted)
    traded: dict[str, Decimal] = {}
    for key, value in volume.items():
        traded[key.base] = traded.get(key.base, Decimal(0)) + value
    def rank(key: str) -> tuple[int, Decimal, str]:
        exact = coin is not None and key == coin.slug.upper()
        return (0 if exact else 1 if key.startswith(wanted) else 2), -traded[key], key

    hits = sorted((k for k in traded if k.startswith(wanted) or wanted in _name(view, k).upper() or (coin and k == coin.slug.upper())), key=rank)[:limit]
    found = [_suggestion(view, key, former if coin and key == coin.slug.upper() else None, volume) for key in hits]
    if hits:  # the likeliest coin's own page, behind its busiest pair
        first = view.coins.get(hits[0], Coin(hits[0], slug=hits[0].lower()))
        found.insert(1, (first.ticker, f"{first.name}, every pair".removeprefix(", "), f"/assets/{first.slug}/"))
    return tuple(found[:limit])


def _suggestion(view: Board, key: str, former: str | None, volume: dict[PairKey, Decimal]) -> tuple[str, str, str]:
    pair = max((k for k in volume if k.base == key), key=lambda k: volume[k])
    explanation = f"{_name(view, key)}, formerly {former}" if former else _name(view, key)
    return f"{key}/{pair.quote}", explanation, f"/compare/{pair}/"
