"""An order of some amount: its fill, fee, lot, minimum, withdrawal; who is best at it; other currencies beside it."""

from datetime import timedelta

import pytest

from markets.analysis import amounts, best, converted
from markets.analysis.amounts import COSTLESS, KNOWN, SHORT, UNSEEN, Asked, Order
from markets.analysis.best import Terms
from markets.analysis.converted import Conversion, Joined
from markets.analysis.settings import DEFAULT
from markets.analysis.wallets import Wallet
from markets.board import Board, Coin, Ladder, PairKey
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes

ASKS = (("100.0", 2), ("100.1", 5), ("100.5", 10), ("101.5", 40), ("102.5", 100))
BIDS = (("99.9", 3), ("99.7", 6), ("99.0", 12), ("98.2", 40), ("97.0", 80))


def ladder(exchange="ada", asks=ASKS, bids=BIDS, age=10, **more):
    levels = {"asks": tuple((D(p), D(s)) for p, s in asks), "bids": tuple((D(p), D(s)) for p, s in bids)}
    return Ladder(exchange=exchange, symbol="POLUSDT", observed_at=NOW - timedelta(seconds=age), **levels, **more)


def top(exchange="ada", **more):
    """A quote whose best prices are those of the book above."""
    return quote(exchange, **({"bid": "99.9", "bid_size": "3", "ask": "100.0", "ask_size": "2", "taker_fee": "0"} | more))


def deal(amount=None, unit="quote", *, side="buy", q=None, book=None, wallets=(), **order):
    look = next(iter(best.verdict.judge({"ada": q or top()}, NOW).looks.values()))
    with best.localcontext(best.EXACT):
        return amounts.deal(look, Asked(side, Order(None if amount is None else D(amount), unit, **order), NOW, DEFAULT, "USDT"), book, wallets)


def wallet(fee="1", **more):
    given = {"exchange": "ada", "coin": "POL", "code": "POL", "network": "POLYGON", "chain": "polygon", "withdraw_open": True, "seen_at": NOW}
    return Wallet(**(given | {"withdraw_fee": None if fee is None else D(fee)} | more))


def test_a_seller_is_filled_only_where_the_book_takes_the_fees_coins_too():
    book, q = ladder(bids=(("100", 10),)), top(bid="100", bid_size="1", taker_fee="0.001")
    most = deal(999, side="sell", q=q, book=book)
    assert (most.fills, most.base, most.money, most.fee) == (True, 10, 999, 1)
    more = deal(1000, side="sell", q=q, book=book)
    assert (more.fills, more.reason, more.base, more.money, more.share) == (False, "thin_book", 10, 999, D("0.999"))
    assert deal("99.9", side="sell", q=q).base == 1 and deal(100, side="sell", q=q).reason == "unknown_depth", "nor do the best price's"
    assert deal(1000, side="sell", q=top(bid="100", bid_size="1", taker_fee=None), book=book).base == 10


# --- The fill -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("side", "amount", "price", "slippage"), [
    ("buy", 1000, "100.1994", "0.2495"), ("sell", 1000, "99.6878", "0.2623"), ("buy", 5000, None, "1.1462"), ("buy", 10000, None, "1.7677"),
    ("sell", 10000, None, "2.0019"),
])
def test_the_books_worked_example_is_the_deals_fill(side, amount, price, slippage):
    found = deal(amount, side=side, book=ladder())
    assert f"{found.slippage_bps / 100:.4f}" == slippage
    assert price is None or f"{found.price:.4f}" == price
    assert (found.fills, found.share, found.book_age_s, found.handicap) == (True, 1, 10, KNOWN)


def test_the_best_price_is_enough_up_to_its_size_and_no_further():
    assert deal(200).book_age_s is None and deal(200).price == 100
    assert deal("200.01").reason == "unknown_depth"
    assert deal(2, "base").levels == 0 and deal("2.000001", "base", book=ladder()).levels == 2
    assert deal(3, "base", side="sell").price == D("99.9")
    assert deal(1, q=top(ask_size=None)).reason == "unknown_depth", "an unknown size is not endless"
    none = deal()
    assert (none.price, none.each, none.base, none.levels, none.share) == (100, 100, None, 0, 1)
    assert f"{none.slippage_bps:.4f}" == "5.0025"


