"""The copy-trading page: every state it can be in, never a recommendation, the same traders as the API."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, ExchangeState
from markets.models import LeadTrader, LeadTraderDay
from markets.pages import traders_shown
from tests.api import published as p
from tests.pages import market
from tests.pages.test_views import at, change_exchange, text_of  # noqa: F401 - a fixture

COPYING = next(slug for slug, adapter in ADAPTERS.items() if adapter.copy_traders)
NAME = ADAPTERS[COPYING].name
KEYS = [f"PEBBLE_{COPYING.upper()}_API_{word}" for word in ("KEY", "SECRET", "PASSPHRASE")]


@pytest.fixture
def shown(at, client):  # noqa: F811
    def get(query="", code=200, **headers):
        response = client.get(f"/copy/{query}", **headers)
        assert response.status_code == code
        return response

    return get


@pytest.fixture
def keys(monkeypatch):
    for name in KEYS:
        monkeypatch.setenv(name, "invented")


def trader(key, roi, fall, days, *, trades=100, seen=5, **more):
    row = LeadTrader.objects.create(
        exchange=Exchange.objects.get(slug=COPYING), trader_id=key, name=more.pop("name", key.upper()), roi_pct=p.number(roi), max_drawdown_pct=p.number(fall),
        days=days, trades=trades, seen_at=timezone.now() - timedelta(minutes=seen), **more,
    )
    for back, then in ((30, 10), (1, 11), (0, roi)):
        LeadTraderDay.objects.create(trader=row, day=timezone.now().date() - timedelta(days=back), roi_pct=p.number(then), profit=Decimal(100))


@pytest.fixture
def traders(stored, keys):
    trader("a", "12.5", "9", 400, profit=Decimal(150), symbols=["BTCUSDT", "ETHUSDT", "SOLUSDT"], followers=7, max_followers=50)
    trader("b", "40", "35", 29, trades=19)
    trader("c", None, None, None, trades=None, name=market.HOSTILE)
    trader("d", "-3", "12", 31, seen=60 * 24 * 9)
    p.answered("copy_traders", age_s=301)


def names(response):
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_traders_are_told_without_any_advice(shown, traders):
    said, html = text_of(shown()), shown().content.decode()
    assert "4 traders; half of them have a result above +12.50% as the exchange tells it. In the last 30 days" in said
    assert "Past results do not predict. Not advice." in said and "profit share is not published" in said
    assert f"{NAME} 5 m 0 s" in said and "asked once an hour with a read-only key" in said
    assert "should" not in said.lower() and "<img src=x" not in html
    assert said.count("Young record") == 2 and said.count("Few trades") == 2  # one trader, on the desktop and on the phone
    assert "+2.50 pts" in said and "+50" in said and "BTCUSDT +2" in said and "7 of 50" in said
    assert 'class="grey"' in html


@pytest.mark.parametrize(("query", "found"), [
    ("", "bad c"), ("sort=roi_pct", "dab c"), ("sort=max_drawdown_pct", "adb c"), ("min_days=30", "ad"), ("max_fall_pct=12", "ad"),
    ("max_fall_pct=11.9", "a"), ("min_days=500", ""),
])  # fmt: skip
def test_filters_and_orders_leave_the_unknown_out_or_last(shown, traders, client, query, found):
    rows = names(shown(f"?{query}&format=csv"))
    assert [row["trader_id"] for row in rows] == list(found.replace(" ", ""))
    answer = client.get(f"/api/v1/copy-trading/?{query.replace('sort', 'ordering')}").json()
    assert [row["trader_id"] for row in answer["results"]] == list(found.replace(" ", ""))
    assert answer["state"] == "ok"


def test_csv_and_api_tell_what_became_of_them(shown, traders, client):
    row = next(row for row in names(shown("?format=csv&period=30")) if row["trader_id"] == "a")
    assert (row["roi_change_points"], row["profit_change"], row["state"], row["symbols"]) == ("2.5", "50", "fresh", "BTCUSDT ETHUSDT SOLUSDT")
    told = {r["trader_id"]: r for r in client.get("/api/v1/copy-trading/?period=7").json()["results"]}
    assert told["a"]["roi_change_points"] is None and told["b"]["marks"] == ["young", "few"] and told["c"]["marks"] == []
    assert next(row for row in names(shown("?format=csv")) if row["trader_id"] == "c")["roi_pct"] == ""


def test_nobody_fits(shown, traders):
    said = text_of(shown("?min_days=500&max_fall_pct=5"))
    assert "No trader matches." in said and "500+ days ×" in said and "Fell by at most 5 % ×" in said
    LeadTrader.objects.all().delete()
    assert "list of traders is empty" in text_of(shown("?period=7"))
    shown("?period=8", 400)


def test_old_figures_say_so(shown, traders):
    p.answered("copy_traders", age_s=9 * 3600 + 1)
    said = text_of(shown())
    assert "last told this 9 h 0 m ago" in said


@pytest.mark.parametrize(("about", "says"), [
    ({"ok_at": None, "outcome": ""}, ("Waiting for the first answer", "Nothing has been collected yet.")),
    ({"ok_at": None, "outcome": "api_error", "detail": "lacks the permission"}, ("Not permitted for this key", "lacks the permission")),
    ({"outcome": "geoblocked", "detail": "not from this country"}, ("No answer from the exchange", "not from this country")),
    ({"enabled": False}, ("Not available", "Switched off by an operator.")),
])
def test_where_there_is_nothing_the_page_says_why_and_shows_no_table(shown, traders, about, says):
    p.answered("copy_traders", **about)
    html, said = shown().content.decode(), text_of(shown())
    assert all(text in said for text in says) and "<table" not in html and "What to do." in said
    assert names(shown("?format=csv")) == []


def test_without_a_key_the_page_says_which_to_set(shown, stored, monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    said = text_of(shown())
    assert all(name in said for name in KEYS) and "read-only key" in said and "Copy-trading statistics are not available." in said


def test_an_exchange_that_is_blocked_is_waited_for(shown, traders):
    change_exchange(COPYING, state=ExchangeState.BLOCKED, state_detail="HTTP 451")
    said = text_of(shown())
    assert "does not answer from here: HTTP 451" in said and "asks again by itself" in said


def test_a_curve_stops_where_a_day_is_missing():
    today = date(2026, 11, 22)
    notes = {today - timedelta(days=back): Decimal(back) for back in (0, 1, 3, 4)}
    svg = traders_shown.curve(notes, today, 7)
    assert svg.count("<polyline") == 2 and "4 days: −4.00 points" in svg and 'class="spark down"' in svg
    assert traders_shown.curve({today: Decimal(1)}, today, 7) == ""
