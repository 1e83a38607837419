"""Best price: fees, ties, ages, identities, badges, notes; single prices with preferences; the whole board."""

from dataclasses import replace
from datetime import timedelta

import pytest

from markets.analysis import best
from markets.analysis.converted import Conversion, Joined
from markets.board import Board, Coin, PairKey
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes, whole_board


def compare(*rows, **options):
    return best.compare(PAIR, {q.exchange: q for q in rows}, NOW, **options)


def order(c):
    return [row.quote.exchange for row in c.rows if row.rank]


def badges(c):
    return {row.quote.exchange: row.badges for row in c.rows}


# --- Fees -------------------------------------------------------------------------------------------------------
def test_fees_change_the_winner():
    cheap = quote("ada", bid="99.95", ask="100.00", taker_fee="0.0020")
    fair = quote("bea", bid="99.95", ask="100.05", taker_fee="0.00075")
    after = compare(cheap, fair, names={"ada": "Ada", "bea": "Bea"})
    assert [(r.quote.exchange, r.net_price, r.fee_pct) for r in after.rows] == [("bea", D("100.1250375"), D("0.075")), ("ada", D("100.2"), D("0.2"))]
    assert [f"{r.net_price:.4f}" for r in after.rows] == ["100.1250", "100.2000"]
    assert after.best_buy == best.Best("bea", D("100.05"), D("100.1250375"), D("0.075"), 900, "USDT")
    assert after.notes == ("Fees change the winner: before fees Ada is cheapest, after fees Bea.",)
    before = compare(cheap, fair, net=False)
    assert (before.best_buy.exchange, before.best_buy.price, before.best_buy.net_price) == ("ada", 100, D("100.2"))
    assert [r.vs_best for r in before.rows] == [0, D("-0.05")]
    assert before.gap_bps == D("-5")  # of the two winners shown: after fees they are others, and so is the gap
    assert f"{after.gap_bps:.4f}" == "-9.9950"
    assert before.after_fees_pct == after.after_fees_pct


def test_selling_ranks_by_proceeds():
    c = compare(quote("ada", bid="100", ask="101", taker_fee="0.002"), quote("bea", bid="99.95", ask="101", taker_fee="0.001"), side="sell")
    assert [(r.quote.exchange, r.net_price, r.vs_best) for r in c.rows] == [("bea", D("99.85005"), 0), ("ada", D("99.8"), D("-0.05005"))]
    assert c.best_sell.exchange == "bea"
    assert c.notes == ("Fees change the winner: before fees ada pays most, after fees bea.",)
    assert best.compare(PAIR, {"ada": quote()}, NOW, side="sell").rows[0].price == quote().bid


def test_without_a_known_fee_there_is_no_net_figure_and_the_row_comes_after_those_with_one():
    free, dear = quote("ada", 100, taker_fee=None, fee_source=None), quote("bea", 101)
    c = compare(free, dear)
    assert order(c) == ["bea", "ada"]
    assert (c.rows[1].net_price, c.rows[1].fee_pct, c.rows[1].vs_best) == (None, None, None)
    assert order(compare(free, dear, net=False)) == ["ada", "bea"]
    alone = compare(free)
    assert alone.best_buy == best.Best("ada", free.ask, None, None, 900, "USDT")
    assert (alone.after_fees_pct, alone.rows[0].vs_best, alone.rows[0].badges) == (None, 0, ("best_price", "best_to_sell"))


def test_equal_prices_share_the_badge_and_are_ordered_by_size_then_preference():
    large, liked = quote("bea", ask_size="9", priority=3), quote("cid", ask_size="9", priority=2)
    c = compare(quote("ada", ask_size="5"), large, liked, quote("dot", taker_fee="0.002"), quote("eve", ask_size=None))
    assert order(c) == ["cid", "bea", "ada", "eve", "dot"]
    assert [name for name, given in badges(c).items() if "best_price" in given] == ["cid", "bea", "ada", "eve"]
    assert "best_price" not in badges(c)["dot"]


