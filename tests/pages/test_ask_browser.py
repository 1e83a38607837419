"""Questions in Chromium: by keys alone, without a script, on a phone; accessible, silent, and within the screen."""

import re
from itertools import product

import pytest

from markets.ask.answer import Answer, Reading
from tests.pages.axe import Axe
from tests.pages.test_ask import answering, full  # noqa: F401
from tests.pages.test_browser import SMALL, swapped
from tests.pages.test_views import at  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTION = "Where is BTC cheapest?"
FORMS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]


@pytest.fixture
def site(live_server, answering, stored):  # noqa: F811
    answering.answers = (full(stored), Answer(kind="choose", title="Which?", sentence="Two ways.", readings=(Reading("Selling", {"side": "sell"}),)))
    return live_server.url


@pytest.fixture
def opened(browser):
    """opened(width, theme, **context) -> a page; all are closed, and nothing was said on any console."""
    contexts, wrong = [], []

    def page(width=1280, theme="light", **more):
        contexts.append(browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce", **more))
        made = contexts[-1].new_page()
        made.on("console", lambda message: wrong.append(message.text))
        made.on("pageerror", lambda error: wrong.append(str(error)))
        return made

    yield page
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page, site, text=QUESTION):
    page.goto(f"{site}/ask/")
    page.fill("#question", text)
    page.press("#question", "Enter")
    page.wait_for_url(re.compile(r"/ask/\?q="))


def test_before_and_after_a_question_axe_finds_nothing_and_nothing_scrolls_sideways(site, opened):
    for form, path in product(FORMS, ("/ask/", "/ask/?q=btc&side=sell")):
        page = opened(*form)
        page.goto(site + path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        for chip in page.locator(".understood summary").all()[:2]:  # a list of links, and a form
            chip.click()
            report = Axe().run(page)
            assert report.violations_count == 0, f"{path} {form}\n{report.generate_report()}"
        report = Axe().run(page)
        assert report.violations_count == 0, f"{path} {form}\n{report.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} {form}"
        assert page.eval_on_selector_all("main a, main button, main input, main summary", SMALL) == [], f"{path} {form}"
        page.close()


def test_a_slash_goes_to_the_field_and_enter_asks(site, opened, answering):  # noqa: F811
    page = opened()
    page.goto(f"{site}/ask/?q=first")
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("cheapest"))
    assert [text for text, _, _ in answering.asked] == ["first", QUESTION]
    page.goto(f"{site}/status/")  # from anywhere else it is the search field
    page.keyboard.press("/")
    page.keyboard.type("who has the deepest books")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/ask/\?q=who"))


def test_arrow_up_brings_the_last_questions_back_in_this_tab_only(site, opened):
    page = opened()
    for text in ("one", "two"):
        ask(page, site, text)
    page.press("#question", "ArrowUp")
    assert page.input_value("#question") == "one"
    page.press("#question", "ArrowUp")
    assert page.input_value("#question") == "one"
    for expected in ("two", ""):
        page.press("#question", "ArrowDown")
        assert page.input_value("#question") == expected
    page.goto(f"{site}/ask/")
    page.press("#question", "ArrowUp")
    assert page.input_value("#question") == "two"
    other = page.context.new_page()
    other.goto(f"{site}/ask/")
    other.press("#question", "ArrowUp")
    assert other.input_value("#question") == ""


def test_a_part_is_changed_by_keys(site, opened, answering):  # noqa: F811
    page = opened()
    ask(page, site)
    coins = page.locator(".understood summary", has_text="BTC")
    coins.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("ETH, SOL")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("assets="))
    assert answering.asked[-1][2] == {"assets": "ETH,SOL"}
    page.locator(".understood summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".understood details[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".understood details[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_without_a_script_everything_is_there_and_works(site, opened, answering):  # noqa: F811
    page = opened(390, java_script_enabled=False)
    page.goto(f"{site}/ask/")
    page.fill("#question", QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    assert page.get_by_role("link", name="Link to this answer").is_visible() and not page.get_by_text("Copy link").is_visible()
    page.locator(".understood summary").first.click()
    page.get_by_role("link", name="Liquidity").click()
    assert answering.asked[-1][2] == {"intent": "liquidity"}
    page.locator(".understood summary", has_text="amount").click()
    page.locator(".understood [open] input:not([type=hidden])").first.fill("5")
    page.get_by_role("button", name="Change").click()
    assert answering.asked[-1][2] == {"intent": "liquidity", "amount": "5", "unit": ""}
    page.get_by_role("link", name="Selling").last.click()
    assert answering.asked[-1][2]["side"] == "sell"


def test_on_a_phone_the_field_stays_at_the_bottom_and_hides_nothing_that_has_the_focus(site, opened):
    page = opened(390)
    ask(page, site)
    for where in (0, 400, 10_000):
        page.evaluate(f"scrollTo(0, {where})")
        field, tabs = (page.locator(part).bounding_box() for part in (".question", ".tabs"))
        assert abs(field["y"] + field["height"] - tabs["y"]) <= 1
    for stop in page.locator("main .reply a, main .receipt a:visible, footer a").all():
        stop.focus()
        box = stop.bounding_box()
        assert box["y"] + box["height"] <= field["y"] + 1 and box["y"] >= 0


def test_the_strip_refreshes_and_the_answer_stays(site, opened, answering):  # noqa: F811
    page = opened()
    ask(page, site)
    page.evaluate("document.querySelector('.reply').mark = 'the same'")
    with page.expect_response(swapped) as answer:
        page.evaluate("htmx.trigger('#live', 'pebble:refresh')")
    assert answer.value.status in (200, 304)
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping')")
    assert page.evaluate("document.querySelector('.reply').mark") == "the same" and len(answering.asked) == 1
    assert QUESTION in page.title() and "/ask/?q=" in page.url


def test_a_link_to_the_answer_is_copied(site, opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    ask(page, site)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector("text=Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/receipts/abc/"


def test_fees_that_another_page_was_told_are_asked_with(site, opened, answering):  # noqa: F811
    page = opened()
    page.goto(f"{site}/ask/")
    page.evaluate("localStorage.setItem('pebble.fees', '0.08')")
    ask(page, site)
    assert str(answering.asked[-1][1].fees[""]) == "0.0008"
