"""Each reply has the keys, the JSON types and the number forms of the recorded one (read where they lie, never copied)."""

import gzip
import json
import re
from pathlib import Path

import pytest

from .conftest import INSTRUMENTS, TICKERS, TIMES

FIXTURES = Path(__file__).parents[4] / "shared" / "fixtures"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
RECORDED = {
    ("binance", "time"): ["fapi_time.json"],
    ("binance", "tickers"): ["spot_ticker_24hr_all.json", "spot_ticker_24hr_stale_delisted.json", "spot_ticker_24hr_one_sided.json"],
    ("binance", "instruments"): ["spot_exchangeInfo.json"],
    ("kucoin", "time"): ["spot_server_time.json"],
    ("kucoin", "tickers"): ["spot_all_tickers_2026_row.json"],
    ("kucoin", "instruments"): ["spot_symbols_v2.json"],
    ("bybit", "time"): ["time.json"],
    ("bybit", "tickers"): ["tickers_spot.json"],
    ("bybit", "instruments"): ["instruments_info_spot.json", "instruments_spot_xstocks.json"],
    ("gateio", "tickers"): ["spot_tickers.json", "spot_tickers_etf.json"],
    ("gateio", "instruments"): ["spot_currency_pairs.full.json.gz"],
    ("bitget", "time"): ["server_time.json"],
    ("bitget", "tickers"): ["spot_tickers_2024.json", "spot_tickers_2026.json"],
    ("bitget", "instruments"): ["spot_symbols.full.json.gz"],
}
ADDRESS = {"time": TIMES, "tickers": TICKERS, "instruments": INSTRUMENTS}
# What the wire is known to do beyond the recorded rows: `exchanges/<name>.md` beside the fixtures says where.
KNOWN = {
    ("kucoin", "tickers"): {"null", "number"},  # nulls on new pairs
    ("kucoin", "instruments"): {"int"},  # times of pairs that have them
    ("bybit", "tickers"): {"empty"},  # "" where nothing applies
    ("gateio", "tickers"): {"empty"},  # an empty side
    ("bitget", "tickers"): {"empty"},
}


def kind(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "empty" if not value else "number" if NUMBER.fullmatch(value) else "text"
    return type(value).__name__


def shape(values):
    """All values of one place merged: kinds, key by key, and which keys are always there."""
    kinds = {kind(value) for value in values}
    dicts = [value for value in values if isinstance(value, dict)]
    lists = [item for value in values if isinstance(value, list) for item in value]
    keys = {key: shape([value[key] for value in dicts if key in value]) for key in {key for value in dicts for key in value}}
    always = set.intersection(*(set(value) for value in dicts)) if dicts else set()
    texts = [value for value in values if isinstance(value, str) and NUMBER.fullmatch(value)]
    decimals = {len(text.partition(".")[2]) for text in texts}
    padded = any("." in text and text.endswith("0") for text in texts)
    return {"kinds": kinds, "keys": keys, "always": always, "items": shape(lists) if lists else None, "decimals": decimals, "padded": padded}


def differences(ours, theirs, allowed, where=""):
    """Where the simulator's reply does not look like the recorded one."""
    if strange := ours["kinds"] - theirs["kinds"] - allowed:
        yield f"{where}: {strange}, recorded {theirs['kinds']}"
    if extra := set(ours["keys"]) - set(theirs["keys"]):
        yield f"{where}: keys {extra} are not recorded"
    if missing := theirs["always"] - set(ours["keys"]):
        yield f"{where}: keys {missing} are missing"
    if ours["padded"] and not theirs["padded"]:
        yield f"{where}: zeros at the end"
    if theirs["padded"] and len(theirs["decimals"]) == 1 and ours["decimals"] - theirs["decimals"]:
        yield f"{where}: decimals {ours['decimals']}, recorded {theirs['decimals']}"
    for key in ours["keys"].keys() & theirs["keys"].keys():
        yield from differences(ours["keys"][key], theirs["keys"][key], allowed, f"{where}.{key}")
    if ours["items"] and theirs["items"]:
        yield from differences(ours["items"], theirs["items"], allowed, f"{where}[]")


def recorded(slug, name):
    path = FIXTURES / slug / name
    if not path.exists():
        pytest.skip(f"recorded replies are not beside this checkout ({path.name} of {slug}): shapes not compared")
    return json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())


@pytest.mark.parametrize(("slug", "source"), RECORDED)
def test_replies_look_like_the_recorded_ones(client, slug, source):
    theirs = [recorded(slug, name) for name in RECORDED[slug, source]]
    if isinstance(client_reply := client.json(ADDRESS[source][slug]), list):
        theirs = [row for document in theirs for row in (document if isinstance(document, list) else [document])]
        found = differences(shape(client_reply), shape(theirs), KNOWN.get((slug, source), set()))
    else:
        found = differences(shape([client_reply]), shape(theirs), KNOWN.get((slug, source), set()))
    assert list(found) == []


def test_errors_look_like_the_recorded_ones(client):
    status, _, body = client.get(f"{TICKERS['binance']}?symbol=NOPE")
    assert (status, json.loads(body)) == (400, recorded("binance", "error_bad_symbol_400.json"))
    status, _, body = client.get(f"{TICKERS['bitget']}?symbol=NOPEUSDT")
    theirs = next(error for error in recorded("bitget", "errors.json") if error["body"]["code"] == "40034")
    assert status == theirs["status"]
    assert list(json.loads(body)) == list(theirs["body"])
    status, _, body = client.get("/api.kucoin.com/api/v1/nope")
    theirs = next(error for error in recorded("kucoin", "errors.json") if error["status"] == 404 and "retry" in error["body"])
    assert (status, json.loads(body)) == (404, theirs["body"])
    status, _, body = client.get("/api.bybit.com/v5/market/tickers?category=nope")
    assert (status, json.loads(body)["retCode"]) == (200, recorded("bybit", "error_param_10001.json")["retCode"])
    status, _, body = client.get(f"{TICKERS['gateio']}?currency_pair=NOPE_USDT")
    assert status == 400
    assert set(json.loads(body)) == set(recorded("gateio", "error_invalid_currency.json"))
