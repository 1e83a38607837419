"""How much of a coin is traded, where, whether that is much, and which way it points: a measure of activity, not advice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.activity import Activity
from markets.analysis.derivatives import HUNDRED
from markets.analysis.display import DASH, exact, signed
from markets.analysis.sentiment import PARTS, Sentiment
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common, lists, spans
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.ask.router import Route

SENTIMENT, UNUSUAL, SHARE = "sentiment", "unusual", "share"  # topics
YOUNG = "Whether that is much is not known yet: there is not enough history."
NOT_ADVICE = "Volume sentiment is a measure of activity, not advice."
DAY = "Volumes are of the last day, as the exchanges report them, in USD."
CANDLES = "What was traded in that time is by the exchanges' hourly candles, in USD at today's rates."
WHY = {
    "no_rate": "no rate into USD is known", "no_volume": "tells no volume", "unit_mismatch": "money over coins is no price it traded at",
    "volume_suspicious": "no book stands behind its volume", "not_trading": "not trading", "stale": "its newest quote is stale",
    "expired": "its newest quote is too old", "conflicted": "another coin of that name", "no_bid_ask": "no bid or no ask",
}  # fmt: skip


class Traded(Struct, frozen=True):
    """What one exchange traded in a time, in USD, by its hourly candles."""

    exchange: str
    usd: Decimal


class CoinVolume(Struct, frozen=True, tag="coin_volume", kw_only=True):
    """One coin's day on the exchanges asked for. `past` is what the pair `pair` traded in the time asked for, of which
    `past_h` hours are known. `quote`: only pairs in this currency count ("": all).
    """

    coin: Coin
    activity: Activity | None = None
    imbalance: Decimal | None = None
    funding_8h_pct: Decimal | None = None
    open_interest_usd: Decimal | None = None
    pair: str = ""
    past: tuple[Traded, ...] = ()
    past_h: Decimal | None = None
    quote: str = ""
    used: tuple[Used, ...] = ()
    missing: tuple[Left, ...] = ()


def compose(frame: Frame, route: Route, found: CoinVolume, now: datetime) -> Answer:
    """One coin's volume."""
    said, a = Said(), found.activity
    left = (*common.told(route), *found.missing)
    moody = frame.topic == SENTIMENT
    score = points(a.sentiment.score) if a else None
    table = _past_table(said, found, route) if found.past else _shares(said, a, route)
    return Answer(
        kind="nothing" if a is None or a.usd is None else "answer", title=f"{found.coin.label} - {'volume sentiment' if moody else 'volume'}",
        sentence=_sentence(said, frame, found, route), lines=(*_lines(said, frame, found), *common.reasons(left)), table=table,
        notes=_notes(frame, found, a), sources=found.used, excluded=left, value=score if moody else _whole(found.past) if found.past else a.usd if a else None,
        unit="" if moody else "USD", as_of=now, max_age_s=common.oldest(found.used),
        page=common.address("/volume/", search=found.coin.ticker, exchange=common.only(frame, route), quote=frame.quote),
        api=common.address("/api/v1/volume/", base=found.coin.key, exchange=common.only(frame, route), quote=frame.quote), figures=said.figures,
    )  # fmt: skip


# --- Sentences ----------------------------------------------------------------------------------------------------
def _sentence(said: Said, frame: Frame, found: CoinVolume, route: Route) -> str:
    a, label = found.activity, found.coin.label
    if a is None or a.usd is None:
        return f"No volume of {label} that counts is known right now."
    if frame.topic == SENTIMENT:
        return f"Volume sentiment of {label} is {score(said, label, a.sentiment)}; {traded(said, label, a, route)}."
    if found.past:
        whole = said.amount("traded in that time", _whole(found.past), "USD")
        over = spans.reached(said, frame.time_range, found.past_h)
        return f"{whole} USD of {found.pair} were traded over {over}, most on {route.named(found.past[0].exchange)}."
    only = f" in {found.quote}" if found.quote else ""
    return f"{label}{only}: {traded(said, label, a, route)}{normal(said, label, a)}."


