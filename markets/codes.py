"""Exchanges' codes into assets: a code new to us starts under the asset of the same ticker and class. By the catalogue only."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from django.utils.text import slugify

from exchanges.models import Exchange
from exchanges.rows import Instrument
from markets.analysis.kinds import is_leveraged, is_wrapped
from markets.models import Asset, AssetAlias, AssetKind, ExchangeAsset, Family, Revision

MONEY = Family.COIN  # what is paid with
Code = tuple[str, str]  # as the exchange writes it, and its family


def code_ids(exchange: Exchange, instruments: Sequence[Instrument]) -> tuple[dict[Code, int], bool]:
    """{(code, family): ExchangeAsset id} for every base and quote of the list, making what is new; and whether any was."""
    known = _known(exchange)
    of = families(instruments, known)
    names = {(i.base, of(i)): i.name or "" for i in instruments}
    new = sorted((names.keys() | {(i.quote, MONEY) for i in instruments}) - known.keys())
    if not new:
        return known, False
    # Two exchanges' first catalogues hold the same new coins: one at a time makes them.
    Revision.objects.get_or_create(name="assets")
    Revision.objects.select_for_update().get(name="assets")
    assets = _assets(new, names)
    made = [ExchangeAsset(exchange=exchange, code=code[0], family=code[1], asset=assets[code], name=names.get(code, "")) for code in new]
    ExchangeAsset.objects.bulk_create(made)
    return _known(exchange), True


def _known(exchange: Exchange) -> dict[Code, int]:
    return {(code, family): pk for code, family, pk in ExchangeAsset.objects.filter(exchange=exchange).values_list("code", "family", "pk")}


def families(instruments: Sequence[Instrument], known: Collection[Code]) -> Callable[[Instrument], str]:
    """The family of each base of a list. Shares and leveraged tokens are never the coin of the same ticker.

    The exchange's own word comes first; where it has none a new code of a spot market that reads like a leveraged token of
    another coin of the list is one. What a code was once taken for (`known`) it stays.
    """
    coins = {canonical(i.base) for i in instruments if i.kind == "spot" and not i.leveraged and not i.tokenised}

    def of(i: Instrument) -> str:
        if i.leveraged or i.tokenised:
            return Family.LEVERAGED if i.leveraged else Family.TOKENISED
        settled = (i.base, Family.LEVERAGED) not in known and (i.base, Family.COIN) in known
        return Family.LEVERAGED if i.kind == "spot" and not settled and is_leveraged(i.base, coins) else Family.COIN

    return of


def _assets(codes: Collection[Code], names: Mapping[Code, str]) -> dict[Code, Asset]:
    """{code: Asset}, by other spelling, then by ticker and class; missing ones are made."""
    spelling = {a.text.upper(): a.asset for a in AssetAlias.objects.filter(kind=AssetAlias.Kind.TICKER).select_related("asset")}
    by_ticker = {(a.ticker, _family_of(a.kind)): a for a in Asset.objects.order_by("-pk")}  # the oldest of equals wins
    slugs = set(Asset.objects.values_list("slug", flat=True))
    tickers = {ticker for ticker, kind in (*by_ticker, *((canonical(code), kind) for code, kind in codes)) if kind == Family.COIN}
    found, new = dict[Code, Asset](), list[Asset]()
    for code, kind in codes:
        ticker = canonical(code)
        asset = (spelling.get(ticker) if kind == Family.COIN else None) or by_ticker.get((ticker, kind))
        if asset is None:
            name = names.get((code, kind), "")
            slug = free_slug(ticker, kind, slugs)
            asset = by_ticker[ticker, kind] = Asset(slug=slug, ticker=ticker, name=name, kind=_class(code, kind, name, tickers))
            new.append(asset)
        found[code, kind] = asset
    Asset.objects.bulk_create(new)
    return found


def _class(code: str, kind: str, name: str, coins: Collection[str]) -> str:
    """The class of a new asset."""
    return AssetKind.WRAPPED if kind == Family.COIN and is_wrapped(code, name, coins) else kind


def _family_of(kind: str) -> str:
    """The other classes of assets are all coins here: which of them, the seed says."""
    return kind if kind in (AssetKind.LEVERAGED, AssetKind.TOKENISED) else Family.COIN


def canonical(code: str) -> str:
    """An exchange's code as a ticker: NFKC and upper case (kALT is KALT, USDe is USDE)."""
    return unicodedata.normalize("NFKC", code).upper()


def free_slug(ticker: str, kind: str, taken: set[str]) -> str:
    """An address for a new asset: its ticker, with its class or a number behind it where that is taken."""
    plain = slugify(ticker.replace(".", "-").replace("$", "-"), allow_unicode=True) or "asset"
    for slug in _candidates(plain, _family_of(kind)):
        if slug not in taken:
            taken.add(slug)
            return slug
    raise AssertionError("unreachable: the numbers never end")


def _candidates(plain: str, kind: str) -> Iterable[str]:
    yield plain
    if kind != Family.COIN:
        yield f"{plain}-{kind}"
    number = 2
    while True:
        yield f"{plain}-{number}"
        number += 1
