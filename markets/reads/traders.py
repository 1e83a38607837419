"""Copy trading: public statistics of traders, and why there are none where there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from exchanges.capabilities import needs_key
from exchanges.models import Exchange
from markets import asking, held
from markets.analysis import copying
from markets.analysis.copying import Change, Noted
from markets.analysis.derivatives import age_s, freshness
from markets.latest import Latest
from markets.method import current_method
from markets.models import LeadTrader, LeadTraderDay
from markets.reads import gaps

SOURCE = "copy_traders"
STATES = ("ok", "starting", "refused", "blocked", "off")  # the furthest first
_FIELDS = (
    "exchange__slug", "trader_id", "name", "open_to_copy", "followers", "max_followers", "followers_ever", "roi_pct", "profit", "follower_profit", "managed",
    "win_rate_pct", "max_drawdown_pct", "trades", "wins", "losses", "days", "symbols", "last_trade_at", "seen_at",
)
_kept = Latest(4)


@dataclass(frozen=True)
class Standing:
    """How one exchange's copy trading stands: ok, starting, refused, blocked or off; the reason, and what to do about it."""

    exchange: str
    state: str
    reason: str = ""
    what_to_do: str = ""
    ok_at: datetime | None = None
    age_s: float | None = None
    freshness: str = ""


@dataclass(frozen=True)
class Trader:
    """One trader as last seen. Money in USDT, percentages in percent; None: not said."""

    exchange: str
    trader_id: str
    name: str
    open_to_copy: bool | None
    followers: int | None
    max_followers: int | None
    followers_ever: int | None
    roi_pct: Decimal | None
    profit: Decimal | None
    follower_profit: Decimal | None
    managed: Decimal | None
    win_rate_pct: Decimal | None
    max_drawdown_pct: Decimal | None
    trades: int | None
    wins: int | None
    losses: int | None
    days: int | None
    symbols: tuple[str, ...]
    last_trade_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True)
class Summary:
    """What some traders of one symbol come to. Medians of those whose figure is known; `followers` None when nobody's is."""

    symbol: str
    traders: int
    followers: int | None
    median_roi_pct: Decimal | None
    median_win_rate_pct: Decimal | None


def traders(exchanges: Sequence[str] = (), symbol: str = "") -> list[Trader]:
    """All traders, or those who trade a symbol now. It is compared without its separators: BTC-USDT is BTCUSDT."""
    rows = LeadTrader.objects.filter(exchange__slug__in=gaps.seen(exchanges)).values_list(*_FIELDS)
    found = [_trader(*row) for row in rows]
    wanted = bare(symbol)
    return [t for t in found if not wanted or wanted in map(bare, t.symbols)]


def _trader(*row: Any) -> Trader:
    values = dict(zip(_FIELDS, row, strict=True))
    return Trader(exchange=values.pop("exchange__slug"), **{**values, "symbols": tuple(values["symbols"])})


def bare(symbol: str) -> str:
    """A symbol without what exchanges put between its halves."""
    return "".join(char for char in symbol.upper() if char not in "-_/ ")


def summary(symbol: str, rows: Sequence[Trader]) -> Summary:
    """The aggregate of one symbol's traders."""
    followers = [t.followers for t in rows if t.followers is not None]
    return Summary(
        bare(symbol), len(rows), sum(followers) if followers else None, copying.middle(t.roi_pct for t in rows),
        copying.middle(t.win_rate_pct for t in rows),
    )


# --- Order, and what became of them -----------------------------------------------------------------------------
def ordered(rows: Iterable[Trader], ordering: str) -> list[Trader]:
    """Sorted by one figure; the unknown comes last either way, and of equals the identity decides."""
    def value(row: Trader) -> Any:
        return getattr(row, ordering.lstrip("-"))

    rows = sorted(rows, key=lambda row: (row.exchange, row.trader_id))
    known = sorted((row for row in rows if value(row) is not None), key=value, reverse=ordering.startswith("-"))
    return known + [row for row in rows if value(row) is None]


def state(row: Trader, now: datetime) -> str:
    """How old a trader's figures are, in a word: who has left the ranking is kept as last seen."""
    exchange = held.current().exchanges.get(row.exchange)
    period_s = gaps.period_s(exchange, SOURCE) if exchange else 3600
    return freshness(age_s(row.seen_at, now), period_s, current_method())


