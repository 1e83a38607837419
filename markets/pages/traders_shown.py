"""What the copy-trading page shows: the answer, how each source stands, one line per trader, and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from markets.analysis import copying
from markets.analysis.derivatives import age_s
from markets.analysis.display import DASH, amount, direction, exact, percent, signed
from markets.pages.charts import SPARK_HEIGHT, SPARK_WIDTH
from markets.pages.compare_shown import Faces
from markets.pages.overview_shown import Column, cell
from markets.pages.query import Asked
from markets.reads import traders
from markets.reads.traders import Followed, Standing, Trader
from markets.shapes import ExchangeStatus

COLUMNS = (  # (sort key, heading, class, explanation)
    ("name", "Trader", "text", ""),
    ("roi_pct", "Result", "num", "As the exchange tells it; it does not say over which time"),
    ("", "In {period} d", "num", "Percentage points, by what Pebble noted each day"),
    ("profit", "In money", "num", "USDT, and what was added in the period"),
    ("max_drawdown_pct", "Largest fall", "num", ""),
    ("win_rate_pct", "Win rate", "num", ""),
    ("trades", "Trades", "num", ""),
    ("days", "Days", "num", "For how many days the trader has traded"),
    ("followers", "Followers", "num", "Now, of how many at most"),
    ("managed", "Under copy", "num", "USDT of those who copy"),
    ("", "Trades now", "text", ""),
    ("", "Curve", "num", "The result as told each day of the period"),
    ("", "As of", "num", ""),
)
MARKS = {"young": "Young record", "few": "Few trades"}
SYMBOLS = 1  # named; the rest are counted
CSV_HEAD = (
    "exchange", "trader_id", "name", "roi_pct", "roi_change_points", "profit", "profit_change", "max_drawdown_pct", "win_rate_pct", "trades", "wins", "losses",
    "days", "followers", "max_followers", "managed", "follower_profit", "open_to_copy", "symbols", "marks", "last_trade_at", "seen_at", "state",
)


@dataclass(frozen=True)
class Shown:
    """One trader in words and figures."""

    id: str
    face: ExchangeStatus
    name: str
    grey: bool
    roi: str
    roi_class: str
    points: str
    points_class: str
    profit: str
    added: str
    fall: str
    win_rate: str
    trades: str
    few: bool
    days: str
    young: bool
    followers: str
    managed: str
    symbols: str
    every_symbol: str
    curve: SafeString
    age: float | None
    state: str


def shown(row: Trader, became: Followed, faces: Faces, period: int, now: datetime) -> Shown:
    """One line."""
    state, marks = traders.state(row, now), copying.marks(row.days, row.trades)
    return Shown(
        id=f"t-{row.exchange}-{row.trader_id}", face=faces[row.exchange], name=row.name or row.trader_id, grey=state in ("stale", "expired"),
        roi=percent(row.roi_pct), roi_class=direction(row.roi_pct), points=_points(became.change.points), points_class=direction(became.change.points),
        profit=amount(row.profit), added=_added(became.change.profit),
        fall=percent(row.max_drawdown_pct, sign=False), win_rate=percent(row.win_rate_pct, places=1, sign=False), trades=_count(row.trades), few="few" in marks,
        days=_count(row.days), young="young" in marks, followers=_followers(row), managed=amount(row.managed),
        symbols=_symbols(row.symbols), every_symbol=", ".join(row.symbols),
        curve=mark_safe(curve({day: note.roi_pct for day, note in became.notes.items()}, now.date(), period)),  # noqa: S308 - numbers only
        age=age_s(row.seen_at, now), state=state,
    )


def _points(value: Decimal | None) -> str:
    return DASH if value is None else f"{signed(value, 2)} pts"


def _added(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{'+' if value > 0 else ''}{amount(value)}"


def _count(value: int | None) -> str:
    return DASH if value is None else f"{value:,}"


def _followers(row: Trader) -> str:
    return _count(row.followers) + (f" of {row.max_followers:,}" if row.max_followers is not None else "")


def _symbols(symbols: Sequence[str]) -> str:
    """What the trader holds now, as far as there is room; nothing named is nothing told, not nothing traded."""
    more = len(symbols) - SYMBOLS
    return ", ".join(symbols[:SYMBOLS]) + (f" +{more}" if more > 0 else "") or DASH


def curve(notes: Mapping[date, Decimal | None], today: date, period: int) -> str:
    """The result of each day as a line that stops where a day is missing. Fewer than three are no line yet."""
    days = [today - timedelta(days=back) for back in range(period + 1)]
    stretches = copying.runs(notes, days)
    values = [value for stretch in stretches for _, value in stretch]
    if len(values) < 3:
        return ""
    low, span, step = min(values), (max(values) - min(values)) or Decimal(1), (SPARK_WIDTH - 4) / period
    lines = "".join(
        f'<polyline points="{" ".join(f"{2 + place * step:.1f},{SPARK_HEIGHT - 3 - float((v - low) / span) * (SPARK_HEIGHT - 6):.1f}" for place, v in line)}"/>'
        for line in stretches
    )
    change = values[-1] - values[0]
    return (
        f'<svg class="spark {direction(change)}" role="img" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" '
        f'aria-label="{len(values)} days: {signed(change, 2)} points">{lines}</svg>'
    )


# --- Around the table -------------------------------------------------------------------------------------------
def sentence(rows: Sequence[Trader], became: Mapping[tuple[str, str], Followed], period: int, whole: Standing, narrowed: bool) -> str:
    """The answer: a count and a middle, never a recommendation."""
    if whole.state != "ok":
        return {
            "starting": "Nothing has been collected yet.", "refused": "The exchange does not let this key read copy trading.",
            "blocked": "The exchange does not answer.", "off": "Copy-trading statistics are not available.",
            "not_offered": "No exchange here publishes copy-trading statistics.",
        }[whole.state]  # fmt: skip
    if not rows:
        return "No trader matches." if narrowed else "The exchange's list of traders is empty."
    count = f"{len(rows):,} trader{'s' if len(rows) != 1 else ''}"
    told = copying.middle(row.roi_pct for row in rows)
    result = f"half of them have a result above {percent(told)} as the exchange tells it" if told is not None else "the exchange tells no result of theirs"
    points = copying.middle(became[row.exchange, row.trader_id].change.points for row in rows)
    if points is None:
        return f"{count}; {result}. What became of that in {period} days is not known yet."
    return f"{count}; {result}. In the last {period} days that middle trader's figure changed by {signed(points, 2)} points."


def sources(found: Sequence[Standing], faces: Faces) -> list[tuple[ExchangeStatus, Standing, str]]:
    """(exchange, how it stands, how its figures come) of all that publish."""
    how = "asked once an hour with a read-only key, its ranking's first two hundred at most"
    return [(faces[s.exchange], s, how if s.state == "ok" else s.reason) for s in found if s.exchange in faces]


def columns(asked: Asked) -> list[Column]:
    """The headings with links that sort by them."""
    sort, made = asked.values["sort"], []
    for key, title, css, explains in COLUMNS:
        first, second = (key, f"-{key}") if key in ("name", "max_drawdown_pct") else (f"-{key}", key)
        link = asked.link(sort=second if sort == first else first, offset=0) if key else ""
        state = {key: "ascending", f"-{key}": "descending"}.get(sort, "") if key else ""
        made.append(Column(title.format(period=asked.values["period"]), css, link, state, explains))
    return made


def csv_rows(rows: Iterable[Trader], became: Mapping[tuple[str, str], Followed], now: datetime) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first."""
    yield CSV_HEAD
    for row in rows:
        change = became[row.exchange, row.trader_id].change
        yield (
            row.exchange, cell(row.trader_id), cell(row.name),
            *map(exact, (row.roi_pct, change.points, row.profit, change.profit, row.max_drawdown_pct, row.win_rate_pct)),
            *("" if n is None else str(n) for n in (row.trades, row.wins, row.losses, row.days, row.followers, row.max_followers)),
            exact(row.managed), exact(row.follower_profit), {True: "yes", False: "no", None: ""}[row.open_to_copy], cell(" ".join(row.symbols)),
            " ".join(copying.marks(row.days, row.trades)), row.last_trade_at.isoformat() if row.last_trade_at else "", row.seen_at.isoformat(),
            traders.state(row, now),
        )