def test_a_book_too_short_tells_its_share_and_is_last():
    found = deal(20_000, book=ladder())
    assert (found.reason, found.fills) == ("thin_book", False)
    assert found.share == D("16015.5") / 20_000 and found.handicap == SHORT - found.share
    assert deal(1, "base", q=top(ask_size="0.5"), book=ladder(asks=(("100", 0),))).share == 0


@pytest.mark.parametrize(("book", "why"), [
    (None, "its order book has not been read yet"),
    (ladder(switch="disabled"), "its order book: switched off by an operator"),
    (ladder(age=361), "its order book is 6 m 1 s old"),
    (ladder(age=-6), "its order book is old"),
    (ladder(asks=()), "its order book has no asks"),
    (ladder(bids=(("101", 1),)), "its order book is crossed"),
])
def test_what_may_not_be_walked_leaves_the_depth_unknown_and_says_why(book, why):
    found = deal(1000, book=book)
    assert (found.reason, found.detail, found.handicap, found.price, found.share) == ("unknown_depth", why, UNSEEN, None, None)


def test_an_ageing_book_still_counts():
    assert deal(1000, book=ladder(age=360)).fills


# --- What it costs ------------------------------------------------------------------------------------------------
def test_the_fee_is_in_the_money():
    bought = deal(1000, q=top(taker_fee="0.001"), book=ladder())
    assert (bought.each, bought.money) == (pytest.approx(bought.price * D("1.001")), pytest.approx(1000))
    assert (bought.base, bought.fee) == (pytest.approx(1000 / bought.each), pytest.approx(bought.money - bought.base * bought.price))
    sold = deal(2, "base", side="sell", q=top(taker_fee="0.001"))
    assert (sold.each, sold.money, sold.fee, sold.base) == (D("99.8001"), D("199.6002"), D("0.1998"), 2)
    unknown = deal(2, "base", q=top(taker_fee=None))
    assert (unknown.each, unknown.money, unknown.fee, unknown.base, unknown.arrives, unknown.handicap) == (None, None, None, 2, 2, COSTLESS)
    assert deal(q=top(taker_fee=None)).handicap == COSTLESS


def test_orders_are_whole_lots_and_above_the_minimum():
    assert deal("1.239", "base", q=top(lot_size=D("0.01"))).base == D("1.23")
    assert deal(100, q=top(lot_size=D("0.3"))).base == D("0.9")
    small = deal("0.005", "base", q=top(lot_size=D("0.01")))
    assert (small.reason, small.detail, small.share, small.handicap) == ("below_minimum", "it is less than the smallest step there", 0, SHORT)
    assert deal("0.9", "base", q=top(min_size=D(1))).detail == "it is less than the smallest order there, 1 POL"
    assert deal(1, "base", q=top(min_size=D(1))).fills
    assert deal(49, q=top(min_notional=D(50))).detail == "it is less than the smallest order there, 50 USDT"
    assert deal(50, q=top(min_notional=D(50))).fills


# --- The way out --------------------------------------------------------------------------------------------------
def test_the_withdrawal_fee_is_taken_from_what_arrives():
    found = deal(100, "base", q=top(ask_size="100", taker_fee="0.001"), wallets=[wallet("4")], withdraw=True)
    assert (found.base, found.arrives, found.money) == (100, 96, D("10010"))
    assert found.each == pytest.approx(D(10010) / 96) and found.way.wallet.name == "polygon"
    assert deal(100, "base", q=top(ask_size="100"), wallets=[wallet("4")]).way is None, "only where it is asked for"
    assert deal(2, "base", side="sell", wallets=[wallet("4")], withdraw=True).way is None, "only a buyer takes coins away"


def test_a_way_out_that_is_not_known_or_too_dear_is_never_the_best():
    closed = deal(2, "base", wallets=[wallet(withdraw_open=False)], withdraw=True)
    assert (closed.each, closed.arrives, closed.handicap, closed.way.reason, closed.money) == (None, None, COSTLESS, "withdrawals are closed", 200)
    dear = deal(2, "base", wallets=[wallet("2")], withdraw=True)
    assert (dear.reason, dear.detail, dear.share) == ("below_withdrawal", "the withdrawal fee is more than it buys", 0)
    assert deal(2, "base", wallets=[wallet("1", withdraw_min=D("2.1"))], withdraw=True).detail == "it is less than the smallest withdrawal there"
    assert deal(2, "base", wallets=[wallet("1", withdraw_min=D(2))], withdraw=True).arrives == 1
    assert deal(None, wallets=[wallet("1")], withdraw=True).each == 100, "without an amount there is nothing to take it from"


