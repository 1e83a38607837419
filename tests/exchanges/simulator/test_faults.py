"""Every fault does at the socket what its row says, on every exchange where that differs."""

import gzip
import http.client
import json
import socket
import time
import zlib
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from exchanges.simulator.faults import REPLY_FAULTS, ROW_FAULTS, ROWS, SCENE_FAULTS
from exchanges.simulator.sockets import SOCKET_FAULTS
from exchanges.simulator.writers import WRITERS

from .conftest import EXCHANGES, INSTRUMENTS, TICKERS, TIMES, rows_of

FIELDS = {slug: writer.FIELDS for slug, writer in WRITERS.items()}
ONE = {"binance": "BTCUSDT", "kucoin": "BTC-USDT", "bybit": "BTCUSDT", "gateio": "BTC_USDT", "bitget": "BTCUSDT"}


def raw(port, path, headers=""):
    """A socket that has sent one request."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=5)
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
    return sock


def everything(sock):
    """All bytes until the other side closes."""
    data = b""
    while part := sock.recv(1 << 20):
        data += part
    return data


def not_a_number(name):
    """JSON has no NaN, though Python's decoder takes it."""
    raise ValueError(name)


def row(client, slug, symbol=None):
    rows = {row[FIELDS[slug].symbol]: row for row in rows_of(client.json(TICKERS[slug]))}
    return rows[symbol or ONE[slug]]


# --- Transport --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["T1", "refused"])
def test_refused_resets_before_any_answer(simulator, name):
    simulator.control(kucoin={"fault": name})
    with raw(simulator.port, TICKERS["kucoin"]) as sock, pytest.raises(ConnectionResetError):
        everything(sock)


def test_hang_is_silent_and_leaves_the_others_alone(simulator, client):
    simulator.control(kucoin={"fault": "hang"})
    with raw(simulator.port, TICKERS["kucoin"]) as sock:
        assert client.get(TICKERS["bybit"])[0] == 200
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_drip_sends_byte_by_byte(simulator):
    simulator.control(kucoin={"fault": {"name": "drip", "every_s": 0.01}})
    with raw(simulator.port, TICKERS["kucoin"]) as sock:
        data = b""
        while b"\r\n\r\n" not in data:
            data += sock.recv(65_536)
        parts = [sock.recv(1_000) for _ in range(5)]
    assert all(len(part) <= 3 for part in parts)


def test_reset_comes_in_mid_body(simulator):
    simulator.control(kucoin={"fault": {"name": "reset", "bytes": 100}})
    with raw(simulator.port, TICKERS["kucoin"]) as sock:
        got = sock.recv(65_536)
        with pytest.raises(ConnectionResetError):
            while part := sock.recv(65_536):
                got += part
    assert got.partition(b"\r\n\r\n")[2].startswith(b'{"code":"200000"')


@pytest.mark.parametrize("chunked", [False, True])
def test_truncated_ends_before_its_promise(simulator, chunked):
    simulator.control(gateio={"fault": {"name": "truncated", "chunked": chunked}})
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=5)
    connection.request("GET", TICKERS["gateio"])
    answer = connection.getresponse()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


def test_cut_looks_like_a_success_to_the_transport(simulator, client):
    simulator.control(gateio={"fault": "T8"})
    status, headers, body = client.get(TICKERS["gateio"])
    assert status == 200
    assert "content-length" not in headers
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_gzip_bomb_grows_a_thousandfold(simulator):
    simulator.control(bybit={"fault": {"name": "gzip_bomb", "megabytes": 20}})
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=5)
    connection.request("GET", TICKERS["bybit"])
    answer = connection.getresponse()
    packed = answer.read()
    connection.close()
    assert answer.getheader("content-encoding") == "gzip"
    assert len(zlib.decompress(packed, 31)) == 20 << 20
    assert len(packed) < 30_000


@pytest.mark.parametrize("endless", [False, True])
def test_giant_does_not_end_soon(simulator, endless):
    simulator.control(bybit={"fault": {"name": "giant", "endless": endless}})
    with raw(simulator.port, TICKERS["bybit"]) as sock:
        got = 0
        while got < 3_000_000:
            got += len(sock.recv(1 << 20))


