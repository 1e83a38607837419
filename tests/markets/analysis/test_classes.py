"""The five classes: each condition alone, both sides of every limit, and the sentence for what does not hold."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from markets.analysis import classes, routes
from markets.analysis.arbitrage import Way
from markets.analysis.classes import CLASSES, Facts
from markets.analysis.scene import Carry
from markets.analysis.settings import DEFAULT
from markets.board import PairKey
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import POL, at, ladder, scene

ASKS = (("0.8200", 1500), ("0.8210", 2000), ("0.8225", 5000))
BIDS = (("0.8241", 900), ("0.8236", 1500), ("0.8228", 4000))
OPEN = Way("open", "polygon", D("1.5"), "by polygon: withdrawals and deposits are open")
GOOD = Facts(OPEN, snapshots=2)
NAMES = {"ada": "Ada", "bea": "Bea"}


def route(a=None, b=None, *, books=True, ages=(2, 2), **more):
    """The example's gap, with something wrong where it is asked for."""
    quotes = at("0.8195", "0.8200", **(a or {})), at("0.8241", "0.8246", "bea", **(b or {}))
    ladders = ladder("ada", [("0.8195", 100)], ASKS, age=ages[0]), ladder("bea", BIDS, [("0.8246", 100)], age=ages[1])
    return routes.between(scene(*quotes, books=ladders if books else (), **more), POL, "ada", "bea")


def judge(found=None, facts=GOOD, **more):
    return classes.judge(found or route(), facts, NOW, names=NAMES, **more)


def codes(judged):
    return [c.code for c in judged.reasons]


def says(judged, code):
    return next(c.detail for c in judged.conditions if c.code == code)


# --- The classes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["inventory", "transfer"])
def test_everything_known_is_executable(mode):
    judged = judge(mode=mode)
    assert (judged.kind, judged.reasons, judged.hidden) == ("executable", (), False)
    assert all(c.met for c in judged.conditions)
    assert all(c.leads_to in CLASSES and c.detail.endswith(".") for c in judged.conditions)


def told(judged):
    return [(c.code, c.met, c.leads_to, c.detail) for c in judged.conditions]


SENT = [
    ("transfer_cost", True, "unprofitable", "The gap must pay the withdrawal fee, too."),
    ("wallet_unknown", True, "indicative", "The way must be known: by polygon: withdrawals and deposits are open."),
]
HELD = [
    ("pays", True, "unprofitable", "Something must be left after all fees: 0.30 % left at the best prices."),
    ("unknown_identity", True, "suspect", "Every side must mean the same coin: confirmed or probable on every side."),
    ("too_good", True, "suspect", "A gap of more than 10.00 % after fees is an error or another coin."),
    ("wallet_closed", True, "blocked", "The coin must be able to travel: by polygon: withdrawals and deposits are open."),
    ("clock", True, "unconfirmed", "Clocks must agree within 30 s: Ada's and ours are 0 s apart."),
    ("aging", True, "unconfirmed", "Every price must be fresh: they are."),
    ("books_awaited", True, "unconfirmed", "Fresh order books must show the gap as well: they are here."),
    ("skew", True, "unconfirmed", "The prices must be seen within 10 s of each other: 0.0 s."),
    ("size_unknown", True, "unconfirmed", "The sizes at the best prices must be known: known."),
    ("noise", True, "unconfirmed", "The gap must stand out from the noise: twice the movement that 0.0 s explain is 0.00 %."),
    ("thin", True, "unconfirmed", "At least 50 USD must pay: 2874.87 USD pay."),
    ("persistence", True, "unconfirmed", "The gap must last 2 snapshots in a row: 2 so far."),
]


def test_every_condition_that_holds_as_people_read_it():
    assert told(judge()) == HELD
    assert told(judge(mode="transfer")) == [HELD[0], SENT[0], *HELD[1:4], SENT[1], *HELD[4:]]


