"""The funding rates of all coins that lie furthest out, and the pairs of rates furthest apart. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis.display import exact
from markets.analysis.funding import per_year
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.funding import COLUMNS, LOWEST, REASONS, Pair, Rate, apr, break_even, figures, pair_lines, rate, who
from markets.ask.frame import Frame
from markets.ask.router import Route

SPREAD = ("spread", "carry")  # topics that ask for two rates of one coin
MEANS = "Of all coins together means are known for seven days: ask for one coin to have another time."


class Fundings(Struct, frozen=True, tag="fundings", kw_only=True):
    """The rates (or the pairs) of all coins that lie furthest out, `count` of which match; `uncounted` are left out, by reason."""

    rates: tuple[Rate, ...] = ()
    pairs: tuple[Pair, ...] = ()
    count: int = 0
    mean: bool = False
    uncounted: dict[str, int] = {}
    sources: tuple[Used, ...] = ()
    missing: tuple[Left, ...] = ()


def of_all(frame: Frame, route: Route, found: Fundings, now: datetime) -> Answer:
    """The highest or the lowest, or the widest pairs."""
    said, left = Said(), (*common.told(route), *found.missing)
    spread = frame.topic in SPREAD
    lead = None if spread or not found.rates else found.rates[0]
    notes = [MEANS] if found.mean and frame.time_range not in ("7d", "1w") else []
    by_text = Counter[str]()
    for reason, count in found.uncounted.items():
        by_text[REASONS.get(reason, reason.replace("_", " "))] += count
    told = [f"{said.count(f'left out, {text}', count)} {text}" for text, count in by_text.items()]
    return Answer(
        kind="answer" if found.rates or found.pairs else "nothing", title=_all_title(frame, spread),
        sentence=_widest(said, found, route) if spread else _furthest(said, frame, found, route), lines=tuple(common.reasons(left)),
        table=_pairs_table(said, found, route) if spread else _rates_table(said, found, route, now), sources=found.sources, excluded=left,
        notes=(*notes, *((f"Not ranked: {', '.join(told)}.",) if told else ())), value=apr(lead), unit="% a year" if lead else "", as_of=now,
        max_age_s=common.oldest(found.sources), page=_page(frame, route, found),
        api=_all_api(frame, route, spread), figures=said.figures,
    )  # fmt: skip


def _all_title(frame: Frame, spread: bool) -> str:
    return "Funding - widest pairs" if spread else "Funding - lowest rates" if frame.topic in LOWEST else "Funding - highest rates"


def _page(frame: Frame, route: Route, found: Fundings) -> str:
    when = "mean" if found.mean else None
    return common.address("/funding/", scale="year", when=when, exchange=common.only(frame, route), quote=frame.quote or "ALL")


def _all_api(frame: Frame, route: Route, spread: bool) -> str:
    exchanges = common.only(frame, route)
    if spread:
        return common.address("/api/v1/funding/routes/", exchange=exchanges, quote=frame.quote)
    return common.address("/api/v1/funding/", ordering="apr_pct" if frame.topic in LOWEST else "-apr_pct", exchange=exchanges, quote=frame.quote)


def asked(said: Said, frame: Frame) -> str:
    """The threshold in words: above 20 % a year; "" without one."""
    limit = frame.threshold
    if limit is None:
        return ""
    unit = {"bps": "bps per eight hours", "pct": "% per eight hours"}.get(limit.unit, "% a year")
    return f"{'above' if limit.op == '>' else 'below'} {said.coins('threshold', Decimal(limit.value), unit)} {unit}"


def apr_limit(frame: Frame) -> Decimal | None:
    """The threshold as percent a year."""
    limit = frame.threshold
    if limit is None:
        return None
    factors: Mapping[str, Decimal] = {"bps": Decimal("10.95"), "pct": Decimal(1095)}  # of a rate per eight hours
    return Decimal(limit.value) * factors.get(limit.unit, Decimal(1))


def passes(frame: Frame) -> Callable[[Decimal], bool]:
    """Whether a rate in percent a year is asked for: by the threshold, and by its sign."""
    limit, sign = apr_limit(frame), frame.topic
    above = frame.threshold is not None and frame.threshold.op == ">"

    def test(apr: Decimal) -> bool:
        within = limit is None or (apr > limit if above else apr < limit)
        return within and (sign != "negative" or apr < 0) and (sign != "positive" or apr > 0)

    return test


def _furthest(said: Said, frame: Frame, found: Fundings, route: Route) -> str:
    limit = asked(said, frame) or {"negative": "below zero", "positive": "above zero"}.get(frame.topic, "")
    kind = ", as a mean of seven days" if found.mean else ""
    if not found.rates:
        return f"No funding rate that counts is {limit}." if limit else "No funding rate that counts is stored right now."
    first, end = found.rates[0], "lowest" if frame.topic in LOWEST else "highest"
    count = f"{said.count('matching', found.count)} funding rates are {limit}; the {end} is" if limit else f"The {end} funding rate is"
    if limit and found.count == 1:
        count = f"One funding rate is {limit}:"
    return f"{count} that of {first.base}/{first.quote} on {route.named(first.exchange)}{kind}: {rate(said, first, route)}; {who(first)}."


ALL = (Column("coin", "Perpetual"), *(replace(column, phone=column.name in ("exchange", "rate_pct", "apr_pct")) for column in COLUMNS))


def _rates_table(said: Said, found: Fundings, route: Route, now: datetime) -> Table | None:
    rows = [(Cell(f"{one.base}/{one.quote}"), Cell(route.named(one.exchange)), *figures(said, one, route.named(one.exchange), now)) for one in found.rates]
    return Table(ALL, tuple(rows), found.count - len(rows)) if rows else None


PAIRS = (
    Column("coin", "Perpetual"), Column("long", "Long on"), Column("short", "Short on"), Column("spread_apr_pct", "Spread a year", number=True),
    Column("break_even_h", "Fees even after", number=True, phone=False), Column("open_interest_usd", "Thinner leg, USD", number=True, phone=False),
)  # fmt: skip


def _widest(said: Said, found: Fundings, route: Route) -> str:
    if not found.pairs:
        return "No two rates of one coin can be compared right now: what is stored is old, thin, or of coins that are not known to be the same."
    first = found.pairs[0]
    line, = pair_lines(said, first, route)
    return f"Widest on {first.base}: {line[0].lower()}{line[1:]}"


def _pairs_table(said: Said, found: Fundings, route: Route) -> Table | None:
    return Table(PAIRS, tuple(_pair_row(said, pair, route) for pair in found.pairs), found.count - len(found.pairs)) if found.pairs else None


def _pair_row(said: Said, pair: Pair, route: Route) -> tuple[Cell, ...]:
    hours, spread = break_even(pair), per_year(pair.diff_hourly)
    name = f"{pair.base}/{pair.quote}"
    return (
        Cell(name), Cell(route.named(pair.long)), Cell(route.named(pair.short)), Cell(said.percent(f"{name} spread a year", spread), exact(spread)),
        Cell(said.hours(f"{name} break even", hours), exact(hours)),
        Cell(said.amount(f"{name} thinner leg", pair.open_interest_usd, "USD"), exact(pair.open_interest_usd)),
    )  # fmt: skip
