"""What is known at one instant: pairs judged and priced once, and one order in full."""

from datetime import timedelta

from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import routes
from markets.analysis.scene import Leg
from markets.board import PairKey
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import POL, at, ladder, scene

ADA, BEA = at("99", "101", taker_fee=D("0.01")), at("98", "102", "bea", taker_fee=None)


def test_a_pair_is_judged_and_priced_once():
    sc = scene(ADA, BEA)
    assert sc.verdict(POL) is sc.verdict(POL)
    assert sc.priced(POL) is sc.priced(POL)


def test_a_pair_is_judged_by_its_volume_in_usd_and_by_what_its_coins_are():
    traded = replace(ADA, base_volume_24h=None, quote_volume_24h=D(10**9))
    assert [scene(traded, usd=usd).verdict(POL).pair_class for usd in ({"USDT": D(1)}, {})] == ["major", "tail"]
    money = PairKey("USDC", "USDT")
    assert scene(at("1", "1.0001", "ada", money)).verdict(money).pair_class == "stable"


def test_costs_and_values_are_after_the_fee_that_counts():
    found = scene(ADA, BEA).priced(POL)
    assert found.costs == [(D("102.01"), "ada"), (D("102.204"), "bea")]
    assert found.values == [(D("98.01"), "ada"), (D("97.804"), "bea")]
    assert found.bounds == (D("102.01"), D("98.01"))
    own = scene(ADA, BEA, fees={"ada": D(0)}).priced(POL)
    assert (own.costs[0], own.values[0], own.costs[1:]) == ((101, "ada"), (99, "ada"), found.costs[1:])
    none = scene(replace(ADA, bid=None, ask=None)).priced(POL)
    assert (none.costs, none.values, none.bounds) == ([], [], (None, None))


def test_bounds_are_the_better_of_tickers_and_books():
    better = ladder("ada", [("99.5", 1)], [("100", 1)])
    assert scene(ADA, BEA, books=(better,)).priced(POL).bounds == (D("101.00"), D("98.505"))
    assert scene(ADA, BEA, books=(better,), fees={"": D(0)}).priced(POL).bounds == (100, D("99.5"))
    worse = ladder("ada", [("90", 1)], [("110", 1)])
    assert scene(ADA, BEA, books=(worse,)).priced(POL).bounds == (D("102.01"), D("98.01"))
    alone = scene(replace(ADA, bid=None, ask=None), books=(worse,)).priced(POL)
    assert alone.bounds == (D("111.10"), D("89.10")), "a book counts where the ticker has no prices"


def test_an_order_in_full():
    since = NOW - timedelta(minutes=3)
    known = {"lot_size": D("0.1"), "min_size": D(2), "min_notional": D(5), "flag": "dislocated", "flag_since": since, "period_s": 12}
    q = at("99", "101", "ada", taker_fee=D("0.01"), size=7, **known)
    sc = scene(q, books=(ladder("ada", [("99.5", 1)], [("100", 3), ("100.5", 4)], age=5),))
    ticker = sc.leg(POL, "ada", "buy", booked=False)
    assert ticker == Leg(
        exchange="ada", symbol="POL-USDT", base="POL", quote="USDT", side="buy", price=D(101), fee=D("0.01"), fee_source="exchange", levels=((D(101), D(7)),),
        source="ticker", observed_at=q.observed_at, age_s=2, state="fresh", reason=ticker.reason, detail=ticker.detail, identity="confirmed", flag_since=since,
        period_s=12, step=D("0.1"), min_size=D(2), min_notional=D(5),
    )
    assert (ticker.reason, ticker.size) == ("dislocated", 7)
    booked = sc.leg(POL, "ada", "buy", booked=True)
    assert booked == replace(
        ticker, price=D(100), levels=((D(100), D(3)), (D("100.5"), D(4))), source="book", observed_at=NOW - timedelta(seconds=5), age_s=5, newer=D(101),
    )  # fmt: skip
    assert [(leg.price, leg.levels) for leg in (sc.leg(POL, "ada", "sell", booked=booked) for booked in (False, True))] == [
        (99, ((D(99), D(7)),)), (D("99.5"), ((D("99.5"), D(1)),)),
    ]  # fmt: skip
    assert scene(replace(q, flag="")).leg(POL, "ada", "buy", booked=True).flag_since is None


def test_an_old_ticker_beside_a_fresh_book():
    sc = scene(at("99", "101", age=45), books=(ladder("ada", [("99", 1)], [("101", 1)]),))
    states = [(leg.state, leg.reason) for leg in (sc.leg(POL, "ada", "buy", booked=booked) for booked in (False, True))]
    assert states == [("aging", "aging"), ("fresh", "aging")]


def test_an_amount_in_another_money():
    assert scene(ADA, amount=D(10), usd={"USDT": D(2)}).money("USDT") == 5
    assert [scene(ADA, amount=amount, usd=usd).money("USDT") for amount, usd in ((None, {"USDT": D(2)}), (D(10), {}))] == [None, None]


def test_a_route_is_as_old_as_its_oldest_order():
    route = routes.between(scene(ADA, at("98", "102", "bea", age=7)), POL, "ada", "bea")
    assert (route.age_s, route.skew_s, route.key, route.fees) == (7, 5, POL, EXACT.subtract(route.gross, route.net))
    blind = replace(route, legs=(route.buy, replace(route.sell, age_s=None, observed_at=None)), usd=None)
    assert (blind.age_s, blind.skew_s, blind.usd_of(D(1)), route.usd_of(D(3))) == (None, None, None, 3)
