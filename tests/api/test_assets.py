"""Coins in the API: what each exchange calls them, by what evidence, and old tickers in every list."""

import pytest

from exchanges.rows import Currency
from markets.models import AssetAlias
from tests.api.conftest import fresh_memory
from tests.markets.build import NOW, catalogue, instrument, rows

pytestmark = pytest.mark.usefixtures("market")


def contract(slug, address):
    rows(slug, "currencies", Currency("PEPE", network="ERC20", chain="ethereum", contract_address=address, deposit_open=True, withdraw_open=False), now=NOW)
    fresh_memory()


def test_every_coin_says_what_each_exchange_calls_it(get):
    answer = get("assets/?asset=BTC")
    (row,) = answer["results"]
    assert (row["asset"], row["slug"], row["name"], row["kind"], row["former_tickers"]) == ("BTC", "btc", "Bitcoin", "coin", [])
    assert [(c["exchange"], c["code"], c["multiplier"], c["spot_markets"]) for c in row["codes"]] == [
        ("binance", "BTC", "1", 1), ("kucoin", "BTC", "1", 1), ("bybit", "BTC", "1", 1),
    ]
    assert row["codes"][0]["identity"] == "unknown" and row["codes"][0]["basis"] is None and row["codes"][0]["evidence"]


@pytest.mark.parametrize(("query", "expected"), [
    ("?exchange=bybit", {"BTC", "USDT"}), ("?class=stablecoin", {"USDT"}), ("?search=polyg", {"POL"}), ("?state=conflicted", set()), ("?asset=matic", {"POL"}),
    ("?asset=NOSUCH", set()), ("?search=pepe&exchange=bybit", set()),
])
def test_lists_are_narrowed(get, query, expected):
    assert {row["asset"] for row in get(f"assets/{query}")["results"]} == expected


def test_pages_follow_each_other(get):
    first = get("assets/?limit=2")
    assert first["count"] == 5 and len(first["results"]) == 2 and "offset=2" in first["next"]


def test_one_coin_tells_networks_words_and_what_is_kept_apart(get):
    catalogue("gateio", "PEPE/USDT")
    for slug, address in (("kucoin", "0xaa"), ("gateio", "0xbb")):
        contract(slug, address)
    answer = get("assets/pepe/")
    found = {c["exchange"]: c for c in answer["codes"]}
    assert found["kucoin"]["identity"] == found["gateio"]["identity"] == "conflicted" and found["kucoin"]["basis"] == "contract"
    (network,) = found["kucoin"]["networks"]
    assert (network["chain"], network["contract_address"], network["deposit_open"], network["withdraw_open"]) == ("ethereum", "0xaa", True, False)
    assert "PEPE on Gate.io is kept apart" in answer["notes"][1]


def test_an_old_ticker_answers_with_the_new_one_and_says_so(get):
    AssetAlias.objects.filter(text="MATIC").update(factor=2)
    answer = get("assets/matic/")
    assert answer["asset"] == "POL" and answer["notes"] == ["MATIC is called POL since 4 September 2024. 1 MATIC became 2 POL; prices are for one POL."]
    assert [(a["text"], a["standing"], a["valid_to"]) for a in answer["aliases"] if a["kind"] == "former"] == [("MATIC", "former", "2024-09-04")]
    for address in ("markets/?base=MATIC", "pairs/?base=MATIC", "derivatives/?base=MATIC", "assets/?asset=MATIC"):
        answer = get(address)
        assert "MATIC is now called POL." in answer["notes"]
        assert not answer["results"] or answer["results"][0].get("base", "POL") == "POL"
    assert get("markets/?base=MATIC")["count"] == 1 and get("pairs/?base=BTC")["notes"] == []


def test_an_unknown_coin_is_a_404_with_what_is_near(get):
    assert "Nearest: BTC/USDT" in get("assets/bitcoi/", status=404)["detail"]
    assert get("assets/zzzz/", status=404)["detail"].endswith("zzzz.")


def test_letters_that_look_like_others_are_told(get):
    catalogue("gateio", instrument("B\u0422C/USDT"))
    fresh_memory()
    assert "Cyrillic and Latin letters" in get("assets/b\u0442c/")["notes"][0]