def test_dollars_become_quote_units_and_nothing_else_changes():
    order = Order(D(10), "usd", withdraw=True, network="tron")
    assert order.resolved(D(2)) == Order(D(5), "quote", withdraw=True, network="tron")
    for same, rate in ((order, None), (order, D(0)), (Order(D(10), "base"), D(2)), (Order(D(10)), D(2)), (Order(None, "usd"), D(2))):
        assert same.resolved(rate) is same
    unknown = deal(10, "usd")
    assert (unknown.share, unknown.reason, unknown.handicap) == (None, "unknown_depth", UNSEEN)
    assert unknown.detail == "what USDT is worth is not known"


def test_a_walked_order_leaves_by_the_network_that_is_named():
    two = [wallet("1"), wallet("2", network="TRX", chain="tron")]
    assert deal(1000, book=ladder(), wallets=two, withdraw=True).way.fee == 1
    assert deal(1000, book=ladder(), wallets=two, withdraw=True, network="tron").way.fee == 2
    assert deal(None, wallets=two, withdraw=True).way.fee == 1
    unpriced = deal(2, "base", q=top(taker_fee=None), wallets=two, withdraw=True)
    assert (unpriced.each, unpriced.money, unpriced.arrives, unpriced.handicap) == (None, None, 1, COSTLESS)


def test_what_is_not_filled_says_why_and_keeps_its_way():
    empty = deal(1, "base", q=top(ask_size="0.5"), book=ladder(asks=(("100", 0),)))
    assert (empty.reason, empty.handicap, empty.share) == ("thin_book", SHORT, 0)
    small = deal("0.9", "base", q=top(min_size=D(1), taker_fee="0.001"), wallets=[wallet("0.1")], withdraw=True)
    assert (small.each, small.way.fee, small.reason) == (D("100.1"), D("0.1"), "below_minimum")
    dear = deal(2, "base", wallets=[wallet("2")], withdraw=True)
    assert (dear.arrives, dear.each, dear.handicap, dear.way.fee) == (None, None, SHORT, 2)
    assert deal(1000, book=ladder(switch="odd")).detail == "its order book: odd"


# --- Who is best at it --------------------------------------------------------------------------------------------
def compare(*rows, books=(), amount=None, unit="quote", side="buy", net=True, fees=None, names=None, **options):
    terms = Terms(side, net, Order(None if amount is None else D(amount), unit, options.pop("withdraw", False)), fees or {})
    return best.compare(PAIR, {q.exchange: q for q in rows}, NOW, terms=terms, books={b.exchange: b for b in books}, names=names, **options)


def order(c):
    return [row.quote.exchange for row in c.rows if row.rank]


CHEAP, DEEP = top("ada"), quote("bea", bid="99.95", ask="100.2", bid_size="500", ask_size="500", taker_fee="0")


def test_an_amount_re_ranks_and_ten_times_as_much_is_told():
    assert order(compare(CHEAP, DEEP)) == ["ada", "bea"]
    small = compare(CHEAP, DEEP, amount=200, books=[ladder()], names={"ada": "Ada", "bea": "Bea"})
    assert order(small) == ["ada", "bea"]
    assert "At 2,000 USDT Bea is cheaper than Ada." in small.notes
    large = compare(CHEAP, DEEP, amount=5000, books=[ladder()])
    assert order(large) == ["bea", "ada"]
    assert (large.best_buy.exchange, large.best_buy.price, large.best_buy.currency) == ("bea", D("100.2"), "USDT")
    assert large.rows[0].badges[0] == "best_price" and "best_price" not in large.rows[1].badges
    behind = large.rows[1]
    assert behind.vs_best == pytest.approx(-behind.deal.base * (behind.deal.each - D("100.2"))), "for the whole amount"
    first, raw = compare(CHEAP, DEEP, amount=5000, books=[ladder()], net=False).rows
    assert raw.vs_best == pytest.approx(-raw.deal.base * (raw.deal.price - first.deal.price)) and raw.deal.base > 40
    assert compare(CHEAP, DEEP, amount=5000, books=[ladder()], side="sell").rows[0].quote.exchange == "bea"


