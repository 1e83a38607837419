"""The memory of volumes: each exchange's total of every hour, and what each coin's markets had at this hour of the days before.

The past is Pebble's own hourly history, and from before its first run the exchanges' hourly candles. Every run may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce

import msgspec
from django.db import connection

from exchanges.numbers import EXACT, STORED, plain
from markets import held
from markets.analysis import sentiment, volume
from markets.analysis.cross import MONEY
from markets.analysis.volume import Volume
from markets.board import PairKey
from markets.bulk import upsert
from markets.method import current_method
from markets.models import Asset, Candle, Reading, Snapshot, VolumeHour, VolumePast
from markets.polls import touch
from markets.reads import liquidity, rates
from markets.snapshots import HOUR, opened

CHANGED = "volumes"  # the change number of all of it
DAY = timedelta(days=1)
DAYS = volume.SPREAD_DAYS + volume.NORM_DAYS  # a day's norm needs the days before it
AT_ONCE, COINS_AT_ONCE = 200, 100  # markets in one question, coins in one transaction
SECONDS = 5.0  # a worker has little time for a task
Seen = dict[int, tuple[Decimal, Decimal]]  # market -> (volume of 24 hours in its quote currency, price) at one instant


def renew(now: datetime) -> int:
    """Write this hour's totals, and once an hour every coin's past, as many as time allows: the next run goes on. Return how many rows."""
    hour, ends = opened(now, HOUR), time.monotonic() + SECONDS
    totals = _totals(hour, now)
    upsert(VolumeHour, ("opened_at", "exchange_id", "quote", "usd"), totals, key=("opened_at", "exchange_id", "quote"))
    written, coins = len(totals), _waiting(hour)
    rates = _rates_of(hour) if coins else {}
    for start in range(0, len(coins), COINS_AT_ONCE):
        if time.monotonic() > ends:
            break
        pasts = list(_pasts(hour, coins[start : start + COINS_AT_ONCE], rates))
        written += upsert(VolumePast, ("asset_id", "opened_at", "days", "price_spread", "volume_spread"), pasts, key=("asset_id",))
    touch(CHANGED)
    held.look_again()
    return written


def _waiting(hour: datetime) -> list[tuple[str, int]]:
    """The coins whose past is not this hour's yet, the oldest first. On the first day candles arrive all the time: every coin at every run."""
    young = not VolumeHour.objects.filter(opened_at__lte=hour - DAY).exists()
    done = {} if young else dict(VolumePast.objects.values_list("asset_id", "opened_at"))
    traded = {key.base for key in held.current().board.pairs}
    coins = [(slug.upper(), pk) for slug, pk in Asset.objects.order_by("pk").values_list("slug", "pk") if slug.upper() in traded and done.get(pk) != hour]
    return sorted(coins, key=lambda coin: done.get(coin[1], held.NEVER))


def judged(now: datetime) -> dict[tuple[str, str], list[Volume]]:
    """By base and quote: every spot market's volume of 24 hours, in USD by the rates of now, and whether it counts."""
    method, doubted = current_method(), liquidity.suspicious(now)
    usd = {name: rate.mid for name, rate in rates.rates(now).items()}
    return {
        (key.base, key.quote): [volume.judge(quote, usd.get(key.quote), now, method, suspicious=slug in doubted.get(key, ())) for slug, quote in quotes.items()]
        for key, quotes in held.current().board.pairs.items()
    }


def _totals(hour: datetime, now: datetime) -> list[tuple[object, ...]]:
    """(hour, exchange, quote currency, USD) over every market whose volume counts now."""
    exchanges, sums = held.current().exchanges, dict[tuple[str, str], list[Decimal]]()
    for found in (found for markets in judged(now).values() for found in markets):
        if volume.counts(found) and found.usd is not None and found.exchange in exchanges:
            sums.setdefault((found.exchange, found.quote), []).append(found.usd)
    return [(hour, exchanges[slug].pk, quote, STORED.plus(_sum(found))) for (slug, quote), found in sums.items()]


def _sum(values: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, values, Decimal(0))


# --- Every coin's past ------------------------------------------------------------------------------------------
def _pasts(hour: datetime, coins: Sequence[tuple[str, int]], rates: Mapping[datetime, Mapping[str, Decimal]]) -> Iterator[tuple[object, ...]]:
    """(asset, hour, days, s_p, s_v) of the coins of which anything is remembered."""
    markets = _markets(lambda key, wanted={slug for slug, _ in coins}: key.base in wanted)
    history = _history(list(markets), _instants(hour))
    mine: dict[str, list[int]] = {}
    for pk, key in markets.items():
        mine.setdefault(key.base, []).append(pk)
    for slug, asset_id in coins:
        days = [_day(mine.get(slug, ()), history.get(at, {}), rates.get(at, {}), markets) for at in _instants(hour)]
        if any(days):
            yield _past(asset_id, hour, days)


def _instants(hour: datetime) -> list[datetime]:
    return [hour - DAY * back for back in range(1, DAYS + 1)]


def _markets(wanted: Callable[[PairKey], bool]) -> dict[int, PairKey]:
    """{market: pair} of the spot markets of some pairs."""
    return {pk: entry.key for entries in held.current().entries.values() for pk, entry in entries.items() if wanted(entry.key)}