@dataclass(frozen=True)
class Followed:
    """What Pebble noted of a trader: the change over a period, and what was told each day, by day."""

    change: Change
    notes: Mapping[date, Noted]


def followed(rows: Iterable[Trader], period: int, now: datetime) -> dict[tuple[str, str], Followed]:
    """{(exchange, trader): what became of them in so many days}, by the notes of each day."""
    stand = (held.current().numbers.get("traders"), period, now.date())
    notes = _kept.get(stand, lambda: _notes(period, now.date()))
    found = {}
    for row in rows:
        mine = notes.get((row.exchange, row.trader_id), {})
        found[row.exchange, row.trader_id] = Followed(copying.changed(Noted(row.roi_pct, row.profit), mine, now.date(), period), mine)
    return found


def _notes(period: int, today: date) -> dict[tuple[str, str], dict[date, Noted]]:
    since = today - timedelta(days=period) - copying.LATE
    rows = LeadTraderDay.objects.filter(day__gte=since).values_list("trader__exchange__slug", "trader__trader_id", "day", "roi_pct", "profit")
    found: dict[tuple[str, str], dict[date, Noted]] = {}
    for slug, trader_id, day, roi, profit in rows:
        found.setdefault((slug, trader_id), {})[day] = Noted(roi, profit)
    return found


# --- Why there are none -----------------------------------------------------------------------------------------
def standings(now: datetime) -> tuple[Standing, ...]:
    """Every exchange that publishes copy trading, with its state."""
    offering = (e for e in gaps.ordered() if ADAPTERS[e.slug].copy_traders)
    return tuple(_standing(e, now) for e in offering)


def overall(found: Sequence[Standing]) -> Standing:
    """The state as a whole: that of the exchange that is furthest."""
    none = Standing("", "not_offered", "None of these exchanges publishes copy-trading statistics.")
    return min(found, key=lambda s: STATES.index(s.state), default=none)


def _standing(e: Exchange, now: datetime) -> Standing:
    feed = gaps.feed_of(e, SOURCE)
    source = ADAPTERS[e.slug].copy_traders
    assert source, "asked of exchanges that offer it"  # noqa: S101 - for the type checker
    if feed is None or not e.enabled or not feed.enabled:
        return Standing(e.slug, "off", "Switched off by an operator.", f"Switch {e.name} and its source {SOURCE} on in the admin.")
    if needs_key(source) and not asking.credentials(e.slug):
        return Standing(e.slug, "off", f"{e.name} tells this to signed calls only, and no key is set.", _how(e))
    if e.state in held.SWITCHED or feed.outcome == "geoblocked":
        said = e.state_detail or (feed.detail if feed.outcome == "geoblocked" else "") or f"{e.get_state_display()}."
        return Standing(e.slug, "blocked", f"{e.name} does not answer from here: {said}", "Pebble asks again by itself.", feed.ok_at, age_s(feed.ok_at, now))
    seen = age_s(feed.ok_at, now)
    known = {"ok_at": feed.ok_at, "age_s": seen, "freshness": freshness(seen, feed.firing_s, current_method())}
    if feed.outcome in gaps.REFUSED:
        said = f": {feed.detail}" if feed.detail else ""
        return Standing(e.slug, "refused", f"Not permitted for this key ({feed.outcome}{said}).", _permitted(e), **known)
    if feed.ok_at is None:
        asked = feed.outcome and feed.outcome not in gaps.NO_KEY  # the last try was before there was a key
        last = f" The last try ended: {feed.outcome}{f' ({feed.detail})' if feed.detail else ''}." if asked else ""
        return Standing(e.slug, "starting", f"Nothing has been collected yet.{last}", "Wait for the next poll.", **known)
    return Standing(e.slug, "ok", **known)


def _how(e: Exchange) -> str:
    name = f"PEBBLE_{e.slug.upper()}_API"
    return f"Make a read-only key at {e.name}, set {name}_KEY, {name}_SECRET and {name}_PASSPHRASE in the environment, and start Pebble again."


def _permitted(e: Exchange) -> str:
    return f"Check at {e.name} that the key may read copy trading, that its account is of the kind this needs, and that it is bound to this address."
