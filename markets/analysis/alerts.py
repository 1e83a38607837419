"""What people ask to be told of: conditions as data, and whether one has just come true. Pure.

`judge` takes what stands there now (`Level` or `Items`, read by the same functions as the pages) and what was remembered of the
last look. It fires on a crossing: something that did not hold before and does now. A price that is not fresh, carries a flag, or
belongs to a coin whose identity is not established is no look at all: nothing is judged and nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.board import PairKey

KEPT = 1000  # keys of what was told: more than ever stand at once
BEFORE, BEYOND = "before", "beyond"
COOLING, QUIET = "cooling", "quiet"
NEVER = "never"  # nothing could be looked at


# --- Conditions -------------------------------------------------------------------------------------------------
class Offer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comparison as somebody asked for it: the fields of `comparisons.Wanted`, with the pair. `exchanges` empty: all."""

    base: str
    quote: str
    market: str = "spot"
    side: str = "buy"
    net: bool = True
    amount: Decimal | None = None
    unit: str = "quote"
    fees: Mapping[str, Decimal] = {}
    withdraw: bool = False
    network: str = ""
    exchanges: tuple[str, ...] = ()
    normalise: bool = False
    expiry: date | None = None

    @property
    def key(self) -> PairKey:
        """The pair."""
        return PairKey(self.base, self.quote, self.market)


class Price(Offer, tag="price", tag_field="kind", frozen=True, kw_only=True):
    """The best price of an offer goes above or below `level`, in quote per coin. `soon`: also if it is there already."""

    level: Decimal
    above: bool = True
    soon: bool = False


class Best(Offer, tag="best", tag_field="kind", frozen=True, kw_only=True):
    """Another exchange becomes the best of an offer."""


class Spread(Offer, tag="spread", tag_field="kind", frozen=True, kw_only=True):
    """The distance from bid to ask goes above or below `level`, in basis points: the tightest of the exchanges asked for."""

    level: Decimal
    above: bool = True
    soon: bool = False