def _rates_of(hour: datetime) -> dict[datetime, dict[str, Decimal]]:
    """USD for one unit of each quote currency at each instant, by the prices of that time."""
    quotes = {key.quote for key in held.current().board.pairs}
    markets = _markets(lambda key: (key.quote == MONEY and key.base in quotes) or (key.base == MONEY and key.quote in quotes))
    history = _history(list(markets), _instants(hour))
    return {at: _rates(markets, history.get(at, {}), quotes) for at in _instants(hour)}


def _past(asset_id: int, hour: datetime, days: Sequence[Mapping[int, tuple[Decimal, Decimal]]]) -> tuple[object, ...]:
    volumes = [{pk: float(usd) for pk, (usd, _) in day.items()} for day in days]
    prices = [{pk: float(price) for pk, (_, price) in day.items()} for day in days]
    told = [{str(pk): plain(usd) for pk, (usd, _) in day.items()} for day in days[: volume.NORM_DAYS]]
    return (
        asset_id, hour, msgspec.json.encode(told).decode(), volume.price_spread(prices, next(filter(None, volumes), {}), sentiment.PRICE_FLOOR),
        volume.volume_spread(volumes, sentiment.VOLUME_FLOOR),
    )


def _day(ids: Iterable[int], seen: Seen, rates: Mapping[str, Decimal], markets: Mapping[int, PairKey]) -> dict[int, tuple[Decimal, Decimal]]:
    """{market: (volume, price)} in USD of one coin at one instant; what has no rate is absent."""
    known = ((pk, *seen[pk], rates.get(markets[pk].quote)) for pk in ids if pk in seen)
    return {pk: (_short(EXACT.multiply(money, rate)), EXACT.multiply(price, rate)) for pk, money, price, rate in known if rate is not None}


def _short(usd: Decimal) -> Decimal:
    """To the cent: it is divided by another such figure, once."""
    return usd.quantize(Decimal("0.01"), context=EXACT)


def _rates(markets: Mapping[int, PairKey], seen: Seen, quotes: Collection[str]) -> dict[str, Decimal]:
    prices: dict[tuple[str, str], list[Decimal]] = {}
    for pk, (_, price) in seen.items():
        prices.setdefault((markets[pk].base, markets[pk].quote), []).append(price)
    return volume.rates(prices, quotes)


# --- Where it is read -------------------------------------------------------------------------------------------
def _history(ids: Sequence[int], instants: Sequence[datetime]) -> dict[datetime, Seen]:
    """{instant: {market: (volume, price)}} at the ends of the hours that began then: Pebble's own, else from candles."""
    found = _from_candles(ids, instants)
    for start in range(0, len(ids), AT_ONCE):
        for pk, at, money, price in _hours(ids[start : start + AT_ONCE], instants):
            if price and money is not None:
                found.setdefault(at, {})[pk] = (money, price)
    return found


def _hours(ids: Sequence[int], instants: Sequence[datetime]) -> Iterator[tuple[int, datetime, Decimal | None, Decimal | None]]:
    """(market, hour, volume, price) of Pebble's own history, past the ORM: there are hundreds of thousands, and it takes five times as long."""
    on_server, adapt = connection.vendor == "postgresql", connection.ops.adapt_datetimefield_value
    texts = {at if on_server else str(adapt(at)): at for at in instants}
    opened_at = "opened_at" if on_server else "CAST(opened_at AS TEXT)"
    marks = [", ".join(["%s"] * len(some)) for some in (ids, instants)]
    sql = (
        f"SELECT market_id, {opened_at}, quote_volume_24h, close FROM {connection.ops.quote_name(Snapshot._meta.db_table)} "  # noqa: S608 - our own names
        f"WHERE market_id IN ({marks[0]}) AND period_s = {HOUR} AND opened_at IN ({marks[1]})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*ids, *map(adapt, instants)])
        for pk, at, money, price in cursor.fetchall():
            yield pk, texts[at], _exact(money), _exact(price)


def _exact(value: Decimal | float | int | None) -> Decimal | None:
    """SQLite keeps decimals as binary doubles: their first 15 significant digits are what was stored."""
    return value if value is None or isinstance(value, Decimal) else STORED.create_decimal(value)


def _from_candles(ids: Sequence[int], instants: Sequence[datetime]) -> dict[datetime, Seen]:
    """The same of the spot markets whose hourly candles are read: 24 of them in a row are a volume of 24 hours."""
    found: dict[datetime, Seen] = {}
    for pk, read_at in Reading.objects.filter(source="candles", read_at__isnull=False, market__in=ids).values_list("market_id", "read_at"):
        ended = min(instants[0], read_at - timedelta(hours=1))  # one that was read before it ended is of a part of it
        rows = Candle.objects.filter(market_id=pk, period_s=HOUR, opened_at__gt=instants[-1] - DAY, opened_at__lte=ended)
        bars = {at: (money, price) for at, money, price in rows.values_list("opened_at", "quote_volume", "close")}
        for at in instants:
            day = [bars.get(at - timedelta(hours=back), (None, None))[0] for back in range(24)]
            if at in bars and bars[at][1] and None not in day:
                found.setdefault(at, {})[pk] = (_sum(day), bars[at][1])
    return found
