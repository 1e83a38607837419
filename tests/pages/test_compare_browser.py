"""The compare page at an amount, in a browser: axe, phones, what is remembered, and typing that outlives a refresh."""

import pytest

from markets.models import ExchangeAsset, IdentityState
from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.test_browser import refresh, site, site_page  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = "/compare/BTC-USDT/?amount=5000"
OVER = """() => [...document.querySelectorAll("#book tr[data-row] > :is(td, th)")]
.filter(cell => cell.checkVisibility({visibilityProperty: true})).flatMap(cell => {
    const room = document.createRange(), own = cell.getBoundingClientRect()
    room.selectNodeContents(cell)
    const taken = room.getBoundingClientRect()
    return taken.left < own.left - .5 || taken.right > own.right + .5 ? [`${cell.className}: ${cell.innerText}`] : []
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_an_order_and_everything_that_opens_pass_axe(site_page, width):  # noqa: F811
    page = site_page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(page.site + ASKED)
    page.locator("#fees-own summary").click()
    page.locator("details[id^=d-] summary").first.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_an_amount_and_fees_are_remembered_and_forgotten(site_page):  # noqa: F811
    page = site_page
    page.goto(page.site + ASKED)
    page.goto(page.site + "/compare/ETH-USDT/")
    page.wait_for_url("**/compare/ETH-USDT/?amount=5%2C000")
    page.fill("#amount", "")
    page.locator(".amount-form button").click()
    page.wait_for_url("**amount=&unit=quote")
    page.goto(page.site + "/compare/BTC-USDT/")
    assert page.input_value("#amount") == "" and page.url.endswith("/compare/BTC-USDT/")


def test_what_is_being_typed_outlives_a_refresh(site_page):  # noqa: F811
    page = site_page
    page.goto(page.site + ASKED)
    page.fill("#amount", "777")
    refresh(page)
    assert page.input_value("#amount") == "777"


@pytest.mark.parametrize("path", ["/compare/BTC-USDT/", ASKED])
def test_no_cell_of_the_table_runs_into_the_next(site_page, path):  # noqa: F811
    """Not the longest badge either: that of coins which are not confirmed yet."""
    page = site_page
    ExchangeAsset.objects.exclude(code="BTC", exchange__slug=market.SECOND).update(state=IdentityState.CONFIRMED)
    market.forget()
    for width in (1280, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(page.site + path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        assert "Unconfirmed, not ranked" in page.locator("#book").inner_text()
        assert page.evaluate(OVER) == [], width