# --- The example every page must be able to say -----------------------------------------------------------------
def test_the_matic_example():
    books = [("ada", "0.8190", "0.8198"), ("bea", "0.8230", "0.8234"), ("cid", "0.8239", "0.8245")]
    c = compare(*(quote(name, bid=bid, ask=ask) for name, bid, ask in reversed(books)))
    assert [(r.quote.exchange, r.price) for r in c.rows] == [("ada", D("0.8198")), ("bea", D("0.8234")), ("cid", D("0.8245"))]
    assert [f"{(r.price / c.best_buy.price - 1) * 100:+.2f}" for r in c.rows] == ["+0.00", "+0.44", "+0.57"]
    assert f"{c.price_range_pct:.4f}" == "0.5733"
    assert f"{c.after_fees_pct:.4f}" == "0.2993"
    assert (c.best_buy.exchange, c.best_sell.exchange) == ("ada", "cid")


@pytest.mark.parametrize(("ask", "bid", "fee", "gross", "net"), [
    ("0.8198", "0.8245", "0.001", "0.5733", "0.3724"), ("0.8198", "0.8245", "0.002", "0.5733", "0.2719"),
    ("0.8200", "0.8241", "0.001", "0.5000", "0.2992"), ("0.8200", "0.8241", "0.002", "0.5000", "0.1988"),
])
def test_what_is_left_of_a_gap_after_fees(ask, bid, fee, gross, net):
    c = compare(quote("ada", bid="0.8190", ask=ask), quote("bea", bid=bid, ask="0.8250", taker_fee=fee))
    assert f"{c.gap_bps / 100:.4f}" == gross
    assert f"{c.after_fees_pct:.4f}" == net


# --- Who may win ------------------------------------------------------------------------------------------------
def test_aging_wins_only_where_nothing_is_fresh_and_is_marked():
    mixed = compare(quote("ada", 99, age=40), quote("bea", 100))
    assert order(mixed) == ["bea"]
    assert [(r.state, r.reason, r.flags, r.detail) for r in mixed.rows if not r.rank] == [("aging", "aging", (), "40 s old, and fresher prices exist")]
    aging = compare(quote("ada", 99, age=40), quote("bea", 100, age=50), quote("cid", 90, age=61))
    assert order(aging) == ["ada", "bea"]
    assert (aging.live, aging.oldest_s, aging.grade) == (0, 50, "C")
    assert "No fresh price exists: ageing ones are ranked instead." in aging.notes
    assert aging.rows[0].detail == "40 s old"


def test_an_unknown_identity_cannot_set_the_best_price_where_a_known_one_exists():
    c = compare(quote("ada", 99, identity="unknown"), quote("bea", 100, identity="probable"))
    assert order(c) == ["bea"]
    assert (c.rows[1].flags, c.rows[1].reason, c.rows[1].detail) == (("unknown_identity",), "unknown_identity", "not yet confirmed to be the same coin")
    assert c.live == 2, "it is shown and informs"


def test_an_old_price_of_the_right_coin_beats_a_fresh_one_of_an_unknown_coin():
    assert order(compare(quote("ada", 99, identity="unknown"), quote("bea", 100, age=40))) == ["bea"]


def test_where_all_are_unknown_they_rank_among_themselves_and_say_so():
    c = compare(quote("ada", 101, identity="unknown"), quote("bea", 100, identity="unknown", age=40))
    assert order(c) == ["ada"]
    assert c.rows[0].flags == ("unknown_identity",)
    assert "That these are the same coin is not yet confirmed: it takes ten minutes of agreeing prices." in c.notes


def test_what_is_left_out_carries_its_reason_and_is_never_dropped():
    off, old, other = quote("bea", 90, switch="disabled"), quote("cid", 90, age=94), quote("dot", 90, identity="conflicted")
    c = compare(quote("ada"), off, old, other, quote("eve", status="delisted"))
    assert {r.quote.exchange: (r.rank, r.reason, r.flags) for r in c.rows} == {
        "ada": (1, "", ()), "bea": (None, "disabled", ("disabled",)), "cid": (None, "stale", ()), "dot": (None, "conflicted", ("conflicted",)),
        "eve": (None, "not_trading", ("not_trading",)),
    }
    assert (c.status, c.listed, c.live) == ("single_source", 4, 1)
    assert c.rows[-1].quote.exchange == "cid", "ranked first, then the youngest"