def test_every_condition_that_does_not_hold_as_people_read_it():
    a, b = {"age": 45, "taker_fee": None}, {"status": "halted", "identity": "unknown", "taker_fee": None, "min_size": D(9000)}
    facts = Facts(Way("closed", detail="deposits are closed"), clocks={"ada": -40.0, "bea": 3.0})
    judged = judge(route(a, b, books=False), facts, mode="transfer")
    paying = "0.10 % left at the best prices, with 0.20 % assumed on Ada and Bea, whose fee is not known"
    assert told(judged) == [
        ("pays", True, "unprofitable", f"Something must be left after all fees: {paying}."),
        ("aging", False, "unconfirmed", "Both prices must count: Ada POL/USDT: 45 s old."),
        ("not_trading", False, "blocked", "Both sides must trade: Bea POL/USDT: trading is halted."),
        ("unknown_identity", False, "suspect", "Every side must mean the same coin: not yet shown for Bea."),
        HELD[2],
        ("wallet_closed", False, "blocked", "The coin must be able to travel: deposits are closed."),
        ("clock", False, "unconfirmed", "Clocks must agree within 30 s: Ada's and ours are 40 s apart."),
        ("books_awaited", False, "unconfirmed", "Fresh order books must show the gap as well: Ada and Bea asked."),
        ("skew", False, "unconfirmed", "The prices must be seen within 10 s of each other: 43.0 s."),
        HELD[8],
        ("noise", False, "unconfirmed", "The gap must stand out from the noise: twice the movement that 43.0 s explain is 0.14 %."),
        ("below_minimum", False, "unconfirmed", "The size must reach the smallest order of Bea."),
        ("thin", True, "unconfirmed", "At least 50 USD must pay: 739.48 USD pay."),
        ("persistence", False, "unconfirmed", "The gap must last 2 snapshots in a row: followed with base fees only."),
    ]
    assert codes(judged) == [
        "unknown_identity", "not_trading", "wallet_closed", "aging", "clock", "books_awaited", "skew", "noise", "below_minimum", "persistence",
    ]  # fmt: skip


def test_an_age_is_told_once_and_beside_another_reason():
    """Where a price does not count because it is old, no line says that all are fresh."""
    assert [c.code for c in judge(route(a={"age": 45}, books=False)).conditions].count("aging") == 1
    other = judge(route(a={"age": 45, "identity": "conflicted"}, books=False))
    assert says(other, "aging") == "Every price must be fresh: Ada is aging."
    assert {"aging", "conflicted"} <= set(codes(other))


def test_what_is_not_known_of_a_route_is_said():
    found = route()
    blind = judge(replace(found, usd=None, legs=(replace(found.buy, observed_at=None, levels=()), replace(found.sell, levels=()))))
    assert (blind.noise, "noise" in [c.code for c in blind.conditions]) == (None, False)
    assert says(blind, "skew") == "The prices must be seen within 10 s of each other: not known."
    assert says(blind, "size_unknown") == "The sizes at the best prices must be known: not known on Ada and Bea."
    assert says(blind, "thin") == "At least 50 USD must pay: what it is worth in USD is not known."
    assert judge(replace(found, carry=Carry())).reasons[0][2:] == (
        "indicative", "It pays once the perpetual meets the spot price: nobody knows when, nor what funding will be.",
    )  # fmt: skip


def test_the_weightiest_reason_decides_and_comes_first():
    judged = judge(route(a={"identity": "unknown"}, books=False), Facts(Way("closed", detail="deposits are closed where it is sold")))
    assert (judged.kind, codes(judged)) == ("suspect", ["unknown_identity", "wallet_closed", "books_awaited", "persistence"])


