"""What each exchange means by its codes, weighed anew where evidence has moved. Inside the poll's transaction.

The rules are `markets.analysis.evidence`; here they meet the rows. What an operator decided is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from exchanges import chains
from exchanges.models import Exchange
from markets.analysis import evidence
from markets.analysis.evidence import Link, Side, fold
from markets.bulk import upsert
from markets.models import ExchangeAsset, IndexMember, Market, Network, Revision

CHUNK = 500  # SQLite takes so many parameters and no more

COLUMNS = (
    "exchange_id", "code", "family", "asset_id", "multiplier", "name", "state", "basis", "evidence", "since", "decided", "prices", "near", "near_since", "far",
)
KEY = ("exchange_id", "code", "family")


def weigh(assets: Iterable[int], now: datetime) -> bool:
    """Weigh all codes of these assets; return whether any state moved."""
    ids = sorted(set(assets))
    if ids:
        alone()
    moved = [_store(ids[start : start + CHUNK], now) for start in range(0, len(ids), CHUNK)]
    return any(moved)


def alone() -> None:
    """Wait for others who change what codes mean, until this transaction ends: they hold codes of each other's exchanges."""
    Revision.objects.get_or_create(name="assets")
    Revision.objects.select_for_update().get(name="assets")


def sides(assets: Collection[int]) -> dict[int, list[Side]]:
    """{asset: what is known of each of its codes}."""
    codes = ExchangeAsset.objects.filter(asset__in=assets).select_related("exchange", "asset")
    contracts, homes = _networks(assets)
    found: dict[int, list[Side]] = {}
    for code in codes:
        found.setdefault(code.asset_id, []).append(_side(code, contracts.get(code.pk, ()), homes.get(code.pk, "")))
    return found


def _side(code: ExchangeAsset, contracts: Sequence[evidence.Contract], home: str) -> Side:
    return Side(
        key=code.pk, exchange=code.exchange.slug, label=code.exchange.name, ticker=code.asset.ticker, name=code.name, contracts=tuple(contracts), home=home,
        prices=code.prices, operator=code.state if code.decided else "", said=code.evidence, units=code.multiplier,
    )


def _networks(assets: Collection[int]) -> tuple[dict[int, list[evidence.Contract]], dict[int, str]]:
    """Of each code its contracts, and the chain whose own coin it is: the one called by its ticker, where no address is told."""
    contracts, homes = dict[int, list[evidence.Contract]](), dict[int, str]()
    rows = Network.objects.filter(asset__asset__in=assets).exclude(chain="").order_by("chain", "network")
    for code_id, ticker, chain, address in rows.values_list("asset_id", "asset__asset__ticker", "chain", "contract_address"):
        if address:
            contracts.setdefault(code_id, []).append((chain, address))
        elif chains.chain(ticker) == chain:
            homes[code_id] = chain
    return contracts, homes


# --- Indices ------------------------------------------------------------------------------------------------------------
def links(assets: Collection[int]) -> dict[int, list[Link]]:
    """{asset: what indices say of its codes}. A member counts where it is a spot market of the same asset."""
    markets = _spot_markets(assets)
    exchanges = {fold(word): slug for slug, name in Exchange.objects.values_list("slug", "name") for word in (slug, name)}
    found: dict[int, list[Link]] = {}
    rows = IndexMember.objects.filter(market__base__asset__in=assets).exclude(market__status=Market.Status.DELISTED)
    names = ("market__base__asset", "market__base", "market__symbol", "market__exchange__name", "exchange", "member")
    for asset, one, symbol, label, exchange, member in rows.values_list(*names):
        other = markets.get((asset, exchanges.get(fold(exchange), ""), fold(member)))
        if other is not None:
            found.setdefault(asset, []).append(Link(one, other, f"the index of {symbol} on {label}"))
    return found


def _spot_markets(assets: Collection[int]) -> dict[tuple[int, str, str], int]:
    """{(asset, exchange, a market's name): its code}; by its id and by its codes, since a renamed market keeps its id."""
    rows = Market.objects.filter(kind="spot", base__asset__in=assets).exclude(status=Market.Status.DELISTED)
    found: dict[tuple[int, str, str], int] = {}
    for asset, slug, symbol, base, quote, pk in rows.values_list("base__asset", "exchange__slug", "symbol", "base__code", "quote__code", "base"):
        found[asset, slug, fold(symbol)] = found[asset, slug, fold(base + quote)] = pk
    return found


# --- Storing ------------------------------------------------------------------------------------------------------------
def _weighed(assets: Collection[int]) -> Iterator[tuple[int, evidence.Finding]]:
    told = links(assets)
    for asset, known in sides(assets).items():
        yield from evidence.weigh(known, told.get(asset, ())).items()


def _store(assets: Collection[int], now: datetime) -> bool:
    """Write what evidence says now where that is something else; return whether a state is."""
    mine = {code.pk: code for code in ExchangeAsset.objects.select_for_update().filter(asset__in=assets, decided=False)}
    changed, moved = [], False
    for pk, finding in _weighed(assets):
        code = mine.get(pk)
        if code is None or (code.state, code.basis, code.evidence) == (finding.state, finding.basis, finding.sentence):
            continue
        if code.state != finding.state or code.since is None:
            moved, code.since = moved or code.state != finding.state, now
        code.state, code.basis, code.evidence = finding.state, finding.basis, finding.sentence
        changed.append(code)
    upsert(ExchangeAsset, COLUMNS, [values(code) for code in changed], key=KEY, update=("state", "basis", "evidence", "since"))
    return moved


def values(code: ExchangeAsset) -> tuple[object, ...]:
    """A code as a row of COLUMNS."""
    return tuple(getattr(code, column) for column in COLUMNS)
