"""The page and the API of a receipt: everything as it was, computed again, and a friendly no for what is not kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from markets import receipts
from markets.api import core as api
from markets.ask import agent
from markets.ask.frame import INTENTS, Frame
from markets.models import Receipt, Setting
from markets.pages import cache
from markets.pages import receipts_shown as shown
from markets.reads.findings import Asked

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.django_db]



@pytest.fixture
def kept():
    reply = agent.ask("Where can I buy 2 BTC but not on Binance?", Asked(timezone.now() - timedelta(seconds=100)))
    return reply.receipt


@pytest.fixture(autouse=True)
def anew():
    cache.forget()
    api.forget()


def page(client, link, status=200):
    cache.forget()
    api.forget()
    response = client.get(link.path)
    assert response.status_code == status
    return response.content.decode()


def test_it_shows_the_question_the_answer_what_was_read_and_the_verdict(client, kept):
    text = page(client, kept)
    assert "Where can I buy 2 BTC but not on Binance?" in text and "Computed again just now: the same, letter for letter." in text
    assert "Understood as" in text and "Not Binance" in text and "not asked: you left it out" in text
    assert "<summary>Quotes</summary>" in text and ">100.9<" in text and "taker fee" in text and "version 1 of the" in text
    assert f'href="/api/v1{kept.path}"' in text and "/ask/?q=Where+can+I+buy" in text and "noindex" in text


def test_its_ages_are_those_of_then_and_do_not_count_on(client, kept):
    main = page(client, kept).partition("<main")[2]
    assert "data-at" not in main and "<td>0 s</td>" in main  # the prices are younger than the question of then


@pytest.mark.parametrize("intent", INTENTS)
def test_every_kind_of_answer_has_its_page_and_its_api(client, get, intent):
    link = agent.replied(Frame("x", intent=intent, assets=("BTC", "MOON")), Asked(timezone.now())).receipt
    assert "the same, letter for letter" in page(client, link)
    answer = get(link.path.removeprefix("/"))
    assert answer["same"] is True and answer["why"] is None and answer["id"] == link.id and answer["frame"]["intent"] == intent
    assert all(each["differs"] == [] for each in answer["answers"])


def test_what_differs_is_named(client, get, kept):
    row = Receipt.objects.get()
    forged = receipts.zlib.decompress(row.answers).replace(b'"grade":"', b'"grade":"Z')
    Receipt.objects.update(answers=receipts.zlib.compress(forged))
    assert "not the same. Different: grade." in page(client, kept)
    answer = get(kept.path.removeprefix("/"))
    assert answer["same"] is False and answer["answers"][0]["differs"] == ["grade"]


def test_another_method_and_an_older_form_say_so(client, get, kept):
    Receipt.objects.update(method="0.9")
    assert "The method has changed since" in page(client, kept) and get(kept.path[1:])["same"] is None
    Receipt.objects.update(version=0)
    assert "kept in an older form" in page(client, kept)
    answer = get(kept.path[1:])
    assert answer["frame"] is None and answer["route"] == [] and answer["record"]["parts"] and answer["answers"][0]["sentence"]


@pytest.mark.parametrize("name", ["nobody", "a" * 300, "0"])
def test_what_is_not_kept_says_how_long_things_are(client, get, name):
    Setting.objects.filter(pk=1).update(receipts_kept_d=12)
    response = client.get(f"/receipts/{name}/")
    assert response.status_code == 404 and "A receipt is kept 12 days" in response.content.decode()
    assert "kept 12 days" in get(f"receipts/{name}/", 404)["detail"]


def test_an_expired_one_is_gone(client, get, kept):
    Receipt.objects.update(until=timezone.now() - timedelta(seconds=1))
    page(client, kept, 404)
    get(kept.path[1:], 404)


def test_a_hostile_question_is_shown_as_text(client):
    link = agent.ask('<script>alert("x")</script> btc price', Asked(timezone.now())).receipt
    assert "<script>alert" not in page(client, link)


# --- What was read, as tables -------------------------------------------------------------------------------------

def sheets(data):
    return list(shown.sheets_of(data, "best_price", datetime(2026, 11, 22, 12, tzinfo=UTC), {"a": "Alpha", "b": "Beta"}))


def test_own_values_come_first_and_empty_ones_not_at_all():
    found = sheets({"type": "x", "n": "1.500", "yes": True, "no": False, "none": None, "at": "2026-11-22T11:59:58.123Z", "empty": [], "names": {"a": "Alpha"}})
    assert [(sheet.title, sheet.rows) for sheet in found] == [("best price", [("n", "1.5"), ("yes", "yes"), ("at", "2026-11-22 11:59:58 UTC")])]


def test_few_things_stand_side_by_side_with_their_ages_of_then():
    found = sheets({"quotes": {"a": {"bid": "1.10", "observed_at": "2026-11-22T11:59:50Z", "x": ""}, "b": {"bid": None, "observed_at": None}}})
    assert found[0].head == ("", "Alpha", "Beta") and found[0].open
    assert found[0].rows == [("bid", "1.1", "–"), ("observed at", "2026-11-22 11:59:50 UTC", "–"), ("age", "10 s", "–")]


def test_many_things_are_rows_and_are_cut():
    found = sheets({"rows": [{"coin": f"C{i}", "n": i} for i in range(50)]})[0]
    assert found.head == ("", "coin", "n") and found.rows[0] == ("1", "C0", "0") and (len(found.rows), found.more, found.open) == (40, 10, False)
    assert len(sheets({"rows": [{"n": i} for i in range(8)]})[0].head) == 9 and len(sheets({"rows": [{"n": i} for i in range(9)]})[0].rows) == 9


def test_what_is_deeper_follows_and_a_book_is_cut_to_its_first_levels():
    book = {"bids": [[str(i), "2.0"] for i in range(12)], "asks": []}
    found = sheets({"books": {"a": {"symbol": "AB", **book, "inner": {"x": 1}}}})
    assert found[0].rows[1][1].startswith("0 × 2, 1 × 2") and found[0].rows[1][1].endswith(" and 2 more")
    assert (found[1].title, found[1].rows) == ("books, Alpha: inner", [("x", "1")])
