"""How a request finds its answer: addresses with words, hosts that differ, pools of limits, snapshots, faults by endpoint."""

import pytest

from exchanges.adapter import SOURCE_NAMES
from exchanges.simulator import limits, served, server
from exchanges.simulator.limits import Limiter
from exchanges.simulator.prices import Prices
from exchanges.simulator.writers import WRITERS, Limit, Reply, Route, Scene, find

from .conftest import EXCHANGES, rows_of

MEMBERS = "/api.gateio.ws/api/v4/futures/usdt/index_constituents/BTC_USDT"
ADDRESS = "/api/v4/futures/{settle}/index_constituents/{index}"


def test_words_in_braces_are_read_from_the_path():
    route, address, words = find("gateio", "api.gateio.ws", "/api/v4/futures/usdt/index_constituents/BTC_USDT")
    assert (route.source, address, words) == ("index_members", ADDRESS, {"settle": "usdt", "index": "BTC_USDT"})
    for path in ("/api/v4/futures/usdt/index_constituents/", "/api/v4/futures/usdt/index_constituents/BTC/USDT", "/api/v4/nothing"):
        assert find("gateio", "api.gateio.ws", path)[0].name == ""


def test_one_path_may_mean_two_things_on_two_hosts(monkeypatch):
    routes = WRITERS["kucoin"].ROUTES | {"/api/v1/same": Route("status", 3, "spot"), "api-futures.kucoin.com/api/v1/same": Route("status", 4, "futures")}
    monkeypatch.setattr(WRITERS["kucoin"], "ROUTES", routes)
    assert find("kucoin", "api.kucoin.com", "/api/v1/same")[0].name == "spot"
    assert find("kucoin", "api-futures.kucoin.com", "/api/v1/same")[0].name == "futures"


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_route_names_a_source_and_a_function(slug):
    for address, route in WRITERS[slug].ROUTES.items():
        assert route.source in (*SOURCE_NAMES, "other"), address
        assert callable(getattr(WRITERS[slug], route.name)), address
        assert route.pool in {limit.pool for limit in WRITERS[slug].LIMITS} | {""}, address


def test_a_writer_is_told_what_was_asked(simulator, client, monkeypatch):
    seen = []

    def constituents(scene, query):
        seen.append((scene, dict(query)))
        return Reply(b"[]")

    monkeypatch.setattr(WRITERS["gateio"], "constituents", constituents)
    assert client.get(f"{MEMBERS}?a=1&b=%7B2%7D", {"X-Gate-Size-Decimal": "1"})[0] == 200
    ((scene, query),) = seen
    assert (scene.host, scene.path, scene.method) == ("api.gateio.ws", "/api/v4/futures/usdt/index_constituents/BTC_USDT", "GET")
    assert scene.target == "/api/v4/futures/usdt/index_constituents/BTC_USDT?a=1&b=%7B2%7D", "as it was sent: signatures cover it"
    assert scene.headers["x-gate-size-decimal"] == "1"
    assert query == {"a": "1", "b": "{2}", "settle": "usdt", "index": "BTC_USDT"}


def test_pools_are_counted_apart_and_one_without_a_name_counts_all(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.0)
    limiter = Limiter((Limit(5, 60, pool="futures"), Limit(9, 60, pool=""), Limit(2, 60, per_endpoint=True, pool="slow"), Limit(7, 60)))
    assert limiter.take("/a", 5, "futures").left == 0
    assert not limiter.take("/a", 1, "futures").ok
    assert limiter.take("/b", 1).left == 8
    assert limiter.take("/c", 1, "slow").ok
    assert not limiter.take("/d", 1).ok, "the address has had its seven"


def test_a_per_market_endpoint_is_one_endpoint(simulator, client):
    """Gate.io counts by endpoint, not by what stands in the path."""
    left = [int(client.get(MEMBERS.replace("BTC_USDT", name))[1]["x-gate-ratelimit-requests-remain"]) for name in ("BTC_USDT", "ETH_USDT")]
    assert left[0] - left[1] == 1


