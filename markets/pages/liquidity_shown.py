"""What the liquidity pages show, made from measured books: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from markets import read
from markets.analysis.cross import Peg, Rate
from markets.analysis.display import DASH, age, amount, fixed, gap, percent, price
from markets.analysis.liquidity import STEPS, WIDEST, Band, Cost, Part, Wish, imbalance, thinner
from markets.board import Board, PairKey
from markets.pages.compare_shown import Faces
from markets.pages.liquidity_charts import Curve, SpreadLine
from markets.pages.overview_shown import Column
from markets.pages.query import Asked
from markets.reads.liquidity import USUAL_USD, Line, PairLiquidity, Row
from markets.shapes import ExchangeStatus

HEAT = tuple(Decimal(bps) for bps in (1, 3, 10, 30, 100, 200))  # slippage below each is one class cooler
GREY = ("stale", "expired")
QUOTES_SHOWN = 6
STEP_NAMES = ("1K", "10K", "100K", "1M")  # of STEPS, in USD
HUNDRED = Decimal(100)
PEG_PILLS = {"pegged": ("holds", "up"), "wobbling": ("wobbling", "warn"), "depegged": ("lost its peg", "down"), "unknown": ("not known", "")}


@dataclass(frozen=True)
class Cell:
    """A cost: what is printed, its heat class, and the full sentence."""

    text: str
    unit: str = ""
    heat: str = ""
    says: str = ""


@dataclass(frozen=True)
class Holds:
    """What a band holds on both sides, "≥" where the book ends inside."""

    bids: str
    asks: str
    chosen: bool


@dataclass(frozen=True)
class BookLine:
    """One exchange's row on the page of a pair. `kind`: best, ranked, grey or absent."""

    face: ExchangeStatus
    line: Line
    kind: str
    note: str
    cost: Cell
    costs: tuple[Cell, ...]
    bands: tuple[Holds, ...]
    spread: tuple[str, str] = (DASH, "")
    imbalance: str = DASH
    move_up: str = DASH
    move_down: str = DASH
    volume: str = DASH
    turnover: str = DASH
    score: str = DASH
    parts: tuple[tuple[str, str, str, str, str], ...] = ()


@dataclass(frozen=True)
class PairLine:
    """One pair on the overview."""

    key: PairKey
    ticker: str
    name: str
    best: ExchangeStatus | None
    deepest: ExchangeStatus | None
    tightest: ExchangeStatus | None
    books: int
    cost: Cell
    spread: tuple[str, str]
    depth: str
    score: str
    volume: str
    suspicious: str
    age_s: float

    @property
    def id(self) -> str:
        """Stable over refreshes; the row is found again by it."""
        return f"l-{self.key}"


@dataclass(frozen=True)
class Answer:
    """The answer card: the sentence around the exchange, one reason line, and four figures."""

    face: ExchangeStatus
    before: str
    after: str
    reason: str
    figures: tuple[tuple[str, str], ...]


# --- Cells --------------------------------------------------------------------------------------------------------
def heat(bps: Decimal | None) -> str:
    """One of seven classes, the last for what costs 2 % or more, or cannot be filled."""
    return f"h{len(HEAT) if bps is None else sum(bps >= edge for edge in HEAT)}"


def cost_cell(cost: Cost | None, wish: str) -> Cell:
    """Slippage in bps, or how much of it the book can fill."""
    if cost is None:
        return Cell(DASH)
    if cost.slippage_bps is None:
        share = filled(cost)
        return Cell(f"fills {share}", "", heat(None), f"The book fills {share} of {wish}.")
    text, unit = gap(cost.slippage_bps)
    return Cell(text, unit, heat(cost.slippage_bps), f"{wish}: the average price lies {text} {unit} from the middle.")


def filled(cost: Cost) -> str:
    """The part of a wish that a book can fill, never rounded up to all of it."""
    return f"{int(cost.share * HUNDRED)}%"


def wished(wish: Wish, key: PairKey, ticker: str) -> str:
    """An amount with its unit: 50,000 USDT."""
    places = 0 if wish.amount == wish.amount.to_integral_value() else min(8, max(2, 4 - wish.amount.adjusted()))
    return f"{fixed(wish.amount, places)} {ticker if wish.in_base else key.quote}"


def least(value: str, truncated: bool) -> str:
    """A lower bound says so."""
    return f"\N{GREATER-THAN OR EQUAL TO} {value}" if truncated and value != DASH else value


