"""The pages of alerts: one's own only, changed by POST with the token only, filled in from the page they concern, and every other page the same for all."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from exchanges.models import Exchange
from markets import alerts, store
from markets.models import Alert, Channel, Delivery, Firing
from markets.pages import alert_links
from markets.wires import Said
from tests.api.conftest import fresh_memory
from tests.pages.market import FIRST, SECOND

DOWN = {"kind": "down"}
SURE = {"do": "delete", "sure": "yes"}


@pytest.fixture
def ann(stored, client):
    owner = get_user_model().objects.create(username="ann")
    client.force_login(owner)
    return owner


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_without_an_account_the_page_says_what_alerts_are_and_sets_no_cookie(stored, client):
    page = client.get("/alerts/")
    assert page.status_code == 200 and not page.cookies
    assert "whom this site&#x27;s operator has invited" in text(page) or "whom this site's operator has invited" in text(page)
    assert "/accounts/login/?next=/alerts/" in page.content.decode()
    for address in ("/alerts/new/?kind=down", "/alerts/channels/", "/alerts/1/", "/alerts/read/"):
        answer = client.get(address) if "new" in address else client.post(address)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next="), address
    assert client.get("/alerts/bell/").status_code == 204


def test_no_other_page_varies_by_who_looks(ann, client):
    """The bell is a fragment of its own: a page is the same bytes for everybody, and says nothing of a cookie."""
    Firing.objects.create(alert=alerts.create(ann, alerts.Wish(alerts.condition_of(Alert(condition=DOWN))), _now()), key="x", at=_now(), subject="x", text="x")
    mine, theirs = client.get("/guide/terms/"), Client().get("/guide/terms/")
    bells = [re.search(r'<a class="square bell".*?</a>', page.content.decode(), re.S).group() for page in (mine, theirs)]
    assert bells[0] == bells[1] and "unread" not in bells[0]
    assert "Cookie" not in mine["Vary"] and not mine.cookies and mine["Cache-Control"] == theirs["Cache-Control"]
    bell = client.get("/alerts/bell/")
    assert "Alerts, 1 unread" in bell.content.decode() and "no-store" in bell["Cache-Control"]


def test_the_form_says_what_an_amount_is_counted_in_and_the_answer_what_is_waited_for(ann, client):
    price = {"kind": "price", "pair": "BTC-USDT", "level": "100", "cool_down_s": "900"}
    assert "Amount, USDT" in text(client.get("/alerts/new/", price))
    assert "Amount, BTC" in text(client.get("/alerts/new/", {**price, "unit": "base"}))
    waits = "If it is so already, that is at the next crossing."
    assert waits in text(client.post("/alerts/new/", price, follow=True))
    assert waits not in text(client.post("/alerts/new/", {**price, "soon": "true"}, follow=True))


@pytest.mark.parametrize("kind", ["price", "arbitrage", "down"])
def test_an_exchange_that_is_not_shown_is_no_choice(ann, client, kind):
    assert FIRST in client.get(f"/alerts/new/?kind={kind}").content.decode()
    Exchange.objects.filter(slug=FIRST).update(release="shadow")
    store.touch("switches")
    fresh_memory()
    page = client.get(f"/alerts/new/?kind={kind}").content.decode()
    assert FIRST not in page and SECOND in page


def _now():
    from django.utils import timezone

    return timezone.now()


@pytest.mark.parametrize(
    ("address", "kind", "says"),
    [
        ("/compare/BTC-USDT/?side=sell&amount=2&unit=base&fees=0.08&kind=perp&sort=ask", "price",
         {"pair": "BTC-USDT", "side": "sell", "amount": "2", "unit": "base", "fees": "0.08", "market": "perp"}),
        (f"/arbitrage/?min_net_pct=0.3&kind=all&exchange={FIRST},{SECOND}&base=BTC", "arbitrage",
         {"level": "0.3", "types": "cross,triangle,basis", "exchange": f"{FIRST},{SECOND}", "base": "BTC", "amount": "1000"}),
        (f"/arbitrage/BTC-USDT/?buy={FIRST}&sell={SECOND}&amount=50", "arbitrage",
         {"base": "BTC", "quote": "USDT", "buy": FIRST, "sell": SECOND, "amount": "50"}),
        ("/funding/BTC/?range=7d", "funding", {"base": "BTC"}), (f"/liquidity/BTC-USDT/?exchange={FIRST}", "spread", {"pair": "BTC-USDT", "exchange": FIRST}),
        (f"/discover/?exchange={FIRST}&what=pairs", "listing", {"exchange": FIRST, "what": "pairs"}),
        (f"/discover/?view=only&on={FIRST}", "listing", {"exchange": FIRST}), ("/status/?day=2026-11-28", "down", {}),
        ("/funding/?base=ETH", "funding", {"base": "ETH"}),
    ],
)  # fmt: skip
def test_an_alert_is_filled_in_with_what_the_page_shows(address, kind, says):
    link = urlsplit(alert_links.of_page(address))
    asked = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert link.path == "/alerts/new/" and asked.pop("kind") == kind
    assert {name: value for name, value in asked.items() if name != "types" or "types" in says} == says


@pytest.mark.parametrize("address", ["/", "/volume/", "/funding/", "/liquidity/", "/ask/", "", "/compare/"])
def test_other_pages_have_no_alert(address):
    assert alert_links.of_page(address) == ""


def test_the_form_takes_what_a_compare_page_shows_and_makes_an_alert_of_it(ann, client):
    page = client.get("/compare/BTC-USDT/?side=sell&amount=2&unit=base").content.decode()
    link = re.search(r'href="(/alerts/new/[^"]+)"', page).group(1).replace("&amp;", "&")
    form = client.get(link)
    assert 'value="BTC-USDT"' in form.content.decode() and "Now: " in text(form)
    sent = {"kind": "price", "pair": "BTC-USDT", "side": "sell", "amount": "2", "unit": "base", "level": "70000", "above": "true", "cool_down_s": "3600"}
    assert client.post("/alerts/new/", sent)["Location"] == "/alerts/"
    listed = text(client.get("/alerts/"))
    assert "The best price to sell BTC/USDT rises to 70000 USDT or above, for 2 BTC, after fees" in listed
    assert 'href="/compare/BTC-USDT/?side=sell&amp;amount=2&amp;unit=base"' in client.get("/alerts/").content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [({"level": ""}, "Give the level"), ({"level": "x"}, "a plain decimal number"), ({"pair": "NOPE-USDT", "level": "1"}, "No exchange lists NOPE-USDT"),
     ({"level": "1", "quiet_from": "22:00"}, "A quiet time needs"), ({"level": "1", "ends_at": "2020-01-01"}, "The end lies in the past")],
)
def test_a_form_that_is_wrong_says_why_and_keeps_what_was_typed(ann, client, sent, says):
    page = client.post("/alerts/new/", {"kind": "price", "pair": "BTC-USDT", "fees": "0.07", "cool_down_s": "900", **sent})
    assert page.status_code == 400 and says in text(page)
    assert 'value="0.07"' in page.content.decode() and not Alert.objects.exists()


def test_an_address_that_cannot_be_read_is_said_to_be(ann, client):
    assert client.get("/alerts/new/?kind=rain").status_code == 400
    assert client.get("/alerts/new/?kind=down&pair=BTC-USDT").status_code == 400


def test_buttons_pause_try_and_delete_ones_own_only(ann, client):
    client.post("/alerts/new/", DOWN)
    mine = Alert.objects.get()
    bob = get_user_model().objects.create(username="bob")
    theirs = Alert.objects.create(owner=bob, kind="down", condition=DOWN)
    for pressed, holds in (("pause", lambda: Alert.objects.get(pk=mine.pk).paused), ("resume", lambda: not Alert.objects.get(pk=mine.pk).paused),
                           ("test", lambda: Firing.objects.get(alert=mine).test)):
        assert client.post(f"/alerts/{mine.pk}/", {"do": pressed}).status_code == 302 and holds()
        assert client.post(f"/alerts/{theirs.pk}/", {"do": pressed}).status_code == 404
    assert client.get(f"/alerts/{mine.pk}/?do=delete").status_code == 405
    assert client.post(f"/alerts/{mine.pk}/", {"do": "burn"}).status_code == 404
    client.post("/alerts/read/")
    assert alerts.unread(ann) == 0
    asked = client.post(f"/alerts/{mine.pk}/", {"do": "delete"})
    assert asked.status_code == 200 and "Delete this alert?" in text(asked) and Alert.objects.filter(pk=mine.pk).exists()
    assert {"csrfmiddlewaretoken", "sure"} <= set(re.findall(r'<input type="hidden" name="(\w+)"', asked.content.decode()))
    assert client.post(f"/alerts/{theirs.pk}/", SURE).status_code == 404
    client.post(f"/alerts/{mine.pk}/", SURE)
    assert [alert.owner for alert in Alert.objects.all()] == [bob]


def test_a_post_without_the_token_changes_nothing(ann):
    """U7: neither a page of another site nor a link makes, changes or deletes anything."""
    http = Client(enforce_csrf_checks=True)
    http.force_login(ann)
    for address in ("/alerts/new/", "/alerts/1/", "/alerts/read/", "/alerts/channels/", "/alerts/channels/1/"):
        assert http.post(address, DOWN).status_code == 403
    assert not Alert.objects.exists()


def test_channels_are_added_confirmed_switched_and_deleted(ann, client):
    client.post("/alerts/channels/", {"kind": "email", "address": "ann@example.org"})
    client.post("/alerts/channels/", {"kind": "webhook", "address": "https://hooks.example.org/x"})
    mail, hook = Channel.objects.order_by("kind")
    assert not mail.open and "channels/confirm/" in Delivery.objects.get(channel=mail).text
    page = text(client.get("/alerts/"))
    assert "Not confirmed yet" in page and "pbw_" in page
    place = f"/alerts/channels/{hook.pk}/"
    client.post(place, {"do": "hours", "quiet_from": "22:00", "quiet_to": "07:00", "time_zone": "Europe/Berlin", "digest_min": "30"})
    client.post(place, {"do": "switch"})
    before, hook = hook.nonce, Channel.objects.get(pk=hook.pk)
    assert (hook.digest_min, hook.time_zone, hook.enabled) == (30, "Europe/Berlin", False)
    assert "Not saved" in text(client.post(place, {"do": "hours", "time_zone": "Nowhere/City"}, follow=True))
    client.post(place, {"do": "secret"})
    assert Channel.objects.get(pk=hook.pk).nonce != before
    assert "Not added" in text(client.post("/alerts/channels/", {"kind": "webhook", "address": "http://127.0.0.1/x"}, follow=True))
    asked = client.post(place, {"do": "delete"})
    assert "Webhook https://hooks.example.org/x" in text(asked) and Channel.objects.filter(pk=hook.pk).exists()
    assert text(client.post(place, SURE, follow=True)).count("Deleted.") == 1
    assert client.post(place, SURE).status_code == 404


def test_nobodys_mailbox_or_server_is_filled_from_here(ann, client, monkeypatch):
    """U11: not by asking again, nor by deleting the channel and making it anew."""
    deliveries = []
    for address in ["victim@example.org"] * 3 + ["Victim@example.org"] + [f"victim{n}@example.org" for n in range(12)]:
        client.post("/alerts/channels/", {"kind": "email", "address": address})
        channel = Channel.objects.get()
        client.post(f"/alerts/channels/{channel.pk}/", {"do": "confirm"})
        deliveries.append(Delivery.objects.filter(channel=channel).count())
        said = text(client.post(f"/alerts/channels/{channel.pk}/", {"do": "confirm"}, follow=True))
        assert f"No other link is sent to {address} now" in said
        client.post(f"/alerts/channels/{channel.pk}/", SURE)
    assert deliveries == [1, 0, 0, 0, *[1] * 9, 0, 0, 0]
    tried = []
    monkeypatch.setattr("markets.wires.send", lambda row, now: tried.append(row) or Said(True, 200, ""))
    for _ in range(7):
        client.post("/alerts/channels/", {"kind": "webhook", "address": "https://hooks.example.org/x"})
        place = f"/alerts/channels/{Channel.objects.get().pk}/"
        last = text(client.post(place, {"do": "test"}, follow=True))
        client.post(place, SURE)
    assert len(tried) == 5 and "5 tests a minute are enough" in last
