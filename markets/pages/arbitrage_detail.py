"""What the page of one route shows: both books side by side, profit by amount as a curve, the last day of its gap, its lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import mark_safe

from markets import read
from markets.analysis.depth import Level
from markets.analysis.display import DASH, age, amount, moment, percent, price
from markets.analysis.episodes import Episode
from markets.api import filters
from markets.pages import arbitrage_shown as shown
from markets.pages.query import Asked
from markets.reads.arbitrage import Detail

LEVELS = 12  # of each book
SIZES = (("wide", 620), ("narrow", 350))  # drawn in both, the fitting one shown: text never shrinks
HEIGHT, LEFT, TOP, BOTTOM = 220, 14, 26, 26
HUNDRED = Decimal(100)
Point = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Rung:
    """One level of a book: its price, its size, and how much of it the walk takes (0 to 1)."""

    price: Decimal
    size: str
    taken: Decimal


@dataclass(frozen=True)
class Life:
    """One episode in words."""

    id: str
    born_at: datetime
    lasted: str
    best: str
    profit: str
    snapshots: int
    half_life: str
    over: bool
    receipt: str


def context(found: Detail, asked: Asked, frame: dict[str, Any]) -> dict[str, Any]:
    """Everything the template needs beside the frame."""
    board, faces, now = read.board(), frame["faces"], frame["now"]
    row = shown.row(found.line, board, faces, Asked(asked.path, {**asked.values, "sort": "-profit"}, asked.parameters), now)
    route, judged = found.line.route, found.line.judged
    bought = [(step.ask, step.size) for step in judged.full.steps]
    sold = [(step.bid, step.size) for step in judged.full.steps]
    v = asked.values
    return {
        "row": row, "asked": v, "key": route.key, "pair": shown.pair_of(route.key, board), "buy": faces[route.buy.exchange], "sell": faces[route.sell.exchange],
        "route": route, "judged": judged, "headline": headline(found, row), "places": row.places, "risk": percent(Decimal(judged.risk) * HUNDRED, sign=False),
        "asks": rungs(found.asks, bought), "bids": rungs(found.bids, sold), "books": route.buy.source == "book",
        "curve": mark_safe(curve_chart(found.curve, judged.full.cost, route.quote)),  # noqa: S308 - numbers and our own words
        "past": mark_safe(gap_chart(found.past)),  # noqa: S308 - numbers only
        "lives": [life(episode, at, route.quote, now) for at, episode in enumerate(found.episodes)], "amount_hidden": asked.hidden("amount"),
        "modes": [(word, asked.link(mode=name), v["mode"] == name) for name, word in (("inventory", "Funds on both"), ("transfer", "Send the coins"))],
        "turned": _turned(asked), "api_link": Asked(f"/api/v1/arbitrage/{route.key}/", v, asked.parameters).link(), "fees_text": filters.fees_text(v["fees"]),
    }


def _turned(asked: Asked) -> str:
    """The same pair the other way round."""
    v = asked.values
    return "" if v["sold"] else f"{asked.path}?{urlencode({'buy': v['sell'], 'sell': v['buy']})}"


def headline(found: Detail, row: shown.Row) -> str:
    """The answer in a sentence."""
    route, judged = found.line.route, found.line.judged
    if judged.hidden:
        return "These prices are not of one and the same thing, so no figure is worked out between them."
    if judged.kind == "unprofitable":
        return f"Does not pay: {percent(route.net * HUNDRED)} after fees at the best prices."
    return f"{row.net} left after fees: {row.profit} for your amount, {shown.money(judged.full.profit, route)} for all that pays."


def rungs(levels: Sequence[Level], taken: Sequence[Level]) -> list[Rung]:
    """The first levels of a side with the share that the walk takes of each."""
    used: dict[Decimal, Decimal] = {}
    for at, size in taken:
        used[at] = used.get(at, Decimal(0)) + size
    return [Rung(at, amount(size), min(Decimal(1), used.get(at, Decimal(0)) / size) if size else Decimal(0)) for at, size in levels[:LEVELS]]


def life(episode: Episode, at: int, quote: str, now: datetime) -> Life:
    """One episode."""
    half = episode.half_life_s
    return Life(
        f"e-{at}", episode.born_at, age(episode.open_s(now)), percent(episode.best_net * HUNDRED), f"{amount(episode.peak_profit)} {quote}",
        episode.snapshots, DASH if half is None else age(half), episode.died_at is not None, episode.receipt,
    )


# --- Charts -----------------------------------------------------------------------------------------------------
def curve_chart(points: Sequence[Point], best: Decimal, quote: str) -> str:
    """Profit by amount: it rises while levels pay and falls behind them. Nothing with fewer than two levels."""
    if len(points) < 3:
        return ""
    high = max(profit for _, profit in points)
    said = f"Profit by amount: most at {amount(best)} {quote}, where it is {price(high, places=2)} {quote}"
    return "".join(_svg(name, width, said, _curve(points, best, quote, width)) for name, width in SIZES)


def _curve(points: Sequence[Point], best: Decimal, quote: str, width: int) -> str:
    widest, low, high = points[-1][0], min(profit for _, profit in points), max(profit for _, profit in points)

    def x(spent: Decimal) -> float:
        return LEFT + float(spent / widest) * (width - 2 * LEFT)

    def y(profit: Decimal) -> float:
        return _height(profit, low, high)

    line = " ".join(f"{x(spent):.1f},{y(profit):.1f}" for spent, profit in points)
    peak = f'<path class="mark" d="M{x(best):.1f} {TOP}V{HEIGHT - BOTTOM}"/><circle class="dot" cx="{x(best):.1f}" cy="{y(high):.1f}" r="4"/>'
    side, off = ("end", -8) if best > widest / 2 else ("start", 8)
    label = f'<text class="{side}" x="{x(best) + off:.1f}" y="{TOP - 8}">{price(high, places=2)} {quote} at {amount(best)}</text>'
    return f'{_zero(y(Decimal(0)), width)}<polyline class="line" points="{line}"/>{peak}{label}{_ends("0", f"{amount(widest)} {quote} spent", width)}'


def gap_chart(points: Sequence[tuple[datetime, Decimal]]) -> str:
    """The gap of the middle prices after fees over a day; the dashed line is where it begins to pay. Nothing before three points."""
    if len(points) < 3:
        return ""
    values = [net * HUNDRED for _, net in points]
    first, last = moment(points[0][0]), moment(points[-1][0])
    said = f"The gap after fees from {first} to {last}: between {percent(min(values))} and {percent(max(values))}, now {percent(values[-1])}"
    return "".join(_svg(name, width, said, _gap(points, width)) for name, width in SIZES)


def _gap(points: Sequence[tuple[datetime, Decimal]], width: int) -> str:
    first, last = points[0][0], points[-1][0]
    values = [net for _, net in points]
    low, high, length = min(*values, Decimal(0)), max(*values, Decimal(0)), (last - first).total_seconds() or 1.0
    spots = [(LEFT + (at - first).total_seconds() / length * (width - 2 * LEFT), _height(net, low, high)) for at, net in points]
    line = " ".join(f"{across:.1f},{up:.1f}" for across, up in spots)
    label = f'<text class="end" x="{width - LEFT}" y="{TOP - 8}">now {percent(values[-1] * HUNDRED)}</text>'
    return f'{_zero(_height(Decimal(0), low, high), width)}<polyline class="line" points="{line}"/>{label}{_ends(moment(first), moment(last), width)}'


def _height(value: Decimal, low: Decimal, high: Decimal) -> float:
    return TOP + float((high - value) / ((high - low) or Decimal(1))) * (HEIGHT - TOP - BOTTOM)


def _zero(y: float, width: int) -> str:
    return f'<path class="zero" d="M{LEFT} {y:.1f}H{width - LEFT}"/><text class="start" x="{LEFT}" y="{y - 5:.1f}">0</text>'


def _ends(left: str, right: str, width: int) -> str:
    return f'<text class="start" x="{LEFT}" y="{HEIGHT - 6}">{left}</text><text class="end" x="{width - LEFT}" y="{HEIGHT - 6}">{right}</text>'


def _svg(name: str, width: int, said: str, inside: str) -> str:
    return f'<svg class="drawn {name}" role="img" viewBox="0 0 {width} {HEIGHT}" aria-label="{said}">{inside}</svg>'
