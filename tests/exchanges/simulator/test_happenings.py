"""What happens while the world runs: listed, renamed, gone, closed, announced; of itself by the timetable, or when told to."""

import json

import pytest

from exchanges.simulator.events import KINDS, Happening, Timetable
from exchanges.simulator.prices import Prices
from exchanges.simulator.server import running
from exchanges.simulator.universe import universe
from exchanges.simulator.writers import WRITERS, Scene

from .conftest import EXCHANGES, INSTRUMENTS, TICKERS, rows_of

START = 1_795_000_000.0
MINUTE = 60


@pytest.fixture
def world():
    return Prices(1, Timetable(1, START))


def symbols(prices, slug, t, source="instruments"):
    """The ids on the wire of an instant."""
    body = getattr(WRITERS[slug], source)(Scene(slug, prices, t, t), {"category": "spot"} if slug == "bybit" else {}).body
    fields = WRITERS[slug].FIELDS
    return {row[fields.symbol if source == "tickers" else fields.instrument_symbol] for row in rows_of(json.loads(body))}


def happenings(prices, kind):
    return [row for row in prices.timetable.told() if row["kind"] == kind]


def test_the_timetable_is_the_same_for_the_same_seed_and_start():
    assert Timetable(1, START).told() == Timetable(1, START).told()
    assert Timetable(1, START).told() != Timetable(2, START).told()
    assert Timetable(1, None).told() == []
    assert {row["kind"] for row in Timetable(1, START).told()} >= {"list", "list_perp", "delist", "rename", "network", "maintenance"}


def test_within_half_an_hour_something_of_every_kind_has_happened(world):
    soon = [row for row in world.timetable.told() if row["at"] <= START + 30 * MINUTE]
    assert {row["kind"] for row in soon} >= {"list", "list_perp", "delist", "rename", "network", "maintenance"}
    assert all(START <= row["said_at"] < row["at"] for row in soon)


def test_a_new_coin_opens_on_one_exchange_first_and_then_on_others(world):
    code = happenings(world, "list")[0]["code"]
    opens = sorted((row["at"], row["slug"]) for row in happenings(world, "list") if row["code"] == code)
    assert len({at for at, _ in opens}) == len(opens) >= 2
    for moment, known in ((opens[0][0] - 1, 0), (opens[0][0], 1), (opens[1][0], 2)):
        places = [slug for slug in EXCHANGES if any(m.base == code and m.status == "trading" for m in world.timetable.markets(slug, moment))]
        assert len(places) == known
    (_, first), (_, second) = opens[:2]
    t = opens[-1][0] + 60
    prices = [next(q for q in world.quotes(slug, t) if q.market.base == code) for slug in (first, second)]
    assert prices[0].last == pytest.approx(prices[1].last, rel=0.02)
    assert all(0 < q.bid < q.ask for q in prices)
    assert {m.listed_at for m in world.timetable.markets(first, t) if m.base == code} == {int(opens[0][0])}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_instruments_and_tickers_know_the_same_markets_at_any_time(world, slug):
    for t in (START, START + 11 * MINUTE, START + 29 * MINUTE, START + 20 * 3_600):
        listed = symbols(world, slug, t)
        assert listed == symbols(world, slug, t, "tickers")
        assert listed == {m.symbol for m in world.timetable.markets(slug, t)}


def test_what_was_listed_before_is_not_touched(world):
    calm = Prices(1)
    for slug in EXCHANGES:
        changed = world.timetable.changed(slug, START + 20 * 3_600)
        before = {q.market.symbol: q for q in calm.quotes(slug, START + 20 * 3_600)}
        after = {q.market.symbol: q for q in world.quotes(slug, START + 20 * 3_600)}
        assert changed
        assert all(after[symbol] == q for symbol, q in before.items() if symbol not in changed)


def test_a_coin_that_goes_is_marked_and_then_gone(world):
    for row in happenings(world, "delist")[:6]:
        slug, code = row["slug"], row["code"]
        if any(other["code"] == code for other in happenings(world, "rename")):
            continue
        before, said, gone = ([m for m in world.timetable.markets(slug, t) if m.base == code] for t in (START, row["said_at"], row["at"]))
        assert before
        assert not any(m.ending for m in before)
        assert all(m.ending and m.ends_at == int(row["at"]) for m in said)
        assert all(m.status == "delisted" for m in gone) if slug == "binance" else not gone


def test_a_rename_keeps_the_id_on_one_exchange_and_makes_a_new_one_elsewhere(world):
    row = next(row for row in happenings(world, "rename") if row["slug"] == "kucoin")
    t = row["at"]
    kept = next(m for m in world.timetable.markets("kucoin", t) if m.symbol == f"{row['code']}-USDT")
    assert kept.base == row["to"]
    moved = {m.symbol: m for m in world.timetable.markets("gateio", t)}
    assert f"{row['code']}_USDT" not in moved
    assert moved[f"{row['to']}_USDT"].asset is kept.asset
    last = {slug: next(q.last for q in world.quotes(slug, t) if q.market.base == row["to"]) for slug in ("kucoin", "gateio")}
    assert last["kucoin"] == pytest.approx(last["gateio"], rel=0.02)