def points(value: float | None) -> Decimal | None:
    """A score as exactly as it is told anywhere: to six decimals, as many as it has."""
    return None if value is None else Decimal(f"{value:.6f}".rstrip("0").rstrip("."))


def score(said: Said, label: str, s: Sentiment) -> str:
    """62.4, bullish."""
    if s.score is None:
        return "not known: none of its parts is"
    return f"{said.price(f'volume sentiment of {label}', points(s.score), places=1)}, {s.label}"


def traded(said: Said, label: str, a: Activity, route: Route) -> str:
    """12.3B USD traded in a day on 5 exchanges, most on Binance (45 %)."""
    first = max(a.shares, key=lambda slug: (a.shares[slug], slug), default="")
    if len(a.shares) < 2:
        return f"{_usd(said, label, a)} traded in a day on {route.named(first)}" if first else f"{_usd(said, label, a)} traded in a day"
    share = said.percent(f"{label}, share of {route.named(first)}", a.shares[first] * HUNDRED, places=0)
    return f"{_usd(said, label, a)} traded in a day on {said.count(f'{label}, exchanges', len(a.shares))} exchanges, most on {route.named(first)} ({share})"


def _usd(said: Said, label: str, a: Activity) -> str:
    return f"{said.amount(f'{label}, volume', a.usd, 'USD')} USD"


def normal(said: Said, label: str, a: Activity) -> str:
    """; that is 1.8 times its norm at this hour. Nothing where that is not known."""
    if a.relative is None:
        return ""
    return f"; that is {said.price(f'{label}, against its norm', a.relative, places=2)} times its norm at this hour"


def _lines(said: Said, frame: Frame, found: CoinVolume) -> list[str]:
    a = found.activity
    if a is None or a.usd is None:
        return []
    lines = [] if a.relative is not None else [YOUNG]
    lines += [_way(said, found.coin.label, a)] if a.told else []
    if frame.topic != SENTIMENT and a.sentiment.score is not None:
        lines.append(f"Volume sentiment {score(said, found.coin.label, a.sentiment)}.")
    lines += [_made_of(said, a.sentiment)] if frame.topic == SENTIMENT and a.sentiment.score is not None else []
    return lines + _beside(said, found)


def _way(said: Said, label: str, a: Activity) -> str:
    change = "" if a.change is None else f", {said.percent(f'{label}, change', a.change * HUNDRED, sign=True)} over all"
    way = {1: "rose", -1: "fell"}.get(a.way)
    where = f"{said.count(f'{label}, agree', a.agree)} of {said.count(f'{label}, told', a.told)} exchanges"
    return f"Its price {way} on {where} in a day{change}." if way else f"Its price points no one way over {where}{change}."


def _made_of(said: Said, s: Sentiment) -> str:
    """50, price +11.9, volume +13.7, breadth +10.0: what is not known is named."""
    parts = [f"{name} {_points(said, name, value)}" for name in PARTS if (value := getattr(s, name)) is not None]
    without = f"; not in it, for it is not known: {lists.joined(s.left_out)}" if s.left_out else ""
    return f"Made of {said.count('middle', 50)} and {', '.join(parts)}{without}."


def _points(said: Said, name: str, value: float) -> str:
    points = Decimal(f"{value:.1f}")
    return said.text(f"{name} part", signed(points, 1))


def _beside(said: Said, found: CoinVolume) -> list[str]:
    lean = None if found.imbalance is None else said.percent("imbalance of books", found.imbalance * HUNDRED, sign=True, places=1)
    books = [f"books lean {lean} to the bids"] if lean else []
    paid = [f"funding {said.percent('funding per 8 h', found.funding_8h_pct, sign=True, places=4)} per eight hours"] if found.funding_8h_pct is not None else []
    open_ = [f"{said.amount('open interest', found.open_interest_usd, 'USD')} USD open in perpetuals"] if found.open_interest_usd is not None else []
    return [f"Beside it: {', '.join((*books, *paid, *open_))}."] if books or paid or open_ else []