# --- One pair -----------------------------------------------------------------------------------------------------
def book_line(line: Line, found: PairLiquidity, band: Decimal, face: ExchangeStatus) -> BookLine:
    """One exchange's row."""
    kind = "best" if line.rank == 1 else "ranked" if line.rank else "absent" if line.view.ladder is None else "grey"
    wish = wished(found.wish, found.key, found.key.base) if found.wish else ""
    side = 0 if _side(found) == "buy" else 1
    m = line.measure
    if m is None:
        nothing = Holds(DASH, DASH, False)
        return BookLine(face, line, kind, _note(line), Cell(DASH), tuple(Cell(DASH) for _ in STEPS), tuple(nothing for _ in range(4)))
    costs = tuple(cost_cell(pair[side], f"{amount(step)} USD") for step, pair in zip(STEPS, m.costs, strict=False)) or tuple(Cell(DASH) for _ in STEPS)
    chosen, widest = m.band(band), m.band(WIDEST)
    return BookLine(
        face, line, kind, _note(line), cost_cell(line.cost, wish), costs,
        tuple(Holds(least(amount(b.bid), b.bid_truncated), least(amount(b.ask), b.ask_truncated), b.ratio == band) for b in m.depth.bands),
        spread=gap(m.depth.spread_bps), imbalance=_leaning(chosen), move_up=least(amount(m.move_up_usd), widest.ask_truncated),
        move_down=least(amount(m.move_down_usd), widest.bid_truncated), volume=amount(m.volume), turnover=_times(m.turnover_ratio, widest),
        score=_score(m.score.value if m.score else None), parts=_parts(m.score.parts) if m.score else (),
    )


def _side(found: PairLiquidity) -> str:
    return found.wish.side if found.wish else "buy"


def _note(line: Line) -> str:
    view = line.view
    if view.ladder is None:
        return "asking now" if view.waiting else view.reason
    if line.measure is None and not view.reason:
        return "no middle: crossed or one-sided"
    return "asking again" if view.waiting else view.reason


def _leaning(band: Band) -> str:
    share = imbalance(band)
    return DASH if share is None else percent(share * HUNDRED, places=0)


def _times(ratio: Decimal | None, band: Band) -> str:
    """Turnover over depth; at most so much where the book ends inside."""
    if ratio is None:
        return DASH
    most = "\N{LESS-THAN OR EQUAL TO} " if band.bid_truncated or band.ask_truncated else ""
    return f"{most}{fixed(ratio, 1 if ratio < HUNDRED else 0)}\N{MULTIPLICATION SIGN}"


def _score(value: Decimal | None) -> str:
    return DASH if value is None else fixed(value, 1)


def _parts(parts: Iterable[Part]) -> tuple[tuple[str, str, str, str, str], ...]:
    """(notional, weight, slippage buying, selling, points) of each part of a score."""
    def slip(value: Decimal | None) -> str:
        return "cannot be filled" if value is None else " ".join(gap(value * 10_000))

    return tuple((amount(p.notional), percent(p.weight * HUNDRED, places=0, sign=False), slip(p.buy), slip(p.sell), fixed(p.points, 1)) for p in parts)


def book_columns(found: PairLiquidity, band: str) -> dict[str, Any]:
    """The headings that depend on what was asked."""
    wish = wished(found.wish, found.key, found.key.base) if found.wish else "amount"
    verb = "buy" if _side(found) == "buy" else "sell"
    return {"wish": f"To {verb} {wish}", "steps": [f"{verb.title()} {name}" for name in STEP_NAMES], "band": band, "verb": verb}


def answer(found: PairLiquidity, ticker: str, band: Decimal, faces: Faces) -> Answer | None:
    """Who is deepest, what the amount costs there, and what that rests on; None when no book counts."""
    best = found.best
    if best is None or best.measure is None or best.view.exchange not in faces:
        return None
    side, holds = _side(found), thinner(best.measure.band(band))
    count = sum(line.rank is not None for line in found.lines)
    held = f"{least(amount(holds[0]), holds[1])} {found.key.quote}"
    reason = (
        f"Within {fixed(band * HUNDRED, 2).rstrip('0').rstrip('.')} % of its middle its thinner side holds {held}; its score is "
        f"{_score(best.measure.score.value if best.measure.score else None)} of 100. "
        f"{'The only book' if count == 1 else f'Best of {count} books'}, {age(best.view.age_s)} old, ranked by {'this amount' if found.asked else 'score'}."
    )
    before = "The one book that counts is of" if count == 1 else ""
    return Answer(faces[best.view.exchange], before, _costs(found, best.cost, ticker, side, count), reason, _figures(found, best, held))