def test_a_network_closes_and_opens_again_for_every_coin_on_it(world):
    row = next(row for row in happenings(world, "network") if row["to"] == "both")
    scenes = [Scene(row["slug"], world, t, t) for t in (row["at"] - 1, row["at"], row["until"])]
    known = {c.code for scene in scenes[:1] for c in scene.currencies()}
    states = [[(n.deposit, n.withdraw) for c in s.currencies() if c.code in known for n in c.networks if n.chain == row["chain"]] for s in scenes]
    assert set(states[1]) == {(False, False)}
    assert states[0] == states[2]
    assert states[0].count((True, True)) > 0.8 * len(states[0])
    other = next(slug for slug in EXCHANGES if slug != row["slug"])
    assert any(n.deposit for c in Scene(other, world, row["at"], row["at"]).currencies() for n in c.networks if n.chain == row["chain"])


def test_announcements_come_before_what_they_announce_newest_first(world):
    for slug in EXCHANGES:
        notices = world.timetable.announcements(slug, START)
        assert len(notices) > 10
        assert len({n.number for n in notices}) == len(notices)
        assert [n.said_at for n in notices] == sorted((n.said_at for n in notices), reverse=True)
        assert {n.kind for n in notices} >= {"listing", "delisting", "maintenance", "other"}
    row = happenings(world, "list")[0]
    before, after = ([n for n in world.timetable.announcements(row["slug"], row["said_at"] + d) if row["code"] in n.codes] for d in (-1, 0))
    assert before == []
    assert [(n.kind, n.starts_at) for n in after] == [("listing", row["at"])]


def test_maintenance_is_announced_runs_and_ends(world):
    row = happenings(world, "maintenance")[0]
    windows = [world.timetable.maintenance(row["slug"], t) for t in (row["said_at"] - 1, row["said_at"], row["at"], row["until"])]
    assert [len(found) for found in windows] == [0, 1, 1, 0]
    assert (windows[1][0].starts_at, windows[1][0].ends_at) == (row["at"], row["until"])


def test_a_perpetual_opens_on_a_new_coin(world):
    row = happenings(world, "list_perp")[0]
    before, after = (Scene(row["slug"], world, t, t) for t in (row["at"] - 1, row["at"]))
    assert not any(c.index_coin == row["code"] for c in before.contracts())
    quote = next(q for q in after.contract_quotes() if q.contract.index_coin == row["code"])
    assert quote.contract.listed_at == int(row["at"])
    assert 0 < quote.bid < quote.ask
    assert after.contract(quote.contract.symbol) is quote.contract


def test_every_kind_is_known_and_may_be_triggered():
    timetable = Timetable(1, None)
    for kind in KINDS:
        timetable.trigger(Happening(kind, "kucoin", START, "BTC", "4", "ethereum", said_at=START))
    assert len(timetable.told()) == len(KINDS)
    timetable.forget()
    assert timetable.told() == []
    assert timetable.markets("kucoin", START) == universe().markets["kucoin"]


# --- Over the wire ------------------------------------------------------------------------------------------------
def listed(client, slug):
    fields = WRITERS[slug].FIELDS
    return {row[fields.instrument_symbol]: row for row in rows_of(client.json(INSTRUMENTS[slug]), "instruments")}


def quoted(client, slug):
    return {row[WRITERS[slug].FIELDS.symbol] for row in rows_of(client.json(TICKERS[slug]))}


@pytest.mark.parametrize("slug", EXCHANGES)
def test_control_lists_a_coin_at_once_and_reset_takes_it_back(simulator, client, slug):
    before = listed(client, slug)
    simulator.control(**{slug: {"list": "NEWCOIN"}})
    (symbol,) = listed(client, slug).keys() - before.keys()
    assert symbol.startswith("NEWCOIN")
    assert symbol in quoted(client, slug)
    simulator.control(reset=True)
    assert listed(client, slug).keys() == before.keys()


def test_control_announces_what_comes_later(simulator, client):
    simulator.control(kucoin={"list": {"code": "LATER", "in_s": 3_600}})
    assert listed(client, "kucoin")["LATER-USDT"]["enableTrading"] is False
    simulator.control(clock={"offset_s": 3_601})
    assert listed(client, "kucoin")["LATER-USDT"]["enableTrading"] is True
    assert [row["kind"] for row in simulator.state()["happenings"]] == ["list"]


def test_control_delists_renames_and_closes(simulator, client):
    simulator.control(kucoin={"delist": "NEAR", "rename": {"code": "APT", "to": "APTX"}}, bybit={"delist": ["NEAR", "APT"]}, binance={"delist": "NEAR"})
    kucoin = listed(client, "kucoin")
    assert "NEAR-USDT" not in kucoin
    assert kucoin["APT-USDT"]["baseCurrency"] == "APTX"
    assert not {"NEARUSDT", "APTUSDT"} & listed(client, "bybit").keys()
    assert listed(client, "binance")["NEARUSDT"]["status"] == "BREAK"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"delist": "NOBODY"}, "does not list"), ({"list": "BTC"}, "already"), ({"rename": {"code": "BTC"}}, "new code"), ({"network": {}}, "chain"),
        ({"interval": {"code": "XBTUSDTM", "to": "3"}}, "interval"), ({"list": {"code": "X", "when": 3}}, "when"), ({"list_perp": "BTC"}, "already"),
    ],
)  # fmt: skip
def test_what_cannot_happen_is_refused_and_changes_nothing(simulator, wish, said):
    with pytest.raises(ValueError, match=said):
        simulator.control(kucoin=wish | {"latency_ms": 50})
    state = simulator.state()
    assert state["happenings"] == []
    assert state["exchanges"]["kucoin"]["latency_ms"] == 0


def test_a_running_simulator_has_no_timetable_unless_it_is_wanted():
    with running(planned=True) as simulator:
        assert len(simulator.state()["happenings"]) > 100
    with running() as simulator:
        assert simulator.state()["happenings"] == []
