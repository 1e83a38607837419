"""KuCoin: ids that outlive the coin's name, one clock for a snapshot of all tickers, errors inside HTTP 200. Facts of 2026-09.

Two hosts share paths with different meanings: spot, coins and announcements on the first, contracts on the second.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import reading
from exchanges.adapter import Adapter, Headers, Part, Pool, Request, Source, Use
from exchanges.adapters.kucoin import contracts, depth, facts, history, spot
from exchanges.errors import Blocked, Halted, Refused, Throttled, Unreachable
from exchanges.reading import Text
from exchanges.rows import Announcement, Book, Candle, FundingRate, IndexMember, Instrument, PerpTicker, ServiceStatus

HOST = "api.kucoin.com"
FUTURES = "api-futures.kucoin.com"


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Envelope(Struct):
    code: str | int
    msg: Text = None


_ENVELOPE = Decoder(_Envelope)
_NO_SUCH_MARKET = "200003"
_THEIR_FAULT = {"500000", "230005", "408000"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is code "200000" in HTTP 200. 400302 refuses the country, 429000 is the limit or an overload."""
    reply = reading.envelope(status, headers, body, _ENVELOPE)
    code, text = str(reply.code), reading.words(reply.code, reply.msg)
    if code == "429000" or status == 429:
        raise Throttled(text, _reset_s(headers))
    if code == "400302":
        raise Blocked(text, "geoblocked")
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if code == _NO_SUCH_MARKET:
        raise Halted(text, status)
    reading.refuse(status, headers, body)
    if code != "200000":
        raise Refused(text, "api_error")


def _reset_s(headers: Headers) -> float | None:
    """gw-ratelimit-reset counts milliseconds down; an overload comes without it, and Retry-After is never sent."""
    reset = reading.count(headers, "gw-ratelimit-reset")
    return reading.retry_after(headers) if reset is None else reset / 1000


def usage(headers: Headers) -> tuple[Use, ...]:
    """gw-ratelimit-limit, -remaining and -reset of the public pool."""
    limit, left = reading.count(headers, "gw-ratelimit-limit"), reading.count(headers, "gw-ratelimit-remaining")
    if left is None:
        return ()
    reset = reading.count(headers, "gw-ratelimit-reset")
    return (Use("public", None if limit is None else limit - left, left, None if reset is None else reset / 1000),)


# --- what can be asked ----------------------------------------------------------------------------------------------
SYMBOL = ("symbol", "{symbol}")
CONTRACTS = Request(FUTURES, "/api/v1/contracts/active")


def _is_spot(market: Instrument) -> bool:
    return market.kind == "spot"


def _is_contract(market: Instrument) -> bool:
    return market.kind in ("perp", "future")


def _is_perpetual(market: Instrument) -> bool:
    return market.kind == "perp"


def _has_index(market: Instrument) -> bool:
    return market.kind == "perp" and bool(market.index)


def _announcements(kind: str) -> Part[Announcement]:
    """The newest page of one type. Without a window the exchange gives the last month."""
    params = (("annType", kind), ("lang", "en_US"), ("pageSize", "50"), ("currentPage", "1"))
    return Part(kind, Request(HOST, "/api/v3/announcements", params), {"public": 20}, facts.parse_announcements)


