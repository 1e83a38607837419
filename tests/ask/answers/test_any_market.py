"""Whatever the market and the question: an answer, kept and computed again, small, with every number among its figures."""

from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis.amounts import Order
from markets.analysis.best import Terms
from markets.analysis.classes import Facts
from markets.analysis.settings import DEFAULT
from markets.ask.answers.arbitrage import Gaps
from markets.ask.answers.best_price import BestPrice
from markets.ask.answers.compare import Beside, Compared
from markets.ask.answers.gap import Gap, Pair
from markets.ask.answers.gap import Terms as GapTerms
from markets.ask.answers.measured import Liquid, Seen
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import POL, inputs, kept, route
from tests.markets.analysis.boards import NAMES, PAIR, D, quote
from tests.markets.analysis.scenes import ladder

PRICES = st.decimals("0.000000001", "99999", places=9)
SIZES = st.sampled_from([None, D("0.00000001"), D(900), D(10**9)])
ODD = st.sampled_from([{}, {}, {}, {"status": "halted"}, {"bid": None}, {"identity": "conflicted"}, {"switch": "disabled"}, {"taker_fee": None}])


@st.composite
def markets(draw):
    """Some exchanges with quotes near each other or not, young or old, and books of some of them."""
    base, quotes, books = draw(PRICES), {}, {}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)):
        mid = base * draw(st.sampled_from([D(1), D("1.0004"), D("1.003"), D("1.4"), D(20)]))
        age = draw(st.sampled_from([1, 29, 45, 300, 5000]))
        size = draw(SIZES)
        tick = draw(st.sampled_from([None, D("0.0001"), D("0.1")]))
        quotes[name] = quote(name, mid, age=age, tick_size=tick, **{"ask_size": size, "bid_size": size} | draw(ODD))
        if draw(st.booleans()):
            books[name] = ladder(name, [(mid * D("0.999"), 50), (mid * D("0.98"), 500)], [(mid * D("1.001"), 50), (mid * D("1.02"), 500)], age=age)
    return quotes, books


AMOUNTS = st.one_of(st.none(), st.decimals("0.00000001", "100000000", places=8))
SIDES = st.sampled_from(["buy", "sell"])
UNITS = st.sampled_from(["", "bps", "pct", "usd"])
LIMITS = st.one_of(st.none(), st.builds(Threshold, st.sampled_from("<>"), st.sampled_from(["0.5", "100", "1000"]), UNITS))


@settings(max_examples=60, deadline=None)
@given(markets(), AMOUNTS, st.sampled_from(["quote", "base"]), SIDES, LIMITS, st.sampled_from(["", "ada", "eve"]), st.booleans())
def test_prices(market, amount, unit, side, limit, only, both):  # noqa: PLR0917
    quotes, books = market
    made = inputs(quotes, books=books, terms=Terms(side, order=Order(amount, unit)))
    frame = Frame("x", intent="best_price", assets=("POL",), threshold=limit, side=None if both else side, exchanges=(only,) if only else ())
    beside = (Beside(coin=POL, inputs=inputs(quotes, side)),) * (2 if both else 1)
    kept(frame, route(), BestPrice(coin=POL, inputs=made, only=only, both=both), Compared(coins=beside))


@settings(max_examples=40, deadline=None)
@given(markets(), AMOUNTS, st.booleans(), SIDES, LIMITS, st.sampled_from(["liquid", "spread", "order book"]))
def test_books(market, amount, in_base, side, limit, q):  # noqa: PLR0917
    quotes, books = market
    seen = tuple(Seen(exchange=name, ladder=books.get(name), volume=D(5000)) for name in quotes)
    found = Liquid(coin=POL, key=PAIR, books=seen, method=DEFAULT, usd=D(1), amount=amount, in_base=in_base, side=side)
    kept(Frame(q, intent="liquidity", assets=("POL",), threshold=limit), route("liquidity"), found)


@settings(max_examples=40, deadline=None)
@given(markets(), AMOUNTS, st.booleans(), st.sampled_from([None, 0, 5]))
def test_gaps(market, amount, asked, snapshots):
    quotes, books = market
    gaps = tuple(Gap(key=PAIR, buy=a, sell=b, facts=Facts(snapshots=snapshots)) for a in quotes for b in quotes if a != b)[:5]
    terms = GapTerms(method=DEFAULT, amount=amount, usd={"USDT": D(1)})
    pairs = (Pair(key=PAIR, quotes=quotes, books=books),)
    found = Gaps(gaps=gaps, pairs=pairs, terms=terms, tickers={"POL": "POL"}, coins=(POL,), total=len(gaps), asked=asked)
    kept(Frame("x", intent="arbitrage", assets=("POL",)), route("arbitrage"), found)
