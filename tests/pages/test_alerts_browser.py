"""Alerts in Chromium: accessibility, and the way from a compare page to the bell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from markets import alerts, store
from markets.models import Channel, Delivery, ExchangeAsset, IdentityState
from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.test_browser import SIZES, THEMES, site  # noqa: F401  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long sentence of mine"


@pytest.fixture
def ann(site):  # noqa: F811
    owner = get_user_model().objects.create_user("ann", "ann@example.org", PASSWORD)
    ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
    store.touch("assets")
    market.forget()
    Channel.objects.create(owner=owner, kind="webhook", address="https://hooks.example.org/x")
    return owner


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, ann, browser, size):  # noqa: F811
    http = Client()
    http.force_login(ann)
    http.post("/alerts/new/", {"kind": "price", "pair": "BTC-USDT", "level": "1", "soon": "true", "channel": Channel.objects.get().pk})
    assert alerts.sweep(datetime.now(UTC)) == 1
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=THEMES[size])
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site}/alerts/")
    assert Axe().run(page).response["violations"] == []
    context.add_cookies([{"name": "sessionid", "value": http.cookies["sessionid"].value, "url": site}])
    for address in ("/alerts/", "/alerts/new/?kind=price&pair=BTC-USDT&amount=25000", "/alerts/new/?kind=arbitrage"):
        page.goto(site + address)
        page.wait_for_selector("#bell b")
        for details in page.query_selector_all("main details"):
            details.evaluate("e => e.open = true")
        found = Axe().run(page).response["violations"]
        assert found == [], (address, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    context.close()


def test_from_a_compare_page_to_the_bell_without_any_script(site, ann, browser):  # noqa: F811
    """Sign in, press Alert me, save; the price crosses, a delivery is on its way, and the page shows what was told."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/compare/BTC-USDT/")
    page.click("text=Alert me")
    page.fill("[name=username]", "ann")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.solid")
    assert page.input_value("[name=pair]") == "BTC-USDT"
    page.fill("[name=level]", "64100")
    page.select_option("[name=above]", "false")
    page.click("main form button.solid")
    assert "falls to 64100 USDT or below" in page.inner_text("main")
    now = datetime.now(UTC)
    assert alerts.sweep(now) == 0
    for slug in market.SLUGS:
        market.move(slug, "BTC", "63950.10", "63950.20", now)
    assert alerts.sweep(now + timedelta(seconds=3)) == 1
    assert Delivery.objects.get().subject.startswith("Best to buy BTC/USDT: 64,0")
    page.reload()
    assert "Best to buy BTC/USDT: 64,0" in page.inner_text("main") and "Mark 1 as read" in page.inner_text("main")
    context.close()
