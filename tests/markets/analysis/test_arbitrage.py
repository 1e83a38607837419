"""Section 7 of the methodology with its printed digits, and the walk down two books at once."""

import math
import statistics
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import arbitrage
from markets.analysis.arbitrage import Step, Terms, Trade, Way
from markets.analysis.settings import DEFAULT
from markets.analysis.wallets import Wallet
from tests.markets.analysis.boards import NOW, D

TENTH, FIFTH = D("0.001"), D("0.002")
ASKS = ((D("0.8200"), D(1500)), (D("0.8210"), D(2000)), (D("0.8225"), D(5000)))
BIDS = ((D("0.8241"), D(900)), (D("0.8236"), D(1500)), (D("0.8228"), D(4000)))
BOTH = Terms(TENTH, TENTH)


def percent(ratio, digits):
    return f"{ratio * 100:.{digits}f}"


# --- Worked examples --------------------------------------------------------------------------------------------
def test_break_even_spreads():
    assert percent(arbitrage.break_even(TENTH, TENTH), 4) == "0.2002"
    assert percent(arbitrage.break_even(TENTH, FIFTH), 4) == "0.3006"


@pytest.mark.parametrize(("ask", "bid", "gross", "net", "dearer"), [
    ("0.8198", "0.8245", "0.5733", "0.3724", "0.2719"),
    ("0.8200", "0.8241", "0.5000", "0.2992", "0.1988"),
    ("0.8198", "0.8239", "0.5001", "0.2993", None),
])
def test_the_gap_before_and_after_fees(ask, bid, gross, net, dearer):
    assert percent(arbitrage.gross(D(ask), D(bid)), 4) == gross
    assert percent(arbitrage.net(D(ask), D(bid), TENTH, TENTH), 4) == net
    assert dearer is None or percent(arbitrage.net(D(ask), D(bid), TENTH, FIFTH), 4) == dearer


def test_the_example_ladder():
    found = arbitrage.walk(ASKS, BIDS, BOTH)
    assert [(s.size, s.ask, s.bid) for s in found.steps] == [
        (900, D("0.8200"), D("0.8241")), (600, D("0.8200"), D("0.8236")), (900, D("0.8210"), D("0.8236")), (1100, D("0.8210"), D("0.8228")),
    ]  # fmt: skip
    each = [arbitrage.value(s.bid, TENTH) - arbitrage.cost(s.ask, TENTH) for s in found.steps]
    assert [f"{profit:.7f}" for profit in each] == ["0.0024559", "0.0019564", "0.0009554", "0.0001562"]
    assert (found.size, found.end) == (3500, "unprofitable")
    assert (f"{found.cost:.4f}", f"{found.proceeds:.5f}", f"{found.profit:.5f}", percent(found.net, 4)) == ("2874.8720", "2879.28783", "4.41583", "0.1536")
    assert not BOTH.pays(D("0.8225"), D("0.8228"))


def test_the_top_level_alone_and_sent_over():
    top = arbitrage.walk(ASKS[:1], BIDS[:1], BOTH)
    assert (top.size, f"{top.profit:.5f}", percent(top.net, 4), top.end) == (900, "2.21031", "0.2992", "book")
    sent = arbitrage.transferred(top, BIDS, BOTH, D("1.5"))
    assert (f"{sent.profit:.5f}", percent(sent.net, 4)) == ("0.97540", "0.1320")
    assert (sent.size, sent.cost, sent.steps, sent.end) == (top.size, top.cost, top.steps, top.end)
    assert percent(arbitrage.risk(0.0008, 10), 3) == "0.253"
    assert arbitrage.risk(0.0008, 10) > sent.net


@pytest.mark.parametrize(("skew", "said"), [(1, "0.010"), (5, "0.023"), (30, "0.057"), (0, "0.000")])
def test_the_noise_of_a_skew(skew, said):
    assert percent(arbitrage.noise(0.0008, skew), 3) == said


