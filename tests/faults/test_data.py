"""Rows D1-D28 of the fault catalogue, from the wire to the pages: no wrong number is shown as right, for even one refresh.

The judgement alone, over many markets and times, is in tests/markets/analysis/test_faults.py and test_properties.py.
"""

import json
import re
import time
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote as quoted

import pytest
from django.utils import timezone

from exchanges.errors import Garbled
from exchanges.models import Exchange
from markets import read, store
from markets.models import ExchangeAsset, Listing, Market, Quote, Snapshot
from markets.reads import collisions
from tests.exchanges.cases import cases
from tests.faults.conftest import FIVE, SICK, WELL, as_if_now, poll

pytestmark = pytest.mark.xdist_group("faults")
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "TRX", "LINK", "AVAX", "LTC", "BCH", "DOT", "UNI", "APT", "AAVE", "NEAR")


def each(values, **fault):
    """One fault for each value, each on a coin of its own: ({coin: value}, the faults). One poll shows them all."""
    where = dict(zip(COINS, values, strict=False))
    assert len(where) == len(values)
    return where, [fault | {"symbols": [f"{coin}-USDT"]} | value for coin, value in where.items()]


def struck(world, faults, source="tickers", outcomes=("ok",)):
    """Poll the sick exchange under several faults at once."""
    world.simulator.control(**{SICK: {"faults": faults}})
    assert poll(SICK, source) in outcomes
    assert world.run(source=source).outcome in outcomes


def row(coin="BTC", slug=SICK):
    """The sick exchange's row in the comparison, and the comparison."""
    c = read.compare(coin, "USDT", timezone.now())
    return next(r for r in c.rows if r.quote.exchange == slug), c


def only(*slugs):
    """Switch the other exchanges off."""
    Exchange.objects.exclude(slug__in=slugs).update(enabled=False)
    store.touch("switches")
    read.forget()


# --- Numbers --------------------------------------------------------------------------------------------------------
ABSENT = ["0", "", None, "-1", "-0", 0, "0.000"]
WRONG = ["NaN", "sNaN", "Infinity", "-Infinity", True, "-0.5", "text", {}, [1]]


@pytest.mark.parametrize(("values", "flag"), [(ABSENT, "no_bid_ask"), (WRONG, "bad_number")], ids=["absent", "wrong"])
@pytest.mark.parametrize("field", ["bid", "ask"])
def test_d1_what_is_no_price_is_stored_as_unknown_and_never_wins(world, values, flag, field):
    """D1: NULL instead of the old price; the good side is shown; the flag says why; nothing is ranked and 0 is best nowhere."""
    where, faults = each([{"value": value} for value in values], name="value", fields=[field])
    struck(world, faults)
    assert world.run().bad_fields == (len(WRONG) if flag == "bad_number" else 0)
    for coin, value in where.items():
        quotes, answer = world.compare(f"{coin}-USDT")
        mine, other = quotes[SICK], "ask" if field == "bid" else "bid"
        assert (mine[field], mine["rank"], set(mine["flags"]) - {"unknown_identity"}) == (None, None, {flag}), value
        assert Decimal(mine[other]) > 0 and {each["exchange"]: each["reason"] for each in answer["excluded"]}[SICK] == flag
        assert answer["best"]["buy"]["exchange"] != SICK and Decimal(answer["best"]["buy"]["price"]) > 0
    world.others_stay()


STRANGE = ["1e999999", "1E-400", "1e+100", "9" * 65, "1_000", " 1.5 ", "１.５", "١٫٥", "1,000.5", "0x10", ".5", "1.", "+1", "1e3000000", "1.5\n", "--1"]


def test_d2_only_plain_ascii_numbers_of_a_believable_size_are_numbers(world):
    """D2: everything else is `bad_number` in its own field, in no time."""
    where, faults = each([{"value": text} for text in STRANGE], name="value", fields=["ask"])
    start = time.process_time()
    struck(world, faults)
    assert time.process_time() - start < 5
    assert world.run().bad_fields == len(STRANGE)
    for coin in where:
        mine, _ = row(coin)
        assert (mine.quote.ask, mine.rank, mine.reason) == (None, None, "bad_number")


DIGITS = {
    "97123.1234567891": "97123.1234567891", "97123.123456789012345678": "97123.123456789", "0.000000000001234567": "0.000000000001234567",
    "123456789.012345": "123456789.012345", "1.000000000000005": "1", "1.000000000000015": "1.00000000000002", "2.5e-7": "0.00000025",
}  # fmt: skip


