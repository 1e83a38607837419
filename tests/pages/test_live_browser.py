"""Every live page while everything on it changes: nothing shifts, no row jumps, focus, open rows and typed text stay, and "re-sort" re-sorts."""


from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from markets import episodes, turns
from markets.models import Derivative, Funding
from tests.api import published as p
from tests.markets import gaps
from tests.markets.build import prices
from tests.pages import market
from tests.pages.market import FIRST, SLUGS
from tests.pages.test_browser import SHIFTS, SIZES, refresh
from tests.pages.test_copy import keys, traders  # noqa: F401 - fixtures
from tests.pages.test_discover import news  # noqa: F401 - a fixture
from tests.pages.test_funding import contracts  # noqa: F401 - a fixture
from tests.pages.test_funding_browser import site as funded  # noqa: F401 - a fixture
from tests.pages.test_liquidity import arrive
from tests.pages.test_views import at  # noqa: F401 - a fixture
from tests.pages.test_volume import remembered  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PRICED = (
    "/", "/?amount=1000", "/compare/BTC-USDT/", "/compare/BTC-USDT/?amount=500", "/compare/BTC-USDT/?normalise=true", "/assets/btc/", "/liquidity/",
    "/liquidity/BTC-USDT/", "/discover/?view=only", "/discover/?view=trending", "/volume/", "/watchlist/?base=BTC,ETH,SOL",
)  # fmt: skip
GAPPED = ("/arbitrage/", "/arbitrage/?losing=true", f"/arbitrage/POL-USDT/?buy={gaps.BUY}&sell={gaps.SELL}")
PAID = ("/funding/", "/funding/BTC/", "/options/")
SLOW = ("/copy/", "/discover/")
SORTED = ("/compare/BTC-USDT/", "/", "/volume/", "/watchlist/?base=BTC,ETH,SOL", "/funding/")  # their order changes here
ORDER = "[...document.querySelectorAll('[data-frozen]')].map(list => [...list.children].filter(row => row.id).map(row => row.id))"
SAID = "document.querySelector('#answer, h1').innerText + ' ' + [...document.querySelectorAll('[data-frozen] > [id]')].map(row => row.id)"
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FIELD = "#live input:not([type=hidden]):not([type=checkbox]):not([readonly])"
BIDS = [["89.9", "1.25"], ["88.7", "600"], ["88.0", "1"], ["87.5", "17.5"], ["80.0", "12000"]]
ASKS = [["101.0", "3"], ["101.5", "0.7"], ["102.0", "42"], ["103.2", "900"], ["104.5", "10000"]]


@pytest.fixture
def priced(stored, at, news, remembered):  # noqa: F811
    """Prices, order books, a week of volume and a new listing; then everything at other figures, the least traded the most."""
    market.refresh(stored - timedelta(seconds=1))
    for slug in SLUGS:
        arrive(slug, stored - timedelta(seconds=2))
    market.forget()

    def change(now):
        at((now - stored).total_seconds())
        for place, slug in enumerate(SLUGS):
            rows = [_other(row, place, rank) for rank, row in enumerate(market._tickers(slug, place))]
            prices(slug, *rows, now=now)
            arrive(slug, now, bids=BIDS, asks=ASKS)
        market.forget()

    return PRICED, change


def _other(row, place, rank):
    rise = Decimal("1.0016") - Decimal("0.0004") * place  # the order of the exchanges turns round
    numbers = {name: (value * rise).quantize(row.ask) for name in ("bid", "ask", "last") if (value := getattr(row, name)) is not None}
    return replace(row, **numbers, quote_volume_24h=Decimal(1_234_567) * 4**rank, change_24h_pct=Decimal("-12.34"))


@pytest.fixture
def gapped(empty, monkeypatch):
    """Gaps between two exchanges; then another price."""
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)

    def change(now, bid="0.8238"):
        gaps.tick(now, bid)
        gaps.books(now)
        episodes.scan(now)
        market.forget()

    now = datetime.now(UTC)
    gaps.fill(now - timedelta(seconds=12))
    episodes.scan(now - timedelta(seconds=12))
    change(now, "0.8241")
    return GAPPED, change


