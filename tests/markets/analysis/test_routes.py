"""The scan of all pairs: single cases by hand, and random boards against an independent computation in fractions."""

from datetime import timedelta
from fractions import Fraction

import pytest
from msgspec.structs import replace

from markets.analysis import routes
from markets.analysis.arbitrage import Terms
from markets.analysis.routes import GONE
from markets.analysis.settings import DEFAULT
from markets.board import PairKey
from tests.markets.analysis.boards import NOW, D, quote
from tests.markets.analysis.scenes import POL, at, ladder, random_scene, scene

ASKS = (("0.8200", 1500), ("0.8210", 2000), ("0.8225", 5000))
BIDS = (("0.8241", 900), ("0.8236", 1500), ("0.8228", 4000))
USDC = PairKey("POL", "USDC")


def gap(**fields):
    """The example's exchanges: cheap on ada, dear on bea, with their books."""
    books = ladder("ada", [("0.8195", 100)], ASKS), ladder("bea", BIDS, [("0.8246", 100)])
    return scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea"), books=books, **fields)


def only(found):
    paying = [route for route in found if route.net > 0]
    assert len(paying) == 1
    return paying[0]


def ends(route):
    return route.buy.exchange, route.sell.exchange


# --- One gap ----------------------------------------------------------------------------------------------------
def test_the_example_ladder_is_found_on_the_board():
    route = only(routes.crosses(gap()))
    assert (ends(route), route.kind, route.base, route.quote, route.key) == (("ada", "bea"), "cross", "POL", "USDT", POL)
    assert (f"{route.gross:.6f}", f"{route.net:.6f}", f"{route.fees:.6f}") == ("0.005000", "0.002992", "0.002008")
    assert (route.trade.size, f"{route.trade.profit:.5f}", route.trade.end) == (3500, "4.41583", "unprofitable")
    assert (route.sized, route.usd, route.pair_class) == (route.trade, 1, "tail")
    legs = [(leg.side, leg.source, leg.size, leg.age_s, leg.state) for leg in route.legs]
    assert legs == [("buy", "book", 1500, 2, "fresh"), ("sell", "book", 900, 2, "fresh")]
    assert (route.age_s, route.skew_s, route.terms) == (2, 0, Terms(D("0.001"), D("0.001")))
    assert route.name == "cross:ada:buy:POL-USDT>bea:sell:POL-USDT"


def test_an_amount_limits_what_is_sized_but_not_what_pays():
    route = only(routes.crosses(gap(amount=D("738.738"))))
    assert (route.sized.size, route.sized.end, route.trade.size) == (900, "amount", 3500)
    assert only(routes.crosses(gap(amount=D(100_000)))).sized.size == 3500
    assert only(routes.crosses(gap(amount=D(100), usd={}))).sized.size == 3500, "without a rate the amount is not known"
    assert only(routes.crosses(gap(amount=D(369), usd={"USDT": D("0.5")}))).sized.cost == 738


def test_without_a_book_on_both_sides_tickers_count_with_their_best_size():
    books = (ladder("ada", [("0.8195", 100)], ASKS),)
    route = only(routes.crosses(scene(at("0.8195", "0.8201"), at("0.8241", "0.8246", "bea", size=50), books=books)))
    assert [(leg.source, leg.price, leg.size) for leg in route.legs] == [("ticker", D("0.8201"), 900), ("ticker", D("0.8241"), 50)]
    assert (route.trade.size, route.trade.end) == (50, "book")


@pytest.mark.parametrize("field", ["ask_size", "bid_size"])
def test_a_missing_size_leaves_nothing_to_trade(field):
    a, b = at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea")
    route = only(routes.crosses(scene(replace(a, ask_size=None) if field == "ask_size" else a, replace(b, bid_size=None) if field == "bid_size" else b)))
    assert route.trade.size == 0
    assert [leg.size is None for leg in route.legs] == [field == "ask_size", field == "bid_size"]


