"""Spot against the perpetual: four fees, funding until it is paid back, and every reason why it is not carried."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from markets.analysis import basis, classes
from markets.analysis.basis import Perpetual
from markets.analysis.classes import Facts
from markets.analysis.derivatives import Contract, Funding
from markets.analysis.scene import Leg
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import POL, at, ladder, scene

SEEN = NOW - timedelta(seconds=3)


def perpetual(bid="1.0100", fee="0.0005", book=None, **more):
    given = {
        "exchange": "bea", "symbol": "POLPERP", "base": "POL", "quote": "USDT", "kind": "perp", "settle": "USDT", "identity": "confirmed", "bid": D(bid),
        "ask": D(bid) + D("0.0001"), "bid_size": D(500), "ask_size": D(500), "observed_at": SEEN, "period_s": 15, "contract_size": D(1),
        "taker_fee": None if fee is None else D(fee), "fee_source": None if fee is None else "exchange",
        "mark_price": D("1.01"), "open_interest": D(1000), "funding": Funding(rate=D("0.0001"), interval_hours=D(8), observed_at=SEEN, period_s=60),
    } | more
    return Perpetual(Contract(**given), book)


def spot(**more):
    return at("0.9998", "1.0000", **more), at("1.0004", "1.0006", "cid")


def carried(sc=None, *perpetuals, **more):
    return basis.carries(sc or scene(*spot()), perpetuals or [perpetual()], **more)


def test_a_basis_must_pay_four_fees():
    route, = carried()
    assert (route.kind, route.buy.exchange, route.sell.exchange, route.sell.kind) == ("basis", "ada", "bea", "perp")
    assert route.gross == D("0.01")
    # bought for 1.0000 and sold at 1.0100; each side is closed again at 1.0000
    left = D("1.0100") * D("0.9995") - D("1.0000") * (1 + 2 * D("0.001") + D("0.0005"))
    assert abs(route.net - left / (D("1.0000") * D("1.0025"))) < D("1e-20")
    assert (route.trade.size, abs(route.trade.profit - 500 * left) < D("1e-20")) == (500, True)
    assert basis.four_fees(D("0.001"), D("0.0005")).buy_fee == D("0.0025")
    assert (route.carry.hourly, route.carry.apr_pct, route.carry.break_even_h) == (D("0.0000125"), D("10.95"), 0)
    assert (route.carry.interval_hours, route.carry.open_interest_value) == (8, 1010)


def test_funding_pays_back_what_entry_and_exit_lose():
    route, = carried(None, perpetual("1.0000"))
    assert route.net < 0
    assert abs(route.carry.break_even_h - (-route.net) / D("0.0000125")) < D("1e-10")
    assert basis.break_even_h(D("-0.001"), D("0.0001")) == 10
    assert basis.break_even_h(D(0), None) == 0
    for hourly in (None, D(0), D("-0.0001")):
        assert basis.break_even_h(D("-0.001"), hourly) is None


@pytest.mark.parametrize("funding", [
    None, Funding(), Funding(rate=D("0.0001"), observed_at=SEEN), Funding(rate=D("0.0001"), interval_hours=D(8)),
    Funding(rate=D("0.0001"), interval_hours=D(8), observed_at=SEEN, switch="disabled"),
    Funding(rate=D("0.0001"), interval_hours=D(8), observed_at=NOW - timedelta(seconds=361)),
])
def test_funding_that_is_not_known_is_not_assumed(funding):
    route, = carried(None, perpetual(funding=funding))
    assert (route.carry.hourly, route.carry.apr_pct, route.carry.break_even_h, route.carry.open_interest_value) == (None, None, None, 1010)


def test_the_cheapest_spot_market_that_counts_is_bought():
    cheaper = at("0.9990", "0.9992", "dot", age=100)
    assert carried(scene(*spot(), cheaper))[0].buy.exchange == "ada"
    assert carried(scene(*spot(), replace(cheaper, observed_at=SEEN)))[0].buy.exchange == "dot"
    dear_fee = replace(cheaper, observed_at=SEEN, taker_fee=D("0.002"))
    assert carried(scene(*spot(), dear_fee))[0].buy.exchange == "ada", "two more fees of 0.1 % than it is cheaper"
    assert carried(scene(at("0.9998", "1", age=100))) == []


@pytest.mark.parametrize("wrong", [
    {"kind": "future"}, {"inverse": True}, {"switch": "disabled"}, {"base": "XYZ"}, {"observed_at": NOW - timedelta(seconds=901)}, {"observed_at": None},
])
def test_what_cannot_be_carried_is_not(wrong):
    assert carried(None, perpetual(**wrong)) == []


def test_one_without_a_bid_is_not_sold():
    p = perpetual()
    assert carried(None, Perpetual(replace(p.contract, bid=None))) == []


@pytest.mark.parametrize(("wrong", "reason"), [
    ({"status": "halted"}, "not_trading"), ({"identity": "conflicted"}, "conflicted"), ({"ask": D("0.9")}, "crossed"),
    ({"observed_at": NOW - timedelta(seconds=46)}, "aging"), ({"observed_at": NOW - timedelta(seconds=91)}, "stale"), ({"ask": None}, "no_bid_ask"),
    ({}, ""), ({"observed_at": NOW - timedelta(seconds=45)}, ""), ({"identity": "unknown"}, ""), ({"bad": "last"}, ""),
])
def test_a_perpetual_in_doubt_carries_its_reason(wrong, reason):
    assert carried(None, perpetual(**wrong))[0].sell.reason == reason


def test_fees_of_the_perpetual():
    assert (carried()[0].sell.fee, carried()[0].sell.fee_source) == (D("0.0005"), "exchange")
    unknown = carried(None, perpetual(fee=None))[0].sell
    assert (unknown.fee, unknown.fee_source) == (D("0.002"), "assumed")
    own = carried(scene(*spot(), fees={"bea": D("0.0001")}))[0]
    assert (own.sell.fee, own.sell.fee_source, own.buy.fee_source) == (D("0.0001"), "visitor", "exchange")


    operators = carried(None, perpetual(fee="0.0004", fee_source="operator"))[0].sell
    assert (operators.fee, operators.fee_source) == (D("0.0004"), "operator")


def booked(bids=(("1.0100", 200), ("1.0090", 900)), **fields):
    """The perpetual's own book."""
    return replace(ladder("bea", bids, [("1.0101", 9)]), symbol="POLPERP", **fields)