def test_how_far_a_price_moves_in_a_minute():
    steady = [D(100) * D("1.001") ** n for n in range(12)]
    assert arbitrage.deviation(steady) == pytest.approx(0, abs=1e-12)
    swinging = [D(100), D("100.1")] * 6
    moves = [math.log(float(b) / float(a)) for a, b in pairwise(swinging)]
    assert arbitrage.deviation(swinging) == pytest.approx(statistics.pstdev(moves))
    assert arbitrage.deviation(swinging[:11]) is not None
    assert arbitrage.deviation(swinging[:10]) is None
    assert arbitrage.deviation([*swinging[:10], D(0)]) is None


def test_the_curve_goes_on_to_twice_what_pays():
    points = arbitrage.curve(ASKS, BIDS, BOTH)
    assert points[0] == (0, 0)
    assert [f"{spent:.4f}" for spent, _ in points[1:5]] == ["738.7380", "1231.2300", "1970.8689", "2874.8720"]
    assert [f"{profit:.5f}" for _, profit in points[1:5]] == ["2.21031", "3.38415", "4.24401", "4.41583"]
    assert (len(points), f"{points[-1][0]:.4f}") == (6, "5262.5072"), "to the end of the bids"
    assert points[-1][1] < points[4][1]
    deep = arbitrage.curve(ASKS, (*BIDS[:2], (D("0.8228"), D(90_000))), BOTH)
    assert deep[-1][0] == 2 * points[4][0]
    losing = arbitrage.curve(((D(2), D(1)),), ((D(1), D(1)),), Terms())
    assert losing == [(0, 0), (2, -1)]


# --- The walk ---------------------------------------------------------------------------------------------------
def test_limits_stop_the_walk():
    by_coins = arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, coins=D(1000)))
    assert (by_coins.size, by_coins.end, len(by_coins.steps)) == (1000, "amount", 2)
    by_money = arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, money=D("738.738")))
    assert (by_money.size, by_money.cost, by_money.end) == (900, D("738.738"), "amount")
    by_proceeds = arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, proceeds=D("0.8241") * 450 * D("0.999")))
    assert (by_proceeds.size, by_proceeds.end) == (450, "amount")
    assert arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, coins=D(0))) == Trade(D(0), D(0), D(0), (), "amount")
    assert arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, coins=D(-5), money=D(-1))).size == 0


def test_with_losses_it_goes_on_to_the_end_of_a_book():
    found = arbitrage.walk(ASKS, BIDS, BOTH, losses=True)
    assert (found.size, found.end) == (6400, "book")
    assert found.steps[-1] == Step(D(2900), D("0.8225"), D("0.8228"))
    assert found.profit < arbitrage.walk(ASKS, BIDS, BOTH).profit


def test_equal_prices_after_fees_do_not_pay():
    asks, bids = ((D(100), D(1)),), ((D(100), D(1)),)
    assert arbitrage.walk(asks, bids, Terms()).end == "unprofitable"
    assert arbitrage.walk((), bids, Terms()) == Trade(D(0), D(0), D(0), (), "book")
    assert arbitrage.walk(asks, (), Terms()).net is None


def test_levels_without_size_are_passed_over():
    found = arbitrage.walk(((D(1), D(0)), (D(1), D(2))), ((D(3), D(0)), (D(2), D(5))), Terms())
    assert found.steps == (Step(D(2), D(1), D(2)),)


def test_the_rate_turns_the_sellers_money_into_the_buyers():
    found = arbitrage.walk(ASKS[:1], BIDS[:1], Terms(TENTH, TENTH, D("0.99")))
    assert found.end == "unprofitable"
    assert percent(arbitrage.net(D("0.8200"), D("0.8241"), TENTH, TENTH, D("0.99")), 4) == "-0.7038"
    paid = arbitrage.walk(ASKS[:1], BIDS[:1], Terms(TENTH, TENTH, D(2)))
    assert paid.proceeds == arbitrage.walk(ASKS[:1], BIDS[:1], BOTH).proceeds * 2


@pytest.mark.parametrize(("step", "size"), [(None, "3500"), ("1000", "3000"), ("3500", "3500"), ("0.1", "3500"), ("4000", "0")])
def test_sizes_are_whole_steps(step, size):
    found = arbitrage.rounded(ASKS, BIDS, BOTH, None if step is None else D(step))
    assert (found.size, found.end) == (D(size), "unprofitable")
    assert found.cost == arbitrage.walk(ASKS, BIDS, Terms(TENTH, TENTH, coins=D(size))).cost


