"""A small market in the store for page tests: five exchanges, one of each odd thing, through the product's own functions."""

from datetime import datetime, timedelta
from decimal import Decimal

from exchanges.adapters import ADAPTERS
from markets import held, read
from markets.models import Asset
from markets.pages import cache as pagecache
from tests.markets import kept
from tests.markets.build import catalogue, instrument, prices, ticker

SLUGS = tuple(ADAPTERS)
FIRST, SECOND, THIRD, FOURTH, FIFTH = SLUGS
HOSTILE = "<img src=x onerror=document.title='owned'>"
COINS = {  # base: (bid on the first exchange, step from exchange to exchange, tick)
    "BTC": ("64200.10", "1.5", "0.01"),
    "ETH": ("3127.40", "0.2", "0.01"),
    "SOL": ("171.39", "0.02", "0.001"),
    "POL": ("0.52130", "0.00007", "0.00001"),
    "PEPE": ("0.0000073034", "0.0000000006", "0.0000000001"),
}


def fill(now: datetime) -> None:
    """Fresh prices everywhere, except that the fourth exchange is stale and the fifth has no PEPE; a coin with a hostile name."""
    kept.again(_made, now)
    forget()


def _made(now: datetime) -> None:
    for place, slug in enumerate(SLUGS):
        at = now - timedelta(seconds=94) if slug == FOURTH else now - timedelta(seconds=place + 1)
        catalogue(slug, *_instruments(slug), now=at)
        prices(slug, *_tickers(slug, place), now=at)
    Asset.objects.filter(ticker="HOSTILE").update(name=HOSTILE)


def move(slug: str, base: str, bid: str, ask: str, now: datetime) -> None:
    """One exchange answers again: this price new, the others as they were."""
    place = SLUGS.index(slug)
    others = [row for row in _tickers(slug, place) if row.symbol != f"{base}USDT"]
    prices(slug, ticker(f"{base}/USDT", bid, ask, change_24h_pct="1.42", high_24h=ask, low_24h=bid), *others, now=now)
    forget()


def refresh(now: datetime) -> None:
    """Everybody answers again with the same prices, the stale one too."""
    for place, slug in enumerate(SLUGS):
        prices(slug, *_tickers(slug, place), now=now)
    forget()


def forget() -> None:
    """As another process would see it: nothing held in memory."""
    held.forget()
    read.forget()
    pagecache.forget()


def _instruments(slug: str):
    listed = [instrument(f"{base}/USDT", tick_size=Decimal(tick)) for base, (_, _, tick) in COINS.items() if not (slug == FIFTH and base == "PEPE")]
    return [*listed, *([instrument("HOSTILE/USDT")] if slug == FIRST else []), *([instrument("BTC/USDC", tick_size=Decimal("0.01"))] if slug != FIRST else [])]


def _tickers(slug: str, place: int):
    rows = []
    for base, (bid, step, tick) in COINS.items():
        if slug == FIFTH and base == "PEPE":
            continue
        low = Decimal(bid) + Decimal(step) * place
        rows.append(ticker(
            f"{base}/USDT", low, low + Decimal(tick), last=low, change_24h_pct="1.42" if place % 2 else "-0.63",
            high_24h=low * 2, low_24h=low / 2, quote_volume_24h=Decimal(60_000_000) / (place + 1),
        ))
    if slug == FIRST:
        rows.append(ticker("HOSTILE/USDT", "1.5", "1.6", quote_volume_24h=Decimal(1000)))
    else:
        rows.append(ticker("BTC/USDC", "64199", "64199.01"))
    return rows
