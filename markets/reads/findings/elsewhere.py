"""Coins that trend or are listed on some exchanges and are missing from others: what the page of discovery reads, by the catalogues of both sides."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import msgspec

from markets.analysis.trending import Overall
from markets.ask.answers import Finding
from markets.ask.answers.elsewhere import TRENDING, Elsewhere, Lone
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import discover
from markets.reads.elsewhere import OnlyRow
from markets.reads.findings import common, listings, missing
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN
from markets.reads.trends import TrendRow
from markets.reads.wanted import Wanted

NAMED = 3


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of a coin that is named where it is listed; else what is on one side and not on the other."""
    if frame.assets or frame.unknown:
        return common.each_coin(frame, lambda coin: listings.first_listed(coin, frame, route, asked))
    found = _coins(frame, route, asked)
    return (msgspec.structs.replace(found, missing=missing.among(listings.chosen(frame, route), "tickers", route, asked.now)),)


def _coins(frame: Frame, route: Route, asked: Asked) -> Elsewhere:
    on, off = listings.chosen(frame, route), _off(frame, route)
    lists, shown = listings.lists((*on, *off), asked), min(frame.limit or SHOWN, MOST_SHOWN)
    every, trending = len(frame.exchanges) > 1 and " or " not in frame.q.casefold(), frame.topic == TRENDING
    if not on or (frame.exclude and not off):
        return Elsewhere(trending=trending, on=on if frame.exchanges else (), off=frame.exclude, every=every, lists=lists)
    if not off:
        return _trending(on, frame, asked, Elsewhere(on=on if frame.exchanges else (), lists=lists), shown)
    wanted = Wanted(
        on=on, on_match="all" if every else "any", off=off, off_match="all", trending=trending, quote=frame.quote or "",
        sort="-score" if trending else "-volume", limit=shown,
    )  # fmt: skip
    found = discover.VIEWS["only"](wanted, asked.now)
    listed = discover.VIEWS["only"](replace(wanted, trending=False, limit=1), asked.now).total if trending else found.total
    rows = tuple(_lone(row) for row in found.rows)
    return Elsewhere(rows=rows, count=found.total, listed=listed, trending=trending, on=on if frame.exchanges else (), off=off, every=every,
                     measured=found.measured, lists=lists)  # fmt: skip


def _off(frame: Frame, route: Route) -> tuple[str, ...]:
    """Those it has to be missing from: named ones whose list may be read; where only an exchange of its own is asked for, all others."""
    there = tuple(step.exchange for step in route.steps)
    if frame.topic == "only" and frame.exchanges and not frame.exclude:
        return tuple(slug for slug in there if slug not in frame.exchanges)
    return tuple(slug for slug in frame.exclude if slug in there)


def _trending(on: tuple[str, ...], frame: Frame, asked: Asked, empty: Elsewhere, shown: int) -> Elsewhere:
    """Nothing is said to be missing anywhere: what trends."""
    found = discover.VIEWS["trending"](Wanted(exchanges=on, quote=frame.quote or "", limit=shown), asked.now)
    rows = tuple(_trend(row) for row in found.rows)
    return Elsewhere(rows=rows, count=found.total, listed=found.total, on=empty.on, measured=found.measured, lists=empty.lists)


def _lone(row: OnlyRow) -> Lone:
    price = row.price
    return Lone(
        asset=row.coin.ticker, name=row.coin.name, on=row.on, exchange=price.exchange if price else "", quote=price.key.quote if price else "",
        price=price.price if price else None, change_pct=price.change_24h_pct if price else None, volume_usd=price.volume_usd if price else None,
        age_s=price.age_s if price else None, same=tuple(ticker for ticker, _ in row.same[:NAMED]), others=row.others, score=_score(row.trend),
        relative=_relative(row.trend),
    )  # fmt: skip


def _trend(row: TrendRow) -> Lone:
    price = row.price
    return Lone(
        asset=row.coin.ticker, name=row.coin.name, on=row.on, exchange=price.exchange if price else "", quote=price.key.quote if price else "",
        price=price.price if price else None, change_pct=row.trend.trends[0].change_24h_pct, volume_usd=row.trend.volume_usd,
        age_s=price.age_s if price else None, score=_score(row.trend), relative=_relative(row.trend),
    )  # fmt: skip


def _score(trend: Overall | None) -> Decimal | None:
    return None if trend is None else Decimal(repr(trend.score))


def _relative(trend: Overall | None) -> Decimal | None:
    return None if trend is None or trend.relative is None else Decimal(repr(trend.relative))
