"""One pair's figures: what a unit costs, who stands where, who wins each side, and what is left where a side has nobody."""

import pytest
from msgspec.structs import replace

from markets.analysis import figures, verdict
from markets.analysis.amounts import COSTLESS, KNOWN, SHORT, UNSEEN, Deal
from markets.analysis.figures import Best
from tests.markets.analysis.boards import NOW, PAIR, D, quote

ADA = quote("ada", bid="99", ask="101", bid_size="5", ask_size="7", taker_fee="0.01", priority=3)
BEA = quote("bea", bid="99", ask="101", bid_size="6", ask_size="8", taker_fee=None)
CID = quote("cid", bid="99", ask="101", bid_size=None, ask_size=None, taker_fee="0.01")


def judged(*rows):
    return verdict.judge({q.exchange: q for q in rows}, NOW)


def test_what_one_coin_costs_and_brings():
    assert (figures.unit(ADA, "buy"), figures.unit(ADA, "sell")) == (D("102.01"), D("98.01"))
    for missing in ({"ask": None}, {"ask": D(0)}, {"taker_fee": None}):
        assert figures.unit(replace(ADA, **missing), "buy") is None


def test_places_at_the_top_of_the_book():
    ranked = judged(ADA, BEA, CID).ranked
    assert figures.places(ranked, "buy", True) == [
        (KNOWN, D("102.01"), -7, 3, "ada", "USDT"), (COSTLESS, 101, -8, 100, "bea", "USDT"), (KNOWN, D("102.01"), 0, 100, "cid", "USDT"),
    ]  # fmt: skip
    assert figures.places(ranked, "sell", True) == [
        (KNOWN, D("-98.01"), -5, 3, "ada", "USDT"), (COSTLESS, -99, -6, 100, "bea", "USDT"), (KNOWN, D("-98.01"), 0, 100, "cid", "USDT"),
    ]  # fmt: skip
    assert [place[:3] for place in figures.places(ranked, "buy", False)] == [(KNOWN, 101, -7), (KNOWN, 101, -8), (KNOWN, 101, 0)]


def test_a_deals_place_is_that_of_its_price_behind_what_is_not_known():
    look, = judged(ADA).ranked
    deal = Deal(look=look, handicap=KNOWN, price=D(102), each=D(103))
    assert figures.place(deal, "buy", True) == (KNOWN, 103, -7, 3, "ada", "USDT")
    assert figures.place(deal, "sell", False) == (KNOWN, -102, -5, 3, "ada", "USDT")
    assert figures.place(replace(deal, handicap=COSTLESS, each=None), "buy", True)[:2] == (COSTLESS, 102)
    assert figures.place(replace(deal, handicap=COSTLESS, each=None), "buy", False)[:2] == (KNOWN, 102), "before fees they do not matter"
    assert figures.place(Deal(look=look, handicap=UNSEEN), "sell", True)[:2] == (UNSEEN, -99)
    sizeless, = judged(CID).ranked
    assert figures.place(Deal(look=sizeless, handicap=KNOWN), "buy", True)[2] == 0


def test_the_winner_of_each_side():
    ranked = judged(ADA, BEA).ranked
    assert figures.best(ranked, "buy", True) == Best("ada", D(101), D("102.01"), D(1), D(7), "USDT")
    assert figures.best(ranked, "sell", True) == Best("ada", D(99), D("98.01"), D(1), D(5), "USDT")
    alone = judged(ADA).ranked
    assert [figures.best(alone, side, False).net_price for side in ("buy", "sell")] == [D("102.01"), D("98.01")]
    assert figures.best(judged(BEA).ranked, "sell", True) == Best("bea", D(99), None, None, D(6), "USDT")
    assert figures.best([], "buy", True) is None


def test_the_winner_at_an_amount_is_known_to_fill():
    look, = judged(ADA).ranked
    filled = Deal(look=look, handicap=KNOWN, price=D(102), each=D(103), base=D(4))
    assert figures.best_deal([filled], "buy", True) == Best("ada", D(102), D(103), D(1), D(4), "USDT")
    assert [figures.best_deal([replace(filled, base=None)], side, True).size for side in ("buy", "sell")] == [7, 5]
    assert figures.best_deal([replace(filled, handicap=UNSEEN), replace(filled, handicap=SHORT)], "buy", True) is None


@pytest.mark.parametrize(("buy", "sell"), [(1, 0), (0, 1), (0, 0)])
def test_a_side_without_a_winner_leaves_no_gap(buy, sell):
    pair = judged(ADA)
    deal = Deal(look=pair.ranked[0], handicap=KNOWN, price=D(101), each=D(102), base=D(1))
    found = figures.summarise(PAIR, pair, True, D(1), {"buy": [deal] * buy, "sell": [deal] * sell})
    assert (found.key, found.best_buy is None, found.best_sell is None) == (PAIR, not buy, not sell)
    assert (found.gap_bps, found.after_fees_pct, found.after_fees_size) == (None, None, None)


@pytest.mark.parametrize(("buy", "sell"), [(102, None), (None, 98)])
def test_what_is_left_needs_both_fees(buy, sell):
    pair = judged(ADA)
    deals = {side: [Deal(look=pair.ranked[0], handicap=KNOWN if each else COSTLESS, price=D(100), each=each and D(each))]
             for side, each in (("buy", buy), ("sell", sell))}
    found = figures.summarise(PAIR, pair, True, D(1), deals)
    assert (found.gap_bps, found.after_fees_pct, found.after_fees_size) == (0, None, None)


def test_what_is_shown_before_fees_is_won_before_fees():
    dear = quote("ada", bid="100", ask="100.1", taker_fee="0.01")
    cheap = quote("bea", bid="99.9", ask="100.2", taker_fee="0")
    shown = figures.summarise(PAIR, judged(dear, cheap), False, D(2))
    assert (shown.best_buy.exchange, shown.best_sell.exchange, shown.gap_bps) == ("ada", "ada", (D(100) - D("100.1")) / D("100.1") * 10_000)
    left = figures.summarise(PAIR, judged(dear, cheap), True, D(2))
    assert (left.best_buy.exchange, left.best_sell.exchange, left.after_fees_pct) == ("bea", "bea", shown.after_fees_pct)
    pair = judged(dear, cheap)
    deals = {side: [Deal(look=look, handicap=KNOWN, price=look.mid, each=look.mid) for look in pair.ranked[:1]] for side in ("buy", "sell")}
    at_amount = figures.summarise(PAIR, pair, False, D(2), deals)
    assert (at_amount.best_buy.price, at_amount.best_sell.price) == (D("100.05"), D("100.05"))


def test_no_known_volume_is_not_none_traded():
    found = figures.summarise(PAIR, judged(quote(base_volume_24h=None, quote_volume_24h=None)), True, D(1))
    assert (found.quote_volume_24h, found.volume_usd) == (None, None)
    known = figures.summarise(PAIR, judged(quote()), True, None)
    assert (known.quote_volume_24h, known.volume_usd) == (5_000_000, None)
