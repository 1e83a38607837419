"""The page of order books in Chromium: readable at every width while books are asked for again, accessible, silent."""

from datetime import timedelta

import pytest

from exchanges.client import Outcome
from markets import turns
from tests.pages.axe import Axe
from tests.pages.market import SLUGS
from tests.pages.test_liquidity import PAGE, arrive, market

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Texts that reach out of the card, and texts of one row that lie upon each other.
HIDDEN = """() => {
    const box = range => range.getClientRects(), edge = document.querySelector('.liq').parentElement.getBoundingClientRect(), wrong = []
    for (const row of document.querySelectorAll('.liq tbody tr:first-child')) {
        const cells = [...row.children].filter(cell => cell.offsetParent).map(cell => {
            const range = document.createRange(); range.selectNodeContents(cell)
            return [cell.innerText, [...box(range)].filter(r => r.width > 1)]
        })
        for (const [text, rects] of cells) if (rects.some(r => r.right > edge.right + 1)) wrong.push('cut: ' + text)
        cells.forEach(([text, mine], i) => cells.slice(i + 1).forEach(([other, theirs]) => {
            if (mine.some(a => theirs.some(b => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)))
                wrong.push(text + ' over ' + other)
        }))
    }
    return wrong
}"""


@pytest.fixture
def old_books(live_server, stored):
    """Books of half a minute ago, asked for again by whoever looks; one exchange has said that it has no time."""
    for slug in SLUGS:
        arrive(slug, stored - timedelta(seconds=30))
    turns.done({market(SLUGS[-1]).pk: Outcome("rate_limited", stored, stored, 5)}, "book", stored - timedelta(seconds=1))
    return live_server.url


@pytest.fixture
def page(browser):
    """It stops asking when the test ends, however it ends."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_every_figure_can_be_read_while_books_are_asked_for_again(old_books, page):
    wrong = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for width, theme in ((1280, "light"), (1024, "dark"), (700, "light"), (390, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto(old_books + PAGE)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        assert "asking again" in page.locator(".liq").inner_text()
        found = page.evaluate(HIDDEN)
        if width > 860:  # a wide table may scroll inside its card
            found = [text for text in found if not text.startswith("cut")]
        assert found == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        results = Axe().run(page)
        assert results.violations_count == 0, f"{width} {theme}\n{results.generate_report()}"
    assert wrong == []
