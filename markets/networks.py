"""Which networks an exchange moves each coin by, whether they are open, and when that changed.

Names and contract addresses are evidence of identity: the coins' codes are weighed anew with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exchanges.client import Outcome
from exchanges.models import Exchange
from exchanges.rows import Currency
from markets import evidence
from markets.analysis.kinds import is_wrapped
from markets.bulk import upsert
from markets.models import Asset, AssetKind, ExchangeAsset, Family, Network, NetworkChange
from markets.polls import Poll, Write, touch

COLUMNS = (
    "asset_id", "network", "chain", "contract_address", "deposit_open", "withdraw_open", "withdraw_fee", "withdraw_min", "seen_at", "changed_at",
)
WAYS = (("deposit", "deposit_open"), ("withdraw", "withdraw_open"))

_UPDATE = dict.fromkeys(COLUMNS[2:], "{new}") | dict.fromkeys(("changed_at",), "COALESCE({new}, {old})")

Key = tuple[int, str]  # ExchangeAsset, the exchange's word for the network


def currencies(poll: Poll) -> Write:
    """Store every network of every coin the exchange trades. One that is gone from the list stays as it was, and grows old."""

    def write() -> Outcome[Any]:
        codes = _codes(poll.exchange)
        rows = {(codes[row.code], row.network[:60]): row for row in poll.outcome.rows if row.code in codes}
        before = _stored(poll.exchange)
        flips = [(key, what, opened) for key, row in rows.items() if key in before for what, opened in _flips(before[key], row)]
        changed = {key for key, _, _ in flips}
        upsert(Network, COLUMNS, [_values(key, row, poll.now, key in changed) for key, row in rows.items()], key=("asset_id", "network"), update=_UPDATE)
        _remember([(before[key]["pk"], what, opened) for key, what, opened in flips], poll.now)
        _name(poll.exchange, codes, poll.outcome.rows)
        # All of them, not only what is new: once an hour every kind of evidence is looked at again.
        if evidence.weigh(ExchangeAsset.objects.filter(exchange=poll.exchange).values_list("asset", flat=True), poll.now):
            touch("assets")
        touch(f"networks:{poll.exchange.slug}")
        return poll.outcome

    return write


def _codes(exchange: Exchange) -> dict[str, int]:
    """{code: ExchangeAsset}. Of a coin and a share of the same letters the coin has the networks: contracts on shares are paid in money."""
    order = {Family.COIN.value: 2, Family.TOKENISED.value: 1, Family.LEVERAGED.value: 0}
    found = ExchangeAsset.objects.filter(exchange=exchange).values_list("family", "code", "pk")
    return {code: pk for _, code, pk in sorted(found, key=lambda row: (order[row[0]], row[1]))}


def _stored(exchange: Exchange) -> dict[Key, dict[str, Any]]:
    rows = Network.objects.filter(asset__exchange=exchange).values("pk", "asset_id", "network", "deposit_open", "withdraw_open")
    return {(row["asset_id"], row["network"]): row for row in rows}


def _flips(before: Mapping[str, Any], row: Currency) -> Iterator[tuple[str, bool]]:
    """What opened or closed. Learning a state for the first time, or no longer being told, is no change."""
    for what, column in WAYS:
        was, now = before[column], getattr(row, column)
        if was is not None and now is not None and was != now:
            yield what, now


def _values(key: Key, row: Currency, now: datetime, changed: bool) -> tuple[object, ...]:
    return (
        *key, (row.chain or "")[:40], (row.contract_address or "")[:200], row.deposit_open, row.withdraw_open, row.withdraw_fee, row.withdraw_min, now,
        now if changed else None,
    )  # fmt: skip


def _remember(flips: Sequence[tuple[int, str, bool]], now: datetime) -> None:
    NetworkChange.objects.bulk_create([NetworkChange(network_id=pk, at=now, what=what, opened=opened) for pk, what, opened in flips])


def _name(exchange: Exchange, codes: Mapping[str, int], rows: Iterable[Currency]) -> None:
    """Fill in the full names of codes that have none."""
    names = {codes[row.code]: row.name[:120] for row in rows if row.name and row.code in codes}
    nameless = [code for code in ExchangeAsset.objects.filter(exchange=exchange, name="") if code.pk in names]
    for code in nameless:
        code.name = names[code.pk]
    ExchangeAsset.objects.bulk_update(nameless, ["name"], batch_size=200)
    # Told once, when the name is first heard: what an operator makes of it later stays.
    wrapped = {code.asset_id for code in nameless if is_wrapped("", code.name, ())}
    Asset.objects.filter(pk__in=wrapped, kind=AssetKind.COIN).update(kind=AssetKind.WRAPPED)
