"""A gap is found and judged again from what is kept of it: the same route, sizes, class and reasons."""

import msgspec
import pytest
from msgspec.structs import replace

from markets.analysis import classes, routes, triangles
from markets.analysis.arbitrage import Way
from markets.analysis.classes import Facts
from markets.analysis.settings import DEFAULT
from markets.ask.answers import gap
from markets.ask.answers.gap import Gap, Pair, Terms
from markets.board import PairKey
from tests.markets.analysis.boards import NOW, D
from tests.markets.analysis.scenes import POL, at, ladder, scene

# The ladders of methodology section 7.
ASKS = [("0.8200", 1500), ("0.8210", 2000), ("0.8225", 5000)]
BIDS = [("0.8241", 900), ("0.8236", 1500), ("0.8228", 4000)]
QUOTES = (at("0.8198", "0.8200", "ada", size=1500), at("0.8241", "0.8243", "bea", size=900), at("0.8239", "0.8242", "cid"))
BOOKS = (ladder("ada", [("0.8198", 100)] * 3, ASKS), ladder("bea", BIDS, [("0.8243", 100)] * 3), ladder("cid", [("0.8239", 5)], [("0.8242", 5)]))
USD = {"USDT": D(1), "USDC": D("0.9995")}
TERMS = Terms(method=DEFAULT, usd=USD, kinds={"USDT": "stablecoin"})
FACTS = Facts(way=Way("open", "ERC20", D("1.5"), "by ERC20: withdrawals and deposits are open"), sigma={"ada": 0.0008, "bea": 0.0}, snapshots=3)


def pair(quotes=QUOTES, books=BOOKS, key=POL):
    return Pair(key=key, quotes={q.exchange: q for q in quotes}, books={book.exchange: book for book in books})


def whole(terms=TERMS):
    return routes.between(scene(*QUOTES, books=BOOKS, usd=USD), POL, "ada", "bea")


GAP = Gap(key=POL, buy="ada", sell="bea", facts=FACTS)


def test_a_route_has_a_name_that_finds_it_again():
    route = whole()
    found = gap.gap_of(route, FACTS, 12.5, 2)
    assert found == replace(GAP, open_s=12.5, times=2)
    again = gap.routed(found, gap.scene([pair()], TERMS, NOW))
    assert again == route and (again.trade.size, again.trade.profit) == (D(3500), D("4.415830"))


def test_it_is_judged_again_by_the_same_facts():
    seen = gap.scene([pair()], TERMS, NOW)
    first = classes.judge(whole(), FACTS, NOW, DEFAULT, names={"ada": "Ada"})
    assert gap.judged(GAP, seen, TERMS, {"ada": "Ada"}) == first and first.kind == "executable"
    assert gap.judged(replace(GAP, facts=Facts(snapshots=1)), seen, TERMS, {}).kind == "unconfirmed"


@pytest.mark.parametrize("terms", [
    replace(TERMS, fees={"": D("0.003")}), replace(TERMS, amount=D(100)), replace(TERMS, mode="transfer"), replace(TERMS, transfer_cost=True),
    replace(TERMS, method=msgspec.convert({"arbitrage_announce_after": 9}, type(DEFAULT))),
])  # fmt: skip
def test_the_terms_are_those_it_was_asked_on(terms):
    seen = gap.scene([pair()], terms, NOW)
    first, usual = gap.judged(GAP, seen, terms, {}), gap.judged(GAP, gap.scene([pair()], TERMS, NOW), TERMS, {})
    assert first is not None and first != usual


def test_a_side_without_a_price_is_no_gap():
    gone = pair(quotes=(QUOTES[0], replace(QUOTES[1], bid=None)))
    seen = gap.scene([gone], TERMS, NOW)
    assert gap.routed(GAP, seen) is None and gap.judged(GAP, seen, TERMS, {}) is None and gap.trimmed(GAP, {POL: gone}, TERMS, NOW) == ()


