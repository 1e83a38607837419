"""What each exchange means by its codes, moved by the evidence of every stored poll. Inside the poll's transaction.

The rules are `markets.analysis.identity`; here they meet the rows. What an operator decided is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from exchanges.models import Exchange
from markets import evidence
from markets.analysis import identity, verdict
from markets.analysis.settings import Method
from markets.board import Board, PairKey, Quote
from markets.bulk import upsert
from markets.held import median_mid
from markets.models import Asset, AssetKind, Book, Candle, Depth, Derivative, ExchangeAsset, Family, IdentityState, Market, OpenInterest, OptionQuote, Snapshot
from markets.models import Quote as QuoteRow
from markets.quotes import Judged, is_in_another_unit

USD_MONEY = ("USD", "USDT", "USDC")
_MOVED = ("prices", "near", "near_since", "far")


def advance(exchange: Exchange, judged: Sequence[Judged], board: Board, now: datetime, method: Method) -> bool:
    """Weigh one poll's prices; return whether any code changed its meaning or its state."""
    if is_in_another_unit(judged):
        return False
    codes = {code.pk: code for code in ExchangeAsset.objects.filter(exchange=exchange, decided=False).exclude(state=IdentityState.CONFIRMED)}
    samples = _samples(judged, codes)
    changed = [moved for pk, sample in samples.items() if (moved := _weighed(codes[pk], sample, now, method))]
    return _concluded(changed, [pk for pk, sample in samples.items() if _bundles(codes[pk], sample, board)], now)


def _concluded(changed: list[tuple[ExchangeAsset, bool]], bundled: Sequence[int], now: datetime) -> bool:
    """Store the samples; weigh all evidence of the coins of which prices say something else now, and of new bundles."""
    if bundled or any(turned for _, turned in changed):
        evidence.alone()
    changed = _undecided(changed)
    upsert(ExchangeAsset, evidence.COLUMNS, [evidence.values(code) for code, _ in changed], key=evidence.KEY, update=_MOVED)
    rebased = list(ExchangeAsset.objects.filter(pk__in=bundled).values_list("asset", flat=True))
    moved = evidence.weigh([*rebased, *(code.asset_id for code, turned in changed if turned)], now)
    return bool(rebased) or moved


def _undecided(changed: list[tuple[ExchangeAsset, bool]]) -> list[tuple[ExchangeAsset, bool]]:
    """Without those an operator has decided since they were read; the others wait for this transaction now."""
    mine = ExchangeAsset.objects.select_for_update().filter(pk__in=[code.pk for code, _ in changed], decided=False).order_by("pk")
    still = set(mine.values_list("pk", flat=True))
    return [(code, moved) for code, moved in changed if code.pk in still]


def _samples(judged: Iterable[Judged], codes: Mapping[int, ExchangeAsset]) -> dict[int, Judged]:
    """{code: its busiest market of this poll}: one sample a code and poll."""
    best: dict[int, Judged] = {}
    for j in judged:
        code_id = j.entry.code_id
        if code_id in codes and j.quote.mid and (code_id not in best or _volume(j) > _volume(best[code_id])):
            best[code_id] = j
    return best


def _volume(j: Judged) -> tuple[bool, Decimal]:
    """Markets that can be compared first, then the busier."""
    return bool(j.others), j.quote.quote_volume_24h or Decimal(0)


def _weighed(code: ExchangeAsset, j: Judged, now: datetime, method: Method) -> tuple[ExchangeAsset, bool] | None:
    """The code with this sample counted and whether prices now say something else; None when nothing is to be written.

    A probable code that agrees again tells nothing new: its counter is left alone, so that a calm poll writes nothing.
    """
    return _counted(code, _ratio(code, j, now, method), now, method)


def _counted(code: ExchangeAsset, ratio: float | None, now: datetime, method: Method) -> tuple[ExchangeAsset, bool] | None:
    before = identity.Prices(code.prices, code.near, code.near_since, code.far)
    after = identity.sample(before, ratio, now, method)
    calm = after.state == before.state == IdentityState.PROBABLE and after.far == before.far
    if after == before or calm:
        return None
    code.prices, code.near, code.near_since, code.far = after.state, after.near, after.near_since, after.far
    return code, after.state != before.state


