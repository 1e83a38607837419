"""What the addresses of events, history and copy trading understand."""

from __future__ import annotations

from exchanges.adapters import ADAPTERS
from markets.analysis import copying
from markets.api.filters import MAX_LIMIT, PAGE, Parameter, choice, decimal, fees, instant, many, one_of, ordering, whole, words
from markets.models import Announcement, Listing
from markets.reads.deviation import HOURLY, RANGES
from markets.reads.history import EXCHANGE, OWN, PERIODS

TRADER_ORDERS = ("roi_pct", "profit", "followers", "follower_profit", "managed", "win_rate_pct", "max_drawdown_pct", "trades", "days", "last_trade_at", "name")
EVENTS = tuple(Listing.Event.values)
NOTICES = tuple(value for value, _ in Announcement._meta.get_field("kind").choices or ())

_EXCHANGE = many("exchange", "Only these exchanges.", tuple(ADAPTERS))
LISTINGS = (
    _EXCHANGE,
    many("event", "Only these events.", EVENTS),
    many("asset", "Only events of these coins."),
    many("kind", "Only events of these kinds of market.", ("spot", "perp", "future")),
    instant("since", "Only what happens or happened at or after this time."),
    instant("until", "Only what happens or happened before this time."),
    choice("ordering", ("at", "-at", "seen_at", "-seen_at"), "-at", "By when it happens or when Pebble noticed; `since` and `until` mean the same time."),
    *PAGE,
)
ANNOUNCEMENTS = (
    _EXCHANGE,
    many("kind", "Only these kinds of notice.", NOTICES),
    instant("since", "Only what was published at or after this time."),
    instant("until", "Only what was published before this time."),
    choice("ordering", ("published_at", "-published_at", "first_seen_at", "-first_seen_at"), "-published_at",
           "By when it was published or first seen; `since` and `until` mean the same time."),
    *PAGE,
)


def days(name: str, says: str) -> Parameter:
    """One of the periods over which a trader's figures are followed, in days."""
    texts = [str(period) for period in copying.PERIODS]
    known = choice(name, texts, "30", says)
    return Parameter(name, lambda text: int(known.read(text)), known.allowed, says, 30, {"type": "integer", "enum": list(copying.PERIODS), "default": 30})


def _period() -> Parameter:
    texts = [str(seconds) for seconds in PERIODS]
    known = choice("period", texts, "3600", "Seconds in one candle.")
    return Parameter("period", lambda text: int(known.read(text)), known.allowed, known.says, 3600, {"type": "integer", "enum": list(PERIODS), "default": 3600})


HISTORY = (
    _EXCHANGE,
    choice("kind", ("spot", "perp"), "spot", "Of spot markets or of perpetuals."),
    _period(),
    instant("from", "Candles that began at or after this time. Absent: as far back as `limit` reaches."),
    instant("to", "Candles that began before this time. Absent: now."),
    one_of("source", (OWN, EXCHANGE), "Pebble's own candles of the mid price, or the exchange's of trades. "
                                      "Absent: for each period Pebble's own where there is one, else the exchange's."),
    whole("limit", 1, MAX_LIMIT, 200, "How many periods at most; each holds one candle of every exchange that lists the pair."),
)
DEVIATION = (choice("range", tuple(RANGES), "24h", "How far back: its slots are 60, 300 or 3600 s wide."),)
HOURS = (
    choice("range", HOURLY, HOURLY[0], "How far back, in whole hours."),
    choice("side", ("buy", "sell"), "buy", "Cheapest to buy, or dearest to sell."),
    fees(),
)
COPY_TRADING = (
    _EXCHANGE,
    words("symbol", 60, "Only traders who trade this now, for example BTCUSDT; adds `summary`."),
    days("period", "Days over which changes are told."),
    whole("min_days", 0, 3650, 0, "Only records of at least so many days."),
    decimal("max_fall_pct", "Only records whose largest fall is at most so many percent."),
    ordering(TRADER_ORDERS, "-roi_pct"),
    *PAGE,
)