@pytest.mark.parametrize("plain", [False, True])
def test_broken_gzip_cannot_be_unpacked(simulator, client, plain):
    simulator.control(bitget={"fault": {"name": "T11", "plain": plain}})
    _, headers, body = client.get(TICKERS["bitget"])
    assert headers["content-encoding"] == "gzip"
    with pytest.raises((OSError, zlib.error, EOFError)):
        gzip.decompress(body)


@pytest.mark.parametrize(("status", "to"), [(301, "http://169.254.169.254/"), (302, "https://example.org/"), (307, TICKERS["bitget"])])
def test_redirect_points_elsewhere(simulator, client, status, to):
    simulator.control(bitget={"fault": {"name": "redirect", "status": status, "to": to}})
    got, headers, _ = client.get(TICKERS["bitget"])
    assert (got, headers["location"]) == (status, to)


def test_idle_close_answers_once_per_connection(simulator, client):
    simulator.control(kucoin={"fault": "T13"})
    assert client.get(TIMES["kucoin"])[0] == 200
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        client.get(TIMES["kucoin"])
    client.close()
    assert client.get(TIMES["kucoin"])[0] == 200


def test_huge_headers_and_garbage_status_line(simulator):
    simulator.control(kucoin={"fault": "T14"}, bybit={"fault": "bad_status_line"})
    with raw(simulator.port, TIMES["kucoin"]) as sock:
        assert len(everything(sock).partition(b"\r\n\r\n")[0]) > 200_000
    with raw(simulator.port, TIMES["bybit"]) as sock:
        assert not everything(sock).startswith(b"HTTP")


def test_latency_of_an_exchange_and_of_one_source(simulator, client):
    def took(path):
        start = time.monotonic()
        client.get(path)
        return time.monotonic() - start

    simulator.control(kucoin={"latency_ms": {"tickers": 150}}, bybit={"fault": {"name": "T16", "ms": 150}})
    assert took(TICKERS["kucoin"]) >= 0.15
    assert took(TIMES["kucoin"]) < 0.15
    assert took(TIMES["bybit"]) >= 0.15


# --- Protocol ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", EXCHANGES)
def test_throttle_speaks_as_the_exchange_does(simulator, client, slug):
    simulator.control(**{slug: {"fault": {"name": "P1", "after": 7}}})
    status, headers, body = client.get(TICKERS[slug])
    assert (status, headers["retry-after"]) == (429, "7")
    assert body


@pytest.mark.parametrize("after", ["0", "-1", "1000000000", "abc"])
def test_throttle_says_what_it_is_told(simulator, client, after):
    simulator.control(kucoin={"fault": {"name": "P2", "after": after}})
    assert client.get(TICKERS["kucoin"])[1]["retry-after"] == after


def test_throttle_without_a_wait_and_with_a_date(simulator, client):
    simulator.control(kucoin={"fault": "P2"}, gateio={"fault": {"name": "P1", "after": 90, "date": True}})
    assert "retry-after" not in client.get(TICKERS["kucoin"])[1]
    until = parsedate_to_datetime(client.get(TICKERS["gateio"])[1]["retry-after"])
    assert 85 < until.timestamp() - time.time() < 95


def test_ban_names_its_end(simulator, client):
    simulator.control(binance={"fault": {"name": "P3", "for_s": 600}})
    status, headers, body = client.get(TICKERS["binance"])
    until = int("".join(filter(str.isdigit, json.loads(body)["msg"]))) / 1_000
    assert (status, headers["retry-after"]) == (418, "600")
    assert 590 < until - time.time() < 610


@pytest.mark.parametrize(
    ("variant", "status", "piece"), [("a", 451, b"restricted location"), ("b", 403, b"<html>"), ("c", 403, b"access too frequent"), ("d", 403, b"")]
)
def test_blocked_in_four_ways(simulator, client, variant, status, piece):
    simulator.control(bybit={"fault": {"name": "P4", "variant": variant}})
    got, _, body = client.get(TICKERS["bybit"])
    assert got == status
    assert piece in body
    assert bool(body) == bool(piece)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 530])
def test_server_errors(simulator, client, status):
    simulator.control(bybit={"fault": {"name": "P5", "status": status}})
    assert client.get(TICKERS["bybit"])[0] == status