def _ratio(code: ExchangeAsset, j: Judged, now: datetime, method: Method) -> float | None:
    """This price over the others'. A conflicted code does not count among them, but can win its way back.

    So can all of them: on a pair of two exchanges one wrong minute makes both codes conflicted.
    """
    if code.state != IdentityState.CONFLICTED:
        return j.memory.ratio
    quotes = {q.exchange: replace(q, identity="unknown", flag="") for q in (*j.others.values(), j.quote)}
    return verdict.standing(verdict.judge(quotes, now, method), j.quote.exchange)


def _bundles(code: ExchangeAsset, j: Judged, board: Board) -> bool:
    return j.quote.mid is not None and _bundle_of(code, j.quote.mid, j.entry.key.quote, board, j.quote.exchange)


def _bundle_of(code: ExchangeAsset, mid: Decimal, money: str, board: Board, without: str) -> bool:
    """Whether the code turned out to be many units of a known coin (1000PEPE), told by its price; then it is one from now on."""
    if code.multiplier != 1 or code.state == IdentityState.CONFLICTED:
        return False
    for base, multiplier in identity.multiplier_candidates(code.code, board.coins):
        reference = _any_reference(base, money, board, without)
        if reference and mid and identity.confirms_multiplier(mid, reference, multiplier):
            return _rebase(code, base, multiplier)
    return False


def _reference(quotes: Mapping[str, Quote], exchange: str) -> Decimal | None:
    return median_mid([q for slug, q in quotes.items() if slug != exchange])


def _rebase(code: ExchangeAsset, base: str, multiplier: Decimal) -> bool:
    asset = Asset.objects.filter(ticker=base, kind__in=(AssetKind.COIN, AssetKind.STABLECOIN, AssetKind.WRAPPED)).order_by("pk").first()
    if asset is None or not ExchangeAsset.objects.filter(pk=code.pk, decided=False).exists():
        return False
    forget_units(code)
    # The state stays: one price tells the unit, ten minutes of them tell the coin.
    ExchangeAsset.objects.filter(pk=code.pk).update(asset=asset, multiplier=multiplier, near=0, far=0)
    return True


# --- Codes that only contracts use ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Contract:
    """What one poll says of a contract's price, per coin as far as we know; `key` is the coin's pair on the spot board."""

    code_id: int
    mid: Decimal
    key: PairKey
    volume: Decimal


def weigh_contracts(exchange: Exchange, contracts: Iterable[Contract], board: Board, now: datetime, method: Method) -> bool:
    """Weigh the prices of contracts whose code has no spot market here against the spot prices of their coin.

    A contract follows an index of spot prices, so a bundle of 1000 shows in it as in a spot price. Return whether any code
    changed its meaning or its state.
    """
    best = {c.code_id: c for c in sorted(contracts, key=lambda c: c.volume)}
    spot = Market.objects.filter(exchange=exchange, kind="spot").exclude(status=Market.Status.DELISTED).values("base_id")
    open_ones = ExchangeAsset.objects.filter(pk__in=best, decided=False, family=Family.COIN).exclude(state=IdentityState.CONFIRMED).exclude(pk__in=spot)
    codes = {code.pk: code for code in open_ones}
    changed = [moved for pk, code in codes.items() if (moved := _counted(code, _spot_ratio(best[pk], board), now, method))]
    return _concluded(changed, [pk for pk, code in codes.items() if _bundle_of(code, best[pk].mid, best[pk].key.quote, board, "")], now)


def _spot_ratio(contract: Contract, board: Board) -> float | None:
    """The contract's price over the median of its coin's spot prices; None where nobody has any."""
    reference = _any_reference(contract.key.base, contract.key.quote, board, "")
    return float(contract.mid / reference) if reference else None


def _any_reference(base: str, quote: str, board: Board, without: str) -> Decimal | None:
    """A coin's spot price in this money, or else in USDT where it is money like it: five per cent decide here, not basis points."""
    for money in (quote, "USDT") if quote in USD_MONEY else (quote,):
        if reference := _reference(board.pairs.get(PairKey(base, money), {}), without):
            return reference
    return None


# --- What is forgotten --------------------------------------------------------------------------------------------------
def forget_units(code: ExchangeAsset) -> None:
    """Drop what is stored per unit of a code whose multiplier has changed; the next polls bring it per coin."""
    for model in (QuoteRow, Derivative, OptionQuote, Book):
        model.objects.filter(market__base=code).delete()
    markets = list(Market.objects.filter(base=code).values_list("pk", flat=True))
    for history in (Snapshot, Candle, OpenInterest, Depth):
        history.objects.filter(market_id__in=markets).delete()
