"""What an operator decides about codes, in one click each, and how to take it back.

Each decision is one transaction: the rows it changes, its own row with what stood before, and the evidence of the coins it
touches weighed anew. The audit follows the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from exchanges.numbers import plain
from markets import evidence, identities
from markets.codes import free_slug
from markets.models import Asset, AssetAlias, Basis, Decision, ExchangeAsset, IdentityState, Quote, Renaming
from markets.polls import touch

FIELDS = ("asset_id", "multiplier", "state", "basis", "evidence", "decided", "prices", "near", "far")
Action, Verdict = Decision.Action, Renaming.Verdict


class CannotUndo(ValueError):
    """Why a decision cannot be taken back."""


# --- About a code -------------------------------------------------------------------------------------------------------
def confirm(code: ExchangeAsset, who: str) -> Decision:
    """It is the coin it stands under."""
    return _decide(code, who, Action.ACCEPT, IdentityState.CONFIRMED, f"{code}: confirmed as {code.asset}.")


def ignore(code: ExchangeAsset, who: str) -> Decision:
    """Keep it apart, compared with nothing, and ask no more."""
    return _decide(code, who, Action.IGNORE, IdentityState.CONFLICTED, f"{code}: kept apart.", "kept apart by")


@transaction.atomic
def split(code: ExchangeAsset, who: str) -> Decision:
    """Give it a coin of its own, so that it is compared with nothing it is not."""
    old = code.asset
    slug = free_slug(old.ticker, old.kind, set(Asset.objects.values_list("slug", flat=True)))
    own = Asset.objects.create(slug=slug, ticker=old.ticker, name=code.name, kind=old.kind)
    return _decide(code, who, Action.SPLIT, IdentityState.CONFIRMED, f"{code}: now a coin of its own, {slug}.", asset=own)


@transaction.atomic
def join(code: ExchangeAsset, asset: Asset, who: str) -> Decision:
    """It is another coin that is known already."""
    return _decide(code, who, Action.JOIN, IdentityState.CONFIRMED, f"{code}: joined to {asset}, {asset.slug}.", asset=asset)


@transaction.atomic
def _decide(  # noqa: PLR0917 - who decides what about which code, in which words
    code: ExchangeAsset, who: str, action: str, state: str, said: str, words: str = "decided by", asset: Asset | None = None,
) -> Decision:
    evidence.alone()
    before, touched = _standing(code), {code.asset_id}
    code.state, code.decided, code.basis, code.evidence, code.since = state, True, Basis.OPERATOR, f"{words} {who}"[:200], timezone.now()
    if asset is not None:
        code.asset = asset
    code.save(update_fields=["state", "decided", "basis", "evidence", "since", "asset"])
    decision = Decision.objects.create(at=timezone.now(), who=who[:150], action=action, code=code, said=said[:300], before=before)
    _told(code, touched | {code.asset_id})
    return decision


def decide_again(code: ExchangeAsset) -> None:
    """Forget decision and samples; evidence and the next polls judge afresh."""
    with transaction.atomic():
        evidence.alone()
        code.state, code.decided, code.basis, code.evidence, code.since = IdentityState.UNKNOWN, False, Basis.NONE, "", None
        code.prices, code.near, code.near_since, code.far = IdentityState.UNKNOWN, 0, None, 0
        code.save(update_fields=["state", "decided", "basis", "evidence", "since", "prices", "near", "near_since", "far"])
        _told(code, {code.asset_id})


def _standing(code: ExchangeAsset) -> dict[str, Any]:
    """What a decision changes, as JSON."""
    return {name: str(value) if isinstance(value := getattr(code, name), Decimal) else value for name in FIELDS}


def _told(code: ExchangeAsset, assets: set[int]) -> None:
    """The other codes of the coins see the decision, and readers see them."""
    evidence.weigh(assets, timezone.now())
    touch("assets", f"catalogue:{code.exchange.slug}", f"contracts:{code.exchange.slug}")


# --- About a renaming -----------------------------------------------------------------------------------------------------
@transaction.atomic
def accept_renaming(renaming: Renaming, who: str, factor: Decimal = Decimal(1)) -> Decision:
    """The new code is the old coin under a new ticker: from that day on the old ticker is an old ticker of it.

    Prices stay where they are: those of before under the old ticker.
    """
    old, new = renaming.old, renaming.new
    defaults = {"valid_to": renaming.seen_at.date(), "factor": factor}
    alias, made = AssetAlias.objects.get_or_create(asset=new.asset, text=old.code.upper(), kind=AssetAlias.Kind.FORMER, defaults=defaults)
    units = f", 1 {old.code} = {plain(factor)} {new.code}" if factor != 1 else ""
    said = f"{renaming}: {old.code} is an old ticker of {new.asset}{units}."
    return _ruled(renaming, who, Action.ACCEPT, Verdict.SAME, said, {"alias": alias.pk if made else None})


@transaction.atomic
def ignore_renaming(renaming: Renaming, who: str) -> Decision:
    """The new code is another coin; ask no more."""
    return _ruled(renaming, who, Action.IGNORE, Verdict.OTHER, f"{renaming}: two coins.", {})


def _ruled(renaming: Renaming, who: str, action: str, verdict: str, said: str, before: dict[str, Any]) -> Decision:  # noqa: PLR0917
    renaming.verdict = verdict
    renaming.save(update_fields=["verdict"])
    touch("assets")
    return Decision.objects.create(at=timezone.now(), who=who[:150], action=action, code=renaming.new, renaming=renaming, said=said[:300], before=before)


# --- Taking back ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def undo(decision: Decision) -> None:
    """Put back what stood before. Raises CannotUndo when it was taken back already, or something newer was decided."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.undone_at is not None:
        raise CannotUndo("It was taken back already.")
    newer = Decision.objects.filter(code=decision.code, renaming=decision.renaming, undone_at=None, pk__gt=decision.pk)
    if newer.exists():
        raise CannotUndo("Something newer was decided about it: take that back first.")
    _UNDO["renaming" if decision.renaming_id else "code"](decision)
    decision.undone_at = timezone.now()
    decision.save(update_fields=["undone_at"])


def _undo_code(decision: Decision) -> None:
    evidence.alone()
    code, left = decision.code, decision.code.asset
    for name, value in decision.before.items():
        setattr(code, name, Decimal(value) if name == "multiplier" else value)
    code.since = timezone.now()
    code.save(update_fields=[*decision.before, "since"])
    _told(code, {code.asset_id, left.pk})
    if decision.action == Action.SPLIT and not left.codes.exists():
        left.delete()


def _undo_renaming(decision: Decision) -> None:
    AssetAlias.objects.filter(pk=decision.before.get("alias")).delete()
    Renaming.objects.filter(pk=decision.renaming_id).update(verdict=Verdict.OPEN)
    touch("assets")


_UNDO: dict[str, Callable[[Decision], None]] = {"code": _undo_code, "renaming": _undo_renaming}


def forget_prices(code: ExchangeAsset) -> None:
    """What is stored is per unit of the old multiplier; the next polls bring it anew."""
    identities.forget_units(code)
    Quote.objects.filter(market__quote=code).delete()