@pytest.mark.parametrize("slug", EXCHANGES)
def test_error_envelope_comes_with_200(simulator, client, slug):
    simulator.control(**{slug: {"fault": "P6"}})
    status, _, body = client.get(TICKERS[slug])
    assert status == 200
    assert str(next(value for key, value in json.loads(body).items() if key in ("code", "retCode", "label"))) not in ("0", "00000", "200000")


def test_html_and_wrong_type(simulator, client):
    simulator.control(kucoin={"fault": "P7"}, gateio={"fault": {"name": "P7", "only_type": True}})
    assert client.get(TICKERS["kucoin"])[2].startswith(b"<!DOCTYPE html>")
    _, headers, body = client.get(TICKERS["gateio"])
    assert headers["content-type"].startswith("text/html")
    assert len(json.loads(body)) > 2_000


@pytest.mark.parametrize("value", ["", "null", "[]", '"text"', "42"])
def test_bodies_that_are_no_list(simulator, client, value):
    simulator.control(gateio={"fault": {"name": "P8", "value": value}})
    assert client.get(TICKERS["gateio"])[2] == value.encode()


@pytest.mark.parametrize(("what", "sign"), [("nan", b":NaN"), ("bom", b"\xef\xbb\xbf"), ("latin1", b"\xe9"), ("trailing", b" garbage"), ("two", None)])
@pytest.mark.parametrize("slug", ["kucoin", "gateio"])
def test_json_that_is_not(simulator, client, slug, what, sign):
    simulator.control(**{slug: {"fault": {"name": "P9", "what": what}}})
    body = client.get(TICKERS[slug])[2]
    assert sign is None or sign in body
    with pytest.raises(ValueError, match=r"."):
        json.loads(body.decode("utf-8"), parse_constant=not_a_number)


def test_deep_nesting_and_duplicate_keys(simulator, client):
    simulator.control(kucoin={"fault": "P10"}, gateio={"fault": "P11"})
    assert client.get(TICKERS["kucoin"])[2] == b"[" * 100_000 + b"]" * 100_000
    body = client.get(TICKERS["gateio"])[2]
    assert body.count(b'"highest_bid"') > body.count(b'"currency_pair"')


@pytest.mark.parametrize(("what", "sign"), [("surrogate", rb"\ud800"), ("nul", rb"\u0000"), ("long_integer", b":" + b"9" * 5_000), ("overflow", b":1e999")])
def test_text_and_numbers_nobody_can_store(simulator, client, what, sign):
    simulator.control(bitget={"fault": {"name": "P12", "what": what}})
    body = client.get(TICKERS["bitget"])[2]
    assert 5 < body.count(sign) < 40


@pytest.mark.parametrize("slug", EXCHANGES)
def test_fields_change_their_name_type_and_number(simulator, client, slug):
    bid = FIELDS[slug].bid
    simulator.control(**{slug: {"fault": "P13"}})
    assert bid not in row(client, slug)
    assert f"{bid}V2" in row(client, slug)
    simulator.control(**{slug: {"fault": {"name": "P13", "how": "numbers"}}})
    assert isinstance(row(client, slug)[bid], float | int)
    simulator.control(**{slug: {"fault": {"name": "P13", "how": "missing", "rows": 0.05}}})
    assert sum(bid not in each for each in rows_of(client.json(TICKERS[slug]))) > 10
    simulator.control(**{slug: {"fault": {"name": "P13", "how": "extra"}}})
    assert "brandNew" in row(client, slug)


def test_limit_headers_run_low(simulator, client):
    simulator.control(binance={"fault": "P15"}, kucoin={"fault": {"name": "P15", "used": 0.99}})
    assert client.get(TICKERS["binance"])[1]["x-mbx-used-weight-1m"] == "5400"
    assert client.get(TICKERS["kucoin"])[1]["gw-ratelimit-remaining"] == "20"


# --- Data -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", EXCHANGES)
@pytest.mark.parametrize("value", ["0", "", "-1", "NaN", None, True, -0.0])
def test_a_price_is_whatever_it_is_told(simulator, client, slug, value):
    simulator.control(**{slug: {"fault": {"name": "D1", "value": value, "symbols": [ONE[slug]], "fields": ["bid"]}}})
    assert row(client, slug)[FIELDS[slug].bid] == value
    assert float(row(client, slug)[FIELDS[slug].ask]) > 0


