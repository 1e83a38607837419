"""Announcements, maintenance, and the statistics of traders whom others copy."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.rows import Announcement, LeadTrader, ServiceStatus
from markets.models import Announcement as Notice
from markets.models import LeadTrader as Trader
from markets.models import LeadTraderDay
from markets.models import ServiceStatus as Service
from tests.markets.build import NOW, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_notice_is_kept_once_and_corrected():
    rows("kucoin", "announcements", Announcement("7", "Will list ABC", "listing", "https://example.com/7", NOW))
    rows("kucoin", "announcements", Announcement("7", "Will list ABCD", "listing", "https://example.com/7", NOW), now=NOW + HOUR)
    rows("bybit", "announcements", Announcement("7", "Another exchange's seventh"))
    assert set(Notice.objects.values_list("exchange__slug", "title", "first_seen_at")) == {
        ("kucoin", "Will list ABCD", NOW), ("bybit", "Another exchange's seventh", NOW),
    }


def test_a_notice_the_housekeeping_would_drop_is_not_seen_first_every_day():
    rows("bybit", "announcements", Announcement("old", "Gone", published_at=NOW - 731 * DAY), Announcement("new", "x", published_at=NOW - 729 * DAY))
    assert list(Notice.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//example.com", "https://example.com/\n", "https://example.com/" + "x" * 600])
def test_an_address_nobody_should_follow_is_left_out(url):
    rows("kucoin", "announcements", Announcement("7", "x" * 400, "surprise", url))
    notice = Notice.objects.get()
    assert (notice.url, notice.kind, len(notice.title)) == ("", "other", 300)


def test_maintenance_that_is_no_longer_told_of_is_over():
    planned = ServiceStatus("maintenance", "m1", "Upgrade", NOW + DAY, NOW + DAY + HOUR)
    rows("bybit", "status", ServiceStatus("open"), planned)
    rows("binance", "status", ServiceStatus("open"))
    told = set(Service.objects.values_list("exchange__slug", "key", "state"))
    assert told == {("bybit", "", "open"), ("bybit", "m1", "maintenance"), ("binance", "", "open")}
    rows("bybit", "status", ServiceStatus("closed", title="Now"), now=NOW + HOUR)
    assert set(Service.objects.filter(exchange__slug="bybit").values_list("key", "state", "title")) == {("", "closed", "Now")}


def test_a_part_that_failed_calls_nothing_off():
    rows("bybit", "status", ServiceStatus("open"), ServiceStatus("maintenance", "m1"))
    rows("bybit", "status", ServiceStatus("open"), now=NOW + HOUR, kind="partial", detail="planned: server_error: HTTP 500")
    assert Service.objects.filter(key="m1").exists()


def test_a_traders_statistics_have_a_latest_state_and_one_row_a_day():
    for hours, roi in ((0, "10.5"), (1, "11"), (24, "-3")):
        trader = LeadTrader("t1", "Ana\tB\\n", followers=5, roi_pct=Decimal(roi), symbols=("BTCUSDT", 'odd"name'), last_trade_at=NOW)
        rows("bitget", "copy_traders", trader, LeadTrader("t2"), now=NOW + hours * HOUR)
    stored = Trader.objects.get(trader_id="t1")
    assert (stored.name, stored.symbols, stored.roi_pct, stored.followers, stored.wins) == ("Ana\tB\\n", ["BTCUSDT", 'odd"name'], -3, 5, None)
    days = LeadTraderDay.objects.filter(trader=stored).order_by("day").values_list("day", "roi_pct")
    assert list(days) == [(NOW.date(), 11), ((NOW + DAY).date(), -3)]


def test_a_trader_who_left_the_list_stays_as_last_seen():
    rows("bitget", "copy_traders", LeadTrader("t1", roi_pct=Decimal(1)))
    rows("bitget", "copy_traders", LeadTrader("t2"), now=NOW + HOUR)
    assert dict(Trader.objects.values_list("trader_id", "seen_at")) == {"t1": NOW, "t2": NOW + HOUR}
