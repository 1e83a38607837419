"""A coin's page: what exchanges call it, who else has its name, old tickers, and a code that is kept apart on a page of its own."""

import re
from datetime import timedelta

import pytest

from exchanges.rows import Currency
from tests.markets.build import catalogue, instrument, prices, rows, ticker
from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.market import FOURTH, SECOND
from tests.pages.test_browser import SIZES, THEMES, site  # noqa: F401 - a fixture


@pytest.fixture
def nova(stored):
    """NOVA on two exchanges under two contracts."""
    for slug, address, price in ((SECOND, "0x1234567890abcdef", 2), (FOURTH, "0xfedcba0987654321", "0.02")):
        catalogue(slug, instrument("NOVA/USDT", name=f"Nova of {slug}"), *market._instruments(slug), now=stored)
        prices(slug, ticker("NOVA/USDT", price, price), now=stored)
        for network in ("ERC20", "BEP20"):
            rows(slug, "currencies", Currency("NOVA", network=network, chain="ethereum", contract_address=address, withdraw_open=False), now=stored)
    market.forget()


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_says_what_each_exchange_calls_it_and_why(client, nova):
    text = text_of(client.get("/assets/btc/"))
    assert "Bitcoin BTC" in text and "What each exchange calls it" in text and "Nothing but the ticker says so." in text and "also written XBT" in text


def test_a_code_that_is_kept_apart_has_a_page_of_its_own(client, nova):
    page = client.get("/assets/nova/")
    assert "kept apart and compared with nothing here" in text_of(page) and f"/assets/nova/{FOURTH}/" in page.content.decode()
    own = client.get(f"/assets/nova/{FOURTH}/")
    assert "Another coin than NOVA elsewhere" in text_of(own) and "0xfedcba…4321" in text_of(own) and "0x123456…cdef" not in text_of(own).split("NOVA/USDT")[1]
    assert "0.020000" in text_of(own) and "withdrawals closed" in text_of(own)
    assert client.get("/assets/btc/kucoin/")["Location"] == "/assets/btc/", "what is not apart has no such page"
    assert client.get("/assets/nosuch/kucoin/").status_code == 404


def test_an_alert_is_proposed_for_a_pair_in_dollars_with_a_live_price(client, stored):
    """Not for the busiest one, where that is in another coin or has no price."""
    symbols = ("LUNO/BTC", "LUNO/USDC", "LUNO/USDT", "LUNO/DAI")
    catalogue(SECOND, *(instrument(symbol) for symbol in symbols), *market._instruments(SECOND), now=stored)
    volumes = {"LUNO/BTC": 900_000_000, "LUNO/USDC": 3_000_000, "LUNO/USDT": 5_000_000}
    prices(SECOND, *(ticker(symbol, 2, 2, quote_volume_24h=volume) for symbol, volume in volumes.items()), now=stored)
    market.forget()
    assert "pair=LUNO-USDT" in client.get("/assets/luno/").content.decode()
    prices(SECOND, ticker("LUNO/USDT", None, None, quote_volume_24h=5_000_000), now=stored + timedelta(seconds=1))
    market.forget()
    assert "pair=LUNO-USDC" in client.get("/assets/luno/?was=").content.decode()


def test_an_old_ticker_leads_to_the_new_one_which_says_so(client, stored):
    response = client.get("/assets/matic/")
    assert response["Location"] == "/assets/pol/?was=MATIC"
    text = text_of(client.get(response["Location"]))
    assert "MATIC is called POL since 4 September 2024." in text and "formerly MATIC (until 4 September 2024)" in text
    assert "is called POL since" not in text_of(client.get("/assets/pol/?was=NONSENSE"))


def test_the_same_rows_as_csv(client, nova):
    lines = client.get(f"/assets/nova/{FOURTH}/?format=csv").content.decode().splitlines()
    assert lines[0].startswith("exchange,code,multiplier") and len(lines) == 3 and "0xfedcba0987654321" in lines[1] and lines[1].endswith(",false")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, nova, browser, size):  # noqa: F811
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=THEMES[size], reduced_motion="reduce")
    for path in ("/assets/nova/", f"/assets/nova/{FOURTH}/", "/assets/pol/?was=MATIC"):
        page.goto(site + path)
        for summary in page.locator("main table summary").all()[:2]:
            summary.click()
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path} {size}\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {width}"
    page.close()