def test_a_number_as_raw_text_and_with_too_many_digits(simulator, client):
    simulator.control(kucoin={"fault": {"name": "D2", "raw": "1e999999", "fields": ["ask"]}}, bybit={"fault": "D3"})
    assert b'"sell":1e999999' in client.get(TICKERS["kucoin"])[2]
    assert len(row(client, "bybit")["bid1Price"].replace(".", "")) > 20


@pytest.mark.parametrize("slug", EXCHANGES)
def test_books_cross_lock_and_lose_a_side(simulator, client, slug):
    f = FIELDS[slug]
    simulator.control(**{slug: {"fault": "D4"}})
    crossed = row(client, slug)  # one reply: the next may be of the next second
    assert float(crossed[f.bid]) > float(crossed[f.ask])
    simulator.control(**{slug: {"fault": {"name": "D4", "locked": True}}})
    locked = row(client, slug)
    assert locked[f.bid] == locked[f.ask]
    simulator.control(**{slug: {"fault": {"name": "D5", "side": "ask"}}})
    empty = row(client, slug)
    assert empty[f.ask] is None and float(empty[f.bid]) > 0


@pytest.mark.parametrize("slug", EXCHANGES)
def test_one_exchange_is_off_by_a_factor_or_one_market_at_a_price(simulator, client, slug):
    f, honest = FIELDS[slug], row(client, slug)
    simulator.control(**{slug: {"fault": {"name": "D6", "factor": 10}}})
    assert float(row(client, slug)[f.bid]) / float(honest[f.bid]) == pytest.approx(10, rel=0.01)
    simulator.control(**{slug: {"fault": {"name": "price", "set": 98765, "symbols": [ONE[slug]]}}})
    assert float(row(client, slug)[f.last]) == 98765  # what nothing else costs
    others = [float(each[f.last]) for each in rows_of(client.json(TICKERS[slug])) if each[f.last] and each[f.symbol] != ONE[slug]]
    assert 98765 not in others
    simulator.control(**{slug: {"fault": {"name": "D10", "symbols": [ONE[slug]]}}})
    assert float(row(client, slug)[f.bid]) / float(honest[f.bid]) == pytest.approx(110, rel=0.01)


@pytest.mark.parametrize("slug", EXCHANGES)
def test_a_market_halts_or_is_gone(simulator, client, slug):
    def listed(addresses, name):
        return {each[name]: each for each in rows_of(client.json(addresses[slug]))}

    f = FIELDS[slug]
    simulator.control(**{slug: {"fault": {"name": "D9", "symbols": [ONE[slug]]}}})
    instruments = listed(INSTRUMENTS, f.instrument_symbol)
    assert ONE[slug] not in instruments if f.halted is None else instruments[ONE[slug]][f.status] == f.halted
    simulator.control(**{slug: {"fault": {"name": "vanish", "symbols": [ONE[slug]]}}})
    assert ONE[slug] not in listed(TICKERS, f.symbol)
    assert ONE[slug] not in listed(INSTRUMENTS, f.instrument_symbol)


CLOCKS = {
    "binance": lambda headers, document: document[0]["closeTime"] / 1e3,
    "kucoin": lambda headers, document: document["data"]["time"] / 1e3,
    "bybit": lambda headers, document: document["time"] / 1e3,
    "gateio": lambda headers, document: int(headers["x-out-time"]) / 1e6,
    "bitget": lambda headers, document: document["requestTime"] / 1e3,
}


def clock(client, slug):
    _, headers, body = client.get(TICKERS[slug])
    return CLOCKS[slug](headers, json.loads(body))


@pytest.mark.parametrize("slug", EXCHANGES)
@pytest.mark.parametrize(("fault", "shift"), [({"name": "D12"}, -600), ({"name": "D13"}, 3_600), ({"name": "stamp", "shift_s": 2.5e9}, 2.5e9)])
def test_stamps_are_shifted_and_prices_are_not(simulator, client, slug, fault, shift):
    simulator.control(**{slug: {"fault": fault}})
    assert clock(client, slug) - time.time() == pytest.approx(shift, abs=5)
    assert abs(json.loads(client.get(TIMES["binance"])[2])["serverTime"] / 1e3 - time.time()) < 2