def test_a_rounded_trade_keeps_its_rate():
    asks, bids = ((D(1), D("7.5")),), ((D(3), D("7.5")),)
    found = arbitrage.rounded(asks, bids, Terms(ZERO := D(0), ZERO, D("0.5")), D(1))
    assert (found.size, found.cost, found.proceeds) == (7, 7, D("10.5"))


def test_a_fee_above_the_size_leaves_nothing_to_sell():
    top = arbitrage.walk(ASKS[:1], BIDS[:1], BOTH)
    for fee in (900, 901):
        assert arbitrage.transferred(top, BIDS, BOTH, D(fee)).proceeds == 0


# --- Networks ---------------------------------------------------------------------------------------------------
def wallet(exchange, chain="ethereum", *, deposit=True, withdraw=True, fee="1.5", address="0xabc", age=10, **more):
    return Wallet(
        exchange=exchange, coin="POL", code="POL", network=more.pop("network", chain.upper()), chain=chain, contract_address=address, deposit_open=deposit,
        withdraw_open=withdraw, withdraw_fee=None if fee is None else D(fee), seen_at=NOW - timedelta(seconds=age), **more,
    )


def by(out, into):
    return arbitrage.way(out, into, NOW, DEFAULT)


def test_the_cheapest_open_network_is_taken():
    out = [wallet("a"), wallet("a", "base", fee="0.2"), wallet("a", "tron", fee=None), wallet("a", "solana", fee="0.1", withdraw=False)]
    into = [wallet("b", chain) for chain in ("ethereum", "base", "tron", "solana")]
    assert by(out, into) == Way("open", "base", D("0.2"), "by base: withdrawals and deposits are open")
    assert by(out[2:3], into) == Way("open", "tron", None, "by tron: withdrawals and deposits are open")


@pytest.mark.parametrize(("out", "into", "state", "says"), [
    ([wallet("a", withdraw=False)], [wallet("b")], "closed", "withdrawals are closed where it is bought"),
    ([wallet("a", withdraw=False)], [], "closed", "withdrawals are closed where it is bought"),
    ([wallet("a")], [wallet("b", deposit=False)], "closed", "deposits are closed where it is sold"),
    ([], [wallet("b", deposit=False)], "closed", "deposits are closed where it is sold"),
    ([], [wallet("b")], "unknown", "the networks are not known where it is bought"),
    ([wallet("a")], [], "unknown", "the networks are not known where it is sold"),
    ([], [], "unknown", "the networks are not known where it is bought"),
    ([wallet("a", age=9 * 3600)], [wallet("b")], "unknown", "the networks are not known where it is bought"),
    ([wallet("a", switch="disabled")], [wallet("b")], "unknown", "the networks are not known where it is bought"),
    ([wallet("a")], [wallet("b", address="0xdef")], "apart", "no network of the same contract is known on both sides"),
    ([wallet("a")], [wallet("b", address="")], "apart", "no network of the same contract is known on both sides"),
    ([wallet("a")], [wallet("b", "tron")], "apart", "no network of the same contract is known on both sides"),
    ([wallet("a", "", network="X")], [wallet("b", "", network="X")], "apart", "no network of the same contract is known on both sides"),
    ([wallet("a", withdraw=None)], [wallet("b")], "unknown", "whether ethereum is open on both sides is not known"),
    ([wallet("a")], [wallet("b", deposit=None)], "unknown", "whether ethereum is open on both sides is not known"),
    ([wallet("a"), wallet("a", "tron", withdraw=False)], [wallet("b", deposit=False), wallet("b", "tron")], "closed",
     "every shared network (ethereum, tron) is closed on one side"),
])
def test_the_state_of_a_transfer(out, into, state, says):
    found = by(out, into)
    assert (found.state, found.detail, found.fee) == (state, says, None)


