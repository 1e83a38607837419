"""What happens while the world runs: listings, delistings, a rename, networks that close, maintenance, announcements.

The timetable is a pure function of (seed, start of the world): every half hour a coin that nobody lists is announced and
opened, on one exchange first; a small coin is announced to go and goes; a network closes for a while; one exchange is
under maintenance. `trigger` adds a happening at once (what /_control/ does), so that a test need not wait.

For a writer: `scene.markets()` is what is listed at this instant, `scene.announcements()` and `scene.maintenance()` what
was said; the networks of coins are in `networks.py` (`scene.currencies()`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from exchanges.simulator.contracts import Contract, contract_of, every_contract
from exchanges.simulator.happenings import FOREVER, KINDS, Happening, planned
from exchanges.simulator.universe import SYMBOL, Asset, Market, chance, market_of, universe

__all__ = ("KINDS", "Happening", "Notice", "Timetable", "Window")

NAMES = {"binance": "Binance", "kucoin": "KuCoin", "bybit": "Bybit", "gateio": "Gate", "bitget": "Bitget"}
KEEPS_THE_DEAD = ("binance",)  # a market that is gone stays in the list, as BREAK
LISTS_AHEAD = ("kucoin",)  # a market is listed before it opens
KEEPS_THE_ID = ("kucoin",)  # a renamed coin's market keeps its symbol


@dataclass(frozen=True)
class Notice:
    """One public announcement. `kind` is listing, delisting, maintenance or other; times are epoch seconds, 0 when it names none."""

    number: int
    slug: str
    kind: str
    title: str
    said_at: float
    starts_at: float = 0.0
    ends_at: float = 0.0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """A maintenance, running while `starts_at <= t < ends_at` (epoch seconds)."""

    number: int
    title: str
    starts_at: float
    ends_at: float


class Timetable:
    """All happenings of one world. `start` None: nothing happens of itself. `most`: only so many of the best-known coins are listed."""

    def __init__(self, seed: int, start: float | None, most: int | None = None) -> None:
        self.seed, self.start, self.version = seed, start, 0
        self.listed = {slug: tuple(m for m in of if most is None or m.rank < most) for slug, of in universe().markets.items()}
        self._planned = list(planned(seed, start)) if start is not None else []
        self._added: list[Happening] = []
        self._opened: dict[tuple[str, str, int], Market] = {}
        self._made: dict[tuple[object, ...], Market] = {}
        self._spare: dict[str, Asset] = {}
        self._perpetuals: dict[tuple[str, str, int], Contract] = {}
        self._arrange()

    def _arrange(self) -> None:
        """Sort everything by exchange; whatever was remembered of the old order is forgotten."""
        every = sorted([*self._planned, *self._added], key=lambda h: h.at)
        self._of = {slug: [h for h in every if h.slug == slug] for slug in SYMBOL}
        changes = [h for h in every if h.kind == "interval"]
        self._intervals = {(h.slug, h.code): [g for g in changes if (g.slug, g.code) == (h.slug, h.code)] for h in changes}
        self._times = {slug: sorted({x for h in found for x in (h.at, h.said_at)}) for slug, found in self._of.items()}
        self._markets: dict[tuple[str, int], dict[str, Market | None]] = {}
        self._listed: dict[tuple[str, int], tuple[Market, ...]] = {}

    def trigger(self, happening: Happening) -> None:
        """Add a happening; everything built from now on knows it."""
        self._added.append(happening)
        self.version += 1
        self._arrange()

    def forget(self) -> None:
        """Only the timetable again, without what was triggered."""
        self._added, self.version = [], self.version + 1
        self._arrange()

    def refuses(self, h: Happening) -> str:
        """Why a wished happening cannot be; "" when it can."""
        listed = {m.base for m in self.markets(h.slug, h.at) if m.status != "delisted"}
        if h.kind in ("delist", "rename") and h.code not in listed:
            return f"{h.slug} does not list {h.code!r}"
        if h.kind == "list" and (not h.code or h.code in listed):
            return f"{h.slug} lists {h.code!r} already"
        if h.kind == "list_perp" and h.code in {c.index_coin for c in (*every_contract(h.slug), *self.contracts(h.slug, FOREVER))}:
            return f"{h.slug} has a perpetual on {h.code!r} already"
        if h.kind == "network" and (h.to not in ("deposit", "withdraw", "both") or not h.chain):
            return "a network needs its chain, and may close for deposit, withdraw or both"
        if h.kind == "interval" and h.to not in ("1", "2", "4", "8"):
            return "an interval is 1, 2, 4 or 8 hours"
        return "a rename needs the new code in `to`" if h.kind == "rename" and not h.to else ""

    def told(self) -> list[dict[str, object]]:
        """Everything that has happened and will, by time, as the control endpoint shows it."""
        return [asdict(h) for h in sorted([*self._planned, *self._added], key=lambda h: h.at)]

    def of(self, slug: str, *kinds: str) -> list[Happening]:
        """An exchange's happenings of some kinds, past and coming, by time."""
        return [h for h in self._of[slug] if not kinds or h.kind in kinds]

    def markets(self, slug: str, t: float) -> tuple[Market, ...]:
        """The spot markets in an exchange's list at `t`, in its order; new ones at the end."""
        key = (slug, bisect_right(self._times[slug], t))
        if (found := self._listed.get(key)) is None:
            changed = self.changed(slug, t)
            old = self.listed[slug]
            symbols = {m.symbol for m in old}
            kept = (changed.get(m.symbol, m) for m in old)
            new = (m for symbol, m in changed.items() if symbol not in symbols)
            found = self._listed[key] = tuple(m for m in (*kept, *new) if m is not None)
        return found

    def changed(self, slug: str, t: float) -> dict[str, Market | None]:
        """The spot markets that are not what they were when the world began, by symbol; None: no longer listed."""
        key = (slug, bisect_right(self._times[slug], t))
        if (found := self._markets.get(key)) is None:
            found = self._markets[key] = {}
            for happening in self._of[slug]:
                if happening.kind in _CHANGES:
                    getattr(self, f"_{happening.kind}")(found, happening, t)
        return found

    def _list(self, found: dict[str, Market | None], h: Happening, t: float) -> None:
        market = self._new(h.slug, h.code, int(h.at), self.asset(h.slug, h.code))
        if t >= h.at:
            found[market.symbol] = market
        elif t >= h.said_at and h.slug in LISTS_AHEAD:
            found[market.symbol] = self._with(market, status="pre_open", book="null")

    def _delist(self, found: dict[str, Market | None], h: Happening, t: float) -> None:
        for market in self._with_base(found, h.slug, h.code):
            if t >= h.at:
                died = datetime.fromtimestamp(h.at, UTC).date().isoformat()
                found[market.symbol] = self._with(market, status="delisted", book="none", died=died) if h.slug in KEEPS_THE_DEAD else None
            elif t >= h.said_at:
                found[market.symbol] = self._with(market, ending=True, ends_at=int(h.at))

    def _rename(self, found: dict[str, Market | None], h: Happening, t: float) -> None:
        if t < h.at:
            return
        for market in self._with_base(found, h.slug, h.code):
            if h.slug in KEEPS_THE_ID:
                found[market.symbol] = self._with(market, base=h.to)
            elif market.quote == "USDT":
                self._delist(found, replace(h, kind="delist"), t)
                new = self._new(h.slug, h.to, int(h.at), market.asset)
                found[new.symbol] = new

    def _with_base(self, found: dict[str, Market | None], slug: str, code: str) -> list[Market]:
        now = {m.symbol: m for m in self.listed[slug] if m.base == code} | {s: m for s, m in found.items() if m is None or m.base == code}
        return [m for m in now.values() if m is not None and m.status != "delisted"]

    def _new(self, slug: str, code: str, at: int, asset: Asset) -> Market:
        """The same object for the same listing, whoever asks: writers remember markets by what they are."""
        return self._opened.setdefault((slug, code, at), market_of(slug, asset, code, at))

    def _with(self, market: Market, **changes: object) -> Market:
        return self._made.setdefault((market, *changes.items()), replace(market, **changes))  # type: ignore[arg-type]

    def asset(self, slug: str, code: str) -> Asset:
        """What a code stands for: a coin of the world, or one of the coins nobody listed, the same on every exchange."""
        world = universe()
        if code not in world.by_key and code not in self._spare:
            self._spare[code] = world.fresh[-1 - len(self._spare) % len(world.fresh)]
        return world.by_key.get(code) or self._spare[code]

    def contracts(self, slug: str, t: float) -> list[Contract]:
        """The perpetuals that have opened by `t` since the world began."""
        return [self._perpetual(h) for h in self._of[slug] if h.kind == "list_perp" and h.at <= t]

    def _perpetual(self, h: Happening) -> Contract:
        """The same object for the same listing, whoever asks."""
        key = (h.slug, h.code, int(h.at))
        if key not in self._perpetuals:
            self._perpetuals[key] = contract_of(h.slug, self.asset(h.slug, h.code), h.code, int(h.at))
        return self._perpetuals[key]

    def announcements(self, slug: str, t: float) -> list[Notice]:
        """Everything an exchange has announced by `t`, the newest first; a month of older notices is always there."""
        said = [n for h in self._of[slug] if h.said_at and (n := _notice(h))]
        return sorted((n for n in (*said, *_archive(self.seed, slug, self.start or t)) if n.said_at <= t), key=lambda n: -n.said_at)

    def maintenance(self, slug: str, t: float) -> list[Window]:
        """The maintenance windows that are announced or running at `t`, the next one first."""
        windows = [
            Window(_number(h), f"{NAMES[slug]} scheduled system maintenance", h.at, h.until)
            for h in self._of[slug]
            if h.kind == "maintenance" and h.said_at <= t < h.until
        ]
        return sorted(windows, key=lambda window: window.starts_at)

    def interval_h(self, slug: str, symbol: str, t: float, usual: int) -> int:
        """A contract's funding interval in hours, `usual` unless an event has changed it."""
        changes = [int(h.to) for h in self._intervals.get((slug, symbol), ()) if h.at <= t]
        return changes[-1] if changes else usual

    def is_open(self, slug: str, code: str, chain: str, t: float) -> tuple[bool, bool]:
        """Whether (deposits, withdrawals) of a coin on a chain are open at `t`."""
        shut = {
            h.to
            for h in self._of[slug]
            if h.kind == "network" and h.chain == chain and h.code in ("", code) and h.at <= t < h.until
        }  # fmt: skip
        return not shut & {"deposit", "both"}, not shut & {"withdraw", "both"}


