"""What stands below the compare table: who runs cheap and who dear, the best exchange by hour, the price, perpetuals, other pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from markets import read
from markets.analysis.arbitrage import break_even
from markets.analysis.best import Comparison
from markets.analysis.derivatives import FIGURE, Contract, Funding, age_s, freshness
from markets.analysis.deviation import BPS, Cell, Deviation, Hours, Line, presence
from markets.analysis.display import exact, percent, signed
from markets.analysis.fees import Fees
from markets.analysis.funding import OLD
from markets.analysis.scene import Route
from markets.api.filters import fees_text
from markets.board import PairKey
from markets.method import current_method
from markets.pages.charts import availability
from markets.pages.charts_time import Axis, Bar, Block, Trace, candles, deviation_chart, hours_strip
from markets.pages.compare_shown import Faces, shared_places
from markets.pages.query import Asked
from markets.reads import arbitrage, contracts
from markets.reads import deviation as reads
from markets.reads.deviation import RANGES, BestHours, Past
from markets.shapes import ExchangeStatus

SPANS = {"1h": "last hour", "24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days"}
BEST = {"buy": "Cheapest to buy", "sell": "Dearest to sell"}
ROUTES = 3  # of the pair that are shown; all of them have a page of their own
PIECES = 30  # of the window in which it is drawn whether an exchange was there
OTHERS = 6  # pairs of the same coin that are named


@dataclass(frozen=True)
class Standing:
    """One exchange under the chart: its mean distance and its last, in bps, and in how many slots of those that could be judged.

    `bars` draw when it was there, piece by piece of the window.
    """

    face: ExchangeStatus
    mean: str
    latest: str
    slots: int
    of: int
    bars: SafeString


def context(c: Comparison, now: datetime, frame: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Everything of the template parts/compare_below.html."""
    faces, span, fees = frame["faces"], asked.values["range"], asked.values["fees"]
    past, hours = reads.past(c.key, now, span), reads.best_hours(c.key, now, asked.values["side"], hourly(span), fees)
    return {
        "ranges": [(name, asked.link(range=name) + "#history", name == span) for name in RANGES], "span": SPANS[span],
        "deviation": _drawn(past, faces), "standings": standings(past, faces), "running": running(past, faces), "thin": _thin(past),
        "hours": _hours(hours, faces), "hours_title": f"{BEST[hours.found.side]}, {SPANS[hours.span]}",
        "hour_shares": [(faces[s.exchange], s) for s in hours.found.shares if s.exchange in faces], "judged_hours": hours.found.judged,
        **_routes(c.key, faces, fees, now), "perpetuals": _perpetuals(c.key, faces, now), "other_pairs": _other_pairs(c.key, faces),
        **_links(c.key, span, urlencode({"range": hourly(span), "side": hours.found.side, **({"fees": fees_text(fees)} if fees else {})}, safe=":,")),
        **_price(c, past, faces),
    }


def state(below: Mapping[str, Any] | None) -> str:
    """What of it grows old without a new change number: the perpetuals' rates."""
    return "" if below is None else repr([(perpetual.face.slug, perpetual.symbol, perpetual.state) for perpetual in below["perpetuals"]])


def _links(key: PairKey, span: str, hours: str) -> dict[str, str]:
    """The same rows as CSV and from the API."""
    return {
        "deviation_csv": f"/compare/{key}/deviation.csv?range={span}", "deviation_api": f"/api/v1/history/{key}/deviation/?range={span}",
        "hours_csv": f"/compare/{key}/hours.csv?{hours}", "hours_api": f"/api/v1/history/{key}/hours/?{hours}",
    }


def moment(at: int) -> datetime:
    """Seconds since 1970 as an instant."""
    return datetime.fromtimestamp(at, UTC)


def hourly(span: str) -> str:
    """The window in which hours are compared: a day at least."""
    return span if span in reads.HOURLY else reads.HOURLY[0]


# --- Who runs cheap ---------------------------------------------------------------------------------------------
def _axis(past: Past) -> Axis:
    return Axis(past.found.starts[0], past.found.period_s, len(past.found.starts))


