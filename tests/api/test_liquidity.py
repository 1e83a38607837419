"""Liquidity and rates over HTTP: the same numbers as the pages, filters, and what is missing."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets import turns
from markets.models import Book, ExchangeAsset, Market
from tests.api.conftest import fresh_memory
from tests.markets.build import catalogue, prices, ticker

BIDS = [["99.9", "3"], ["99.7", "6"], ["99.0", "12"], ["98.2", "40"], ["97.0", "80"]]
ASKS = [["100.0", "2"], ["100.1", "5"], ["100.5", "10"], ["101.5", "40"], ["102.5", "100"]]
ONE, TWO = "binance", "kucoin"


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: calls.append(args))
    return calls


@pytest.fixture
def books(market, queued):
    """The example's book on one exchange, a deep one further from its middle on another; the third has none."""
    at = timezone.now() - timedelta(seconds=1)
    for slug, bids, asks in ((ONE, BIDS, ASKS), (TWO, [["99.0", "9000"]], [["101.0", "9000"]])):
        times = dict.fromkeys(("requested_at", "received_at", "observed_at"), at)
        found = Market.objects.get(exchange__slug=slug, symbol="BTCUSDT")
        Book.objects.create(market=found, bids=json.dumps(bids), asks=json.dumps(asks), levels=10, **times)
    fresh_memory()


def test_one_pair_digit_for_digit(books, get):
    answer = get("liquidity/BTC-USDT/")
    first, second, third = answer["results"]
    assert (answer["ranked_by"], answer["best"], answer["usd_per_quote"]) == ("score", ONE, "1")
    assert answer["amount"] == {"side": "buy", "value": "10000", "unit": "quote"}
    assert (first["exchange"], first["rank"], first["state"], first["volume_suspicious"]) == (ONE, 1, "fresh", True)  # 170 against 1.1
    assert first["book"]["score"].startswith("53.195285") and second["volume_suspicious"] is False
    assert f"{sum(Decimal(part['points']) for part in first['book']['score_parts']):.1f}" == "53.2"
    within = first["book"]["depth"][3]
    assert (within["within_pct"], within["bids"], within["asks"], within["bids_truncated"]) == ("2", "6013.9", "5765.5", False)
    assert first["book"]["move_up_2_pct_usd"] == "5765.5" and first["book"]["costs"][1]["buy"]["slippage_bps"].startswith("176.7664")
    assert second["exchange"] == TWO and second["book"]["depth"][3]["asks_truncated"] is True
    assert (third["book"], third["rank"], third["state"]) == (None, None, "missing") and third["waiting"] is True


def test_an_amount_decides_the_order(books, get):
    answer = get("liquidity/BTC-USDT/?amount=50000")
    assert (answer["ranked_by"], answer["best"]) == ("cost", TWO)
    unfilled = answer["results"][1]["cost"]
    assert (unfilled["slippage_bps"], unfilled["average_price"], unfilled["fillable_pct"], unfilled["money"]) == (None, None, "32.031", "16015.5")
    coins = get("liquidity/BTC-USDT/?amount=2&unit=base&side=sell")
    assert coins["amount"] == {"side": "sell", "value": "2", "unit": "base"} and coins["results"][0]["cost"]["money"] == "199.8"


def test_looking_asks_the_queue_once(books, get, queued):
    get("liquidity/BTC-USDT/")
    assert sorted({slug for slug, *_ in queued}) == sorted([ONE, TWO, "bybit"])


def test_the_list_and_its_filters(books, get):
    answer = get("liquidity/")
    row = answer["results"][0]
    assert answer["count"] == 1 and (row["base"], row["quote"], row["books"], row["best"], row["tightest"], row["deepest"]) == ("BTC", "USDT", 2, ONE, ONE, TWO)
    assert row["depth_2_pct_usd"] == "891000" and row["spread_bps"].startswith("10.005") and row["volume_suspicious"] == [ONE]
    assert get("liquidity/?amount_usd=50000")["results"][0]["best"] == TWO
    assert get(f"liquidity/?exchange={TWO}")["results"][0]["best"] == TWO
    for empty in ("quote=USDC", "min_score=54", "min_depth_usd=900000", "search=zzz", "offset=1"):
        assert get(f"liquidity/?{empty}")["results"] == []


@pytest.mark.parametrize(("address", "status"), [
    ("liquidity/BTC-XXX/", 404), ("liquidity/BTC/", 404), ("liquidity/BTC-USDT/?side=up", 400), ("liquidity/?ordering=x", 400), ("rates/?target=XXX", 400),
])
def test_what_cannot_be_is_explained(books, get, address, status):
    assert get(address, status)["status"] == status


def test_rates_with_their_paths_and_a_broken_peg(market, get):
    now = timezone.now() - timedelta(seconds=1)
    for slug in (ONE, TWO):
        listed = [m.replace("USDT", "/USDT") for m in Market.objects.filter(exchange__slug=slug).values_list("symbol", flat=True)]
        catalogue(slug, *listed, "USDC/USDT", "DAI/USDT", "BTC/DAI", "BTC/FDUSD", now=now)
        prices(slug, ticker("USDC/USDT", "0.9199", "0.9201"), ticker("DAI/USDT", "0.9999", "1.0001"), ticker("BTC/USDT", "100.2", "100.9"), now=now)
    ExchangeAsset.objects.update(state="confirmed")
    fresh_memory()
    answer = get("rates/")
    found = {row["currency"]: row for row in answer["rates"]}
    assert answer["target"] == "USDT" and (found["USDC"]["mid"], found["USDC"]["bid"], found["USDC"]["ask"]) == ("0.92", "0.9199", "0.9201")
    assert found["USDC"]["path"] == ["USDC", "USDT"] and found["USDC"]["legs"][0]["exchanges"] == [ONE, TWO] and found["USDC"]["state"] == "fresh"
    assert answer["unknown"] == ["FDUSD"] and found["USDT"] | {"legs": []} == found["USDT"]
    pegs = {row["currency"]: row for row in answer["pegs"]}
    assert (pegs["USDC"]["state"], pegs["USDC"]["deviation_pct"], pegs["USDC"]["follows"]) == ("depegged", "-8", "USD")
    assert get("rates/?target=USDC")["rates"] != answer["rates"]
