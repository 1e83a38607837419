"""Gaps that are told of for the first time: each gets a receipt of what was known at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from markets import held, receipts
from markets.analysis.classes import MAIN, Judged
from markets.analysis.episodes import Episode
from markets.ask import router
from markets.ask.frame import Frame
from markets.ask.record import Part, Record
from markets.method import current_method
from markets.reads import arbitrage, routing
from markets.reads.arbitrage import Line
from markets.reads.findings import Asked
from markets.reads.findings.arbitrage import one_route
from markets.receipts import Link

AT_ONCE = 5  # in one scan, the most profitable first: the others are still there five seconds later
KINDS = ("cross", "triangle")
PERSISTENCE = "persistence"


def receipted(episodes: Iterable[Episode], found: Sequence[Judged], now: datetime) -> list[Episode]:
    """The episodes, those that are told of and have no receipt yet with one."""
    every, judged = list(episodes), {each.route.name: each for each in found if each.route.kind in KINDS}
    new = [episode for episode in every if not episode.receipt and episode.name in judged and _told(judged[episode.name], episode)]
    new.sort(key=lambda episode: (-(judged[episode.name].profit_usd or 0), episode.name))
    names = {episode.name: _name(_kept(judged[episode.name], episode, now)) for episode in new[:AT_ONCE]}
    return [structs.replace(episode, receipt=names.get(episode.name, episode.receipt)) for episode in every]


def _told(judged: Judged, episode: Episode) -> bool:
    """Whether a gap is in the main table from this scan on: it was judged by the snapshots before it."""
    others = {condition.leads_to for condition in judged.reasons if condition.code != PERSISTENCE}
    return episode.snapshots >= current_method().arbitrage_announce_after and others <= set(MAIN)


def _name(kept: Link | str) -> str:
    return kept.id if isinstance(kept, Link) else ""


def _kept(judged: Judged, episode: Episode, now: datetime) -> Link | str:
    """A receipt of one gap, as if somebody had asked for it."""
    route = judged.route
    names: Mapping[str, str] = {slug: exchange.name for slug, exchange in held.current().exchanges.items()}
    buy, sell = route.buy.exchange, route.sell.exchange
    asks = f"{route.base} bought on {names[buy]} and sold on {names[sell]} for {route.sell.quote}"
    if route.kind == "triangle":
        asks = f"{' to '.join(dict.fromkeys(leg.base for leg in route.legs))} and back to {route.quote} on {names[buy]}"
    frame = Frame(asks, intent="arbitrage", assets=(route.base,), quote=route.quote, exchanges=tuple(dict.fromkeys((buy, sell))))
    way = router.route(frame, routing.standings("arbitrage", "", now))
    gaps = one_route(Line(judged, episode, 1), arbitrage.Wanted(kinds=(route.kind,)), Asked(now))
    seen = tuple(structs.replace(gap, facts=replace(gap.facts, snapshots=episode.snapshots)) for gap in gaps.gaps)
    part = Part(frame, way, (structs.replace(gaps, gaps=seen),))
    return receipts.keep_record(Record(now, current_method().version, (part,)), now)