class Funding(Struct, tag="funding", tag_field="kind", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coin's funding goes above or below `level`, in percent: a year (simple), or as paid per interval. Of several contracts the furthest."""

    base: str
    level: Decimal
    quote: str = ""
    exchanges: tuple[str, ...] = ()
    per: str = "year"  # year interval
    above: bool = True
    soon: bool = False


class Arbitrage(Struct, tag="arbitrage", tag_field="kind", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gap leaves more than `level` percent after all fees, at size. Everything else narrows the gaps, as on the page."""

    level: Decimal
    base: tuple[str, ...] = ()
    quote: str = ""
    buy: str = ""
    sell: str = ""
    exchanges: tuple[str, ...] = ()
    types: tuple[str, ...] = ("cross",)
    mode: str = "inventory"
    transfer_cost: bool = False
    amount: Decimal | None = None
    min_depth: Decimal | None = None
    max_age_s: Decimal | None = None
    soon: bool = False


class Listing(Struct, tag="listing", tag_field="kind", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exchange lists a coin (`what` coins), another pair of one (pairs), or either (arrivals)."""

    base: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    what: str = "coins"


class Down(Struct, tag="down", tag_field="kind", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exchange stops answering, or pauses us. `soon`: also if it is down already."""

    exchanges: tuple[str, ...] = ()
    soon: bool = False


Condition = Price | Best | Spread | Funding | Arbitrage | Listing | Down
Threshold = Price | Spread | Funding
KINDS: tuple[type[Condition], ...] = (Price, Best, Arbitrage, Funding, Spread, Listing, Down)

# By how much of its level a value has to come back before it can cross again, and the least of that in its own unit.
BACK: Mapping[type, tuple[Decimal, Decimal]] = {
    Price: (Decimal("0.001"), Decimal(0)), Spread: (Decimal("0.05"), Decimal("0.05")), Funding: (Decimal("0.05"), Decimal("0.0005")),
}  # fmt: skip


def kind_of(condition: Condition) -> str:
    """The condition's name: price best arbitrage funding spread listing down."""
    return str(type(condition).__struct_config__.tag)


# --- What is seen -----------------------------------------------------------------------------------------------
class Level(Struct, frozen=True, gc=False, kw_only=True):
    """One value and where it stands: an exchange. `doubt`: "" or why it may not be judged. `age_s` counts from `observed_at`."""

    value: Decimal | None = None
    where: str = ""
    age_s: float | None = None
    observed_at: datetime | None = None
    doubt: str = ""


class Item(Struct, frozen=True, gc=False, kw_only=True):
    """One thing of a set: a gap, a listing, an exchange that is down. `key` is always the same for the same happening."""

    key: str
    says: str
    value: Decimal | None = None
    where: tuple[str, ...] = ()
    age_s: float | None = None
    observed_at: datetime | None = None
    receipt: str = ""


class Items(Struct, frozen=True, gc=False):
    """Everything of a set that stands right now."""

    here: tuple[Item, ...] = ()


Seen = Level | Items


# --- What is remembered -----------------------------------------------------------------------------------------
class Memory(Struct, frozen=True, gc=False, omit_defaults=True):
    """What the last looks left. `side` before or beyond ("" before the first look); `winner` of the best exchange, `rival` who led
    at `rival_at` but not long enough yet; `told` the keys of a set; `looked` whether there was a look at all."""

    side: str = ""
    winner: str = ""
    rival: str = ""
    rival_at: datetime | None = None
    told: tuple[str, ...] = ()
    looked: bool = False


class Verdict(Struct, frozen=True, gc=False):
    """What one look came to. `fires` with what is new (`items` of a set); `why` is what held it back or could not be judged."""

    memory: Memory
    fires: bool = False
    why: str = ""
    items: tuple[Item, ...] = ()
    former: str = ""  # who was best before


class Terms(Struct, frozen=True, gc=False, kw_only=True):
    """When an alert may fire: `cool_down_s` after it last did, not in its quiet time (a time of day, UTC, over midnight where it ends earlier)."""

    cool_down_s: int = 0
    quiet_from: time | None = None
    quiet_to: time | None = None
    last_fired_at: datetime | None = None

    def holds_back(self, now: datetime) -> str:
        """Why it may not fire at `now`: cooling, quiet, or ""."""
        last = self.last_fired_at
        if last is not None and timedelta(0) <= now - last < timedelta(seconds=self.cool_down_s):
            return COOLING
        return QUIET if _within(time(now.hour, now.minute, now.second), self.quiet_from, self.quiet_to) else ""


def _within(at: time, start: time | None, end: time | None) -> bool:
    if start is None or end is None:
        return False
    return start <= at < end if start <= end else at >= start or at < end


# --- The judgement ----------------------------------------------------------------------------------------------
def judge(condition: Condition, seen: Seen, memory: Memory, now: datetime, terms: Terms | None = None) -> Verdict:
    """Whether the condition has just come true.

    What may not fire now is not taken note of: it fires once the cool-down or the quiet time is over, if it still holds then.
    """
    held = (terms or Terms()).holds_back(now)
    if isinstance(seen, Items):
        return _set(condition, seen, memory, held)
    if seen.value is None or seen.doubt:
        return Verdict(memory, why=seen.doubt or NEVER)
    return _winner(seen, memory, held) if isinstance(condition, Best) else _crossing(condition, seen.value, memory, held)  # type: ignore[arg-type]


def is_beyond(condition: Threshold, value: Decimal) -> bool:
    """Whether a value is on the far side: at the level counts."""
    return value >= condition.level if condition.above else value <= condition.level


def is_back(condition: Threshold, value: Decimal) -> bool:
    """Whether a value has come back so far that it can cross again."""
    share, least = BACK[type(condition)]
    way = max(EXACT.multiply(abs(condition.level), share), least)
    return value < condition.level - way if condition.above else value > condition.level + way


def _crossing(condition: Threshold, value: Decimal, memory: Memory, held: str) -> Verdict:
    beyond = is_beyond(condition, value)
    if memory.side == BEYOND:
        return Verdict(replace(memory, side=BEFORE) if is_back(condition, value) else memory)
    if not beyond:
        return Verdict(replace(memory, side=BEFORE))
    if not memory.side and not condition.soon:
        return Verdict(replace(memory, side=BEYOND))
    return Verdict(memory, why=held) if held else Verdict(replace(memory, side=BEYOND), fires=True)


def _winner(seen: Level, memory: Memory, held: str) -> Verdict:
    """Another exchange is best, and still is in a later snapshot: prices that swap places for one poll change nothing."""
    if not memory.winner:
        return Verdict(replace(memory, winner=seen.where))
    if seen.where == memory.winner:
        return Verdict(replace(memory, rival="", rival_at=None))
    if seen.where != memory.rival or memory.rival_at is None:
        return Verdict(replace(memory, rival=seen.where, rival_at=seen.observed_at))
    if seen.observed_at is None or seen.observed_at <= memory.rival_at:
        return Verdict(memory)
    if held:
        return Verdict(memory, why=held)
    return Verdict(replace(memory, winner=seen.where, rival="", rival_at=None), fires=True, former=memory.winner)


def _set(condition: Condition, seen: Items, memory: Memory, held: str) -> Verdict:
    """Something is there that was not told of. What was told stays told while it is remembered; an exchange that came back is new again."""
    known = set(memory.told)
    new = tuple(item for item in seen.here if item.key not in known)
    first = not memory.looked and not getattr(condition, "soon", False)
    if new and held and not first:
        return Verdict(memory, why=held)
    here = {item.key for item in seen.here}
    over = {key for key in memory.told if key not in here} if isinstance(condition, Down) else set()
    if new or over or not memory.looked:
        memory = replace(memory, told=_told(new, here, [key for key in memory.told if key not in over]), looked=True)
    return Verdict(memory, fires=bool(new) and not first, items=() if first else new)


def _told(new: Sequence[Item], here: Set[str], before: Sequence[str]) -> tuple[str, ...]:
    """What is told of now first, then what still stands, then what is over: the oldest of that is forgotten."""
    return (*(item.key for item in new), *(key for key in before if key in here), *(key for key in before if key not in here))[:KEPT]