def test_memory_keeps_an_anomaly_out_although_it_looks_fine_again():
    calming = quote("eve", 100, flag="price_anomaly", calm=2)
    c = compare(quote("ada", 100), quote("bea", 100), calming)
    out = c.rows[-1]
    assert (out.rank, out.flags) == (None, ("price_anomaly",))
    assert out.detail == "was far from the others and is being watched until it has stayed close for some time"
    assert c.reference_price == 100
    assert compare(quote("ada"), quote("bea", 90, flag="price_anomaly", age=100)).rows[-1].flags == ("price_anomaly",), "old, and remembered as wrong"


def test_a_lone_flagged_price_does_not_become_the_best_by_being_alone():
    c = compare(quote("ada", 1000, flag="unit_mismatch"), quote("bea", 100, switch="disabled"))
    assert (c.status, c.best_buy, c.grade) == ("none", None, "D")


@pytest.mark.parametrize(("mid", "flag", "detail"), [
    ("94.8", "", "5.20 % below the others' median"),
    ("106", "dislocated", "6.00 % above the others' median for a while: a real difference, perhaps because deposits or withdrawals are closed"),
    ("1000", "price_anomaly", "900.00 % above the others' median: probably counted in another unit"),
    ("11000", "", "10,900.00 % above the others' median: probably another coin"),
])
def test_anomalies_in_words(mid, flag, detail):
    rows = best.compare(PAIR, {**quotes(100, 100, 100), "eve": quote("eve", mid, flag=flag)}, NOW, usd=D(10)).rows
    assert [r.detail for r in rows if r.quote.exchange == "eve"] == [detail]


def test_badges():
    c = compare(quote("ada", 100, half="0.0005"), quote("bea", "100.01", half="0.0001"), quote("cid", "100.2", half="0.002"), quote("dot", 100, age=70))
    assert badges(c) == {"bea": ("best_price", "best_to_sell", "tightest"), "ada": (), "cid": (), "dot": ()}
    assert c.rows[0].spread_bps == 2
    assert badges(compare(quote("ada"), quote("bea")))["ada"] == ("best_price", "best_to_sell"), "tightest takes three"
    sell = compare(quote("ada", bid="99", ask="99.9"), quote("bea", bid="99.5", ask="101"), side="sell")
    assert badges(sell) == {"bea": ("best_price",), "ada": ("best_to_buy",)}


def test_figures_over_the_ranked_rows():
    rows = [
        quote("ada", 100, quote_volume_24h=2_000_000, base_volume_24h=None, change_24h_pct="1", high_24h="110", low_24h="95"),
        quote("bea", 100, quote_volume_24h=1_000_000, base_volume_24h=None, change_24h_pct="4", high_24h="108", low_24h="94", age=20),
        quote("cid", 100, quote_volume_24h=4_000_000, base_volume_24h=None, change_24h_pct="9", high_24h="200", low_24h="1", age=45),
    ]
    c = compare(*rows, usd=D("1.1"))
    assert (c.change_24h_pct, c.high_24h, c.low_24h, c.oldest_s) == (2, 110, 94, 20)
    assert (c.quote_volume_24h, c.volume_usd) == (7_000_000, 7_700_000), "aging is not excluded"
    plain = compare(*(quote(n, base_volume_24h=None, quote_volume_24h=None, change_24h_pct=p) for n, p in (("ada", "1"), ("bea", "2"), ("cid", None))))
    assert plain.change_24h_pct == D("1.5")


def test_deviation_is_in_basis_points_of_the_reference():
    c = compare(quote("ada", 100), quote("bea", 101), quote("cid", 100))
    assert {r.quote.exchange: r.deviation_bps for r in c.rows} == {"ada": 0, "bea": 100, "cid": 0}


