"""Small stored markets for tests: an exchange, its catalogue, one poll's tickers, through the product's own functions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from exchanges.client import Outcome
from exchanges.leases import Claim
from exchanges.models import Exchange, Feed
from exchanges.rows import Instrument, Ticker
from markets import held, store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def instrument(symbol: str, **more) -> Instrument:
    base, _, quote = symbol.partition("/")
    return Instrument(symbol=symbol.replace("/", ""), base=base, quote=quote, **more)


def ticker(symbol: str, bid, ask, **more) -> Ticker:
    def number(value):
        return None if value is None else Decimal(str(value))

    numbers = {name: number(value) if name not in ("bad", "exchange_ts") else value for name, value in more.items()}
    defaults = {"bid_size": Decimal(10), "ask_size": Decimal(10), "quote_volume_24h": Decimal(2_000_000)}
    return Ticker(symbol=symbol.replace("/", ""), bid=number(bid), ask=number(ask), **(defaults | numbers))


def outcome(rows, at=NOW, clock="none", kind="ok", ms=100, **more) -> Outcome:
    return Outcome(outcome=kind, requested_at=at - timedelta(milliseconds=100), received_at=at, ms=ms, rows=list(rows), clock=clock, requests=1, **more)


def save(slug: str, source: str, result: Outcome, now=NOW, **about) -> bool:
    """What a worker does after its fetch, under a fresh claim. `about`: the markets and times of a source that is read market by market."""
    with transaction.atomic():
        Feed.objects.get_or_create(exchange=exchange(slug), source=source, defaults={"period_s": 60})
        feed = Feed.objects.select_related("exchange").get(exchange__slug=slug, source=source)
        feed.token += 1
        Feed.objects.filter(pk=feed.pk).update(token=feed.token, started_at=now)
    done = store.save(feed, Claim(feed, feed.token, now), result, now, **about)
    held.forget()
    return done


def catalogue(slug: str, *symbols: str | Instrument, now=NOW) -> None:
    rows = [s if isinstance(s, Instrument) else instrument(s) for s in symbols]
    assert save(slug, "instruments", outcome(rows, now), now)


def prices(slug: str, *rows: Ticker, now=NOW, **more) -> None:
    assert save(slug, "tickers", outcome(rows, now, **more), now)


def exchange(slug: str) -> Exchange:
    return Exchange.objects.get(slug=slug)


def contract(symbol: str, kind="perp", **more) -> Instrument:
    """A contract of a catalogue: BTC/USDT is the perpetual BTCUSDT."""
    return instrument(symbol, kind=kind, **({"settle": symbol.partition("/")[2]} | more))


def contracts(slug: str, *symbols: str | Instrument, now=NOW, **more) -> None:
    rows = [s if isinstance(s, Instrument) else contract(s) for s in symbols]
    assert save(slug, "perp_instruments", outcome(rows, now, **more), now)


def rows(slug: str, source: str, *found, now=NOW, clock="none", kind="ok", detail="", **about) -> None:
    """Store the rows of one poll of any source."""
    assert save(slug, source, outcome(found, now, clock, kind, detail=detail), now, **about)
