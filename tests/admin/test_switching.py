"""Release, hold, breakers and incidents in the admin: what a form refuses, what a button does, and who may press it."""

import re
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Exchange, Feed, Incident
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of

pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture
def kucoin(market):
    return Exchange.objects.get(slug="kucoin")


def form_of(exchange):
    return reverse("admin:exchanges_exchange_change", args=(exchange.pk,))


def saved(client, exchange, **changes):
    """What the page says after its form was sent with these changes; "" when it was taken."""
    page = client.get(form_of(exchange))
    answer = client.post(form_of(exchange), fields_of(page, **changes))
    return answer.content.decode() if answer.status_code == 200 else ""


def test_a_hold_needs_a_reason_and_an_end_that_is_to_come(operator, kucoin):
    assert "Say why" in saved(operator, kucoin, pin="on")
    assert "This time is over" in saved(operator, kucoin, pin="on", pin_reason="our line", pin_until_0="2020-01-01", pin_until_1="10:00:00")
    assert saved(operator, kucoin, pin="on", pin_reason="our line") == ""
    kucoin.refresh_from_db()
    assert (kucoin.pin, kucoin.pin_reason, kucoin.pin_until) == ("on", "our line", None)
    changed = LogEntry.objects.get_for_object(kucoin).latest("timestamp")
    assert changed.actor.username == "operator" and changed.changes_dict["pin_reason"] == ["", "our line"]


def test_held_on_it_comes_back_at_once(operator, kucoin):
    Exchange.objects.filter(pk=kucoin.pk).update(auto="off", state="auto_disabled", auto_until=timezone.now() + timedelta(hours=1), auto_times=1)
    assert saved(operator, kucoin, pin="on", pin_reason="it is well again") == ""
    kucoin.refresh_from_db()
    assert (kucoin.auto, kucoin.state) == ("", "starting")


def test_a_hold_that_switches_it_off_asks_first(operator, kucoin):
    unsaid = saved(operator, kucoin, pin="off")  # what is missing is said at once, not after the confirmation
    assert "Say why" in unsaid and "Switch off KuCoin?" not in unsaid
    asked = saved(operator, kucoin, pin="off", pin_reason="maintenance")
    assert "Switch off KuCoin?" in asked and "left on one exchange only" in asked
    assert re.search(r'class="default" value="Yes, switch off"> <a href="[^"]+" class="closelink">No, leave it on<', asked), "it does not look as strong"
    kucoin.refresh_from_db()
    assert kucoin.pin == ""


def test_a_share_has_to_be_said_and_is_saved(operator, kucoin):
    assert "to how many percent" in saved(operator, kucoin, release="percent")
    assert saved(operator, kucoin, release="percent", release_percent="25", reason="a first look") == ""
    kucoin.refresh_from_db()
    assert (kucoin.release, kucoin.release_percent) == ("percent", 25)
    assert LogEntry.objects.get_for_object(kucoin).latest("timestamp").additional_data == {"reason": "a first look"}


def test_showing_it_to_nobody_asks_first_as_it_takes_as_much_from_visitors(operator, kucoin):
    asked = saved(operator, kucoin, release="shadow")
    assert "Show KuCoin to nobody?" in asked and "left on one exchange only" in asked and "It is collected and compared on" in asked
    kucoin.refresh_from_db()
    assert kucoin.release == "on"
    assert saved(operator, kucoin, release="shadow", _confirmed="yes", reason="a look") == ""
    kucoin.refresh_from_db()
    assert (kucoin.release, kucoin.switched_on) == ("shadow", True)


def test_one_click_back_to_off(operator, viewer, kucoin):
    address = reverse("admin:exchanges_exchange_hide", args=(kucoin.pk,))
    assert address not in operator.get(reverse("admin:exchanges_exchange_changelist")).content.decode()  # of one that all see the form asks first
    Exchange.objects.filter(pk=kucoin.pk).update(release="percent", release_percent=5)
    assert address in operator.get(reverse("admin:exchanges_exchange_changelist")).content.decode()
    assert operator.get(address).status_code == 405 and viewer.post(address).status_code == 403
    assert operator.post(address).status_code == 302
    kucoin.refresh_from_db()
    assert (kucoin.release, kucoin.state) == ("off", "disabled")
    assert LogEntry.objects.get_for_object(kucoin).latest("timestamp").changes_dict["release"] == ["percent", "off"]


def test_breakers_are_shown_and_reset(operator, viewer, kucoin):
    Feed.objects.filter(exchange=kucoin, source="tickers").update(fails=4, opened=2, probe_at=timezone.now() + timedelta(minutes=1))
    page = operator.get(form_of(kucoin)).content.decode()
    assert "tickers: open, tried" in page and "Reset breakers" in page
    address = reverse("admin:exchanges_exchange_reset", args=(kucoin.pk,))
    assert viewer.post(address).status_code == 403
    assert operator.post(address).status_code == 302
    feed = Feed.objects.get(exchange=kucoin, source="tickers")
    assert (feed.fails, feed.opened, feed.probe_at) == (0, 0, None)
    assert LogEntry.objects.get_for_object(kucoin).latest("timestamp").changes_dict["breakers"] == ["tickers", "closed"]
    assert "All closed." in operator.get(form_of(kucoin)).content.decode()


def test_the_form_shows_what_pebbles_own_switch_goes_by(operator, kucoin):
    page = operator.get(form_of(kucoin)).content.decode()
    assert "On. Since it stands so, in the last half hour:" in page and "calls answered" in page
    assert "Nothing can be compared" in page or "stand within the tolerance" in page


# --- Incidents --------------------------------------------------------------------------------------------------------
def test_an_incident_can_be_acknowledged_with_a_note_and_nothing_else(kucoin):
    incident = Incident.objects.create(key="down:kucoin", kind="down", exchange=kucoin, title="KuCoin is down", opened_at=timezone.now(),
                                       told=[["opened", timezone.now().isoformat()]])  # fmt: skip
    keeper = client_of(person("keeper", "exchanges.view_incident", "exchanges.change_incident"))
    address = reverse("admin:exchanges_incident_change", args=(incident.pk,))
    page = keeper.get(address)
    assert set(fields_of(page)) == {"note"}
    assert "Say what you know" in keeper.post(address, {"note": " "}).content.decode() or Incident.objects.get().noted_at is None
    assert keeper.post(address, {"note": "they announced it", "title": "nothing"}).status_code == 302
    incident.refresh_from_db()
    assert (incident.note, incident.noted_by.username, incident.title) == ("they announced it", "keeper", "KuCoin is down")
    listed = keeper.get(reverse("admin:exchanges_incident_changelist")).content.decode()
    assert "acknowledged" in listed and "they announced it" in listed
    assert keeper.post(reverse("admin:exchanges_incident_delete", args=(incident.pk,))).status_code == 403


def test_who_may_only_look_cannot_acknowledge(kucoin):
    incident = Incident.objects.create(key="network", kind="network", title="Our network or time", opened_at=timezone.now())
    reader = client_of(person("reader", "exchanges.view_incident"))
    assert reader.get(reverse("admin:exchanges_incident_change", args=(incident.pk,))).status_code == 200
    assert reader.post(reverse("admin:exchanges_incident_change", args=(incident.pk,)), {"note": "x"}).status_code == 403