@pytest.mark.parametrize(("broken", "facts", "kind", "code"), [
    ({"a": {"identity": "unknown"}}, GOOD, "suspect", "unknown_identity"),
    ({"b": {"identity": "conflicted"}}, GOOD, "suspect", "conflicted"),
    ({"b": {"status": "halted"}}, GOOD, "blocked", "not_trading"),
    ({"a": {"age": 100}}, GOOD, "unconfirmed", "stale"),
    ({"books": False}, GOOD, "unconfirmed", "books_awaited"),
    ({"ages": (1, 11.5)}, GOOD, "unconfirmed", "skew"),
    ({}, Facts(OPEN, snapshots=1), "unconfirmed", "persistence"),
    ({}, Facts(OPEN), "unconfirmed", "persistence"),
    ({}, Facts(OPEN, snapshots=2, clocks={"bea": -30.5}), "unconfirmed", "clock"),
    ({}, Facts(OPEN, {"ada": 0.005}, 2), "executable", None),
    ({"ages": (1, 3)}, Facts(OPEN, {"ada": 0.01}, 2), "unconfirmed", "noise"),
    ({}, Facts(Way("closed", detail="x"), snapshots=2), "blocked", "wallet_closed"),
    ({}, Facts(Way("apart", detail="x"), snapshots=2), "executable", None),
    ({}, Facts(Way("unknown", detail="x"), snapshots=2), "executable", None),
    ({}, Facts(None, snapshots=2), "executable", None),
])
def test_each_condition_alone(broken, facts, kind, code):
    judged = judge(route(**broken), facts)
    assert (judged.kind, codes(judged)[:1]) == (kind, [code] if code else [])


@pytest.mark.parametrize(("way", "kind", "code"), [
    (Way("closed", detail="x"), "blocked", "wallet_closed"), (Way("apart", detail="x"), "blocked", "wallet_closed"),
    (Way("unknown", detail="x"), "indicative", "wallet_unknown"), (Way("open", "polygon", None, "by polygon"), "indicative", "wallet_unknown"),
])
def test_a_transfer_needs_a_way_that_is_known(way, kind, code):
    judged = judge(facts=Facts(way, snapshots=2), mode="transfer")
    assert (judged.kind, codes(judged)) == (kind, [code])
    assert judged.sent is None


def test_what_a_way_is_is_said():
    unpriced = judge(facts=Facts(Way("open", "polygon", None, "by polygon"), snapshots=2), mode="transfer")
    assert says(unpriced, "wallet_unknown") == "The way must be known: by polygon, but the fee of leaving is not known."
    assert says(judge(mode="transfer"), "wallet_unknown") == f"The way must be known: {OPEN.detail}."
    assert next(c.met for c in judge(facts=Facts(Way("unknown", detail="x"), snapshots=2)).conditions if c.code == "wallet_closed") is None


# --- Limits -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("bid", "kind"), [("0.8241", "executable"), ("0.8230", "executable"), ("0.8210", "unconfirmed")])
def test_a_gap_that_tickers_seen_after_the_books_no_longer_show_is_unconfirmed(bid, kind):
    found = route()
    assert [leg.newer for leg in found.legs] == [None, None], "seen together"
    buy, sell = found.legs
    judged = judge(replace(found, legs=(buy, replace(sell, newer=D(bid)))))
    assert (judged.kind, codes(judged)) == (kind, [] if kind == "executable" else ["outrun"])


@pytest.mark.parametrize(("skew", "met"), [(10, True), (10.001, False)])
def test_ten_seconds_apart_are_the_most(skew, met):
    judged = judge(route(ages=(1, 1 + skew)), Facts(OPEN, {"ada": 1e-9}, 2))
    assert ("skew" not in codes(judged)) is met
    assert says(judged, "skew") == f"The prices must be seen within 10 s of each other: {skew:.1f} s."


@pytest.mark.parametrize(("bid", "volume", "kind"), [
    ("0.9037", 100_000, "executable"), ("0.9040", 100_000, "suspect"),  # 9.99 % and 10.02 % after fees
    ("0.8617", 200_000_000, "executable"), ("0.8637", 200_000_000, "suspect"),  # a major: 4.88 and 5.12 %
])
def test_too_good_to_be_true(bid, volume, kind):
    quotes = at("0.8195", "0.8200"), at(bid, D(bid) + D("0.0005"), "bea")
    books = ladder("ada", [("0.8195", 100)], ASKS), ladder("bea", [(bid, 900)], [(D(bid) + D("0.0005"), 100)])
    found = routes.between(scene(*quotes, books=books), POL, "ada", "bea")
    buy, sell = (replace(leg, reason="") for leg in found.legs)  # two exchanges that far apart are disputed, too: here only the limit counts
    found = replace(found, legs=(buy, sell), pair_class="major" if volume > 10**6 else "mid")
    judged = judge(found)
    assert (judged.kind, "too_good" in codes(judged)) == (kind, kind == "suspect")
    assert says(judged, "too_good").startswith(f"A gap of more than {'5.00' if volume > 10**6 else '10.00'} % after fees")


