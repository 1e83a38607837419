"""A comparison kept as one value: it says again what was compared, and nothing of what it holds is without an effect."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import fields, replace

from markets.analysis import best
from markets.analysis.best import Order, Terms
from markets.analysis.converted import Conversion, Joined
from markets.analysis.inputs import Inputs
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.wallets import Wallet
from markets.board import Ladder, PairKey
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes

EURO = Joined(conversion=Conversion(quote="EUR", into="USDT", rate=D("1.1"), path=("EUR/USDT",), age_s=1), quotes={"ada": quote("ada", "91", quote="EUR")})
NETWORK = Wallet(exchange="ada", coin="POL", code="POL", network="POL", withdraw_open=True, withdraw_fee=Decimal(1), seen_at=NOW)
BOOK = Ladder(exchange="ada", symbol="POLUSDT", asks=((D("100.05"), D(2)), (D(101), D(50))), bids=((D("99.9"), D(9)),), observed_at=NOW)
WHOLE = Inputs(
    key=PAIR, quotes=quotes(100, "99.99", 100, 101), method=DEFAULT, terms=Terms("buy", order=Order(D(1000), withdraw=True), fees={"dot": D(0), "cid": D(0)}),
    books={"ada": BOOK}, wallets={"ada": (NETWORK,)}, joined=(EURO,), usd=D(20), names={"bea": "Bea"}, prefer=("dot", "cid"), notes=("Told after.",),
)  # fmt: skip
# The one percent that dot is apart is more than so much volume allows, or two stablecoins.
PEGGED = replace(WHOLE, usd=None, stable=True)
OTHERS = {
    "key": PairKey("POL", "USDC"), "quotes": quotes(100, "99.99", 100), "method": Method(fresh_periods=0), "terms": Terms("sell"), "books": {}, "wallets": {},
    "joined": (), "usd": None, "stable": True, "names": {}, "prefer": (), "notes": (),
}  # fmt: skip


@pytest.mark.parametrize("whole", [WHOLE, PEGGED], ids=["usd", "stable"])
def test_it_is_the_comparison_that_was_asked_for_with_one_price_and_its_own_notes(whole):
    found = whole.compared(NOW)
    asked = best.compare(
        PAIR, whole.quotes, NOW, DEFAULT, terms=whole.terms, books={"ada": BOOK}, wallets={"ada": (NETWORK,)}, joined=[EURO], usd=whole.usd,
        stable=whole.stable, names={"bea": "Bea"},
    )  # fmt: skip
    assert (found.rows, found.best_buy, found.as_of, found.pair_class) == (asked.rows, asked.best_buy, NOW, asked.pair_class)
    assert found.notes == (*asked.notes, "Told after.")
    assert (found.choice.kind, found.choice.quote.exchange, found.choice.quote.taker_fee) == ("fallback", "cid", 0)


@pytest.mark.parametrize("name", [field.name for field in fields(Inputs)])
def test_each_of_them_counts(name):
    assert replace(WHOLE, **{name: OTHERS[name]}).compared(NOW) != WHOLE.compared(NOW)


def test_the_one_price_is_judged_on_the_same_terms():
    assert replace(WHOLE, usd=None).compared(NOW).choice.kind == "preferred"
    assert WHOLE.compared(NOW + timedelta(seconds=100)).choice.kind == "old"
    strict = replace(WHOLE, method=Method(fresh_periods=0)).compared(NOW)
    assert (strict.choice.kind, strict.live) == ("old", 0)
    assert replace(WHOLE, prefer=()).compared(NOW).choice is None