def test_what_is_not_known_to_fill_comes_last_and_never_wins():
    dear = quote("cid", bid="101", ask="101.1", ask_size="900", taker_fee="0")
    rows = (quote("ada", bid="98", ask="99", ask_size="1", taker_fee="0"), top("bea"), dear, top("dot"))
    short = ladder("dot", asks=(("100", 2), ("101", 3)))
    c = compare(*rows, amount=1000, books=[ladder("bea"), short])
    assert order(c) == ["bea", "cid", "ada", "dot"], "fills, fills, nobody knows, too short"
    assert [(r.vs_best is None, "partial" in r.flags) for r in c.rows] == [(False, False), (False, False), (True, False), (True, True)]
    assert {badge for row in c.rows[2:] for badge in row.badges} == {"best_to_sell"} or c.rows[2].badges == ()
    assert [r.reason for r in c.rows] == [""] * 4


def test_where_nobody_fills_there_is_no_best_and_it_is_said():
    c = compare(top("ada"), top("bea"), amount=20_000, books=[ladder("ada"), ladder("bea", asks=ASKS[:2])], names={"ada": "Ada"})
    assert (c.best_buy, c.gap_bps, c.after_fees_pct, c.after_fees_size) == (None, None, None, None)
    assert "No exchange is known to fill 20,000 USDT. Ada's book holds most, 80% of it." in c.notes
    assert order(c) == ["ada", "bea"] and all("best_price" not in row.badges for row in c.rows)
    alone = compare(top(), amount=20_000)
    assert "No exchange is known to fill 20,000 USDT." in alone.notes and alone.rows[0].rank == 1
    assert "less than 1% of it" in compare(top(), amount=10_000_000, books=[ladder()]).notes[-1]


def test_a_visitors_fee_counts_and_is_named_as_theirs():
    c = compare(quote("ada", 100, taker_fee="0.001"), quote("bea", "100.01", taker_fee="0.001"), fees={"bea": D("0.0005"), "": D("0.002")})
    assert order(c) == ["bea", "ada"]
    assert [(r.fee_pct, r.quote.fee_source) for r in c.rows] == [(D("0.05"), "visitor"), (D("0.2"), "visitor")]


def test_a_withdrawal_can_change_the_winner():
    rows = quote("ada", 100, taker_fee="0", ask_size="100"), quote("bea", "100.1", taker_fee="0", ask_size="100")
    wallets = {"ada": (wallet("1"),), "bea": (wallet("0.1", exchange="bea"),)}
    assert order(compare(*rows, amount=10, unit="base", wallets=wallets)) == ["ada", "bea"]
    c = compare(*rows, amount=10, unit="base", wallets=wallets, withdraw=True)
    assert order(c) == ["bea", "ada"]
    assert c.best_buy.net_price == pytest.approx(c.rows[0].deal.money / D("9.9"))


def test_what_is_left_after_fees_is_left_for_the_smaller_side():
    c = compare(quote("ada", bid="0.8190", ask="0.8198", ask_size="1500"), quote("bea", bid="0.8239", ask="0.8245", bid_size="900"))
    assert (f"{c.price_range_pct:.2f}", f"{c.after_fees_pct:.2f}", c.after_fees_size) == ("0.57", "0.30", 900)
    assert compare(quote("ada", ask_size=None)).after_fees_size is None
    assert compare(quote("ada", taker_fee=None)).after_fees_size is None


