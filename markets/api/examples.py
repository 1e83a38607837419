"""Worked examples for the schema: invented quotes through the product's own functions, so an example cannot be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exchanges import capabilities, plan
from exchanges.adapters import ADAPTERS
from markets.analysis import best
from markets.analysis.uptime import Day
from markets.api import examples_alerts as api_examples_alerts
from markets.api import examples_arbitrage as api_examples_arbitrage
from markets.api import examples_ask as api_examples_ask
from markets.api import examples_assets as api_examples_assets
from markets.api import examples_contracts as api_examples_contracts
from markets.api import examples_discover as api_examples_discover
from markets.api import examples_events as api_examples_events
from markets.api import examples_liquidity as api_examples_liquidity
from markets.api import examples_past as api_examples_past
from markets.api import examples_volume as api_examples_volume
from markets.api import serialize, serialize_compare, serialize_exchange
from markets.board import PairKey, Quote
from markets.models import ServiceStatus
from markets.planning import Share
from markets.reads.offers import Detail, Networks, Offer
from markets.shapes import AskedKind, Asking, Event, ExchangeStatus, History, Measure, Meter, SourceStatus, Status, Trouble, Workers

NOW = datetime(2026, 11, 22, 12, 0, 3, tzinfo=UTC)
SEEN = NOW - timedelta(seconds=3)
KEY = PairKey("BTC", "USDT")
_PRICES = (("64215.9", "64216.4"), ("64216.1", "64217.0"), ("64214.2", "64215.8"), ("64220.3", "64221.1"), ("64213.5", "64216.9"))


def _quotes() -> dict[str, Quote]:
    return {
        adapter.slug: Quote(
            exchange=adapter.slug, symbol="BTCUSDT", base=KEY.base, quote=KEY.quote, identity="confirmed",
            bid=Decimal(bid), bid_size=Decimal("0.52"), ask=Decimal(ask), ask_size=Decimal("1.375"), last=Decimal(bid), tick_size=Decimal("0.1"),
            base_volume_24h=Decimal("18250.25"), quote_volume_24h=Decimal(1_170_000_000), change_24h_pct=Decimal("1.42"),
            high_24h=Decimal(64900), low_24h=Decimal(63120),
            requested_at=SEEN, received_at=SEEN, observed_at=SEEN, taker_fee=adapter.taker_fee, fee_source="default",
        )
        for adapter, (bid, ask) in zip(ADAPTERS.values(), _PRICES, strict=False)
    }


def _known() -> tuple[ExchangeStatus, ...]:
    sources = tuple(
        SourceStatus(
            source=name, price=True, label=capabilities.LABELS[name], enabled=True, period_s=period,
            outcome="ok", detail="", finished_at=SEEN, ok_at=SEEN, age_s=3.0, fails=0, runs=3600 // period,
            success_pct=Decimal(100), p50_ms=210, p95_ms=430, retry_in_s=None,
        )
        for name, period in (("instruments", 300), ("tickers", 10))
    )
    return tuple(
        ExchangeStatus(
            slug=a.slug, name=a.name, monogram=a.monogram, place=place, enabled=True, state="healthy", state_label="Live",
            state_since=SEEN - timedelta(hours=5), detail="", age_s=3.0, freshness="fresh", markets=1200, taker_fee_pct=a.taker_fee * 100,
            success_pct=Decimal(100), p50_ms=210, p95_ms=430, breaker="closed", retry_in_s=None,
            meters=(Meter("operator", Decimal(7), Decimal(a.budget), "requests", 60.0),), sources=sources,
        )
        for place, a in enumerate(ADAPTERS.values(), 1)
    )


def _answer(body: dict[str, Any]) -> Any:
    """As a client receives it: what the encoder makes of it, read back."""
    return msgspec.json.decode(msgspec.json.encode({"as_of": NOW, "simulated": False, **body}))


def _page(rows: list[dict[str, Any]]) -> Any:
    return _answer({"count": len(rows), "next": None, "previous": None, "missing": [], "results": rows[:1]})


def _noted(rows: list[dict[str, Any]]) -> Any:
    return _answer({"count": len(rows), "next": None, "previous": None, "missing": [], "notes": [], "results": rows[:1]})


def answers() -> dict[str, Any]:
    """{address: what it answers}, for every address of the API."""
    compared, known = best.compare(KEY, _quotes(), NOW, usd=Decimal(1), terms=best.Terms(order=best.Order(Decimal(25_000)))), _known()
    return {
        "exchanges/": _page([serialize.exchange(e) for e in known]),
        "exchanges/{slug}/": _answer(serialize_exchange.exchange(known[0], _detail())),
        "markets/": _noted([serialize.quote(row) for row in compared.rows]),
        "pairs/": _noted([serialize.summary(compared)]),
        "compare/{pair}/": _answer(serialize_compare.comparison(compared, known)),
        "status/": _answer(serialize.status(_status(), MEASURES)),
        **msgspec.to_builtins(api_examples_alerts.answers(_page, _answer, NOW)),
        **api_examples_assets.answers(_noted, _answer, NOW),
        **api_examples_arbitrage.answers(_noted, _answer, NOW),
        **api_examples_ask.answers(_answer, NOW),
        **msgspec.to_builtins(api_examples_liquidity.answers(_page, _answer, NOW, _quotes())),
        **api_examples_contracts.answers(_noted, NOW),
        **msgspec.to_builtins(api_examples_discover.answers(_noted, NOW)),
        **msgspec.to_builtins(api_examples_events.answers(_noted, _answer, NOW)),
        **msgspec.to_builtins(api_examples_past.answers(_answer, NOW)),
        **msgspec.to_builtins(api_examples_volume.answers(_noted, NOW)),
    }


def _detail() -> Detail:
    adapter = next(iter(ADAPTERS.values()))
    lines = [plan.line(name, source, source.period_s, source.markets) for name, source in adapter.sources.items()]
    offered = tuple(
        Offer(c, capabilities.LABELS[c.source], c.offered, c.period_s, c.markets, "ok" if c.offered else "", SEEN if c.offered else None,
              3.0 if c.offered else None, "fresh" if c.offered else "", 1200 if c.offered else None, c.note)
        for c in capabilities.of(adapter)
    )
    return Detail(
        hosts=adapter.hosts, host=adapter.hosts[0], offers=offered, limits=plan.limits(adapter, adapter.budget, lines),
        shares=tuple(Share(x.source, x.period_s, x.markets, x.requests, round(x.requests, 1)) for x in lines),
        service=(ServiceStatus(state="open", seen_at=SEEN),), networks=Networks(480, 910, 640, 880, 871) if adapter.currencies else None,
    )


MEASURES = (Measure("availability", "Availability", Decimal("99.95"), "%", "at least 99.9 %", True, "Minutes in which it answered; thirty days."),)


WORKERS = Workers(clusters=1, workers=4, queued=0, oldest_s=None, failed_24h=2, runs_24h=44_640, polled_s=0.4)


def _status() -> Status:
    return Status(
        as_of=NOW, simulated=False, sentence="All exchanges are live.", explanation="Every exchange that is switched on has fresh prices.", level="ok",
        exchanges=_known()[:1], workers=WORKERS, pairs=3120, shared_pairs=1204,
        assets=2050, fresh_pct=Decimal("99.7"), events=(Event(SEEN, "", "Prices have been collected without a gap for a day."),),
        asking=Asking(7, 1840, Decimal("97.5"), Decimal("1.25"), 20, 100, (AskedKind("best_price", 1210, Decimal("98.5"), Decimal("0.75")),)),
        histories={_known()[0].slug: History(((NOW.date(), Day(live_s=86_040, down_s=360)),), Decimal("99.583"))},
        troubles=(Trouble(7, "", "", "network", "Our network or time", True, "Our network", "Three exchanges failed within a minute.", SEEN, NOW, "Over."),),
    )