def _drawn(past: Past, faces: Faces) -> SafeString:
    traces = [Trace(faces[x.exchange].place, faces[x.exchange].monogram, faces[x.exchange].name, x.bps) for x in past.found.lines if x.exchange in faces]
    return mark_safe(deviation_chart(traces, _axis(past)))  # noqa: S308 - escapes what it is given


def standings(past: Past, faces: Faces) -> list[Standing]:
    """The exchanges, cheapest on average first; those without a past are left out."""
    known = sorted((line for line in past.found.lines if line.mean is not None and line.exchange in faces), key=lambda line: (line.mean, line.exchange))
    return [_standing(line, faces[line.exchange], past.found) for line in known]


def _standing(line: Line, face: ExchangeStatus, found: Deviation) -> Standing:
    mean, latest, there = line.mean or Decimal(0), line.latest or Decimal(0), sum(value is not None for value in line.bps)
    bars = availability(presence(line, found.medians, PIECES), f"{face.name} had a price in {there} of {found.judged} slots")
    return Standing(face, signed(mean, 2), signed(latest, 2), there, found.judged, mark_safe(bars))  # noqa: S308 - numbers and an escaped name


def running(past: Past, faces: Faces) -> str:
    """One sentence: who ran cheapest and who dearest on average."""
    found = standings(past, faces)
    if not found:
        return ""
    cheap, dear = found[0], found[-1]
    return f"On average {cheap.face.name} ran {cheap.mean} bps from the median, {dear.face.name} {dear.mean}."


def _thin(past: Past) -> str:
    """Why there is nothing to draw."""
    if past.found.judged:
        return ""
    if len(past.exchanges) < 2:
        return "Fewer than two exchanges list this pair: there is nobody to compare with."
    return "No prices of two exchanges are stored in this window yet. Minutes are kept for the busiest pairs only; a longer range may have some."


# --- Best by hour -----------------------------------------------------------------------------------------------
def _hours(hours: BestHours, faces: Faces) -> SafeString:
    return mark_safe(hours_strip(blocks(hours.found, faces), BEST[hours.found.side] + ", by hour of day in UTC"))  # noqa: S308 - escapes what it is given


def blocks(found: Hours, faces: Faces) -> list[Block | None]:
    """The 24 cells as they are drawn: where several were equally often best, the first by name and how many more."""
    return [_block([faces[name] for name in cell.leaders if name in faces], often(cell)) if cell else None for cell in found.cells]


def often(cell: Cell) -> str:
    """In how many of the hours: 5 of 7; "" where there was but one."""
    return f"{cell.hours} of {cell.of}" if cell.of > 1 else ""


def _block(leaders: Sequence[ExchangeStatus], often: str) -> Block | None:
    if not leaders:
        return None
    names = " and ".join(face.name for face in leaders)
    return Block(leaders[0].place, leaders[0].monogram + ("+" if len(leaders) > 1 else ""), names, often)


