"""The transport against servers that misbehave: every row of the transport faults, the deadline, the caps, the address guard."""

import datetime as dt
import gzip
import os
import socket
import ssl
import threading
import time
import tracemalloc
import zlib

import httpcore
import httpx
import pytest

from exchanges import transport
from exchanges.adapter import Request
from exchanges.errors import ExchangeError, Garbled, Refused, Unreachable
from exchanges.transport import Deadlines, Transport
from tests.exchanges.rough import Connection, answering, free_port, http, saying, serving, silent

HOST = "api.toy.example"
QUICK = Deadlines(connect=0.5, first_byte=0.3, whole=0.6, bulk=0.8, cycle=1.0)
PUBLIC = "93.184.216.34"


@pytest.fixture
def ask():
    """ask(server or address, ...) -> Reply, through a transport that is closed afterwards."""
    made = []

    def get(server, path="/list", params=(), *, deadlines=None, whole_s=None, cap=transport.CAP):
        made.append(Transport(upstream=getattr(server, "upstream", server), deadlines=deadlines or Deadlines()))
        return made[-1].get(Request(HOST, path, params), [HOST], whole_s=whole_s, cap=cap)

    yield get
    for one in made:
        one.close()


def outcome_of(call, *args, **kwargs):
    """(outcome, seconds it took) of a call that must fail with the tree's own error."""
    start = time.monotonic()
    with pytest.raises(ExchangeError) as caught:
        call(*args, **kwargs)
    return caught.value.outcome, time.monotonic() - start


# --- A good answer --------------------------------------------------------------------------------------------------
def test_a_reply_carries_everything_that_is_known_of_it(ask):
    before = dt.datetime.now(dt.UTC)
    with serving(answering(http(b'{"a": 1}', "200 OK", "X-Used: 7", "Content-Type: application/json"))) as server:
        reply = ask(server, "/api/v1/list", (("category", "spot"), ("q", "币 a&b")))
    assert (reply.status, reply.body, reply.wire, reply.headers["x-used"]) == (200, b'{"a": 1}', 8, "7")
    assert before <= reply.requested_at <= reply.received_at <= dt.datetime.now(dt.UTC)
    assert 0 <= reply.ms < 2000
    head = server.requests[0].decode()
    assert head.startswith(f"GET /{HOST}/api/v1/list?category=spot&q=%E5%B8%81%20a%26b HTTP/1.1\r\n") or "q=%E5%B8%81+a%26b " in head
    assert "accept-encoding: gzip, deflate\r\n" in head.lower()


@pytest.mark.parametrize("status", ["204 No Content", "400 Bad Request", "403 Forbidden", "418 Teapot", "429 Slow", "451 No", "500 Oops", "503 Busy"])
def test_a_status_is_handed_on_and_judged_elsewhere(ask, status):
    with serving(answering(http(b"" if status.startswith("204") else b"text", status))) as server:
        assert ask(server).status == int(status[:3])


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", lambda b: zlib.compress(b, wbits=-15)), ("identity", bytes)],
)
def test_content_encodings_are_undone(ask, encoding, encode):
    body = b'[{"symbol": "BTC-USDT", "price": "65000.1"}]' * 20_000  # more than one step, and more than one read
    with serving(answering(http(encode(body), "200 OK", f"Content-Encoding: {encoding}"))) as server:
        assert ask(server).body == body


def test_cookies_are_not_kept():
    with serving(answering(http(b"1", "200 OK", "Set-Cookie: id=1; Path=/"))) as server:
        one = Transport(upstream=server.upstream)
        for _ in range(2):
            one.get(Request(HOST, "/list"), [HOST])
        one.close()
    assert len(server.requests) == 2
    assert not any(b"cookie" in head.lower() for head in server.requests)


# --- T1, T2: nobody there -------------------------------------------------------------------------------------------
def test_t1_connection_refused(ask):
    outcome, took = outcome_of(ask, f"http://127.0.0.1:{free_port()}")
    assert outcome == "refused"
    assert took < 1


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_t2_dns_failure(monkeypatch, error):
    def look_up(*args, **kwargs):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert outcome_of(Transport().get, Request(HOST, "/"), [HOST])[0] == "dns"


def test_t2_a_resolver_that_hangs_is_not_waited_for(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: release.wait(10) and [])
    outcome, took = outcome_of(Transport(deadlines=QUICK).get, Request(HOST, "/"), [HOST])
    release.set()
    assert outcome == "dns"
    assert took < QUICK.connect + 0.3