def test_a_comparison_says_what_was_asked():
    c = best.compare(PAIR, quotes(100, 101), NOW, terms=best.Terms("sell", False, best.Order(D(5), "base")))
    assert (c.key, c.as_of, c.side, c.net, c.order) == (PAIR, NOW, "sell", False, best.Order(D(5), "base"))
    near = quotes("1", "1.0001")
    assert [best.compare(PAIR, near, NOW, stable=stable).pair_class for stable in (True, False)] == ["stable", "tail"]


def test_the_index_weighs_volumes_where_they_are_known_else_ages():
    def traded(*told, ages=(2, 2, 2)):
        rows = zip(("ada", "bea", "cid"), (100, 102, 104), told, ages, strict=False)
        return compare(*(quote(name, mid, base_volume_24h=None, quote_volume_24h=volume, age=age) for name, mid, volume, age in rows))

    assert traded(30, 10).index_price == D("100.5")
    assert traded(10, 10, None).index_price == 102, "who tells no volume weighs as little as the least of the others"
    assert traded(None, None).index_price == 101
    assert traded(None, None, ages=(2, 45)).index_price < 101, "the younger weighs more"
    assert traded(None, None).dispersion_bps > 0
    none = compare(quote(status="halted"))
    assert (none.index_price, none.reference_price, none.price_range_pct, compare(quote()).price_range_pct) == (None, None, None, None)


# --- One price --------------------------------------------------------------------------------------------------
def prefer(*rows, wanted=(), **options):
    return best.prefer({q.exchange: q for q in rows}, wanted, NOW, **options)


def test_the_first_wanted_fresh_price_wins():
    rows = [quote("ada", 90, half="0.01"), quote("bea", 91, half="0.01"), quote("cid", 92, half="0.01", priority=1)]
    assert (prefer(*rows, wanted=["bea", "ada"]).quote.exchange, prefer(*rows, wanted=["bea"]).kind) == ("bea", "preferred")
    assert prefer(*rows).quote.exchange == "cid", "without a wish the operator's order holds"


def test_what_was_wanted_needs_no_word_and_the_pairs_tolerance_holds():
    assert prefer(quote("ada"), wanted=["ada"]).detail == ""
    apart = [quote("ada", 100), quote("bea", "100.4")]
    assert [prefer(*apart, stable=stable).kind for stable in (False, True)] == ["preferred", "none"], "two stablecoins differ by less"
    wide = [quote("ada", 100, quote_volume_24h=10**9, base_volume_24h=None), quote("bea", 101, quote_volume_24h=10**9, base_volume_24h=None)]
    assert [prefer(*wide, usd=usd).kind for usd in (None, D(1))] == ["preferred", "none"], "and so do majors"


def test_fallback_says_why():
    rows = [quote("ada", age=94), quote("bea"), quote("cid", priority=1)]
    assert prefer(*rows, wanted=["ada", "bea"]) == best.Choice(rows[1], "fallback", "fresh", 2, "last seen 1 m 34 s ago")
    other = prefer(*rows, wanted=["zed"])
    assert (other.quote.exchange, other.kind, other.detail) == ("cid", "fallback", "not listed there")


def test_an_anomaly_is_never_served_in_its_place():
    rows = [quote("ada", 1000), quote("bea"), quote("cid"), quote("dot")]
    assert prefer(*rows, wanted=["ada"]).quote.exchange == "bea"
    assert prefer(quote("ada", flag="price_anomaly", age=100), wanted=["ada"]).quote is None


def test_the_youngest_old_price_is_labelled():
    choice = prefer(quote("ada", age=300), quote("bea", age=120), wanted=["ada"])
    assert (choice.quote.exchange, choice.kind, choice.state, choice.age_s) == ("bea", "old", "stale", 120)
    assert choice.detail == "no fresh price anywhere: last seen 2 m ago"
    assert prefer(quote("ada", age=45), wanted=["ada"]).detail == "no fresh price anywhere: 45 s old"