@pytest.mark.parametrize(("usd", "met"), [("0.0173920", False), ("0.0173925", True), (None, False)])
def test_at_least_fifty_dollars_must_pay(usd, met):
    judged = judge(route(usd={} if usd is None else {"USDT": D(usd)}))
    assert ("thin" not in codes(judged)) is met
    assert says(judged, "thin").endswith("not known." if usd is None else "USD pay.")


@pytest.mark.parametrize(("field", "value", "met"), [
    ("min_size", 3500, True), ("min_size", "3500.1", False), ("min_notional", 2870, True), ("min_notional", 2871, False),
])
def test_a_size_below_either_minimum_is_no_trade(field, value, met):
    for side in ("a", "b"):
        least = D(value) + (14 if side == "b" and field == "min_notional" else 0)  # 3500 at 0.8241 are worth 14.35 more
        judged = judge(route(**{side: {field: least}}))
        assert ("below_minimum" not in codes(judged)) is met, side


def test_a_missing_size_is_named():
    quotes = replace(at("0.8195", "0.8200"), ask_size=None), at("0.8241", "0.8246", "bea")
    judged = judge(routes.between(scene(*quotes), POL, "ada", "bea"))
    assert judged.kind == "unconfirmed"
    assert {"size_unknown", "books_awaited", "thin"} == set(codes(judged))
    assert says(judged, "size_unknown").endswith("not known on Ada.")


@pytest.mark.parametrize(("sigma", "noise"), [(0.0, 0.0008), (0.0002, 0.0002), (0.0012, 0.0012)])
def test_noise_rests_on_measured_movement_or_on_the_usual_one(sigma, noise):
    judged = judge(route(ages=(1, 7)), Facts(OPEN, {"ada": sigma, "bea": sigma / 2}, 2))
    assert judged.noise == pytest.approx(noise * (6 / 60) ** 0.5)
    assert judged.risk == pytest.approx(noise * DEFAULT.transfer_minutes**0.5)
    assert judged.measured is (sigma > 0)


def test_twice_the_noise_is_enough():
    found = route(ages=(1, 7))
    for factor, met in ((0.499, True), (0.501, False)):
        sigma = float(found.net) * factor / (6 / 60) ** 0.5
        assert ("noise" not in codes(judge(found, Facts(OPEN, {"ada": sigma}, 2)))) is met


@pytest.mark.parametrize(("offset", "met"), [(30, True), (-30, True), (30.1, False)])
def test_clocks_must_agree(offset, met):
    judged = judge(facts=Facts(OPEN, snapshots=2, clocks={"ada": 2.0, "bea": offset}))
    assert ("clock" not in codes(judged)) is met
    assert says(judged, "clock") == f"Clocks must agree within 30 s: Bea's and ours are {abs(offset):.0f} s apart."


# --- Real differences -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fields", "books", "kind"), [
    ({}, True, "unconfirmed"), ({"flag_since": NOW - timedelta(seconds=10)}, True, "unconfirmed"),
    ({"flag_since": NOW - timedelta(seconds=9)}, True, "suspect"), ({"identity": "probable"}, True, "suspect"), ({}, False, "suspect"),
    ({"flag": "unit_mismatch"}, True, "suspect"), ({"flag": "dislocated"}, True, "unconfirmed"),
])
def test_a_price_far_off_is_an_unconfirmed_gap_only_after_two_polls_with_books_on_a_coin_we_are_sure_of(fields, books, kind):
    flagged = {"flag": "price_anomaly", "flag_since": NOW - timedelta(seconds=60), **fields}
    judged = judge(route(b=flagged, books=books))
    assert judged.kind == kind
    assert codes(judged)[0] == flagged["flag"]
    assert judged.hidden is (kind == "suspect"), "a figure made of a price that is probably wrong is not shown"


