"""Loops inside one exchange: the sign, both ways round, size by the thinnest leg, and a brute-force comparison."""

from decimal import localcontext
from fractions import Fraction
from itertools import permutations

import pytest
from msgspec.structs import replace

from markets.analysis import classes, triangles
from markets.analysis.arbitrage import Step, Way
from markets.analysis.classes import Facts
from markets.board import Board, Coin, PairKey
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import USD, at, ladder, random_scene, scene

BTC, ETH, CROSS = PairKey("BTC", "USDT"), PairKey("ETH", "USDT"), PairKey("ETH", "BTC")


def three(cross_bid="0.0502", cross_ask="0.0503", **more):
    """BTC at 60,000, ETH at 3,000, and ETH told in BTC: fair at 0.05."""
    fees = {"taker_fee": D("0.001")} | more
    return (
        at("59990", "60000", "ada", BTC, size=2, **fees), at("3000", "3001", "ada", ETH, size=5, **fees),
        at(cross_bid, cross_ask, "ada", CROSS, size=4, **fees),
    )  # fmt: skip


def paying(sc):
    return [route for route in triangles.triangles(sc) if route.net > 0]


def test_the_sign_of_a_loop():
    """The methodology's RCN: bought through BNB for 0.00000869185 BTC, sold for 0.00000786."""
    turns = [("buy", D("0.00213140")), ("buy", D("0.004078")), ("sell", D("0.00000786"))]
    assert f"{D('0.00213140') * D('0.004078'):.14f}" == "0.00000869184920"[:16]
    assert f"{triangles.result(turns) * 100:.2f}" == "-9.57"
    assert f"{(1 / (1 + triangles.result(turns)) - 1) * 100:.2f}" == "10.58", "the classic mistake"
    assert abs(triangles.result(turns, [D("0.001")] * 3) - ((1 + triangles.result(turns)) * D("0.999") ** 3 - 1)) < D("1e-20")


def test_a_loop_that_pays_is_found_in_the_right_direction():
    route, = paying(scene(*three()))
    assert [(leg.base, leg.quote, leg.side) for leg in route.legs] == [("ETH", "USDT", "buy"), ("ETH", "BTC", "sell"), ("BTC", "USDT", "sell")]
    assert (route.kind, route.quote, {leg.exchange for leg in route.legs}) == ("triangle", "USDT", {"ada"})
    assert f"{route.net:.8f}" == f"{D('0.0502') * 59990 / 3001 * D('0.999') ** 3 - 1:.8f}"
    assert f"{route.gross:.8f}" == f"{D('0.0502') * 59990 / 3001 - 1:.8f}"
    assert (route.buy, route.sell) == (route.legs[0], route.legs[2])


def test_the_other_direction():
    route, = paying(scene(*three("0.0497", "0.0498")))
    assert [(leg.base, leg.quote, leg.side) for leg in route.legs] == [("BTC", "USDT", "buy"), ("ETH", "BTC", "buy"), ("ETH", "USDT", "sell")]
    assert route.net > 0


def test_the_thinnest_leg_decides_the_size():
    route, = paying(scene(*three()))
    assert abs(route.trade.cost - D("3001") * 4 / D("0.999")) < D("1e-20"), "four ETH can be sold for BTC: so many are bought"
    small, = paying(scene(*three(), amount=D(100)))
    assert (small.sized.cost, small.sized.end, small.trade.cost) == (100, "amount", route.trade.cost)


def test_depth_is_used_where_every_leg_has_a_book():
    books = [
        ladder("ada", [("3000", 1)], [("3001", 2), ("3002", 2), ("3100", 50)], ETH),
        ladder("ada", [("0.0502", 3), ("0.0501", 1), ("0.04", 9)], [("0.0503", 1)], CROSS),
        ladder("ada", [("59990", 2)], [("60000", 1)], BTC),
    ]  # fmt: skip
    route, = paying(scene(*three(), books=tuple(books)))
    assert {leg.source for leg in route.legs} == {"book"}
    start = D(3001) * 2 + D(3002) * (3 / D("0.999") - 2)  # three ETH arrive and go at 0.0502; the next at 0.0501 would not pay
    assert abs(route.trade.cost - start) < D("1e-20")
    assert abs(route.trade.proceeds - 3 * D("0.0502") * D("0.999") * 59990 * D("0.999")) < D("1e-15")
    half, = paying(scene(*three(), books=tuple(books[:2])))
    assert {leg.source for leg in half.legs} == {"ticker"}