def test_of_old_prices_that_are_in_two_units_none_is_served():
    assert prefer(quote("ada", 11_000, age=70), quote("bea", 101, age=120), quote("cid", 101, age=120)).quote is None
    assert prefer(quote("ada", 200, age=70), quote("bea", 100, age=120)).quote.exchange == "ada", "double is still believed"


def test_failure_is_stated():
    assert prefer().detail == "nobody lists it"
    assert prefer(quote("ada", age=1000), wanted=["ada"]) == best.Choice(None, "none", "expired", None, "last seen 16 m 40 s ago")
    disputed = prefer(quote("ada", 100), quote("bea", 110), quote("cid", age=100), wanted=["zed"])
    assert (disputed.quote, disputed.detail) == (None, "the exchanges disagree, and two are too few to say who is right")


# --- The whole board --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("net", [True, False])
def test_the_survey_says_what_each_comparison_says(net):
    odd = {"X1": quotes(100, 200), "X2": quotes(100, status="halted"), "X3": quotes(1, 1, 2, 2), "X4": quotes(1), "X5": {}}
    board = whole_board(300)
    board = replace(board, pairs={**board.pairs, **{PairKey(base, "USDT"): row for base, row in odd.items()}})
    summaries = best.survey(board, NOW, net=net)
    assert summaries.keys() == board.pairs.keys()
    for key, summary in summaries.items():
        c = best.compare(key, board.pairs[key], NOW, net=net, usd=board.usd[key.quote])
        assert {name: getattr(c, name) for name in summary.__struct_fields__} == {name: getattr(summary, name) for name in summary.__struct_fields__}
    assert {s.status for s in summaries.values()} == {"ok", "single_source", "none", "disputed", "no_consensus"}


def test_the_spreads_are_those_of_each_comparison():
    board = whole_board(300)
    for key, row in board.pairs.items():
        c = best.compare(key, row, NOW, usd=board.usd[key.quote])
        assert best.spreads(board, key, NOW) == {row.quote.exchange: row.spread_bps for row in c.rows if row.rank}


def test_the_survey_knows_stable_pairs_and_unknown_currencies():
    stable, other = PairKey("USDC", "USDT"), PairKey("USDC", "ARS")
    coins = {"USDC": Coin("USDC", kind="stablecoin"), "USDT": Coin("USDT", kind="stablecoin")}
    found = best.survey(Board({stable: {"ada": quote()}, other: {"ada": quote()}}, coins, {"USDT": D(1)}), NOW)
    assert (found[stable].pair_class, found[stable].volume_usd) == ("stable", 5_000_000)
    assert (found[other].pair_class, found[other].volume_usd) == ("tail", None)


def test_nothing_past_six_periods_is_ranked_for_slow_feeds_either():
    slow = quote(period_s=200, observed_at=NOW - timedelta(seconds=899))
    assert compare(slow).rows[0].state == "aging"
    hourly = quote(period_s=3600, observed_at=NOW - timedelta(seconds=901))
    assert (compare(hourly).rows[0].state, compare(hourly).rows[0].rank) == ("expired", None)
    assert compare(quote(period_s=30, age=181)).rows[0].rank is None


@pytest.mark.parametrize(("mids", "status"), [((100, 1000), "disputed"), ((100, 100, 1000, 1000), "no_consensus")])
def test_while_a_pairs_own_exchanges_disagree_no_converted_price_wins(mids, status):
    dollars = Joined(conversion=Conversion(quote="USDC", into="USDT", rate=D(1), path=("USDC/USDT",), age_s=1), quotes={
        "ada": quote("ada", 1000, quote="USDC"), "bea": quote("bea", 1000, quote="USDC", status="halted"),
    })  # fmt: skip
    answer = best.compare(PAIR, quotes(*mids), NOW, joined=(dollars,))
    assert (answer.status, answer.best_buy, answer.best_sell, [row.rank for row in answer.rows if row.rank]) == (status, None, None, [])
    assert [row.reason for row in answer.rows if row.conversion] == [status, "not_trading"]
    alone = best.compare(PAIR, {}, NOW, joined=(dollars,))
    assert alone.best_buy.exchange == "ada", "without any of its own there is nothing to dispute"
