"""Every source that any adapter declares, asked of the simulator through the real client: nothing dropped, nothing unread."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from exchanges.adapter import Ask, Credentials
from exchanges.adapters import ADAPTERS
from exchanges.budgets import Budgets
from exchanges.client import ExchangeClient
from exchanges.simulator import copying
from exchanges.simulator.derivatives import contract_quotes, contracts
from exchanges.simulator.options import option_quotes
from exchanges.simulator.prices import Prices
from exchanges.simulator.writers import WRITERS
from exchanges.state import MemoryLimits
from exchanges.transport import Transport

from .conftest import EXCHANGES

CATALOGUES = {"instruments": "spot", "perp_instruments": "perp", "option_instruments": "option"}
SWEPT = [(slug, name) for slug in EXCHANGES for name, source in ADAPTERS[slug].sources.items() if source.markets is None]
SINGLE = [(slug, name) for slug in EXCHANGES for name, source in ADAPTERS[slug].sources.items() if source.markets is not None]
FIELDS = ("bid", "bid_size", "ask", "ask_size", "last", "mark_price", "index_price", "open_interest", "base_volume_24h", "quote_volume_24h")
FEWEST = {"time": 1, "status": 0, "announcements": 5, "perp_tickers": 200, "perp_instruments": 200, "funding": 200, "instruments": 500, "tickers": 500}


@pytest.fixture
def ask(simulator):
    """ask(slug, source, ...) -> an outcome. The exchanges forgive every pace, and waiting for our own budgets takes no time."""
    simulator.control(**{slug: {"limits": False} for slug in EXCHANGES})
    made, clock = [], [1_000.0]

    def pause(seconds):
        clock[0] += seconds

    def fetch(slug, name, **options):
        made.append(Transport(upstream=simulator.url))
        keys = Credentials(copying.KEY, copying.SECRET, copying.PASSPHRASE)
        client = ExchangeClient(ADAPTERS[slug], made[-1], MemoryLimits(clock=lambda: clock[0]), budget_per_minute=100_000, credentials=keys, pause=pause)
        return client.fetch(name, **options)

    yield fetch
    for transport in made:
        transport.close()


@pytest.mark.parametrize("slug", [slug for slug in EXCHANGES if slug != "bybit"])  # its public answers carry the header only sometimes, here never
def test_p15_what_every_exchange_says_of_its_limits_reaches_its_buckets(simulator, slug):
    """By whatever headers it says it: what is left stands in the bucket that was paid from."""
    adapter, limits = ADAPTERS[slug], MemoryLimits()
    transport = Transport(upstream=simulator.url)
    assert ExchangeClient(adapter, transport, limits).fetch("tickers").good
    transport.close()
    budgets, part = Budgets(adapter, adapter.budget), adapter.tickers.parts[0]
    heard = [limits._states[charge.key].heard_left for charge in budgets.charges(part, part.request)[1:]]
    units = [pool.units for pool in adapter.pools if pool.name in part.cost]
    assert any(0 < left < most for left, most in zip(heard, units, strict=True))


def known(ask, slug, source):
    """What the units of a source need."""
    return {row.symbol: row for name in source.known for row in ask(slug, name).rows}


def worst(outcome):
    return outcome.outcome, outcome.dropped, outcome.bad_fields, outcome.detail


def without_a_value(rows):
    """The fields that no row has."""
    names = [name for name in rows[0].__struct_fields__ if name != "bad"]
    return {name for name in names if all(getattr(row, name) is None for row in rows)}


@pytest.mark.parametrize(("slug", "name"), SWEPT)
def test_a_whole_source_is_read_to_the_last_row(ask, slug, name):
    source = ADAPTERS[slug].source(name)
    outcome = ask(slug, name, instruments=known(ask, slug, source))
    assert worst(outcome) == ("ok", 0, 0, "")
    assert len(outcome.rows) >= FEWEST.get(name, 1)
    keys = Counter(tuple(getattr(row, key) for key in row.KEY) for row in outcome.rows)
    assert not keys or keys.most_common(1)[0][1] == 1


def chosen(ask, slug, source):
    """A few markets of each kind that the source can be asked about: best known, bundled, inverse, dated, options."""
    markets = [row for name in CATALOGUES if ADAPTERS[slug].source(name) for row in ask(slug, name).rows if row.status == "trading" and source.fitting(row)]
    kinds = {}
    for market in markets:
        kinds.setdefault((market.kind, market.inverse, market.settle, market.base[:1].isdigit(), market.tokenised), []).append(market)
    return [market for found in kinds.values() for market in found[:2]]


@pytest.mark.parametrize(("slug", "name"), SINGLE)
def test_a_single_market_is_read_whichever_kind_it_is(ask, slug, name):
    source, now = ADAPTERS[slug].source(name), datetime.now(UTC)
    markets = chosen(ask, slug, source)
    assert markets
    for market in markets:
        for part in source.fitting(market)[:1]:
            for period in sorted(part.periods) or [3_600]:
                start = now - (timedelta(days=3) if name == "funding_history" else timedelta(seconds=period * 20))
                outcome = ask(slug, name, ask=Ask(market, period, start, now))
                assert worst(outcome) == ("ok", 0, 0, ""), (market.symbol, period)
                assert outcome.rows or (name, market.tokenised) == ("index_members", True), (market.symbol, period)
                assert {row.symbol for row in outcome.rows} == {market.symbol} or not outcome.rows


# --- What is read is what the world holds: units, sides, kinds ------------------------------------------------------
@pytest.fixture
def still(simulator, ask):
    """(exchange -> the instant its snapshots show, the world of the simulator): time stands still."""
    simulator.control(clock={"pace": 0}, **{slug: {"limits": False} for slug in EXCHANGES})
    now = simulator.state()["now"]
    return {slug: now // WRITERS[slug].SNAPSHOT_S * WRITERS[slug].SNAPSHOT_S for slug in EXCHANGES}, Prices(1)


def differences(row, truth, half=0.0):
    """The fields of a row that are not what they should be: one per cent off, or there where nothing is.

    Sizes are whole contracts on the wire: `half` of one, in coins, may be missing or too much.
    """
    wrong = {}
    for name, value in truth.items():
        read = getattr(row, name) or None  # a size of nothing at a side that is not there
        if (read is None) != (value is None) or (value is not None and abs(float(read) - value) > 0.01 * abs(value) + (half if name in WHOLE else 0) + 1e-12):
            wrong[name] = (read, value)
    return wrong


WHOLE = ("bid_size", "ask_size", "open_interest", "base_volume_24h")


def half_a_contract(q):
    """Of a linear contract, in units of its code; of an inverse one, in coins at the mark price."""
    return q.contract.contract_size / (q.mark if q.contract.inverse else 1) / 2


def contract_truth(q, fields):
    truth = {
        "bid": q.bid, "bid_size": q.bid_size, "ask": q.ask, "ask_size": q.ask_size, "last": q.last, "mark_price": q.mark, "index_price": q.index,
        "open_interest": q.open_interest, "base_volume_24h": q.volume, "quote_volume_24h": q.quote_volume, "high_24h": q.high, "low_24h": q.low,
    }  # fmt: skip
    return {name: value for name, value in truth.items() if name in fields}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_contract_is_read_in_the_units_of_the_world(ask, still, slug):
    instants, world = still
    source = ADAPTERS[slug].perp_tickers
    rows = {row.symbol: row for row in ask(slug, "perp_tickers", instruments=known(ask, slug, source)).rows}
    quotes = {name: q for q in contract_quotes(world, slug, instants[slug]) for name in (q.contract.symbol, q.contract.alias)}
    assert len(rows.keys() & quotes.keys()) == len({q.contract.symbol for q in quotes.values()})
    assert len(rows.keys() - quotes.keys()) <= 1, "one may be shown that has not opened yet"
    silent = without_a_value(list(rows.values()))
    assert silent <= {"open_interest", "change_24h_pct", "exchange_ts"}, "a field that no row has"
    fields = set(FIELDS) - silent
    found = {symbol: differences(rows[symbol], contract_truth(q, fields), half_a_contract(q)) for symbol, q in quotes.items() if symbol in rows}
    wrong = {symbol: differing for symbol, differing in found.items() if differing}
    assert wrong == {}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_funding_rate_is_the_worlds(ask, still, slug):
    instants, world = still
    source = ADAPTERS[slug].funding
    rows = {row.symbol: row for row in ask(slug, "funding", instruments=known(ask, slug, source)).rows}
    quotes = {name: q for q in contract_quotes(world, slug, instants[slug]) for name in (q.contract.symbol, q.contract.alias)}
    assert len(rows) >= sum(c.kind == "perp" for c in contracts(slug, instants[slug]))
    for symbol, row in rows.items():
        q = quotes[symbol]
        if q.contract.kind == "future":
            assert row.rate is None, symbol
            continue
        assert float(row.rate) == pytest.approx(q.funding_rate, abs=2e-6), symbol
        assert row.interval_hours == q.interval_h, symbol
        assert row.next_funding_at.timestamp() == q.next_funding_at, symbol


@pytest.mark.parametrize("slug", [slug for slug in EXCHANGES if ADAPTERS[slug].option_tickers])
def test_every_option_is_read_in_the_units_of_the_world(ask, still, slug):
    instants, world = still
    source = ADAPTERS[slug].option_tickers
    rows = {row.symbol: row for row in ask(slug, "option_tickers", instruments=known(ask, slug, source)).rows}
    quotes = {q.option.symbol: q for q in option_quotes(world, slug, instants[slug])}
    assert rows.keys() == quotes.keys()
    silent, wrong = without_a_value(list(rows.values())), {}
    for symbol, row in rows.items():
        q = quotes[symbol]
        truth = {
            "bid": q.bid, "ask": q.ask, "bid_size": q.bid_size, "ask_size": q.ask_size, "mark_iv": q.mark_iv, "open_interest": q.open_interest,
            "underlying_price": q.underlying_price,
        }  # fmt: skip
        if abs(q.delta) > 0.1:
            truth |= {"delta": q.delta, "mark_price": q.mark}
        if found := differences(row, {name: value for name, value in truth.items() if name not in silent}):
            wrong[symbol] = found
    assert wrong == {}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_the_top_of_every_kind_of_book_is_the_quote(ask, still, slug):
    instants, world = still
    source, t = ADAPTERS[slug].book, instants[slug]
    for market in chosen(ask, slug, source):
        (row,) = ask(slug, "book", ask=Ask(market)).rows
        if market.kind == "spot":
            q = next(q for q in world.quotes(slug, t) if q.market.symbol == market.symbol)
        elif market.kind == "option":
            q = next(q for q in option_quotes(world, slug, t) if q.option.symbol == market.symbol)
        else:
            q = next(q for q in contract_quotes(world, slug, t) if market.symbol in (q.contract.symbol, q.contract.alias))
        best = {"bid": row.bids[0] if row.bids else (None, None), "ask": row.asks[0] if row.asks else (None, None)}
        for side, (price, size) in best.items():
            for read, value in ((price, getattr(q, side)), (size, getattr(q, f"{side}_size"))):
                assert (read is None) == (value is None), market.symbol
                assert read is None or float(read) == pytest.approx(value, rel=0.01), (market.symbol, side)
        assert max(len(row.bids), len(row.asks)) >= 10
