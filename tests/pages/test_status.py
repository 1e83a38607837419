"""The status page: ninety days and what went wrong in them, for whom it is, its feed, and when everything is down (I14)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from exchanges.limits import SHED
from exchanges.models import Exchange, Feed, IncidentKind, Run
from markets import asking, incidents, pausing, read, store
from markets.models import ExchangeDay, Setting
from tests.pages.axe import Axe
from tests.pages.test_browser import SIZES, SMALL, site, site_page  # noqa: F401

ADDRESSES = ("/status/", "/status.json", "/feeds/incidents/", "/api/v1/status/")


@pytest.fixture
def past(stored):
    """Ninety days of one exchange with one bad one, and its incident. Returns that day."""
    one, today = Exchange.objects.get(slug="kucoin"), stored.date()
    bad = today - timedelta(days=3)
    for n in range(1, 90):
        day = today - timedelta(days=n)
        down_s = 50_000 if day == bad else 0
        ExchangeDay.objects.create(exchange=one, day=day, live_s=86_400 - down_s, down_s=down_s, upto=stored)
    at = datetime(bad.year, bad.month, bad.day, 9, tzinfo=UTC)
    incidents.opened("down:kucoin", IncidentKind.DOWN, at, exchange=one, title="KuCoin is down", detail="<i>No answer</i> 3 times.", critical=True)
    incidents.closed("down:kucoin", at + timedelta(hours=14), "It answers again.")
    incidents.opened("network", IncidentKind.NETWORK, stored, title="Our network or time", detail="Three failed.")
    read.forget()
    return bad


def test_a_bad_day_is_a_bar_that_opens_its_incidents(client, past):
    page = client.get("/status/").content.decode()
    assert f"/status/?exchange=kucoin&amp;day={past:%Y-%m-%d}#day" in page and "1 day to look at" in page and "99.34%" in page
    assert "Our network or time" in page and "still going on" in page
    day = client.get(f"/status/?exchange=kucoin&day={past:%Y-%m-%d}").content.decode()
    assert "down 13 h 53 m" in day and "KuCoin is down" in day and "&lt;i&gt;No answer&lt;/i&gt;" in day and "It answers again." in day
    other = client.get(f"/status/?exchange=binance&day={past:%Y-%m-%d}").content.decode()
    assert "No incident is known of that day." in other and "Nothing is known." in other
    for wrong in ("?day=yesterday", "?exchange=nobody", "?other=1"):
        assert client.get(f"/status/{wrong}").status_code == 400


def test_an_amber_day_beside_a_hundred_percent_is_explained_and_99_999_is_not_100(client, stored):
    one = Exchange.objects.get(slug="kucoin")
    ExchangeDay.objects.create(exchange=one, day=stored.date() - timedelta(days=1), live_s=75_600, degraded_s=10_800, upto=stored)
    read.forget()
    page = client.get("/status/").content.decode()
    assert "100.00%" in page and "degraded 3 h 0 m in all" in page and "Degraded counts as up." in page
    ExchangeDay.objects.update(down_s=0.5)
    read.forget()
    store.touch("switches")
    page = client.get("/status/?exchange=kucoin").content.decode()
    assert "99.99%" in page and "100.00%" not in page


def test_programs_get_the_same_numbers(client, past):
    found = client.get("/status.json").json()
    days = {row["exchange"]: row for row in found["uptime"]}["kucoin"]
    assert days["uptime_pct"]== "99.349" and {row["day"]: row["up_pct"] for row in days["days"]}[f"{past:%Y-%m-%d}"] == "42.13"
    assert [row["title"] for row in found["incidents"]] == ["Our network or time", "KuCoin is down"]
    feed = client.get("/feeds/incidents/")
    text = feed.content.decode()
    assert feed["Content-Type"].startswith("application/atom+xml") and "KuCoin is down (over)" in text and "&lt;i&gt;" in text and "<i>" not in text


def test_the_operator_may_keep_it_for_the_team(client, past):
    assert {client.get(address).status_code for address in ADDRESSES} == {200}
    Setting.objects.update_or_create(pk=1, defaults={"status_public": False})
    store.touch("switches")  # as saving it in the admin does
    read.forget()
    assert {client.get(address).status_code for address in ADDRESSES} == {403}
    client.force_login(User.objects.create_superuser("root", password="river-stone-moss-9"))
    for address in ADDRESSES[:3]:
        answer = client.get(address)
        assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    client.logout()
    assert client.get("/status/").status_code == 403  # nothing was kept for everybody


def test_p3_p15_what_was_not_asked_and_until_when_is_said(client, stored, settings, tmp_path):
    """And the same to programs; an exchange that is well has nothing to say of it."""
    settings.LIMITS_FILE = tmp_path / "limits.sqlite3"  # the ban is nobody else's
    one = Exchange.objects.get(slug="kucoin")
    Exchange.objects.filter(pk=one.pk).update(state="banned", state_detail="Paused by the exchange.")
    asking.limits().strike("kucoin", "banned", 600)
    for token, (outcome, detail) in enumerate([("banned_wait", ""), ("budget_exhausted", f"kucoin: {SHED}"), ("ok", "")]):
        Run.objects.create(exchange=one, source="candles", token=token, started_at=stored, finished_at=stored, outcome=outcome, detail=detail, ms=0)
    read.forget()
    rows = {row["exchange"]: row for row in client.get("/status.json").json()["exchanges"]}
    until = datetime.fromisoformat(rows["kucoin"]["silent_until"])
    assert timedelta(seconds=600) < until - stored < timedelta(seconds=700) and until.second == 0
    assert [rows["kucoin"][name] for name in ("refused", "shed")] == [2, 1]
    assert [rows["binance"][name] for name in ("refused", "shed", "silent_until")] == [0, 0, None]
    page = client.get("/status/").content.decode()
    assert "Asked for nothing until" in page and "2 polls not made in the last hour, 1 to leave room for prices" in page
    asking.limits().close()


def test_live_beside_old_prices_says_how_old_they_are(client, stored, monkeypatch):
    """While everything is paused, or the workers are gone, nobody has failed."""
    before = client.get("/status/").content.decode().count('class="pill up">Live')
    later = stored + timedelta(seconds=70)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    read.forget()
    page = client.get("/status/").content.decode()
    assert before and page.count(">prices stale<") >= before and 'class="pill up">Live' not in page


def test_all_down_is_said_with_ages(client, stored, monkeypatch):
    """I14. What nobody polls any more is our own trouble, and said first."""
    later = stored + timedelta(minutes=5)
    Feed.objects.update(finished_at=later)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    page = client.get("/status/").content.decode()
    assert "No live prices right now." in page and page.count(">5 m") >= 5
    Feed.objects.update(finished_at=stored)
    read.forget()
    later += timedelta(seconds=1)  # pages are kept for one
    page, found = client.get("/status/").content.decode(), client.get("/status.json").json()
    assert page.split("<h1>")[1].split("</h1>")[0] == "Pebble&#x27;s workers are away."
    assert (found["level"], found["sentence"]) == ("down", "Pebble's workers are away.")
    assert found["workers"]["stopped"] and 299 < found["workers"]["polled_s"] < 303


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_anybody_can_use_it(site_page, past):  # noqa: F811
    page = site_page
    pausing.pause(datetime.now(UTC), "a drill")
    for size, theme in (("desktop", "light"), ("phone", "dark"), ("desktop", "dark"), ("phone", "light")):
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        page.emulate_media(color_scheme=theme)
        page.goto(f"{page.site}/status/?exchange=kucoin&day={past:%Y-%m-%d}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{size} {theme}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]
        assert page.evaluate(SMALL, page.query_selector_all("main :is(a, summary, button):not([tabindex='-1'], .cap a)")) == []
        assert "Collection is paused" in page.inner_text("main") and not page.wrong
    pausing.forget()
