"""Going live: what was decided while the market was simulated is there afterwards, and nothing of its prices."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from exchanges.models import Exchange, Feed
from markets import carried
from markets.models import Alert, ApiKey, Asset, Channel, ExchangeAsset, Setting

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CONDITION = {"kind": "cross", "base": "BTC", "quote": "USDT", "level": "90000"}


@pytest.fixture
def decided():
    """An installation that somebody has made their own."""
    anna = User.objects.create_user("anna", "anna@example.org", "correct horse battery")
    anna.groups.set([Group.objects.get_or_create(name="operator")[0]])
    Setting.objects.update_or_create(pk=1, defaults={"unknown_fee_pct": "0.35"})
    first, second = Exchange.objects.all()[:2]
    Exchange.objects.filter(pk=first.pk).update(enabled=False, budget_per_minute=77, taker_fee_pct="0.08")
    Feed.objects.filter(exchange=second, source="tickers").update(period_s=15)
    first.allowances.update(share_pct=40)
    own = Channel.objects.create(owner=anna, kind="email", address="anna@example.org", confirmed_at=NOW)
    Channel.objects.create(kind="email", address="ops@example.org")
    alert = Alert.objects.create(owner=anna, kind="cross", condition=CONDITION, cool_down_s=99, memory={"was": "above"})
    alert.channels.set([own])
    ApiKey.objects.create(owner=anna, name="bot", prefix="abcdefgh", digest="0" * 64, scopes=["read"], created_at=NOW)
    coin = Asset.objects.create(slug="xyz-2", ticker="XYZ", name="Another")
    ExchangeAsset.objects.create(exchange=first, code="XYZ", asset=coin, state="confirmed", decided=True, evidence="seen on its page")
    return first, second


def fresh():
    """What a migration leaves, in place of all that was decided."""
    for model in (Alert, ApiKey, Channel, ExchangeAsset, Setting, User):
        model.objects.all().delete()
    Exchange.objects.update(enabled=True, budget_per_minute=600, taker_fee_pct=None)
    Feed.objects.update(period_s=10)
    carried.Allowance.objects.update(share_pct=100)


def test_everything_decided_stands_in_the_other_installation(decided):
    first, second = decided
    text = carried.exported(NOW)
    fresh()
    ExchangeAsset.objects.create(exchange=first, code="XYZ", asset=Asset.objects.get(slug="xyz-2"))
    assert [missing for _, missing in carried.imported(text).values() if missing] == []
    anna = User.objects.get(username="anna")
    assert anna.check_password("correct horse battery") and [g.name for g in anna.groups.all()] == ["operator"]
    first.refresh_from_db()
    assert (first.enabled, first.budget_per_minute, str(first.taker_fee_pct)) == (False, 77, "0.08000")
    assert {a.share_pct for a in first.allowances.all()} == {40}
    assert Feed.objects.get(exchange=second, source="tickers").period_s == 15
    assert str(Setting.objects.get().unknown_fee_pct) == "0.350"
    assert {(c.owner, c.address, bool(c.confirmed_at)) for c in Channel.objects.all()} == {(anna, "anna@example.org", True), (None, "ops@example.org", False)}
    [alert] = Alert.objects.all()
    assert (alert.condition, alert.cool_down_s, alert.memory, [c.owner for c in alert.channels.all()]) == (CONDITION, 99, {}, [anna])
    assert (ApiKey.objects.get().owner, ApiKey.objects.get().digest) == (anna, "0" * 64)
    code = ExchangeAsset.objects.get(code="XYZ")
    assert (code.state, code.decided, code.evidence) == ("confirmed", True, "seen on its page")
    assert carried.exported(NOW) == text


def test_twice_is_as_once(decided):
    text = carried.exported(NOW)
    carried.imported(text)
    carried.imported(text)
    assert carried.exported(NOW) == text


def test_what_was_not_read_yet_is_told_and_comes_with_the_next_import(decided, tmp_path, capsys):
    first, _ = decided
    (tmp_path / "settings.json").write_text(carried.exported(NOW))
    ExchangeAsset.objects.all().delete()
    call_command("settings", "--import", str(tmp_path / "settings.json"))
    said = capsys.readouterr().out
    assert f"codes: 0; not here yet: {first.slug} XYZ coin (1)" in said and "carried by the same command once" in said
    ExchangeAsset.objects.create(exchange=first, code="XYZ", asset=Asset.objects.get(slug="xyz-2"))
    call_command("settings", "--import", str(tmp_path / "settings.json"))
    assert ExchangeAsset.objects.get().decided and "not here yet" not in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"pebble_settings": 2}', "no json"])
def test_another_file_is_refused_and_changes_nothing(decided, tmp_path, text):
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(CommandError, match=r"format 2|no file of"):
        call_command("settings", "--import", str(tmp_path / "settings.json"))


def test_the_file_is_its_owners_only_and_holds_no_prices(decided, tmp_path):
    path = tmp_path / "settings.json"
    call_command("settings", "--export", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {"pebble_settings", "market", "made_at", "groups", "told", *(t.name for t in carried.TABLES)}