def both_books():
    return scene(*spot(), books=(ladder("ada", [("0.9998", 1)], [("1.0000", 300), ("1.0010", 5000)]),))


@pytest.mark.parametrize("wrong", [
    {"bids": [("1.2", 200)]}, {"switch": "disabled"}, {"symbol": "POLPERP2"}, {"asks": ()}, {"bids": ()}, {"observed_at": NOW + timedelta(seconds=60)},
])
def test_a_book_that_is_crossed_switched_off_or_anothers_is_not_sold_into(wrong):
    crossed = {name: tuple((D(price), D(size)) for price, size in side) if name == "bids" else side for name, side in wrong.items()}
    route, = carried(both_books(), perpetual(book=replace(booked(), **crossed)))
    assert ([leg.source for leg in route.legs], route.sell.price) == (["ticker", "ticker"], D("1.0100"))


def test_a_fresh_book_does_not_make_up_for_an_old_ticker():
    old = {"observed_at": NOW - timedelta(seconds=91)}
    route, = carried(both_books(), perpetual(book=booked(), **old))
    assert (route.sell.source, route.sell.reason) == ("book", "stale")
    assert carried(both_books(), perpetual(book=booked(), observed_at=NOW - timedelta(seconds=901))) == []


def test_both_books_or_both_tickers():
    deep, both = booked(), both_books()
    route, = carried(both, perpetual(book=deep))
    assert ([leg.source for leg in route.legs], route.trade.size) == (["book", "book"], 1100)
    assert [leg.source for leg in carried(None, perpetual(book=deep))[0].legs] == ["ticker", "ticker"]
    old = replace(deep, observed_at=NOW - timedelta(seconds=46))
    assert [leg.source for leg in carried(both, perpetual(book=old))[0].legs] == ["ticker", "ticker"]


def test_sizes_are_whole_contracts():
    assert carried(None, perpetual(contract_size=D(300)))[0].trade.size == 300
    assert carried(None, perpetual(bid_size=None))[0].trade.size == 0


def test_those_that_pay_come_first_then_the_closest_that_count():
    many = [perpetual("1.0000", symbol=f"P{n}") for n in range(12)]
    old = perpetual("1.0001", symbol="OLD", observed_at=NOW - timedelta(seconds=60))
    found = carried(None, *many, perpetual(), old)
    assert [route.sell.symbol for route in found][:2] == ["POLPERP", "P0"]
    assert (len(found), len(carried(None, *many, perpetual(), everything=True))) == (11, 13)
    assert carried(scene(*spot(), only=frozenset({"ada"}))) == []
    assert carried(scene(*spot(), only=frozenset({"bea"}))) == []


