"""The API of a person's own alerts: by session with the form's token or by key, each one's own only, strict about what is sent."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from markets import keys
from markets.models import Alert, Channel, Firing

PRICE = {"kind": "price", "pair": "BTC-USDT", "level": "60000", "above": False}


@pytest.fixture
def owner(market):
    return get_user_model().objects.create(username="ann")


@pytest.fixture
def ask(owner):
    """Ask with a key of the owner that may `alerts`."""
    _, text = keys.make(owner, "test", ["alerts"], timezone.now())
    http = Client(enforce_csrf_checks=True)

    def call(method, address="alerts/", body=None, status=200):
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        response = getattr(http, method)(f"/api/v1/{address}", headers={"Authorization": f"Bearer {text}"}, **more)
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    return call


def test_an_alert_is_made_read_paused_changed_tried_and_deleted(ask, owner):
    made = ask("post", body=PRICE, status=201)
    assert (made["kind"], made["state"], made["condition"]) == ("price", "on", {"kind": "price", "pair": "BTC-USDT", "level": "60000", "above": "false"})
    assert made["sentence"] == "The best price to buy BTC/USDT falls to 60000 USDT or below, after fees"
    assert made["now"]["results"][0]["value"] == "101.0009"
    place = f"alerts/{made['id']}/"
    assert ask("patch", place, {"paused": True})["state"] == "paused"
    changed = ask("patch", place, {"cool_down_s": 60, "quiet_from": "22:00", "quiet_to": "07:00", "paused": False})
    assert [changed[name] for name in ("cool_down_s", "quiet_from", "quiet_to", "state")] == [60, "22:00", "07:00", "on"]
    assert ask("patch", place, {"quiet_from": "", "quiet_to": ""})["quiet_from"] is None
    assert ask("post", f"{place}test/", status=201)["test"] is True
    assert ask("get", place)["told"][0]["subject"].startswith("Test: ")
    assert [row["id"] for row in ask("get")["results"]] == [made["id"]]
    ask("delete", place, status=204)
    assert not Alert.objects.exists() and not Firing.objects.exists()


def test_other_peoples_alerts_and_channels_are_not_there(ask, market):
    bob = get_user_model().objects.create(username="bob")
    theirs = Alert.objects.create(owner=bob, kind="down", condition={"kind": "down"})
    channel = Channel.objects.create(owner=bob, kind="webhook", address="https://hooks.example.org/x")
    for method, address in (("get", ""), ("patch", ""), ("delete", ""), ("post", "test/")):
        ask(method, f"alerts/{theirs.pk}/{address}", body=None if method != "patch" else {"paused": True}, status=404)
    assert ask("get")["count"] == 0
    assert "not one of yours" in ask("post", body={**PRICE, "channel": [channel.pk]}, status=400)["detail"]
    assert Alert.objects.filter(owner=bob).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "price", "pair": "BTC-USDT"}, "level"), ({"kind": "price", "level": "1"}, "pair"), ({**PRICE, "pair": "NOPE-USDT"}, "pair"),
        ({**PRICE, "more": 1}, "more"), ({**PRICE, "kind": "rain"}, "kind"), ({**PRICE, "level": {"a": 1}}, "level"), ({**PRICE, "level": "1e3"}, "level"),
        ({"kind": "funding", "level": "1"}, "base"), ({"kind": "funding", "level": "1", "base": "BTC"}, "base"), ({**PRICE, "exchange": ["mtgox"]}, "exchange"),
        ({**PRICE, "cool_down_s": 1}, "cool_down_s"), ({**PRICE, "quiet_from": "25:00"}, "quiet_from"), ({**PRICE, "ends_at": "soon"}, "ends_at"),
        ({**PRICE, "pair": "B\x00TC-USDT"}, "pair"), ({**PRICE, "level": "9" * 300}, "level"), ({**PRICE, "channel": ["x"]}, "channel"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(ask, body, field):
    assert ask("post", body=body, status=400)["field"] == field


def test_a_body_has_to_be_an_object_of_json_and_short(ask):
    for body in ("[]", "{", '"x"', "\xff"):
        assert ask("post", body=body, status=400)["detail"].startswith("The body")
    assert "longer" in ask("post", body="{" + " " * 20_000 + "}", status=400)["detail"]


def test_without_a_key_or_session_there_is_nothing_and_a_key_needs_the_scope(owner, market):
    http = Client()
    for method, address in (("get", "alerts/"), ("post", "alerts/"), ("get", "alerts/1/"), ("delete", "alerts/1/"), ("post", "alerts/1/test/")):
        response = getattr(http, method)(f"/api/v1/{address}")
        assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    _, text = keys.make(owner, "reader", ["read"], timezone.now())
    assert http.get("/api/v1/alerts/", headers={"Authorization": f"Bearer {text}"}).status_code == 403
    assert http.put("/api/v1/alerts/").status_code == 405
    assert http.put("/api/v1/alerts/1/")["Allow"] == "GET, HEAD, PATCH, DELETE"


def test_a_session_changes_something_only_with_the_forms_token(owner, market):
    """U7: a page of another site cannot make an alert."""
    http = Client(enforce_csrf_checks=True)
    http.force_login(owner)
    assert http.get("/api/v1/alerts/").status_code == 200
    assert http.post("/api/v1/alerts/", PRICE, content_type="application/json").status_code == 403
    assert http.delete("/api/v1/alerts/1/").status_code == 403
    http.get("/alerts/new/?kind=down")  # a form, and with it the token
    token = http.cookies["csrftoken"].value
    made = http.post("/api/v1/alerts/", PRICE, content_type="application/json", headers={"X-CSRFToken": token})
    assert (made.status_code, made["Cache-Control"]) == (201, "private, no-store")
