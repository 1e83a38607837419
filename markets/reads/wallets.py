"""Networks of coins per exchange: whether they are open for deposits and withdrawals, what leaving costs, how old that is.

Kept in memory per exchange until its list of networks, its codes or its switch changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.models import Exchange
from markets import held
from markets.analysis.wallets import Wallet
from markets.models import Network
from markets.reads import gaps
from markets.reads.contracts import coin

SOURCE = "currencies"
STILL_TOLD = timedelta(hours=6)  # a list with an unreadable row or two does not take those away
_COLUMNS = (
    "network", "chain", "contract_address", "deposit_open", "withdraw_open", "withdraw_fee", "withdraw_min", "seen_at", "changed_at",
    "asset__code", "asset__multiplier", "asset__asset__slug",
)
Wallets = Mapping[str, tuple[Wallet, ...]]  # coin -> its networks

_kept: dict[str, tuple[object, Wallets]] = {}


def forget() -> None:
    """Drop what this process holds in memory."""
    _kept.clear()


def of(base: str) -> dict[str, tuple[Wallet, ...]]:
    """{exchange: networks} of one coin as pairs name it; exchanges that tell nothing of it are absent."""
    found = {exchange.slug: at(exchange).get(base, ()) for exchange in gaps.ordered()}
    return {slug: wallets for slug, wallets in found.items() if wallets}


def everything() -> dict[str, Wallets]:
    """{exchange: {coin: networks}} of all exchanges that tell them."""
    return {exchange.slug: wallets for exchange in gaps.ordered() if (wallets := at(exchange))}


def at(exchange: Exchange) -> Wallets:
    """One exchange's networks by coin, from memory while nothing they are made of has changed."""
    numbers = held.current().numbers
    names = (f"networks:{exchange.slug}", f"catalogue:{exchange.slug}", "assets", "switches")
    stand = (gaps.switch(exchange, SOURCE), gaps.period_s(exchange, SOURCE), *(numbers.get(name) for name in names))
    found = _kept.get(exchange.slug)
    if found is None or found[0] != stand:
        found = _kept[exchange.slug] = (stand, _read(exchange))
    return found[1]


def _read(exchange: Exchange) -> Wallets:
    rows = list(Network.objects.filter(asset__exchange=exchange).order_by("asset__code", "network").values(*_COLUMNS))
    since = max((row["seen_at"] for row in rows), default=held.NEVER + STILL_TOLD) - STILL_TOLD
    wallets: dict[str, list[Wallet]] = {}
    for row in rows:
        wallet = _wallet(exchange, row, since)
        wallets.setdefault(wallet.coin, []).append(wallet)
    return {name: tuple(found) for name, found in wallets.items()}


def _wallet(exchange: Exchange, row: Mapping[str, Any], since: datetime) -> Wallet:
    told = row["seen_at"] > since  # one that has left the list is kept as last seen: whether it is open nobody knows
    units: Decimal = row["asset__multiplier"]
    return Wallet(
        exchange=exchange.slug, coin=coin(row["asset__asset__slug"]), code=row["asset__code"], network=row["network"], chain=row["chain"],
        contract_address=row["contract_address"], deposit_open=row["deposit_open"] if told else None, withdraw_open=row["withdraw_open"] if told else None,
        withdraw_fee=_coins(row["withdraw_fee"], units), withdraw_min=_coins(row["withdraw_min"], units), seen_at=row["seen_at"], changed_at=row["changed_at"],
        period_s=gaps.period_s(exchange, SOURCE), switch=gaps.switch(exchange, SOURCE),
    )


def _coins(codes: Decimal | None, units: Decimal) -> Decimal | None:
    """An amount in the exchange's code as coins: one code may stand for a thousand."""
    return None if codes is None else codes * units


def chains(wallets: Mapping[str, Sequence[Wallet]]) -> tuple[str, ...]:
    """The networks by which a coin leaves somewhere, in alphabetical order: what a page lets choose from."""
    return tuple(sorted({wallet.name for found in wallets.values() for wallet in found if wallet.name}))
