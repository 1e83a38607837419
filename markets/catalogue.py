"""An exchange's instruments into markets, codes and assets. Called inside the poll's transaction by `markets.store`.

A ticker is a name, not a coin: a code new to us starts under the asset of the same ticker and class with identity
"unknown", and prices decide from there. What an operator decided is never touched.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F
from django.utils.text import slugify

from exchanges.models import Exchange
from exchanges.rows import Instrument
from markets.bulk import upsert
from markets.models import Asset, AssetAlias, AssetKind, ExchangeAsset, Market, Quote, Revision

MAX_LOSS = 0.2  # a list that lost more than this is a truncated reply, not news ...
LOST = "the list lost"
REFUSALS = 3  # ... unless it says the same this many times in a row
DELISTED_AFTER = 3  # accepted lists in a row without the market

_UPDATED = (
    "base_id", "quote_id", "status", "tick_size", "lot_size", "min_size", "min_notional", "maker_fee", "taker_fee",
    "leveraged", "listed_at", "delist_at", "missing",
)


def refusal(exchange: Exchange, instruments: Sequence[Instrument]) -> str:
    """Why this list cannot be believed, as a sentence, or "" when it can."""
    known = set(_listed(exchange).filter(missing=0).values_list("symbol", flat=True))
    lost = len(known - {i.symbol for i in instruments})
    if known and lost > MAX_LOSS * len(known):
        return f"{LOST} {lost} of {len(known)} markets; the last good one is kept"
    return ""


def store(exchange: Exchange, instruments: Sequence[Instrument], now: datetime) -> int:
    """Make the catalogue of `exchange` what its list says; return how many markets it has."""
    codes = _codes(exchange, instruments)
    rows = [_market(exchange, i, codes, now) for i in instruments]
    _forget_renamed(exchange, instruments, codes)
    columns = ("exchange_id", "symbol", "kind", *_UPDATED, "enabled", "first_seen_at")
    upsert(Market, columns, rows, key=("exchange_id", "kind", "symbol"), update=_UPDATED)
    gone = _listed(exchange).exclude(symbol__in={i.symbol for i in instruments})
    gone.update(missing=F("missing") + 1)
    _listed(exchange).filter(missing__gte=DELISTED_AFTER).update(status=Market.Status.DELISTED)
    return len(rows)


def _forget_renamed(exchange: Exchange, instruments: Sequence[Instrument], codes: dict[str, int]) -> None:
    """Drop the quotes of markets whose id now stands for another coin: they are prices of the old one."""
    stood = {symbol: (base, quote) for symbol, base, quote in Market.objects.filter(exchange=exchange).values_list("symbol", "base_id", "quote_id")}
    moved = [i.symbol for i in instruments if stood.get(i.symbol, (codes[i.base], codes[i.quote])) != (codes[i.base], codes[i.quote])]
    Quote.objects.filter(market__exchange=exchange, market__symbol__in=moved).delete()


def _listed(exchange: Exchange):  # noqa: ANN202 - a QuerySet of Market
    return Market.objects.filter(exchange=exchange, kind="spot").exclude(status=Market.Status.DELISTED)


def _market(exchange: Exchange, i: Instrument, codes: dict[str, int], now: datetime) -> tuple[object, ...]:
    return (
        exchange.pk, i.symbol, i.kind, codes[i.base], codes[i.quote], i.status, i.tick_size, i.lot_size, i.min_size, i.min_notional,
        i.maker_fee, i.taker_fee, i.leveraged, i.listed_at, i.delist_at, 0, True, now,
    )


def _codes(exchange: Exchange, instruments: Sequence[Instrument]) -> dict[str, int]:
    """{code: ExchangeAsset id} for every base and quote of the list, making what is new."""
    known = dict(ExchangeAsset.objects.filter(exchange=exchange).values_list("code", "pk"))
    kinds = {i.base: _kind(i) for i in instruments}
    names = {i.base: i.name or "" for i in instruments}
    new = sorted(({i.base for i in instruments} | {i.quote for i in instruments}) - known.keys())
    if new:
        # Two exchanges' first catalogues hold the same new coins: one at a time makes them.
        Revision.objects.get_or_create(name="assets")
        Revision.objects.select_for_update().get(name="assets")
        assets = _assets({code: kinds.get(code, AssetKind.COIN) for code in new}, names)
        ExchangeAsset.objects.bulk_create([ExchangeAsset(exchange=exchange, code=c, asset=assets[c], name=names.get(c, "")) for c in new])
        known = dict(ExchangeAsset.objects.filter(exchange=exchange).values_list("code", "pk"))
    return known


def _kind(instrument: Instrument) -> str:
    if instrument.leveraged:
        return AssetKind.LEVERAGED
    return AssetKind.TOKENISED if instrument.tokenised else AssetKind.COIN


def _assets(kinds: dict[str, str], names: dict[str, str]) -> dict[str, Asset]:
    """{code: Asset}, by other spelling, then by ticker and class; missing ones are made."""
    spelling = {a.text.upper(): a.asset for a in AssetAlias.objects.filter(kind=AssetAlias.Kind.TICKER).select_related("asset")}
    by_ticker = {(a.ticker, _family(a.kind)): a for a in Asset.objects.order_by("-pk")}  # the oldest of equals wins
    slugs = set(Asset.objects.values_list("slug", flat=True))
    found, new = dict[str, Asset](), list[Asset]()
    for code, kind in kinds.items():
        ticker, family = canonical(code), _family(kind)
        asset = (spelling.get(ticker) if family == AssetKind.COIN else None) or by_ticker.get((ticker, family))
        if asset is None:
            asset = by_ticker[ticker, family] = Asset(slug=free_slug(ticker, kind, slugs), ticker=ticker, name=names.get(code, ""), kind=kind)
            new.append(asset)
        found[code] = asset
    Asset.objects.bulk_create(new)
    return found


def _family(kind: str) -> str:
    """Shares and leveraged tokens are never the coin of the same ticker; the other classes are what the seed says."""
    return kind if kind in (AssetKind.LEVERAGED, AssetKind.TOKENISED) else AssetKind.COIN


def canonical(code: str) -> str:
    """An exchange's code as a ticker: NFKC and upper case (kALT is KALT, USDe is USDE)."""
    return unicodedata.normalize("NFKC", code).upper()


def free_slug(ticker: str, kind: str, taken: set[str]) -> str:
    """An address for a new asset: its ticker, with its class or a number behind it where that is taken."""
    plain = slugify(ticker.replace(".", "-").replace("$", "-"), allow_unicode=True) or "asset"
    for slug in _candidates(plain, _family(kind)):
        if slug not in taken:
            taken.add(slug)
            return slug
    raise AssertionError("unreachable: the numbers never end")


def _candidates(plain: str, family: str) -> Iterable[str]:
    yield plain
    if family != AssetKind.COIN:
        yield f"{plain}-{family}"
    number = 2
    while True:
        yield f"{plain}-{number}"
        number += 1