def test_figures_between_two_coins_are_never_shown():
    assert judge(route(b={"identity": "conflicted"})).hidden
    far = routes.between(scene(at("0.8195", "0.82"), at("1.65", "1.66", "bea")), POL, "ada", "bea")
    assert judge(far).hidden, "more than twice the price"
    assert not judge(route(a={"age": 100})).hidden


# --- Costs ------------------------------------------------------------------------------------------------------
def test_what_does_not_pay_is_unprofitable_whatever_else_holds():
    flat = routes.between(scene(at("0.8195", "0.8200"), at("0.8210", "0.8215", "bea")), POL, "ada", "bea")
    judged = judge(flat)
    assert (judged.kind, codes(judged)[0]) == ("unprofitable", "pays")
    assert says(judged, "pays") == "Something must be left after all fees: 0.08 % short at the best prices."
    assert says(judge(), "pays") == "Something must be left after all fees: 0.30 % left at the best prices."


def test_a_gap_that_whole_lots_eat_does_not_pay():
    found = route()
    lost = replace(found, trade=replace(found.trade, proceeds=found.trade.cost))
    judged = judge(lost)
    assert (judged.kind, codes(judged)[0]) == ("unprofitable", "pays")
    assert "left at the best prices, but nothing in whole lots." in says(judged, "pays")
    assert judge(replace(found, trade=replace(found.trade, size=D(0), cost=D(0), proceeds=D(0)))).kind == "unconfirmed", "no size is known: nothing is lost"


def test_an_assumed_fee_is_said():
    judged = judge(route(a={"taker_fee": None}))
    assert says(judged, "pays").endswith("with 0.20 % assumed on Ada, whose fee is not known.")


@pytest.mark.parametrize(("mode", "cost", "profit"), [
    ("inventory", False, "4.41583"), ("inventory", True, "3.18286"), ("transfer", False, "3.18286"),
])
def test_the_fee_of_sending_counts_where_coins_are_sent_or_it_is_asked_for(mode, cost, profit):
    judged = judge(mode=mode, transfer_cost=cost)
    assert f"{judged.full.profit:.5f}" == profit  # 1.5 coins fewer are sold, at 0.8228 after a fee of 0.1 % those are 1.23297
    assert judged.costs_way is (profit != "4.41583")
    assert judged.trade == judged.full
    assert judged.profit_usd == judged.trade.profit


def test_a_gap_that_a_withdrawal_fee_eats_does_not_pay():
    dear = Facts(Way("open", "polygon", D(6), "x"), snapshots=2)
    assert judge(facts=dear, mode="transfer").kind == "unprofitable"
    assert codes(judge(facts=dear, mode="transfer")) == ["transfer_cost"]
    assert judge(facts=dear).kind == "executable"


def test_an_unpegged_money_is_suspect_only_where_moneys_are_changed():
    usdc, money = PairKey("POL", "USDC"), PairKey("USDC", "USDT")
    quotes = at("0.8195", "0.8200"), at("0.8290", "0.8295", "bea", usdc), at("0.9999", "1.0001", "bea", money, taker_fee=D(0))
    found = routes.between(scene(*quotes), POL, "ada", "bea", "USDC")
    lost = Facts(OPEN, snapshots=2, unpegged=frozenset({"USDC"}))
    assert codes(judge(found, lost))[0] == "depegged"
    assert judge(found, lost).kind == "suspect"
    assert says(judge(found, lost), "depegged") == "The moneys must hold their pegs: USDC has lost its peg."
    assert "depegged" not in codes(judge(found, Facts(OPEN, snapshots=2, unpegged=frozenset({"DAI"}))))
    assert "depegged" not in [c.code for c in judge(facts=Facts(OPEN, snapshots=2, unpegged=frozenset({"USDT"}))).conditions]


def test_without_a_name_an_exchange_goes_by_its_own():
    assert "bea" in classes.judge(route(b={"status": "halted"}), GOOD, NOW).reasons[0].detail
    assert classes.percent(D("0.12345")) == "12.35 %" or classes.percent(D("0.12345")) == "12.34 %"
