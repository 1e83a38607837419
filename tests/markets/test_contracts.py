"""Tickers of contracts and options per coin, open interest and its history, index members."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.client import Heard
from exchanges.models import Exchange, Run
from exchanges.rows import IndexMember, Instrument, OptionTicker, PerpTicker
from markets import read, store
from markets.models import Derivative, ExchangeAsset, Market, OpenInterest, OptionQuote, Revision
from markets.models import IndexMember as Member
from tests.markets.build import NOW, catalogue, contract, contracts, outcome, prices, rows, save, ticker

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]


def perp(symbol, bid=None, ask=None, **more):
    numbers = {name: value if name in ("bad", "exchange_ts") else Decimal(str(value)) for name, value in more.items() if value is not None}
    return PerpTicker(symbol.replace("/", ""), bid and Decimal(str(bid)), ask=ask and Decimal(str(ask)), **numbers)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def test_a_perpetuals_ticker_is_stored_beside_the_spot_market_of_the_same_symbol():
    catalogue("binance", "BTC/USDT")
    contracts("binance", "BTC/USDT")
    prices("binance", ticker("BTC/USDT", 10, 11))
    rows("binance", "perp_tickers", perp("BTC/USDT", "100.5", 101, mark_price="100.7", open_interest="1234.5", quote_volume_24h=5))
    stored = Derivative.objects.get()
    assert (stored.market.kind, stored.bid, stored.mark_price, stored.open_interest) == ("perp", Decimal("100.5"), Decimal("100.7"), Decimal("1234.5"))
    assert stored.open_interest_at == stored.observed_at == NOW - timedelta(milliseconds=50)
    assert read.compare("BTC", "USDT", NOW).rows[0].quote.bid == 10, "a contract is never a spot price"


def test_only_a_snapshot_clock_dates_a_ticker_and_it_never_runs_backwards():
    contracts("bybit", "BTC/USDT")
    Exchange.objects.filter(slug="bybit").update(clock_offset_ms=2000)
    rows("bybit", "perp_tickers", perp("BTC/USDT", 1, 2, exchange_ts=later(-598)), clock="snapshot")
    assert (Derivative.objects.get().observed_at, Derivative.objects.get().ts_source) == (later(-600), "exchange")
    rows("bybit", "perp_tickers", perp("BTC/USDT", 3, 4, exchange_ts=later(-700)), clock="snapshot", now=later(10))
    assert Derivative.objects.get().bid == 1 and "backwards" in Run.objects.first().detail
    rows("bybit", "perp_tickers", perp("BTC/USDT", 5, 6, exchange_ts=later(-800)), clock="last_trade", now=later(20))
    assert (Derivative.objects.get().bid, Derivative.objects.get().ts_source) == (5, "received")


def test_a_ticker_without_open_interest_leaves_what_another_source_brought_with_its_time():
    contracts("binance", "BTC/USDT")
    market = Market.objects.get()
    rows("binance", "open_interest", perp("BTC/USDT", open_interest=77), markets={"BTCUSDT": market.pk}, times={"BTCUSDT": (later(-30), later(-28))})
    rows("binance", "perp_tickers", perp("BTC/USDT", 1, 2), now=later(60))
    stored = Derivative.objects.get()
    assert (stored.bid, stored.open_interest, stored.open_interest_at, stored.observed_at) == (1, 77, later(-29), later(60) - timedelta(milliseconds=50))


def test_open_interest_asked_by_market_leaves_the_prices():
    contracts("binance", "BTC/USDT")
    rows("binance", "perp_tickers", perp("BTC/USDT", 1, 2, mark_price="1.5"))
    rows("binance", "open_interest", perp("BTC/USDT", open_interest=77), now=later(60), markets={"BTCUSDT": Market.objects.get().pk})
    assert (Derivative.objects.get().bid, Derivative.objects.get().open_interest) == (1, 77)
    assert OpenInterest.objects.values_list("open_interest", "mark_price").get() == (77, Decimal("1.5"))


def test_open_interest_is_not_remembered_beside_a_price_of_another_hour():
    contracts("binance", "BTC/USDT")
    rows("binance", "perp_tickers", perp("BTC/USDT", 1, 2, mark_price="1.5", index_price="1.4"))
    rows("binance", "open_interest", perp("BTC/USDT", open_interest=77), now=later(7300), markets={"BTCUSDT": Market.objects.get().pk})
    assert OpenInterest.objects.values_list("open_interest", "mark_price", "index_price").get() == (77, None, None)


def test_open_interest_has_one_row_an_hour_the_first_one_known():
    contracts("bybit", "BTC/USDT")
    for minutes, interest in ((0, None), (1, 10), (2, 11), (60, 12)):
        rows("bybit", "perp_tickers", perp("BTC/USDT", 1, 2, open_interest=interest), now=later(60 * minutes))
    assert list(OpenInterest.objects.order_by("opened_at").values_list("opened_at", "open_interest")) == [(NOW, 10), (later(3600), 12)]


def test_a_row_of_an_early_reply_is_not_as_young_as_the_polls_last_one():
    contracts("binance", "BTC/USDT", "ETH/USDT")
    heard = {"BTCUSDT": Heard(later(-11), later(-9), "last_change"), "ETHUSDT": Heard(later(-3), later(-1), "snapshot")}
    found = [perp("BTC/USDT", 1, 2, exchange_ts=later(-600)), perp("ETH/USDT", 3, 4, exchange_ts=later(-300))]
    assert save("binance", "perp_tickers", outcome(found, clock="last_change", heard=heard))
    stored = {d.market.symbol: (d.observed_at, d.received_at, d.ts_source) for d in Derivative.objects.select_related("market")}
    assert stored == {"BTCUSDT": (later(-10), later(-9), "received"), "ETHUSDT": (later(-300), later(-1), "exchange")}


def bundle(slug="binance"):
    for other in ("kucoin", "gateio"):
        catalogue(other, "PEPE/USDT")
        prices(other, ticker("PEPE/USDT", "0.00001", "0.0000101"))
    contracts(slug, "1000PEPE/USDT")


def test_a_perpetual_on_a_bundle_is_recognised_by_the_spot_price_and_counted_per_coin():
    bundle()
    for seconds in (0, 15):
        rows("binance", "perp_tickers", perp("1000PEPE/USDT", "0.01", "0.0101", bid_size=5, mark_price="0.01005", open_interest=1000, high_24h="0.02"),
             now=later(seconds))
    code, stored = ExchangeAsset.objects.get(code="1000PEPE"), Derivative.objects.get()
    assert (code.multiplier, code.asset.ticker) == (1000, "PEPE")
    assert (stored.bid, stored.bid_size, stored.mark_price, stored.high_24h) == (Decimal("0.00001"), 5000, Decimal("0.00001005"), Decimal("0.00002"))
    assert stored.open_interest == 1_000_000
    assert OpenInterest.objects.get().open_interest == 1_000_000


@pytest.mark.parametrize("code", ["SHIB1000", "1000000MOG", "1MBABYDOGE"])
def test_other_spellings_of_a_bundle(code):
    coin, m = {"SHIB1000": ("SHIB", 1000), "1000000MOG": ("MOG", 10**6), "1MBABYDOGE": ("BABYDOGE", 10**6)}[code]
    catalogue("kucoin", f"{coin}/USDT")
    prices("kucoin", ticker(f"{coin}/USDT", "0.00001", "0.0000101"))
    contracts("bybit", contract(f"{code}/USDC", kind="perp"))
    rows("bybit", "perp_tickers", perp(f"{code}/USDC", Decimal("0.00001") * m, Decimal("0.0000101") * m))
    assert ExchangeAsset.objects.get(code=code).multiplier == m


def test_a_bundle_whose_price_does_not_say_so_stays_what_it_is():
    bundle()
    rows("binance", "perp_tickers", perp("1000PEPE/USDT", "0.02", "0.0201"))
    assert ExchangeAsset.objects.get(code="1000PEPE").multiplier == 1


def test_a_contract_on_another_coin_of_that_ticker_becomes_conflicted():
    bundle()
    contracts("bybit", "PEPE/USDT")
    for n in range(3):
        rows("bybit", "perp_tickers", perp("PEPE/USDT", 5, 6), now=later(15 * n))
    assert ExchangeAsset.objects.get(exchange__slug="bybit", code="PEPE").state == "conflicted"


def test_a_contracts_price_does_not_weigh_on_a_code_that_has_a_spot_market_here():
    bundle()
    contracts("kucoin", "PEPE/USDT")
    for n in range(3):
        rows("kucoin", "perp_tickers", perp("PEPE/USDT", 5, 6), now=later(15 * n))
    assert ExchangeAsset.objects.get(exchange__slug="kucoin", code="PEPE").state != "conflicted"


def test_an_absurd_open_interest_costs_that_figure_and_not_the_poll():
    contracts("binance", "1000PEPE/USDT")
    ExchangeAsset.objects.filter(code="1000PEPE").update(multiplier=1000)
    rows("binance", "perp_tickers", perp("1000PEPE/USDT", 1, 2, open_interest=Decimal("1e18"), bad=("last",)))
    stored = Derivative.objects.get()
    assert (stored.open_interest, stored.bad, stored.bid) == (None, "last,open_interest", Decimal("0.001"))
    assert stored.open_interest_at is None and not OpenInterest.objects.exists()


def test_an_operators_unit_set_while_a_poll_was_judged_is_the_one_stored(monkeypatch):
    from markets import contracts as module

    contracts("binance", "1000PEPE/USDT")
    judge = module._perp_rows

    def judged_then_decided(poll):
        found = judge(poll)
        if ExchangeAsset.objects.filter(code="1000PEPE", multiplier=1).update(multiplier=1000, decided=True):
            store.touch("assets")
        return found

    monkeypatch.setattr(module, "_perp_rows", judged_then_decided)
    rows("binance", "perp_tickers", perp("1000PEPE/USDT", 1, 2))
    assert Derivative.objects.get().bid == Decimal("0.001")


def test_unknown_contracts_are_counted_and_a_spot_market_is_none():
    catalogue("binance", "BTC/USDT")
    contracts("binance", "ETH/USDT")
    rows("binance", "perp_tickers", perp("BTC/USDT", 1, 2), perp("ETH/USDT", 1, 2))
    assert Derivative.objects.count() == 1 and "1 rows of markets not in the catalogue" in Run.objects.first().detail


def test_contract_polls_move_their_own_change_number_and_leave_the_board_alone():
    catalogue("binance", "BTC/USDT")
    contracts("binance", "BTC/USDT")
    before, board = dict(Revision.objects.values_list("name", "number")), read.board().revision
    rows("binance", "perp_tickers", perp("BTC/USDT", 1, 2))
    after = dict(Revision.objects.values_list("name", "number"))
    assert {name for name in after if after[name] != before.get(name)} == {"derivatives:binance"}
    assert read.board().revision == board


def test_an_option_keeps_its_greeks():
    option = Instrument("BTC-30NOV26-90000-C", "BTC", "USDT", kind="option", strike=Decimal(90000), option_type="call", expiry=later(86400 * 8))
    rows("bybit", "option_instruments", option)
    row = OptionTicker(option.symbol, bid=Decimal(120), mark_iv=Decimal("0.56"), delta=Decimal("-0.31"), open_interest=Decimal("12.5"))
    rows("bybit", "option_tickers", row)
    stored = OptionQuote.objects.get()
    assert (stored.bid, stored.ask, stored.mark_iv, stored.delta, stored.open_interest) == (120, None, Decimal("0.56"), Decimal("-0.31"), Decimal("12.5"))


def test_the_members_of_an_index_are_replaced_market_by_market():
    contracts("gateio", "BTC/USDT", "ETH/USDT")
    markets = dict(Market.objects.values_list("symbol", "pk"))
    rows("gateio", "index_members", *[IndexMember(s, e, "X", Decimal("0.5")) for s in markets for e in ("Kraken", "OKX")], markets=markets)
    rows("gateio", "index_members", IndexMember("BTCUSDT", "OKX", "X", Decimal(1)), now=later(60), markets=markets)
    assert set(Member.objects.values_list("market__symbol", "exchange", "weight")) == {
        ("BTCUSDT", "OKX", 1), ("ETHUSDT", "OKX", Decimal("0.5")), ("ETHUSDT", "Kraken", Decimal("0.5")),
    }


def test_only_the_markets_that_were_asked_for_are_stored():
    contracts("binance", "BTC/USDT", "ETH/USDT")
    asked = {"BTCUSDT": Market.objects.get(symbol="BTCUSDT").pk}
    rows("binance", "open_interest", perp("BTC/USDT", open_interest=1), perp("ETH/USDT", open_interest=2), markets=asked)
    assert list(Derivative.objects.values_list("market__symbol", flat=True)) == ["BTCUSDT"]
