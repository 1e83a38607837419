"""The market model: repeatable, coherent, and moving together."""

import json
import statistics
from collections import defaultdict
from itertools import pairwise

import pytest

from exchanges.simulator import prices as model
from exchanges.simulator.prices import Prices
from exchanges.simulator.writers import WRITERS, Scene

from .conftest import EXCHANGES

NOON = 1_795_000_000.0


@pytest.fixture(scope="module")
def market():
    return Prices(1)


def mids(market, slug, t):
    live = [q for q in market.quotes(slug, t) if q.bid and q.ask and q.market.status == "trading"]
    return {(q.market.asset.key, q.market.money.key): (q.bid + q.ask) / 2 / q.market.factor for q in live}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_same_seed_and_time_give_the_same_bytes_and_another_seed_others(market, slug):
    query = {"category": "spot"} if slug == "bybit" else {}
    body = WRITERS[slug].tickers(Scene(slug, market, NOON, NOON), query).body
    assert body == WRITERS[slug].tickers(Scene(slug, Prices(1), NOON, NOON), query).body
    assert body != WRITERS[slug].tickers(Scene(slug, Prices(2), NOON, NOON), query).body
    assert body != WRITERS[slug].tickers(Scene(slug, market, NOON + 10, NOON + 10), query).body


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_quote_is_coherent(market, slug):
    for t in (NOON, NOON + 5_000, NOON + 86_400 * 3):
        for q in market.quotes(slug, t):
            if q.market.book == "both":
                assert 0 < q.bid < q.ask, q
                assert (q.ask - q.bid) / q.bid < 0.1, q
                assert q.bid_size > 0 < q.ask_size
            if q.last is not None:
                assert q.low <= q.last <= q.high, q
                assert q.low <= q.open <= q.high, q
                assert q.volume == 0 or q.low <= q.quote_volume / q.volume <= q.high


def test_prices_stand_on_their_own_ticks(market):
    for slug in EXCHANGES:
        for q in market.quotes(slug, NOON):
            for value in (q.bid, q.ask, q.last):
                assert value is None or abs(round(value, q.market.digits) - value) < 1e-9 * value


def test_exchanges_agree_within_a_per_cent_and_lean_only_a_few_basis_points(market):
    both = [mids(market, "binance", NOON), mids(market, "kucoin", NOON)]
    apart = [abs(both[1][key] / both[0][key] - 1) for key in both[0].keys() & both[1].keys() if key != ("NOVA", "USDT")]
    assert len(apart) > 300
    assert statistics.median(apart) < 0.001
    assert max(apart) < 0.02


def test_coins_move_together_and_really_move(market):
    changes = []
    for a, b in pairwise(mids(market, "binance", NOON + hour * 3_600) for hour in range(0, 60, 6)):
        changes.append({key: b[key] / a[key] - 1 for key in a if key[1] == "USDT"})
    bitcoin = [change["BTC", "USDT"] for change in changes]
    rise = [statistics.mean(change.values()) for change in changes]
    assert statistics.correlation(bitcoin, rise) > 0.7
    assert 0.001 < statistics.pstdev(bitcoin) < 0.05


def test_stable_coins_stay_near_one(market):
    prices = {q.market.symbol: q for q in market.quotes("binance", NOON)}
    assert abs(prices["USDCUSDT"].last - 1) < 0.002
    assert abs(prices["FDUSDUSDT"].last - 1) < 0.005


def test_a_gap_that_pays_after_fees_opens_and_closes(market):
    window = int(NOON // model.GAP_S)
    (slug, symbol), size = next(iter(market.gaps(window).items()))
    assert 0.0033 <= abs(size) <= 0.011

    def mid(t):
        return next((q.bid + q.ask) / 2 for q in market.quotes(slug, t) if q.market.symbol == symbol)

    start = window * model.GAP_S
    edge, middle = (mid(start) + mid(start + model.GAP_S - 0.001)) / 2, mid(start + model.GAP_S / 2)
    assert abs(middle / edge - 1) > 0.0025


def test_a_calm_market_has_no_outlier_but_the_coin_that_is_another(market):
    """Three or more exchanges agree within the tolerance of the pair's size; only NOVA does not."""
    for t in (NOON, NOON + 997, NOON + 40_000):
        pairs = defaultdict(list)
        for slug in EXCHANGES:
            for q in market.quotes(slug, t):
                if q.market.status == "trading" and q.bid and q.ask:
                    pairs[q.market.base.upper(), q.market.quote].append(((q.bid + q.ask) / 2, q.quote_volume * q.market.money.price))
        outliers = set()
        for pair, rows in pairs.items():
            middle, total = statistics.median(mid for mid, _ in rows), sum(volume for _, volume in rows)
            tolerance = 0.005 if total >= 50e6 else 0.015 if total >= 1e6 else 0.05
            if len(rows) >= 3 and any(abs(mid / middle - 1) > tolerance for mid, _ in rows):
                outliers.add(pair)
        assert outliers == {("NOVA", "USDT")}


def test_a_day_on_the_wire_is_the_day_of_the_model(market):
    row = json.loads(WRITERS["kucoin"].tickers(Scene("kucoin", market, NOON, NOON), {}).body)["data"]["ticker"][0]
    assert row["symbol"] == "BTC-USDT"
    assert float(row["changeRate"]) == pytest.approx(float(row["last"]) / float(row["open"]) - 1, abs=1e-4)
    assert float(row["volValue"]) / float(row["vol"]) == pytest.approx(float(row["averagePrice"]), rel=1e-6)
