"""Text that no PostgreSQL column takes (NUL) never leaves an adapter: one such word would cost the whole poll."""

import json

from exchanges.adapters import ADAPTERS
from exchanges.rows import Instrument

NUL = chr(0)
PERP = Instrument("BTC_USDT", "BTC", "USDT", kind="perp", index="BTC_USDT")


def rows(slug, source, reply, *known):
    return ADAPTERS[slug].source(source).parts[0].parse(json.dumps(reply).encode(), {}, {each.symbol: each for each in known}).rows


def test_in_the_names_of_an_indexs_members():
    reply = {"index": "BTC_USDT", "constituents": [{"exchange": f"Bi{NUL}nance", "symbols": [f"BTC{NUL}USDT"], "weight": "0.5"}]}
    assert [(row.exchange, row.member) for row in rows("gateio", "index_members", reply, PERP)] == [("Binance", "BTCUSDT")]


def test_in_the_id_of_a_maintenance():
    window = {"id": f"a{NUL}b", "state": "scheduled", "title": "t", "begin": "1700000000000", "end": "1700000100000"}
    assert [row.id for row in rows("bybit", "status", {"result": {"list": [window]}})] == ["", "ab"]


def test_in_the_name_of_an_underlying():
    underlying = {"baseAsset": "BTC", "quoteAsset": "USDT", "underlying": f"BTC{NUL}", "settleAsset": "USDT"}
    option = {"symbol": "BTC-1-C", "underlying": f"BTC{NUL}", "side": "CALL", "quoteAsset": "USDT", "strikePrice": "1", "expiryDate": 1790000000000, "unit": 1}
    assert [row.underlying for row in rows("binance", "option_instruments", {"optionContracts": [underlying], "optionSymbols": [option]})] == ["BTC"]
