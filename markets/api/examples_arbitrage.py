"""Worked examples of gaps for the schema: the ladder of the methodology through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis import arbitrage, classes, routes
from markets.analysis.arbitrage import Way
from markets.analysis.classes import Facts
from markets.analysis.episodes import Episode
from markets.analysis.scene import Scene
from markets.api import serialize_arbitrage as told
from markets.board import Board, Ladder, PairKey, Quote
from markets.reads.arbitrage import Detail, Line

KEY = PairKey("POL", "USDT")
ASKS = (("0.8200", "1500"), ("0.8210", "2000"), ("0.8225", "5000"))
BIDS = (("0.8241", "900"), ("0.8236", "1500"), ("0.8228", "4000"))


def answers(page: Callable[[list[dict[str, Any]]], Any], answer: Callable[[dict[str, Any]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    found = _detail(now)
    listed = page([told.line(found.line, now)])
    extra = {"counts": {name: int(name == found.line.judged.kind) for name in classes.CLASSES}, "filtered": 0, "closest": []}
    return {"arbitrage/": {**listed, **extra}, "arbitrage/{pair}/": answer(told.detail(found, now))}


def _detail(now: datetime) -> Detail:
    seen = now - timedelta(seconds=3)
    buy, sell = list(ADAPTERS)[1::2][:2]
    scene = Scene(Board({KEY: {buy: _quote(buy, "0.8195", seen), sell: _quote(sell, "0.8241", seen)}}, usd={"USDT": Decimal(1)}), {KEY: {
        buy: _book(buy, (("0.8195", "1200"),), ASKS, seen), sell: _book(sell, BIDS, (("0.8246", "800"),), seen),
    }}, now, amount=Decimal(1000))  # fmt: skip
    route = routes.between(scene, KEY, buy, sell)
    assert route is not None  # noqa: S101 - both sides are there, three lines above
    judged = classes.judge(route, Facts(Way("open", "polygon", Decimal("1.5"), "by polygon: withdrawals and deposits are open"), snapshots=4), now)
    life = Episode(
        name=route.name, kind="cross", base="POL", quote="USDT", buy_exchange=buy, sell_exchange=sell, born_at=seen - timedelta(seconds=40), seen_at=seen,
        observed_at=seen, snapshots=4, net=route.net, best_net=route.net, peak_at=seen, peak_profit=route.trade.profit, best_class="executable",
    )
    curve = arbitrage.curve(route.buy.levels, route.sell.levels, route.terms)
    return Detail(Line(judged, life, 3), route.buy.levels, route.sell.levels, tuple(curve), ((seen, route.net),), (life,))


def _quote(exchange: str, bid: str, seen: datetime) -> Quote:
    return Quote(
        exchange=exchange, symbol="POLUSDT", base="POL", quote="USDT", bid=Decimal(bid), ask=Decimal(bid) + Decimal("0.0005"), identity="confirmed",
        taker_fee=Decimal("0.001"), fee_source="operator", observed_at=seen,
    )


def _book(exchange: str, bids: tuple[tuple[str, str], ...], asks: tuple[tuple[str, str], ...], seen: datetime) -> Ladder:
    sides = [tuple((Decimal(price), Decimal(size)) for price, size in side) for side in (bids, asks)]
    return Ladder(exchange=exchange, symbol="POLUSDT", bids=sides[0], asks=sides[1], observed_at=seen)