def test_replies_that_depend_on_a_header_are_kept_apart(simulator, client, monkeypatch):
    monkeypatch.setattr(WRITERS["gateio"], "VARY", ("x-test",), raising=False)
    monkeypatch.setattr(WRITERS["gateio"], "constituents", lambda scene, query: Reply(scene.headers.get("x-test", "none").encode()))
    simulator.control(clock={"offset_s": 4_000})
    assert [client.get(MEMBERS, headers)[2] for headers in ({}, {"X-Test": "one"}, {"X-Test": "two"}, {})] == [b"none", b"one", b"two", b"none"]


def test_what_was_built_is_kept_only_so_far(monkeypatch):
    monkeypatch.setattr(server, "KEPT", 3)
    world = server.Simulator(planned=False)
    monkeypatch.setattr(WRITERS["gateio"], "constituents", lambda scene, query: Reply(query["index"].encode()))
    stage = world.scenario.stages["gateio"]
    for n in range(10):
        route, address, words = find("gateio", "api.gateio.ws", f"/api/v4/futures/usdt/index_constituents/X{n}")
        request = server.Request("GET", f"/api.gateio.ws/x{n}", f"/api.gateio.ws/x{n}", {}, {}, b"")
        call = server._Call(stage, "api.gateio.ws", f"/x{n}", address, words, route, request, [])
        assert world._reply(call, 1_795_000_000.5)[0].body == f"X{n}".encode()
    assert len(world._built) == 3


# --- Faults by endpoint ---------------------------------------------------------------------------------------------
def test_a_fault_may_strike_any_source_by_name(simulator, client):
    simulator.control(gateio={"fault": {"name": "P5", "endpoint": "index_members"}, "latency_ms": {"candles": 20}})
    assert client.get(MEMBERS)[0] == 503
    assert client.get("/api.gateio.ws/api/v4/spot/time")[0] == 200


@pytest.mark.parametrize("spec", [{"name": "P5", "endpoint": "nothing"}, {"name": "value", "endpoint": "book"}, {"name": "halt", "endpoint": "perp_tickers"}])
def test_an_endpoint_that_cannot_be_struck_is_refused(simulator, spec):
    with pytest.raises(ValueError, match="no endpoint"):
        simulator.control(gateio={"fault": spec})


def test_one_address_may_serve_several_sources(simulator, client):
    simulator.control(bybit={"fault": {"name": "P5", "endpoint": "perp_tickers"}})
    at = "/api.bybit.com/v5/market/tickers?category="
    assert [client.get(at + category)[0] for category in ("spot", "linear", "inverse", "option&baseCoin=BTC")] == [200, 503, 503, 200]
    simulator.control(bybit={"fault": {"name": "halve", "endpoint": "tickers"}})
    assert [len(rows_of(client.json(at + category))) > 250 for category in ("spot", "linear")] == [True, True]


def test_pages_that_never_end(simulator, client, monkeypatch):
    pages = []
    monkeypatch.setattr(WRITERS["gateio"], "constituents", lambda scene, query: pages.append(query.get("offset")) or Reply(b"[]"))
    client.get(f"{MEMBERS}?offset=100")
    simulator.control(gateio={"fault": "P14"})
    client.get(f"{MEMBERS}?offset=200")
    assert pages == ["100", None]


# --- The scene ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", EXCHANGES)
def test_a_scene_finds_things_by_their_symbols(slug):
    scene = Scene(slug, Prices(1), 1_795_000_000.0, 1_795_000_000.0)
    market, contract = scene.markets()[0], scene.contracts()[0]
    assert scene.market(market.symbol) is market
    assert scene.contract(contract.symbol) is contract
    assert (scene.market("NOPE"), scene.contract("NOPE"), scene.contract(""), scene.option("NOPE")) == (None, None, None, None)
    if scene.options():
        assert scene.option(scene.options()[3].symbol) is scene.options()[3]
    assert len(scene.book(market, 5)[0]) == 5
    assert len(scene.candles(contract, 60, scene.t - 240, scene.t)) == 4
    assert [q.contract for q in scene.contract_quotes()] == scene.contracts()
    assert [q.option for q in scene.option_quotes()] == list(scene.options())
    assert scene.funding_history(contract, scene.t - 86_400, scene.t + 86_400)[-1].at <= scene.t


def test_the_documentation_lists_every_address():
    """`python -m exchanges.simulator.served` writes the tables anew."""
    text = served.DOCS.read_text()
    assert served.filled(text) == text