@pytest.mark.parametrize(("host", "found"), [("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"])])
def test_t2_an_address_is_looked_up_nowhere_however_slow_the_machine(monkeypatch, host, found):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("looked up"))
    monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail("a thread"))
    assert transport._resolve(host, 443, None) == found


# --- T3: TLS --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def authority():
    return Authority()


class Authority:
    """A certificate authority of this test alone."""

    def __init__(self):
        self.key, self.name = _key(), _name("Toy CA")
        self.certificate = _certificate(self.name, self.name, self.key, self.key, [], authority=True)

    def context(self, tmp_path, host, *, days=(-1, 1), by=None):
        """A server's TLS configuration with a certificate for `host`, signed by this authority or by itself."""
        from cryptography.hazmat.primitives import serialization as ser

        key = _key()
        issuer, signer = (self.name, self.key) if by is None else (_name(host), key)
        certificate = _certificate(_name(host), issuer, key, signer, [host], days=days)
        path = tmp_path / "server.pem"
        path.write_bytes(
            key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()) + certificate.public_bytes(ser.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def trusted(self):
        """What the client trusts: this authority, with everything else as the product has it."""
        from cryptography.hazmat.primitives.serialization import Encoding

        context = httpx.create_ssl_context(trust_env=False)
        context.load_verify_locations(cadata=self.certificate.public_bytes(Encoding.PEM).decode())
        return context


def _key():
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _name(text):
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, key, signer, hosts, *, days=(-1, 1), authority=False):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now + dt.timedelta(days[0])).not_valid_after(now + dt.timedelta(days[1]))
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    # Python 3.13 verifies strictly: a certificate names its own key and the one that signed it.
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    if authority:
        off = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **off), critical=True)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
    return builder.sign(signer, hashes.SHA256())


@pytest.fixture
def internet(monkeypatch, authority):
    """internet(port): names resolve to a public address, which is dialled on loopback. Returns what was looked up and dialled."""
    seen = []

    def wire(port, addresses=(PUBLIC,)):
        def look_up(host, wanted, **kwargs):
            seen.append(("look up", host, wanted))
            return [(socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, wanted)) for a in addresses]

        def dial(address, timeout, **kwargs):
            seen.append(("dial", *address))
            sock = socket.socket()
            try:
                sock.settimeout(timeout)
                sock.connect(("127.0.0.1", port))
            except OSError:
                sock.close()
                raise
            return sock

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket, "create_connection", dial)
        monkeypatch.setattr(transport, "tls", authority.trusted)
        return seen

    return wire


def test_https_connects_to_the_checked_address_and_keeps_the_name_for_tls(tmp_path, authority, internet):
    names = []
    context = authority.context(tmp_path, HOST)
    context.sni_callback = lambda sock, name, ctx: names.append(name)
    with serving(answering(http(b"[1]")), lambda sock: context.wrap_socket(sock, server_side=True)) as server:
        seen = internet(server.port)
        one = Transport()
        assert one.get(Request(HOST, "/list"), [HOST]).body == b"[1]"
        one.close()
    assert seen == [("look up", HOST, 443), ("dial", PUBLIC, 443)]
    assert names == [HOST]
    assert server.requests[0].startswith(b"GET /list HTTP/1.1\r\nHost: " + HOST.encode())


@pytest.mark.parametrize(
    "case", [({"days": (-9, -2)}, HOST, "expired"), ({"by": "itself"}, HOST, "self-signed"), ({}, "other.example", "mismatch")], ids=lambda case: case[2]
)
def test_t3_a_bad_certificate_is_refused_with_its_reason(tmp_path, authority, internet, case):
    wrong, host, reason = case
    context = authority.context(tmp_path, host, **wrong)
    with serving(answering(http()), lambda sock: context.wrap_socket(sock, server_side=True)) as server:
        internet(server.port)
        with pytest.raises(Unreachable) as caught:
            Transport().get(Request(HOST, "/list"), [HOST])
    assert caught.value.outcome == "tls"
    assert reason in caught.value.detail.lower().replace("self signed", "self-signed")
    assert server.requests == []


def test_t3_silence_in_the_tls_handshake_ends_with_the_connect_deadline(internet):
    with serving(silent) as server:
        internet(server.port)
        outcome, took = outcome_of(Transport(deadlines=QUICK).get, Request(HOST, "/"), [HOST])
    assert outcome == "connect_timeout"
    assert took < QUICK.connect + 0.3


