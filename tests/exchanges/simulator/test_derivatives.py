"""Perpetuals and dated futures: as many as in life, spelled as each exchange does, and coherent with spot, basis and funding."""

import statistics

import pytest

from exchanges.simulator.contracts import BUNDLES, every_contract
from exchanges.simulator.derivatives import basis_at, contract_quotes, contracts, funding_history, in_contracts, interval_h, paid_at
from exchanges.simulator.events import Happening, Timetable
from exchanges.simulator.prices import Prices

from .conftest import EXCHANGES

NOON = 1_795_000_000.0  # 2026-11-18, 11:06 UTC
DAY, HOUR = 86_400, 3_600


@pytest.fixture(scope="module")
def market():
    return Prices(1)


def by_symbol(market, slug, t=NOON):
    return {q.contract.symbol: q for q in contract_quotes(market, slug, t)}


@pytest.mark.parametrize(("slug", "perpetuals"), [("binance", 300), ("kucoin", 220), ("bybit", 250), ("gateio", 280), ("bitget", 250)])
def test_as_many_contracts_of_every_kind_as_promised(slug, perpetuals):
    listed = contracts(slug, NOON)
    kinds = [(c.kind, c.inverse) for c in listed]
    assert len({c.symbol for c in listed}) == len(listed)
    assert sum(c.kind == "perp" and not c.inverse and c.quote == "USDT" for c in listed) >= perpetuals
    assert kinds.count(("perp", True)) >= (1 if slug == "gateio" else 5)
    assert any(c.tokenised for c in listed)
    dated = [c for c in listed if c.kind == "future"]
    assert dated
    assert all(c.listed_at <= NOON < c.expiry for c in dated)
    assert any(c.inverse for c in dated) == (slug != "gateio")


def test_each_exchange_spells_its_contracts_its_own_way():
    symbols = {slug: {c.symbol: c for c in contracts(slug, NOON)} for slug in EXCHANGES}
    assert {"BTCUSDT", "BTCUSDC", "BTCUSD_PERP", "BTCUSDT_261225", "BTCUSD_270326", "1000PEPEUSDT"} <= set(symbols["binance"])
    assert {"XBTUSDTM", "XBTUSDCM", "XBTUSDM", "XBTMZ26", "PEPEUSDTM"} <= set(symbols["kucoin"])
    assert {"BTCUSDT", "BTCPERP", "BTCUSD", "BTCUSDZ26", "ETHUSDT-26MAR27", "BTC-25DEC26", "SHIB1000USDT", "10000SATSUSDT"} <= set(symbols["bybit"])
    assert {"BTC_USDT", "BTC_USD", "BTC_USDT_20261225", "PEPE_USDT"} <= set(symbols["gateio"])
    assert {"BTCUSDT", "BTCPERP", "BTCUSD", "BTCUSDZ26", "1000BONKUSDT"} <= set(symbols["bitget"])
    assert (symbols["bitget"]["BTCUSD"].alias, symbols["bitget"]["BTCUSDZ26"].alias) == ("BTCUSD_CM", "BTCCMZ26")
    assert symbols["kucoin"]["XBTUSDTM"].base == "XBT"
    assert symbols["bybit"]["SHIB1000USDT"].base == "SHIB1000"
    assert symbols["gateio"]["PEPE_USDT"].contract_size == 10_000_000
    assert symbols["kucoin"]["XBTUSDTM"].contract_size == 0.001
    assert (symbols["binance"]["BTCUSD_PERP"].contract_size, symbols["binance"]["ETHUSD_PERP"].contract_size) == (100, 10)


def test_dated_contracts_come_and_go():
    now, later = ({c.symbol for c in contracts("binance", t) if c.kind == "future"} for t in (NOON, NOON + 60 * DAY))
    assert "BTCUSDT_261225" in now - later
    assert later - now
    assert len(now) == len(later) == 10


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_contract_is_coherent(market, slug):
    for t in (NOON, NOON + 9_000, NOON + 3 * DAY):
        for q in contract_quotes(market, slug, t):
            assert 0 < q.bid < q.ask, q
            assert q.bid <= q.last <= q.ask
            assert q.low <= min(q.last, q.open) <= max(q.last, q.open) <= q.high
            assert abs(q.mark / q.index - 1 - q.basis) < 0.002 + 10.0**-q.contract.digits / q.index
            for units, price in ((q.bid_size, q.mark), (q.ask_size, q.mark), (q.open_interest, q.mark)):
                assert units > 0
                if q.contract.inverse or q.contract.contract_size != 1:
                    size = q.contract.contract_size
                    assert (units * price if q.contract.inverse else units) / size == pytest.approx(in_contracts(q.contract, units, price), rel=1e-5)
            if q.contract.kind == "perp":
                assert q.next_funding_at % (q.interval_h * HOUR) == 0
                assert t < q.next_funding_at <= t + q.interval_h * HOUR
            else:
                assert (q.funding_rate, q.next_funding_at, q.next_rate) == (None, 0, None)


