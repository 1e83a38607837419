"""The admin's first page: what worries an operator, and its three buttons, audited, by POST and with the right to it only."""

from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule

from exchanges.models import Exchange, Feed, IncidentKind, Run
from markets import asking, audit, incidents, pausing, read, tasks

pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture(autouse=True)
def anew():
    pausing.forget()
    yield
    pausing.forget()


def address(name):
    return reverse("admin:markets_collection", args=(name,))


def test_what_worries_is_on_it(root):
    now, one = datetime.now(UTC), Exchange.objects.first()
    Feed.objects.filter(exchange=one, source="tickers").update(fails=3, opened=1, probe_at=now + timedelta(seconds=30))
    incidents.opened("down:x", IncidentKind.DOWN, now, exchange=one, title="It is down <b>", detail="No answer.")
    read.forget()
    page = root.get("/admin/").content.decode()
    assert f"{one.name} tickers: open, next try" in page and "It is down &lt;b&gt;, since" in page and "Pause all collection" in page
    assert "Nobody is told when something fails" in page and "Resume collection" not in page
    old = Client()
    assert old.get("/admin/").status_code == 302


def test_pausing_stops_every_request_until_it_is_resumed_and_says_so_everywhere(root, client):
    """A POST asks for a reason, a POST with one acts; what was done stands in the audit with it."""
    one = Exchange.objects.filter(enabled=True).first()
    assert "reason" in root.post(address("pause")).content.decode() and pausing.paused() == (None, "")
    assert "A reason is needed" in root.post(address("pause"), {"reason": " "}).content.decode() and not pausing.now()
    assert root.post(address("pause"), {"reason": "a drill"}).status_code == 302
    assert pausing.now() and pausing.paused()[1] == "a drill" and not asking._switched_on(one, "tickers")
    before = Feed.objects.filter(exchange=one).update(outcome="ok", detail="") and Run.objects.count()
    assert tasks.poll(one.slug, "tickers", spaced=False) == tasks.look(one.slug, "book") == "disabled"
    assert set(Feed.objects.filter(exchange=one).values_list("outcome", flat=True)) == {"ok"} and Run.objects.count() == before, "nothing failed"
    assert "Collection is paused by an operator since" in client.get("/status/").content.decode()
    assert client.get("/status.json").json()["workers"]["pause_reason"] == "a drill"
    entry = LogEntry.objects.filter(changes__has_key="paused_at").first()
    assert entry.additional_data == {"reason": "a drill"} and entry.actor.username == "root"
    assert "was paused already" in root.post(address("pause"), {"reason": "again"}, follow=True).content.decode()
    root.post(address("resume"), {"reason": "over"})
    pausing.forget()
    assert not pausing.now() and asking._switched_on(one, "tickers")


def test_refreshing_asks_every_exchange_that_is_on(operator):
    Exchange.objects.filter(pk=(off := Exchange.objects.last()).pk).update(enabled=False)
    operator.post(address("refresh"), {"reason": "looks old"})
    on = set(Exchange.objects.filter(enabled=True).values_list("slug", flat=True))
    assert {name.removeprefix("start ") for name in Schedule.objects.filter(name__startswith="start ").values_list("name", flat=True)} == on - {off.slug}


def test_while_collection_is_paused_nothing_is_refreshed_and_it_says_so(root):
    root.post(address("pause"), {"reason": "a drill"})
    answer = root.post(address("refresh"), {"reason": "looks old"}, follow=True).content.decode()
    assert "Nothing is asked while collection is paused" in answer and "is being asked" not in answer
    assert not Schedule.objects.filter(name__startswith="start ").exists()


@pytest.mark.parametrize("name", ["pause", "resume", "refresh"])
def test_the_buttons_are_for_those_who_may_and_never_by_a_link(root, viewer, name):
    assert root.get(address(name)).status_code == 405
    assert viewer.post(address(name), {"reason": "x"}).status_code == 403
    assert Client().post(address(name), {"reason": "x"}).status_code == 302 and not pausing.now()
    assert root.post("/admin/markets/setting/collection/nothing/", {"reason": "x"}).status_code == 404
    assert "Pause all collection" not in viewer.get("/admin/").content.decode()


def test_the_menu_has_the_headings_of_the_first_page_each_once_and_times_are_written_as_on_the_pages(root):
    audit.note(User.objects.filter(is_superuser=True).first(), "signed in")
    first, beside = (root.get(address).content.decode() for address in ("/admin/", "/admin/auditlog/logentry/"))
    assert all(page.count('class="section"') == page.count("</caption>") and page.count(">People</a>") == 1 for page in (first, beside))
    assert "Axes</a>" not in first + beside
    assert f"{LogEntry.objects.latest('pk').timestamp:%-d %b %Y %H:%M:%S}" in beside
