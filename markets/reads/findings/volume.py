"""Volumes of a question: one coin's day as the page of volumes has it, the busiest of all, and what was traded in a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets import held, read
from markets.analysis import quality
from markets.analysis.activity import Activity
from markets.analysis.trending import MINIMUM_USD
from markets.ask.answer import Left, Used
from markets.ask.answers import Finding, spans
from markets.ask.answers.common import Coin
from markets.ask.answers.volume import SENTIMENT, SHARE, UNUSUAL, WHY, Busy, CoinVolume, Traded, Volumes, points
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.method import current_method
from markets.reads import history, rates, volume, volume_hours
from markets.reads.findings import common, missing
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN, ticker

SOURCE = "tickers"
DAYS = (None, "24h", "1d")  # what the exchanges' own volumes are of
HOUR_S, MOST_HOURS = 3600, 720
KEPT = 6  # volumes that do not count, of one coin
ZERO = Decimal(0)


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of each coin that is named; else of all."""
    if frame.assets or frame.unknown:
        return common.each_coin(frame, lambda coin: _of_coin(coin, frame, route, asked))
    return (_of_all(frame, route, asked),)


def _question(frame: Frame, route: Route) -> volume.Asked:
    """As the page would be asked: only some exchanges where not all that are on may be read."""
    on = {exchange.slug for exchange in held.current().exchanges.values() if exchange.enabled}
    return volume.Asked(common.currency(frame.quote) if frame.quote and frame.quote != common.DOLLAR else "", () if set(route.priced) >= on else route.priced)


# --- One coin -----------------------------------------------------------------------------------------------------
def _of_coin(coin: Coin, frame: Frame, route: Route, asked: Asked) -> CoinVolume:
    untold, question = missing.among(route.priced, SOURCE, route, asked.now), _question(frame, route)
    line = volume.of_coin(coin.key, question, asked.now) if route.priced else None
    if line is None:
        return CoinVolume(coin=coin, missing=untold)
    pair, past, past_h = _past(coin, frame, route, asked)
    gone = {left.exchange for left in untold} | set(line.activity.by_exchange)
    return CoinVolume(
        coin=coin, activity=_short(line.activity), imbalance=line.pressure.imbalance, funding_8h_pct=line.pressure.funding_8h_pct,
        open_interest_usd=line.pressure.open_interest_usd, pair=pair, past=past, past_h=past_h, quote=question.quote,
        used=_used(line.base, line.activity, route, asked.now),
        missing=(*untold, *(left for left in _uncounted(line.activity, route) if left.exchange not in gone)),
    )  # fmt: skip


def _short(activity: Activity) -> Activity:
    """Without the long tail of volumes that do not count."""
    return replace(activity, left_out=activity.left_out[:KEPT])


def _uncounted(activity: Activity, route: Route) -> list[Left]:
    """Exchanges none of whose volumes counts."""
    once = {v.exchange: v.reason for v in reversed(activity.left_out)}
    return [Left(slug, route.named(slug), reason, WHY.get(reason, reason.replace("_", " "))) for slug, reason in once.items()]


def _used(base: str, activity: Activity, route: Route, now: datetime) -> tuple[Used, ...]:
    """Of each exchange that counts its oldest quote of the coin."""
    method, board = current_method(), read.board()
    oldest: dict[str, tuple[float, datetime | None, str]] = {}
    for key, row in board.pairs.items():
        for slug, quote in row.items() if key.base == base else ():
            age = quality.age_s(quote, now)
            state = "" if age is None else quality.state(age, quote.period_s, method)
            if age is not None and slug in activity.by_exchange and state in ("fresh", "aging") and age > oldest.get(slug, (-1.0, None, ""))[0]:
                oldest[slug] = age, quote.observed_at, state
    return tuple(Used(slug, route.named(slug), at, age, state) for slug, (age, at, state) in oldest.items())


def _past(coin: Coin, frame: Frame, route: Route, asked: Asked) -> tuple[str, tuple[Traded, ...], Decimal | None]:
    """What its busiest pair traded in the time asked for, by the exchanges' hourly candles, and how many hours those go back."""
    key, _ = common.pair(coin, frame.quote, route.priced)
    if frame.time_range in DAYS or key is None:
        return "", (), None
    reach = spans.length(frame.time_range)
    rate = {name: rate.mid for name, rate in rates.rates(asked.now).items()}.get(key.quote)
    hours = min(MOST_HOURS, max(1, int(reach / timedelta(hours=1))))
    since, only = asked.now - reach, history.EXCHANGE
    found = history.series(key.base, key.quote, asked.now, period_s=HOUR_S, exchanges=route.priced, source=only, start=since, limit=hours)
    sums: dict[str, Decimal] = {}
    for bar in found.rows:
        if bar.quote_volume is not None and rate is not None:
            sums[bar.exchange] = EXACT.add(sums.get(bar.exchange, ZERO), EXACT.multiply(bar.quote_volume, rate))
    return f"{coin.ticker}/{key.quote}", _traded(sums), _back((bar.opened_at for bar in found.rows), asked.now)