def test_d3_fifteen_digits_come_back_digit_for_digit_and_longer_numbers_rounded_once(world):
    """D3: from the wire through the store to the API, half-even, without an exponent."""
    where, faults = each([{"value": text} for text in DIGITS], name="value", fields=["bid", "ask", "last"])
    struck(world, faults)
    for coin, fault in where.items():
        quotes, _ = world.compare(f"{coin}-USDT")
        assert {quotes[SICK][name] for name in ("bid", "ask", "last")} == {DIGITS[fault["value"]]}


# --- Books ----------------------------------------------------------------------------------------------------------
def test_d4_a_crossed_book_counts_for_nothing_and_a_locked_one_does(world):
    """D4: crossed is flagged and no gap is made of one exchange's own book; equal sides are a spread of nothing."""
    struck(world, [{"name": "D4", "symbols": ["BTC-USDT"]}, {"name": "D4", "locked": True, "symbols": ["ETH-USDT"]}])
    crossed, locked = row("BTC")[0], row("ETH")[0]
    assert (crossed.rank, crossed.reason, crossed.quote.bid > crossed.quote.ask) == (None, "crossed", True)
    assert (locked.reason, locked.spread_bps) == ("", 0) and locked.rank
    for show in ("main", "not_executable", "not_paying"):
        legs = [[leg["exchange"] for leg in found["legs"]] for found in world.api("arbitrage/", show=show, kind="cross", limit=1000)["results"]]
        assert not [route for route in legs if len(set(route)) < 2]  # a detour over a third coin may have two legs on one of them


def test_d5_a_side_that_is_missing_is_not_made_up(world):
    """D5: whichever way it is left out, the other side is shown and the quote is not ranked."""
    sides = [{"side": "bid", "value": None}, {"side": "ask", "value": ""}, {"side": "bid", "value": "0"}, {"side": "both", "value": None}]
    where, faults = each(sides, name="empty_side")
    struck(world, faults)
    for coin, fault in where.items():
        mine, _ = row(coin)
        shown = {"bid": mine.quote.ask, "ask": mine.quote.bid}.get(fault["side"], True)
        assert (mine.rank, mine.reason) == (None, "no_bid_ask") and shown


BOOKS = [case for case in cases() if case.source == "book" and case.body is not None]


@pytest.mark.parametrize("case", BOOKS, ids=str)
def test_d5_a_bad_level_is_dropped_and_a_bad_book_refused(case):
    """D5: a few odd levels cost themselves; beyond a tenth nothing is measured by what is left."""
    document = json.loads(case.body)
    sides = _sides(document)
    good = next(level for side in sides for level in side if _is_good(level))
    for side in sides:
        side[:] = [good] * 30
    _spoil(sides[0], 3)
    book = case.parse(json.dumps(document).encode()).rows[0]
    assert (book.dropped, len(book.bids) + len(book.asks)) == (3, 30 * len(sides) - 3)
    _spoil(sides[0], 20)
    with pytest.raises(Garbled):
        case.parse(json.dumps(document).encode())


def _sides(document):
    """The lists of levels in a decoded book."""
    if isinstance(document, list):
        return [document] if any(isinstance(level, (list, dict)) and _is_level(level) for level in document) else []
    return [side for inner in document.values() if isinstance(inner, (list, dict)) for side in _sides(inner)] if isinstance(document, dict) else []


def _is_level(level):
    return len(level) >= 2 and (isinstance(level, list) or {"p", "s"} <= set(level))


def _is_good(level):
    pair = list(level.values())[:2] if isinstance(level, dict) else level[:2] if isinstance(level, list) else []
    return len(pair) == 2 and all(re.fullmatch(r"\d+(\.\d+)?", str(text)) and float(text) > 0 for text in pair)


def _spoil(side, count):
    bad = {"p": "NaN", "s": "1"} if isinstance(side[0], dict) else ["NaN", "1", *side[0][2:]]
    side[:count] = [bad] * count


