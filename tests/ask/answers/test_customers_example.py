"""The example of methodology section 13, before and after, digit for digit."""

from datetime import timedelta

from markets.ask import text
from markets.ask.answers.best_price import BestPrice
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, inputs, one, route
from tests.markets.analysis.boards import NOW, D, quote

NAMES = {"kucoin": "KuCoin", "binance": "Binance", "gateio": "Gate.io", "bybit": "Bybit", "bitget": "Bitget"}
AFTER = """\
MATIC (now POL) - best price to buy: KuCoin 0.8198 USDT
  KuCoin   0.8198   best
  Binance  0.8234   +0.44 %
  Gate.io  0.8245   +0.57 %
Price range 0.57 %. After taker fees (0.1 % + 0.1 %) up to 0.30 % is left for 900 POL if both books hold.
3 of 5 exchanges, oldest price 12 s. Bybit: switched off. Bitget: stale (4 m)."""


def at(exchange, bid, ask, age, **fields):
    return quote(exchange, "1", age=age, bid=D(bid), ask=D(ask), tick_size=D("0.0001"), taker_fee=D("0.001"), fee_source="operator", **fields)


def books():
    return {
        "kucoin": at("kucoin", "0.8195", "0.8198", 12, bid_size=D(2000), ask_size=D(1500)),
        "binance": at("binance", "0.8231", "0.8234", 8),
        "gateio": at("gateio", "0.8239", "0.8245", 9, bid_size=D(900)),
        "bitget": at("bitget", "0.8190", "0.8193", 240),
    }


def asked(side, **fields):
    frame = Frame("What's the best price for MATIC?", intent="best_price", assets=("MATIC",), side=side)
    way = route(exchanges=NAMES, left=[("bybit", "disabled", "switched off by an operator")], names=NAMES)
    return one(frame, way, BestPrice(coin=MATIC, inputs=inputs(books(), names=NAMES), both=side is None, **fields))


def test_the_answer_after_is_as_the_methodology_prints_it():
    assert text.plain(asked("buy")) == AFTER


def test_where_no_side_is_named_the_best_place_to_sell_follows_the_same_block():
    assert text.plain(asked(None)) == f"{AFTER}\nBest to sell: Gate.io 0.8239 USDT."


def test_the_figures_behind_it():
    answer = asked("buy")
    by_name = {figure.name: figure for figure in answer.figures}
    assert (answer.value, answer.unit, answer.grade, answer.max_age_s) == (D("0.8198"), "USDT", "A", 12)
    assert by_name["after_fees_pct"].value.startswith("0.2993") and by_name["price_range_pct"].value.startswith("0.5733")
    assert [(each.exchange, each.reason) for each in answer.excluded] == [("bybit", "disabled"), ("bitget", "stale")]
    assert [(u.exchange, u.age_s, u.state, u.observed_at) for u in answer.sources] == [
        (name, age, "fresh", NOW - timedelta(seconds=age)) for name, age in (("kucoin", 12), ("binance", 8), ("gateio", 9))
    ]
    assert answer.page == "/compare/POL-USDT/" and answer.api == "/api/v1/compare/POL-USDT/" and answer.method == "1"
