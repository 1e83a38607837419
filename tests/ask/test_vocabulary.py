"""The words that questions are read with: without a database, with one, and renewed when coins or aliases change."""

import pytest
from django.db import DatabaseError

from exchanges.adapters import ADAPTERS
from markets import held, known_coins, seeds
from markets.ask.grammar import parse
from markets.models import Asset, AssetAlias
from markets.reads.vocabulary import built_in, vocabulary
from tests.api.conftest import fresh_memory
from tests.markets.build import catalogue


def test_what_is_known_without_a_database(monkeypatch):
    def away():
        raise DatabaseError("no such table")

    monkeypatch.setattr(held, "current", away)
    assert vocabulary() is built_in()


def test_hundreds_of_coins_and_dozens_of_exchanges_are_known_by_name():
    words = built_in()
    assert len(words.tickers) >= 400
    assert len(set(words.uncovered.values())) >= 40
    assert set(words.exchanges.values()) == set(ADAPTERS)
    assert words.stable == set(seeds.STABLECOINS)
    assert words.money == known_coins.MONEY


@pytest.mark.parametrize(("name", "ticker"), [("polygon", "POL"), ("fantom", "S"), ("maker", "SKY"), ("ripple", "XRP"), ("shiba", "SHIB"),
    ("toncoin", "TON"), ("ether", "ETH")])
def test_a_name_is_todays_ticker(name, ticker):
    assert built_in().names[name] == ticker


@pytest.mark.parametrize("ticker", ["matic", "ftm", "mkr", "eos", "btc", "dot"])
def test_a_ticker_is_no_name_for_it_stays_as_typed(ticker):
    assert ticker not in built_in().names


@pytest.mark.parametrize("slug", sorted(ADAPTERS))
def test_an_exchange_is_known_by_its_slug_its_name_and_its_spellings(slug):
    adapter = ADAPTERS[slug]
    for spelling in (slug, adapter.name.lower(), adapter.name.lower().replace(".", ""), adapter.name.lower().replace(".", " "), *adapter.spellings):
        assert parse(f"price of btc on {spelling}", built_in()).exchanges == (slug,)


@pytest.mark.django_db
@pytest.mark.usefixtures("market")
def test_a_new_coin_and_a_new_alias_are_understood_at_once():
    assert parse("price of zzq", vocabulary()).assets == ()
    catalogue("bitget", "ZZQ/USDT")
    AssetAlias.objects.create(asset=Asset.objects.get(ticker="ZZQ"), text="zed thing", kind=AssetAlias.Kind.NAME)
    fresh_memory()
    words = vocabulary()
    assert parse("price of zzq", words).assets == ("ZZQ",)
    assert parse("price of zed thing", words).assets == ("ZZQ",)
    assert vocabulary() is words


@pytest.mark.django_db
@pytest.mark.usefixtures("market")
def test_a_little_coin_does_not_take_a_well_known_name():
    catalogue("bitget", "BITCOIN/USDT")
    fresh_memory()
    assert Asset.objects.filter(ticker="BITCOIN").exists()
    assert parse("bitcoin price", vocabulary()).assets == ("BTC",)