# --- Prices out of line -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("factor", ["10", "0.1", "1.35", "1.05"])
def test_d6_one_wrong_price_of_five_never_wins_for_even_one_refresh(world, factor):
    """D6: shown with its reason from the first poll on; no gap of it stands among those that count; the others keep the answer."""
    before, _ = world.compare()
    for _ in range(2):
        assert world.strike({"name": "D6", "factor": factor})[0] == "ok"
        mine, c = row()
        assert mine.rank is None and mine.reason in ("price_anomaly", "unit_mismatch", "identity_conflict", "conflicted") and mine.detail
        assert c.best_buy.exchange in WELL and abs(c.reference_price / Decimal(before["bybit"]["bid"]) - 1) < Decimal("0.01")
    board = read.board()
    for key, summary in read.pairs(timezone.now()).items():
        others = [q for slug, q in board.pairs[key].items() if slug != SICK and q.status == "trading" and q.bid and q.ask]
        known = SICK in board.pairs[key] and len(others) >= 2 and summary.status == "ok"
        assert not known or factor == "1.05" or SICK not in {end.exchange for end in (summary.best_buy, summary.best_sell) if end}, key
    wrong = {found["base"] for found in world.api("arbitrage/", kind="cross", limit=1000)["results"] if SICK in {leg["exchange"] for leg in found["legs"]}}
    assert not wrong & set(COINS)
    apart = world.api("arbitrage/", show="not_executable", kind="cross", base="BTC", limit=1000)["results"]
    assert all(found["reasons"] for found in apart) and (factor != "1.35" or apart), "a real gap would not be hidden without trace"


def test_d7_of_two_that_disagree_nobody_wins(world):
    """D7: no best price, no average, and the answer says that they disagree."""
    only(SICK, "bybit")
    assert world.strike({"name": "D6", "factor": "1.35"})[0] == "ok"
    _, answer = world.compare()
    assert (answer["best"], answer["reference_price"], answer["index_price"]) == ({"buy": None, "sell": None}, None, None)
    assert "disagree" in " ".join(answer["notes"]) and {each["reason"] for each in answer["excluded"]} >= {"disputed"}
    assert "disagree" in world.page("/compare/BTC-USDT/")


def test_d8_a_majority_holds_and_without_one_there_is_no_answer(world):
    """D8: two of five wrong the same way are caught; two of four leave no consensus."""
    for slug in (SICK, "bybit"):
        assert world.strike({"name": "D6", "factor": "3"}, slug)[0] == "ok"
    _, answer = world.compare()
    assert {quote["exchange"] for quote in answer["quotes"] if quote["rank"]} == {"binance", "gateio", "bitget"} and answer["best"]["buy"]
    only(SICK, "bybit", "gateio", "bitget")
    _, answer = world.compare()
    assert answer["best"] == {"buy": None, "sell": None} and {each["reason"] for each in answer["excluded"]} >= {"no_consensus"}


# --- Markets --------------------------------------------------------------------------------------------------------
def test_d9_a_halted_market_leaves_the_ranking_at_once_and_keeps_its_past(world):
    """D9: not ranked from the list's own poll on; nothing deleted; polls go on; back when it trades again."""
    past = Snapshot.objects.filter(market__exchange__slug=SICK).count()
    struck(world, [{"name": "D9", "endpoint": "instruments", "symbols": ["BTC-USDT"]}], "instruments")
    (mine, c), market = row(), Market.objects.get(exchange__slug=SICK, symbol="BTC-USDT", kind="spot")
    assert (mine.rank, mine.reason, market.status) == (None, "not_trading", "halted") and c.best_buy.exchange != SICK
    assert Listing.objects.filter(market=market, event="suspended").exists()
    assert poll(SICK) == "ok" and Snapshot.objects.filter(market__exchange__slug=SICK).count() >= past
    world.heal()
    assert poll(SICK, "instruments") == "ok" and row()[0].rank


def test_d9_markets_nobody_listed_are_counted_not_guessed(world):
    """D9: prices of unknown symbols change nothing, poll after poll."""
    known = Market.objects.count()
    for _ in range(2):
        struck(world, [{"name": "D21", "endpoint": "tickers", "count": 7}])
    assert "7 rows of markets not in the catalogue" in world.run().detail and Market.objects.count() == known


def test_d10_another_coin_under_the_same_ticker_is_set_apart(world):
    """D10 and the replay "same ticker, two coins": never ranked, no gap of 11,000 % anywhere, and an operator is asked."""
    assert poll("gateio") == poll("binance") == "ok"
    for number in range(4):
        struck(world, [{"name": "D10", "symbols": ["LINK-USDT"]}])
        mine, c = row("LINK")
        assert mine.rank is None and mine.reason in ("identity_conflict", "conflicted") and c.best_sell.exchange != SICK
        for show in ("main", "not_executable", "not_paying") if number in (0, 3) else ():
            told = world.api("arbitrage/", show=show, base="LINK", limit=1000)["results"]
            figures = [found["net_pct"] for found in told if SICK in {leg["exchange"] for leg in found["legs"]}]
            assert all(figure is None or Decimal(figure) < 0 for figure in figures)
    assert ExchangeAsset.objects.get(exchange__slug=SICK, code="LINK", family="coin").state == "conflicted"
    assert "LINK" in {item.code for item in collisions.items(timezone.now())}


