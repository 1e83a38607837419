"""Where recorded replies lie: beside the checkout, or nowhere. They are read there and never copied into the project."""

import gzip
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "fixtures"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recorded replies: {FOLDER} does not exist")


def read(name: str) -> bytes:
    path = FOLDER / name
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def instruments_of(slug: str) -> list[str]:
    """Recorded catalogues, by the exchange they are of."""
    return INSTRUMENTS[slug]


INSTRUMENTS = {
    "binance": ["binance/spot_exchangeInfo.json", "binance/spot_exchangeInfo_2021_special.json"],
    "kucoin": ["kucoin/spot_symbols_v1.full.json.gz", "kucoin/spot_symbols_v1_2021.json", "kucoin/spot_symbols_v1_2026.json", "kucoin/spot_symbols_v2.json"],
    "bybit": ["bybit/instruments_info_spot.json", "bybit/instruments_spot.json", "bybit/instruments_spot_xstocks.json"],
    "gateio": ["gateio/spot_currency_pairs.full.json.gz", "gateio/spot_currency_pairs.json"],
    "bitget": ["bitget/spot_symbols.full.json.gz", "bitget/spot_symbols_2024.json", "bitget/spot_symbols_2025.json", "bitget/spot_symbols_2026.json"],
}
TICKERS = {
    "binance": [
        "binance/spot_ticker_24hr_all.json",
        "binance/spot_ticker_24hr_one.json",
        "binance/spot_ticker_24hr_one_sided.json",
        "binance/spot_ticker_24hr_stale_delisted.json",
        "binance/spot_ticker_24hr_symbols.json",
    ],
    "kucoin": ["kucoin/spot_all_tickers.json", "kucoin/spot_all_tickers_2026_row.json"],
    "bybit": ["bybit/tickers_spot.json"],
    "gateio": ["gateio/spot_tickers.json", "gateio/spot_tickers_etf.json"],
    "bitget": ["bitget/spot_tickers_2024.json", "bitget/spot_tickers_2026.json"],
}
TIMES = {"kucoin": ["kucoin/spot_server_time.json"], "bybit": ["bybit/time.json"], "bitget": ["bitget/server_time.json"], "binance": ["binance/fapi_time.json"]}


def ticker_reply(name: str) -> bytes:
    """A recorded reply to "all tickers"; an answer to one symbol is put into the list it would have come in."""
    body = read(name)
    return b"[" + body + b"]" if isinstance(json.loads(body), dict) and name.startswith("binance") else body
