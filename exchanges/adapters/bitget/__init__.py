"""Bitget: what can be asked and what it costs. Spot in its classic form (v2), futures in the unified one (v3). Facts of 2026-09.

Demo product types are never asked for. It publishes no state of service and no options; copy trading needs a key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from exchanges.adapter import Adapter, Clock, Part, Pool, Request, Source
from exchanges.adapters.bitget import books, candles, contracts, copying, facts, futures, refusals, spot
from exchanges.rows import Instrument

HOST = "api.bitget.com"
# Each endpoint has a limit of its own: twenty a second, of some ten, of the coins three. They are counted as parts of twenty.
ONE = {"endpoint": 1, "ip": 1}
TEN_A_SECOND = {"endpoint": 2, "ip": 1}
THREE_A_SECOND = {"endpoint": 7, "ip": 1}
V3 = "/api/v3/market"
FAMILIES = {"usdt": "USDT-FUTURES", "usdc": "USDC-FUTURES", "coin": "COIN-FUTURES"}
SPOT_PERIODS = {60: "1min", 300: "5min", 900: "15min", 3_600: "1h", 86_400: "1Dutc"}  # 1day begins at 16:00 UTC
LINEAR_PERIODS = {60: "1m", 300: "5m", 900: "15m", 3_600: "1H", 86_400: "1Dutc"}
COIN_PERIODS = LINEAR_PERIODS | {86_400: "1D"}  # v3 has no other day
SYMBOL, HUNDRED = ("symbol", "{symbol}"), ("limit", "100")


def is_of(family: str) -> Callable[[Instrument], bool]:
    """Whether a market is a contract of that family."""

    def fits(market: Instrument) -> bool:
        settled = "coin" if market.inverse else (market.settle or "").lower()
        return market.kind in ("perp", "future") and settled == family

    return fits


def is_funded(family: str) -> Callable[[Instrument], bool]:
    """Whether a market is a perpetual of that family."""
    return lambda market: market.kind == "perp" and is_of(family)(market)


def is_any(family: str) -> Callable[[Instrument], bool]:
    """For whole lists, which are not asked market by market."""
    return lambda market: True


def is_spot(market: Instrument) -> bool:
    """Whether a market is a spot market."""
    return market.kind == "spot"


def one(path: str, parse: Any, *params: tuple[str, str], name: str = "all", cost: Mapping[str, int] = ONE, signed: bool = False, **more: Any) -> Part[Any]:
    """A part of the only host."""
    return Part(name, Request(HOST, path, params, signed=signed), cost, parse, **more)


def families(path: str, parses: tuple[Any, Any], *params: tuple[str, str], fits: Any = is_any, few: int = 0, clock: Clock = "none") -> tuple[Part[Any], ...]:
    """The three families' parts of a v3 source: `parses` reads linear contracts and coin-margined ones, `few` is for the largest family."""
    return tuple(
        one(
            f"{V3}/{path}", parses[family == "coin"], ("category", category), *params,
            name=family, few=few if family == "usdt" else 0, fits=fits(family), clock=clock,
        )
        for family, category in FAMILIES.items()
    )  # fmt: skip


def notices(kind: str, name: str) -> Part[Any]:
    """The newest page of one type of announcements."""
    return one("/api/v2/public/annoucements", facts.announcements(kind), ("language", "en_US"), ("annType", name), name=kind)  # misspelt there too


BOOK = (
    one("/api/v2/spot/market/orderbook", books.parse_spot, SYMBOL, ("type", "step0"), HUNDRED, name="spot", clock="snapshot", fits=is_spot),
    *families("orderbook", (books.parse_linear, books.parse_inverse), SYMBOL, HUNDRED, clock="snapshot", fits=is_of),
)
GRANULARITY, RANGE = ("granularity", "{period}"), (("startTime", "{start_ms}"), ("endTime", "{end_ms}"), ("limit", "1000"))
CANDLES = (
    one("/api/v2/spot/market/candles", candles.parse_spot, SYMBOL, GRANULARITY, *RANGE, name="spot", fits=is_spot, periods=SPOT_PERIODS),
    *(
        one(
            "/api/v2/mix/market/candles", candles.parse_linear, ("productType", FAMILIES[family]), SYMBOL, GRANULARITY, *RANGE,
            name=family, fits=is_of(family), periods=LINEAR_PERIODS,
        )
        for family in ("usdt", "usdc")
    ),
    one(
        f"{V3}/candles", candles.parse_inverse, ("category", FAMILIES["coin"]), SYMBOL, ("interval", "{period}"), *RANGE,
        name="coin", fits=is_of("coin"), periods=COIN_PERIODS,
    ),
)  # fmt: skip
TRADERS = one(
    "/api/v2/copy/mix-broker/query-traders", copying.parse_traders, ("pageNo", "1"), ("pageSize", str(copying.PAGE)),
    cost=TEN_A_SECOND, signed=True, few=1, next_pages=copying.next_page, pages=copying.PAGES,
)  # fmt: skip

ADAPTER = Adapter(
    slug="bitget",
    name="Bitget",
    spellings=("biget",),
    monogram="BG",
    position=5,
    hosts=(HOST,),
    pools=(Pool("endpoint", 20, 1, per_endpoint=True), Pool("ip", 6000, 60)),
    budget=150,
    taker_fee=Decimal("0.001"),
    trade_page="https://www.bitget.com/spot/{symbol}",
    check=refusals.check,
    usage=refusals.usage,
    sign=copying.sign,
    time=Source((one("/api/v2/public/time", spot.parse_time, clock="snapshot"),), period_s=300, whole=False),
    instruments=Source((one("/api/v2/spot/public/symbols", spot.parse_instruments, few=100),), period_s=300),
    tickers=Source((one("/api/v2/spot/market/tickers", spot.parse_tickers, clock="last_change", few=100),), period_s=10),
    book=Source(BOOK, period_s=30, whole=False, markets=20),
    candles=Source(CANDLES, period_s=3_600, whole=False, markets=10),
    currencies=Source((one("/api/v2/spot/public/coins", facts.parse_currencies, cost=THREE_A_SECOND, few=100),), period_s=3_600),
    announcements=Source(
        (notices("listing", "coin_listings"), notices("delisting", "symbol_delisting"), notices("maintenance", "maintenance_system_updates")),
        period_s=300,
        whole=False,
    ),
    perp_instruments=Source(families("instruments", (contracts.parse_instruments,) * 2, few=100), period_s=300),
    perp_tickers=Source(families("tickers", (futures.parse_tickers, futures.parse_inverse_tickers), few=100, clock="last_change"), period_s=15),
    funding=Source(families("current-fund-rate", (contracts.parse_funding,) * 2, few=100), period_s=60, known=("perp_instruments",)),
    funding_history=Source(
        families("history-fund-rate", (contracts.parse_history,) * 2, SYMBOL, HUNDRED, fits=is_funded), period_s=3_600, whole=False, markets=30
    ),
    index_members=Source(
        (one(f"{V3}/index-components", facts.parse_index, SYMBOL, cost=TEN_A_SECOND, fits=lambda market: market.kind == "perp"),),
        period_s=86_400,
        whole=False,
        markets=60,
    ),
    copy_traders=Source((TRADERS,), period_s=3_600),
)
