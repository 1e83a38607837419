"""Template tags: numbers, ages, pebbles and icons. Each is one call of `markets.analysis.display`, marked safe where it is HTML."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from markets.analysis import display, timings
from markets.ask.answer import Cell
from markets.pages import alert_links, charts, guide
from markets.shapes import ExchangeStatus, Measure, Meter

register = template.Library()

# (the page's own word, title, address, icon, whether it has a tab of its own on phones)
SECTIONS = (
    ("overview", "Compare", "/", "list", True),
    ("arbitrage", "Arbitrage", "/arbitrage/", "swap", True),
    ("liquidity", "Liquidity", "/liquidity/", "layers", False),
    ("funding", "Funding", "/funding/", "percent", True),
    ("discover", "Discover", "/discover/", "compass", True),
    ("copy", "Copy trading", "/copy/", "users", False),
    ("volume", "Volume", "/volume/", "bars", False),
    ("ask", "Ask", "/ask/", "message", False),
    ("status", "Status", "/status/", "activity", False),
    ("api", "API", "/api/", "braces", False),
)
register.filter("amount", display.amount)
register.filter("rate", display.rate)
register.filter("moment", display.moment)
register.filter("exact", display.exact)
register.filter("direction", display.direction)

LEAST_PCT = Decimal("0.005")  # so much and less would be written as nothing


@register.simple_tag
def sections() -> tuple[tuple[str, str, str, str, bool], ...]:
    """The main links, in order."""
    return SECTIONS


@register.simple_tag(takes_context=True)
def how_to_read(context: dict[str, Any]) -> str:
    """Where the guide explains this page; "" in the guide itself and on pages of errors."""
    nav = context.get("nav", "")
    return "" if nav == "guide" or not nav else guide.read_about(context.get("address", f"/{nav}/"))


@register.simple_tag
def alert_link(address: str) -> str:
    """The form of an alert on what the page at this address shows; "" where there is none."""
    return alert_links.of_page(address)


@register.simple_tag
def price(value: Decimal | None, places: int | None = None) -> SafeString:
    """A price as <data value="exact">."""
    return mark_safe(display.price_html(value, places=places))  # noqa: S308 - digits of a Decimal only


@register.simple_tag
def hero(value: Decimal | None, places: int | None = None) -> SafeString:
    """The large price, its decimals set apart."""
    return mark_safe(display.split_price_html(value, places))  # noqa: S308 - digits of a Decimal only


@register.simple_tag
def percent(value: Decimal | None, places: int = 2, sign: bool = True) -> str:
    """A percent figure."""
    return display.percent(value, places=places, sign=sign)


@register.simple_tag
def bps(value: Decimal | None) -> str:
    """A gap with its unit."""
    return " ".join(display.gap(value)).strip()


@register.simple_tag(takes_context=True)
def age(context: dict[str, Any], seconds: float | None, state: str = "") -> SafeString:
    """How old something is, with the instant it was true, so that the page can count on; where all is `frozen` it stays as it was."""
    if seconds is None:
        return mark_safe(f'<span class="age">{display.DASH}</span>')  # noqa: S308 - a constant
    if context.get("frozen"):
        return format_html('<span class="age {}">{}</span>', state, display.age(seconds))
    at = context["now"].timestamp() - seconds
    return format_html('<span class="age {}" data-at="{}">{}</span>', state, f"{at:.1f}", display.age(seconds))


@register.simple_tag(takes_context=True)
def told_age(context: dict[str, Any], cell: Cell) -> SafeString | str:
    """An age in the table of an answer, counted on like every other; where all is `frozen` it stays in its own words."""
    return cell.text if context.get("frozen") else age(context, float(cell.value))


@register.simple_tag(takes_context=True)
def retry(context: dict[str, Any], seconds: float | None) -> SafeString:
    """When it is tried again, counted down on the page; nothing when that is not known."""
    if seconds is None:
        return mark_safe("")
    at = context["now"].timestamp() + seconds
    return format_html(' Retrying in <span data-until="{}">{}</span>.', f"{at:.1f}", display.age(seconds))


@register.simple_tag
def when(at: datetime | None) -> SafeString:
    """An instant as <time>, in UTC; the page adds the local time as a tooltip."""
    if at is None:
        return mark_safe(display.DASH)  # noqa: S308 - a constant
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), display.moment(at))


@register.simple_tag(takes_context=True)
def clock(context: dict[str, Any], at: datetime) -> SafeString:
    """An instant in a list: Today 11:58."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), display.clock(at, context["now"]))


@register.simple_tag(takes_context=True)
def since(context: dict[str, Any], seconds: float | None) -> str:
    """The time of day something became old: 11:58."""
    return display.DASH if seconds is None else (context["now"] - timedelta(seconds=seconds)).strftime("%H:%M")


@register.simple_tag
def mark(face: ExchangeStatus, size: str = "") -> SafeString:
    """The pebble of an exchange. Decoration: the name stands beside it, or is read out by `named`."""
    return format_html('<span class="pebble ex-{} {}" aria-hidden="true">{}</span>', face.place, size, face.monogram)


@register.simple_tag
def named(face: ExchangeStatus, size: str = "") -> SafeString:
    """The pebble where no name stands beside it."""
    seen = format_html('<span class="pebble ex-{} {}" title="{}" aria-hidden="true">{}</span>', face.place, size, face.name, face.monogram)
    return seen + format_html('<span class="vh">{}</span>', face.name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite in templates/icons.svg."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def meter(limit: Meter) -> SafeString:
    """A limit's bar."""
    return mark_safe(charts.meter(limit.used, limit.limit))  # noqa: S308 - numbers only


@register.filter
def spaced(name: str) -> str:
    """A name of the vocabulary as words."""
    return name.replace("_", " ")


@register.filter
def window(seconds: float) -> str:
    """A limit's window: s, min, 30 s, 2 h."""
    if seconds in (1, 60, 3600):
        return {1: "s", 60: "min", 3600: "h"}[int(seconds)]
    return display.age(seconds).removesuffix(" 0 s").removesuffix(" 0 m")


@register.filter
def number(value: Decimal | int | None) -> str:
    """A count with thousands separated."""
    return display.DASH if value is None else f"{value:,.0f}"


@register.simple_tag
def measure(found: Measure) -> str:
    """A success measure with its unit: 99.95%, 1,204, 1.4x; a dash while nothing is known. Of what is beyond its scale nothing more is said."""
    if found.value is None:
        return display.DASH
    if found.unit == "%":
        return "under 0.01%" if 0 < found.value <= LEAST_PCT else display.percent(found.value, sign=False)
    if found.unit == "ms" and found.value >= timings.SLOWER_MS:
        return f"over {timings.STEPS_MS[-1]:,} ms"
    text = f"{found.value:,.2f}" if found.value != int(found.value) else f"{int(found.value):,}"
    return f"{text}{'' if found.unit in ('', 'x') else ' '}{found.unit}"