def test_stamps_jump_and_change_their_unit(simulator, client):
    simulator.control(kucoin={"fault": {"name": "D12", "shift_s": 0, "jump_s": 15}})
    simulator.control(bitget={"fault": {"name": "unit", "unit": "s"}}, gateio={"fault": {"name": "unit", "unit": "ns"}})
    assert clock(client, "kucoin") < time.time() - 10 < clock(client, "kucoin") - 15
    assert 1e9 < json.loads(client.get(TICKERS["bitget"])[2])["requestTime"] < 1e10
    assert int(client.get(TICKERS["gateio"])[1]["x-out-time"]) > 1e19


def test_a_frozen_feed_keeps_its_prices_while_its_stamp_goes_on(simulator, client):
    simulator.control(bybit={"fault": "D14"})
    before = client.json(TICKERS["bybit"])
    simulator.control(clock={"offset_s": 600})
    after = client.json(TICKERS["bybit"])
    assert after["result"] == before["result"]
    assert after["time"] - before["time"] > 590_000


@pytest.mark.parametrize(
    ("how", "proof"),
    [("overflow", lambda base, quote: base >= 1e30), ("negative", lambda base, quote: base < 0), ("swapped", lambda base, quote: base > 10_000 * quote)],
)
def test_volumes_go_mad(simulator, client, how, proof):
    simulator.control(gateio={"fault": {"name": "D16", "how": how}})
    assert proof(float(row(client, "gateio")["base_volume"]), float(row(client, "gateio")["quote_volume"]))


@pytest.mark.parametrize("slug", EXCHANGES)
def test_hostile_and_hidden_text_in_names(simulator, client, slug):
    def bases():
        return {each[FIELDS[slug].base] for each in rows_of(client.json(INSTRUMENTS[slug]))}

    simulator.control(**{slug: {"fault": "D17"}})
    assert "<img src=x onerror=alert(1)>" in bases()
    simulator.control(**{slug: {"fault": "D19"}})
    assert any("\u202e" in base for base in bases())


@pytest.mark.parametrize("slug", EXCHANGES)
def test_half_the_markets_vanish_or_five_hundred_come(simulator, client, slug):
    f = FIELDS[slug]
    count = len(rows_of(client.json(INSTRUMENTS[slug])))
    simulator.control(**{slug: {"fault": "D20"}})
    assert len(rows_of(client.json(INSTRUMENTS[slug]))) == (count + 1) // 2
    simulator.control(**{slug: {"fault": {"name": "D21", "count": 300}}})
    instruments, tickers = rows_of(client.json(INSTRUMENTS[slug])), rows_of(client.json(TICKERS[slug]))
    new = [each for each in instruments if each[f.base].startswith("FLOOD")]
    assert len(instruments) == count + 300
    assert len(new) == 300
    assert {each[f.instrument_symbol] for each in new} <= {each[f.symbol] for each in tickers}


# --- How often, and which ---------------------------------------------------------------------------------------
def test_a_fault_strikes_its_share_its_times_and_its_endpoint(simulator, client):
    simulator.control(bybit={"fault": {"name": "P5", "share": 0.25}}, kucoin={"fault": {"name": "P5", "times": 2}})
    simulator.control(gateio={"fault": {"name": "P5", "endpoint": "time"}})
    assert [client.get(TIMES["bybit"])[0] for _ in range(8)].count(503) == 2
    assert [client.get(TIMES["kucoin"])[0] for _ in range(4)] == [503, 503, 200, 200]
    assert (client.get(TIMES["gateio"])[0], client.get(TICKERS["gateio"])[0]) == (503, 200)


def test_several_faults_at_once(simulator, client):
    simulator.control(kucoin={"faults": [{"name": "D6", "factor": 2, "symbols": ["BTC-USDT"]}, {"name": "D4", "symbols": ["ETH-USDT"]}]})
    rows = {each["symbol"]: each for each in rows_of(client.json(TICKERS["kucoin"]))}
    assert float(rows["BTC-USDT"]["last"]) > 130_000
    assert float(rows["ETH-USDT"]["buy"]) > float(rows["ETH-USDT"]["sell"])


def test_every_row_has_a_fault_and_every_fault_is_documented():
    known = {*ROW_FAULTS, *REPLY_FAULTS, *SOCKET_FAULTS, *SCENE_FAULTS}
    assert {spec["name"] for spec in ROWS.values()} <= known
    text = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert [name for name in {*known, *ROWS} if f"`{name}`" not in text] == []
