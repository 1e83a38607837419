"""The guide: the Markdown of docs/guide/ on the site. Raw HTML in it stays text; links, pictures and thresholds become the site's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from struct import unpack

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from markets import read
from markets.analysis.display import amount
from markets.analysis.settings import Method
from markets.method import current_method
from markets.pages import query
from markets.pages.base import frame_of, html, page, problem, states_of
from markets.pages.cache import Page

FOLDER = Path(settings.BASE_DIR) / "docs" / "guide"
INDEX = "index"
ORDER = (  # of the list beside every page; what is not named here follows by name
    INDEX, "overview", "compare", "history", "watchlist", "alerts", "arbitrage", "liquidity", "currencies", "funding", "options", "discover", "copy", "volume",
    "ask", "identity", "how-we-rank", "status", "notices", "api", "accounts", "terms",
)
PICTURES = "images/"
SETTING = "setting:"  # [3](setting:fresh_periods): the operator's value instead of the 3
LARGE = 1000  # from here on a number is written short: 50.0M
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_markdown.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>')
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")


@dataclass(frozen=True)
class Article:
    """One page of the guide."""

    name: str
    title: str
    body: SafeString


@page
def guide(request: HttpRequest, now: datetime, name: str = INDEX) -> Page | HttpResponseBase:
    """How to read a page, or how we rank, or the terms."""
    query.asked(request, ())
    method = current_method()
    if name not in names():
        return problem(request, 404, "The guide has no such page", "These are its pages.", near=[(title, "", address(n)) for n, title in contents()])
    frame, found = frame_of(request, now, "guide"), article(name, method)
    tag = read.tag(now, "guide", name, repr(method), str(frame["fragment"]), states_of(frame))
    listed = [(title, address(n), n == name) for n, title in contents()]
    return Page(tag, html("guide.html", {**frame, "article": found, "contents": listed, "elsewhere": page_of(name)}))


def address(name: str) -> str:
    """Where a page of the guide is on the site."""
    return "/guide/" if name == INDEX else f"/guide/{name}/"


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every page that is written, in the order of the list."""
    found = {path.stem for path in FOLDER.glob("*.md")}
    return (*(name for name in ORDER if name in found), *sorted(found - set(ORDER)))


@lru_cache(maxsize=1)
def contents() -> tuple[tuple[str, str], ...]:
    """(name, title) of every page."""
    return tuple((name, _title(_markdown.parse(_text(name)))) for name in names())


PAGES = {"overview": "/", "copy": "/copy/"} | dict.fromkeys(("currencies", "history", "identity", "how-we-rank", "terms", "notices", INDEX, "compare"), "")


def page_of(name: str) -> str:
    """The address of the page that a page of the guide explains; "" where there is not one alone."""
    return PAGES.get(name, f"/{name}/")


def read_about(path: str) -> str:
    """Where the guide explains the page at a path; its first page where no other does."""
    first = path.strip("/").partition("/")[0].partition("?")[0]
    name = {"": "overview", "assets": "identity", "api": "api"}.get(first, first)
    return address(name if name in names() else INDEX)


# --- From Markdown to a page --------------------------------------------------------------------------------------
@lru_cache(maxsize=64)
def article(name: str, method: Method) -> Article:
    """A page with the operator's thresholds in it, rendered once per process."""
    tokens = _markdown.parse(_text(name))
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(tokens[at + 1].content))
        if token.children:
            token.children = list(_inline(token.children, method))
    return Article(name, _title(tokens), mark_safe(_markdown.renderer.render(tokens, _markdown.options, {})))  # noqa: S308 - raw HTML is off


def _text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def _title(tokens: Sequence[Token]) -> str:
    return next(tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open")


def slug(heading: str) -> str:
    """The anchor of a heading: lower case, words joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", heading.lower()))


def _inline(tokens: Sequence[Token], method: Method) -> Iterator[Token]:
    """Links and pictures as the site serves them; a link to a setting becomes its value."""
    value = ""
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrGet("href"))
            value = valued(href.removeprefix(SETTING), method) if href.startswith(SETTING) else ""
            token.attrSet("href", linked(href))
        if token.type == "image":
            _pictured(token)
        if value and token.type == "text":
            token.content = value
        if not (value and token.type in ("link_open", "link_close")):
            yield token
        if token.type == "link_close":
            value = ""


def valued(name: str, method: Method) -> str:
    """One threshold as people read it: `_pct` and `_bps` of a ratio, large numbers short. Raises AttributeError for what is no setting."""
    for suffix, factor in (("_pct", 100), ("_bps", 10_000)):
        if name.endswith(suffix) and not hasattr(method, name):
            return _plain(Decimal(str(getattr(method, name.removesuffix(suffix)))) * factor)
    return _plain(Decimal(str(getattr(method, name))))


def _plain(value: Decimal) -> str:
    return amount(value) if value >= LARGE else f"{value.normalize():f}"


def linked(href: str) -> str:
    """A link between files as a link between pages; all others stay."""
    file, mark, anchor = href.partition("#")
    return address(file.removesuffix(".md")) + mark + anchor if file.endswith(".md") and "/" not in file else href


def _pictured(token: Token) -> None:
    """A picture from the static files, with its size so that nothing moves when it comes."""
    source = str(token.attrGet("src"))
    path = FOLDER / source
    if not source.startswith(PICTURES) or not path.is_file():
        token.type, token.content = "text", f"({token.content})"
        return
    width, height = size(path.read_bytes())
    token.attrs = {"src": static(f"guide/{path.name}"), "alt": "", "width": width, "height": height, "loading": "lazy"}


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    width, height = unpack(">II", png[16:24])
    return width, height
