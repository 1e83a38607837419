"""Perpetuals and dated futures of a coin by exchange: mark and index price, basis, open interest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis.derivatives import FIGURE, HUNDRED
from markets.analysis.display import DASH, exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import Coin
from markets.ask.answers.funding import REASONS
from markets.ask.frame import Frame
from markets.ask.router import Route

INTEREST, BASIS, DATED = ("open_interest",), ("basis",), ("futures", "expiries")  # topics
WHY = {**REASONS, "no_bid_ask": "no bid or no ask", "crossed": "its bid is above its ask", "stale": "an old price", "expired": "an old price"}


class Contract(Struct, frozen=True, kw_only=True):
    """One perpetual or dated future (with an `expiry`, and its basis as simple percent a year).

    Prices in quote per coin; `reason` is why it does not count, "" when it does.
    """

    exchange: str
    base: str
    quote: str
    mark: Decimal | None = None
    index: Decimal | None = None
    basis_pct: Decimal | None = None
    basis_apr_pct: Decimal | None = None
    open_interest_usd: Decimal | None = None
    volume_usd: Decimal | None = None
    max_leverage: Decimal | None = None
    expiry: datetime | None = None
    observed_at: datetime | None = None
    age_s: float | None = None
    state: str = ""
    reason: str = ""


class Derivatives(Struct, frozen=True, tag="derivatives", kw_only=True):
    """One coin's contracts: perpetuals in the currency asked for (of open interest in all of them), or dated futures, the nearest first."""

    coin: Coin
    rows: tuple[Contract, ...] = ()
    count: int = 0
    dated: bool = False
    quotes: tuple[str, ...] = ()
    missing: tuple[Left, ...] = ()


def compose(frame: Frame, route: Route, found: Derivatives, now: datetime) -> Answer:
    """What one coin's contracts stand at."""
    said, counted = Said(), ordered(found.rows, frame)
    others = tuple(row for row in found.rows if row.reason)
    untold = (*common.told(route), *found.missing)  # of those in the table it says why
    left = (*common.told(route), *_lefts(said, others, counted, route), *found.missing)
    sources = used(counted, route)
    what, (value, unit) = "futures" if found.dated else "perpetuals", _lead(frame, counted)
    return Answer(
        kind="answer" if counted else "nothing", title=f"{found.coin.label} - {_title(frame, what)}",
        sentence=_sentence(said, frame, found, counted, route), lines=(*_beside(said, frame, found, counted, route), *common.reasons(untold)),
        table=_table(said, (*counted, *others), found, route), notes=_notes(frame, found), sources=sources, excluded=left, value=value, unit=unit, as_of=now,
        max_age_s=common.oldest(sources), page=_page(found, counted), api=_api(frame, route, found),
        figures=said.figures,
    )  # fmt: skip


def ordered(rows: Sequence[Contract], frame: Frame) -> tuple[Contract, ...]:
    """Those that count: by basis or by time where that is asked for, else the most open interest first."""
    counted = [row for row in rows if not row.reason]
    if frame.topic in BASIS:
        return tuple(sorted(counted, key=lambda row: (row.basis_pct is None, -(row.basis_pct or 0), row.exchange)))
    return tuple(sorted(counted, key=lambda row: (_day(row), -(row.open_interest_usd or 0), row.exchange)))


def _day(row: Contract) -> float:
    return row.expiry.timestamp() if row.expiry else 0.0


def _lead(frame: Frame, counted: Sequence[Contract]) -> tuple[Decimal | None, str]:
    """The one figure and its unit: open interest in USD, the basis, or the mark price of the largest."""
    if not counted:
        return None, ""
    if frame.topic in INTEREST:
        return total(counted), "USD"
    return (counted[0].basis_pct, "%") if frame.topic in BASIS else (counted[0].mark, counted[0].quote)


def total(rows: Sequence[Contract]) -> Decimal | None:
    """Open interest of all whose is known."""
    known = [row.open_interest_usd for row in rows if row.open_interest_usd is not None]
    return sum(known, Decimal(0)) if known else None


