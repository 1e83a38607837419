"""Coins: what each exchange calls them, how sure that is and by what evidence, their networks, and who else has their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from exchanges.numbers import plain
from markets import held
from markets.analysis.aliases import TICKERS, Alias, standing
from markets.analysis.evidence import listed
from markets.analysis.names import alphabets
from markets.board import Coin
from markets.models import AssetAlias, ExchangeAsset, IdentityState, Market, Network, Renaming
from markets.reads import gaps
from markets.reads.contracts import coin as key_of

STANDS_ON = ("assets", "switches", "catalogue", "contracts", "networks")  # the change numbers of what is read here


@dataclass(frozen=True)
class OnNetwork:
    """One network of a code, as the exchange tells it; None: it does not."""

    network: str
    chain: str
    contract_address: str
    deposit_open: bool | None
    withdraw_open: bool | None
    seen_at: datetime


@dataclass(frozen=True)
class Code:
    """What one exchange means by one code. `markets` counts those that are listed, by kind; none: it lists the code no more."""

    exchange: str
    code: str
    multiplier: Decimal
    name: str
    state: str
    basis: str
    evidence: str
    since: datetime | None
    pk: int
    markets: dict[str, int]
    networks: tuple[OnNetwork, ...] = ()

    @property
    def apart(self) -> bool:
        """Another coin than the others' of that name, as far as is known: never compared with them."""
        return self.state == IdentityState.CONFLICTED


@dataclass(frozen=True)
class Was:
    """A code that an exchange's market had before it was renamed."""

    exchange: str
    old: str
    new: str
    seen_at: datetime
    same: bool  # an operator said it is the same coin


@dataclass(frozen=True)
class Asset:
    """A coin with all codes. `namesakes` are other coins of the same ticker, with the exchanges that mean them by it."""

    key: str
    coin: Coin
    codes: tuple[Code, ...]
    aliases: tuple[tuple[Alias, str], ...] = ()  # each with its standing
    namesakes: tuple[tuple[Coin, tuple[str, ...]], ...] = ()
    renamed: tuple[Was, ...] = ()
    alphabets: tuple[str, ...] = ()  # more than one: the ticker only looks like another

    @property
    def together(self) -> tuple[Code, ...]:
        """The codes that are compared."""
        return tuple(code for code in self.codes if not code.apart)

    @property
    def apart(self) -> tuple[Code, ...]:
        """The codes that are kept apart."""
        return tuple(code for code in self.codes if code.apart)


_kept: dict[str, tuple[object, dict[str, Asset]]] = {}


def forget() -> None:
    """Drop what this process holds in memory."""
    _kept.clear()


def assets() -> dict[str, Asset]:
    """{key as pairs name it: coin with its codes}, without networks and names: from memory while nothing of it has changed."""
    stand = (held.looker(), *sorted(item for item in held.current().numbers.items() if item[0].partition(":")[0] in STANDS_ON))
    found = _kept.get("")
    if found is None or found[0] != stand:
        found = _kept[""] = (stand, _read())
    return found[1]


def _read() -> dict[str, Asset]:
    coins = held.current().board.coins
    codes: dict[str, list[Code]] = {}
    for key, code in _codes():
        codes.setdefault(key, []).append(code)
    return {key: Asset(key, coin, tuple(codes.get(key, ()))) for key, coin in coins.items()}


def _codes() -> Iterable[tuple[str, Code]]:
    """Every code of every exchange, in the adapters' order of exchanges."""
    listed: dict[int, dict[str, int]] = {}
    for base, kind in Market.objects.exclude(status=Market.Status.DELISTED).values_list("base", "kind"):
        kinds = listed.setdefault(base, {})
        kinds[kind] = kinds.get(kind, 0) + 1
    order = {exchange.slug: n for n, exchange in enumerate(gaps.ordered())}
    names = ("asset__slug", "exchange__slug", "code", "multiplier", "name", "state", "basis", "evidence", "since", "pk")
    rows = [row for row in ExchangeAsset.objects.order_by("code").values_list(*names) if row[1] in order]
    for slug, *said in sorted(rows, key=lambda row: order[row[1]]):
        code = Code(*said, markets=listed.get(said[-1], {}))
        yield key_of(slug), replace(code, evidence=held.veiled(code.evidence))


