"""Every page in every state of the market: axe finds nothing, nothing scrolls sideways, nothing is said on the console.

Each state looks at every page in one of the four forms (desktop and phone, light and dark), the next state in the next one.
"""

from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import pytest

from markets import store
from markets.models import Quote
from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.test_browser import PAGES
from tests.pages.test_discover_browser import PATHS as DISCOVERED
from tests.pages.test_volume_browser import PATHS as COUNTED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARKET = (
    "/", "/?amount=10000", "/compare/BTC-USDT/", "/compare/BTC-USDT/?amount=25000&fees=0.08", "/compare/BTC-USDT/?kind=perp", "/assets/btc/", "/arbitrage/",
    "/arbitrage/?losing=true", f"/arbitrage/BTC-USDT/?buy={market.FIRST}&sell={market.SECOND}", "/liquidity/", "/liquidity/BTC-USDT/", "/funding/",
    "/discover/", "/discover/?view=only", "/discover/?view=trending", "/volume/", "/watchlist/?base=BTC,PEPE", "/status/",
    "/ask/?q=best+price+for+btc", "/ask/?q=eth+liquidity+and+should+i+buy+it", "/ask/?q=what+is+flumoxcoin",
)  # fmt: skip
OTHERS = (
    "/?search=nothing-like-this", "/funding/BTC/", "/options/", "/copy/", "/watchlist/", "/ask/", "/search/?q=bitc",
)  # fmt: skip
TEXTS = ("/guide/", "/guide/how-we-rank/", "/api/", "/nowhere/")
FORMS = ((1280, "light"), (390, "dark"), (1280, "dark"), (390, "light"))


def live(now):
    """Everybody answers."""
    market.fill(now)


def stale(now):
    """Everything is two minutes old."""
    live(now)
    older(timedelta(minutes=2))


def suspect(now):
    """One exchange is at ten times the price of the others."""
    live(now)
    market.move(market.SECOND, "BTC", "642000.10", "642000.11", now)


def all_down(now):
    """Nobody has answered for twenty minutes."""
    live(now)
    older(timedelta(minutes=20))


def first_run(now):
    """Nobody has been asked yet."""


def older(by):
    """Every quote as if it had come so much earlier."""
    for row in Quote.objects.all():
        times = {name: getattr(row, name) - by for name in ("requested_at", "received_at", "observed_at")}
        Quote.objects.filter(pk=row.pk).update(**times)
    store.touch(*(f"tickers:{slug}" for slug in market.SLUGS))
    market.forget()


# What shows no prices is looked at once with a market and once without one, what is only read once; some of a live market and of none in tests of their own.
THERE = {*PAGES, *DISCOVERED, *COUNTED}
STATES = {
    live: [path for path in MARKET + OTHERS + TEXTS if path not in THERE], stale: MARKET, suspect: MARKET, all_down: MARKET,
    first_run: [path for path in MARKET + OTHERS if path not in COUNTED],
}  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_on_any_page(empty, live_server, browser, state):
    state(datetime.now(UTC))
    forms = islice(cycle(FORMS), [*STATES].index(state) % 4, None)
    wrong: list[str] = []
    pages = {form: _page(browser, form, wrong) for form in FORMS}
    for path, form in zip(STATES[state], forms, strict=False):
        page = pages[form]
        answer = page.goto(live_server.url + path)
        assert answer.status < 500, path
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path} {form} {state.__name__}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {form}"
        page.goto("about:blank")  # or it goes on refreshing beside the next one
    for page in pages.values():
        page.context.close()
    assert [said for said in wrong if "404" not in said] == []


def _page(browser, form, wrong):
    width, theme = form
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce").new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page
