"""Gaps through their addresses: the page's numbers, a reason for whatever is left out, and no figure between two coins."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets import episodes, turns
from markets.models import Setting
from tests.api.conftest import fresh_memory
from tests.markets import gaps
from tests.markets.gaps import BUY, SELL, THIRD

pytestmark = pytest.mark.usefixtures("stored")


@pytest.fixture
def paying(stored, monkeypatch):
    """The example's gap, seen twice; the second time just now."""
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
    now = timezone.now()
    gaps.fill(now - timedelta(seconds=12))
    episodes.scan(now - timedelta(seconds=12))
    gaps.tick(now - timedelta(seconds=2))
    gaps.books(now - timedelta(seconds=2))
    episodes.scan(now - timedelta(seconds=1))
    fresh_memory()


def test_a_route_with_its_sizes_and_the_reason_it_is_not_more(paying, get):
    answer = get("arbitrage/")
    row, = answer["results"]
    assert (row["class"], row["kind"], row["base"], row["quote"], row["reasons"]) == ("executable", "cross", "POL", "USDT", [])
    assert [(leg["exchange"], leg["side"], leg["price"], leg["fee_pct"], leg["source"]) for leg in row["legs"]] == [
        (BUY, "buy", "0.82", "0.1", "book"), (SELL, "sell", "0.8241", "0.1", "book"),
    ]
    assert row["gross_bps"].startswith("50") and row["break_even_pct"].startswith("0.2002") and row["net_pct"].startswith("0.2992")
    most = row["at_most"]
    assert (most["size"], most["cost"], most["profit"], most["ended_by"]) == ("3500", "2874.872", "4.41583", "unprofitable")
    assert (row["at_amount"]["ended_by"], Decimal(row["at_amount"]["cost"]) <= 1000) == ("amount", True)
    assert (row["transfer"]["state"], row["transfer"]["fee"], row["snapshots"], row["seen_24h"]) == ("open", "1.5", 2, 1)
    assert answer["counts"]["executable"] == 1 and answer["closest"] == [] and "gone" in answer["notes"][0]


def test_whatever_is_not_executable_says_why_and_two_coins_have_no_figures(paying, get):
    rows = {row["base"]: row for row in get("arbitrage/?show=not_executable")["results"]}
    assert {base: (row["class"], row["reasons"][0]["code"]) for base, row in rows.items()} == {
        "SUI": ("blocked", "wallet_closed"), "NOVA": ("suspect", "conflicted"), "OLD": ("unconfirmed", "stale"),
    }
    nova = rows["NOVA"]
    assert {nova[name] for name in ("gross_bps", "fees_bps", "net_pct", "at_amount", "at_most", "profit_usd", "most_usd")} == {None}
    assert all(reason["detail"] for row in rows.values() for reason in row["reasons"])


def test_where_nothing_pays_the_closest_are_told(paying, get):
    answer = get("arbitrage/?fees=0.5")
    assert (answer["results"], answer["counts"]["executable"]) == ([], 0)
    assert {row["class"] for row in answer["closest"]} == {"unprofitable"}
    losing = get("arbitrage/?show=not_paying&ordering=-net&fees=0.5")["results"]
    assert [row["class"] for row in losing] == ["unprofitable"] * len(losing) != []
    assert get("arbitrage/?min_depth=5000")["filtered"] == 1


def test_one_route_in_full(paying, get):
    row = get(f"arbitrage/POL-USDT/?buy={BUY}&sell={SELL}&mode=transfer")
    assert (row["class"], len(row["asks"]), row["asks"][0], row["curve"][0]) == ("executable", 3, ["0.82", "1500"], ["0", "0"])
    assert all(c["met"] for c in row["conditions"])
    assert [e["snapshots"] for e in row["episodes"]] == [2]
    assert Decimal(row["at_most"]["profit"]) < Decimal("4.41583"), "1.5 coins stay on the way"


@pytest.mark.parametrize(("address", "status", "field"), [
    ("arbitrage/?kind=magic", 400, "kind"), ("arbitrage/?amount=-5", 400, "amount"), ("arbitrage/?fees=6", 400, "fees"), ("arbitrage/?mode=x", 400, "mode"),
    (f"arbitrage/POL-USDT/?buy={BUY}", 400, "sell"), (f"arbitrage/POL-USDT/?sell={SELL}", 400, "buy"), ("arbitrage/POL-USDT/?buy=x", 400, "buy"),
    (f"arbitrage/POL-USDT/?buy={BUY}&sell={THIRD}", 404, None), (f"arbitrage/XXX-YYY/?buy={BUY}&sell={SELL}", 404, None),
])
def test_what_is_wrong_is_said(paying, get, address, status, field):
    assert get(address, status).get("field") == field