# --- Depth and novelty --------------------------------------------------------------------------------------------
def test_the_deepest_holds_most_on_its_thinner_side_of_books_that_may_be_measured():
    thick = ladder("bea", asks=((100, 900),), bids=(("99.9", 5),))
    c = compare(top("ada"), top("bea"), top("cid"), books=[ladder("ada"), thick, ladder("cid", age=400, asks=((100, 9000),), bids=((99, 9000),))])
    depths = {row.quote.exchange: row.depth for row in c.rows}
    assert (depths["ada"].ask, depths["ada"].bid) == (D("5765.5"), D("6013.9"))
    assert [row.quote.exchange for row in c.rows if "deepest" in row.badges] == ["ada"], "an old book is not measured, one thick side is not enough"
    assert {row.quote.exchange: row.ladder_state for row in c.rows} == {"ada": "fresh", "bea": "fresh", "cid": "stale"}
    assert not any("deepest" in row.badges for row in compare(top("ada"), top("bea"), books=[ladder("ada")]).rows), "a single one is not the deepest"
    unmeasured = compare(top("ada"), top("bea"), books=[ladder("ada"), ladder("bea")], measured=False)
    assert all(row.depth is None for row in unmeasured.rows)


def test_new_is_what_was_first_seen_within_a_week():
    seen = [NOW - timedelta(days=7), NOW - timedelta(days=7, seconds=1), None]
    c = compare(*(quote(name, first_seen_at=at) for name, at in zip(("ada", "bea", "cid"), seen, strict=True)))
    assert [row.quote.exchange for row in c.rows if "new" in row.badges] == ["ada"]


# --- Other currencies ---------------------------------------------------------------------------------------------
def usdc(*rows, rate="0.98", books=(), **more):
    conversion = Conversion(quote="USDC", into="USDT", rate=D(rate), path=("USDC", "USDT"), age_s=3.0, **more)
    return Joined(conversion=conversion, quotes={q.exchange: q for q in rows}, books={b.exchange: b for b in books})


def in_usdc(exchange="ada", mid="101", **more):
    return quote(exchange, mid, symbol="POLUSDC", **({"quote": "USDC"} | more))


@pytest.mark.parametrize(("side", "best", "age", "levels"), [
    ("buy", "100.1", 10, ASKS[1:]), ("buy", "100.2", 10, ASKS[2:]), ("buy", "99.0", 10, ASKS), ("buy", "100.2", 2, ASKS),
    ("buy", "100.2", 1, ASKS),
    ("sell", "99.7", 10, BIDS[1:]), ("sell", "99.5", 10, BIDS[2:]), ("sell", "99.95", 10, BIDS), ("sell", "99.5", 2, BIDS),
])  # fmt: skip
def test_what_was_offered_better_than_a_newer_best_price_is_gone(side, best, age, levels):
    seen = top(**{"ask" if side == "buy" else "bid": best})
    book = ladder(age=age)
    left = amounts.standing(book.asks if side == "buy" else book.bids, seen, book, side)
    assert [(str(price), size) for price, size in left] == [(price, size) for price, size in levels]


@pytest.mark.parametrize("missing", ["quote", "book", "price"])
def test_a_book_stands_where_nobody_knows_which_was_seen_first(missing):
    seen = top(ask=None if missing == "price" else "101", **({"observed_at": None} if missing == "quote" else {}))
    book = ladder() if missing != "book" else Ladder(exchange="ada", symbol="POLUSDT", asks=ladder().asks, bids=ladder().bids)
    assert amounts.standing(book.asks, seen, book, "buy") == book.asks


def test_an_old_book_does_not_win_because_the_market_has_moved_since():
    moved = top(bid="100.4", ask="100.5", ask_size="1")
    found = deal(5, "base", q=moved, book=ladder())
    assert (found.price, found.fills, found.book_age_s) == (D("100.5"), True, 10)
    assert found.slippage_bps == pytest.approx((D("100.5") / D("100.45") - 1) * 10_000), "against the middle of now"
    assert deal(5, "base", q=top(ask_size="1"), book=ladder()).price == (2 * D(100) + 3 * D("100.1")) / 5


def test_what_a_moved_market_leaves_of_a_book_says_nothing_of_more():
    found = deal(200, "base", q=top(bid="102.4", ask="102.5", ask_size="1"), book=ladder())
    assert (found.handicap, found.reason, found.share, found.detail) == (UNSEEN, "unknown_depth", None, "its price has moved since its order book was read")