_CHANGES = ("list", "delist", "rename")
_TITLES = {
    "list": "{name} Will List {code} ({code}/USDT)", "list_perp": "{name} Futures Will Launch the {code}USDT Perpetual",
    "delist": "{name} Will Delist {code} on {day}", "rename": "{name} Will Support the {code} Rename to {to}",
    "network": "{name}: Deposits and Withdrawals on {chain} Suspended", "maintenance": "{name} Scheduled System Maintenance on {day}", "notice": "{code}",
}  # fmt: skip
_KINDS = {"list": "listing", "list_perp": "listing", "delist": "delisting", "maintenance": "maintenance", "network": "maintenance"}


def _number(h: Happening) -> int:
    """A notice's number: the same whenever it is asked for, different for different happenings."""
    return 60_000_000_000 + chance(f"{h.slug}{h.kind}{h.code}{h.to}{h.chain}{h.at:.0f}").randrange(10**9)


def _notice(h: Happening) -> Notice | None:
    if h.kind not in _TITLES:
        return None
    day = datetime.fromtimestamp(h.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    title = _TITLES[h.kind].format(name=NAMES[h.slug], code=h.code, to=h.to, chain=h.chain.capitalize(), day=day)
    ends = h.until if h.until < FOREVER else 0.0
    return Notice(_number(h), h.slug, _KINDS.get(h.kind, "other"), title, h.said_at, h.at, ends, (h.code,) if h.kind in _CHANGES else ())


def _archive(seed: int, slug: str, start: float) -> Iterator[Notice]:
    """Some thirty notices of the month before the world began."""
    rng, day = chance(f"archive:{seed}:{slug}"), start // 86_400 * 86_400
    listed = [m.base for m in universe().markets[slug] if m.quote == "USDT" and m.asset.kind == "coin" and m.status == "trading"]
    for n in range(32):
        said = day - n * 80_000 - rng.randrange(40_000)
        kind = rng.choices(("list", "notice", "delist", "maintenance"), (8, 6, 2, 2))[0]
        code = f"Trade {rng.choice(listed[:200])} and share {rng.randint(5, 90)},000 USDT" if kind == "notice" else rng.choice(listed[150:])
        until = said + 90_000 if kind == "maintenance" else FOREVER
        if found := _notice(Happening(kind, slug, said + 86_400, code if kind != "maintenance" else "", said_at=said, until=until)):
            yield found
