"""Where Pebble's own requests may lead, as a function of a text alone; that it is asked at every connect, the tests of the transport prove."""

import pytest

from exchanges import guard
from exchanges.errors import Refused


# --- Addresses ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001:830::200e", "2606:4700::1111%eth0"])
def test_public_addresses_are_public(address):
    assert guard.is_public(address)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "169.254.169.254", "127.0.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "192.0.0.9", "192.88.99.1", "::1", "fe80::1%eth0", "fd00::1",
     "ff0e::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2001:10::1", "3fff::1", "4000::1",
     "fec0::1"],
)  # fmt: skip
def test_what_leads_inside_or_hides_another_address_is_not(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize(("host", "address"), [("10.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("10.0.0", False), ("a.example", False), ("", False)])
def test_a_host_is_an_address_or_a_name(host, address):
    assert guard.is_address(host) is address


@pytest.mark.parametrize(("address", "home"), [("127.0.0.1", True), ("127.9.0.1", True), ("::1%lo", True), ("10.0.0.1", False), ("::2", False)])
def test_this_machine_is_loopback(address, home):
    assert guard.is_loopback(address) is home


@pytest.mark.parametrize(("address", "named", "indoors"), [
    ("127.0.0.1", True, True), ("::1", True, True), ("10.1.2.3", True, True), ("192.168.0.9", True, True), ("fd00::1", True, True), ("8.8.8.8", True, False),
    ("2606:4700::1", True, False), ("fd00::1%eth0", True, True), ("169.254.169.254", False, False), ("fe80::1%eth0", False, False),
    (".".join("0000"), False, False), ("224.0.0.1", False, False), ("ff0e::1", False, False),
    ("::", False, False), ("255.255.255.255", False, False), ("::ffff:169.254.169.254", False, False), ("::ffff:10.1.2.3", True, True),
])  # fmt: skip
def test_which_addresses_an_operator_may_name(address, named, indoors):
    assert (guard.is_named(address), guard.is_indoors(address)) == (named, indoors)


# --- What is said of what is refused ------------------------------------------------------------------------------
def _refused(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert caught.value.outcome == "address_blocked"
    return str(caught.value)


def test_a_host_must_be_a_plain_name_and_of_the_list():
    guard.check_host("api.toy.example", ["other.example", "api.toy.example"])
    assert _refused(guard.check_host, "evil.example", ["api.toy.example"]) == "'evil.example' is not one of the hosts that may be asked"
    assert _refused(guard.check_host, "10.0.0.1", ["10.0.0.1"]) == "'10.0.0.1' is not one of the hosts that may be asked"
    assert _refused(guard.check_host, "b\u00fc" + "x" * 100, []) == f"'b\\xfc{'x' * 78}' is not one of the hosts that may be asked"


@pytest.mark.parametrize("url", ["https://hook.example/", "https://hook.example:443/a?b=c", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/x"])
def test_a_webhook_may_lead_to_public_https(url):
    guard.check_webhook(url)


BROKEN = "that is no address"
LETTERS = "an address is printable ASCII without spaces; write a name with other letters in its xn-- form"
LOGIN = "it must hold no user, password or fragment"
HTTPS = "it must begin with https:// and use port 443"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://[::1/", BROKEN), ("https://hook.example:port/", BROKEN), ("https://b\u00fccher.example/", LETTERS), ("https://hook.example/a b", LETTERS),
        ("https://hook.example/\x7f", LETTERS), ("https://hook.example\\@x.example/", LETTERS), ("https://user@hook.example/", LOGIN),
        ("https://user:word@hook.example/", LOGIN), ("https://:word@hook.example/", LOGIN), ("https://@hook.example/", LOGIN),
        ("https://hook.example/#x", LOGIN), ("http://hook.example/", HTTPS), ("https://hook.example:8443/", HTTPS), ("ftp://hook.example/", HTTPS),
        ("https://intranet/", "'intranet' is neither a full host name nor a public address"),
        ("https:///x", "'' is neither a full host name nor a public address"),
        ("https://10.0.0.1/", "'10.0.0.1' is neither a full host name nor a public address"),
        (f"https://{'a' * 100}/", f"'{'a' * 80}' is neither a full host name nor a public address"),
    ],
)  # fmt: skip
def test_u11_a_webhook_that_is_refused_says_what_to_write(url, why):
    assert _refused(guard.check_webhook, url) == why


def test_the_test_flag_opens_http_on_loopback_and_nothing_else():
    guard.check_webhook("http://127.0.0.1:8000/x", loopback=True)
    guard.check_webhook("http://[::1]:8000/", loopback=True)
    for url in ("http://127.0.0.1:8000/x", "http://[::1]:8000/"):
        assert _refused(guard.check_webhook, url) == HTTPS
    for url in ("http://localhost/", "http://10.0.0.1/"):
        assert _refused(guard.check_webhook, url, loopback=True) == HTTPS
    assert _refused(guard.check_webhook, "http://u@127.0.0.1/", loopback=True) == LOGIN
    assert _refused(guard.check_webhook, "https://127.0.0.1/", loopback=True).startswith("'127.0.0.1' is neither")
