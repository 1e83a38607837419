"""Every other table: it opens, says what it may, and does what its actions say."""

import csv
import io
import re

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Exchange, Feed, Run, Transition
from markets.admin import sizes
from markets.catalogue import free_slug
from markets.models import (
    Announcement,
    Asset,
    AssetAlias,
    Book,
    Candle,
    ExchangeAsset,
    FundingSettlement,
    IndexMember,
    LeadTrader,
    LeadTraderDay,
    Listing,
    Market,
    Network,
    NetworkChange,
    OpenInterest,
    Quote,
    Reading,
    Revision,
    ServiceStatus,
    Setting,
)
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of
from tests.api.published import market as market_row
from tests.api.published import option, paid, settled
from tests.api.published import ticker as tick

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]


@pytest.fixture
def history(market):
    """One of everything that only time brings."""
    kucoin, now = Exchange.objects.get(slug="kucoin"), timezone.now()
    Transition.objects.create(exchange=kucoin, at=now, before="healthy", after="down", detail="three failures")
    Run.objects.create(exchange=kucoin, source="tickers", token=999, started_at=now, finished_at=now, outcome="deadline", ms=10_000)
    kucoin.priority = 3
    kucoin.save()


ALL = sorted(model._meta.label_lower for model in admin.site._registry)


def names(label):
    return "admin:" + label.replace(".", "_")


@pytest.mark.parametrize("label", ALL)
def test_every_list_and_every_form_opens_with_no_inline_script_or_style(root, history, label):
    pages = [root.get(reverse(f"{names(label)}_changelist"), follow=True)]
    model = next(m for m in admin.site._registry if m._meta.label_lower == label)
    first = model._default_manager.first()
    if first is not None:
        pages.append(root.get(reverse(f"{names(label)}_change", args=(first.pk,))))
    add = root.get(reverse(f"{names(label)}_add"))
    assert add.status_code in (200, 403)
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert " style=" not in text and "<style" not in text and not re.search(r"\son[a-z]+=", text)
        assert not re.findall(r"<script(?![^>]*(?:\ssrc=|application/json))[^>]*>", text)


@pytest.mark.parametrize("label", ALL)
def test_who_has_no_right_gets_nowhere(viewer, history, label):
    if label == "exchanges.exchange":
        pytest.skip("the one table this viewer may see")
    assert viewer.get(reverse(f"{names(label)}_changelist")).status_code in (302, 403)
    model = next(m for m in admin.site._registry if m._meta.label_lower == label)
    if (first := model._default_manager.first()) is not None:
        assert viewer.post(reverse(f"{names(label)}_change", args=(first.pk,)), {"enabled": "on"}).status_code == 403
        assert viewer.post(reverse(f"{names(label)}_delete", args=(first.pk,)), {"post": "yes"}).status_code == 403


def test_the_first_page_shows_the_exchanges_the_last_changes_and_what_is_late(root, history):
    page = root.get(reverse("admin:index")).content.decode()
    assert "KuCoin" in page and re.search(r"priority: \d+ → 3", page) and "Overdue schedules" in page and "Failed tasks" in page


def test_the_first_page_shows_a_viewer_only_what_is_theirs(viewer, history):
    page = viewer.get(reverse("admin:index")).content.decode()
    assert "KuCoin" in page and "Last changes" not in page and "Failed tasks" not in page


