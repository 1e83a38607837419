"""The pages of accounts in a browser: nothing for axe to find, nothing to scroll sideways, and no need for scripts."""

import pytest
from django.utils import timezone

from markets import accounts
from tests.pages.axe import Axe
from tests.people.conftest import PASSWORD, anna  # noqa: F401

pytestmark = pytest.mark.browser
OPEN = ("/accounts/login/", "/accounts/reset/", "/channels/stop/x/")
MINE = ("/accounts/", "/accounts/password/")


@pytest.mark.parametrize("look", [("light", 1280), ("dark", 390)], ids=str)
def test_axe_finds_nothing_with_and_without_a_script(transactional_db, anna, live_server, browser, settings, look):  # noqa: F811, PLR0917
    theme, width = look
    settings.BASE_URL = live_server.url
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    for path in (*OPEN, accounts.link(accounts.invite("b@example.org", None, None, timezone.now())).removeprefix(live_server.url)):
        _fine(page, live_server.url + path)
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("#id_username", "anna")
    page.fill("#id_password", PASSWORD)
    page.click("main button.solid")
    page.wait_for_url(f"{live_server.url}/accounts/")
    page.fill("#id_name", "script")
    page.click("text=Make the key")
    page.wait_for_selector(".secret")
    for path in ("", *MINE):
        _fine(page, path and live_server.url + path)
    assert [text for text in said if "[DOM]" not in text and "404" not in text] == []
    context.close()


def _fine(page, address):
    if address:
        page.goto(address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_everything_works_without_a_script(transactional_db, anna, live_server, browser):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/password/")
    page.fill("#id_username", "anna")
    page.fill("#id_password", PASSWORD)
    page.click("main button.solid")
    page.fill("#id_old_password", PASSWORD)
    page.fill("#id_new_password1", "another-long-phrase-7")
    page.fill("#id_new_password2", "another-long-phrase-7")
    page.click("main button.solid")
    page.wait_for_selector("text=The password is changed")
    context.close()
