"""Where a webhook may lead: refused at save, and again at connect, whatever a name has been made to answer (U10, U11)."""

import socket

import pytest
from django.core.exceptions import ValidationError

from exchanges import guard, transport
from exchanges.errors import Refused, Unreachable
from exchanges.transport import Deadlines, Webhook
from markets.models import Channel

QUICK = Deadlines(connect=0.5, first_byte=0.5, whole=1.0)
GOOD = ("https://hook.example/", "https://hook.example:443/a/b?c=d", "https://xn--bcher-kva.example/x", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/x")
REFUSED = (
    "http://hook.example/", "https://localhost/", "https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://user@hook.example/", "https://user:word@hook.example/",
    "https://@hook.example/", "https://hook.example:8443/", "https://hook.example:80/", "https://hook.example/#x", "https://10.0.0.1/", "https://0.0.0.0/",
    "https://127.0.0.1/", "https://intranet/", "https://hook.example./", "https://hook.example\\@127.0.0.1/", "https://hook.example/a b", "https://hook.example/\n",
    "https://hook.example:port/", "https://[::1/", "https:///path", "https://bücher.example/", "ftp://hook.example/", "file:///etc/passwd",
    "javascript:alert(1)", "//hook.example/", "hook.example", "", "http://127.0.0.1:8000/", "http://[::1]:8000/",
)  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_public_https_may_be_named(db, url):
    guard.check_webhook(url)
    Channel(kind="webhook", address=url).clean()


@pytest.mark.parametrize("url", REFUSED)
def test_u10_u11_everything_else_is_refused_at_save_and_at_connect(db, url):
    with pytest.raises(ValidationError) as caught:
        Channel(kind="webhook", address=url).clean()
    assert list(caught.value.message_dict) == ["address"]
    with pytest.raises(Refused) as refused:
        Webhook(url)
    assert refused.value.outcome == "address_blocked"


def test_the_test_flag_opens_loopback_and_nothing_else():
    for url in ("http://127.0.0.1:8000/x", "http://[::1]:8000/"):
        guard.check_webhook(url, loopback=True)
    for url in ("http://localhost/", "http://10.0.0.1/", "http://hook.example/", "https://127.0.0.1/", "http://u@127.0.0.1/"):
        with pytest.raises(Refused):
            guard.check_webhook(url, loopback=True)
    found = Webhook("http://127.0.0.1:1/", loopback=True, deadlines=QUICK)
    with pytest.raises(Unreachable):
        found.post(b"{}", {}, whole_s=1.0)
    found.close()


HOME = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "fe80::1", "100.64.0.1")


@pytest.mark.parametrize("address", HOME)
def test_u11_a_name_that_leads_home_is_refused_at_connect(monkeypatch, address):
    _answers(monkeypatch, ["93.184.216.34", address])  # one bad address is enough
    with pytest.raises(Refused) as caught:
        Webhook("https://hook.example/", deadlines=QUICK).post(b"{}", {}, whole_s=1.0)
    assert caught.value.outcome == "address_blocked"


def test_u10_a_name_is_resolved_once_and_the_checked_address_connected_to(monkeypatch):
    """DNS that answers well when it is checked and badly when it is used has no second chance."""
    asked = _answers(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    reached = []

    def connect(self, host, port, *args):
        reached.append((host, port))
        raise transport.httpcore.ConnectError("no network here")

    monkeypatch.setattr(transport.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(Unreachable):
        Webhook("https://hook.example/", deadlines=QUICK).post(b"{}", {}, whole_s=1.0)
    assert (asked, reached) == ([("hook.example", 443)], [("93.184.216.34", 443)])


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    asked = _answers(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Refused):
        Webhook("https://hook.example/", deadlines=QUICK).post(b"{}", {}, whole_s=1.0)
    assert asked == [("hook.example", 443)]


def _answers(monkeypatch, *answers):
    """Let DNS answer with these addresses, the last again and again. Returns what it was asked."""
    asked = []

    def look_up(host, port, **_):
        asked.append((host, port))
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", ["nobody", "a@b@example.org", "a@example.org\nBcc: b@example.org", "<a@example.org>", "a@localhost\r\n", ""])
def test_an_address_that_is_no_mail_address_is_refused(address):
    with pytest.raises(ValidationError) as caught:
        Channel(kind="email", address=address).clean()
    assert list(caught.value.message_dict) == ["address"]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("quiet_to", {"quiet_from": "22:00"}), ("quiet_to", {"quiet_from": "22:00", "quiet_to": "22:00"}), ("time_zone", {"time_zone": "Mars/Crater"}),
        ("time_zone", {"time_zone": "../../etc/passwd"}), ("time_zone", {"time_zone": ""}), ("kinds", {"kinds": ["weather"]}), ("kinds", {"kinds": "incident"}),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_kept_is_refused(db, field, more):
    with pytest.raises(ValidationError) as caught:
        Channel(kind="email", address="a@example.org", **more).clean()
    assert list(caught.value.message_dict) == [field]