def _costs(found: PairLiquidity, cost: Cost | None, ticker: str, side: str, count: int) -> str:
    head = "" if count == 1 else f" is {'deepest' if found.asked else 'most liquid'} for {ticker}"
    if found.wish is None or cost is None:
        return f"{head}."
    wish = wished(found.wish, found.key, ticker)
    if cost.slippage_bps is None:
        return f"{head}: it fills {filled(cost)} of a {wish} {side}{', more than any other' if count > 1 else ''}."
    return f"{head}: a {wish} {side} moves the price {' '.join(gap(cost.slippage_bps))}."


def _figures(found: PairLiquidity, best: Line, held: str) -> tuple[tuple[str, str], ...]:
    cost, measure = best.cost, best.measure
    return (
        ("Average fill", price(cost.vwap if cost else None)),
        ("Slippage", " ".join(gap(cost.slippage_bps if cost else None)).strip()),
        ("Spread", " ".join(gap(measure.depth.spread_bps if measure else None)).strip()),
        ("Book age", age(best.view.age_s)),
    )


def facts(found: PairLiquidity, faces: Faces) -> list[tuple[str, str, ExchangeStatus | None]]:
    """(title, figure, where) of what all books that count come to."""
    measures = [line.measure for line in found.lines if line.rank and line.measure]
    if not measures:
        return []
    tight, deep = min(measures, key=lambda m: m.depth.spread_bps), max(measures, key=lambda m: thinner(m.band(WIDEST)))
    bands = [m.band(WIDEST) for m in measures]
    ends = any(b.bid_truncated or b.ask_truncated for b in bands)
    volumes = [m.volume for m in measures if m.volume is not None]
    return [
        ("Tightest", " ".join(gap(tight.depth.spread_bps)), faces.get(tight.exchange)),
        ("Deepest ±2 %", least(amount(thinner(deep.band(WIDEST))[0]), ends), faces.get(deep.exchange)),
        ("All bids to −2 %", least(amount(sum((b.bid for b in bands), Decimal(0))), ends), None),
        ("All asks to +2 %", least(amount(sum((b.ask for b in bands), Decimal(0))), ends), None),
        ("Volume 24 h", amount(sum(volumes, Decimal(0))) if volumes else DASH, None),
    ]


def quotes_of(key: PairKey) -> list[str]:
    """The currencies the coin trades in, the most listed first, the one shown among them."""
    pairs = read.board().pairs
    same = sorted((k for k in pairs if k.base == key.base and k.kind == key.kind), key=lambda k: (-len(pairs[k]), k.quote))
    return [k.quote for at, k in enumerate(same) if at < QUOTES_SHOWN or k == key]


def rate_line(rate: Rate | None, faces: Faces) -> str:
    """By which rate this page counts in USD; "" where none is needed."""
    if rate is None:
        return "The currency's rate is not known, so there is no score and no figure in USD."
    if not rate.legs:
        return ""
    names = ", ".join(dict.fromkeys(faces[leg.exchange].name for leg in rate.legs if leg.exchange in faces))
    return f"1 {rate.source} = {price(rate.mid)} {rate.target} by {' to '.join(rate.path)} on {names}, {age(rate.age_s)} old."


def broken(key: PairKey, lost: Iterable[Peg]) -> list[str]:
    """A sentence for each currency of the pair that has lost its peg."""
    return [
        f"{peg.ticker} has lost its peg: {percent(abs(peg.deviation_pct or Decimal(0)), sign=False)} "
        f"{'below' if (peg.deviation_pct or 0) < 0 else 'above'} the other stablecoins. Figures in USD are converted by its rate, {price(peg.rate)}."
        for peg in lost if peg.ticker in (key.base, key.quote)
    ]


# --- Charts -------------------------------------------------------------------------------------------------------
def drawn(found: PairLiquidity, faces: Faces) -> list[Curve]:
    """The ranked books, for the depth curve."""
    return [
        Curve(faces[line.view.exchange], line.view.ladder, line.measure.depth.mid)
        for line in found.lines if line.rank and line.view.ladder and line.measure and line.view.exchange in faces
    ]


def spread_lines(found: PairLiquidity, history: Mapping[str, tuple[tuple[datetime, Decimal], ...]], faces: Faces) -> list[SpreadLine]:
    """The day's spreads of the exchanges shown."""
    return [SpreadLine(faces[slug], history[slug]) for slug in (line.view.exchange for line in found.lines) if slug in history and slug in faces]