def used(rows: Sequence[Contract], route: Route) -> tuple[Used, ...]:
    """Of each exchange the oldest contract that counts."""
    oldest: dict[str, Contract] = {}
    for row in rows:
        if row.exchange not in oldest or (row.age_s or 0) > (oldest[row.exchange].age_s or 0):
            oldest[row.exchange] = row
    return tuple(Used(slug, route.named(slug), row.observed_at, row.age_s, row.state) for slug, row in oldest.items())


def _lefts(said: Said, others: Sequence[Contract], counted: Sequence[Contract], route: Route) -> tuple[Left, ...]:
    """Exchanges none of whose contracts counts."""
    there = {row.exchange for row in counted}
    once = {row.exchange: row for row in reversed(others) if row.exchange not in there}
    return tuple(_left(said, row, route) for row in once.values())


def _left(said: Said, row: Contract, route: Route) -> Left:
    name = route.named(row.exchange)
    age = f" ({said.age(f'age on {name}', row.age_s)})" if row.reason in ("stale", "expired") and row.age_s is not None else ""
    return Left(row.exchange, name, row.reason, f"{WHY.get(row.reason, row.reason.replace('_', ' '))}{age}")


# --- Sentences ----------------------------------------------------------------------------------------------------
def _title(frame: Frame, what: str) -> str:
    return {"open_interest": "open interest", "basis": "basis"}.get(frame.topic, what)


def _sentence(said: Said, frame: Frame, found: Derivatives, counted: Sequence[Contract], route: Route) -> str:
    label, what = found.coin.label, "dated future" if found.dated else "perpetual"
    if not counted:
        return _uncounted(said, what, found, route) if found.rows else f"No exchange that was asked lists a {what} on {label}."
    if found.dated:
        return _nearest(said, label, counted[0], route)
    if frame.topic in INTEREST:
        return _open(said, label, counted, route)
    if frame.topic in BASIS:
        return _apart(said, label, counted, route)
    return _alone(said, counted[0], route) if len(counted) == 1 else _marks(said, label, counted, route)


def _uncounted(said: Said, what: str, found: Derivatives, route: Route) -> str:
    """What is told all the same, and why it does not count: of several that with the most open interest."""
    row = max(found.rows, key=lambda row: row.open_interest_usd or 0)
    head = "" if len(found.rows) == 1 else f"No {what} on {found.coin.label} counts right now. "
    return f"{head}{_alone(said, row, route).removesuffix('.')}; it does not count: {_left(said, row, route).detail}."


def _open(said: Said, label: str, counted: Sequence[Contract], route: Route) -> str:
    known, whole = interest(counted), total(counted)
    if whole is None or not known:
        return f"No exchange that was asked tells the open interest of {label}."
    (first, most), *others = known
    if not others:
        return f"{_usd(said, 'open interest', whole)} are open in {label} perpetuals on {route.named(first)}."
    share = said.percent("largest share", FIGURE.divide(most * HUNDRED, whole), places=0) if whole else DASH
    return (
        f"{_usd(said, 'open interest', whole)} are open in {label} perpetuals on {said.count('exchanges', len(known))} exchanges, "
        f"most on {route.named(first)}: {_usd(said, f'open interest on {route.named(first)}', most)} ({share})."
    )


