"""The admin's first page and an exchange's form in Chromium."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from exchanges.models import Exchange, IncidentKind
from markets import incidents, read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPTIONS = {"rules": {"empty-table-header": {"enabled": False}}}  # two of the admin's own: over what is hidden, and where nothing may be deleted
SIZES = [(1280, 900, "light"), (390, 844, "dark")]


def test_an_operator_can_use_both_at_every_size(stored, client, browser, live_server):
    """Axe finds nothing, and nothing scrolls sideways but a table on a phone, within itself."""
    client.force_login(User.objects.create_superuser("root", password="river-stone-moss-9"))
    one, session = Exchange.objects.first(), client.cookies[settings.SESSION_COOKIE_NAME].value
    incidents.opened("down:x", IncidentKind.DOWN, datetime.now(UTC), exchange=one, title=f"{one.name} is down", detail="No answer, three times.")
    read.forget()
    for width, height, theme in SIZES:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        for path in ("/admin/", reverse("admin:exchanges_exchange_change", args=(one.pk,))):
            page.goto(live_server.url + path)
            if path == "/admin/" or width == 1280:  # the form is long, and its colours are the first page's
                found = Axe().run(page, context={"include": [["#content"]]}, options=OPTIONS)
                assert found.violations_count == 0, f"{path} at {width}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert width < 1280 or page.evaluate("[...document.querySelectorAll('#content table')].every(t => t.getBoundingClientRect().right <= innerWidth)")
        context.close()
