"""The pages in Chromium: accessibility, silence, no foreign request, no sideways scroll, live behaviour, keys, no script."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.market import FIRST, SECOND

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/", "/?density=compact", "/?search=nothing-like-this", "/compare/BTC-USDT/", "/compare/PEPE-USDT/?side=sell&net=false", "/status/", "/assets/btc/",
    "/search/?q=bitc", "/liquidity/", "/guide/", "/guide/how-we-rank/", "/watchlist/", "/watchlist/?base=BTC,ETH,NONE&unknown=x", "/compare/XXX-USDT/",
    "/?x=1",
)
NONE = PAGES[-2:]  # no such pair, no such parameter
SMALL = """all => all.filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, r]) => r.width && r.height && Math.min(r.width, r.height) < 24).map(([html]) => html)"""
SHIFTS = """new PerformanceObserver(list => list.getEntries().forEach(entry => {
    window.shift = (window.shift || 0) + entry.value
    window.moved = [...(window.moved || []), ...entry.sources.map(({node}) => node && (node.outerHTML || node.data || "").slice(0, 70))]
})).observe({type: 'layout-shift', buffered: false})"""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
THEMES = {"desktop": "light", "phone": "dark"}  # contrast is all that a theme changes: every size once and every theme once sees it all


def swapped(response):
    """Whether a part of the page has come. The bell asks by itself once a page is there, and is none."""
    return response.request.headers.get("hx-request") == "true" and "/bell/" not in response.url


@pytest.fixture
def site(live_server, stored):
    """The address of a running site over the small market."""
    return live_server.url


@pytest.fixture
def site_page(site, browser):
    """A page that has watched its console and every request from the start: (page, what went wrong)."""
    page = watched(site, browser, viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()


def watched(site, browser, **looks):
    wrong: list[str] = []
    page = browser.new_context(**looks).new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: urlsplit(request.url).netloc != urlsplit(site).netloc and wrong.append(f"foreign: {request.url}"))
    page.site, page.wrong = site, wrong
    return page


def refresh(page) -> None:
    """Make the page refresh now, and wait until it has."""
    with page.expect_response(swapped):
        page.evaluate("htmx.trigger('#live', 'pebble:refresh')")
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping')")


@pytest.mark.parametrize(("size", "theme"), THEMES.items())
def test_axe_finds_nothing_nothing_scrolls_sideways_and_nothing_comes_from_elsewhere(site, browser, theme, size):
    """The console is silent too, through a refresh, but on the pages that are none."""
    width, height = SIZES[size]
    page = watched(site, browser, viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
    for path in PAGES:
        page.goto(site + path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path} {theme} {size}\n{results.generate_report()}"
        if path not in NONE:
            refresh(page)
        for narrow in (width, 320) if size == "phone" else (width,):
            page.set_viewport_size({"width": narrow, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {narrow}"
        page.set_viewport_size({"width": width, "height": height})
        assert path in NONE or page.wrong == [], path
        page.wrong.clear()
    page.context.close()


def test_open_rows_and_menus_pass_axe_too(site_page):
    page = site_page
    page.goto(page.site + "/compare/BTC-USDT/")
    for summary in page.locator("table.book summary").all():
        summary.click()
    assert Axe().run(page).violations_count == 0
    page.goto(page.site + "/")
    page.locator("#filters summary").click()
    page.fill("#search", "btc")
    page.wait_for_selector("#hits [role=option]")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def test_numbers_change_in_place_and_rows_stay(site_page):
    page = site_page
    market.refresh(datetime.now(UTC))
    page.goto(page.site + "/compare/BTC-USDT/")
    order = page.eval_on_selector_all("table.book > tbody", "rows => rows.map(r => r.id)")
    page.locator(f"#d-{FIRST} summary").click()
    page.evaluate(f"document.querySelector('#x-{FIRST}').mark = 'the same node'")
    page.evaluate(SHIFTS)
    market.move(FIRST, "BTC", "64300.00", "64300.01", datetime.now(UTC))
    refresh(page)
    assert page.eval_on_selector_all("table.book > tbody", "rows => rows.map(r => r.id)") == order
    assert page.evaluate(f"document.querySelector('#x-{FIRST}').mark") == "the same node"
    assert page.locator(f"#d-{FIRST}").get_attribute("open") is not None
    assert "64,300.01" in page.locator(f"#x-{FIRST}").inner_text()
    assert page.locator(f"#x-{FIRST} data.rose").count() > 0
    assert page.locator("#resort").is_visible()
    assert "has the best price" in page.locator("#says").inner_text()
    assert page.evaluate("window.shift || 0") < 0.01
    page.click("#resort")
    page.wait_for_function(f"() => document.querySelector('table.book > tbody').id !== 'x-{FIRST}'")
    assert page.locator("#resort").is_hidden()
    assert page.wrong == []


def test_an_open_row_pushes_the_next_one_down_on_a_phone_too(site_page):
    page = site_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.site + "/compare/BTC-USDT/")
    page.locator("table.book summary").first.click()
    inside, following = page.locator(".inside").first.bounding_box(), page.locator("table.book > tbody").nth(1).bounding_box()
    assert inside["height"] > 100
    assert following["y"] >= inside["y"] + inside["height"]


def test_on_a_phone_every_price_has_its_age_and_every_figure_its_name(site_page):
    page = site_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.site + "/")
    for row in page.locator("table.pairs tbody tr").all():
        assert re.search(r"\d/\d · \d+ (s|m \d+ s)$", row.locator(".live-cell").inner_text())
    labels = "cells => cells.filter(c => c.offsetParent).map(c => getComputedStyle(c, '::before').content.replaceAll('\"', '').trim())"
    assert set(page.locator("table.pairs tbody tr").first.locator(".num").evaluate_all(labels)) == {"Buy at", "After fees", "24 h", "Live"}


def test_unchanged_data_is_a_304(site_page):
    page = site_page
    page.goto(page.site + "/compare/BTC-USDT/")
    refresh(page)
    with page.expect_response(swapped) as answer:
        page.evaluate("htmx.trigger('#live', 'pebble:refresh')")
    assert answer.value.status == 304


def test_ages_count_up_between_refreshes(site_page):
    page = site_page
    page.goto(page.site + "/compare/BTC-USDT/")
    page.click("#pause")
    age = f"parseInt(document.querySelector('#f-{FIRST} .age').textContent)"
    before = page.evaluate(age)
    page.click("#pause")
    page.wait_for_function(f"() => {age} >= {before} + 2", timeout=6000)


def test_pause_stops_asking_and_is_remembered(site_page):
    page = site_page
    page.clock.install()
    page.goto(page.site + "/")
    page.keyboard.press(".")
    assert page.locator("#pause-text").inner_text().startswith("Paused at")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert "resume" in page.locator("#pause-text").inner_text()
    asked.clear()
    page.clock.run_for(10_000)
    assert asked == []
    with page.expect_response(swapped):
        page.keyboard.press(".")


def test_it_refreshes_by_itself(site_page):
    page = site_page
    page.goto(page.site + "/")
    with page.expect_response(swapped, timeout=5000):
        pass


def test_three_failures_are_said_and_over_when_it_answers_again(site_page):
    page = site_page
    page.goto(page.site + "/")
    ended = "event => { if (event.detail.ctx.sourceElement.id === 'live') window.failures += 1 }"  # the bell asks too, at its own times
    page.evaluate(f"window.failures = 0; document.addEventListener('htmx:finally:request', {ended})")
    page.route("**/*", lambda route: route.abort() if route.request.headers.get("hx-request") else route.continue_())
    for count in (1, 2, 3):
        page.evaluate("htmx.trigger('#live', 'pebble:refresh')")
        page.wait_for_function("n => window.failures >= n", arg=count)
    assert "Live updates stopped at" in page.locator("#stopped").inner_text()
    assert page.locator("#rows tr").count() >= 5
    page.unroute("**/*")
    refresh(page)
    assert page.locator("#stopped").is_hidden()


def test_theme_is_remembered_and_otherwise_the_systems(site_page):
    page = site_page
    page.emulate_media(color_scheme="dark")
    page.goto(page.site + "/")
    canvas = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(canvas) == "rgb(13, 19, 18)"
    page.keyboard.press("t")
    assert page.evaluate(canvas) == "rgb(245, 246, 243)"
    page.reload()
    assert page.evaluate(canvas) == "rgb(245, 246, 243)"


def test_watching_and_only_watched(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.click("button.star[data-ticker=ETH]")
    page.reload()
    assert page.locator("button.star[data-ticker=ETH]").get_attribute("aria-pressed") == "true"
    refresh(page)
    assert page.locator("button.star[data-ticker=ETH]").get_attribute("aria-pressed") == "true"
    page.click("#filters summary")
    page.click("[data-do=watched]")
    page.wait_for_url("**base=ETH**")
    assert page.eval_on_selector_all("#rows tr", "rows => rows.map(r => r.id)") == ["p-ETH-USDT"]


def test_keys(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('tr').id") == "p-BTC-USDT"
    page.keyboard.press("w")
    assert page.locator("button.star[data-ticker=BTC]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare/BTC-USDT/")
    page.keyboard.press("/")
    page.keyboard.type("et.t")
    assert page.input_value("#search") == "et.t"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#key-list").is_visible()
    page.locator("#keys-on").uncheck()
    page.locator("#key-list .button").click()
    page.keyboard.press("?")
    assert page.locator("#key-list").is_hidden()


def test_focus_survives_a_refresh(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.keyboard.press("j")
    market.refresh(datetime.now(UTC))
    refresh(page)
    assert page.evaluate("document.activeElement.closest('tr').id") == "p-BTC-USDT"


def test_suggestions_by_arrow_keys(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.fill("#search", "")
    page.locator("#search").press_sequentially("eth")
    page.wait_for_selector("#hits [role=option]")
    page.keyboard.press("ArrowDown")
    assert page.locator("#hits [aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare/ETH-USDT/")


def test_a_row_opens_its_pair(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.locator("#p-ETH-USDT .vol-cell").click()
    page.wait_for_url("**/compare/ETH-USDT/")


def test_the_first_stop_skips_to_the_content(site_page):
    page = site_page
    page.goto(page.site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_targets_are_large_enough(site, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(site + "/")
    tabs = page.eval_on_selector_all(".tabs a", "links => links.map(l => l.getBoundingClientRect()).map(r => Math.min(r.width, r.height))")
    assert min(tabs) >= 44
    others = page.eval_on_selector_all("main a, main button, main summary, header a, header button", SMALL)
    assert [html for html in others if 'class="pill' not in html and 'how we rank' not in html] == []  # links within text
    page.close()


def test_everything_works_without_a_script(site, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(site + "/")
    assert page.locator("#rows tr").count() >= 5
    assert page.locator(".needs-js:visible").count() == 0
    page.locator("thead a", has_text="Asset").click()
    assert page.locator("#rows tr").first.get_attribute("id") == "p-BTC-USDT"
    page.locator("#filters summary").click()
    page.fill("#in-search", "sol")
    page.locator("#filters button.solid").click()
    assert page.locator("#rows tr").count() == 1
    page.locator("#rows a.who").click()
    page.locator(f"#d-{SECOND} summary").click()
    assert page.locator(f"#d-{SECOND} .why").is_visible()
    page.locator(".answer .seg a", has_text="Sell").click()
    assert "Pays most on" in page.locator("#answer").inner_text()
    page.fill("#search", "btc/usdt")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare/BTC-USDT/")
    context.close()


def test_hostile_names_do_nothing(site_page):
    page = site_page
    for path in ("/?base=HOSTILE", "/compare/HOSTILE-USDT/", "/search/?q=%3Cimg+src%3Dx+onerror%3D%22document.title%3D%27owned%27%22%3E"):
        page.goto(page.site + path)
        refresh(page)
        assert page.title() != "owned"
    page.fill("#search", "hostile")
    page.wait_for_selector("#hits [role=option]")
    assert page.title() != "owned"
    assert page.wrong == []


def test_the_content_policy_is_strict(site_page):
    page = site_page
    policy = page.goto(page.site + "/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.locator("[style]").count() == 0
