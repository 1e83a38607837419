"""What the overview shows, made from comparisons: one line per pair, and the controls above the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from markets.analysis.best import Comparison
from markets.analysis.display import amount, direction, exact, gap, percent
from markets.api import filters
from markets.board import Board, PairKey
from markets.pages.charts import Dot, sparkline, strip
from markets.pages.compare_shown import Faces, shared_places
from markets.pages.query import ALL, Asked
from markets.shapes import ExchangeStatus, Filters, Overview, Tile

QUOTES_SHOWN = 4  # beside the chosen one
COLUMNS = (  # (sort key, heading, class, explanation)
    ("asset", "Asset", "text", ""),
    ("buy", "Buy at", "num", "Best ask among live exchanges"),
    ("sell", "Sell at", "num sell-cell", "Best bid among live exchanges"),
    ("gap", "Gap", "num gap-cell", "Best bid over best ask, before fees"),
    ("after_fees", "After fees", "num net-cell", "What is left of the gap after both taker fees"),
    ("", "Cheaper ← median → dearer", "text strip-head strip-cell", ""),
    ("change", "24 h", "num change-cell", "Change in 24 hours"),
    ("", "Last 24 h", "num spark-cell", ""),
    ("volume", "Volume 24 h", "num vol-cell", "Summed over the exchanges, in the quote currency; sorted in USD"),
    ("live", "Live · age", "num live-cell", "Live exchanges of those that list it, and the oldest price that counts"),
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would read these as the start of a formula
CSV_HEAD = (
    "base", "quote", "name", "buy_exchange", "buy_price", "buy_net_price", "sell_exchange", "sell_price", "sell_net_price", "gap_bps", "after_fees_pct",
    "change_24h_pct", "quote_volume_24h", "volume_usd", "live", "listed", "oldest_s", "status", "as_of",
)


@dataclass(frozen=True)
class Line:
    """One pair on the overview."""

    key: PairKey
    ticker: str
    name: str
    path: str
    places: int
    buy: tuple[Decimal, ExchangeStatus] | None
    sell: tuple[Decimal, ExchangeStatus] | None
    gap: tuple[str, str]
    after_fees: str
    pays: bool
    strip: SafeString
    change: str
    change_class: str
    spark: SafeString
    volume: str
    live: str
    oldest: float | None
    note: str

    @property
    def id(self) -> str:
        """Stable over refreshes; the row is found again by it."""
        return f"p-{self.key}"


@dataclass(frozen=True)
class Column:
    """A heading: its sort link ("" when it cannot be sorted) and whether it is the sorted one."""

    title: str
    css: str
    link: str
    sorted: str  # "", ascending or descending
    explains: str


def lines(overview: Overview, board: Board, faces: Faces) -> list[Line]:
    """The rows of the page, in their order."""
    terms = _terms(overview.filters)
    return [line(c, board, faces, overview.sparks.get(c.key, ()), terms) for c in overview.rows]


def _terms(f: Filters) -> str:
    """What a comparison is asked for so that it shows the numbers of its row. An amount in USD means another amount on every pair."""
    own = {"amount": exact(f.amount) if f.unit == "quote" else "", "fees": filters.fees_text(f.fees), "net": "" if f.net else "false"}
    shown = {name: value for name, value in own.items() if value}
    return "?" + urlencode(shown, safe=",:") if shown else ""


def line(c: Comparison, board: Board, faces: Faces, spark: Sequence[Decimal] = (), terms: str = "") -> Line:
    """One pair, with the line of its last day where there is one; `terms` go with the link to its comparison."""
    coin = board.coins.get(c.key.base)
    return Line(
        key=c.key, ticker=coin.ticker if coin else c.key.base, name=coin.name if coin else "", path=f"/compare/{c.key}/{terms}", places=shared_places(c),
        buy=(c.best_buy.price, faces[c.best_buy.exchange]) if c.best_buy and c.best_buy.exchange in faces else None,
        sell=(c.best_sell.price, faces[c.best_sell.exchange]) if c.best_sell and c.best_sell.exchange in faces else None,
        gap=gap(c.gap_bps, sign=True), after_fees=percent(c.after_fees_pct), pays=c.after_fees_pct is not None and c.after_fees_pct >= Decimal("0.005"),
        strip=mark_safe(strip(_dots(c, faces))),  # noqa: S308 - escapes what it is given
        spark=mark_safe(sparkline(spark)),  # noqa: S308 - numbers only
        change=percent(c.change_24h_pct), change_class=direction(c.change_24h_pct),
        volume=amount(c.quote_volume_24h), live=f"{c.live}/{c.listed}", oldest=c.oldest_s, note=_note(c),
    )


def _dots(c: Comparison, faces: Faces) -> list[Dot]:
    rows = [(r, faces[r.quote.exchange]) for r in c.rows if r.deviation_bps is not None and r.quote.exchange in faces and faces[r.quote.exchange].enabled]
    return [Dot(face.place, face.name, r.deviation_bps, hollow=r.rank is None) for r, face in rows if r.deviation_bps is not None]


def _note(c: Comparison) -> str:
    """A word where there is no best price."""
    return {"disputed": "disputed", "no_consensus": "disputed", "none": "no live price"}.get(c.status, "")


# --- Controls ---------------------------------------------------------------------------------------------------
def columns(asked: Asked) -> list[Column]:
    """The headings with links that sort by them: descending first, ascending when it is sorted already."""
    return [_column(asked, *column) for column in COLUMNS]


def _column(asked: Asked, key: str, title: str, css: str, explains: str) -> Column:
    sort = asked.values["sort"]
    down = f"-{key}"
    first, second = (key, down) if key == "asset" else (down, key)
    link = asked.link(sort=second if sort == first else first, offset=0) if key else ""
    return Column(title, css, link, {key: "ascending", down: "descending"}.get(sort, "") if key else "", explains)


def quote_links(asked: Asked, quotes: Sequence[str]) -> list[tuple[str, str, bool]]:
    """(label, link, chosen) of the most used quote currencies, the chosen one among them, and all together."""
    chosen = asked.values["quote"]
    shown = list(dict.fromkeys([*quotes[:QUOTES_SHOWN], *([chosen] if chosen != ALL else [])]))
    return [("All" if q == ALL else q, asked.link(quote=q, offset=0), q == chosen) for q in [*shown, ALL]]


def exchange_links(asked: Asked, faces: Faces) -> list[tuple[ExchangeStatus, str, bool]]:
    """(exchange, link that toggles it, shown) for every exchange that is switched on; the last one left cannot be taken away."""
    on = [slug for slug, face in faces.items() if face.enabled]
    chosen = [slug for slug in on if slug in asked.values["exchange"]] or on
    result = []
    for slug in on:
        after = [s for s in on if (s in chosen) != (s == slug)]
        link = asked.link(exchange=() if len(after) == len(on) else tuple(after), offset=0) if after else ""
        result.append((faces[slug], link, slug in chosen))
    return result


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "quote": f"Quote {v['quote']}", "base": "Only watched", "exchange": f"{len(v['exchange'])} exchanges only",
        "min_exchanges": f"On {v['min_exchanges']} or more exchanges",
        "min_volume_usd": f"Volume over {amount(v['min_volume_usd'])}", "min_depth_usd": f"Depth over {amount(v['min_depth_usd'])}",
        "min_change_pct": f"Change over {v['min_change_pct']}%",
        "hide_suspect": "Suspect hidden", "hide_leveraged": "Leveraged and wrapped shown", "search": f"Search “{v['search']}”",
    }
    defaults = {p.name: p.default for p in asked.parameters}
    return [(text, asked.link(**{name: defaults[name], "offset": 0})) for name, text in says.items() if v[name] != defaults[name]]


CHOOSABLE = (
    ("sell", "Sell at"), ("gap", "Gap"), ("after_fees", "After fees"), ("strip", "Cheaper to dearer"), ("change", "24 h"), ("spark", "Last 24 h"),
    ("volume", "Volume"), ("live", "Live and age"),
)  # fmt: skip


def column_links(asked: Asked) -> list[tuple[str, str, bool]]:
    """(column, link that shows or hides it, shown)."""
    hidden = asked.values["hide"]
    return [(title, asked.link(hide=tuple(k for k, _ in CHOOSABLE if (k in hidden) != (k == key))), key not in hidden) for key, title in CHOOSABLE]


def amount_words(asked: Asked) -> tuple[str, str]:
    """(what the amount is counted in, a sentence of what it does) for the page at this address."""
    unit = "USD" if asked.values["quote"] == ALL else asked.values["quote"]
    if not asked.values["amount"]:
        return unit, ""
    return unit, f"Ranked for {asked.values['amount']:,f} {unit} on every pair, by stored order books; a pair without one has no best price."


def api_link(asked: Asked) -> str:
    """The request that gives the same rows."""
    v = asked.values
    quote, hide = "" if v["quote"] == ALL else v["quote"], "true" if v["hide_leveraged"] else "false"
    own = {"quote": quote, "ordering": v["sort"], "hide_leveraged": hide, "limit": v["limit"]}
    carried = dict(asked.hidden("quote", "sort", "hide_leveraged", "limit", "density", "hide", "format"))
    unit = {"unit": "usd"} if v["amount"] and v["quote"] == ALL else {}
    return "/api/v1/pairs/?" + urlencode({name: value for name, value in {**own, **carried, **unit}.items() if value != ""}, safe=",:")


def tile_faces(tile: Tile, faces: Faces) -> list[ExchangeStatus]:
    """The exchanges a tile speaks of."""
    return [faces[slug] for slug in tile.exchanges if slug in faces]


# --- CSV --------------------------------------------------------------------------------------------------------
def cell(text: str) -> str:
    """Text as a spreadsheet may open it: what would start a formula is quoted. Numbers do not come through here."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _figure(value: Decimal | None) -> str:
    """A computed number to six decimals; prices keep every digit."""
    return exact(None if value is None else round(value, 6))


def csv_rows(comparisons: Iterable[Comparison], board: Board) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first."""
    yield CSV_HEAD
    for c in comparisons:
        coin, buy, sell = board.coins.get(c.key.base), c.best_buy, c.best_sell
        yield (
            cell(coin.ticker if coin else c.key.base), cell(c.key.quote), cell(coin.name if coin else ""),
            buy.exchange if buy else "", exact(buy.price if buy else None), exact(buy.net_price if buy else None),
            sell.exchange if sell else "", exact(sell.price if sell else None), exact(sell.net_price if sell else None),
            _figure(c.gap_bps), _figure(c.after_fees_pct), _figure(c.change_24h_pct), _figure(c.quote_volume_24h), _figure(c.volume_usd),
            str(c.live), str(c.listed), "" if c.oldest_s is None else f"{c.oldest_s:.1f}", c.status, c.as_of.isoformat(),
        )