# --- The price --------------------------------------------------------------------------------------------------
def _price(c: Comparison, past: Past, faces: Faces) -> dict[str, Any]:
    """Candles of the exchange that trades most of it, in the slots of the chart above."""
    candle = reads.bars(past)
    if candle is None or candle.exchange not in faces:
        return {"price_chart": "", "price_of": None}
    shown = [Bar((row.at - past.found.starts[0]) // past.found.period_s, row.open, row.high, row.low, row.close) for row in candle.rows]
    title = f"{c.key.base}/{c.key.quote} on {faces[candle.exchange].name}"
    chart = candles(shown, _axis(past), shared_places(c), title)
    return {"price_chart": mark_safe(chart), "price_of": faces[candle.exchange]}  # noqa: S308 - escapes what it is given


# --- Beside it --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Way:
    """One route between two exchanges: gross and net in basis points, at the best prices."""

    buy: ExchangeStatus
    sell: ExchangeStatus
    path: str
    gross: str
    net: str
    pays: bool


def _routes(key: PairKey, faces: Faces, fees: Fees, now: datetime) -> dict[str, Any]:
    """The routes of the pair that leave most, how many pay, and what gross would be enough for the first."""
    found = [route for route in arbitrage.on_pair(key, fees, now) if {leg.exchange for leg in route.legs} <= faces.keys()]
    enough = signed(break_even(found[0].buy.fee, found[0].sell.fee) * BPS, 1).lstrip("+") if found else ""
    return {"routes": [_way(route, faces) for route in found[:ROUTES]], "paying": sum(route.net > 0 for route in found), "enough": enough}


def _way(route: Route, faces: Faces) -> Way:
    path = f"/arbitrage/{route.key}/?buy={route.buy.exchange}&sell={route.sell.exchange}"
    return Way(faces[route.buy.exchange], faces[route.sell.exchange], path, signed(route.gross * BPS, 1), signed(route.net * BPS, 1), route.net > 0)


@dataclass(frozen=True)
class Perpetual:
    """One perpetual's funding: the rate as it is paid, how often, over a year, when next, and how old all that is. `grey`: too old to count."""

    face: ExchangeStatus
    symbol: str
    rate: str
    interval: str
    year: str
    next_at: datetime | None
    age_s: float | None
    state: str

    @property
    def grey(self) -> bool:
        """Whether it is no rate of now."""
        return self.state in OLD


def _perpetuals(key: PairKey, faces: Faces, now: datetime) -> list[Perpetual]:
    """The perpetuals of the coin in the same money, with their funding."""
    found = [row for row in contracts.contracts() if (row.base, row.quote, row.kind) == (key.base, key.quote, "perp") and row.identity != "conflicted"]
    told = [(row, row.funding) for row in found if row.exchange in faces and row.funding]
    return [_perpetual(faces[row.exchange], row, now) for row, funding in told if funding.rate is not None and not funding.switch]


def _perpetual(face: ExchangeStatus, row: Contract, now: datetime) -> Perpetual:
    funding = row.funding or Funding()
    rate = None if funding.rate is None else funding.rate * 100
    interval = f"{funding.interval_hours:f}".rstrip("0").rstrip(".") if funding.interval_hours else ""
    age = age_s(funding.observed_at, now)
    state = freshness(age, funding.period_s, current_method())
    return Perpetual(face, row.symbol, percent(rate, places=4), interval, percent(funding.apr_pct), funding.next_funding_at, age, state)


def _other_pairs(key: PairKey, faces: Faces) -> list[tuple[PairKey, list[ExchangeStatus]]]:
    """Other quote currencies of the coin and who lists them, most listed first."""
    board = read.board()
    same = [k for k in board.pairs if k.base == key.base and k != key]
    listed = [(k, [face for slug, face in faces.items() if slug in board.pairs[k] and board.pairs[k][slug].status == "trading"]) for k in same]
    return sorted(((k, on) for k, on in listed if on), key=lambda row: (-len(row[1]), row[0]))[:OTHERS]


# --- CSV --------------------------------------------------------------------------------------------------------
def deviation_rows(past: Past) -> Iterable[tuple[str, ...]]:
    """One row for each slot and exchange that has a price in it, oldest first."""
    yield ("opened_at", "period_s", "exchange", "mid", "median", "bps")
    found = past.found
    for at, start in enumerate(found.starts):
        middle = found.medians[at]
        rows = ((line.exchange, line.mids[at], line.bps[at]) for line in found.lines if line.mids[at] is not None)
        for exchange, mid, bps in rows:
            yield (moment(start).isoformat(), str(found.period_s), exchange, exact(mid), exact(middle and FIGURE.plus(middle)), exact(bps and round(bps, 6)))


def hours_rows(hours: BestHours) -> Iterable[tuple[str, ...]]:
    """The shares of all judged hours, then each hour of the day."""
    yield ("side", "hour_of_day", "exchanges", "hours_best", "hours_judged", "pct")
    found = hours.found
    for share in found.shares:
        yield (found.side, "", share.exchange, str(share.hours), str(found.judged), exact(round(share.pct, 6)))
    for cell in filter(None, found.cells):
        yield (found.side, str(cell.hour), " ".join(cell.leaders), str(cell.hours), str(cell.of), exact(round(Decimal(100 * cell.hours) / cell.of, 6)))
