"""How exchanges are doing, and whether a coin can be moved in and out of them: what the status page and the pages of coins read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markets import held, read, statuses
from markets.analysis.derivatives import age_s
from markets.analysis.wallets import Wallet, state
from markets.ask.answer import Left
from markets.ask.answers import Finding
from markets.ask.answers.common import Coin
from markets.ask.answers.status import Seen, Status
from markets.ask.answers.wallets import Door, Wallets
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.method import current_method
from markets.reads import wallets
from markets.reads.findings import common, missing
from markets.reads.findings.asked import Asked
from markets.shapes import ExchangeStatus

UNTOLD = ("not_in_rollout",)  # of such an exchange nothing is told; that one is off or down is the answer
AGE = "age"  # a topic that no coin changes
NETWORKS = 30  # of one coin on one exchange


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of the coins that are named their wallets; how the exchanges are where none is, or one is named and nothing is said of moving coins."""
    slugs = wanted(frame, route)
    rows = seen(slugs, asked.now)
    if frame.assets and frame.topic != AGE:
        coins = common.each_coin(frame, lambda coin: _wallets(coin, slugs, route, asked))
        return coins if frame.topic or not frame.exchanges else (Status(seen=rows), *coins)
    if frame.exchanges or frame.exclude:
        return (Status(seen=rows),)
    traded = statuses.traded(read.board())
    return (Status(seen=rows, pairs=len(traded), assets=len({key.base for key in traded})),)


def wanted(frame: Frame, route: Route) -> tuple[str, ...]:
    """Every exchange that was asked for (none named: all), without those that were left out, or are not open to whoever asks."""
    return tuple(slug for slug in open_to(route) if slug not in frame.exclude and (not frame.exchanges or slug in frame.exchanges))


def open_to(route: Route) -> tuple[str, ...]:
    """Every exchange but those that are not open to whoever asks."""
    hidden = {left.exchange for left in route.left if left.reason in UNTOLD}
    return tuple(slug for slug in route.names if slug not in hidden)


def seen(slugs: Sequence[str], now: datetime) -> tuple[Seen, ...]:
    """These exchanges as they stand, in their usual order."""
    newest = held.current().newest
    return tuple(_seen(row, newest.get(row.slug)) for row in read.exchanges(now) if row.slug in slugs)


def _seen(row: ExchangeStatus, newest: datetime | None) -> Seen:
    return Seen(
        slug=row.slug, name=row.name, state=row.state, label=row.state_label, detail=row.detail, observed_at=newest if row.age_s is not None else None,
        age_s=row.age_s, freshness=row.freshness, markets=row.markets, taker_fee_pct=row.taker_fee_pct, success_pct=row.success_pct,
        maintenance=row.maintenance, failing=tuple(source.label for source in row.sources if source.failing),
    )  # fmt: skip


def _wallets(coin: Coin, slugs: Sequence[str], route: Route, asked: Asked) -> Wallets:
    told = {slug: rows for slug, rows in wallets.of(coin.key).items() if slug in slugs}
    doors = tuple(_door(wallet, asked.now) for slug in slugs for wallet in told.get(slug, ())[:NETWORKS])
    gone = {left.exchange for left in route.left}
    untold = tuple(_missing(slug, coin, route, asked.now) for slug in slugs if slug not in told and slug not in gone)
    return Wallets(coin=coin, doors=doors, missing=untold)


def _door(wallet: Wallet, now: datetime) -> Door:
    """What is old, or of a source that is off, may have changed: whether it is open is not known then."""
    old = state(wallet, now, current_method())
    counts = not wallet.switch and old in ("fresh", "aging")
    return Door(
        exchange=wallet.exchange, network=wallet.name, deposit_open=wallet.deposit_open if counts else None,
        withdraw_open=wallet.withdraw_open if counts else None, withdraw_fee=wallet.withdraw_fee, observed_at=wallet.seen_at,
        age_s=age_s(wallet.seen_at, now), state=old,
    )  # fmt: skip


def _missing(slug: str, coin: Coin, route: Route, now: datetime) -> Left:
    told = missing.of(slug, wallets.SOURCE, route, now)
    return told or Left(slug, route.named(slug), "not_listed", f"tells no network of {coin.ticker}")
