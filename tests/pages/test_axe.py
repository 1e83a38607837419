"""Looking at three of many alike rows, at three of many texts in the same colours and at what no page before had finds what looking at all finds."""

import pytest

from tests.pages.axe import Axe, Memory

pytestmark = pytest.mark.browser
PALE, NAMELESS = "<li><b class='pale'>Row {}</b></li>", "<li><b><a href='/{0}'></a>{0}</b></li>"
PAGE = """<!doctype html><html lang="en"><title>List</title><style>body {{ background: #fff; color: #000 }} .pale {{ color: #ddd }}</style>
<main><h1>List</h1><ul>{}</ul></main></html>"""


@pytest.fixture
def found(browser):
    page, memory = browser.new_page(), Memory()

    def violations(*rows):
        page.set_content(PAGE.format("".join(row.format(number) for number, row in enumerate(rows))))
        return {each["id"]: len(each["nodes"]) for each in Axe(memory).run(page).response["violations"]}

    yield violations
    page.close()


def test_alike_rows_are_examined_three_times(found):
    assert found(*["<li><b>{}</b></li>"] * 40) == {}
    assert found(*[PALE] * 40) == {"color-contrast": 3}


@pytest.mark.parametrize(("odd", "wrong"), [(PALE, "color-contrast"), (NAMELESS, "link-name"), ("<li><b>{0}</b><img src='{0}'></li>", "image-alt")])
def test_one_that_differs_is_found_wherever_it_stands(found, odd, wrong):
    assert found(*["<li><b>{}</b></li>"] * 30, odd, *["<li><b>{}</b></li>"] * 9) == {wrong: 1}


def test_texts_in_the_same_colours_are_examined_three_times(found):
    assert found("<p>{}</p>", *["<p class='pale'>{}</p>"] * 40)["color-contrast"] == 3


@pytest.mark.parametrize("odd", ["<p style='color: #ddd'>{}</p>", "<p style='background: #222'>{}</p>", "<div style='background: #222'><p>{}</p></div>",
                                 "<div style='opacity: .2'><p>{}</p></div>"])  # fmt: skip
def test_one_in_others_is_found_wherever_it_stands(found, odd):
    assert found(*["<p>{}</p>"] * 30, odd, *["<p>{}</p>"] * 9)["color-contrast"] == 1


def test_what_a_page_before_had_is_not_examined_again(found):
    assert found(*["<li><b>{}</b></li>"] * 40) == {} == found(*["<li><b>{}</b></li>"] * 50)


@pytest.mark.parametrize(("odd", "wrong"), [(PALE, "color-contrast"), (NAMELESS, "link-name"), ("<li><b>{0}</b><img src='{0}'></li>", "image-alt")])
def test_what_it_had_not_is_found(found, odd, wrong):
    assert found(*["<li><b>{}</b></li>"] * 40) == {}
    assert found(*["<li><b>{}</b></li>"] * 40, odd) == {wrong: 1}


def test_what_failed_is_not_taken_for_known(found):
    assert found(PALE) == found(PALE) == {"color-contrast": 1}
    assert found(NAMELESS) == found(NAMELESS) == {"link-name": 1}


def test_what_stands_elsewhere_is_examined_again(found):
    assert found("<li><b>Row {}</b></li>") == {}
    assert found("</ul><p></p><ul style='color: #ddd'><li><b>Row {}</b></li>") == {"color-contrast": 1}