def _back(times: Iterable[datetime], now: datetime) -> Decimal | None:
    """Whole hours from the first of some times until now."""
    first = min(times, default=None)
    return None if first is None else Decimal(-((first - now) // timedelta(hours=1)))


def _traded(sums: Mapping[str, Decimal]) -> tuple[Traded, ...]:
    return tuple(Traded(slug, usd) for slug, usd in sorted(sums.items(), key=lambda item: (-item[1], item[0])))


# --- All coins ----------------------------------------------------------------------------------------------------
ORDER: Mapping[str, Callable[[volume.Line], float | Decimal | None]] = {
    UNUSUAL: lambda line: line.activity.relative, SENTIMENT: lambda line: line.activity.sentiment.score,
}  # fmt: skip


def _of_all(frame: Frame, route: Route, asked: Asked) -> Volumes:
    untold = missing.among(route.priced, SOURCE, route, asked.now)
    if not route.priced:
        return Volumes(missing=untold)
    question = _question(frame, route)
    found = volume.view(question, asked.now)
    rows = _ordered(found.lines, frame)
    past = _past_of_all(question, frame, asked)
    shown = () if frame.topic == SHARE else tuple(_busy(line) for line in rows[: min(frame.limit or SHOWN, MOST_SHOWN)])
    return Volumes(
        whole=_short(found.whole), coins=shown, count=len(rows), past=_traded(past[0]), markets=past[1], past_h=past[2], quote=question.quote, missing=untold,
        used=_newest(found.whole, route, asked),
    )  # fmt: skip


def _ordered(lines: Iterable[volume.Line], frame: Frame) -> list[volume.Line]:
    """By what was asked for, only those that are traded enough to be told apart from noise where it is no volume; else as they come."""
    value = ORDER.get(frame.topic)
    if value is None:
        return [line for line in lines if line.activity.usd is not None]
    known = [line for line in lines if value(line) is not None and (line.activity.usd or ZERO) >= MINIMUM_USD]
    below = frame.threshold is not None and frame.threshold.op == "<"
    limit = None if frame.threshold is None else Decimal(frame.threshold.value)
    kept = [line for line in known if limit is None or (Decimal(str(value(line))) < limit if below else Decimal(str(value(line))) > limit)]
    return sorted(kept, key=lambda line: (Decimal(str(value(line))), -(line.activity.usd or ZERO) if below else line.activity.usd or ZERO), reverse=not below)


def _busy(line: volume.Line) -> Busy:
    a = line.activity
    score = points(a.sentiment.score)
    return Busy(base=ticker(line.base), usd=a.usd, relative=a.relative, change=a.change, score=score, label=a.sentiment.label)


def _newest(whole: Activity, route: Route, asked: Asked) -> tuple[Used, ...]:
    """The exchanges whose volumes count, with the age of their newest quotes."""
    return tuple(
        Used(row.slug, row.name, None if row.age_s is None else asked.now - timedelta(seconds=row.age_s), row.age_s, row.freshness)
        for row in read.exchanges(asked.now) if row.slug in whole.by_exchange and row.slug in route.priced
    )  # fmt: skip


def _past_of_all(question: volume.Asked, frame: Frame, asked: Asked) -> tuple[dict[str, Decimal], int, Decimal | None]:
    """What all markets whose candles are read traded in the time asked for, how many they are, and how many hours of it are known: a month at most."""
    if frame.time_range in DAYS:
        return {}, 0, None
    reach = spans.length(frame.time_range)
    window = next((name for name, hours in volume_hours.WINDOWS.items() if reach <= timedelta(hours=hours)), "30d")
    found = volume_hours.past(question, window, asked.now)
    sums: dict[str, Decimal] = {}
    within = [(at, column) for at, column in found.traded if at >= asked.now - reach]
    for _, column in within:
        for slug, usd in column.items():
            sums[slug] = EXACT.add(sums.get(slug, ZERO), usd)
    return sums, found.markets, _back((at for at, _ in within), asked.now)