@pytest.mark.parametrize("slug", EXCHANGES)
def test_a_perpetual_trades_where_its_coin_does(market, slug):
    """In coins: a bundle of a thousand costs a thousand times as much as the coin on the spot market."""
    quotes = market.quotes("gateio", NOON)
    spot = {q.market.base: (q.bid + q.ask) / 2 for q in quotes if q.market.status == "trading" and q.bid and q.ask and q.market.quote == "USDT"}
    checked = 0
    for q in contract_quotes(market, slug, NOON):
        c = q.contract
        if c.index_coin in spot and c.index_coin != "NOVA" and c.asset.kind == "coin" and c.kind == "perp":
            assert q.mark / c.multiplier == pytest.approx(spot[c.index_coin], rel=0.02), c.symbol
            checked += 1
    assert checked > 150
    named = {code for code, _ in BUNDLES[slug].values()}
    assert named <= {q.contract.base for q in contract_quotes(market, slug, NOON)}


def test_the_funding_rate_follows_the_basis(market):
    """Over an interval: the rate is the mean basis for its hours, and has its sign."""
    for slug in EXCHANGES:
        perpetuals = [c for c in contracts(slug, NOON) if c.kind == "perp"]
        agree, now = [], by_symbol(market, slug)
        for c in perpetuals[:60]:
            assert now[c.symbol].basis == basis_at(market, c, NOON)
            paid = funding_history(market, c, NOON - DAY, NOON)[-1]
            start = paid.at - paid.interval_h * HOUR
            basis = statistics.mean(basis_at(market, c, float(start + step * 1_200)) for step in range(paid.interval_h * 3 + 1))
            assert paid.rate * 8 / paid.interval_h == pytest.approx(basis, abs=2e-5)
            agree.append((paid.rate, basis))
        assert any(rate < 0 for rate, _ in agree)
        assert any(rate > 0 for rate, _ in agree)
        assert all(rate * basis > 0 for rate, basis in agree if abs(basis) > 3e-5)


def test_the_running_rate_becomes_the_settled_one(market):
    c = contracts("bybit", NOON)[0]
    due = paid_at(NOON, 8)
    running = by_symbol(market, "bybit", due - 1.0)["BTCUSDT"]
    settled = funding_history(market, c, due - 1, due)
    assert [(f.at, f.interval_h) for f in settled] == [(due, 8)]
    assert running.next_funding_at == due
    assert running.funding_rate == pytest.approx(settled[0].rate, abs=2e-8)
    assert funding_history(market, c, due, due + 100) == []


def test_one_contract_changes_its_interval_every_day_and_an_event_changes_any(market):
    c = next(c for c in contracts("gateio", NOON) if c.changing)
    midnight = NOON // DAY * DAY
    assert [interval_h(market, c, midnight + hour * HOUR) for hour in (0, 8, 15.9, 16, 20, 24)] == [8, 8, 8, 4, 4, 8]
    paid = funding_history(market, c, midnight, midnight + DAY)
    assert [((f.at - midnight) / HOUR, f.interval_h) for f in paid] == [(8, 8), (16, 8), (20, 4), (24, 4)]
    timetable = Timetable(1, None)
    world = Prices(1, timetable)
    assert by_symbol(world, "bybit")["BTCUSDT"].interval_h == 8
    timetable.trigger(Happening("interval", "bybit", NOON - 1, "BTCUSDT", "4"))
    assert by_symbol(world, "bybit")["BTCUSDT"].interval_h == 4
    assert by_symbol(world, "bybit")["BTCUSDT"].next_funding_at == paid_at(NOON, 4)
    assert by_symbol(world, "bybit", NOON - 60)["BTCUSDT"].interval_h == 8


def test_intervals_differ_between_contracts():
    hours = {slug: {c.usual_interval_h for c in every_contract(slug) if c.kind == "perp"} for slug in EXCHANGES}
    assert all({4, 8} <= found for found in hours.values())
    assert any(1 in found for found in hours.values())


def test_a_dated_contract_meets_its_index_at_the_end(market):
    c = next(c for c in contracts("binance", NOON) if c.symbol == "BTCUSDT_261225")
    basis = [by_symbol(market, "binance", float(c.expiry - ahead))[c.symbol].basis for ahead in (80 * DAY, 40 * DAY, DAY, 60)]
    assert basis == sorted(basis, reverse=True)
    assert 0.003 < basis[0] < 0.03
    assert basis[-1] < 1e-5
    assert c.symbol not in by_symbol(market, "binance", float(c.expiry))