# --- Identity ---------------------------------------------------------------------------------------------------
def act(client, model, action, *rows):
    return client.post(reverse(f"{names(model)}_changelist"), {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True).content.decode()


@pytest.fixture
def code(market):
    return ExchangeAsset.objects.get(exchange__slug="kucoin", code="PEPE")


def test_confirm_decides_and_is_noted(root, code):
    assert "confirmed as PEPE" in act(root, "markets.exchangeasset", "confirm", code)
    code.refresh_from_db()
    assert (code.state, code.decided, code.evidence) == ("confirmed", True, "decided by root")
    entry = LogEntry.objects.get_for_object(code).first()
    assert entry.changes_dict["state"][1] == "confirmed" and str(entry.actor) == "root"


def test_another_multiplier_drops_the_prices_of_the_old_unit(root, code):
    assert Quote.objects.filter(market__base=code).exists()
    url = reverse(f"{names('markets.exchangeasset')}_change", args=(code.pk,))
    answer = root.post(url, {"asset": code.asset_id, "multiplier": "1000", "state": "unknown"})
    assert answer.status_code == 302
    code.refresh_from_db()
    assert (code.multiplier, code.decided) == (1000, True)
    assert not Quote.objects.filter(market__base=code).exists()


def test_split_makes_a_coin_of_its_own_and_the_comparison_falls_apart(root, code, client):
    number = Revision.objects.get(name="catalogue:kucoin").number
    assert "now a coin of its own" in act(root, "markets.exchangeasset", "split", code)
    code.refresh_from_db()
    assert code.asset.ticker == "PEPE" and code.asset.slug == "pepe-2" and code.decided
    assert Asset.objects.filter(ticker="PEPE").count() == 2 and Revision.objects.get(name="catalogue:kucoin").number > number


def test_decide_again_forgets_the_decision_and_its_evidence(root, code):
    act(root, "markets.exchangeasset", "confirm", code)
    ExchangeAsset.objects.filter(pk=code.pk).update(near=19, far=2)
    act(root, "markets.exchangeasset", "decide_again", code)
    code.refresh_from_db()
    assert (code.state, code.decided, code.evidence, code.near, code.far) == ("unknown", False, "nothing but the ticker says so", 0, 0)


def test_actions_need_the_right_to_change(market, code):
    looker = client_of(person("looker", "markets.view_exchangeasset"))
    act(looker, "markets.exchangeasset", "confirm", code)
    code.refresh_from_db()
    assert not code.decided


def test_an_alias_can_be_added_and_readers_are_told(root, market):
    before = Revision.objects.get(name="assets").number
    asset = Asset.objects.get(slug="btc")
    answer = root.post(reverse("admin:markets_assetalias_add"), {"asset": asset.pk, "text": "Bitkoin", "kind": "misspelling", "factor": "1"})
    assert answer.status_code == 302 and AssetAlias.objects.filter(text="Bitkoin", asset=asset).exists()
    assert Revision.objects.get(name="assets").number > before


def test_a_markets_switch_is_all_that_can_be_changed(root, market):
    row = Market.objects.get(exchange__slug="kucoin", symbol="PEPEUSDT")
    address = reverse("admin:markets_market_change", args=(row.pk,))
    fields = fields_of(root.get(address))
    assert set(fields) == {"enabled"}
    assert root.post(address, {"symbol": "EVIL", "status": "delisted"}).status_code == 302
    row.refresh_from_db()
    assert (row.enabled, row.symbol, row.status) == (False, "PEPEUSDT", "trading")


def test_what_a_catalogue_brings_is_nobodys_decision(market):
    assert not LogEntry.objects.get_for_model(Asset).exists() and free_slug("PEPE", "coin", set()) == "pepe"


# --- Settings, people, audit ------------------------------------------------------------------------------------
def test_settings_are_one_row(root, market):
    Setting.objects.all().delete()
    page = root.get(reverse("admin:markets_setting_changelist"), follow=True)
    address = page.redirect_chain[-1][0]
    assert root.post(address, fields_of(page, api_per_minute="600")).status_code == 302
    assert list(Setting.objects.values_list("pk", "api_per_minute")) == [(1, 600)]
    assert root.get(reverse("admin:markets_setting_add")).status_code == 403


@pytest.fixture
def clerk(market):
    """May edit users, and is no superuser."""
    return client_of(person("clerk", "auth.view_user", "auth.change_user", "auth.add_user", "auth.delete_user", "auth.view_group", "auth.change_group"))


def test_who_may_edit_users_cannot_make_anybody_mightier(clerk, root):
    mine = User.objects.get(username="clerk")
    address = reverse("admin:auth_user_change", args=(mine.pk,))
    fields = fields_of(clerk.get(address))
    assert not {"is_superuser", "is_staff", "groups", "user_permissions"} & set(fields)
    clerk.post(address, {**fields, "is_superuser": "on", "user_permissions": ["1", "2"]})
    mine.refresh_from_db()
    assert not mine.is_superuser and mine.user_permissions.count() == 6


def test_nor_touch_a_superuser(clerk, root):
    chief = User.objects.get(username="root")
    for name in ("change", "delete"):
        assert clerk.post(reverse(f"admin:auth_user_{name}", args=(chief.pk,)), {"post": "yes"}).status_code in (302, 403)
    assert clerk.post(reverse("admin:auth_user_password_change", args=(chief.pk,)), {"password1": "x", "password2": "x"}).status_code in (403, 404)
    clerk.post(reverse("admin:auth_user_changelist"), {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"})
    assert User.objects.filter(username="root", is_superuser=True).exists()


def test_the_audit_cannot_be_edited_and_comes_as_csv_that_runs_no_formula(root, market):
    kucoin = Exchange.objects.get(slug="kucoin")
    kucoin.name = "=HYPERLINK(1)"
    kucoin.save()
    entry = LogEntry.objects.get_for_object(kucoin).first()
    address = reverse("admin:auditlog_logentry_change", args=(entry.pk,))
    assert root.post(address, {"object_repr": "x"}).status_code == 403
    assert root.post(reverse("admin:auditlog_logentry_delete", args=(entry.pk,)), {"post": "yes"}).status_code == 403
    exported = root.post(reverse("admin:auditlog_logentry_changelist"), {"action": "export", "_selected_action": [entry.pk]})
    rows = list(csv.reader(io.StringIO(exported.content.decode())))
    assert rows[0][:3] == ["time", "who", "what"] and rows[1][3] == "'=HYPERLINK(1)" and "name: KuCoin → =HYPERLINK(1)" in rows[1][5]


def test_a_forged_address_is_not_believed(root, market):
    kucoin = Exchange.objects.get(slug="kucoin")
    address = reverse("admin:exchanges_exchange_change", args=(kucoin.pk,))
    root.post(address, fields_of(root.get(address), priority="9"), headers={"x-forwarded-for": "203.0.113.66"})
    assert LogEntry.objects.get_for_object(kucoin).first().remote_addr == "127.0.0.1"


# --- Raw state --------------------------------------------------------------------------------------------------
RAW = ("quote", "derivative", "funding", "optionquote", "indexmember", "book", "reading", "network", "networkchange", "listing", "announcement",
       "servicestatus", "leadtrader")


@pytest.fixture
def published(history):
    """One row in every raw table, and of every history."""
    now, row = timezone.now(), market_row("binance", "BTC/USDT", symbol="BTCUSDT-PERP")
    tick(row, open_interest="1.500000000000000000")
    paid(row, "0.0001", 8)
    chain = market_row("bybit", "BTC/USDT", kind="option", symbol="BTC-1-C", strike=1, option_type="call")
    option(chain, mark_iv="0.5")
    code = ExchangeAsset.objects.get(exchange__slug="kucoin", code="PEPE")
    network = Network.objects.create(asset=code, network="ERC20", chain="ethereum", contract_address="0xfeed", seen_at=now)
    NetworkChange.objects.create(network=network, at=now, what="deposit", opened=False)
    IndexMember.objects.create(market=row, exchange="Kraken", member="XBT/USD", seen_at=now)
    Book.objects.create(market=row, bids='[["1","2"]]', asks="[]", levels=1, requested_at=now, received_at=now, observed_at=now)
    Reading.objects.create(market=row, source="book", outcome="ok")
    Listing.objects.create(exchange=row.exchange, market=row, asset=row.base.asset, event="listed", at=now, time_source="exchange", seen_at=now)
    Announcement.objects.create(exchange=row.exchange, key="1", title="New coin opens", kind="listing", first_seen_at=now)
    ServiceStatus.objects.create(exchange=row.exchange, state="open", seen_at=now)
    trader = LeadTrader.objects.create(exchange=row.exchange, trader_id="77", name="quiet river", seen_at=now)
    LeadTraderDay.objects.create(trader=trader, day=now.date(), roi_pct="12.5")
    Candle.objects.create(market=row, period_s=3600, opened_at=now, close="64000.5")
    settled(row, now, "0.00025")
    return row


@pytest.mark.parametrize("name", RAW)
def test_a_raw_table_is_listed_searched_and_looked_at_and_never_edited(root, published, name):
    model = apps.get_model("markets", name)
    row = model._default_manager.last()
    page = root.get(reverse(f"admin:markets_{name}_changelist")).content.decode()
    assert "0000000000" not in page and f"/{row.pk}/change/" in page
    assert root.get(reverse(f"admin:markets_{name}_changelist"), {"q": "nothing-like-this"}).status_code == 200
    address = reverse(f"admin:markets_{name}_change", args=(row.pk,))
    form = root.get(address)
    assert form.status_code == 200 and "0000000000" not in form.content.decode() and not fields_of(form).keys() & {f.name for f in model._meta.fields}
    assert root.post(address, {"bid": "1"}).status_code == 403
    assert root.post(reverse(f"admin:markets_{name}_delete", args=(row.pk,)), {"post": "yes"}).status_code == 403
    assert root.get(reverse(f"admin:markets_{name}_add")).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("name", "search", "shown"), [
    ("derivative", "BTCUSDT-PERP", "BTCUSDT-PERP on Binance"), ("network", "0xfeed", "0xfeed"), ("announcement", "opens", "New coin opens"),
    ("leadtrader", "river", "quiet river"), ("indexmember", "XBT", "Kraken"), ("listing", "btc", "listed"),
])
def test_raw_tables_are_found_by_what_a_person_would_type(root, published, name, search, shown):
    address = reverse(f"admin:markets_{name}_changelist")
    assert shown.lower() in root.get(address, {"q": search}).content.decode().lower()
    assert "0 results" in root.get(address, {"q": "nothing-like-this"}).content.decode()


def test_a_markets_history_is_shown_from_the_market_table_by_table(root, published):
    address = reverse("admin:markets_market_past", args=(published.pk,))
    assert address in root.get(reverse("admin:markets_market_changelist")).content.decode()
    assert "64000.5" in root.get(address, {"table": "candle"}).content.decode()
    assert "0.00025" in root.get(address, {"table": "fundingsettlement"}).content.decode()
    assert "Nothing is stored of this." in root.get(address, {"table": "depth"}).content.decode()
    assert root.get(address, {"table": "user"}).status_code == 404
    trader = LeadTrader.objects.get()
    assert "12.5" in root.get(reverse("admin:markets_leadtrader_past", args=(trader.pk,))).content.decode()


def test_a_history_needs_the_right_to_its_table(published):
    address = reverse("admin:markets_market_past", args=(published.pk,))
    assert client_of(person("one", "markets.view_market")).get(address).status_code == 403
    looker = client_of(person("two", "markets.view_market", "markets.view_candle"))
    page = looker.get(address).content.decode()
    assert "64000.5" in page and "Funding settlements" not in page
    assert looker.get(address, {"table": "fundingsettlement"}).status_code == 404
    assert client_of(person("three", "markets.view_candle")).get(address).status_code == 403


def test_the_first_page_groups_the_raw_tables(root, published):
    page = root.get(reverse("admin:index")).content.decode()
    places = [page.index(f">{name}</a>") for name in ("Markets", "Copy trading", "Listings and notices", "Networks", "Prices and contracts", "Reading")]
    assert places == sorted(places) and places[3] < page.index(">Network changes</a>") < places[4] < page.index(">Derivatives</a>") < places[5]


def test_settings_of_history_tell_the_room_they_take_with_the_markets_there_are(root, published):
    Feed.objects.filter(source__in=("book", "candles")).update(markets=0)
    Feed.objects.filter(exchange__slug="kucoin", source="book").update(markets=10)
    found = sizes.sizes(Setting(minute_snapshots_h=12, five_minute_snapshots_d=2, hour_snapshots_d=10, snapshot_pairs=500))
    quoted = Quote.objects.filter(bid__isnull=False, ask__isnull=False).count()
    assert found["minute_snapshots_h"].rows_a_day == quoted * 1440
    assert found["hour_snapshots_d"].rows_a_day == (quoted + 10) * 24
    assert found["minute_snapshots_h"].bytes_kept == found["minute_snapshots_h"].bytes_a_day // 2
    assert sizes.sizes(Setting(snapshot_pairs=0))["minute_snapshots_h"].rows_a_day == 0
    assert found["funding_kept_d"].rows[OpenInterest] == 24 and found["funding_kept_d"].rows[FundingSettlement] == 3
    Feed.objects.filter(source="book").update(enabled=False)
    assert sizes.sizes(Setting())["hour_snapshots_d"].rows_a_day == quoted * 24
    page = root.get(reverse("admin:markets_setting_changelist"), follow=True).content.decode()
    assert page.count("a day with the markets there are now") == len(found) and "events aside" in page


@pytest.mark.parametrize(("size", "text"), [(0, "0.0 MB"), (440_000, "0.4 MB"), (25_400_000, "25 MB"), (1_540_000_000, "1.5 GB")])
def test_room_is_told_for_people(size, text):
    assert sizes.megabytes(size) == text
