"""Codes an operator should look at: whose meaning is contested, unproven or changed, with each side's evidence beside the others'."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal

from markets import evidence, held
from markets.analysis.evidence import short
from markets.models import ExchangeAsset, Family, IdentityState, Network, Renaming

KINDS = {  # why a code is here, the weightiest first
    "conflicted": "Kept apart by evidence", "renamed": "Renamed", "contract": "Same contract under another ticker",
    "ticker": "Shares its ticker with another coin", "unknown": "Unproven for a day", "unmatched": "On one exchange only",
}  # fmt: skip
RATIO = Context(prec=8)  # evidence, not a price to trade at
Money = tuple[Decimal | None, Decimal | None]
Contracts = Sequence[tuple[str, str]]
LONG = timedelta(days=1)  # unproven for so long is a question for a person


@dataclass(frozen=True)
class Side:
    """What is known of one exchange's code. `price` in USD per coin, `ratio` over the median of the other sides'."""

    exchange: str
    code: str
    asset: str
    name: str
    state: str
    evidence: str
    price: Decimal | None
    ratio: Decimal | None
    volume_usd: Decimal | None
    contracts: tuple[str, ...]
    indices: tuple[str, ...]
    asked: bool  # the code that the question is about


@dataclass(frozen=True)
class Item:
    """One question. `key` names it in forms; `target` is the coin that a shared contract points to."""

    key: str
    kind: str
    exchange: str
    code: str
    asset: str
    question: str
    since: datetime | None
    assets: tuple[int, ...]
    pk: int
    target: tuple[int, str] | None = None


@dataclass(frozen=True)
class _Known:
    """Every code, and what of all codes a question depends on."""

    codes: Sequence[ExchangeAsset]
    exchanges: Mapping[int, set[int]]  # asset -> exchanges that have a code of it
    tickers: Mapping[tuple[str, str], set[int]]  # ticker and family -> assets
    shared: Mapping[int, tuple[int, str]]  # code -> the asset of more exchanges that has one of its contracts


def items(now: datetime) -> list[Item]:
    """Every open question, the weightiest kind first."""
    known = _known()
    found = [item for code in known.codes if not code.decided and (item := _of(code, known, now))]
    order = list(KINDS)
    return sorted([*found, *_renamed()], key=lambda item: (order.index(item.kind), item.code, item.exchange))


def _known() -> _Known:
    codes = list(ExchangeAsset.objects.select_related("exchange", "asset"))
    exchanges, tickers = dict[int, set[int]](), dict[tuple[str, str], set[int]]()
    for code in codes:
        exchanges.setdefault(code.asset_id, set()).add(code.exchange_id)
        tickers.setdefault((code.asset.ticker, code.family), set()).add(code.asset_id)
    return _Known(codes, exchanges, tickers, _shared(exchanges))


def _shared(exchanges: Mapping[int, set[int]]) -> dict[int, tuple[int, str]]:
    holders: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    rows = Network.objects.exclude(chain="").exclude(contract_address="")
    for chain, address, code, asset, slug in rows.values_list("chain", "contract_address", "asset", "asset__asset", "asset__asset__slug"):
        holders.setdefault((chain, address), []).append((code, asset, slug))
    found: dict[int, tuple[int, str]] = {}
    for held_by in holders.values():
        best = max(held_by, key=lambda row: (len(exchanges.get(row[1], ())), -row[1]))
        found |= {code: best[1:] for code, asset, _ in held_by if asset != best[1]}
    return found


def _of(code: ExchangeAsset, known: _Known, now: datetime) -> Item | None:
    namesakes = known.tickers[code.asset.ticker, code.family]
    target = known.shared.get(code.pk)
    if code.state == IdentityState.CONFLICTED:
        return _item(code, "conflicted", f"Is it {code.asset}? {_said(code)}", namesakes)
    if target is not None:
        return _item(code, "contract", f"It has the contract of {target[1].upper()}. Is it that coin under another ticker?", {code.asset_id, target[0]}, target)
    if len(namesakes) > 1:
        return _item(code, "ticker", f"Several coins are called {code.asset.ticker}. Is it the one it stands under?", namesakes)
    if len(known.exchanges[code.asset_id]) == 1:  # that shares and leveraged tokens stand alone is their nature
        return None if code.family != Family.COIN else _item(code, "unmatched", "No other exchange is known to list it.", namesakes)
    long = code.since is None or now - code.since >= LONG
    return _item(code, "unknown", f"Is it {code.asset}? {_said(code)}", namesakes) if code.state == IdentityState.UNKNOWN and long else None


def _said(code: ExchangeAsset) -> str:
    return f"{code.evidence[:1].upper()}{code.evidence[1:]}." if code.evidence else "Nothing is known yet."


def _item(code: ExchangeAsset, kind: str, question: str, assets: Iterable[int], target: tuple[int, str] | None = None) -> Item:
    return Item(f"code-{code.pk}", kind, code.exchange.name, code.code, code.asset.slug, question, code.since, tuple(sorted(assets)), code.pk, target)


def _renamed() -> list[Item]:
    rows = Renaming.objects.filter(verdict=Renaming.Verdict.OPEN).select_related("old", "new__asset", "new__exchange")
    return [
        Item(f"renaming-{r.pk}", "renamed", r.new.exchange.name, r.new.code, r.new.asset.slug,
             f"{r.symbol} kept its id, but what was {r.old.code} is now called {r.new.code}. Is it the same coin under a new ticker?",
             r.seen_at, (r.old.asset_id, r.new.asset_id), r.new_id)
        for r in rows
    ]  # fmt: skip


# --- The sides of a question --------------------------------------------------------------------------------------------
def sides(found: Sequence[Item]) -> dict[str, tuple[Side, ...]]:
    """{item's key: every code of the coins it is about}."""
    assets = {asset for item in found for asset in item.assets}
    codes = list(ExchangeAsset.objects.filter(asset__in=assets).select_related("exchange", "asset").order_by("exchange", "code"))
    contracts = {side.key: side.contracts for each in evidence.sides(assets).values() for side in each}
    indices = _indices(assets)
    prices = _prices(codes)
    by_asset: dict[int, list[ExchangeAsset]] = {}
    for code in codes:
        by_asset.setdefault(code.asset_id, []).append(code)
    told: dict[str, tuple[Side, ...]] = {}
    for item in found:
        mine = [code for asset in item.assets for code in by_asset.get(asset, ())]
        told[item.key] = tuple(_side(code, item, mine, prices, (contracts[code.pk], indices.get(code.pk, ()))) for code in mine)
    return told


def _indices(assets: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for links in evidence.links(assets).values():
        for link in links:
            for end in (link.one, link.other):
                found.setdefault(end, set()).add(link.index)
    return found


def _prices(codes: Iterable[ExchangeAsset]) -> dict[int, Money]:
    """{code: USD per coin on its busiest spot market, and the USD traded there in a day}."""
    view, told = held.current(), dict[int, Money]()
    for slug in {code.exchange.slug for code in codes}:
        own = view.own.get(slug, {})
        for entry in view.entries.get(slug, {}).values():
            quote, rate = own.get(entry.market["symbol"]), view.board.usd.get(entry.key.quote)
            if quote is not None and quote.mid and rate:
                volume = (quote.quote_volume_24h or Decimal(0)) * rate
                if volume >= (told.get(entry.code_id, (None, None))[1] or Decimal(0)):
                    told[entry.code_id] = RATIO.multiply(quote.mid, rate), volume
    return told


def _side(code: ExchangeAsset, item: Item, codes: Iterable[ExchangeAsset], prices: Mapping[int, Money], proofs: tuple[Contracts, Iterable[str]]) -> Side:
    price, volume = prices.get(code.pk, (None, None))
    others = [p for c in codes if c.exchange_id != code.exchange_id and (p := prices.get(c.pk, (None, None))[0])]
    ratio = RATIO.divide(price, statistics.median(others)) if price and others else None
    contracts, indices = proofs
    return Side(
        exchange=code.exchange.name, code=code.code, asset=code.asset.slug, name=code.name, state=code.get_state_display(), evidence=code.evidence,
        price=price, ratio=ratio, volume_usd=volume, contracts=tuple(f"{chain} {short(address)}" for chain, address in contracts),
        indices=tuple(sorted(indices)), asked=code.pk == item.pk,
    )


def matching(found: Iterable[Item], kind: str = "", exchange: str = "", text: str = "") -> list[Item]:
    """The questions of one kind, one exchange, or whose code or coin has the text in it ("" asks for all)."""
    wanted = text.strip().upper()
    tests: tuple[Callable[[Item], bool], ...] = (
        lambda item: kind in ("", item.kind), lambda item: exchange in ("", item.exchange),
        lambda item: wanted in item.code.upper() or wanted in item.asset.upper(),
    )  # fmt: skip
    return [item for item in found if all(test(item) for test in tests)]
