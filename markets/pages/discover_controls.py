"""The controls of the discovery page: tabs, chips, headings and pager, each a link that keeps the rest of the address."""

from __future__ import annotations

from collections.abc import Mapping

from markets.analysis.display import amount
from markets.pages.overview_shown import Column
from markets.pages.query import Asked
from markets.shapes import ExchangeStatus

Faces = Mapping[str, ExchangeStatus]
TABS = (("new", "New listings"), ("only", "On one, not on another"), ("trending", "Trending"))
CHOICES = (("coins", "New coins"), ("pairs", "New pairs"), ("arrivals", "Both"), ("gone", "Leaving"), ("renamed", "Renamed"), ("all", "All"))
WINDOWS = (("24h", "24 h"), ("7d", "7 d"), ("30d", "30 d"), ("90d", "90 d"))
COLUMNS = {  # view -> (sort key, heading, class, explanation)
    "new": (
        ("", "Asset", "text", ""), ("", "Exchange", "text", ""), ("", "Since", "text", "When it happened, and who says so"), ("", "Ago", "num", ""),
        ("", "Price", "num", "Middle of bid and ask there"), ("", "Since listing", "num", "From the first price Pebble stored"),
        ("", "Volume 24 h", "num", "There, in USD"), ("", "Also on", "text", "Outlined: not listed there"), ("", "What to know", "text", ""),
    ),
    "only": (
        ("asset", "Asset", "text", ""), ("", "Listed on", "text", "Outlined: not listed there"), ("price", "Price", "num", "On its busiest market"),
        ("change", "24 h", "num", ""), ("volume", "Volume 24 h", "num", "In USD, on the exchanges chosen"), ("spread", "Spread", "num", "Bid to ask, there"),
        ("since", "First listed", "text", "On the first exchange, where all say when"), ("score", "Trend", "num", "Percentile; a mark where it is 90 or more"),
        ("", "Likely same as", "text", ""),
    ),
    "trending": (
        ("rank", "#", "num", "And places won since an hour ago"), ("asset", "Asset", "text", ""), ("score", "Score", "num", "Percentile 0 to 100"),
        ("relative", "Volume ×", "num", "Against its norm at this hour"), ("change", "24 h", "num", ""), ("", "Last 24 h", "num spark-cell", ""),
        ("volume", "Volume 24 h", "num", "In USD"), ("", "New on", "num", "Exchanges that listed it within the window"),
        ("", "Bids", "num", "Their share of the stored order book within 1%"), ("", "Trends on", "text", ""),
    ),
}  # fmt: skip


def tabs(asked: Asked) -> list[tuple[str, str, bool]]:
    """(title, link, chosen) of the views; what only one view understands does not come along."""
    carried = {name: asked.values[name] for name in ("window", "quote", "hide_leveraged", "hide_stable", "hide_wrapped")}
    plain = Asked(asked.path, {p.name: carried.get(p.name, p.default) for p in asked.parameters}, asked.parameters)
    return [(title, plain.link(view=view), view == asked.values["view"]) for view, title in TABS]


def choices(asked: Asked) -> list[tuple[str, str, bool]]:
    """Which events."""
    return [(title, asked.link(what=what, offset=0), what == asked.values["what"]) for what, title in CHOICES]


def windows(asked: Asked) -> list[tuple[str, str, bool]]:
    """How far back."""
    return [(title, asked.link(window=window, offset=0), window == asked.values["window"]) for window, title in WINDOWS]


def match(asked: Asked, name: str) -> list[tuple[str, str, bool]]:
    """Any of, all of."""
    return [(title, asked.link(**{name: how, "offset": 0}), asked.values[name] == how) for how, title in (("any", "any of"), ("all", "all of"))]


def chips(asked: Asked, name: str, faces: Faces) -> list[tuple[ExchangeStatus, str, bool]]:
    """(exchange, link that adds it or takes it away, chosen); none chosen is all of them."""
    chosen = asked.values[name]
    return [
        (face, asked.link(**{name: tuple(s for s in faces if (s in chosen) != (s == slug)), "offset": 0}), slug in chosen)
        for slug, face in faces.items() if face.enabled or slug in chosen
    ]  # fmt: skip


def columns(asked: Asked) -> list[Column]:
    """The headings of the view, with links that sort where it can be sorted."""
    return [_column(asked, *column) for column in COLUMNS[asked.values["view"]]]


def _column(asked: Asked, key: str, title: str, css: str, explains: str) -> Column:
    if not key:
        return Column(title, css, "", "", explains)
    sort = asked.values["sort"] or {"only": "-volume", "trending": "rank"}[asked.values["view"]]
    first, second = (key, f"-{key}") if key in ("asset", "rank", "since") else (f"-{key}", key)
    state = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return Column(title, css, asked.link(sort=second if sort == first else first, offset=0), state, explains)


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "quote": f"Quote {v['quote']}", "min_volume_usd": f"Volume over {amount(v['min_volume_usd'])}", "exchange": "Only some exchanges",
        "on": "Listed on some", "not_on": "Missing from some", "trending": "Only trending", "window": "Widen the window to 90 days",
    }  # fmt: skip
    defaults = {p.name: p.default for p in asked.parameters} | {"window": "90d"}
    set_ones = [name for name in says if v[name] != defaults[name] and (name != "window" or v["view"] == "new")]
    shown = [(says[name], asked.link(**{name: defaults[name], "offset": 0})) for name in set_ones]
    hides = {"hide_leveraged": "Show leveraged", "hide_stable": "Show stablecoins", "hide_wrapped": "Show wrapped"}
    return shown + [(text, asked.link(**{name: False, "offset": 0})) for name, text in hides.items() if v[name]]


def api_link(asked: Asked) -> str:
    """The request that gives the same rows."""
    link = asked.link(format="page")
    return "/api/v1" + link.replace("sort=", "ordering=", 1) if "?" in link else f"/api/v1{link}"


def feed_links(faces: Faces) -> list[tuple[str, str]]:
    """(what, address) of the feeds."""
    own = [(f"New on {face.name}", f"/feeds/listings/{slug}/") for slug, face in faces.items()]
    return [("New listings", "/feeds/listings/"), *own, ("Delistings", "/feeds/delistings/")]