def test_a_coin_of_its_own_chain_needs_no_address():
    assert by([wallet("a", "bitcoin", address="")], [wallet("b", "bitcoin", address="")]).state == "open"


# --- Properties -------------------------------------------------------------------------------------------------
prices = st.decimals("0.8", "1.2", places=4)
sizes = st.decimals("0", "500", places=2)
wide = st.decimals("0.0001", "0.2", places=4)
fees = st.sampled_from([D(0), D("0.0005"), TENTH, FIFTH])
few = settings(max_examples=100)


@st.composite
def books(draw):
    asks = sorted(draw(st.lists(st.tuples(prices, sizes), min_size=1, max_size=6)))
    bids = sorted(draw(st.lists(st.tuples(prices, sizes), min_size=1, max_size=6)), reverse=True)
    return tuple(asks), tuple(bids)


@few
@given(prices, prices, fees, fees)
def test_net_is_positive_exactly_when_the_bid_after_fees_beats_the_ask(ask, bid, buy, sell):
    assert (arbitrage.net(ask, bid, buy, sell) > 0) is (bid * (1 - sell) > ask * (1 + buy))
    assert (arbitrage.net(ask, bid, buy, sell) > 0) is (arbitrage.gross(ask, bid) > arbitrage.break_even(buy, sell))
    if buy or sell:
        assert arbitrage.net(ask, bid, buy, sell) < arbitrage.gross(ask, bid)


@few
@given(st.tuples(prices, wide, fees), st.tuples(prices, wide, fees))
def test_both_directions_never_pay_at_once(a, b):
    (bid_a, spread_a, fee_a), (bid_b, spread_b, fee_b) = a, b
    there = arbitrage.net(bid_a + spread_a, bid_b, fee_a, fee_b)
    back = arbitrage.net(bid_b + spread_b, bid_a, fee_b, fee_a)
    assert there <= 0 or back <= 0


@few
@given(books(), fees, fees, st.sampled_from([D("0.9"), D(1), D("1.05")]))
def test_a_walk_never_fills_more_than_the_books_and_every_step_pays(both, buy, sell, rate):
    asks, bids = both
    found = arbitrage.walk(asks, bids, Terms(buy, sell, rate))
    assert 0 <= found.size <= min(sum(s for _, s in asks), sum(s for _, s in bids))
    assert found.size == sum((s.size for s in found.steps), D(0))
    assert all(s.bid * (1 - sell) * rate > s.ask * (1 + buy) for s in found.steps)
    assert found.profit == sum(((s.bid * (1 - sell) * rate - s.ask * (1 + buy)) * s.size for s in found.steps), D(0))


@few
@given(books(), fees, st.lists(st.decimals("0", "800", places=2), min_size=2, max_size=5))
def test_profit_never_falls_as_more_is_allowed_and_no_size_is_no_profit(both, fee, allowed):
    profits = [arbitrage.walk(*both, Terms(fee, fee, coins=size)).profit for size in sorted(allowed)]
    assert profits == sorted(profits)
    assert arbitrage.walk(*both, Terms(fee, fee, coins=D(0))).profit == 0
    whole = arbitrage.walk(*both, Terms(fee, fee)).profit
    assert all(profit <= whole for profit in profits)


@few
@given(books(), fees, fees)
def test_higher_fees_never_raise_profit(both, buy, sell):
    dearer = arbitrage.walk(*both, Terms(buy + D("0.0003"), sell + D("0.0002"))).profit
    assert dearer <= arbitrage.walk(*both, Terms(buy, sell)).profit


@few
@given(books(), fees, st.sampled_from(["0.001", "7", "100000"]))
def test_another_unit_of_the_coin_changes_no_percentage(both, fee, factor):
    c = D(factor)
    scaled = [tuple((price * c, size / c) for price, size in side) for side in both]
    one, other = arbitrage.walk(*both, Terms(fee, fee)), arbitrage.walk(*scaled, Terms(fee, fee))
    assert abs(one.profit - other.profit) < D("1e-20")
    assert (one.net is None) is (other.net is None)
    assert one.net is None or abs(one.net - other.net) < D("1e-20")
    assert isinstance(one.size, Decimal)