def test_whole_steps_lose_their_dust():
    route, = paying(scene(*three(lot_size=D("0.01"))))
    bought, changed, sold = (step.size for step in route.trade.steps)
    assert (bought, changed, sold) == (D("4.00"), D("3.99"), D("0.20"))
    assert route.trade.proceeds == D("0.20") * 59990 * D("0.999")
    assert route.trade.profit < 0, "so much dust eats the gap, and it is seen"
    steps = paying(scene(*three(lot_size=D(10))))[0].trade
    assert (steps.size, steps.cost, steps.proceeds) == (0, 0, 0)


def test_a_missing_size_or_side_leaves_nothing():
    a, b, c = three()
    route, = paying(scene(a, b, replace(c, bid_size=None)))
    assert (route.trade.cost, route.trade.end) == (0, "book")
    assert triangles.triangles(scene(a, b, replace(c, bid=None))) == []
    assert triangles.triangles(scene(a, b, replace(c, exchange="bea"))) == []
    assert triangles.triangles(scene(a, b, replace(c, switch="disabled"))) == []


def test_old_legs_are_in_doubt_and_never_among_the_closest():
    a, b, _ = three()
    old = at("0.0502", "0.0503", "ada", CROSS, age=100)
    route, = paying(scene(a, b, old))
    assert [leg.reason for leg in route.legs] == ["", "stale", ""]
    fair = at("0.0499", "0.0501", "ada", CROSS)
    assert len(triangles.triangles(scene(a, b, fair))) == 2
    assert triangles.triangles(scene(a, b, replace(fair, observed_at=old.observed_at))) == []


def test_only_the_wanted_exchanges():
    assert paying(scene(*three(), only=frozenset({"bea"}))) == []
    assert len(paying(scene(*three(), only=frozenset({"ada"})))) == 1


def test_one_loop_is_the_one_the_scan_finds_paying_or_not_whatever_the_context():
    loop = (ETH, "buy"), (CROSS, "sell"), (BTC, "sell")
    scan, = paying(scene(*three()))
    losing = scene(*three("0.0499", "0.0501"))
    closest = next(route for route in triangles.triangles(losing) if route.name == scan.name)
    with localcontext() as poor:
        poor.prec = 6
        found = triangles.one(scene(*three()), "ada", loop), triangles.one(losing, "ada", loop)
        again, walked = paying(scene(*three())), triangles.walk(scan.legs)
    assert (*found, again, walked) == (scan, closest, [scan], triangles.walk(scan.legs))
    a, b, c = three()
    assert triangles.one(scene(a, b, replace(c, switch="disabled")), "ada", loop) is None


def test_loops_begin_with_what_is_most_like_money():
    usdc = [at("1", "1.0001", "ada", PairKey("USDC", "USDT")), at("3020", "3021", "ada", PairKey("ETH", "USDC")), at("3000", "3001", "ada", ETH)]
    assert {route.quote for route in triangles.triangles(scene(*usdc))} == {"USDT"}
    euro, dear, cheap = PairKey("EUR", "USDC"), PairKey("ETH", "USDC"), PairKey("ETH", "EUR")
    eur = [at("1.08", "1.0801", "ada", euro), at("3020", "3021", "ada", dear), at("2800", "2801", "ada", cheap)]
    assert {route.quote for route in triangles.triangles(scene(*eur))} == {"USDC"}


def test_a_loop_needs_no_proof_of_identity_and_no_wallets():
    books = (
        ladder("ada", [("3000", 1)], [("3001", 2)], ETH), ladder("ada", [("0.0502", 3)], [("0.0503", 1)], CROSS),
        ladder("ada", [("59990", 2)], [("60000", 1)], BTC),
    )  # fmt: skip
    route, = paying(scene(*three(identity="unknown"), books=books))
    judged = classes.judge(route, Facts(snapshots=2), NOW)
    assert (judged.kind, judged.sent) == ("executable", None)
    assert classes.judge(route, Facts(Way("open"), snapshots=1), NOW).kind == "unconfirmed"