def interest(rows: Sequence[Contract]) -> list[tuple[str, Decimal]]:
    """Open interest by exchange, the most first."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.open_interest_usd is not None:
            sums[row.exchange] = EXACT.add(sums.get(row.exchange, Decimal(0)), row.open_interest_usd)
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _usd(said: Said, name: str, value: Decimal | None) -> str:
    return f"{said.amount(name, value, 'USD')} USD"


def _apart(said: Said, label: str, counted: Sequence[Contract], route: Route) -> str:
    known = [row for row in counted if row.basis_pct is not None]
    if not known:
        return f"No exchange that was asked tells mark and index price of {label}."
    first, last = known[0], known[-1]
    if first is last:
        return f"The {label} perpetual on {route.named(first.exchange)} stands {_off(said, first, route)} its index price."
    return (
        f"{label} perpetuals against their index price: highest on {route.named(first.exchange)}, {_basis(said, first, route)}; "
        f"lowest on {route.named(last.exchange)}, {_basis(said, last, route)}."
    )


def _basis(said: Said, row: Contract, route: Route) -> str:
    return said.percent(f"basis of {_name(row, route)}", row.basis_pct, sign=True, places=3)


def _off(said: Said, row: Contract, route: Route) -> str:
    size = said.percent(f"basis of {_name(row, route)}", abs(row.basis_pct or Decimal(0)), places=3)
    return f"{size} {'below' if (row.basis_pct or 0) < 0 else 'above'}"


def _name(row: Contract, route: Route) -> str:
    day = f" {row.expiry:%d %b %Y}" if row.expiry else ""
    return f"{row.base}/{row.quote}{day} on {route.named(row.exchange)}"


def _alone(said: Said, row: Contract, route: Route) -> str:
    name, places = _name(row, route), common.digits((row.mark, row.index))
    parts = [f"mark price {said.price(f'mark of {name}', row.mark, row.quote, places=places)} {row.quote}"] if row.mark else []
    parts += [f"index price {said.price(f'index of {name}', row.index, row.quote, places=places)}, basis {_basis(said, row, route)}"] if row.index else []
    parts += [f"{_usd(said, f'open interest of {name}', row.open_interest_usd)} open"] if row.open_interest_usd is not None else []
    what = f"future of {day(said, row)}" if row.expiry else "perpetual"
    return f"{row.base}/{row.quote} {what} on {route.named(row.exchange)}: {', '.join(parts) or 'neither mark price nor open interest is told'}."


def _marks(said: Said, label: str, counted: Sequence[Contract], route: Route) -> str:
    marks, whole = sorted((row for row in counted if row.mark), key=lambda row: row.mark or 0), total(counted)
    places = common.digits(row.mark for row in marks)
    ends = [said.price(f"mark of {_name(row, route)}", row.mark, row.quote, places=places) for row in (*marks[:1], *marks[1:][-1:])]
    price = f"mark prices from {' to '.join(ends)} {marks[0].quote}" if marks else "no mark price is told"
    open_ = "" if whole is None else f"; {_usd(said, 'open interest', whole)} open, most on {route.named(interest(counted)[0][0])}"
    return f"{label} perpetuals on {said.count('exchanges', len({row.exchange for row in counted}))} exchanges: {price}{open_}."


def _nearest(said: Said, label: str, row: Contract, route: Route) -> str:
    name = _name(row, route)
    rate = "" if row.basis_apr_pct is None else f", {said.percent(f'basis a year of {name}', row.basis_apr_pct, sign=True)} a year"
    stands = f"{said.price(f'mark of {name}', row.mark, row.quote)} {row.quote}, basis {_basis(said, row, route)}{rate}"
    return f"The nearest dated future on {label} is that of {day(said, row)} on {route.named(row.exchange)}: {stands}."


def day(said: Said, row: Contract) -> str:
    """25 Dec 2026."""
    return said.text("expiry", f"{row.expiry:%-d %b %Y}") if row.expiry else DASH


def _beside(said: Said, frame: Frame, found: Derivatives, counted: Sequence[Contract], route: Route) -> tuple[str, ...]:
    """The widest basis, where it is not what was asked for."""
    known = sorted((row for row in counted if row.basis_pct is not None), key=lambda row: abs(row.basis_pct or Decimal(0)), reverse=True)
    if frame.topic in BASIS or found.dated or len(known) < 2:
        return ()
    return (f"Furthest from its index price: {_name(known[0], route)}, {_basis(said, known[0], route)}.",)


# --- Evidence -----------------------------------------------------------------------------------------------------
PERPS = (
    Column("exchange", "Exchange"), Column("contract", "Contract", phone=False), Column("mark", "Mark price", number=True),
    Column("index", "Index price", number=True, phone=False), Column("basis_pct", "Basis", number=True),
    Column("open_interest_usd", "Open interest, USD", number=True),
    Column("volume_usd", "Volume, USD", number=True, phone=False), Column("age_s", "Age", number=True, phone=False),
)  # fmt: skip
COUNTS = Column("counts", "Counts")  # where some do not
NAMED = tuple(replace(column, phone=column.name in ("exchange", "contract", "open_interest_usd")) for column in PERPS)  # several of one exchange
_DATED = tuple(replace(column, phone=column.name in ("exchange", "contract", "mark")) for column in PERPS)
FUTURES = (*_DATED[:5], Column("basis_apr_pct", "Basis a year", number=True), *_DATED[5:])


def _table(said: Said, rows: Sequence[Contract], found: Derivatives, route: Route) -> Table | None:
    places = common.digits(price for row in rows for price in (row.mark, row.index))
    shown, some = [_row(said, row, places, found.dated, route) for row in rows], any(row.reason for row in rows)
    columns = FUTURES if found.dated else NAMED if len({row.quote for row in rows}) > 1 else PERPS
    if some:
        columns, shown = (*columns, COUNTS), [(*cells, _counts(said, row, route)) for cells, row in zip(shown, rows, strict=True)]
    return Table(columns, tuple(shown), max(0, found.count - len(rows))) if rows else None


def _row(said: Said, row: Contract, places: int, dated: bool, route: Route) -> tuple[Cell, ...]:
    name = _name(row, route)
    yearly = (Cell(said.percent(f"basis a year of {name}", row.basis_apr_pct, sign=True), exact(row.basis_apr_pct)),) if dated else ()
    return (
        Cell(route.named(row.exchange)), Cell(f"{row.base}/{row.quote}" + (f" {day(said, row)}" if row.expiry else "")),
        Cell(said.price(f"mark of {name}", row.mark, row.quote, places=places), exact(row.mark)),
        Cell(said.price(f"index of {name}", row.index, row.quote, places=places), exact(row.index)),
        Cell(_basis(said, row, route), exact(row.basis_pct)), *yearly,
        Cell(said.amount(f"open interest of {name}", row.open_interest_usd, "USD"), exact(row.open_interest_usd)),
        Cell(said.amount(f"volume of {name}", row.volume_usd, "USD"), exact(row.volume_usd)),
        Cell(said.age(f"age of {name}", row.age_s), "" if row.age_s is None else f"{row.age_s:.1f}"),
    )  # fmt: skip


def _counts(said: Said, row: Contract, route: Route) -> Cell:
    return Cell(f"no: {_left(said, row, route).detail}" if row.reason else "yes")


def _page(found: Derivatives, counted: Sequence[Contract]) -> str:
    """The coin's own page, where it has one."""
    return common.address(f"/funding/{found.coin.key}/", quote=_only_quote(counted)) if found.rows else "/funding/"


