"""Bought for one money and sold for another: the rate after its fee, its depth, its book, and every leg that has to be there."""

from decimal import localcontext

import pytest
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import routes
from markets.analysis.routes import Conversion
from markets.board import PairKey
from tests.markets.analysis.boards import D
from tests.markets.analysis.scenes import POL, at, ladder, scene
from tests.markets.analysis.test_routes import only

USDC = PairKey("POL", "USDC")


def two_moneys(usdc_bid="1.0002", usdc_ask="1.0004", fees=None, **fields):
    money = PairKey("USDC", "USDT")
    return scene(
        at("0.8195", "0.8200"), at("0.8260", "0.8265", "bea", USDC), at(usdc_bid, usdc_ask, "bea", money, taker_fee=D("0.0005"), **fields), fees=fees or {},
    )  # fmt: skip


def test_another_money_is_sold_where_the_coin_was_sold_at_its_bid_after_its_fee():
    route = only(routes.crosses(two_moneys()))
    rate = D("1.0002") * D("0.9995")
    assert (route.terms.rate, [(leg.quote, leg.side) for leg in route.legs]) == (rate, [("USDT", "buy"), ("USDC", "sell"), ("USDT", "sell")])
    assert abs(route.net - (D("0.8260") * D("0.999") * rate / (D("0.8200") * D("1.001")) - 1)) < D("1e-20")
    assert abs(route.gross - (D("0.8260") * D("1.0002") / D("0.8200") - 1)) < D("1e-20")
    assert route.terms.proceeds == 900
    assert route.trade.size == 900


def test_the_depth_of_the_conversion_limits_the_size():
    route = only(routes.crosses(two_moneys(size=100)))
    assert abs(route.trade.size - D(100) / (D("0.8260") * D("0.999"))) < D("1e-20")
    assert route.trade.end == "amount"


def test_a_conversion_whose_size_is_not_known_limits_nothing_and_shows_no_size():
    sc = two_moneys(size=100)
    money = sc.board.pairs[PairKey("USDC", "USDT")]
    money["bea"] = replace(money["bea"], bid_size=None)
    route = only(routes.crosses(sc))
    assert (route.terms.proceeds, route.legs[2].size, route.trade.size) == (None, None, 900)


def test_a_money_bought_with_the_other_pays_its_ask():
    inverse = at("0.9990", "0.9992", "bea", PairKey("USDT", "USDC"), taker_fee=D("0.0005"), size=300)
    route = only(routes.crosses(scene(at("0.8195", "0.8200"), at("0.8260", "0.8265", "bea", USDC), inverse)))
    assert abs(route.terms.rate - 1 / (D("0.9992") * D("1.0005"))) < D("1e-20")
    assert (route.legs[2].side, route.terms.proceeds) == ("buy", 300 * D("0.9992") * D("1.0005"))
    assert abs(route.gross - (D("0.8260") / D("0.9992") / D("0.8200") - 1)) < D("1e-20")


def test_moneys_are_never_taken_to_be_equal():
    without = scene(at("0.8195", "0.8200"), at("0.8260", "0.8265", "bea", USDC))
    assert routes.crosses(without) == []
    elsewhere = scene(at("0.8195", "0.8200"), at("0.8260", "0.8265", "bea", USDC), at("1", "1.0001", "ada", PairKey("USDC", "USDT")))
    assert routes.crosses(elsewhere) == [], "what was sold on bea cannot be changed on ada"
    assert not [r for r in routes.crosses(two_moneys("0.98", "0.981")) if r.net > 0]


def test_the_executable_cross_of_section_9():
    """ETH/EUR through ETH/USDT and EUR/USDT: bid 3000.0/1.0844, ask 3000.6/1.0840."""
    eur, eth = PairKey("EUR", "USDT"), PairKey("ETH", "USDT")
    told_in_euro = at("1", "1.01", "ada", PairKey("POL", "EUR"))
    sc = scene(at("3000.0", "3000.6", "ada", eth), at("1.0840", "1.0844", "ada", eur), told_in_euro, fees={"": D(0)})
    rates = routes.conversions(sc)
    assert f"{D('3000.0') * rates['ada', 'USDT', 'EUR'].rate:.4f}" == "2766.5068"
    assert f"{D('3000.6') / rates['ada', 'EUR', 'USDT'].rate:.4f}" == "2768.0812"
    assert f"{(D('2768.0812') / D('2766.5068') - 1) * 10_000:.1f}" == "5.7"


def test_a_stale_conversion_makes_its_route_doubtful():
    route = only(routes.crosses(two_moneys(age=80)))
    assert [leg.reason for leg in route.legs] == ["", "", "stale"]
    assert route.age_s == 80


def test_both_ways_to_change_two_moneys_after_the_fee():
    money = PairKey("USDC", "USDT")
    sold, bought = Conversion(money, "sell", D("1.0002") * D("0.9995")), Conversion(money, "buy", EXACT.divide(D(1), D("1.0004") * D("1.0005")))
    with localcontext(EXACT):
        assert routes.conversions(two_moneys()) == {("bea", "USDC", "USDT"): sold, ("bea", "USDT", "USDC"): bought}
        own = routes.conversions(two_moneys(fees={"bea": D(0)}))
    assert own["bea", "USDC", "USDT"].rate == D("1.0002")
    half = at("1", "1.1", "bea", money), at("1", "1.1", "ada", PairKey("POL", "USDC"))
    assert routes.conversions(scene(replace(half[0], ask=None), half[1], at("1", "1.1"))) == {}


def test_a_conversion_is_by_its_book_where_there_is_one():
    sc = two_moneys()
    money = PairKey("USDC", "USDT")
    sc.books[money] = {"bea": ladder("bea", [("1.0001", 40)], [("1.0003", 40)], money)}
    via = only(routes.crosses(sc)).legs[2]
    assert (via.source, via.price, via.size) == ("book", D("1.0001"), 40)
    assert only(routes.crosses(two_moneys())).legs[2].source == "ticker"


@pytest.mark.parametrize("which", [0, 1, 2])
def test_every_leg_of_a_converted_route_must_be_there_and_wanted(which):
    rows = [q for row in two_moneys().board.pairs.values() for q in row.values()]
    rows[which] = replace(rows[which], switch="disabled")
    assert routes.crosses(scene(*rows)) == []
    assert routes.between(scene(*rows), POL, "ada", "bea", "USDC") is None
    narrowed = scene(*(q for row in two_moneys().board.pairs.values() for q in row.values()), only=frozenset({"ada"}))
    assert routes.crosses(narrowed) == []


def test_a_converted_route_by_name_is_the_one_the_scan_finds():
    found = routes.between(two_moneys(), POL, "ada", "bea", "USDC")
    assert found == only(routes.crosses(two_moneys()))
    assert len(found.legs) == 3
    assert len(routes.between(two_moneys(), POL, "ada", "bea", "USDC").legs) == 3