# --- T4, T5: time ---------------------------------------------------------------------------------------------------
def test_t4_no_first_byte(ask):
    with serving(silent) as server:
        outcome, took = outcome_of(ask, server, deadlines=QUICK)
    assert outcome == "first_byte_timeout"
    assert QUICK.first_byte - 0.05 < took < QUICK.first_byte + 0.3


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-", b""], ids=["body", "headers", "status line"])
def test_t5_a_drip_is_cut_at_the_total_deadline(ask, start):
    def drip(connection):
        while not connection.server.stop.wait(0.05):
            connection.send(b"H" if not start else b"1")

    with serving(saying(start, then=drip)) as server:
        outcome, took = outcome_of(ask, server, deadlines=QUICK)
    assert outcome == "deadline"
    assert QUICK.whole - 0.05 < took < QUICK.whole + 0.3


def test_the_whole_deadline_may_be_given_per_call(ask):
    with serving(silent) as server:
        outcome, took = outcome_of(ask, server, deadlines=QUICK, whole_s=0.15)
    assert outcome == "deadline"
    assert took < 0.15 + 0.2


def test_connect_timeout(monkeypatch):
    def hang(address, timeout=None, **kwargs):
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", hang)
    assert outcome_of(Transport(upstream="http://127.0.0.1:1").get, Request(HOST, "/"), [HOST])[0] == "connect_timeout"


# --- T6 - T11: bodies -----------------------------------------------------------------------------------------------
def test_t6_reset_in_mid_body(ask):
    with serving(saying(http(b"x" * 999)[:-500], then=Connection.reset)) as server:
        assert outcome_of(ask, server)[0] in ("reset",)


@pytest.mark.parametrize(
    "data",
    [http(b"x" * 99)[:-50], b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"HTTP/1.1 200 OK\r\nContent-"],
    ids=["length", "chunks", "headers"],
)
def test_t7_truncated(ask, data):
    with serving(saying(data)) as server:
        assert outcome_of(ask, server)[0] == "truncated"


def test_t8_a_body_that_only_ends_with_the_connection_is_left_to_the_parser(ask):
    with serving(saying(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{"half": ')) as server:
        assert ask(server).body == b'[{"half": '


def _traced(call):
    tracemalloc.start()
    try:
        call()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_t9_a_bomb_is_stopped_while_inflating(ask, encoding):
    squeeze = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    bomb = b"".join(squeeze.compress(b"\0" * 1024 * 1024) for _ in range(300)) + squeeze.flush()
    assert len(bomb) < 320_000
    with serving(answering(http(bomb, "200 OK", f"Content-Encoding: {encoding}"))) as server:
        peak = _traced(lambda: outcome_of(ask, server))
        assert outcome_of(ask, server)[0] == "too_large"
    assert peak < 2 * transport.CAP


def test_a_low_ratio_still_stops_at_the_cap(ask):
    body = gzip.compress(os.urandom(400_000))
    with serving(answering(http(body, "200 OK", "Content-Encoding: gzip"))) as server:
        assert outcome_of(ask, server, cap=300_000)[0] == "too_large"
        assert len(ask(server, cap=500_000).body) == 400_000


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_t10_a_giant_body_is_dropped_at_the_cap(ask, head):
    sent = []

    def pour(connection):
        block = b"x" * 65536
        while not connection.server.stop.is_set():
            connection.send(block if b"Length" in head else b"10000\r\n" + block + b"\r\n")
            sent.append(len(block))

    with serving(saying(head, then=pour)) as server:
        peak = _traced(lambda: sent.append(outcome_of(ask, server, cap=2_000_000)[0]))
    assert "too_large" in sent
    assert sum(n for n in sent if n != "too_large") < 20_000_000  # the connection was dropped, not drained
    assert peak < 6_000_000


GOOD_GZIP = gzip.compress(b"[1, 2, 3]" * 100)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"not gzip at all"),
        ("gzip", GOOD_GZIP[:-12]),
        ("gzip", GOOD_GZIP[:-8] + b"\0" * 8),
        ("gzip", GOOD_GZIP + b"and more"),
        ("br", b"[1]"),
        ("gzip, gzip", GOOD_GZIP),
        ("deflate", b"\xff\xfe\xfd"),
    ],
    ids=["no gzip", "cut short", "wrong checksum", "more behind it", "another coding", "twice", "no deflate"],
)
def test_t11_broken_or_unknown_compression(ask, encoding, body):
    with serving(answering(http(body, "200 OK", f"Content-Encoding: {encoding}"))) as server:
        assert outcome_of(ask, server)[0] == "decode"


@pytest.mark.parametrize(
    "data", [http(b"garbled", "429 Slow down", "Content-Encoding: gzip"), http(b"x", "429 No", "Content-Encoding: br"), http(b"xyz", "429 Cut")[:-1]]
)
def test_a_refusal_stays_a_refusal_however_its_body_arrives(ask, data):
    with serving(saying(data)) as server:
        assert ask(server).status == 429