def test_converted_rows_are_ranked_by_their_converted_price_and_marked():
    c = compare(quote("ada", 100), quote("bea", "100.2"), joined=[usdc(in_usdc())])
    assert [(r.quote.exchange, r.quote.quote, r.rank) for r in c.rows] == [("ada", "USDC", 1), ("ada", "USDT", 2), ("bea", "USDT", 3)]
    first = c.rows[0]
    assert first.price == D("101") * D("1.00025") * D("0.98") and first.conversion.rate == D("0.98")
    assert (c.rows[1].conversion, c.best_buy.exchange, c.best_buy.currency) == (None, "ada", "USDC")
    assert c.reference_price == compare(quote("ada", 100), quote("bea", "100.2")).reference_price, "converted quotes move no statistic"
    assert first.quote.quote_volume_24h == in_usdc().quote_volume_24h * D("0.98") and first.quote.ask_size == 900


def test_an_amount_walks_the_converted_book():
    c = compare(top("ada"), amount=1000, books=[ladder("ada")], joined=[usdc(in_usdc("ada", bid="101.9", ask="102", ask_size="1"), books=[ladder(age=1)])])
    found = next(r for r in c.rows if r.quote.quote == "USDC")
    assert found.deal.price == pytest.approx(D("100.1994") * D("0.98"), abs=D("0.01")) and found.deal.fills


def test_a_converted_price_far_from_the_pairs_own_is_not_ranked():
    c = compare(quote("ada", 100), quote("bea", 100), joined=[usdc(in_usdc("cid", "108"))], usd=D(100))
    out = c.rows[-1]
    assert (out.rank, out.reason) == (None, "price_anomaly") and "above the others' median" in out.detail
    assert compare(quote("ada", 100), quote("bea", 100), joined=[usdc(in_usdc("cid", "107"))]).rows[-1].rank == 3


def test_one_own_price_does_not_outvote_two_converted_ones_that_agree():
    """Which of the two sides is right nobody knows: neither wins."""
    two = [usdc(in_usdc("bea", "102"), in_usdc("cid", "102.1"))]
    c = compare(quote("ada", 50), joined=two)
    assert (c.status, c.best_buy, c.best_sell, c.grade, {r.reason for r in c.rows}) == ("no_consensus", None, None, "D", {"no_consensus"})
    alone = compare(quote("ada", 50), usd=D(100))
    assert compare(quote("ada", 50), joined=two, usd=D(100)).pair_class == alone.pair_class == "major"
    assert order(compare(quote("ada", 50), joined=[*two, usdc(in_usdc("dot", "51"))])) == ["dot", "ada"], "one of the converted ones is with it"
    assert order(compare(quote("ada", 50), joined=[usdc(in_usdc("bea", "102")), usdc(in_usdc("cid", "150"))])) == ["ada"], "two moneys that disagree"
    assert order(compare(quote("ada", 50), joined=[usdc(in_usdc("bea", "102"))])) == ["ada"], "one against one: the pair's own"
    assert order(compare(quote("ada", 50), joined=[usdc(in_usdc("bea", "102"), in_usdc("cid", "150"))])) == ["ada"], "they disagree themselves"
    assert order(compare(quote("ada", 50), quote("dot", 50), joined=two)) == ["ada", "dot"]
    assert order(compare(quote("ada", 100), joined=two)) == ["bea", "ada", "cid"]


def test_ages_are_never_mixed_over_currencies():
    assert order(compare(quote("ada", age=40), joined=[usdc(in_usdc("bea", "102.1"))])) == ["bea"]
    aging = compare(quote("ada"), joined=[usdc(in_usdc("bea", "102", age=40))])
    assert [(r.quote.exchange, r.rank, r.reason) for r in aging.rows] == [("ada", 1, ""), ("bea", None, "aging")]
    assert order(compare(joined=[usdc(in_usdc("bea", "102", taker_fee="0.01"))], fees={"": D("0.5")})) == ["bea"]


def test_a_visitors_fee_counts_on_converted_rows_too():
    assert compare(joined=[usdc(in_usdc())], fees={"": D("0.003")}).rows[0].fee_pct == D("0.3")
    assert converted.ladder(ladder(), D(2)).asks[0] == (200, 2)


# --- Many pairs ---------------------------------------------------------------------------------------------------
def board(**usd):
    pairs = {PAIR: {"ada": CHEAP, "bea": DEEP}, PairKey("POL", "EUR"): quotes(90, "90.1"), PairKey("POL", "XXX"): quotes(1)}
    return Board(pairs, {"USDT": Coin("USDT", kind="stablecoin")}, {"USDT": D(1), "EUR": D("1.1"), **usd})


