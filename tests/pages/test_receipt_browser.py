"""A receipt in Chromium, with every table open, and the operator's matrix of rollouts: accessible, silent, and within the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone

from markets.ask import agent
from markets.models import Question
from markets.reads.findings import Asked
from tests.pages.test_browser import SMALL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def clean(page, path):
    report = Axe().run(page, context={"exclude": [[".select2-selection__rendered"]]})  # the admin's own library: a text box inside its named list
    assert report.violations_count == 0, f"{path}\n{report.generate_report()}"


def test_axe_finds_nothing_on_a_receipt_and_nothing_scrolls_sideways(live_server, stored, browser):
    link = agent.ask("Where can I buy 2 BTC and 3 ETH but not on Binance?", Asked(timezone.now())).receipt
    context = browser.new_context(reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    for width, theme in ((1280, "light"), (390, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        page.goto(live_server.url + link.path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        page.evaluate("document.querySelectorAll('details.read').forEach(each => { each.open = true })")
        clean(page, f"{link.path} {width} {theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.locator("main :is(a, button, summary)").evaluate_all(SMALL) == [] and wrong == [], width
        assert page.locator(".verdict").inner_text().startswith("Computed again just now: the same")
    context.close()


def test_the_matrix_of_rollouts_passes_axe_and_goes_to_zero_by_one_click(live_server, stored, browser):
    User.objects.create_superuser("root", password="river-stone-moss-9")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/login/?next=/admin/markets/rollout/")
    page.fill("#id_username", "root")
    page.fill("#id_password", "river-stone-moss-9")
    page.click("main button.solid")
    page.wait_for_url(f"{live_server.url}/admin/markets/rollout/")
    clean(page, "rollouts")
    page.get_by_role("button", name="Off for everybody: funding on KuCoin").click()
    assert page.get_by_role("link", name="Funding on KuCoin: off, change").is_visible() and "off for everybody" in page.inner_text(".messagelist")
    clean(page, "rollouts")
    now = timezone.now()
    asked = "Where can I buy two wobblecoin and three hundred flurbo but not on the one that is down?"
    Question.objects.create(text=asked, why="coin", intent="best_price", word="WOBBLECOINTHESECOND" * 3, count=12_345, first_at=now, last_at=now)
    Question.objects.create(text="volume of nothing", why="nothing", intent="best_price", first_at=now, last_at=now)
    page.goto(f"{live_server.url}/admin/markets/question/")
    clean(page, "questions")
    assert page.locator("#changelist .results").evaluate("table => table.scrollWidth <= table.clientWidth"), "it fits the screen"
    context.close()