def _only_quote(rows: Sequence[Contract]) -> str | None:
    quotes = {row.quote for row in rows}
    return quotes.pop() if len(quotes) == 1 and "USDT" not in quotes else None


def _api(frame: Frame, route: Route, found: Derivatives) -> str:
    quotes = sorted({row.quote for row in found.rows})
    return common.address(
        "/api/v1/derivatives/", base=found.coin.key, quote=quotes, kind="future" if found.dated else "perp", exchange=common.only(frame, route),
        ordering="expiry" if found.dated else "-basis_pct" if frame.topic in BASIS else "-open_interest_usd",
    )  # fmt: skip


def _notes(frame: Frame, found: Derivatives) -> tuple[str, ...]:
    there = {row.quote for row in found.rows}
    notes = [found.coin.note] if found.coin.note else []
    notes += [f"No dated future on {found.coin.ticker} is listed: these are perpetuals."] if frame.topic in DATED and there and not found.dated else []
    notes += [f"Perpetuals on {found.coin.ticker} are priced in {', '.join(found.quotes)}, too."] if found.quotes else []
    if frame.quote and there and frame.quote not in there:
        notes.append(f"Nothing that was asked for is priced in {frame.quote}: these are priced in {', '.join(sorted(there))}.")
    return (*notes, "Contracts are compared with contracts: one below the spot price is not a cheaper coin.") if found.rows else tuple(notes)