def _notes(frame: Frame, found: CoinVolume, a: Activity | None) -> tuple[str, ...]:
    notes = [found.coin.note] if found.coin.note else []
    notes += only(found.quote) if a else []
    notes += [CANDLES if found.past else DAY] if a else []
    notes += [NOT_ADVICE] if a and a.sentiment.score is not None else []
    if frame.time_range not in (None, "24h", "1d") and not found.past and a:
        notes.append("What was traded in that time is not stored: these are volumes of the last day.")
    return tuple(notes)


def _whole(past: Sequence[Traded]) -> Decimal:
    return sum((each.usd for each in past), Decimal(0))


def only(quote: str) -> list[str]:
    """That other pairs are not in it; nothing where all are."""
    return [f"Only what was traded in {quote} is counted, in dollars: without a currency all pairs are."] if quote else []


# --- Evidence -----------------------------------------------------------------------------------------------------
SHARES = (Column("exchange", "Exchange"), Column("volume_usd", "Volume, USD", number=True), Column("share_pct", "Share", number=True))


def _shares(said: Said, a: Activity | None, route: Route) -> Table | None:
    return by_exchange(said, a.by_exchange, route) if a and a.by_exchange else None


def _past_table(said: Said, found: CoinVolume, route: Route) -> Table:
    return by_exchange(said, {each.exchange: each.usd for each in found.past}, route)


def by_exchange(said: Said, volumes: Mapping[str, Decimal], route: Route) -> Table:
    """A row for each exchange, the most first, with its share."""
    whole = sum(volumes.values(), Decimal(0))
    rows = sorted(volumes.items(), key=lambda item: (-item[1], item[0]))
    return Table(SHARES, tuple(_share(said, route.named(slug), usd, whole) for slug, usd in rows))


def _share(said: Said, name: str, usd: Decimal, whole: Decimal) -> tuple[Cell, ...]:
    share = usd * HUNDRED / whole if whole else None
    return Cell(name), Cell(said.amount(f"volume on {name}", usd, "USD"), exact(usd)), Cell(said.percent(f"share of {name}", share, places=1), exact(share))


# --- All coins ----------------------------------------------------------------------------------------------------
class Busy(Struct, frozen=True, kw_only=True):
    """One coin of many: its day in USD, against its norm, the change of its price (a ratio), and its sentiment."""

    base: str
    usd: Decimal | None
    relative: Decimal | None = None
    change: Decimal | None = None
    score: Decimal | None = None
    label: str = ""


class Volumes(Struct, frozen=True, tag="volumes", kw_only=True):
    """All coins together, and those furthest ahead by what was asked for. `past` is what all of them traded in the time asked for, of which
    `past_h` hours are known. `quote`: only pairs in this currency count ("": all).
    """

    whole: Activity | None = None
    coins: tuple[Busy, ...] = ()
    count: int = 0
    past: tuple[Traded, ...] = ()
    markets: int = 0
    past_h: Decimal | None = None
    quote: str = ""
    used: tuple[Used, ...] = ()
    missing: tuple[Left, ...] = ()


COINS = (
    Column("coin", "Coin"), Column("volume_usd", "Volume, USD", number=True), Column("relative", "Times its norm", number=True),
    Column("change_pct", "A day", number=True), Column("sentiment", "Sentiment", number=True, phone=False), Column("label", "In words", phone=False),
)  # fmt: skip


def of_all(frame: Frame, route: Route, found: Volumes, now: datetime) -> Answer:
    """The whole, or the coins furthest ahead."""
    said, left, shared = Said(), (*common.told(route), *found.missing), frame.topic == SHARE or bool(found.past)
    known = found.whole is not None and found.whole.usd is not None
    sort = {SENTIMENT: "sentiment", UNUSUAL: "-relative"}.get(frame.topic, "-volume")
    sort = f"-{sort}" if frame.topic == SENTIMENT and not _from_below(frame) else sort
    return Answer(
        kind="answer" if known else "nothing", title=_title(frame), sentence=_all(said, frame, found, route),
        lines=(*_furthest(said, frame, found), *common.reasons(left)), table=_all_table(said, found, route, shared=shared),
        notes=(*only(found.quote), CANDLES if found.past else DAY, NOT_ADVICE), sources=found.used, excluded=left,
        value=_lead(frame, found), unit="USD" if known and frame.topic != UNUSUAL else "",
        as_of=now, max_age_s=common.oldest(found.used),
        page=common.address("/volume/", sort=sort, exchange=common.only(frame, route), quote=frame.quote),
        api=common.address("/api/v1/volume/", ordering=sort, exchange=common.only(frame, route), quote=frame.quote), figures=said.figures,
    )  # fmt: skip