# --- Keeping ------------------------------------------------------------------------------------------------------
def test_only_the_levels_that_the_sizes_need_are_kept():
    many = [("0.83", n) for n in range(1, 90)]
    deep = pair(books=(ladder("ada", [("0.81", 1)] * 90, [*ASKS, *many]), ladder("bea", [*BIDS, *[("0.80", 1)] * 90], many), BOOKS[2]))
    (kept,) = gap.trimmed(GAP, {POL: deep}, TERMS, NOW)
    assert {name: (len(book.bids), len(book.asks)) for name, book in kept.books.items()} == {"ada": (4, 4), "bea": (4, 4)}
    assert kept.quotes == deep.quotes  # those of everybody, for they judge each other
    before, after = (gap.judged(GAP, gap.scene([each], TERMS, NOW), TERMS, {}) for each in (deep, kept))
    assert (before.kind, before.trade, before.full, before.sent, before.conditions) == (after.kind, after.trade, after.full, after.sent, after.conditions)


def test_a_gap_that_needs_all_levels_keeps_them():
    asks, bids = [(D("0.82") + D(n) / 100_000, 1) for n in range(90)], [(D("0.83") - D(n) / 100_000, 1) for n in range(90)]
    full = pair(books=(ladder("ada", [("0.81", 1)], asks), ladder("bea", bids, [("0.84", 1)])))
    (kept,) = gap.trimmed(GAP, {POL: full}, TERMS, NOW)
    assert len(kept.books["ada"].asks) == 90 == len(kept.books["bea"].bids)


def test_two_moneys_keep_the_market_between_them():
    usdc, swap = PairKey("POL", "USDC"), PairKey("USDC", "USDT")
    quotes = (QUOTES[0], at("0.8300", "0.8302", "bea", key=usdc), at("0.9994", "0.9996", "bea", key=swap))
    route = routes.between(scene(*quotes, usd=USD), POL, "ada", "bea", "USDC")
    found = gap.gap_of(route, FACTS)
    assert found == replace(GAP, sold="USDC") and gap.keys_of(found, route) == (POL, usdc, swap)
    pairs = {key: Pair(key=key, quotes={q.exchange: q for q in quotes if (q.base, q.quote) == key[:2]}) for key in (POL, usdc, swap)}
    kept = gap.trimmed(found, pairs, TERMS, NOW)
    assert [each.key for each in kept] == [POL, usdc, swap] and gap.routed(found, gap.scene(kept, TERMS, NOW)) == route


def test_a_loop_is_found_again_by_its_turns():
    btc, pol_btc = PairKey("BTC", "USDT"), PairKey("POL", "BTC")
    quotes = (at("0.8198", "0.8200", "ada"), at("59990", "60000", "ada", key=btc, size=1), at("0.0000138", "0.0000139", "ada", key=pol_btc))
    (route, *_) = triangles.triangles(scene(*quotes, usd=USD), everything=True)
    found = gap.gap_of(route, FACTS)
    assert found.sold == "" and [side for _, side in found.turns] == [leg.side for leg in route.legs] and (found.buy, found.sell) == ("ada", "ada")
    pairs = {key: Pair(key=key, quotes={q.exchange: q for q in quotes if (q.base, q.quote) == key[:2]}) for key in (POL, btc, pol_btc)}
    again = gap.routed(found, gap.scene(gap.trimmed(found, pairs, TERMS, NOW), TERMS, NOW))
    assert again == route


def test_each_pair_is_kept_once_with_the_longer_books():
    short = pair(books=(ladder("ada", [(1, 1)], [(2, 1)]), ladder("bea", [(1, 1), (1, 1)], [(2, 1)])))
    long = pair(books=(ladder("ada", [(1, 1)], [(2, 1), (3, 1)]), ladder("cid", [(1, 1)], [(2, 1)])))
    other = Pair(key=PairKey("BTC", "USDT"), quotes={})
    merged = gap.merged([short, other, long])
    assert [each.key for each in merged] == [POL, other.key]
    assert {name: (len(book.bids), len(book.asks)) for name, book in merged[0].books.items()} == {"ada": (1, 2), "bea": (2, 1), "cid": (1, 1)}