# --- Every pair ---------------------------------------------------------------------------------------------------
def pair_line(row: Row, board: Board, faces: Faces) -> PairLine:
    """One pair of the overview."""
    coin = board.coins.get(row.key.base)
    odd = [faces[slug].name for slug in row.suspicious if slug in faces]
    return PairLine(
        row.key, coin.ticker if coin else row.key.base, coin.name if coin else "",
        *(faces.get(measure.exchange) for measure in (row.best, row.deepest, row.tightest)), row.books, cost_cell(row.cost, "The amount"),
        gap(row.tightest.depth.spread_bps), least(amount(row.depth_usd), thinner(row.deepest.band(WIDEST))[1]),
        _score(row.best.score.value if row.best.score else None), amount(row.volume_usd),
        f"Turnover of {', '.join(odd)} is not backed by the book." if odd else "", row.age_s,
    )


COLUMNS = (  # (sort key, heading, class, explanation)
    ("pair", "Pair", "text", ""),
    ("", "Most liquid", "text", "By what the amount costs where you gave one, else by score"),
    ("cost", "", "num", "Slippage of the amount on the most liquid exchange: its average price from the middle"),
    ("score", "Score", "num", "0 to 100, of the most liquid exchange"),
    ("spread", "Spread, bps", "num", "The tightest, and where"),
    ("depth", "Depth ±2 %, USD", "num", "The thinner side of the deepest book, and where"),
    ("volume", "Volume 24 h, USD", "num", "Of the exchanges whose books count"),
    ("age", "Books · age", "num", "Books that count, and the oldest of them"),
)


def columns(asked: Asked, given: Decimal | None) -> list[Column]:
    """The headings with links that sort by them."""
    wish = f"{asked.values['side'].title()} {amount(given or USUAL_USD)} USD, bps"
    return [_column(asked, key, title or wish, css, explains) for key, title, css, explains in COLUMNS]


def _column(asked: Asked, key: str, title: str, css: str, explains: str) -> Column:
    sort, up = asked.values["sort"], key in ("pair", "cost", "spread", "age")
    first, second = (key, f"-{key}") if up else (f"-{key}", key)
    link = asked.link(sort=second if sort == first else first, offset=0) if key else ""
    return Column(title, css, link, {key: "ascending", f"-{key}": "descending"}.get(sort, "") if key else "", explains)


def overview_sentence(found: Sequence[Row], board: Board, faces: Faces, v: Mapping[str, Any]) -> str:
    """How many, and which exchange is most often the most liquid."""
    if not found:
        return ""
    wins: dict[str, int] = {}
    for row in found:
        wins[row.best.exchange] = wins.get(row.best.exchange, 0) + 1
    slug, count = max(wins.items(), key=lambda item: (item[1], item[0]))
    name = faces[slug].name if slug in faces else slug
    usd = fixed(v["amount_usd"] or USUAL_USD, 0)
    by = f"for a {usd} USD {v['side']}" if v["amount_usd"] else "by score"
    return f"{name} is most often the most liquid {by}: {count} of {len(found):,} pairs whose order books are stored."


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "quote": f"Quote {v['quote']}", "exchange": f"{len(v['exchange'])} exchanges only", "min_score": f"Score from {v['min_score']}",
        "min_depth_usd": f"Depth over {amount(v['min_depth_usd'])}", "search": f"Search “{v['search']}”",
    }
    defaults = {p.name: p.default for p in asked.parameters}
    return [(text, asked.link(**{name: defaults[name], "offset": 0})) for name, text in says.items() if v[name] != defaults[name]]


def api_link(asked: Asked) -> str:
    """The API's address of the same rows."""
    link = asked.link(format="page", **({"band": "2"} if "band" in asked.values else {}))
    return "/api/v1" + link.replace("sort=", "ordering=")


# --- Pegs ---------------------------------------------------------------------------------------------------------
def pegs(found: Iterable[Peg]) -> list[dict[str, Any]]:
    """The stablecoins, those that do not hold first."""
    order = ("depegged", "wobbling", "pegged", "unknown")
    return [
        {"ticker": p.ticker, "fiat": p.fiat, "state": PEG_PILLS[p.state][0], "css": PEG_PILLS[p.state][1], "rate": p.rate, "age_s": p.age_s,
         "off": percent(p.deviation_pct)}
        for p in sorted(found, key=lambda p: (order.index(p.state), p.ticker))
    ]