def _from_below(frame: Frame) -> bool:
    return frame.threshold is not None and frame.threshold.op == "<"


def _title(frame: Frame) -> str:
    return {SENTIMENT: "Volume sentiment", UNUSUAL: "Unusual volume", SHARE: "Share of volume by exchange"}.get(frame.topic, "Volume")


def _all(said: Said, frame: Frame, found: Volumes, route: Route) -> str:
    whole = found.whole
    if whole is None or whole.usd is None:
        return "No volume that counts is known right now."
    if found.past:
        total = said.amount("traded in that time", _whole(found.past), "USD")
        where = f"on the {said.count('markets', found.markets)} spot markets whose candles are read, most on {route.named(found.past[0].exchange)}"
        over = spans.reached(said, frame.time_range, found.past_h)
        return f"{total} USD were traded over {over} {where}."
    together = f"{traded(said, 'all', whole, route)}{normal(said, 'all', whole)}"
    if frame.topic == SENTIMENT:
        return f"Volume sentiment of all coins together is {score(said, 'all', whole.sentiment)}; {together}."
    return f"{_first(said, frame, found)}All coins together: {together}."


def _first(said: Said, frame: Frame, found: Volumes) -> str:
    """The coin that leads by what was asked for, as a sentence before that of all."""
    if not found.coins:
        return "No coin has enough history to say whether its volume is unusual. " if frame.topic == UNUSUAL else ""
    first = found.coins[0]
    if frame.topic == UNUSUAL:
        return f"Most unusual is {first.base}, at {said.price(f'{first.base}, against its norm', first.relative, places=2)} times its norm at this hour. "
    return f"Most traded is {first.base}, {said.amount(f'{first.base}, volume', first.usd, 'USD')} USD in a day. "


def _lead(frame: Frame, found: Volumes) -> Decimal | None:
    """How many times its norm the most unusual coin trades, where that is asked for; else what is traded in all."""
    if frame.topic == UNUSUAL:
        return found.coins[0].relative if found.coins else None
    return _whole(found.past) if found.past else found.whole.usd if found.whole else None


def _furthest(said: Said, frame: Frame, found: Volumes) -> list[str]:
    """That there is no norm yet; and the coin whose sentiment lies furthest out."""
    lines = [YOUNG] if found.whole and found.whole.usd is not None and found.whole.relative is None and frame.topic != UNUSUAL else []
    if frame.topic == SENTIMENT and found.coins:
        first, which = found.coins[0], "Lowest" if _from_below(frame) else "Highest"
        lines.append(f"{which} is {first.base}: {said.price(f'{first.base}, sentiment', first.score, places=1)}, {first.label}.")
    return lines


def _all_table(said: Said, found: Volumes, route: Route, *, shared: bool) -> Table | None:
    if found.past:
        return by_exchange(said, {each.exchange: each.usd for each in found.past}, route)
    if shared:
        return _shares(said, found.whole, route)
    return Table(COINS, _busy(said, found.coins), max(0, found.count - len(found.coins))) if found.coins else None


def _busy(said: Said, coins: Sequence[Busy]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_coin(said, each) for each in coins)


def _coin(said: Said, each: Busy) -> tuple[Cell, ...]:
    change = None if each.change is None else each.change * HUNDRED
    relative = DASH if each.relative is None else said.price(f"{each.base}, against its norm", each.relative, places=2)
    points = DASH if each.score is None else said.price(f"{each.base}, sentiment", each.score, places=1)
    return (
        Cell(each.base), Cell(said.amount(f"{each.base}, volume", each.usd, "USD"), exact(each.usd)), Cell(relative, exact(each.relative)),
        Cell(said.percent(f"{each.base}, change", change, sign=True), exact(change)), Cell(points, exact(each.score)), Cell(each.label or DASH),
    )  # fmt: skip