def test_d20_half_a_list_is_not_believed_and_its_return_is_no_news(world):
    """D20: the last good list stays, degraded at once, nothing is delisted, nothing is new when it is whole again; the run says why."""
    markets, events = Market.objects.filter(status="trading").count(), Listing.objects.count()
    world.strike("D20", source="instruments")
    run = world.run(source="instruments")
    assert run.outcome == "schema" and "the list lost" in run.detail
    sick, _ = world.sick()
    assert sick.state == "degraded" and "The list lost" in sick.detail
    world.heal()
    assert poll(SICK, "instruments") == "ok" and world.sick()[0].state == "healthy"
    assert (Market.objects.filter(status="trading").count(), Listing.objects.count()) == (markets, events)


# --- Time -----------------------------------------------------------------------------------------------------------
def test_d12_an_old_stamp_never_overwrites_a_newer_price_and_makes_its_own_old(world):
    """D12 and the replay "time stamps running backwards": the older clock counts; jumps of 8 to 20 s never go back; it is told."""
    before = world.quotes()
    assert world.strike({"name": "D12", "shift_s": -600})[0] == "ok"
    assert world.quotes() == before and "backwards" in world.run().detail
    Quote.objects.filter(market__exchange__slug=SICK).update(observed_at=timezone.now() - timedelta(hours=1))
    assert poll(SICK) == "ok"
    mine, _ = row()
    assert (mine.rank, mine.state) == (None, "stale") and 595 < mine.age_s < 640
    newest = []
    for _ in range(4):
        world.strike({"name": "D12", "shift_s": -20, "jump_s": 12})
        newest.append(Quote.objects.filter(market__exchange__slug=SICK).order_by("-observed_at").first().observed_at)
    assert newest == sorted(newest)


@pytest.mark.parametrize(("fault", "flag"), [
    ({"name": "D13", "shift_s": 4}, ""), ({"name": "D13", "shift_s": 3_600}, "future"), ({"name": "D13", "shift_s": 2.5e9}, "future"),
    *(({"name": "unit", "unit": unit}, "") for unit in ("s", "us", "ns")),
], ids=lambda value: str(value.get("shift_s", value.get("unit"))) if isinstance(value, dict) else value)
def test_d13_a_stamp_from_the_future_dates_nothing(world, fault, flag):
    """D13: five seconds are now, beyond that our own clock counts, and a minute ahead is not ranked; units are never guessed."""
    assert world.strike(fault)[0] == "ok"
    mine, c = row()
    assert 0 <= mine.age_s < 10 and mine.state == "fresh" and all(each.age_s >= 0 for each in c.rows)
    assert (mine.reason, bool(mine.rank)) == (flag, not flag)
    quote = Quote.objects.get(market__exchange__slug=SICK, market__symbol="BTC-USDT", market__kind="spot")
    assert quote.observed_at <= timezone.now() and (quote.ts_source == "exchange") is (fault.get("shift_s") == 4)


def test_d14_a_frozen_feed_is_out_once_the_others_have_moved(world):
    """D14 and the replay "floor price": the same numbers under advancing stamps, while four others move: stale, never ranked."""
    world.simulator.control(**{SICK: {"fault": "D14"}})
    assert {poll(SICK) for _ in range(7)} == {"ok"}
    Quote.objects.filter(market__exchange__slug=SICK).update(same_since=timezone.now() - timedelta(seconds=70))
    for slug in WELL:
        world.strike({"name": "price", "factor": "1.004"}, slug)
    poll(SICK)
    mine, c = row()
    assert (mine.rank, mine.reason) == (None, "frozen") and c.best_buy.exchange != SICK and "frozen" in world.compare()[0][SICK]["flags"]


def test_d15_a_true_crash_is_the_price_as_soon_as_most_say_so(world):
    """D15: nothing holds an old price: with the third of five the reference is the new one, and only new prices are ranked."""
    before = row("BTC", "bybit")[1].reference_price
    for number, slug in enumerate(FIVE, 1):
        assert world.strike({"name": "price", "factor": "0.5"}, slug)[0] == "ok"
        c = row()[1]
        new = {r.quote.exchange for r in c.rows if r.rank and r.price < before * Decimal("0.6")}
        assert number < 3 or (abs(c.reference_price / before - Decimal("0.5")) < Decimal("0.02") and new and len(new) == sum(bool(r.rank) for r in c.rows))
    assert {poll(slug) for slug in FIVE[:2] * 3} == {"ok"}
    assert {r.quote.exchange for r in row()[1].rows if r.rank} == set(FIVE)


