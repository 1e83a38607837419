"""Exchanges under an operator's hand: list, form, confirmation, hosts, test of the connection."""

import re
from datetime import UTC, datetime

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse

from exchanges.client import Outcome
from exchanges.models import Exchange, Feed
from exchanges.rows import ServerTime
from markets import read, trial
from markets.models import Revision
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]
LIST = reverse("admin:exchanges_exchange_changelist")


@pytest.fixture
def kucoin(market):
    return Exchange.objects.get(slug="kucoin")


def form_of(exchange):
    return reverse("admin:exchanges_exchange_change", args=(exchange.pk,))


def row_of(response, thing):
    """The prefix of a row in a list's or an inline's form."""
    return next(name.removesuffix("-id") for name, value in fields_of(response).items() if name.endswith("-id") and value == str(thing.pk))


def test_the_list_shows_state_budget_fee_and_a_test_button(root, kucoin):
    page = root.get(LIST).content.decode()
    for text in ("KuCoin", "Live", "Budget", "Used now", "Success, 1 h", "p95", "Newest price", f"/{kucoin.pk}/test/"):
        assert text.lower() in page.lower()


def test_turning_off_in_the_list_asks_first_with_what_changes_then_does_it(operator, kucoin):
    page = operator.get(LIST)
    fields = fields_of(page, **{f"{row_of(page, kucoin)}-enabled": None}, _save="Save")
    asked = operator.post(LIST, fields)
    assert "Switch off KuCoin?" in asked.content.decode()
    assert "1 pair is left on one exchange only" in asked.content.decode() and Exchange.objects.get(slug="kucoin").enabled
    done = operator.post(LIST, fields_of(asked, reason="maintenance"))
    assert done.status_code == 302 and not Exchange.objects.get(slug="kucoin").enabled
    entry = LogEntry.objects.get_for_object(kucoin).filter(action=LogEntry.Action.UPDATE).first()
    assert (str(entry.actor), entry.remote_addr) == ("operator", "127.0.0.1")
    assert (entry.changes_dict, entry.additional_data) == ({"enabled": ["True", "False"]}, {"reason": "maintenance"})


def test_a_budget_saved_in_an_old_list_does_not_switch_an_exchange_on_again(operator, kucoin):
    url = reverse("admin:exchanges_exchange_changelist")
    shown = operator.get(url)
    Exchange.objects.filter(pk=kucoin.pk).update(enabled=False)  # somebody else, meanwhile
    row = next(name.removesuffix("-id") for name, value in fields_of(shown).items() if name.endswith("-id") and value == str(kucoin.pk))
    operator.post(url, fields_of(shown, **{f"{row}-budget_per_minute": "88", "_save": "Save"}))
    kucoin.refresh_from_db()
    assert (kucoin.budget_per_minute, kucoin.enabled) == (88, False)


def test_turning_off_in_the_form_asks_first_and_keeps_what_else_was_typed(operator, kucoin):
    fields = fields_of(operator.get(form_of(kucoin)), enabled=None, budget_per_minute="55", reason="too slow")
    asked = operator.post(form_of(kucoin), fields)
    assert "Switch off KuCoin?" in asked.content.decode() and "is left on one exchange only" in asked.content.decode()
    assert operator.post(form_of(kucoin), fields_of(asked)).status_code == 302
    kucoin.refresh_from_db()
    assert (kucoin.enabled, kucoin.budget_per_minute, kucoin.reason) == (False, 55, "too slow")


def test_turning_on_asks_nothing_and_every_save_tells_the_readers(operator, kucoin, switch):
    switch("kucoin", False)
    before = Revision.objects.get(name="switches").number
    fields = fields_of(operator.get(form_of(kucoin)), enabled="on")
    assert operator.post(form_of(kucoin), fields).status_code == 302
    assert Exchange.objects.get(slug="kucoin").enabled and Revision.objects.get(name="switches").number > before


def test_a_save_touches_no_column_that_workers_write(operator, kucoin):
    fields = fields_of(operator.get(form_of(kucoin)), priority="7")
    at = datetime(2026, 11, 22, 11, tzinfo=UTC)
    loaded = Exchange.objects.get(pk=kucoin.pk)
    Exchange.objects.filter(pk=kucoin.pk).update(state="down", state_since=at)
    loaded.priority = 7
    assert operator.post(form_of(kucoin), fields).status_code == 302
    kucoin.refresh_from_db()
    assert (kucoin.priority, kucoin.state, kucoin.state_since) == (7, "down", at)


def test_sources_have_a_switch_and_a_period(operator, kucoin):
    page = operator.get(form_of(kucoin))
    feed = Feed.objects.get(exchange=kucoin, source="tickers")
    row = row_of(page, feed)
    assert operator.post(form_of(kucoin), fields_of(page, **{f"{row}-period_s": "30"})).status_code == 302
    feed.refresh_from_db()
    assert feed.period_s == 30
    assert LogEntry.objects.get_for_object(feed).first().changes_dict == {"period_s": ["10", "30"]}


def test_a_budget_above_the_published_limits_is_warned_of(root, kucoin):
    assert "is above the" not in root.get(form_of(kucoin)).content.decode()
    Exchange.objects.filter(pk=kucoin.pk).update(budget_per_minute=99_999)
    assert "The budget of 99,999 a minute is above the" in root.get(form_of(kucoin)).content.decode()