def test_it_is_indicative_at_best_and_needs_no_wallets():
    books = (ladder("ada", [("0.9998", 1)], [("1.0000", 300)]),)
    route, = carried(scene(*spot(), books=books), perpetual(book=booked()))
    judged = classes.judge(route, Facts(snapshots=2), NOW)
    assert (judged.kind, [c.code for c in judged.reasons]) == ("indicative", ["carry"])
    assert route.key == POL


# --- In full ------------------------------------------------------------------------------------------------------
def test_the_perpetuals_leg_in_full():
    sell = carried()[0].sell
    assert sell == Leg(
        exchange="bea", symbol="POLPERP", base="POL", quote="USDT", side="sell", kind="perp", price=D("1.0100"), levels=((D("1.0100"), D(500)),),
        fee=D("0.0005"), fee_source="exchange", source="ticker", observed_at=SEEN, age_s=3, state="fresh", reason="", detail="", identity="confirmed",
        period_s=15, step=D(1),
    )
    halted = carried(None, perpetual(status="halted", observed_at=NOW - timedelta(seconds=50)))[0].sell
    assert (halted.reason, halted.detail, halted.state, halted.age_s) == ("not_trading", "not trading", "aging", 50)
    deep = booked(observed_at=NOW - timedelta(seconds=5))
    sold = carried(both_books(), perpetual(book=deep))[0].sell
    assert (sold.observed_at, sold.age_s, sold.levels) == (deep.observed_at, 5, deep.bids)


def test_one_fee_for_all_is_the_perpetuals_too():
    route, = carried(scene(*spot(), fees={"": D("0.0003")}))
    assert [(leg.fee, leg.fee_source) for leg in route.legs] == [(D("0.0003"), "visitor")] * 2
    assert (route.pair_class, route.usd) == ("tail", 1)


def test_exchanges_that_are_not_wanted_are_neither_bought_nor_sold_at():
    dear = scene(at("0.9998", "1.0000", "dot"), at("1.0004", "1.0006", "cid"), only=frozenset({"bea", "cid"}))
    assert [route.buy.exchange for route in carried(dear)] == ["cid"]


def test_both_fees_of_the_spot_side_decide_where_it_is_cheapest():
    dear_fee = at("0.9973", "0.9975", "dot", taker_fee=D("0.002"))  # 1.00149 after two fees, ada 1.002; after three ada would be cheaper
    assert carried(scene(*spot(), dear_fee))[0].buy.exchange == "dot"
    assert carried(scene(*spot(), dear_fee, fees={"dot": D("0.01")}))[0].buy.exchange == "ada"


def test_of_many_the_closest_to_paying_are_tried_and_shown_best_first():
    many = [perpetual(D("1.0020") - D("0.0001") * n, symbol=f"P{n:02}") for n in range(45)]
    assert [route.sell.symbol for route in carried(None, *reversed(many))] == [f"P{n:02}" for n in range(10)]
    assert [route.sell.symbol for route in carried(None, *many, everything=True)] == [f"P{n:02}" for n in range(45)]
    paying = [perpetual("1.0100", symbol="LESS"), perpetual("1.0200", symbol="MORE")]
    assert [route.sell.symbol for route in carried(None, *paying, *many[:1])] == ["MORE", "LESS", "P00"]


def test_a_book_that_pays_more_than_the_ticker_is_looked_at_among_the_first():
    deep = replace(booked([("1.0100", 200), ("0.9000", 900)]), symbol="DEEP")
    many = [perpetual("1.0020", symbol=f"P{n:02}") for n in range(45)]
    sc = scene(*spot(), books=(ladder("ada", [("0.9998", 1)], [("1.0000", 300)]),))
    assert carried(sc, *many, perpetual("0.9000", symbol="DEEP", book=deep))[0].sell.symbol == "DEEP"


def test_the_next_payment_and_funding_that_is_not_quite_fresh():
    coming = Funding(rate=D("0.0001"), interval_hours=D(8), observed_at=NOW - timedelta(seconds=360), period_s=60, next_funding_at=NOW + timedelta(hours=1))
    carry = carried(None, perpetual(funding=coming))[0].carry
    assert (carry.hourly, carry.next_funding_at) == (D("0.0000125"), NOW + timedelta(hours=1))
    past = replace(coming, next_funding_at=NOW - timedelta(hours=1))
    assert carried(None, perpetual(funding=past))[0].carry.next_funding_at is None