def test_d16_an_absurd_volume_decides_nothing_and_its_price_stays(world):
    """D16: overflow and negative are unknown, swapped is quarantined; the price is ranked, the total is the others'."""
    where, faults = each([{"how": how} for how in ("overflow", "negative", "swapped")], name="volume")
    struck(world, faults)
    for coin, fault in where.items():
        mine, c = row(coin)
        others = sum(r.quote.quote_volume_24h for r in c.rows if r.quote.exchange != SICK)
        assert mine.rank and (fault["how"] == "swapped" or mine.quote.base_volume_24h is None), fault
        assert c.quote_volume_24h <= others * Decimal("1.5"), fault


# --- Text -----------------------------------------------------------------------------------------------------------
PLACES = ("/", "/discover/", "/status/", "/api/v1/markets/?limit=1000", "/?format=csv")


@pytest.mark.parametrize(("fault", "never"), [
    ("D17", ("<img src=x", "alert(1)>", "{{7*7}}", "javascript:alert")), ("D19", ("\u202e", "\u200b", "\u2066", "\u200d")),
], ids=["D17", "D19"])
def test_names_that_are_code_or_hide_something_reach_no_page(world, fault, never):
    """D17 D18 D19: markup is no code and its row is dropped; hidden characters are taken out; whatever looks alike stays two coins."""
    world.simulator.control(**{SICK: {"fault": fault}})
    poll(SICK, "instruments")
    assert poll(SICK) in ("ok", "partial")
    codes = set(ExchangeAsset.objects.filter(exchange__slug=SICK).values_list("code", flat=True))
    assert not [code for code in codes if any(piece in code for piece in never) or code[:1] in "=+-@\t\r"]
    for place in PLACES:
        text = world.client.get(place).content.decode()
        assert not [piece for piece in never if piece in text], place
    if fault == "D19":
        cyrillic = ExchangeAsset.objects.filter(exchange__slug=SICK, code="\u0412\u0422\u0421").select_related("asset").first()
        assert cyrillic is None or cyrillic.asset.ticker != "BTC"


def test_d27_a_code_of_any_script_has_its_pages_lists_and_questions(world):
    """D27: stored as it is written, spelt for the wire and for addresses, found by people and programs."""
    code = "币安人生"
    world.simulator.control(gateio={"list": code}, bitget={"list": code})
    assert {poll(slug, source) for slug in ("gateio", "bitget") for source in ("instruments", "tickers")} == {"ok"}
    quotes, answer = world.compare(f"{quoted(code)}-USDT")
    assert set(quotes) == {"gateio", "bitget"} and answer["base"] == code
    slug = ExchangeAsset.objects.select_related("asset").filter(code=code).first().asset.slug
    assert code in world.page(f"/assets/{quoted(slug)}/") and code in world.page(f"/compare/{quoted(code)}-USDT/")
    assert code in world.page(f"/?search={quoted(code)}") and code in world.page(f"/?search={quoted(code)}&format=csv")
    assert code in json.dumps(world.api("ask/", q=f"where is {code} cheapest"), ensure_ascii=False)


# --- Clocks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("offset", [10, -10, 300, -300])
def test_d26_a_clock_that_is_off_is_measured_and_taken_off(world, offset):
    """D26: the median of five dates prices rightly whichever way it is off; beyond half a minute no gap is believed."""
    world.simulator.control(**{SICK: {"clock_offset_s": offset}})
    assert {poll(SICK, "time") for _ in range(5)} == {"ok"}
    assert abs(Exchange.objects.get(slug=SICK).clock_offset_ms - offset * 1_000) < 2_000
    Quote.objects.filter(market__exchange__slug=SICK).update(observed_at=timezone.now() - timedelta(hours=1))
    assert poll(SICK) == "ok"
    mine, _ = row()
    assert mine.rank and mine.age_s < 12 and mine.reason == ""
    as_if_now()
    legs = [found for found in world.api("arbitrage/", limit=1000)["results"] if SICK in {leg["exchange"] for leg in found["legs"]}]
    assert abs(offset) <= 30 or legs == []