def detail(key: str) -> Asset | None:
    """One coin in full; None where there is none."""
    everything = assets()
    found = everything.get(key)
    if found is None:
        return None
    today = timezone.now().date()
    return replace(
        found, codes=_with_networks(found.codes), aliases=_aliases(found, today), namesakes=_namesakes(found, everything.values()),
        renamed=_renamed([code.pk for code in found.codes]), alphabets=alphabets(found.coin.ticker),
    )


def _with_networks(codes: Sequence[Code]) -> tuple[Code, ...]:
    found: dict[int, list[OnNetwork]] = {}
    rows = Network.objects.filter(asset__in=[code.pk for code in codes]).order_by("chain", "network")
    for code, *said in rows.values_list("asset", "network", "chain", "contract_address", "deposit_open", "withdraw_open", "seen_at"):
        found.setdefault(code, []).append(OnNetwork(*said))
    return tuple(replace(code, networks=tuple(found.get(code.pk, ()))) for code in codes)


def _aliases(asset: Asset, today: date) -> tuple[tuple[Alias, str], ...]:
    """Other words, tickers first, the latest first; those not yet in use are left out."""
    rows = AssetAlias.objects.filter(asset__slug=asset.coin.slug).values_list("text", "kind", "valid_from", "valid_to", "factor")
    found = [Alias(text, kind, asset.key, *more) for text, kind, *more in rows]
    told = [(alias, how) for alias in found if (how := standing(alias, today))]
    return tuple(sorted(told, key=lambda pair: (pair[0].kind not in TICKERS, -(pair[0].valid_to or date.max).toordinal(), pair[0].text)))


def _namesakes(asset: Asset, everything: Iterable[Asset]) -> tuple[tuple[Coin, tuple[str, ...]], ...]:
    """Other coins that an exchange calls by this ticker."""
    others = (a for a in everything if a.key != asset.key and a.coin.ticker == asset.coin.ticker and a.codes)
    return tuple((a.coin, tuple(dict.fromkeys(code.exchange for code in a.codes))) for a in others)


def _renamed(codes: Sequence[int]) -> tuple[Was, ...]:
    rows = Renaming.objects.filter(new__in=codes).values_list("new__exchange__slug", "old__code", "new__code", "seen_at", "verdict")
    return tuple(Was(*said, same=verdict == Renaming.Verdict.SAME) for *said, verdict in rows)


# --- In words -----------------------------------------------------------------------------------------------------------
def notes(asset: Asset, names: Mapping[str, str], asked: str | None = None) -> list[str]:
    """What has to be said of a coin's name, as sentences. `names`: {exchange: as people know it}; `asked`: the old ticker that was used."""
    found = [renaming(asset, asked)] if asked else []
    found += [
        f"{code.code} on {names.get(code.exchange, code.exchange)} is kept apart and compared with nothing here: {code.evidence}." for code in asset.apart
    ]
    for coin, exchanges in asset.namesakes:
        where = listed(names.get(slug, slug) for slug in exchanges)
        found.append(f"Another coin is called {coin.ticker} on {where}{f': {coin.name}' if coin.name else ''}. It has its own page.")
    found += [_was(was, names.get(was.exchange, was.exchange)) for was in asset.renamed]
    if asset.alphabets:
        found.append(f"The ticker is written with {listed(asset.alphabets)} letters: it may look like another coin's and is not that.")
    return found


def renaming(asset: Asset, old: str) -> str:
    """What became of an old ticker, and since when. Prices are always those of today's coin, so a changed unit has to be said."""
    alias = next((alias for alias, _ in asset.aliases if alias.text.upper() == old), None)
    ticker = asset.coin.ticker
    since = f" since {alias.valid_to.day} {alias.valid_to:%B %Y}" if alias and alias.valid_to else ""
    units = f" 1 {old} became {plain(alias.factor)} {ticker}; prices are for one {ticker}." if alias and alias.factor != 1 else ""
    return f"{old} is called {ticker}{since}.{units}" if since else f"{old} is now called {ticker}.{units}"


def _was(was: Was, exchange: str) -> str:
    day = f"{was.seen_at.day} {was.seen_at:%B %Y}"
    if was.same:
        return f"{exchange} called it {was.old} until {day}; the prices of before stay under {was.old}."
    return f"{exchange} calls {was.new} since {day} what it called {was.old}; nobody has confirmed that it is one coin, so their prices are not joined."
