"""Recorded spot replies field by field, against values worked out by hand from the wire text (Bybit's stand in test_bybit.py)."""

import pytest

from exchanges.adapters import ADAPTERS
from exchanges.management.commands.parse import as_json

from . import recorded

pytestmark = recorded.needed


def first(slug, source, body):
    """The first row of a recorded reply, without what is unknown or does not apply."""
    row = ADAPTERS[slug].sources[source].parts[0].parse(body, {"x-out-time": "1790000000000000"}, {}).rows[0]
    return {name: value for name, value in as_json(row).items() if value is not None and value is not False and value != []}


@pytest.mark.parametrize(("slug", "name", "expected"), [
    ("binance", "spot_ticker_24hr_one.json", {
        "symbol": "DOGEUSDT", "bid": "0.2704", "bid_size": "160275", "ask": "0.2705", "ask_size": "106108", "last": "0.2705",
        "base_volume_24h": "1343961239.7", "quote_volume_24h": "365772101.018268", "change_24h_pct": "-3.14", "high_24h": "0.28173", "low_24h": "0.2641",
        "exchange_ts": "2021-08-27T05:33:42.749000Z"}),
    # changeRate 0.0215 is a fraction; the fee is 0.001 times a coefficient of 2
    ("kucoin", "spot_all_tickers_2026_row.json", {
        "symbol": "CLANKER-USDT", "bid": "13.926", "bid_size": "2.15", "ask": "13.975", "ask_size": "22.93", "last": "14.003", "base_volume_24h": "6690.32",
        "quote_volume_24h": "95610.674", "change_24h_pct": "2.15", "high_24h": "15.262", "low_24h": "13.478", "taker_fee": "0.002",
        "exchange_ts": "2026-08-22T18:16:16.931000Z"}),
    # percent already, no sizes, and the time of the header
    ("gateio", "spot_tickers.json", {
        "symbol": "BTC_USDT", "bid": "26019.8", "ask": "26019.9", "last": "26019.8", "base_volume_24h": "4722.912133756",
        "quote_volume_24h": "122324034.68892", "change_24h_pct": "1.09", "high_24h": "26202.4", "low_24h": "25606.3", "exchange_ts": "2026-09-21T14:13:20Z"}),
    # change24h 0.02382 is a fraction
    ("bitget", "spot_tickers_2026.json", {
        "symbol": "NEARUSDT", "bid": "1.848", "bid_size": "118.12", "ask": "1.849", "ask_size": "844.19", "last": "1.848", "base_volume_24h": "401374.4",
        "quote_volume_24h": "733162.7", "change_24h_pct": "2.382", "high_24h": "1.859", "low_24h": "1.788", "exchange_ts": "2026-07-27T09:52:18.426000Z"}),
])  # fmt: skip
def test_the_first_ticker(slug, name, expected):
    assert first(slug, "tickers", recorded.ticker_reply(f"{slug}/{name}")) == expected


SPOT = {"kind": "spot", "status": "trading"}


@pytest.mark.parametrize(("slug", "name", "expected"), [
    ("binance", "spot_exchangeInfo.json", {
        "symbol": "ETHBTC", "base": "ETH", "quote": "BTC", "tick_size": "0.00001", "lot_size": "0.0001", "min_size": "0.0001", "min_notional": "0.0001"}),
    ("kucoin", "spot_symbols_v2.json", {
        "symbol": "BTC-USDT", "base": "BTC", "quote": "USDT", "tick_size": "0.1", "lot_size": "0.00000001", "min_size": "0.00001", "min_notional": "0.1",
        "maker_fee": "0.001", "taker_fee": "0.001"}),
    # the fee of 0.2 is percent, precisions are decimals, times are seconds
    ("gateio", "spot_currency_pairs.json", {
        "symbol": "DOGE3S_USDT", "base": "DOGE3S", "quote": "USDT", "tick_size": "0.000001", "lot_size": "0.01", "min_size": "0.01", "min_notional": "3",
        "maker_fee": "0.002", "taker_fee": "0.002", "listed_at": "2020-12-21T04:00:00Z", "leveraged": True, "name": "DOGE3xShort"}),
    # the fee is a fraction, times are milliseconds, an end is planned
    ("bitget", "spot_symbols_2026.json", {
        "symbol": "HIPPOUSDT", "base": "HIPPO", "quote": "USDT", "tick_size": "0.000001", "lot_size": "0.01", "min_notional": "1", "maker_fee": "0.001",
        "taker_fee": "0.001", "listed_at": "2024-11-13T15:30:00Z", "delist_at": "2026-06-12T10:00:00Z"}),
])  # fmt: skip
def test_the_first_market(slug, name, expected):
    assert first(slug, "instruments", recorded.read(f"{slug}/{name}")) == SPOT | expected
