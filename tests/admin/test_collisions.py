"""The review of contested codes: what is asked, one click each, noted, taken back, carried away; and who may."""

import csv
import io
import json

import pytest
from auditlog.models import LogEntry

from exchanges.rows import Currency, Instrument
from markets.models import AssetAlias, Decision, ExchangeAsset, Renaming
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of
from tests.api.conftest import fresh_memory
from tests.markets.build import catalogue, instrument, rows

PATH = "/admin/markets/exchangeasset/collisions/"


@pytest.fixture
def contested(stored):
    """NOVA under two contracts, and a market that kept its id while its code changed."""
    for slug, address in (("kucoin", "0x1"), ("gateio", "0x2")):
        catalogue(slug, instrument("NOVA/USDT", name=f"<b>Nova</b> of {slug}"), Instrument("OLDID", base="OLD", quote="USDT"))
        rows(slug, "currencies", Currency("NOVA", network="ERC20", chain="ethereum", contract_address=address))
    catalogue("kucoin", "NOVA/USDT", Instrument("OLDID", base="FRESH", quote="USDT"))
    fresh_memory()
    return ExchangeAsset.objects.get(exchange__slug="gateio", code="NOVA")


@pytest.fixture
def looker(stored):
    return client_of(person("looker", "markets.view_exchangeasset"))


def post(client, do, item, **more):
    return client.post(f"{PATH}decide/", {"do": do, "item": item, **more}, follow=True)


def test_each_question_shows_its_sides_and_escapes_what_exchanges_say(root, contested):
    text = root.get(PATH).content.decode()
    assert "NOVA on Gate.io" in text and "ethereum 0x1" in text and "ethereum 0x2" in text and "&lt;b&gt;Nova" in text and "<b>Nova" not in text
    assert "what was OLD is now called FRESH" in text
    assert "NOVA on Gate.io" not in root.get(PATH, {"kind": "renamed"}).content.decode()
    assert "No open question matches" in root.get(PATH, {"q": "zzz"}).content.decode()
    assert root.get("/admin/markets/exchangeasset/").content.decode().count(PATH) == 1


@pytest.mark.parametrize(("do", "state", "slug"), [("accept", "confirmed", "nova"), ("split", "confirmed", "nova-2"), ("ignore", "conflicted", "nova")])
def test_one_click_decides_is_noted_and_can_be_taken_back(root, contested, do, state, slug):
    shown = post(root, do, f"code-{contested.pk}", **{"back-kind": "conflicted"})
    assert shown.request["QUERY_STRING"] == "kind=conflicted" and "Decided lately" in shown.content.decode()
    contested.refresh_from_db()
    assert (contested.state, contested.asset.slug, contested.decided) == (state, slug, True)
    entry = LogEntry.objects.get_for_object(contested).first()
    assert str(entry.actor) == "root" and "decided" in entry.changes_dict
    decision = Decision.objects.get()
    root.post(f"{PATH}undo/{decision.pk}/")
    contested.refresh_from_db()
    assert (contested.state, contested.asset.slug, contested.decided) == ("conflicted", "nova", False)
    assert "taken back already" in root.post(f"{PATH}undo/{decision.pk}/", follow=True).content.decode()


def test_a_renaming_is_accepted_with_its_factor_or_refused(root, contested):
    item = f"renaming-{Renaming.objects.get().pk}"
    for factor in ("0", "-1", "NaN", "many", "Infinity", "1e30"):
        assert "must be a number above zero" in post(root, "accept", item, factor=factor).content.decode()
    assert "1 OLD = 1000 FRESH" in post(root, "accept", item, factor="1000").content.decode()
    assert AssetAlias.objects.get(text="OLD").factor == 1000
    root.post(f"{PATH}undo/{Decision.objects.get().pk}/")
    assert "two coins" in post(root, "ignore", item).content.decode() and not AssetAlias.objects.filter(text="OLD").exists()


def test_the_form_of_the_page_is_enough(root, contested):
    fields = fields_of(root.get(PATH, {"kind": "conflicted", "q": "nova"}))
    assert fields["item"].startswith("code-") and (fields["back-kind"], fields["back-q"]) == ("conflicted", "nova")


@pytest.mark.parametrize(("do", "item"), [
    ("accept", "code-"), ("accept", "code-x"), ("eat", "code-1"), ("split", "renaming-1"), ("", ""), ("join", "code-²"),
])
def test_what_is_no_answer_is_refused(root, contested, do, item):
    assert root.post(f"{PATH}decide/", {"do": do, "item": item}).status_code == 400


def test_what_is_not_there_is_not_found(root, contested):
    assert root.post(f"{PATH}decide/", {"do": "accept", "item": "code-999999"}).status_code == 404
    assert root.post(f"{PATH}decide/", {"do": "join", "item": f"code-{contested.pk}", "target": "x"}).status_code == 404
    assert root.post(f"{PATH}undo/999999/").status_code == 404


def test_a_code_is_joined_to_the_coin_of_its_contract(root, contested):
    target = ExchangeAsset.objects.get(exchange__slug="gateio", code="OLD").asset
    assert "joined to OLD" in post(root, "join", f"code-{contested.pk}", target=target.pk).content.decode()
    contested.refresh_from_db()
    assert contested.asset == target


def test_only_post_decides_with_a_token_and_the_right(root, looker, viewer, contested):
    item = {"do": "accept", "item": f"code-{contested.pk}"}
    assert root.get(f"{PATH}decide/").status_code == root.get(f"{PATH}undo/1/").status_code == 405
    assert looker.get(PATH).status_code == 200 and "Accept" not in looker.get(PATH).content.decode()
    assert looker.post(f"{PATH}decide/", item).status_code == looker.post(f"{PATH}undo/1/").status_code == viewer.get(PATH).status_code == 403
    strict = client_of(person("strict", "markets.view_exchangeasset", "markets.change_exchangeasset"), enforce_csrf_checks=True)
    assert strict.post(f"{PATH}decide/", item).status_code == 403
    contested.refresh_from_db()
    assert not contested.decided


def test_what_matches_is_carried_away_as_csv_and_json_lines(root, contested):
    found = list(csv.DictReader(io.StringIO(root.get(PATH, {"kind": "conflicted", "exchange": "Gate.io", "format": "csv"}).content.decode())))
    assert [(row["code"], row["side_exchange"], row["contracts"]) for row in found] == [("NOVA", "KuCoin", "ethereum 0x1"), ("NOVA", "Gate.io", "ethereum 0x2")]
    lines = [json.loads(line) for line in root.get(PATH, {"format": "jsonl", "kind": "renamed"}).content.decode().splitlines()]
    assert {line["kind"] for line in lines} == {"renamed"} and lines[0]["price_usd"] is None