STATUS: Source[ServiceStatus] = Source(
    (
        Part("spot", Request(HOST, "/api/v1/status"), {"public": 3}, facts.parse_status),
        Part("futures", Request(FUTURES, "/api/v1/status"), {"public": 4}, facts.parse_futures_status),
    ),
    period_s=60, whole=False,
)  # fmt: skip
BOOK: Source[Book] = Source(
    (
        Part("spot", Request(HOST, "/api/v1/market/orderbook/level2_100", (SYMBOL,)), {"public": 4}, depth.parse_spot, clock="snapshot", fits=_is_spot),
        Part("contract", Request(FUTURES, "/api/v1/level2/depth100", (SYMBOL,)), {"public": 10}, depth.parse_contract, clock="snapshot", fits=_is_contract),
    ),
    period_s=30, whole=False, markets=12, known=("perp_instruments",),
)  # fmt: skip
CANDLES: Source[Candle] = Source(
    (
        Part(
            "spot", Request(HOST, "/api/v1/market/candles", (SYMBOL, ("type", "{period}"), ("startAt", "{start_s}"), ("endAt", "{end_s}"))),
            {"public": 3}, history.parse_spot_candles, fits=_is_spot, periods=history.SPOT_PERIODS,
        ),
        Part(
            "contract", Request(FUTURES, "/api/v1/kline/query", (SYMBOL, ("granularity", "{period}"), ("from", "{start_ms}"), ("to", "{end_ms}"))),
            {"public": 3}, history.parse_contract_candles, fits=_is_contract, periods=history.CONTRACT_PERIODS,
        ),
    ),
    period_s=3600, whole=False, markets=10, known=("perp_instruments",),
)  # fmt: skip
FUNDING_HISTORY: Source[FundingRate] = Source(
    (
        Part(
            "all", Request(FUTURES, "/api/v1/contract/funding-rates", (SYMBOL, ("from", "{start_ms}"), ("to", "{end_ms}"))),  # both are required
            {"public": 5}, history.parse_funding_history, fits=_is_perpetual,
        ),
    ),
    period_s=3600, whole=False, markets=30,
)  # fmt: skip
INDEX_MEMBERS: Source[IndexMember] = Source(
    (
        Part(
            "all", Request(FUTURES, "/api/v1/index/query", (("symbol", "{index}"), ("maxCount", "1"), ("reverse", "true"))),
            {"public": 2}, facts.parse_index_members, fits=_has_index,
        ),
    ),
    period_s=86_400, whole=False, markets=60,
)  # fmt: skip
PERP_TICKERS: Source[PerpTicker] = Source(
    (
        # First, so that its clock is the rows': when a contract last traded. Nothing here dates bid and ask.
        Part("book", Request(FUTURES, "/api/v1/allTickers"), {"public": 5}, contracts.parse_tickers, clock="last_trade", few=100),
        Part("contracts", CONTRACTS, {"public": 3}, contracts.parse_contracts, few=100),
    ),
    period_s=15, known=("perp_instruments",),
)  # fmt: skip

ADAPTER = Adapter(
    slug="kucoin",
    name="KuCoin",
    spellings=("kukoin",),
    monogram="KC",
    position=2,
    hosts=(HOST, FUTURES, "api.kucoin.eu"),
    pools=(Pool("public", 2000, 30, unit="weight"),),  # whether the two hosts share it is not known: one is the safe reading
    budget=100,
    taker_fee=spot.TAKER_FEE,
    trade_page="https://www.kucoin.com/trade/{symbol}",
    check=check,
    usage=usage,
    time=Source((Part("all", Request(HOST, "/api/v1/timestamp"), {"public": 3}, spot.parse_time, clock="snapshot"),), period_s=300, whole=False),
    status=STATUS,
    instruments=Source((Part("all", Request(HOST, "/api/v2/symbols"), {"public": 4}, spot.parse_instruments, few=100),), period_s=300),
    tickers=Source(
        (Part("all", Request(HOST, "/api/v1/market/allTickers"), {"public": 15}, spot.parse_tickers, clock="snapshot", few=100),),
        period_s=10,
    ),
    book=BOOK,
    candles=CANDLES,
    currencies=Source((Part("all", Request(HOST, "/api/v3/currencies"), {"public": 3}, facts.parse_currencies, few=100),), period_s=900),
    announcements=Source((_announcements("new-listings"), _announcements("delistings"), _announcements("maintenance-updates")), period_s=300),
    perp_instruments=Source((Part("all", CONTRACTS, {"public": 3}, contracts.parse_instruments, few=100),), period_s=300),
    perp_tickers=PERP_TICKERS,
    funding=Source((Part("all", CONTRACTS, {"public": 3}, contracts.parse_funding, few=100),), period_s=60),
    funding_history=FUNDING_HISTORY,
    index_members=INDEX_MEMBERS,
)