HOSTS = [
    "http://api.kucoin.com", "localhost", "127.1", "2130706433", "[::1]", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "user@api.kucoin.com",
    "evil.example", "api.kucoin.com.evil.example", "api.kucoin.com:8080",
]


@pytest.mark.parametrize("host", HOSTS)
def test_no_host_but_the_adapters_and_the_environments_can_be_saved(root, kucoin, host):
    answer = root.post(form_of(kucoin), fields_of(root.get(form_of(kucoin)), host=host))
    assert answer.status_code == 200 and "Select a valid choice" in answer.content.decode()
    kucoin.refresh_from_db()
    assert kucoin.host == ""


def test_a_host_of_the_environment_can(root, kucoin, settings):
    settings.EXTRA_HOSTS = ["mirror.example"]
    assert root.post(form_of(kucoin), fields_of(root.get(form_of(kucoin)), host="mirror.example")).status_code == 302
    kucoin.refresh_from_db()
    assert kucoin.host == "mirror.example"


# --- Test connection --------------------------------------------------------------------------------------------
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANSWERS = {"time": Outcome("ok", NOW, NOW, 31, [ServerTime(NOW)]), "tickers": Outcome("rate_limited", NOW, NOW, 12, detail="429")}


@pytest.fixture
def asked(monkeypatch):
    """Stands in for the network alone: notes what the client would have been asked."""
    calls = []

    class Client:
        def __init__(self, exchange, feed):
            self.slug = exchange.slug

        def fetch(self, source, *, interactive=False):
            calls.append((self.slug, source, interactive))
            return ANSWERS[source]

    monkeypatch.setattr(trial, "client_for", Client)
    return calls


def test_a_test_asks_the_time_and_the_tickers_shows_each_step_and_is_noted(operator, kucoin, asked):
    page = operator.post(f"{form_of(kucoin).removesuffix('change/')}test/").content.decode()
    assert asked == [("kucoin", "time", True), ("kucoin", "tickers", True)]
    assert "Its clock is +0 ms from ours." in page and "rate_limited" in page and "Not well: tickers." in page
    entry = LogEntry.objects.get_for_object(kucoin).get(action=LogEntry.Action.ACCESS)
    assert [step["verdict"] for step in entry.additional_data["test"]] == ["ok", "rate_limited"] and str(entry.actor) == "operator"


def test_several_at_once_from_the_list(operator, kucoin, asked):
    page = operator.post(LIST, {"action": "test_connection", "_selected_action": list(Exchange.objects.values_list("pk", flat=True))}).content.decode()
    assert len(asked) == 2 * Exchange.objects.count() and page.count("Not well: tickers.") == Exchange.objects.count()


def test_a_test_is_never_a_get_and_never_for_who_may_only_look(operator, viewer, kucoin, asked):
    address = f"{form_of(kucoin).removesuffix('change/')}test/"
    assert operator.get(address).status_code == 405
    assert viewer.post(address).status_code == 403
    viewer.post(LIST, {"action": "test_connection", "_selected_action": [kucoin.pk]})
    assert asked == []


# --- Who may ----------------------------------------------------------------------------------------------------
def test_a_switch_is_never_a_get_needs_the_token_and_the_right(viewer, kucoin):
    strict = client_of(person("strict", "exchanges.view_exchange", "exchanges.change_exchange"), enforce_csrf_checks=True)
    fields = fields_of(strict.get(form_of(kucoin)), enabled=None, _confirmed="yes")
    assert strict.post(form_of(kucoin), fields).status_code == 403
    strict.get(form_of(kucoin), fields)
    assert viewer.post(form_of(kucoin), fields).status_code == 403
    page = viewer.get(LIST)
    assert "form-0-enabled" not in page.content.decode()
    viewer.post(LIST, {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": kucoin.pk, "_save": "Save", "_confirmed": "yes"})
    assert Exchange.objects.get(slug="kucoin").enabled


def test_nobody_adds_or_deletes_an_exchange(root, kucoin):
    assert root.get(reverse("admin:exchanges_exchange_add")).status_code == 403
    assert root.post(reverse("admin:exchanges_exchange_delete", args=(kucoin.pk,)), {"post": "yes"}).status_code == 403


def test_the_impact_is_what_the_board_says(market):
    from markets.impact import impact, sentence

    left = impact(read.board(), ["binance"])
    assert left == {2: 1, 1: 1, 0: 1}
    assert sentence(left) == (
        "1 comparison drops to two exchanges; 1 pair is left on one exchange only, with nothing to compare; 1 pair is left without a price."
    )
    assert sentence(impact(read.board(), ["gateio"])) == "No comparison counts on it right now, so none changes."


def test_staff_typed_text_is_shown_as_text(root, kucoin):
    Exchange.objects.filter(pk=kucoin.pk).update(name="<script>alert(1)</script>", state_detail="<img src=x onerror=alert(1)>")
    fresh_memory()
    for address in (LIST, form_of(kucoin), reverse("admin:index")):
        page = root.get(address).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and re.search(r"&lt;(script|img)", page)


def test_the_model_itself_refuses_a_budget_of_nothing(kucoin):
    kucoin.budget_per_minute = 0
    with pytest.raises(ValidationError):
        kucoin.full_clean()