# --- Loops ------------------------------------------------------------------------------------------------------
def found_loops(*keys, coins=()):
    board = scene(*(at("1", "1.1", "ada", key) for key in keys)).board
    return list(triangles.loops(Board(board.pairs, {**board.coins, **{coin: Coin(coin, kind="coin") for coin in coins}})))


def test_every_loop_once_in_each_direction():
    assert found_loops(BTC, ETH, CROSS) == [
        ((BTC, "buy"), (CROSS, "buy"), (ETH, "sell")), ((ETH, "buy"), (CROSS, "sell"), (BTC, "sell")),
    ]  # fmt: skip
    assert found_loops(BTC, ETH) == found_loops(ETH, CROSS) == []


def test_a_loop_begins_with_its_money_also_where_that_is_what_is_sold():
    money, dear, cheap = PairKey("USDT", "EUR"), PairKey("ETH", "USDT"), PairKey("ETH", "EUR")
    assert found_loops(money, dear, cheap) == [
        ((dear, "buy"), (cheap, "sell"), (money, "buy")), ((money, "sell"), (cheap, "buy"), (dear, "sell")),
    ]  # fmt: skip
    rates = at("0.92", "0.921", "ada", money), at("3000", "3001", "ada", dear), at("2800", "2801", "ada", cheap)
    assert [route.quote for route in triangles.triangles(scene(*rates))] == ["USDT", "USDT"]
    best = paying(scene(*rates, usd={"USDT": D(2)}, amount=D(20)))
    assert [(route.base, route.quote, route.usd, route.sized.cost) for route in best] == [("ETH", "USDT", 2, 10)]


@pytest.mark.parametrize(("money", "more"), [("EUR", "AAVE"), ("USDC", "EUR"), ("AAVE", "ETH")])
@pytest.mark.parametrize("coins", [(), ("AAVE", "ETH")])
def test_what_is_more_like_money_begins_and_what_is_least_like_it_is_the_coin(money, more, coins):
    """Stablecoins before fiat before coins, known to be coins or not; of coins the first by name."""
    coin = PairKey("ZRX", money), PairKey("ZRX", more)
    for key in (PairKey(more, money), PairKey(money, more)):
        for first, *_ in found_loops(key, *coin, coins=coins):
            assert money == (first[0].quote if first[1] == "buy" else first[0].base)
    fair = at("1", "1.001", "ada", PairKey(more, money)), *(at("1", "1.001", "ada", key) for key in coin)
    assert {(route.base, route.quote) for route in triangles.triangles(scene(*fair))} == {("ZRX", money)}


def test_a_loop_is_of_the_class_of_its_least_market():
    def of(*volumes):
        rows = [replace(q, base_volume_24h=None, quote_volume_24h=D(v) / D(USD.get(q.quote, 1))) for q, v in zip(three(), volumes, strict=True)]
        return paying(scene(*rows))[0].pair_class

    assert (of(10**9, 10**9, 10**9), of(10**9, 10**6, 10**9), of(10, 10**9, 10**6)) == ("major", "mid", "mid")
    assert of(10, 10**9, 10**9) == "tail"
    dollars = at("1", "1.0001", "ada", PairKey("USDC", "USDT")), at("3020", "3021", "ada", PairKey("ETH", "USDC")), at("3000", "3001", "ada", ETH)
    busy = [replace(q, base_volume_24h=None, quote_volume_24h=D(10**9)) for q in dollars]
    assert paying(scene(*busy))[0].pair_class == "major", "two moneys of one worth say nothing against the other markets"


def test_the_best_come_first_then_the_closest():
    better = [replace(q, exchange="bea") for q in three("0.0503", "0.0504")]
    found = triangles.triangles(scene(*three(), *better))
    assert [(route.legs[0].exchange, route.net > 0) for route in found] == [("bea", True), ("ada", True), ("ada", False), ("bea", False)]
    assert [route.net for route in found[2:]] == sorted((route.net for route in found[2:]), reverse=True)