@pytest.fixture
def paid(funded):  # noqa: F811
    """Contracts, their history and a chain; then other rates and prices."""

    def change(now):
        Funding.objects.filter(market__exchange__slug=FIRST, market__symbol="ETHUSDT").update(rate=p.number("0.0234"))
        Derivative.objects.update(mark_price=Decimal("12345.6789"), open_interest=Decimal(9_876_543))
        p.answered("funding")
        p.answered("perp_tickers")
        market.forget()

    return PAID, change


@pytest.fixture
def slow(stored, at, news, traders):  # noqa: F811
    """What changes by the hour; then one trader less, and the prices of what is new."""

    def change(now):
        at((now - stored).total_seconds())
        p.answered("copy_traders", age_s=1)
        prices(FIRST, *market._tickers(FIRST, 1), now=now)
        market.forget()

    return SLOW, change


@pytest.fixture
def world(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(live_server, browser):
    """opened(size, path) -> a page that refreshes only when told to, and has watched everything since it was ready."""
    contexts = []

    def page(size, path):
        width, height = SIZES[size]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        contexts[-1].add_init_script("localStorage.setItem('pebble.paused', '1')")
        page, page.wrong = contexts[-1].new_page(), []
        page.on("console", lambda message: page.wrong.append(message.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        assert page.goto(live_server.url + path).status == 200
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        return page

    yield page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("world", ["priced", "gapped", "paid", "slow"], indirect=True)
def test_nothing_moves_while_everything_changes(world, opened, size):
    paths, change = world
    pages = {path: begun(opened(size, path)) for path in paths}
    change(datetime.now(UTC))
    problems = [f"{path}: {said}" for path, page in pages.items() for said in moved(page)]
    assert not problems, "\n".join(problems)
    if size == "desktop":
        unsorted = [path for path in paths if path in SORTED and not resorted(pages[path])]
        assert unsorted == []


def begun(page):
    """What somebody has in hand: an open row, a focused one, a word half typed."""
    page.evaluate("const rows = document.querySelectorAll('main table details'); if (rows.length) rows[0].open = true")
    page.evaluate(f"const field = document.querySelector('{FIELD}'); if (field) field.value = '77'")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.walked = page.evaluate("!!document.activeElement.closest('[data-row], .more')")
    page.keyboard.press("w")
    page.watched = page.evaluate("JSON.parse(localStorage.getItem('pebble.watch') || '[]').length")
    page.before = page.evaluate(ORDER)
    page.said = page.evaluate(SAID)
    page.focus_was = page.evaluate("(document.activeElement.closest('[id]') || {}).id")
    page.evaluate(DRAWN)  # what was just opened has moved what is below it; a busy machine draws that later
    page.evaluate(SHIFTS)
    return page


def moved(page):
    """What a refresh has done that it may not."""
    page.bring_to_front()
    refresh(page)
    page.evaluate(DRAWN)
    if (shift := page.evaluate("window.shift || 0")) >= 0.01:
        yield f"shifts by {shift:.3f}: {page.evaluate('window.moved')}, from {page.said!r} to {page.evaluate(SAID)!r}"
    if page.evaluate(ORDER) != page.before:
        yield "rows jumped"
    if page.evaluate("(document.activeElement.closest('[id]') || {}).id") != page.focus_was:
        yield "focus was lost"
    if page.evaluate("(document.querySelector('main table details') || {open: true}).open") is not True:
        yield "an open row was closed"
    if page.evaluate(f"(document.querySelector('{FIELD}') || {{value: '77'}}).value") != "77":
        yield "typed text was lost"
    if not page.walked and page.locator("main [data-row]").count():
        yield "j finds no row"
    if not page.watched and page.locator("main [data-row] .disc, .star-chip").count() and "/copy/" not in page.url:  # people are not watched
        yield "w watches nothing"
    yield from page.wrong


def resorted(page):
    """The button is there, brings the new order, and goes."""
    page.bring_to_front()
    if not page.locator("#resort").is_visible():
        return False
    page.locator("#resort").click()
    page.wait_for_function("before => JSON.stringify(" + ORDER + ") !== before", arg=page.evaluate("before => JSON.stringify(before)", page.before))
    return page.locator("#resort").is_hidden()
