"""The pages of funding and options in Chromium: accessible on both sizes, one in each theme, silent, within the window, in their order while live."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from markets.models import Funding, OpenInterest, OptionQuote
from tests.api import published as p
from tests.pages.axe import Axe
from tests.pages.market import FIRST, SECOND, THIRD, forget
from tests.pages.test_browser import SIZES, THEMES, refresh
from tests.pages.test_funding import contracts  # noqa: F401  # their rows
from tests.pages.test_options import CALLS, EXPIRY, PUTS, listed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("/funding/", "/funding/?search=nothing", "/funding/BTC/", "/funding/DOGE/?buy=gone", "/options/")


@pytest.fixture
def site(live_server, contracts):  # noqa: F811
    """Funding with a history, a dated future and a chain, one put of it old."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    market = Funding.objects.get(market__symbol="BTCUSDT", market__exchange__slug=FIRST).market
    for i in range(12):
        p.settled(market, now - timedelta(hours=8 * i), f"0.000{i}")
        OpenInterest.objects.create(market=market, opened_at=now - timedelta(hours=i), open_interest=p.number(100 + i))
    p.ticker(p.market(THIRD, "BTC/USDT", kind="future", symbol="BTCF", expiry=now + timedelta(days=73)), mark_price=102, index_price=100)
    for kind, sides in (("call", CALLS), ("put", PUTS)):
        for strike, numbers in sides.items():
            listed(FIRST, strike, kind, **numbers)
    OptionQuote.objects.filter(market__symbol__endswith="90-P").update(observed_at=now - timedelta(minutes=10))
    listed(SECOND, 100, "call", EXPIRY, mark_iv="0.7")
    p.answered("option_tickers")
    return live_server.url


@pytest.mark.parametrize(("size", "theme"), THEMES.items())
def test_axe_finds_nothing_the_console_is_silent_and_nothing_scrolls_sideways(site, browser, theme, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: urlsplit(request.url).netloc != urlsplit(site).netloc and wrong.append(f"foreign: {request.url}"))
    for path in PAGES:
        page.goto(site + path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path} {theme} {size}\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {width}"
    assert wrong == []
    context.close()


def test_the_first_column_stays_while_the_matrix_scrolls_on_a_phone(site, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(site + "/funding/")
    head = page.locator("#r-BTC-USDT th")
    before = head.bounding_box()
    page.locator(".sideways").evaluate("box => { box.scrollLeft = 300 }")
    assert page.locator(".sideways").evaluate("box => box.scrollLeft") == 300
    assert head.bounding_box()["x"] == before["x"]
    page.close()


def test_rows_keep_their_order_while_live_and_keys_walk_them(site, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + "/funding/")
    order = page.eval_on_selector_all("#rows > tr", "rows => rows.map(row => row.id)")
    Funding.objects.filter(market__exchange__slug=FIRST, market__symbol="ETHUSDT").update(rate=p.number("0.004"))
    p.answered("funding")
    forget()
    refresh(page)
    assert page.eval_on_selector_all("#rows > tr", "rows => rows.map(row => row.id)") == order
    assert "+0.4000%" in page.locator("#r-ETH-USDT").inner_text()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == page.locator("#rows tr").first.locator("a").get_attribute("href")
    page.close()


def test_a_carry_is_worked_out_without_script(site, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/funding/BTC/")
    page.select_option("#in-buy", f"perp:{SECOND}:BTCUSDT")
    page.fill("#in-days", "60")
    page.click("text=Work it out")
    assert "+336.00 USDT are left after 60 days" in page.locator("#carry-says").inner_text()
    context.close()