def test_ten_are_shown_and_all_when_asked():
    rows = [replace(q, exchange=f"x{n:02}") for n in range(25) for q in three("0.0499", "0.0501")]
    assert (len(triangles.triangles(scene(*rows))), len(triangles.triangles(scene(*rows), everything=True))) == (10, 50)


def test_a_loop_that_only_fees_make_lose_is_among_the_closest():
    close = scene(*three("0.05003", "0.05005", taker_fee=D("0.001")))
    assert [route.net <= 0 for route in triangles.triangles(close)] == [True, True]
    dear = scene(*three(), fees={"ada": D("0.05")})
    assert [route.net <= 0 for route in triangles.triangles(dear)] == [True, True]


# --- Sizes ------------------------------------------------------------------------------------------------------
def test_what_ends_a_loop_and_at_which_prices():
    legs = paying(scene(*three()))[0].legs
    whole = triangles.rounded(legs, limit=None)
    assert whole.steps == tuple(Step(step.size, leg.price, leg.price) for step, leg in zip(whole.steps, legs, strict=True))
    start = triangles.walk(legs)
    ends = [triangles.rounded(legs, limit=limit).end for limit in (None, start + 1, start, start - 1)]
    assert ends == ["unprofitable", "unprofitable", "amount", "amount"]
    losing = triangles.triangles(scene(*three("0.0499", "0.0501")))[0].legs
    assert (triangles.rounded(losing, limit=None).end, triangles.rounded(losing, limit=D(5)).end) == ("book", "book")
    within, = paying(scene(*three(), amount=D(10**6)))
    assert within.sized is within.trade, "what the amount does not limit is not worked out again"


def test_a_deep_level_is_used_up_by_several_thin_ones():
    books = (
        ladder("ada", [("3000", 1)], [("3001", 1), ("3002", 1), ("3003", 5)], ETH), ladder("ada", [("0.0502", "2.5")], [("0.0503", 1)], CROSS),
        ladder("ada", [("59990", 2)], [("60000", 1)], BTC),
    )  # fmt: skip
    route, = paying(scene(*three(taker_fee=D(0)), books=books))
    assert route.trade.cost == D(3001) + D(3002) + D("1501.5")
    assert route.trade.proceeds == D("2.5") * D("0.0502") * 59990


# --- By brute force ---------------------------------------------------------------------------------------------
def F(value):
    return Fraction(str(value))


def brute(sc):
    """{the three orders of a loop that pays}: every walk of three markets that ends in what it began with."""
    found = set()
    for name in sorted({n for row in sc.board.pairs.values() for n in row}):
        there = {k: row[name] for k, row in sc.board.pairs.items() if name in row and row[name].bid and row[name].ask}
        there = {k: q for k, q in there.items() if sc.verdict(k).looks[name].reason not in ("expired", "disabled", "no_bid_ask")}
        for keys in permutations(there, 3):
            for start in {keys[0].base, keys[0].quote}:
                money, end, orders = start, Fraction(1), []
                for key in keys:
                    q = there[key]
                    kept = 1 - (F(q.taker_fee) if q.taker_fee is not None else F("0.002"))
                    if money not in (key.base, key.quote):
                        break
                    end, side, money = (end / F(q.ask) * kept, "buy", key.base) if money == key.quote else (end * F(q.bid) * kept, "sell", key.quote)
                    orders.append((name, key, side))
                if len(orders) == 3 and money == start and end > 1:
                    found.add(frozenset(orders))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_scan_finds_what_trying_everything_finds(seed):
    sc = random_scene(seed, coins=6)
    sc.books.clear()
    found = {frozenset((leg.exchange, PairKey(leg.base, leg.quote), leg.side) for leg in route.legs) for route in paying(sc)}
    assert found == brute(sc)


@pytest.mark.parametrize("seed", range(3))
def test_no_leg_gives_more_than_its_levels(seed):
    for route in triangles.triangles(random_scene(seed, coins=20), everything=True):
        for leg, step in zip(route.legs, route.trade.steps, strict=True):
            assert step.size <= sum(size for _, size in leg.levels) * (1 + D("1e-25"))
        assert route.trade.cost == 0 or route.net > 0
