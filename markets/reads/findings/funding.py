"""Funding rates of a question: one coin's perpetuals as its page has them, or the furthest of all as the matrix has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from markets import read
from markets.analysis import funding as analysis
from markets.analysis.derivatives import to_come
from markets.analysis.funding import Cell as Shown
from markets.analysis.funding import Line
from markets.ask.answer import Used
from markets.ask.answers import Finding, spans
from markets.ask.answers.common import Coin
from markets.ask.answers.funding import LOWEST, Funding, Paid, Pair, Rate
from markets.ask.answers.fundings import SPREAD, Fundings, passes
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import funding as reads
from markets.reads import settled
from markets.reads.findings import common, missing
from markets.reads.findings.asked import Asked

SHOWN, MOST_SHOWN = 10, 25
MOST_PAYMENTS = 20_000
LEAST_PAST = timedelta(hours=12)  # a shorter time is an interval, or holds no payment
USUAL = "USDT"


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of each coin that is named; without any, of all."""
    if frame.assets or frame.unknown:
        return common.each_coin(frame, lambda coin: _of_coin(coin, frame, route, asked))
    return (_of_all(frame, route, asked),)


def lines(route: Route, asked: Asked, when: str = "current") -> list[Line]:
    """The matrix of the exchanges that may be read; none where there is none."""
    return reads.lines(asked.now, when=when, fees=asked.fees, exchanges=route.priced) if route.priced else []


# --- One coin -----------------------------------------------------------------------------------------------------
def _of_coin(coin: Coin, frame: Frame, route: Route, asked: Asked) -> Funding:
    own = sorted((line for line in lines(route, asked) if line.base == coin.key), key=lambda line: (-(line.open_interest_usd or 0), line.quote))
    line = chosen(own, USUAL if frame.quote == common.DOLLAR and frame.amount else frame.quote)  # money to hold in dollars is held in USDT
    untold = missing.among(route.priced, "funding", route, asked.now)
    if line is None:
        return Funding(coin=coin, missing=untold)
    rates = tuple(_rate(cell, coin.ticker, asked) for cell in line.cells.values())
    return Funding(
        coin=coin, quote=line.quote, rates=rates, pair=_pair(line, coin.ticker), paid=_paid(line, frame, asked),
        quotes=tuple(other.quote for other in own if other is not line), missing=tuple(left for left in untold if left.exchange not in line.cells),
    )  # fmt: skip


def chosen(own: Sequence[Line], quote: str | None) -> Line | None:
    """The currency that was asked for, else USDT where there is one, else that of the most open interest."""
    first = own[0] if own else None
    return next((line for wanted in (quote, USUAL) for line in own if line.quote == wanted), first)


def _rate(cell: Shown, base: str, asked: Asked) -> Rate:
    row, paid = cell.contract, cell.contract.funding
    return Rate(
        exchange=row.exchange, base=base, quote=row.quote, rate=cell.rate, hours=cell.hours, hourly=cell.hourly, foretold=paid.next_rate if paid else None,
        next_at=to_come(paid.next_funding_at, asked.now) if paid else None, open_interest_usd=cell.open_interest_usd, price=cell.price,
        observed_at=paid.observed_at if paid else None, age_s=cell.age_s, state=cell.state, reason=cell.reason,
    )  # fmt: skip


def _pair(line: Line, base: str) -> Pair | None:
    route = line.route
    if route is None:
        return None
    ages = [cell.age_s for cell in (route.long, route.short) if cell.age_s is not None]
    return Pair(
        base=base, quote=line.quote, long=route.long.contract.exchange, short=route.short.contract.exchange, diff_hourly=route.diff_hourly, fees=route.fees,
        open_interest_usd=route.open_interest_usd, price_gap_pct=route.price_gap_pct, age_s=max(ages, default=None),
    )  # fmt: skip


def _paid(line: Line, frame: Frame, asked: Asked) -> tuple[Paid, ...]:
    """What its perpetuals paid in the time that was asked for; with an amount that time lies ahead."""
    reach = spans.length(frame.time_range)
    if frame.time_range is None or frame.amount is not None or reach < LEAST_PAST:
        return ()
    since = asked.now - reach
    places = {(cell.contract.exchange, cell.contract.symbol) for cell in line.cells.values()}
    wanted = settled.Wanted(base=(line.base,), quote=(line.quote,), exchanges=tuple(line.cells), since=since, until=asked.now)
    found = {place: rows for place, rows in settled.by_place(wanted, MOST_PAYMENTS).items() if place in places}
    return tuple(paid for (exchange, _), rows in found.items() if (paid := _mean(exchange, rows)))


def _mean(exchange: str, rows: Iterable[settled.Settlement]) -> Paid | None:
    known = [(row.rate, row.interval_hours) for row in rows]
    mean, total = analysis.mean(known), analysis.total(rate for rate, _ in known)
    if mean is None or total is None:
        return None
    return Paid(exchange=exchange, hourly=mean.hourly, total=total, payments=mean.payments, hours=mean.hours)


# --- All coins ----------------------------------------------------------------------------------------------------
def _of_all(frame: Frame, route: Route, asked: Asked) -> Fundings:
    means = frame.time_range is not None
    wanted = [line for line in lines(route, asked, "mean" if means else "current") if frame.quote is None or line.quote == frame.quote]
    cells = [cell for line in wanted for cell in line.cells.values()]
    untold, shown = missing.among(route.priced, "funding", route, asked.now), min(frame.limit or SHOWN, MOST_SHOWN)
    sources, left_out = _sources(cells, route), dict(sorted(Counter(cell.reason for cell in cells if cell.reason).items()))
    if frame.topic in SPREAD:
        routes = sorted((line for line in wanted if line.route and _wide(line, frame)), key=_spread)
        pairs = tuple(pair for line in routes[:shown] if (pair := _pair(line, ticker(line.base))))
        return Fundings(pairs=pairs, count=len(routes), mean=means, sources=sources, missing=untold, uncounted=left_out)
    test = passes(frame)
    found = [cell for cell in cells if not cell.reason and cell.apr_pct is not None and test(cell.apr_pct)]
    found.sort(key=lambda cell: (cell.hourly, cell.open_interest_usd, cell.contract.exchange), reverse=frame.topic not in LOWEST)
    rates = tuple(_rate(cell, ticker(cell.contract.base), asked) for cell in found[:shown])
    return Fundings(rates=rates, count=len(found), mean=means, sources=sources, missing=untold, uncounted=left_out)


def _wide(line: Line, frame: Frame) -> bool:
    return line.spread_apr_pct is not None and passes(frame)(line.spread_apr_pct)


def _spread(line: Line) -> tuple[object, ...]:
    return -(line.spread_apr_pct or 0), line.base, line.quote


def ticker(base: str) -> str:
    """A coin as people write it."""
    coin = read.board().coins.get(base)
    return coin.ticker if coin else base


def _sources(cells: Iterable[Shown], route: Route) -> tuple[Used, ...]:
    """Of each exchange the oldest rate that counts."""
    oldest: dict[str, Shown] = {}
    for cell in cells:
        name = cell.contract.exchange
        if not cell.reason and (name not in oldest or (cell.age_s or 0) > (oldest[name].age_s or 0)):
            oldest[name] = cell
    return tuple(_used(slug, cell, route) for slug, cell in oldest.items())


def _used(slug: str, cell: Shown, route: Route) -> Used:
    paid = cell.contract.funding
    return Used(slug, route.named(slug), paid.observed_at if paid else None, cell.age_s, cell.state)
