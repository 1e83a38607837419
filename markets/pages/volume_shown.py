"""What the volume page shows, made from coins' activity: the answer, one line per coin, legends, and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from markets.analysis.activity import Activity
from markets.analysis.display import DASH, amount, exact, fixed, percent, signed
from markets.analysis.sentiment import PARTS, Sentiment
from markets.analysis.volume import NORM_DAYS, Volume
from markets.pages.compare_shown import Faces
from markets.pages.overview_shown import Column, cell
from markets.pages.query import Asked
from markets.pages.volume_charts import Face, bar
from markets.reads.volume import Line, View
from markets.shapes import ExchangeStatus

COLUMNS = (  # (sort key, heading, class, explanation)
    ("asset", "Asset", "text", ""),
    ("volume", "Volume 24 h", "num", "In USD, each trade once per exchange"),
    ("relative", "× norm", "num", f"Over the median at this hour of the last {NORM_DAYS} days"),
    ("concentration", "Share by exchange", "text share-head", "Sorted by concentration: the sum of squared shares"),
    ("change", "24 h", "num", "Change of the index price in 24 hours"),
    ("imbalance", "Books", "num", "Bids less asks within 1 % of the middle, over both"),
    ("funding", "Funding 8 h", "num", "The middle of all perpetuals; positive: longs pay"),
    ("open_interest", "Open interest", "num", "Of perpetuals, one side, and its change in 24 hours, by which it is sorted"),
    ("sentiment", "Sentiment", "num", "0 to 100, 50 is neutral"),
    ("agreement", "Agree", "num", "How many exchanges' prices point the same way"),
)
WHY = {
    "no_rate": "no rate into USD is known", "no_volume": "it tells no volume", "bad_number": "its volume is no number",
    "unit_mismatch": "money over coins is no price it traded at", "volume_suspicious": "no book stands behind it", "not_trading": "not trading",
    "stale": "its newest quote is stale", "expired": "its newest quote is too old", "conflicted": "another coin of that name",
    "identity_conflict": "another coin by its price", "price_anomaly": "its price is far from the others'", "frozen": "its numbers have stopped",
    "no_bid_ask": "no bid or no ask", "crossed": "its bid is above its ask", "wide": "its bid and ask are too far apart", "future": "its clock is ahead",
    "auto_disabled": "switched off by Pebble", "banned": "the exchange answers nothing for now", "blocked": "the exchange does not answer from here",
    "not_in_rollout": "not switched on for everybody",
}
CSV_HEAD = (
    "base", "name", "volume_usd", "relative_volume", "norm_days", "concentration", "change_24h_pct", "book_imbalance", "funding_8h_pct", "open_interest_usd",
    "open_interest_change_pct", "sentiment", "label", "price_part", "volume_part", "breadth_part", "agree", "direction", "exchanges", "largest_exchange",
    "largest_share_pct", "markets", "left_out", "oldest_s", "as_of",
)
WAYS = {1: "up", -1: "down", 0: "flat"}


@dataclass(frozen=True)
class Shown:
    """One coin in words and figures."""

    base: str
    name: str
    path: str
    volume: str
    relative: str
    relative_why: str
    normed: bool
    bar: SafeString
    parts: tuple[tuple[ExchangeStatus, str, str], ...]  # exchange, volume, share
    hhi: str
    change: Decimal | None
    imbalance: str
    funding: str
    open_interest: str
    open_interest_change: Decimal | None
    score: str
    label: str
    lean: str  # up, down or ""
    made_of: str
    left_out: str  # the parts of the sentiment that are
    agree: str
    way: str
    doubted: tuple[tuple[str, str, str, str], ...]  # exchange, market, volume, why it does not count
    oldest: float | None

    @property
    def id(self) -> str:
        """Stable over refreshes."""
        return f"v-{self.base}"


def shown(line: Line, faces: Faces, drawn: Sequence[Face], waited_s: float) -> Shown:
    """One coin. `waited_s`: how long ago its figures were put together."""
    a, p = line.activity, line.pressure
    return Shown(
        base=line.base, name=line.name, path=f"/assets/{line.base.lower()}/", volume=amount(a.usd),
        relative=DASH if a.relative is None else f"{fixed(a.relative, 2)}×", relative_why=norm_words(a), normed=a.relative is not None,
        bar=mark_safe(bar(a.shares, drawn)),  # noqa: S308 - escapes what it is given
        parts=tuple((faces[f.slug], amount(a.by_exchange[f.slug]), percent(a.shares.get(f.slug, Decimal(0)) * 100, places=1, sign=False))
                    for f in drawn if f.slug in a.by_exchange),
        hhi=DASH if a.concentration is None else fixed(a.concentration, 3), change=None if a.change is None else a.change * 100,
        imbalance=DASH if p.imbalance is None else percent(p.imbalance * 100, places=1), funding=percent(p.funding_8h_pct, places=4),
        open_interest=amount(p.open_interest_usd), open_interest_change=p.open_interest_change_pct,
        score=score(a.sentiment), label=a.sentiment.label, lean=lean(a.sentiment), made_of=made_of(a.sentiment), left_out=left_out(a.sentiment),
        agree=f"{a.agree} of {a.told}" if a.told else DASH, way=WAYS[a.way] if a.told else "",
        doubted=tuple(_doubt(v, faces) for v in a.left_out), oldest=None if a.oldest_s is None else a.oldest_s + waited_s,
    )


def _doubt(v: Volume, faces: Faces) -> tuple[str, str, str, str]:
    face = faces.get(v.exchange)
    return face.name if face else v.exchange, v.symbol, amount(v.usd), WHY.get(v.reason, v.reason)


def norm_words(a: Activity) -> str:
    """What the figure against the norm stands on."""
    return f"not enough history: {a.days} of 3 days" if a.relative is None else f"median of {a.days} days"


def score(s: Sentiment) -> str:
    """85.6, or a dash."""
    return DASH if s.score is None else f"{s.score:.1f}"


def lean(s: Sentiment) -> str:
    """The class of a score: what is neutral has none."""
    return {"bullish": "up", "bearish": "down"}.get(s.label.removeprefix("strongly "), "")


def made_of(s: Sentiment) -> str:
    """50, price +11.9, volume +13.7, breadth +10.0."""
    parts = [f"{name} {signed(Decimal(f'{value:.1f}'), 1)}" for name in PARTS if (value := getattr(s, name)) is not None]
    return ", ".join(["50", *parts]) if parts else ""


def left_out(s: Sentiment) -> str:
    """Which parts are not in it, or the only one that is."""
    if not s.left_out or s.score is None:
        return ""
    only = [name for name in PARTS if name not in s.left_out]
    return f"{only[0]} only" if len(only) == 1 else f"without {', '.join(s.left_out)}"


# --- The whole --------------------------------------------------------------------------------------------------
def sentence(found: View) -> str:
    """The answer."""
    a = found.whole
    if a.usd is None:
        return "No volume that counts is known right now."
    where = f"{a.agree} of {a.told} exchange{'s' if a.told != 1 else ''}"
    way = {1: f"prices rose on {where}", -1: f"prices fell on {where}", 0: f"exchanges do not agree on a direction ({a.told} tell one)"}[a.way]
    if a.relative is None:
        return f"{amount(a.usd)} USD was traded in 24 hours; {way}. There is not enough history yet to say whether that is much."
    off = (a.relative - 1) * 100
    much = f"{fixed(abs(off), 0)}% {'above' if off > 0 else 'below'}" if abs(off) >= Decimal("0.5") else "at"
    norm = f"{NORM_DAYS}-day norm" if a.days == NORM_DAYS else f"norm of {a.days} days"
    return f"Volume is {much} its {norm}, {amount(a.usd)} USD in 24 hours; {way}."


def legend(shares: Mapping[str, Decimal], faces: Faces, drawn: Sequence[Face]) -> list[tuple[ExchangeStatus, str]]:
    """(exchange, its share of everything), in the order the charts stack them."""
    return [(faces[f.slug], percent(shares[f.slug] * 100, places=1, sign=False)) for f in drawn if f.slug in shares]


def columns(asked: Asked) -> list[Column]:
    """The headings with links that sort by them."""
    sort = asked.values["sort"]
    made = []
    for key, title, css, explains in COLUMNS:
        first, second = (key, f"-{key}") if key == "asset" else (f"-{key}", key)
        link = asked.link(sort=second if sort == first else first, offset=0)
        made.append(Column(title, css, link, {key: "ascending", f"-{key}": "descending"}.get(sort, ""), explains))
    return made


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "quote": f"Quote {v['quote']}", "exchange": f"{len(v['exchange'])} exchanges only", "search": f"Search “{v['search']}”",
        "min_volume_usd": f"Volume over {amount(v['min_volume_usd'])}",
    }
    defaults = {p.name: p.default for p in asked.parameters}
    return [(text, asked.link(**{name: defaults[name], "offset": 0})) for name, text in says.items() if v[name] != defaults[name]]


def csv_rows(lines: Iterable[Line], found: View) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first."""
    yield CSV_HEAD
    for line in lines:
        a, p, s = line.activity, line.pressure, line.activity.sentiment
        largest = max(a.shares, key=lambda slug: a.shares[slug], default="")
        yield (
            cell(line.base), cell(line.name), *map(_figure, (a.usd, a.relative)), str(a.days), _figure(a.concentration),
            *map(_figure, (None if a.change is None else a.change * 100, p.imbalance, p.funding_8h_pct, p.open_interest_usd, p.open_interest_change_pct)),
            _points(s.score), s.label, *map(_points, (s.price, s.volume, s.breadth)),
            str(a.agree), WAYS[a.way] if a.told else "", str(a.told), largest, _figure(a.shares[largest] * 100) if largest else "",
            str(a.markets), str(len(a.left_out)), "" if a.oldest_s is None else f"{a.oldest_s:.1f}", found.as_of.isoformat(),
        )


def _figure(value: Decimal | None) -> str:
    """A computed number to eight decimals."""
    return exact(None if value is None else round(value, 8))


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