@pytest.mark.parametrize(("fields", "used"), [
    ({}, True), ({"age": 30}, True), ({"age": 30.5}, False), ({"age": -4}, True), ({"age": -6}, False), ({"switch": "disabled"}, False), ({"bids": []}, False),
])
def test_a_book_counts_when_it_is_as_fresh_as_a_price_and_in_order(fields, used):
    given = {"bids": [("0.8195", 100)], "asks": ASKS, **fields}
    sc = scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea"), books=(ladder("ada", **given), ladder("bea", BIDS, [("0.8246", 100)])))
    assert only(routes.crosses(sc)).buy.source == ("book" if used else "ticker")


def test_a_leg_knows_what_its_ticker_said_after_the_book():
    books = ladder("ada", [("0.8195", 100)], ASKS, age=20), ladder("bea", BIDS, [("0.8246", 100)], age=2)
    buy, sell = only(routes.crosses(scene(at("0.8195", "0.8201"), at("0.8241", "0.8246", "bea"), books=books))).legs
    assert (buy.price, buy.newer, buy.latest) == (D("0.8200"), D("0.8201"), D("0.8201"))
    assert (sell.newer, sell.latest) == (None, D("0.8241")), "seen together"


def test_another_markets_book_and_one_of_an_unlisted_pair_do_not_count():
    sc = gap()
    assert sc.book(POL, "ada") is not None
    assert sc.book(POL, "cid") is None
    other = ladder("ada", [("1", 1)], [("2", 1)])
    sc.books[POL]["ada"] = type(other)(exchange="ada", symbol="POLUSDT2", bids=other.bids, asks=other.asks, observed_at=other.observed_at)
    assert sc.book(POL, "ada") is None


def test_books_may_show_a_gap_that_tickers_do_not_and_the_other_way_round():
    flat = at("0.8199", "0.8200"), at("0.8199", "0.8200", "bea")
    books = ladder("ada", [("0.8195", 100)], ASKS), ladder("bea", BIDS, [("0.8246", 100)])
    assert only(routes.crosses(scene(*flat, books=books))).trade.size == 3500
    wide = at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea")
    closed = ladder("ada", [("0.8195", 1)], [("0.8240", 1)]), ladder("bea", [("0.8241", 1)], [("0.8246", 1)])
    assert [route.net > 0 for route in routes.crosses(scene(*wide, books=closed))] == [False]


def test_steps_are_the_coarser_of_both():
    a, b = at("0.8195", "0.8200", lot_size=D(1)), at("0.8241", "0.8246", "bea", lot_size=D(400))
    route = only(routes.crosses(scene(a, b)))
    assert (route.trade.size, route.buy.step, route.sell.step) == (800, 1, 400)
    assert (routes.coarser(None, None), routes.coarser(D(2), None, D("0.1")), routes.coarser(D(0))) == (None, 2, None)


# --- Fees -------------------------------------------------------------------------------------------------------
def test_fees_are_the_visitors_else_the_boards_else_on_the_safe_side():
    a, b = at("0.8195", "0.8200", taker_fee=None), at("0.8241", "0.8246", "bea")
    route = only(routes.crosses(scene(a, b)))
    assert [(leg.fee, leg.fee_source) for leg in route.legs] == [(DEFAULT.unknown_fee, "assumed"), (D("0.001"), "exchange")]
    own = only(routes.crosses(scene(a, b, fees={"ada": D("0.0005")})))
    assert [(leg.fee, leg.fee_source) for leg in own.legs] == [(D("0.0005"), "visitor"), (D("0.001"), "exchange")]
    everywhere = only(routes.crosses(scene(a, b, fees={"": D(0), "bea": D("0.0001")})))
    assert [(leg.fee, leg.fee_source) for leg in everywhere.legs] == [(0, "visitor"), (D("0.0001"), "visitor")]
    assert not [r for r in routes.crosses(scene(a, b, fees={"": D("0.01")})) if r.net > 0]


def test_no_fee_and_an_origin_that_nobody_told():
    a = replace(at("0.8195", "0.8200"), fee_source=None)
    assert routes.crosses(scene(a, at("0.8241", "0.8246", "bea")))[0].buy.fee_source == "assumed"


