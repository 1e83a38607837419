"""Small stored contracts, options and events for tests of what reads them: rows as the store leaves them, per coin."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from exchanges.models import Exchange, Feed
from markets.models import Asset, Derivative, ExchangeAsset, Funding, FundingSettlement, Market, OptionQuote
from tests.api.conftest import fresh_memory


def number(value):
    return None if value is None else Decimal(str(value))


def code(slug, ticker, **more):
    """What an exchange calls a coin; made with the coin where there is none yet."""
    asset, _ = Asset.objects.get_or_create(slug=ticker.lower(), defaults={"ticker": ticker})
    found, _ = ExchangeAsset.objects.get_or_create(
        exchange=Exchange.objects.get(slug=slug), code=more.pop("code", ticker), defaults={"asset": asset, "state": "confirmed", **more}
    )
    return found


NUMBERS = ("contract_size", "max_leverage", "strike")


def market(slug, pair, kind="perp", symbol="", **more):
    base, _, quote = pair.partition("/")
    one = code(slug, base, **more.pop("base", {}))
    return Market.objects.create(
        exchange=one.exchange, symbol=symbol or f"{base}{quote}", kind=kind, base=one, quote=code(slug, quote), status=more.pop("status", "trading"),
        settle=more.pop("settle", quote), **{name: number(value) if name in NUMBERS else value for name, value in more.items()},
    )


def seen(age_s=2):
    at = timezone.now() - timedelta(seconds=age_s)
    return {"requested_at": at, "received_at": at, "observed_at": at}


def ticker(row, age_s=2, **numbers):
    defaults = {"bid": 100, "ask": 101, "mark_price": 100, "index_price": 100}
    values = {name: value if name in ("bad", "open_interest_at", "exchange_ts") else number(value) for name, value in (defaults | numbers).items()}
    return Derivative.objects.create(market=row, **values, **seen(age_s))


def paid(row, rate, hours=None, age_s=2, **more):
    return Funding.objects.create(
        market=row, rate=number(rate), interval_hours=number(hours), interval_from=more.pop("interval_from", "exchange" if hours else ""), **more, **seen(age_s)
    )


def settled(row, at, rate, hours=8):
    FundingSettlement.objects.create(market=row, settled_at=at, rate=number(rate), interval_hours=number(hours))


def option(row, age_s=2, **numbers):
    return OptionQuote.objects.create(market=row, **{name: number(value) for name, value in numbers.items()}, **seen(age_s))


def answered(source, *slugs, age_s=1, **more):
    """These exchanges' feeds of a source answered just now."""
    feeds = Feed.objects.filter(source=source, exchange__slug__in=slugs) if slugs else Feed.objects.filter(source=source)
    feeds.update(**{"outcome": "ok", "detail": "", "ok_at": timezone.now() - timedelta(seconds=age_s), **more})
    fresh_memory()