@pytest.mark.parametrize("order_", [Order(D(5000)), Order(D(3), "base"), Order(D(5000), "usd"), Order(D(200), "usd"), Order(D(10**9))])
@pytest.mark.parametrize("net", [True, False])
def test_the_survey_at_an_amount_says_what_each_comparison_says(order_, net):
    terms, books = Terms(net=net, order=order_, fees={"bea": D("0.002")}), {"ada": ladder("ada"), "bea": ladder("bea")}
    found = best.survey(board(), NOW, terms=terms, books=lambda key: books if key == PAIR else {})
    for key, summary in found.items():
        c = best.compare(key, board().pairs[key], NOW, terms=terms, books=books if key == PAIR else {}, usd=board().usd.get(key.quote))
        assert {name: getattr(c, name) for name in summary.__struct_fields__} == {name: getattr(summary, name) for name in summary.__struct_fields__}


def test_books_are_asked_for_only_where_a_best_price_is_not_enough():
    asked = []
    best.survey(board(), NOW, terms=Terms(order=Order(D(150))), books=lambda key: asked.append(key) or {})
    assert asked == []
    best.survey(board(), NOW, terms=Terms(order=Order(D(250))), books=lambda key: asked.append(key) or {})
    assert set(asked) == {PAIR}


def test_an_amount_in_usd_is_the_same_worth_on_every_pair_and_unknown_without_a_rate():
    found = best.survey(board(), NOW, terms=Terms(order=Order(D(110), "usd")))
    assert found[PairKey("POL", "EUR")].best_buy.size == pytest.approx(D(100) / found[PairKey("POL", "EUR")].best_buy.net_price)
    assert found[PairKey("POL", "XXX")].best_buy is None
    said = best.compare(PairKey("POL", "XXX"), quotes(1), NOW, terms=Terms(order=Order(D(110), "usd"))).rows[0].deal
    assert (said.reason, said.detail) == ("unknown_depth", "what XXX is worth is not known")
    assert best.survey(board(), NOW)[PAIR].best_buy.exchange == "ada"
    assert best.survey(board(), NOW, terms=Terms(order=Order(D(250))))[PAIR].best_buy.exchange == "bea", "without books only what the best price covers"


def test_converted_quotes_are_judged_in_their_own_currency_and_keep_their_age():
    conversion = Conversion(quote="USDC", into="USDT", rate=D("0.98"), path=("USDC", "USDT"), age_s=3.0)
    given = {"conversion": conversion, "quotes": {"ada": in_usdc(age=4)}}
    judged, (look,) = converted.looks(Joined(**given, usd=D(100)), NOW, DEFAULT)
    assert (judged.pair_class, look.age_s, look.volume, look.state) == ("major", 4, in_usdc().quote_volume_24h * D("0.98"), "fresh")
    assert converted.looks(Joined(**given, stable=True), NOW, DEFAULT)[0].pair_class == "stable"
    assert converted.looks(Joined(**given), NOW + timedelta(seconds=100), DEFAULT)[1][0].state == "stale"


def test_two_other_currencies_stand_beside_each_other_with_their_books():
    euro = Joined(
        conversion=Conversion(quote="EUR", into="USDT", rate=D("1.1"), path=("EUR", "USDT"), age_s=1.0), books={"bea": ladder("bea")},
        quotes={"bea": quote("bea", "91", symbol="POLEUR", quote="EUR")},
    )
    c = compare(quote("ada", 100), joined=[usdc(in_usdc(), books=[ladder("ada")]), euro])
    assert {(r.quote.exchange, r.quote.quote): r.ladder is not None for r in c.rows} == {
        ("ada", "USDT"): False, ("ada", "USDC"): True, ("bea", "EUR"): True,
    }  # fmt: skip


def test_an_order_in_coins_is_told_in_coins():
    c = compare(CHEAP, DEEP, amount=2, unit="base", books=[ladder()], names={"ada": "Ada", "bea": "Bea"})
    assert "At 20 POL Bea is cheaper than Ada." in c.notes
    assert compare(CHEAP, DEEP, amount=2, unit="base", books=[ladder()], side="sell").order == Order(D(2), "base")
