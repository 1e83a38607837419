"""The ways a coin leaves and enters an exchange, and which of them costs least. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.derivatives import age_s, freshness
from markets.analysis.settings import DEFAULT, Method


class Wallet(Struct, frozen=True, gc=False, kw_only=True):
    """One coin on one network of one exchange, per coin (a multiplier in the code is undone).

    `coin` is as pairs name it, `network` the exchange's own word, `chain` the same word for all ("" where it is not known).
    None is what the exchange does not say, or no longer says. `seen_at` ages it by `period_s`; `switch` is "" or the reason
    code that keeps the exchange or its list of networks from counting.
    """

    exchange: str
    coin: str
    code: str
    network: str
    chain: str = ""
    contract_address: str = ""
    deposit_open: bool | None = None
    withdraw_open: bool | None = None
    withdraw_fee: Decimal | None = None
    withdraw_min: Decimal | None = None
    seen_at: datetime | None = None
    changed_at: datetime | None = None
    period_s: int = 3600
    switch: str = ""

    @property
    def name(self) -> str:
        """The network in words that two exchanges share, else in the exchange's own."""
        return self.chain or self.network


class Exit(Struct, frozen=True, gc=False):
    """The way out that is counted with: the network and its fee in coins. Without a `fee`, `reason` says why."""

    wallet: Wallet | None
    fee: Decimal | None
    reason: str = ""


def state(wallet: Wallet, now: datetime, method: Method = DEFAULT) -> str:
    """Fresh, aging, stale or expired."""
    return freshness(age_s(wallet.seen_at, now), wallet.period_s, method)


def usable(wallet: Wallet, now: datetime, method: Method = DEFAULT) -> bool:
    """Whether what is known of it may be counted with: switched on, and not old."""
    return not wallet.switch and state(wallet, now, method) in ("fresh", "aging")


def way_out(wallets: Sequence[Wallet], network: str, now: datetime, method: Method = DEFAULT) -> Exit:
    """The open network with the lowest known fee; of `network` only (its chain or the exchange's word), where one is named."""
    told = [w for w in wallets if usable(w, now, method)]
    if not told:
        return Exit(None, None, "its networks are not known" if not wallets else "what is known of its networks is old")
    there = [w for w in told if not network or network.casefold() in (w.chain.casefold(), w.network.casefold())]
    if not there:
        return Exit(None, None, f"it does not list the network {network}")
    open_ = [w for w in there if w.withdraw_open]
    if not open_:
        closed = all(w.withdraw_open is False for w in there)
        return Exit(None, None, "withdrawals are closed" if closed else "whether withdrawals are open is not known")
    priced = [w for w in open_ if w.withdraw_fee is not None]
    if not priced:
        return Exit(open_[0], None, "its withdrawal fee is not known")
    cheapest = min(priced, key=lambda w: (w.withdraw_fee, w.name))
    return Exit(cheapest, cheapest.withdraw_fee)
