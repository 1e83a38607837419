"""Whether exchanges are up, and how old their data is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.display import exact
from markets.ask.answer import Answer, Cell, Column, Said, Table, Used
from markets.ask.answers import common
from markets.ask.frame import Frame
from markets.ask.router import Route

OFF = ("disabled", "auto_disabled", "banned", "blocked")  # states in which none of its prices counts
MOVING = ("wallets", "deposits", "withdrawals")  # topics that need a coin
WORDS = {  # of a state, after the name of an exchange
    "starting": "has not finished a poll yet", "healthy": "is up", "degraded": "answers, but late or with errors", "down": "is down",
    "banned": "has told Pebble to wait", "blocked": "refuses to answer Pebble", "disabled": "is switched off by an operator",
    "auto_disabled": "was switched off by Pebble for poor performance",
}  # fmt: skip
COLUMNS = (
    Column("exchange", "Exchange"), Column("state", "State"), Column("age_s", "Newest price", number=True), Column("markets", "Markets", number=True),
    Column("success_pct", "Good answers, last hour", number=True, phone=False),
)  # fmt: skip


class Seen(Struct, frozen=True, kw_only=True):
    """One exchange as it stands. `observed_at`, `age_s` and `freshness` are those of its newest price; None and "" before the first.

    `taker_fee_pct` is in percent. `failing` are the sources that got no good answer when last asked, in words.
    """

    slug: str
    name: str
    state: str
    label: str
    detail: str = ""
    observed_at: datetime | None = None
    age_s: float | None = None
    freshness: str = ""
    markets: int = 0
    taker_fee_pct: Decimal | None = None
    success_pct: Decimal | None = None
    maintenance: str = ""
    failing: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Switched on, and its newest price is fresh."""
        return self.freshness == "fresh" and self.state not in OFF


class Status(Struct, frozen=True, tag="status", kw_only=True):
    """The exchanges asked for; what is covered by all of them together, where nothing narrower was asked."""

    seen: tuple[Seen, ...]
    pairs: int | None = None
    assets: int | None = None


def compose(frame: Frame, route: Route, found: Status, now: datetime) -> Answer:
    """How each exchange is doing."""
    said, shown = Said(), {seen.slug for seen in found.seen}
    ages = [seen.age_s for seen in found.seen if seen.age_s is not None]
    one = found.seen[0] if len(found.seen) == 1 else None
    return Answer(
        kind="answer" if ages else "nothing", title=f"{one.name} - status" if one else "Status of the exchanges",
        sentence=alone(said, one) if one else together(said, found.seen), lines=(*_ages(said, frame, found.seen), *_covered(said, found)),
        table=Table(COLUMNS, tuple(_row(said, seen) for seen in found.seen)) if found.seen else None,
        notes=tuple(note for seen in found.seen for note in _notes(said, seen)), sources=used(found.seen),
        excluded=tuple(left for left in common.told(route) if left.exchange not in shown), as_of=now, max_age_s=max(ages, default=None), page="/status/",
        api=f"/api/v1/exchanges/{one.slug}/" if one else "/api/v1/status/", figures=said.figures,
    )  # fmt: skip


# --- Sentences ----------------------------------------------------------------------------------------------------
def alone(said: Said, seen: Seen) -> str:
    """One exchange in a sentence."""
    old = said.age(f"age of {seen.name}", seen.age_s)
    if seen.age_s is None:
        return f"{seen.name} {WORDS['starting' if seen.state == 'healthy' else seen.state]}; no price of it is stored."
    ageing = seen.freshness == "aging" and seen.state not in OFF
    counts = "" if seen.live else " and counts only where nothing fresher is" if ageing else " and does not count"
    return f"{seen.name} {WORDS[seen.state]}; its newest price is {old} old{counts}."


def together(said: Said, rows: Sequence[Seen]) -> str:
    """All of them in a sentence."""
    if not rows:
        return "No exchange was asked for."
    count, live = said.count("exchanges", len(rows)), [seen for seen in rows if seen.live]
    every = "Both" if len(rows) == 2 else f"All {count}"
    if len(live) == len(rows):
        return f"{every} exchanges are up, with prices {_range(said, rows)} old."
    if not live and {seen.state for seen in rows} == {"healthy"} and any(seen.age_s is not None for seen in rows):
        return f"{every} exchanges are switched on, but none has fresh prices: the newest are {_range(said, rows)} old."
    others = "; ".join(_brief(said, seen) for seen in rows if not seen.live)
    head = f"{said.count('live', len(live))} of {count} exchanges {'are' if len(live) > 1 else 'is'}" if live else f"No exchange of {count} is"
    return f"{head} up with fresh prices. {others}."


def _range(said: Said, rows: Sequence[Seen]) -> str:
    """The youngest and the oldest age; one where both read the same."""
    ages = [seen.age_s for seen in rows if seen.age_s is not None]
    ends = dict.fromkeys((said.age("youngest", min(ages)), said.age("oldest", max(ages))))
    return " to ".join(ends)


def _brief(said: Said, seen: Seen) -> str:
    old = "" if seen.age_s is None else f", newest price {said.age(f'age of {seen.name}', seen.age_s)} old"
    return f"{seen.name} {WORDS[seen.state]}{old}"


def _ages(said: Said, frame: Frame, rows: Sequence[Seen]) -> tuple[str, ...]:
    """Who is youngest and who is oldest, where ages were asked for; what else has to be said, where coins were to be moved."""
    if frame.topic in MOVING:
        return ("Whether deposits and withdrawals are open is told by coin: name one.",)
    known = [(seen.age_s, seen.name) for seen in rows if seen.age_s is not None]
    if frame.topic != "age" or len(known) < 2:
        return ()
    first, last = min(known), max(known)
    return (f"Youngest: {first[1]}, {said.age('youngest', first[0])}. Oldest: {last[1]}, {said.age('oldest', last[0])}.",)


def _covered(said: Said, found: Status) -> tuple[str, ...]:
    if found.pairs is None or found.assets is None:
        return ()
    return (f"{said.count('pairs', found.pairs)} pairs of {said.count('assets', found.assets)} coins are followed.",)


def _notes(said: Said, seen: Seen) -> list[str]:
    """What an exchange or its last error says, as it was told."""
    notes = [f"{seen.name}: {seen.detail}"] if seen.detail and seen.state != "disabled" else []
    notes += [f"{seen.name} announces maintenance: {seen.maintenance}."] if seen.maintenance else []
    notes += [f"{seen.name}: no good answer lately for {', '.join(seen.failing)}."] if seen.failing and seen.state != "disabled" else []
    return [common.numbers(said, f"about {seen.name}", note) for note in notes]


# --- Evidence -----------------------------------------------------------------------------------------------------
def _row(said: Said, seen: Seen) -> tuple[Cell, ...]:
    stale = "" if seen.freshness in ("", "fresh") or seen.state in OFF else f", prices {seen.freshness.replace('aging', 'ageing')}"
    return (
        Cell(seen.name), Cell(seen.label + stale), Cell(said.age(f"age of {seen.name}", seen.age_s), "" if seen.age_s is None else f"{seen.age_s:.1f}"),
        Cell(said.count(f"markets of {seen.name}", seen.markets), str(seen.markets)),
        Cell(said.percent(f"success of {seen.name}", seen.success_pct), exact(seen.success_pct)),
    )  # fmt: skip


def used(rows: Sequence[Seen]) -> tuple[Used, ...]:
    """The exchanges with a price, as sources."""
    return tuple(Used(seen.slug, seen.name, seen.observed_at, seen.age_s, seen.freshness) for seen in rows if seen.age_s is not None)