# --- T12 - T15 ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_t12_redirects_are_not_followed(ask, status):
    with serving(answering(http())) as other, serving(answering(http(b"", status, f"Location: {other.upstream}/x"))) as server:
        assert outcome_of(ask, server)[0] == "redirect_blocked"
    assert len(server.requests) == 1
    assert other.connections == 0


def test_t13_a_connection_the_peer_closed_is_a_reset_and_the_next_call_opens_a_new_one():
    """The race itself: the request leaves on the old connection at the moment the peer closes it."""

    def handler(connection):
        connection.request()
        connection.send(http(b"1"))
        if connection.number == 1:
            connection.request()  # and hang up without an answer
        else:
            connection.request()

    with serving(handler) as server:
        one = Transport(upstream=server.upstream)
        assert one.get(Request(HOST, "/"), [HOST]).body == b"1"
        assert outcome_of(one.get, Request(HOST, "/"), [HOST])[0] == "reset"
        assert one.get(Request(HOST, "/"), [HOST]).body == b"1"
        one.close()
    assert server.connections == 2


def test_t14_a_header_block_of_200_kb(ask):
    with serving(answering(http(b"[]", "200 OK", *(f"X-{n}: {'y' * 1000}" for n in range(200))))) as server:
        assert outcome_of(ask, server)[0] == "too_large"


def test_t14_headers_up_to_the_cap_are_read(ask):
    with serving(answering(http(b"[]", "200 OK", *(f"X-{n}: {'y' * 1000}" for n in range(60))))) as server:
        assert ask(server).headers["x-59"] == "y" * 1000


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"\0\1\2\3\r\n\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
def test_t14_garbage_is_typed_and_the_next_call_opens_a_new_connection(data):
    def handler(connection):
        connection.request()
        connection.send(data if connection.number == 1 else http(b"1"))
        connection.server.stop.wait(5)

    with serving(handler) as server:
        one = Transport(upstream=server.upstream)
        with pytest.raises(Garbled) as caught:
            one.get(Request(HOST, "/"), [HOST])
        assert caught.value.outcome == "decode"
        assert one.get(Request(HOST, "/"), [HOST]).body == b"1"
        one.close()
    assert server.connections == 2


def test_t15_the_environment_names_no_proxy(ask, monkeypatch):
    with serving(answering(http(b"proxy"))) as proxy, serving(answering(http(b"direct"))) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.upstream)
            monkeypatch.setenv(name.lower(), proxy.upstream)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert ask(server).body == b"direct"
    assert proxy.connections == 0


def test_a_named_proxy_gets_a_tunnel_and_never_the_request(tmp_path, authority, internet):
    context = authority.context(tmp_path, HOST)

    def tunnel(connection):
        connection.request()
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with context.wrap_socket(connection.sock, server_side=True) as connection.sock:
            connection.request()
            connection.send(http(b"[7]"))

    with serving(tunnel) as proxy:
        seen = internet(proxy.port, ["10.1.2.3"])  # a proxy inside the house is the operator's own choice
        one = Transport(proxy="http://me:secret@proxy.house:3128")
        assert one.get(Request(HOST, "/list"), [HOST]).body == b"[7]"
        one.close()
    assert seen[0] == ("look up", "proxy.house", 3128)
    assert proxy.requests[0].startswith(f"CONNECT {HOST}:443 ".encode())
    assert b"secret" not in b"".join(proxy.requests)
    assert b"proxy-authorization" not in proxy.requests[1].lower()


# --- The address guard ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.1", "127.0.0.1", "2130706433", "0x7f.1", "[::1]", "::1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "user@api.toy.example", "api.toy.example:8080", "api.toy.example/x", "API.toy.example", "api.toy.example.", "", "a..b",
        "api.toy.example\r\nX: y", "evil.example",
    ],
)  # fmt: skip
def test_only_plain_names_of_the_list_may_be_asked(host):
    allowed = [HOST] if host == "evil.example" else [HOST, host]
    with pytest.raises(Refused) as caught:
        Transport().get(Request(host, "/"), allowed)
    assert caught.value.outcome == "address_blocked"


