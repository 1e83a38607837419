"""The simulated world has the size of the real one, and every odd thing that docs/simulator.md promises."""

from collections import Counter, defaultdict

import pytest

from exchanges.simulator import odd
from exchanges.simulator.universe import universe
from exchanges.simulator.writers import WRITERS

from .conftest import INSTRUMENTS, TICKERS, rows_of

WORLD = universe().markets
BY_SYMBOL = {slug: {market.symbol: market for market in markets} for slug, markets in WORLD.items()}
TRADING = {"binance": 1_500, "kucoin": 1_060, "bybit": 600, "gateio": 2_200, "bitget": 890}


@pytest.mark.parametrize(("slug", "about"), TRADING.items())
def test_about_as_many_markets_trade_as_in_life(slug, about):
    trading = [market for market in WORLD[slug] if market.status == "trading"]
    assert abs(len(trading) - about) <= 12
    assert len(BY_SYMBOL[slug]) == len(WORLD[slug]), "a symbol twice"


def test_more_than_two_thousand_pairs_many_on_all_five_and_many_on_one_only():
    places = defaultdict(set)
    for slug, markets in WORLD.items():
        for market in markets:
            if market.status == "trading":
                places[market.base.upper(), market.quote].add(slug)
    counts = Counter(map(len, places.values()))
    assert len(places) > 2_000
    assert counts[5] > 300
    assert counts[1] > 1_000


def test_the_odd_markets_are_listed_as_the_tables_say():
    for table in (odd.HALTED, odd.DELISTING, odd.ONE_SIDED, odd.NULLS, odd.RENAMED, odd.FREE, odd.DOUBLE_FEE, odd.HALF_FEE, odd.NO_STAMP):
        for slug, symbols in table.items():
            assert set(symbols) <= set(BY_SYMBOL[slug]), (slug, symbols)
    assert all(BY_SYMBOL["binance"][base + quote].status == "delisted" for base, quote, _ in odd.DELISTED["binance"])
    assert sum(market.status == "delisted" for market in WORLD["binance"]) > 400
    for slug, codes in odd.CHINESE.items():
        assert set(codes) <= {market.base for market in WORLD[slug]}
    assert sum("币安人生" in codes for codes in odd.CHINESE.values()) >= 3
    for code in odd.LOOKALIKES:
        assert any(market.base == code and market.asset.kind == "coin" for markets in WORLD.values() for market in markets), code


def test_leveraged_tokens_and_tokenised_shares_are_as_many_as_in_life():
    kinds = {slug: Counter(market.asset.kind for market in markets) for slug, markets in WORLD.items()}
    assert 340 <= kinds["gateio"]["leveraged"] <= 360
    assert 220 <= kinds["bitget"]["share"] <= 240
    assert all(market.base.startswith("r") for market in WORLD["bitget"] if market.asset.kind == "share")


def test_dead_markets_show_their_last_day_for_ever(client):
    row = next(row for row in client.json(TICKERS["binance"]) if row["symbol"] == "MATICUSDT")
    assert row["bidPrice"] == row["askPrice"] == "0.00000000"
    assert float(row["lastPrice"]) > 0
    assert row["closeTime"] == 1_725_926_400_000  # 2024-09-10
    assert {row["symbol"] for row in client.json(f"{TICKERS['binance']}?symbolStatus=TRADING")}.isdisjoint({"MATICUSDT", "CSPRUSDT"})


def test_halted_markets_stand_still(simulator, client):
    def halted():
        rows = {row["currency_pair"]: row for row in client.json(TICKERS["gateio"])}
        return [{k: v for k, v in rows[symbol].items() if "utc" not in k} for symbol in odd.HALTED["gateio"]]

    before = halted()
    simulator.control(clock={"offset_s": 7_200})
    assert halted() == before
    assert {row["trade_status"] for row in client.json(INSTRUMENTS["gateio"]) if row["id"] in odd.HALTED["gateio"]} == {"untradable"}


def test_one_sided_and_empty_books_and_nulls_are_on_the_wire(client):
    sides = {slug: (writer.FIELDS.bid, writer.FIELDS.ask) for slug, writer in WRITERS.items()}
    for slug, markets in odd.ONE_SIDED.items():
        rows = {row.get("symbol") or row["currency_pair"]: row for row in rows_of(client.json(TICKERS[slug]))}
        for symbol, left in markets.items():
            bid, ask = (float(rows[symbol][key] or 0) > 0 for key in sides[slug])
            assert (bid, ask) == (left == "bid", left == "ask"), (slug, symbol)
    new = {row["symbol"]: row for row in rows_of(client.json(TICKERS["kucoin"])) if row["symbol"] in odd.NULLS["kucoin"]}
    assert all(row["buy"] is row["sell"] is row["last"] is row["changeRate"] is row["averagePrice"] is None and row["vol"] == "0" for row in new.values())
    assert len(new) == 3


def test_old_ids_carry_todays_names(client):
    names = {row["symbol"]: row["baseCurrency"] for row in rows_of(client.json(INSTRUMENTS["kucoin"]))}
    assert {symbol: names[symbol] for symbol in odd.RENAMED["kucoin"]} == odd.RENAMED["kucoin"]
    assert {"kALT", "kACE", "wAXL", "USDe"} <= set(names.values())


def test_units_of_a_thousand_and_one_ticker_for_two_coins(client):
    last = {slug: {row.get("symbol") or row["currency_pair"]: row for row in rows_of(client.json(TICKERS[slug]))} for slug in ("binance", "gateio")}
    thousand, plain = float(last["binance"]["1000SATSUSDT"]["lastPrice"]), float(last["gateio"]["SATS_USDT"]["last"])
    assert thousand / plain == pytest.approx(1_000, rel=0.02)
    assert float(last["binance"]["NOVAUSDT"]["lastPrice"]) / float(last["gateio"]["NOVA_USDT"]["last"]) == pytest.approx(110, rel=0.5)


def test_fees_and_planned_ends_are_on_the_wire(client):
    kucoin = {row["symbol"]: row for row in rows_of(client.json(TICKERS["kucoin"]))}
    assert kucoin["USDC-USDT"]["takerCoefficient"] == "0"
    assert sum(row["takerCoefficient"] == "2" for row in kucoin.values()) > 100
    bitget = {row["symbol"]: row for row in rows_of(client.json(INSTRUMENTS["bitget"]))}
    assert bitget["BTCUSDT"]["takerFeeRate"] == "0.002"
    assert bitget["ADAUSDT"]["takerFeeRate"] == "0.001"
    assert {symbol for symbol, row in bitget.items() if row["offTime"]} == set(odd.DELISTING["bitget"])
    gate = client.json(INSTRUMENTS["gateio"])
    assert {row["id"] for row in gate if "delisting_time" in row} == set(odd.DELISTING["gateio"])
