"""The operator's hand on questions: rollouts as a matrix, back to zero with one click, and words that get a meaning."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Exchange
from markets import read, receipts, rollouts
from markets.ask import agent
from markets.ask.frame import Frame
from markets.models import Asset, AssetAlias, Question, Receipt, Rollout, RolloutCount
from markets.reads.findings import Asked
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.django_db]
GRID = "admin:markets_rollout_changelist"
FRAME = Frame("best price for btc", intent="best_price", assets=("BTC",))


@pytest.fixture
def kucoin(market):
    return Exchange.objects.get(slug="kucoin")


def zero(client, exchange, intent="best_price"):
    return client.post(reverse("admin:markets_rollout_zero", args=(intent, exchange.pk)), follow=True)


# --- Rollouts -----------------------------------------------------------------------------------------------------
def test_the_matrix_has_every_kind_and_every_exchange(root):
    page = root.get(reverse(GRID)).content.decode()
    assert all(exchange.name in page for exchange in Exchange.objects.all())
    assert page.count("Off for everybody</button>") == 12 * Exchange.objects.count()
    assert "Funding on KuCoin: on, change" in page and "pb-quiet" in page and "button pb-test" not in page and "Help" not in page


def test_one_click_is_off_for_everybody_at_once_and_noted(root, kucoin):
    Rollout.objects.create(intent="best_price", exchange=kucoin, state="percent", percent=60, always="staff")
    page = zero(root, kucoin).content.decode()
    row = Rollout.objects.get()
    assert (row.state, row.percent, row.always) == ("off", 0, "staff")
    assert "off for everybody" in page and "best price on KuCoin: off, change" in page.replace("Best", "best")
    assert not rollouts.is_open("best_price", "kucoin", "user:1")
    entry = LogEntry.objects.get_for_object(row).filter(action=LogEntry.Action.UPDATE).first()
    assert entry.changes_dict["state"] == ["percent", "off"] and entry.changes_dict["percent"] == ["60", "0"] and str(entry.actor) == "root"


def test_a_cell_that_was_never_set_can_go_to_zero_too(root, kucoin):
    zero(root, kucoin, "funding")
    assert Rollout.objects.get().state == "off"
    zero(root, kucoin, "funding")
    assert Rollout.objects.count() == 1


def test_zero_needs_a_post_the_right_and_a_cell(root, kucoin):
    address = reverse("admin:markets_rollout_zero", args=("best_price", kucoin.pk))
    assert root.get(address).status_code == 405
    looker = client_of(person("looker", "markets.view_rollout"))
    assert looker.post(address).status_code == 403
    assert "Off for everybody</button>" not in looker.get(reverse(GRID)).content.decode()
    assert client_of(person("nobody", "markets.view_asset")).get(reverse(GRID)).status_code == 403
    for intent, pk in (("help", kucoin.pk), ("nonsense", kucoin.pk), ("funding", 9999)):
        assert root.post(reverse("admin:markets_rollout_zero", args=(intent, pk))).status_code == 404
    assert not Rollout.objects.exists()


def test_a_cell_is_made_from_the_matrix_and_changed_in_a_form(root, kucoin):
    page = root.get(reverse(GRID)).content.decode()
    link = f"{reverse('admin:markets_rollout_add')}?intent=compare&amp;exchange={kucoin.pk}"
    assert link in page
    fields = fields_of(root.get(link.replace("&amp;", "&")))
    assert (fields["intent"], fields["exchange"]) == ("compare", str(kucoin.pk))
    assert root.post(reverse("admin:markets_rollout_add"), {**fields, "state": "percent", "percent": "25", "always": "user:7\nstaff"}).status_code == 302
    row = Rollout.objects.get()
    assert (row.intent, row.state, row.percent) == ("compare", "percent", 25)
    assert "Compare on KuCoin: 25 %, change" in (page := root.get(reverse(GRID)).content.decode()) and "and 2 always" in page
    address = reverse("admin:markets_rollout_change", args=(row.pk,))
    assert not {"intent", "exchange"} & set(fields_of(root.get(address)))
    assert root.post(address, fields_of(root.get(address), percent="101")).status_code == 200  # refused
    root.post(address, fields_of(root.get(address), percent="40"))
    row.refresh_from_db()
    assert row.percent == 40 and LogEntry.objects.get_for_object(row).first().changes_dict == {"percent": ["25", "40"]}


def test_today_inside_and_outside_stand_in_the_cell(root, kucoin):
    today = timezone.now().date()
    Rollout.objects.create(intent="best_price", exchange=kucoin, state="percent", percent=50)
    RolloutCount.objects.create(day=today, intent="best_price", exchange=kucoin, inside=True, answers=1200, errors=30)
    RolloutCount.objects.create(day=today, intent="best_price", exchange=kucoin, inside=False, answers=800, errors=0)
    RolloutCount.objects.create(day=today - timedelta(days=1), intent="funding", exchange=kucoin, inside=True, answers=7, errors=7)
    page = root.get(reverse(GRID)).content.decode()
    assert "In: 1,200, 2.5 % failed" in page and "Out: 800, 0.0 % failed" in page and "In: 7," not in page and "In: none" in page


# --- Questions ----------------------------------------------------------------------------------------------------
@pytest.fixture
def question(market):
    now = timezone.now()
    return Question.objects.create(text="price of kuhcoin", why="coin", intent="best_price", word="KUHCOIN", first_at=now, last_at=now)


LIST = "admin:markets_question_changelist"


def test_choosing_a_coin_in_the_list_teaches_the_word(root, question):
    btc = Asset.objects.get(slug="btc")
    page = root.get(reverse(LIST))
    assert "price of kuhcoin" in page.content.decode()
    answer = root.post(reverse(LIST), {**fields_of(page), "form-0-means": str(btc.pk), "_save": "Save"}, follow=True)
    assert "Understood from now on: KUHCOIN" in answer.content.decode()
    alias = AssetAlias.objects.get(text="KUHCOIN")
    assert alias.asset == btc and str(LogEntry.objects.get_for_object(alias).first().actor) == "root"
    read.held.look_again()
    assert read.resolve("kuhcoin")[0].ticker == "BTC"


def test_a_question_without_a_word_needs_one_first(root, question):
    Question.objects.update(word="", why="unknown")
    btc = Asset.objects.get(slug="btc")
    fields = fields_of(root.get(reverse(LIST)))
    assert "form-0-means" not in fields  # nothing to choose a coin for
    root.post(reverse(LIST), {**fields, "form-0-means": str(btc.pk), "_save": "Save"})
    assert Question.objects.get().means is None
    address = reverse("admin:markets_question_change", args=(question.pk,))
    assert "write it first" in root.post(address, {"word": "", "means": str(btc.pk)}).content.decode()
    assert not AssetAlias.objects.filter(asset=btc, kind="name", text="").exists()
    root.post(address, {"word": "kuhkoin", "means": str(btc.pk)})
    assert AssetAlias.objects.get(text="kuhkoin").asset == btc


def test_questions_with_a_word_come_first(root, question):
    later = timezone.now() + timedelta(hours=1)
    Question.objects.create(text="volume of nothing", why="nothing", intent="volume", first_at=later, last_at=later)
    Question.objects.create(text="price of florin", why="coin", intent="best_price", word="FLORIN", first_at=later, last_at=later)
    page = root.get(reverse(LIST)).content.decode()
    places = [page.index(text) for text in ("price of florin", "price of kuhcoin", "volume of nothing")]
    assert places == sorted(places) and 'name="form-1-means"' in page and 'name="form-2-means"' not in page


def test_saving_without_a_coin_teaches_nothing(root, question):
    number = AssetAlias.objects.count()
    root.post(reverse(LIST), {**fields_of(root.get(reverse(LIST))), "_save": "Save"})
    root.post(reverse("admin:markets_question_change", args=(question.pk,)), {"word": "KUHCOIN", "means": ""})
    assert AssetAlias.objects.count() == number


def test_nobody_adds_questions_and_they_can_be_dismissed(root, question):
    assert root.get(reverse("admin:markets_question_add")).status_code == 403
    assert root.post(reverse("admin:markets_question_delete", args=(question.pk,)), {"post": "yes"}).status_code == 302
    assert not Question.objects.exists()


def test_a_question_is_shown_as_text(root, question):
    Question.objects.update(text="<script>alert(1)</script>")
    assert "<script>alert" not in root.get(reverse(LIST)).content.decode()


# --- Receipts -----------------------------------------------------------------------------------------------------
def test_receipts_are_listed_and_never_edited(root):
    link = agent.replied(FRAME, Asked(timezone.now())).receipt
    page = root.get(reverse("admin:markets_receipt_changelist")).content.decode()
    assert link.path in page and "bytes" in page
    address = reverse("admin:markets_receipt_change", args=(link.id,))
    assert root.get(address).status_code == 200 and root.post(address, {"question": "x"}).status_code == 403
    assert Receipt.objects.get().question == FRAME.q and receipts.find(link.id, timezone.now()).same


def test_the_column_of_a_receipt_names_nobody():
    agent.replied(Frame("tell jane@example.com", intent="best_price", assets=("BTC",)), Asked(timezone.now()))
    assert Receipt.objects.get().question == "tell [e-mail]"


def test_how_long_receipts_are_kept_is_a_setting(root):
    page = root.get(reverse("admin:markets_setting_changelist"), follow=True)
    assert fields_of(page)["receipts_kept_d"] == "30"
