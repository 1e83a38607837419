"""What alerts say, and how a condition stands in an address."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from markets.analysis import alert_paths, alert_words
from markets.analysis.alert_words import Words
from markets.analysis.alerts import Arbitrage, Best, Down, Funding, Item, Items, Level, Listing, Memory, Price, Spread, Verdict

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
WORDS = Words({"a": "Alpha", "b": "Beta", "c": "Gamma"}, {"POLX": "POL"})
PAIR = {"base": "POLX", "quote": "USDT"}
D = Decimal
PRICE = Price(**PAIR, level=D("1.50"))

SENTENCES = [
    (PRICE, "The best price to buy POL/USDT rises to 1.5 USDT or above, after fees"),
    (Price(**PAIR, level=D(1), above=False, side="sell", amount=D(25000), unit="base", net=False, exchanges=("a",)),
     "The best price to sell POL/USDT falls to 1 USDT or below, for 25,000 POL, on Alpha, before fees"),
    (Price(**PAIR, level=D(1), amount=D("0.5"), fees={"": D("0.0008")}, withdraw=True, exchanges=("a", "b"), normalise=True),
     "The best price to buy POL/USDT rises to 1 USDT or above, for 0.5 USDT, on Alpha or Beta, after your own fees, taken away by the cheapest network, "
     "other quote currencies converted"),
    (Price(**PAIR, level=D(1), withdraw=True, network="TRC20", market="future", expiry=date(2026, 12, 25)),
     "The best price to buy POL/USDT dated futures of 25 Dec 2026 rises to 1 USDT or above, after fees, taken away by TRC20"),
    (Best(**PAIR, market="perp", exchanges=("a", "b", "x")), "Another exchange becomes the best to buy POL/USDT perpetuals, on Alpha, Beta or x, after fees"),
    (Spread(**PAIR, level=D(5), exchanges=("a",)), "The spread of POL/USDT rises to 5 bps or above on Alpha"),
    (Spread(**PAIR, level=D("0.5"), above=False), "The tightest spread of POL/USDT falls to 0.5 bps or below"),
    (Spread(**PAIR, level=D(1), exchanges=("a", "b")), "The tightest spread of POL/USDT rises to 1 bps or above on Alpha or Beta"),
    (Funding(base="POLX", level=D(20)), "Funding of POL perpetuals rises to 20% a year or above"),
    (Funding(base="POLX", quote="USDT", level=D("-0.01"), per="interval", above=False, exchanges=("b",)),
     "Funding of POL/USDT perpetuals falls to -0.01% per interval or below on Beta"),
    (Arbitrage(level=D("0.3")), "A gap leaves 0.3% or more after fees"),
    (Arbitrage(level=D(1), base=("POLX", "BTC"), quote="USDT", buy="a", sell="b", exchanges=("a", "b"), types=("cross", "basis"), mode="transfer",
               transfer_cost=True, amount=D(1000), min_depth=D(500), max_age_s=D(5)),
     "A gap leaves 1% or more after fees, POL or BTC, in USDT, bought on Alpha, sold on Beta, over Alpha or Beta only, of kind cross or basis, "
     "the coins sent over, for 1,000 USD, at least 500 USD deep, prices at most 5 s old"),
    (Arbitrage(level=D(1), transfer_cost=True), "A gap leaves 1% or more after fees, the fee of sending counted"),
    (Arbitrage(level=D(0), amount=D(0), min_depth=D(0)), "A gap leaves 0% or more after fees, for 0 USD, at least 0 USD deep"),
    (Best(**PAIR, amount=D(0)), "Another exchange becomes the best to buy POL/USDT, for 0 USDT, after fees"),
    (Listing(), "Any exchange lists a new coin"),
    (Listing(base=("TIA", "POLX"), exchanges=("a",), what="pairs"), "Alpha lists another pair of a coin it has, TIA or POL"),
    (Listing(what="arrivals"), "Any exchange lists a new coin or pair"),
    (Down(), "Any exchange stops answering or pauses us"), (Down(exchanges=("a", "b")), "Alpha or Beta stops answering or pauses us"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "says"), SENTENCES, ids=[f"{at}" for at in range(len(SENTENCES))])
def test_a_condition_is_a_sentence(condition, says):
    assert alert_words.sentence(condition, WORDS) == says


LEVEL = Level(value=D("64267.369"), where="a", age_s=3.9, observed_at=NOW)


@pytest.mark.parametrize(
    ("condition", "seen", "says"),
    [
        (PRICE, LEVEL, "64,267.37 USDT on Alpha, 3 s old"), (Best(**PAIR), LEVEL, "64,267.37 USDT on Alpha, 3 s old"),
        (PRICE, Level(value=D("0.5")), "0.50000 USDT"), (PRICE, Level(value=D(1000), doubt="stale"), "1,000.00 USDT; not judged: no fresh price"),
        (Spread(**PAIR, level=D(1)), Level(value=D("1.234"), where="x", age_s=61.0), "1.2 bps on x, 1 m 1 s old"),
        (Funding(base="BTC", level=D(1)), Level(value=D("24.864"), where="b"), "+24.86% a year on Beta"),
        (Funding(base="BTC", level=D(1), per="interval"), Level(value=D("-0.012345")), "\N{MINUS SIGN}0.0123% per interval"),
        (PRICE, Level(doubt="partial"), "Nobody is known to fill the amount"), (PRICE, Level(), "Nothing stands there now"),
        (PRICE, Level(doubt="disputed"), "The exchanges disagree, and two are too few to say who is right"),
        (PRICE, Level(doubt="price_anomaly"), "Price anomaly"),
        (Down(), Items(), "Nothing now"),
        (Down(), Items((Item(key="a", says="Alpha: Down"), Item(key="b", says="Beta: Down", age_s=5.0))),
         "Alpha: Down; Beta: Down, 5 s old"),
        (Down(), Items(tuple(Item(key=f"{n}", says=f"{n}") for n in range(5))), "0; 1; 2; 3; 4"),
        (Down(), Items(tuple(Item(key=f"{n}", says=f"{n}") for n in range(7))), "0; 1; 2; 3; 4; and 2 more"),
    ],
)  # fmt: skip
def test_what_stands_there_is_said_with_its_exchange_and_age(condition, seen, says):
    assert alert_words.standing(condition, seen, WORDS) == says


@pytest.mark.parametrize(
    ("code", "says"),
    [("", ""), ("cooling", "It holds; the cool-down is not over yet."), ("quiet", "It holds; told when the quiet time is over."),
     ("aging", "Not judged now: no fresh price."), ("not_listed", "Not judged now: not listed there."), ("banned", "Not judged now: paused by the exchange."),
     ("unit_mismatch", "Not judged now: unit mismatch.")],
)
def test_why_nothing_fires_is_a_sentence(code, says):
    assert alert_words.why(code) == says


def test_a_message_of_a_level_names_what_crossed_and_who_was_best_before():
    assert alert_words.subject(PRICE, LEVEL, Verdict(Memory()), WORDS) == "Best to buy POL/USDT: 64,267.37 USDT on Alpha, 3 s old"
    assert alert_words.subject(Spread(**PAIR, level=D(1)), Level(value=D(1)), Verdict(Memory()), WORDS) == "Spread of POL/USDT: 1.0 bps"
    assert alert_words.subject(Funding(base="POLX", level=D(1)), Level(value=D(1)), Verdict(Memory()), WORDS) == "Funding of POL: +1.00% a year"
    assert alert_words.text(Best(**PAIR), LEVEL, Verdict(Memory(), former="b"), WORDS).splitlines() == [
        "You asked to be told when: Another exchange becomes the best to buy POL/USDT, after fees.", "", "Now: 64,267.37 USDT on Alpha, 3 s old.",
        "Before: Beta.",
    ]  # fmt: skip
    assert "Before" not in alert_words.text(PRICE, LEVEL, Verdict(Memory()), WORDS)


def test_a_message_of_a_set_names_five_and_counts_the_others():
    """D21: a flood of listings is one message."""
    many = tuple(Item(key=f"{n}", says=f"n{n}", age_s=float(n)) for n in range(500))
    verdict = Verdict(Memory(), items=many)
    assert alert_words.subject(Listing(), Items(many), verdict, WORDS) == "n0; and 499 more"
    assert alert_words.text(Listing(), Items(many), verdict, WORDS).splitlines()[2:] == [
        "- n0, 0 s old", "- n1, 1 s old", "- n2, 2 s old", "- n3, 3 s old", "- n4, 4 s old", "- and 495 more",
    ]  # fmt: skip
    one = Verdict(Memory(), items=many[:1])
    assert alert_words.subject(Listing(), Items(many), one, WORDS) == "n0"
    assert alert_words.text(Listing(), Items(many), one, WORDS).splitlines()[2:] == ["- n0, 0 s old"]
    assert alert_words.text(Listing(), Items(many), Verdict(Memory(), items=many[:5]), WORDS).count("\n- ") == 5
    nothing = Verdict(Memory())
    assert alert_words.subject(Down(), Items(), nothing, WORDS) == "Exchange down: nothing now"
    assert alert_words.text(Down(), Items(), nothing, WORDS).endswith("\n\nNothing of the kind now.")


def test_the_same_for_a_program_is_exact():
    assert alert_words.facts(LEVEL) == {"exchanges": ["a"], "value": "64267.369", "age_s": 3.9, "observed_at": NOW.isoformat()}
    assert alert_words.facts(Level(where="alpha"))["exchanges"] == ["alpha"]
    assert alert_words.facts(Level()) == {"exchanges": [], "value": None, "age_s": None, "observed_at": None}
    item = Item(key="k", says="s", where=("a", "b"), value=D("0.10"), receipt="r")
    assert alert_words.facts(item) == {"exchanges": ["a", "b"], "value": "0.1", "age_s": None, "observed_at": None, "says": "s", "receipt": "r"}
    assert alert_words.facts(Item(key="k", says="s"))["receipt"] is None


ADDRESSES = [
    (PRICE, {"kind": "price", "pair": "POLX-USDT", "level": "1.5"}, "/compare/POLX-USDT/"),
    (Price(**PAIR, level=D(1), above=False, soon=True, side="sell", net=False, amount=D("2.50"), unit="base", fees={"": D("0.0008"), "a": D("0.001")},
           withdraw=True, network="x y", exchanges=("a", "b"), normalise=True, market="perp", expiry=date(2026, 12, 25)),
     {"kind": "price", "pair": "POLX-USDT", "level": "1", "above": "false", "soon": "true", "side": "sell", "net": "false", "amount": "2.5", "unit": "base",
      "fees": "0.08,a:0.1", "withdraw": "true", "network": "x y", "exchange": "a,b", "normalise": "true", "market": "perp", "expiry": "2026-12-25"},
     "/compare/POLX-USDT/?side=sell&net=false&amount=2.5&unit=base&fees=0.08,a:0.1&withdraw=true&network=x+y&exchange=a,b&normalise=true&expiry=2026-12-25"
     "&kind=perp"),
    (Spread(**PAIR, level=D(4), exchanges=("a",)), {"kind": "spread", "pair": "POLX-USDT", "level": "4", "exchange": "a"}, "/compare/POLX-USDT/?exchange=a"),
    (Spread(base="B/C", quote="USDT", level=D(4), side="sell"), {"kind": "spread", "pair": "B/C-USDT", "level": "4", "side": "sell"},
     "/compare/B%2FC-USDT/"),
    (Funding(base="B/C", level=D("-1"), quote="USDT"), {"kind": "funding", "base": "B/C", "level": "-1", "quote": "USDT"}, "/funding/B%2FC/"),
    (Arbitrage(level=D("0.3"), base=("BTC",), exchanges=("a", "b"), types=("triangle",), mode="transfer", amount=D(5)),
     {"kind": "arbitrage", "level": "0.3", "base": "BTC", "exchange": "a,b", "types": "triangle", "mode": "transfer", "amount": "5"},
     "/arbitrage/?kind=triangle&min_net_pct=0.3&amount=5&mode=transfer&exchange=a,b&base=BTC"),
    (Arbitrage(level=D(1), types=("cross", "basis")), {"kind": "arbitrage", "level": "1", "types": "cross,basis"}, "/arbitrage/?kind=all&min_net_pct=1"),
    (Arbitrage(level=D(1), base=("BTC",), quote="USDT", buy="a", sell="b", amount=D(9)),
     {"kind": "arbitrage", "level": "1", "base": "BTC", "quote": "USDT", "buy": "a", "sell": "b", "amount": "9"}, "/arbitrage/BTC-USDT/?buy=a&sell=b&amount=9"),
    (Arbitrage(level=D(1), base=("BTC",), buy="a", sell="b"), {"kind": "arbitrage", "level": "1", "base": "BTC", "buy": "a", "sell": "b"},
     "/arbitrage/?min_net_pct=1&base=BTC"),
    (Arbitrage(level=D(1), base=("BTC",), quote="USDT", buy="a", sell="b", mode="transfer", transfer_cost=True, min_depth=D(7)),
     {"kind": "arbitrage", "level": "1", "base": "BTC", "quote": "USDT", "buy": "a", "sell": "b", "mode": "transfer", "transfer_cost": "true",
      "min_depth": "7"},
     "/arbitrage/BTC-USDT/?buy=a&sell=b&mode=transfer&transfer_cost=true"),
    (Arbitrage(level=D(1), transfer_cost=True, min_depth=D(7), max_age_s=D(5)),
     {"kind": "arbitrage", "level": "1", "transfer_cost": "true", "min_depth": "7", "max_age_s": "5"},
     "/arbitrage/?min_net_pct=1&transfer_cost=true&min_depth=7&max_age_s=5"),
    (Listing(exchanges=("a",), what="pairs"), {"kind": "listing", "exchange": "a", "what": "pairs"}, "/discover/?view=new&exchange=a&what=pairs"),
    (Listing(), {"kind": "listing"}, "/discover/?view=new"), (Down(soon=True), {"kind": "down", "soon": "true"}, "/status/"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "texts", "path"), ADDRESSES, ids=[f"{at}" for at in range(len(ADDRESSES))])
def test_a_condition_stands_in_the_forms_address_and_leads_to_its_page(condition, texts, path):
    assert alert_paths.texts(condition) == texts
    assert alert_paths.path(condition) == path


def test_an_address_that_would_be_too_long_is_told_without_its_parameters():
    assert alert_paths.path(Price(**PAIR, level=D(1), network="n" * 300)) == "/compare/POLX-USDT/"
    room = 300 - len("/compare/POLX-USDT/?network=")
    assert len(alert_paths.path(Price(**PAIR, level=D(1), network="n" * room))) == 300


def test_a_title_is_the_kind():
    assert [alert_words.title(c) for c in (PRICE, Best(**PAIR), Down())] == ["Price crosses", "Best exchange changes", "Exchange down"]