INSIDE = """0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.168.1.1 192.88.99.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:10::1
2002:7f00:1:: 2002:808:808::1 3fff::1 fc00::1 fd00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_a_name_that_leads_inside_is_refused_at_connect(internet, address):
    for answer in ([address], [PUBLIC, address]):  # one bad address among good ones is enough
        seen = internet(1, answer)
        with pytest.raises(Refused) as caught:
            Transport().get(Request(HOST, "/"), [HOST])
        assert caught.value.outcome == "address_blocked"
    assert not [entry for entry in seen if entry[0] == "dial"]


def test_ipv4_is_tried_first_and_the_next_address_after_a_failure(monkeypatch, internet):
    seen = internet(free_port(), ["2606:4700::1111", PUBLIC, "1.1.1.1"])
    assert outcome_of(Transport().get, Request(HOST, "/"), [HOST])[0] == "refused"
    assert [entry[1] for entry in seen if entry[0] == "dial"] == [PUBLIC, "1.1.1.1", "2606:4700::1111"]


@pytest.mark.parametrize(
    "upstream",
    ["http://10.0.0.1:1", "http://example.com", "https://127.0.0.1:1", "http://user@127.0.0.1:1", "http://127.0.0.1:1/path", "http://127.0.0.1.evil.example", "ftp://127.0.0.1"],
)
def test_an_upstream_that_is_not_this_machine_is_refused(upstream):
    with pytest.raises(ValueError, match="this machine"):
        Transport(upstream=upstream)


def test_an_upstream_name_that_leads_elsewhere_is_refused(internet):
    seen = internet(1, [PUBLIC])
    assert outcome_of(Transport(upstream="http://localhost:9").get, Request(HOST, "/"), [HOST])[0] == "address_blocked"
    assert not [entry for entry in seen if entry[0] == "dial"]


def test_a_socks_proxy_is_refused():
    with pytest.raises(ValueError, match="http"):
        Transport(proxy="socks5://127.0.0.1:1")


@pytest.mark.parametrize("request_", [Request(HOST, "no-slash"), Request(HOST, "/\0"), Request(HOST, "/", (("cursor", "\ud800"),))])
def test_a_request_that_makes_no_address_is_an_outcome(request_):
    with pytest.raises(Refused):
        Transport(upstream="http://127.0.0.1:1").get(request_, [HOST])


# --- Connections ----------------------------------------------------------------------------------------------------
def test_connections_are_reused_for_all_hosts_of_an_upstream():
    with serving(answering(http(b"1"))) as server:
        one = Transport(upstream=server.upstream)
        for n in range(50):
            one.get(Request(HOST, f"/{n}"), [HOST])
        one.close()
    assert len(server.requests) == 50
    assert server.connections == 1


def test_forgetting_a_host_closes_its_idle_connections():
    gone = threading.Event()

    def handler(connection):
        while connection.request():
            connection.send(http(b"1"))
        gone.set()

    with serving(handler) as server:
        one = Transport(upstream=server.upstream)
        one.get(Request(HOST, "/"), [HOST])
        one.forget(HOST)
        assert gone.wait(5)
        assert one.get(Request(HOST, "/"), [HOST]).status == 200
        one.close()
    assert server.connections == 2


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_makes_its_own_connections():
    with serving(answering(http(b"1"))) as server:
        one = Transport(upstream=server.upstream)
        one.get(Request(HOST, "/parent"), [HOST])
        child = os.fork()
        if not child:
            status = 1
            try:
                status = int(one.get(Request(HOST, "/child"), [HOST]).body)
            finally:
                os._exit(0 if status == 1 else 2)
        assert os.waitpid(child, 0)[1] == 0
        one.get(Request(HOST, "/parent"), [HOST])
        one.close()
    assert len(server.requests) == 3
    assert server.connections == 2


def test_threads_share_a_transport_without_sharing_a_clock():
    def handler(connection):
        while head := connection.request():
            if b"slow" in head:
                connection.server.stop.wait(10)
            connection.send(http(b"1"))

    with serving(handler) as server:
        one = Transport(upstream=server.upstream, deadlines=QUICK)
        slow = threading.Thread(target=lambda: outcome_of(one.get, Request(HOST, "/slow"), [HOST]))
        slow.start()
        assert [one.get(Request(HOST, "/quick"), [HOST]).status for _ in range(20)] == [200] * 20
        slow.join(5)
        one.close()


def test_the_http_library_still_has_the_attribute_we_set():
    """httpx offers no public way to a network backend; when this fails after an upgrade, look at Transport._make."""
    assert isinstance(httpx.HTTPTransport()._pool, httpcore.ConnectionPool)
    client = Transport()._client()
    backend = client._transport._pool._network_backend
    assert isinstance(backend, transport._Backend)
    client.close()


def test_errors_never_carry_a_proxy_password(internet):
    internet(free_port(), ["10.1.2.3"])
    with pytest.raises(ExchangeError) as caught:
        Transport(proxy="http://me:canary@proxy.house:3128").get(Request(HOST, "/"), [HOST])
    assert "canary" not in str(caught.value)