# --- Legs in doubt ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fields", "reason"), [
    ({"age": 45}, "aging"), ({"age": 100}, "stale"), ({"status": "halted"}, "not_trading"), ({"identity": "conflicted"}, "conflicted"),
])
def test_a_leg_that_comparisons_leave_out_is_found_with_its_reason(fields, reason):
    route = only(routes.crosses(scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea", **fields))))
    assert (route.sell.reason, bool(route.sell.detail), route.buy.reason) == (reason, True, "")


@pytest.mark.parametrize("side", ["bid", "ask"])
def test_a_halted_market_of_which_one_side_is_left_is_a_leg_on_that_side_alone(side):
    halted = replace(at("0.8300", "0.8100", "cid", status="halted"), **{side: None})
    found = {ends(route): route for route in routes.crosses(scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea"), halted)) if route.net > 0}
    more = {("cid", "ada"), ("cid", "bea")} if side == "bid" else {("ada", "cid"), ("bea", "cid")}
    assert found.keys() == {("ada", "bea")} | more
    assert {leg.reason for name in more for leg in found[name].legs if leg.exchange == "cid"} == {"not_trading"}


@pytest.mark.parametrize("fields", [{"age": 1000}, {"switch": "disabled"}, {"switch": "banned"}])
def test_what_has_no_price_of_today_is_no_leg(fields):
    assert routes.crosses(scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea", **fields))) == []


def test_a_crossed_or_locked_quote_makes_no_route_with_itself():
    assert routes.crosses(scene(at("0.83", "0.82"))) == []
    assert routes.crosses(scene(at("0.83", "0.82"), at("0.5", "0.9", "bea"))) == []


def test_only_the_wanted_exchanges_are_used():
    quotes = at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea"), at("0.8242", "0.8247", "cid")
    assert {ends(r) for r in routes.crosses(scene(*quotes)) if r.net > 0} == {("ada", "bea"), ("ada", "cid")}
    assert {ends(r) for r in routes.crosses(scene(*quotes, only=frozenset({"ada", "cid"})))} == {("ada", "cid")}


# --- What comes closest -----------------------------------------------------------------------------------------
def quiet(number, ask):
    key = PairKey(f"C{number}", "USDT")
    return at("99.99", ask, "ada", key), at("100", "100.1", "bea", key)


def test_the_ten_closest_follow_best_first_and_all_when_asked():
    quotes = [q for number in range(14) for q in quiet(number, D("100.01") + D("0.001") * number)]
    found = routes.crosses(scene(*quotes))
    assert [route.base for route in found] == [f"C{number}" for number in range(10)]
    assert all(route.net <= 0 for route in found)
    assert len(routes.crosses(scene(*quotes), everything=True)) == 14


def test_of_prices_too_old_to_count_the_best_gap_of_a_pair_is_told():
    quotes = (at("1", "1.001"), at("1.05", "1.06", "bea", age=70), at("1.04", "1.05", "cid", age=70), at("1.02", "1.021", "dot"))
    assert {ends(route) for route in routes.crosses(scene(*quotes)) if route.net > 0} == {("ada", "dot"), ("ada", "bea")}
    assert {ends(route) for route in routes.crosses(scene(*quotes[::-1])) if route.net > 0} == {("ada", "dot"), ("ada", "bea")}


def test_the_closest_is_between_prices_that_count():
    quotes = at("99.99", "100.01"), at("100", "100.1", "bea"), at("100.1", "100.12", "cid", age=100)
    assert [ends(route) for route in routes.crosses(scene(*quotes))] == [("ada", "bea")]
    assert routes.crosses(scene(at("1", "1.01"), at("1", "1.01", "bea", age=70))) == []


def test_one_route_by_name_pays_or_not():
    sc = gap()
    back = routes.between(sc, POL, "bea", "ada")
    assert (ends(back), back.net < 0, back.trade.size) == (("bea", "ada"), True, 0)
    assert routes.between(sc, POL, "ada", "ada") is None
    assert routes.between(sc, POL, "ada", "cid") is None
    assert routes.between(sc, POL, "ada", "bea", "USDC") is None
    assert routes.between(sc, PairKey("XYZ", "USDT"), "ada", "bea") is None


@pytest.mark.parametrize(("a", "b"), [({"ask": None}, {}), ({}, {"bid": None})])
def test_a_halted_market_without_the_price_that_is_needed_is_no_route(a, b):
    rows = replace(at("0.81", "0.82", status="halted"), **a), replace(at("0.83", "0.84", "bea", status="halted"), **b)
    assert routes.between(scene(*rows), POL, "ada", "bea") is None
    assert routes.crosses(scene(*rows)) == []


# --- Order and fees -----------------------------------------------------------------------------------------------
def test_the_best_that_pays_comes_first():
    quotes = at("0.8195", "0.8200"), at("0.8231", "0.8236", "bea"), at("0.8251", "0.8256", "cid")
    found = [ends(route) for route in routes.crosses(scene(*quotes)) if route.net > 0]
    assert found[:2] == [("ada", "cid"), ("ada", "bea")]
    near = [at("99.9", "100", "ada"), at("99.9", "100", "bea"), at("99.9", "100", "cid")]
    assert [ends(route) for route in routes.crosses(scene(*near))] == [("cid", "bea")], "of equals the last by name"


@pytest.mark.parametrize("fees", [{"ada": D("0.05")}, {"bea": D("0.05")}, {"": D("0.05")}])
def test_fees_that_eat_a_gap_leave_it_among_the_closest_once(fees):
    assert [route.net > 0 for route in routes.crosses(scene(at("0.8195", "0.8200"), at("0.8241", "0.8246", "bea"), fees=fees))] == [False]


@pytest.mark.parametrize("dear", ["ada", "bea"])
def test_the_boards_fees_that_eat_a_gap_leave_it_among_the_closest_once(dear):
    quotes = [at(bid, ask, name, taker_fee=D("0.05" if name == dear else "0")) for bid, ask, name in (("0.8195", "0.82", "ada"), ("0.8241", "0.8246", "bea"))]
    assert [route.net > 0 for route in routes.crosses(scene(*quotes))] == [False]


def test_of_many_pairs_all_are_shown_when_asked_and_ten_of_the_closest_when_not():
    quotes = [q for number in range(60) for q in quiet(number, D("100.08") - D("0.001") * number)]
    assert [route.base for route in routes.crosses(scene(*quotes))] == [f"C{number}" for number in range(59, 49, -1)]
    assert len(routes.crosses(scene(*quotes), everything=True)) == 60


def test_what_is_sized_is_in_whole_steps_too_and_of_the_pairs_class():
    volumes = {"base_volume_24h": None, "quote_volume_24h": D(10**9)}
    a, b = at("0.8195", "0.8200", lot_size=D(400), **volumes), at("0.8241", "0.8246", "bea", lot_size=D(1), **volumes)
    route = only(routes.crosses(scene(a, b, amount=D(500))))
    assert (route.sized.size, route.trade.size, route.pair_class) == (400, 800, "major")
    whole = only(routes.crosses(scene(a, b, amount=D(10_000))))
    assert whole.sized is whole.trade


# --- Properties -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(3))
def test_no_route_is_made_of_one_exchange_or_fills_more_than_its_levels(seed):
    for route in routes.crosses(random_scene(seed, amount=D(500)), everything=True):
        assert route.buy.exchange != route.sell.exchange
        assert route.trade.size <= min(sum(size for _, size in leg.levels) for leg in route.legs[:2])
        assert route.sized.size <= route.trade.size
        assert route.trade.profit >= 0
        assert (route.trade.size > 0) <= (route.net > 0)
        assert route.usd is None or route.sized.cost * route.usd <= 500 or route.sized == route.trade


@pytest.mark.parametrize("seed", range(2))
def test_of_named_coins_it_is_the_same_as_of_all(seed):
    sc = random_scene(seed, coins=12)
    everything, some = routes.crosses(sc, everything=True), {key.base for key in sc.board.pairs if key.base[-1] in "13"}
    assert routes.crosses(sc, everything=True, bases=some) == [route for route in everything if route.base in some] != everything
    assert routes.crosses(sc, bases=["nothing"]) == []


def test_of_named_coins_the_closest_are_theirs():
    quotes = [q for number in range(60) for q in quiet(number, D("100.08") - D("0.001") * number)]
    assert [route.base for route in routes.crosses(scene(*quotes), bases=("C3", "C1"))] == ["C3", "C1"]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_exchanges_and_a_stale_one_more_change_nothing(seed):
    sc = random_scene(seed, coins=12)
    before = {route.name: (route.net, route.trade.size) for route in routes.crosses(sc) if route.net > 0}
    turned = scene(*[q for row in sc.board.pairs.values() for q in reversed(row.values())], books=tuple(b for row in sc.books.values() for b in row.values()))
    assert {route.name: (route.net, route.trade.size) for route in routes.crosses(turned) if route.net > 0} == before
    extra = [quote("zed", 500, base=k.base, quote=k.quote, symbol=str(k), age=2000) for k in sc.board.pairs]
    more = scene(*[q for row in sc.board.pairs.values() for q in row.values()], *extra, books=tuple(b for row in sc.books.values() for b in row.values()))
    assert {route.name: (route.net, route.trade.size) for route in routes.crosses(more) if route.net > 0} == before


# --- By brute force ---------------------------------------------------------------------------------------------
def F(value):
    return Fraction(str(value))


def fresh_book(sc, key, name):
    """(bids, asks) of a book that may be used, by this file's own rules."""
    book, q = sc.books.get(key, {}).get(name), sc.board.pairs[key][name]
    if book is None or book.switch or book.symbol != q.symbol or not book.bids or not book.asks or book.bids[0][0] > book.asks[0][0]:
        return None
    return (book.bids, book.asks) if NOW - book.observed_at <= timedelta(seconds=30) else None


def fee_of(q):
    return F(q.taker_fee) if q.taker_fee is not None else F("0.002")


def sides(sc, bought, a, sold, b):
    """(ask levels, bid levels): of the books where both are there, else of the tickers."""
    one, other = fresh_book(sc, bought, a), fresh_book(sc, sold, b)
    if one and other:
        return one[1], other[0]
    q, p = sc.board.pairs[bought][a], sc.board.pairs[sold][b]
    return [(q.ask, q.ask_size)] if q.ask else [], [(p.bid, p.bid_size)] if p.bid else []


def filled(asks, bids, fees, rate, most):
    """(coins, cost, proceeds) of the dullest possible walk: one level pair after another, in fractions."""
    buy, sell = fees
    asks, bids = ([[F(p), F(s)] for p, s in side if s] for side in (asks, bids))
    coins = cost = got = Fraction(0)
    while asks and bids:
        (ask, there), (bid, wanted) = asks[0], bids[0]
        if bid * (1 - sell) * rate <= ask * (1 + buy):
            break
        size = min(there, wanted)
        if most is not None:
            size = min(size, (most - got) / (bid * (1 - sell)))
        coins, cost, got = coins + size, cost + size * ask * (1 + buy), got + size * bid * (1 - sell)
        asks[0][1] -= size
        bids[0][1] -= size
        if most is not None and got >= most:
            break
        asks, bids = [x for x in asks if x[1]], [x for x in bids if x[1]]
    return coins, cost, got * rate


def conversion(sc, exchange, source, target):
    """(rate, how much may be changed, market) at the best price of the one market there is, in its book or ticker."""
    straight, inverse = PairKey(source, target), PairKey(target, source)
    for key, sign in ((straight, 1), (inverse, -1)):
        q = sc.board.pairs.get(key, {}).get(exchange)
        if q and q.bid and q.ask:
            book = fresh_book(sc, key, exchange)
            price, size = (book[0][0] if sign > 0 else book[1][0]) if book else (q.bid, q.bid_size) if sign > 0 else (q.ask, q.ask_size)
            fee, price = fee_of(q), F(price)
            if sign > 0:
                return price * (1 - fee), size and F(size), key
            return 1 / (price * (1 + fee)), size and F(size) * price * (1 + fee), key
    return None


def brute(sc):
    """{(pair, a, pair, b): (net, size, cost, profit)} of everything that pays, by trying all of it."""
    found = {}
    for bought, row in sc.board.pairs.items():
        for sold, other in sc.board.pairs.items():
            if bought.base != sold.base:
                continue
            for a in row:
                for b in other:
                    if a == b or any(sc.verdict(k).looks[n].reason in GONE for k, n in ((bought, a), (sold, b))):
                        continue
                    way = (Fraction(1), None, None) if bought == sold else conversion(sc, b, sold.quote, bought.quote)
                    if way is None or (way[2] and sc.verdict(way[2]).looks[b].reason in GONE):
                        continue
                    asks, bids = sides(sc, bought, a, sold, b)
                    if not asks or not bids:
                        continue
                    buy, sell = fee_of(row[a]), fee_of(other[b])
                    net = F(bids[0][0]) * (1 - sell) * way[0] / (F(asks[0][0]) * (1 + buy)) - 1
                    if net > 0 and (bought == sold or shown_by_tickers(sc, bought, a, sold, b)):
                        walked = filled(asks, bids, (buy, sell), *way[:2])
                        found[bought, a, sold, b] = (net, *rounded(walked, (asks, bids), (buy, sell), way[0], (row[a], other[b])))
    return found


def too_old(sc, bought, a, sold, b):
    via = conversion(sc, b, sold.quote, bought.quote)[2] if bought != sold else None
    return any(sc.verdict(key).looks[name].state not in ("fresh", "aging") for key, name in ((bought, a), (sold, b), (via, b)) if key)


def shown_by_tickers(sc, bought, a, sold, b):
    """Routes through another money are found on tickers."""
    q, p, via = sc.board.pairs[bought][a], sc.board.pairs[sold][b], None
    for key, straight in ((PairKey(sold.quote, bought.quote), True), (PairKey(bought.quote, sold.quote), False)):
        c = sc.board.pairs.get(key, {}).get(b)
        if via is None and c and c.bid and c.ask:
            via = F(c.bid) * (1 - fee_of(c)) if straight else 1 / (F(c.ask) * (1 + fee_of(c)))
    return bool(q.ask and p.bid) and F(p.bid) * (1 - fee_of(p)) * via > F(q.ask) * (1 + fee_of(q))


def rounded(walked, levels, fees, rate, quotes):
    coins, cost, got = walked
    step = max((F(q.lot_size) for q in quotes if q.lot_size), default=None)
    if step and coins % step:
        whole = coins // step * step
        coins, cost, got = by_size(levels, fees, rate, whole)
    return coins, cost, got - cost


def by_size(levels, fees, rate, coins):
    def money(side):
        left, total = coins, Fraction(0)
        for price, size in side:
            took = min(left, F(size or 0))
            left, total = left - took, total + took * F(price)
        return total

    return coins, money(levels[0]) * (1 + fees[0]), money(levels[1]) * (1 - fees[1]) * rate


@pytest.mark.parametrize("seed", range(8))
def test_the_scan_finds_what_trying_everything_finds(seed):
    sc = random_scene(seed)
    expected = brute(sc)
    paying = [r for r in routes.crosses(sc) if r.net > 0]
    found = {(PairKey(r.buy.base, r.buy.quote), r.buy.exchange, PairKey(r.sell.base, r.sell.quote), r.sell.exchange): r for r in paying}
    old = {place for place in expected if too_old(sc, *place)}
    assert len(expected) - len(old) > 100 and len(old) > 1
    assert found.keys() - old == expected.keys() - old and found.keys() <= expected.keys()
    straight = [bought for bought, _, sold, _ in found.keys() & old if bought == sold]
    assert sorted(straight) == sorted({bought for bought, _, sold, _ in old if bought == sold}), "one for each pair"
    turned = [bought.base for bought, _, sold, _ in found.keys() & old if bought != sold]
    assert len(turned) == len(set(turned)), "one for each coin"
    for place, route in found.items():
        net, size, cost, profit = expected[place]
        assert abs(F(route.net) - net) < Fraction(1, 10**25)
        assert abs(F(route.trade.size) - size) <= size / 10**25
        assert abs(F(route.trade.cost) - cost) <= cost / 10**25
        assert abs(F(route.trade.profit) - profit) <= cost / 10**25
