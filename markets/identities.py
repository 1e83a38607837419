"""What each exchange means by its codes, moved by the evidence of every stored poll. Inside the poll's transaction.

The rules are `markets.analysis.identity`; here they meet the rows. What an operator decided is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from exchanges.models import Exchange
from exchanges.numbers import plain
from markets.analysis import identity, verdict
from markets.analysis.settings import Method
from markets.board import Board, PairKey, Quote
from markets.bulk import upsert
from markets.held import median_mid
from markets.models import Asset, AssetKind, ExchangeAsset, IdentityState
from markets.models import Quote as QuoteRow
from markets.quotes import Judged

_COLUMNS = ("exchange_id", "code", "asset_id", "multiplier", "name", "state", "evidence", "decided", "near", "near_since", "far")
_MOVED = ("state", "evidence", "near", "near_since", "far")
_WORDS = {
    IdentityState.PROBABLE: "price agrees with the other exchanges over ten minutes",
    IdentityState.CONFLICTED: "price is less than half or more than double that of the other exchanges",
}


def advance(exchange: Exchange, judged: Sequence[Judged], board: Board, now: datetime, method: Method) -> bool:
    """Weigh one poll's prices; return whether any code changed its meaning or its state."""
    codes = {code.pk: code for code in ExchangeAsset.objects.filter(exchange=exchange, decided=False).exclude(state=IdentityState.CONFIRMED)}
    samples = _samples(judged, codes)
    changed = [moved for pk, sample in samples.items() if (moved := _weighed(codes[pk], sample, now, method))]
    changed = _undecided(changed)
    upsert(ExchangeAsset, _COLUMNS, [_values(code) for code, _ in changed], key=("exchange_id", "code"), update=_MOVED)
    bundled = [pk for pk, sample in samples.items() if _bundles(codes[pk], sample, board)]
    return bool(bundled) or any(moved for _, moved in changed)


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
    """The code with this sample counted and whether its state moved; None when nothing is to be written.

    A probable code that agrees again tells nothing new: its counter is left alone, so that a calm poll writes nothing.
    """
    before = identity.Evidence(code.state, code.near, code.near_since, code.far)
    after = identity.weigh(before, _ratio(code, j, now, method), now, method)
    calm = after.state == before.state == IdentityState.PROBABLE and after.far == before.far
    if after == before or calm:
        return None
    code.near, code.near_since, code.far = after.near, after.near_since, after.far
    moved = after.state != code.state
    if moved:
        code.state, code.evidence = after.state, _WORDS[IdentityState(after.state)]
    return code, moved


def _ratio(code: ExchangeAsset, j: Judged, now: datetime, method: Method) -> float | None:
    """This price over the others'. A conflicted code does not count among them, but can win its way back.

    So can all of them: on a pair of two exchanges one wrong minute makes both codes conflicted.
    """
    if code.state != IdentityState.CONFLICTED:
        return j.memory.ratio
    quotes = {q.exchange: replace(q, identity="unknown", flag="") for q in (*j.others.values(), j.quote)}
    return verdict.standing(verdict.judge(quotes, now, method), j.quote.exchange)


def _bundles(code: ExchangeAsset, j: Judged, board: Board) -> bool:
    """Whether the code turned out to be many units of a known coin (1000PEPE), told by its price; then it is one from now on."""
    if code.multiplier != 1 or code.state == IdentityState.CONFLICTED:
        return False
    for base, multiplier in identity.multiplier_candidates(code.code, board.coins):
        reference = _reference(board.pairs.get(PairKey(base, j.entry.key.quote), {}), j.quote.exchange)
        if reference and j.quote.mid and identity.confirms_multiplier(j.quote.mid, reference, multiplier):
            return _rebase(code, base, multiplier)
    return False


def _reference(quotes: Mapping[str, Quote], exchange: str) -> Decimal | None:
    return median_mid([q for slug, q in quotes.items() if slug != exchange])


def _rebase(code: ExchangeAsset, base: str, multiplier: Decimal) -> bool:
    asset = Asset.objects.filter(ticker=base, kind__in=(AssetKind.COIN, AssetKind.STABLECOIN, AssetKind.WRAPPED)).order_by("pk").first()
    if asset is None or not ExchangeAsset.objects.filter(pk=code.pk, decided=False).exists():
        return False
    QuoteRow.objects.filter(market__base=code).delete()  # they are per bundle; the next poll brings them per coin
    # The state stays: one price tells the unit, ten minutes of them tell the coin.
    evidence = f"its price is {plain(multiplier)} times that of {base} on the other exchanges"
    ExchangeAsset.objects.filter(pk=code.pk).update(asset=asset, multiplier=multiplier, evidence=evidence, near=0, far=0)
    return True


def _values(code: ExchangeAsset) -> tuple[object, ...]:
    return tuple(getattr(code, column) for column in _COLUMNS)
