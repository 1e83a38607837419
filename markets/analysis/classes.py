"""What a route amounts to: one of five classes, and everything that would have to be true for it to be executable. Pure.

The first class with a condition that does not hold is the route's. Sentences name exchanges as people know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from exchanges.numbers import plain
from markets.analysis import arbitrage
from markets.analysis.arbitrage import ONE, ZERO, Trade, Way
from markets.analysis.quality import KNOWN
from markets.analysis.scene import ASSUMED, Leg, Route
from markets.analysis.settings import DEFAULT, Method

CLASSES = ("executable", "indicative", "unconfirmed", "blocked", "suspect", "unprofitable")
MAIN = ("executable", "indicative")
MODES = ("inventory", "transfer")
# What a leg that comparisons leave out makes of its route; whatever is not named here is too old or out of order: unconfirmed.
_SUSPECT = frozenset({
    "conflicted", "unknown_identity", "identity_conflict", "unit_mismatch", "price_anomaly", "dislocated", "disputed", "no_consensus",
})  # fmt: skip
_FAR_OFF = ("price_anomaly", "dislocated")
ANOTHER_COIN = frozenset({"conflicted", "identity_conflict", "unit_mismatch"})  # figures between two coins mean nothing
HUNDRED = Decimal(100)


class Condition(NamedTuple):
    """One thing that has to hold. `met` is None where it does not apply; `leads_to` is the class of a route for which it fails."""

    code: str
    met: bool | None
    leads_to: str
    detail: str


@dataclass(frozen=True)
class Facts:
    """What is known beside prices. `sigma` is {exchange: deviation of its price in a minute}; absent: the setting's.

    `way` is how the coin travels (None: it need not). `snapshots` counts how often in a row the gap was seen, None where it is not
    followed. `clocks` is {exchange: seconds by which its clock and ours differ}. `unpegged` are stablecoins that lost their peg.
    """

    way: Way | None = None
    sigma: Mapping[str, float] = field(default_factory=dict)
    snapshots: int | None = None
    clocks: Mapping[str, float] = field(default_factory=dict)
    unpegged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """A route with its class, its conditions, what is left where coins are sent, and how much of it may be noise."""

    route: Route
    kind: str
    conditions: tuple[Condition, ...]
    sent: Trade | None
    sent_full: Trade | None
    noise: float | None
    risk: float
    measured: bool  # whether noise and risk rest on measured movement
    costs_way: bool  # whether figures are after the fee of sending the coins
    way: Way | None

    @property
    def reasons(self) -> tuple[Condition, ...]:
        """What does not hold, the weightiest first."""
        failed = [c for c in self.conditions if c.met is False]
        return tuple(sorted(failed, key=lambda c: -CLASSES.index(c.leads_to)))

    @property
    def trade(self) -> Trade:
        """What the asked amount comes to."""
        return self.sent if self.costs_way and self.sent is not None else self.route.sized

    @property
    def full(self) -> Trade:
        """What all that pays comes to."""
        return self.sent_full if self.costs_way and self.sent_full is not None else self.route.trade

    @property
    def profit_usd(self) -> Decimal | None:
        """Profit at size, for ranking routes in different moneys."""
        return self.route.usd_of(self.trade.profit)

    @property
    def hidden(self) -> bool:
        """Whether figures would mislead: two coins, or prices so far apart that they must be."""
        return any(leg.reason in ANOTHER_COIN for leg in self.route.legs) or self.route.gross > ONE or (
            self.kind == "suspect" and any(leg.reason in _FAR_OFF for leg in self.route.legs)
        )


def judge(route: Route, facts: Facts, now: datetime, method: Method = DEFAULT, *,
          mode: str = "inventory", transfer_cost: bool = False, names: Mapping[str, str] | None = None) -> Judged:
    """Class and conditions of one route. `mode`: funds lie on both sides (inventory), or coins are sent (transfer).

    With `transfer_cost` the fee of sending the coins is counted in inventory mode, too.
    """
    sigma = max((facts.sigma.get(leg.exchange, 0.0) for leg in route.legs), default=0.0)
    measured = sigma > 0
    sigma = sigma if measured else method.sigma_1min
    noise = None if route.skew_s is None else arbitrage.noise(sigma, route.skew_s)
    sent, sent_full = (_sent(route, facts.way, trade) for trade in (route.sized, route.trade))
    costs_way = mode == "transfer" or transfer_cost
    conditions = tuple(_Check(route, facts, now, method, mode, names or {}, noise, sent_full if costs_way else None).all())
    failed = [c.leads_to for c in conditions if c.met is False]
    kind = max(failed, key=CLASSES.index, default="executable")
    return Judged(route, kind, conditions, sent, sent_full, noise, arbitrage.risk(sigma, method.transfer_minutes), measured, costs_way, facts.way)


def _sent(route: Route, way: Way | None, trade: Trade) -> Trade | None:
    """The trade where the coins travel; None where they need not, or the fee is unknown."""
    if way is None or way.fee is None or not route.sell.levels:
        return None
    return arbitrage.transferred(trade, route.sell.levels, route.terms, way.fee)


@dataclass(frozen=True)
class _Check:
    """The conditions of one route."""

    route: Route
    facts: Facts
    now: datetime
    method: Method
    mode: str
    names: Mapping[str, str]
    noise: float | None
    sent: Trade | None

    def all(self) -> Iterator[Condition]:
        """Every condition, in the order in which a class is decided."""
        checks: tuple[Callable[[], Iterable[Condition]], ...] = (
            self._pays, self._legs, self._identity, self._believable, self._pegs, self._wallets, self._clock, self._fresh, self._books, self._outrun,
            self._skew, self._sizes, self._noise, self._size, self._persistence, self._carry,
        )  # fmt: skip
        for check in checks:
            yield from check()

    def _name(self, leg: Leg) -> str:
        return self.names.get(leg.exchange, leg.exchange)

    def _pays(self) -> Iterator[Condition]:
        assumed = sorted({self._name(leg) for leg in self.route.legs if leg.fee_source == ASSUMED})
        note = f", with {percent(self.method.unknown_fee)} assumed on {' and '.join(assumed)}, whose fee is not known" if assumed else ""
        lots = self.route.net > ZERO and self.route.trade.cost > ZERO >= self.route.trade.profit  # a loop loses what is less than a step on the way
        short = f"{percent(-self.route.net)} short" if self.route.net <= ZERO else f"{percent(self.route.net)} left"
        left = f"{short} at the best prices{', but nothing in whole lots' if lots else ''}{note}"
        yield Condition("pays", self.route.net > ZERO and not lots, "unprofitable", f"Something must be left after all fees: {left}.")
        if self.sent is not None and self.route.net > ZERO:
            yield Condition("transfer_cost", self.sent.profit > ZERO, "unprofitable", "The gap must pay the withdrawal fee, too.")

    def _legs(self) -> Iterator[Condition]:
        """Each leg must count in a comparison of its pair."""
        for leg in self.route.legs:
            where = f"{self._name(leg)} {leg.base}/{leg.quote}"
            leads = self._leads_to(leg)
            if leads == "blocked":
                yield Condition(leg.reason, False, leads, f"Both sides must trade: {where}: {leg.detail or leg.reason}.")
            elif leg.reason and leg.reason != "unknown_identity":
                yield Condition(leg.reason, False, leads, f"Both prices must count: {where}: {leg.detail or leg.reason}.")

    def _leads_to(self, leg: Leg) -> str:
        """A price far off on a coin we are sure of may be a real gap: after two polls, with books on both sides, it is only unconfirmed."""
        if leg.reason == "not_trading":
            return "blocked"
        if leg.reason in _FAR_OFF and leg.identity == "confirmed" and leg.flag_since is not None and all(each.source == "book" for each in self.route.legs):
            lasted = self.now - leg.flag_since >= timedelta(seconds=leg.period_s)
            return "unconfirmed" if lasted else "suspect"
        return "suspect" if leg.reason in _SUSPECT else "unconfirmed"

    def _identity(self) -> Iterator[Condition]:
        if self.route.kind == "triangle":  # one exchange means one coin by one code
            return
        doubtful = [leg for leg in self.route.legs if leg.identity not in KNOWN or leg.reason == "unknown_identity"]
        who = " and ".join(dict.fromkeys(self._name(leg) for leg in doubtful))
        told = f"not yet shown for {who}" if doubtful else "confirmed or probable on every side"
        yield Condition("unknown_identity", not doubtful, "suspect", f"Every side must mean the same coin: {told}.")

    def _believable(self) -> Iterator[Condition]:
        most = self.method.arbitrage_suspect_major if self.route.pair_class == "major" else self.method.arbitrage_suspect_other
        yield Condition("too_good", self.route.net <= most, "suspect", f"A gap of more than {percent(most)} after fees is an error or another coin.")

    def _pegs(self) -> Iterator[Condition]:
        if len({leg.quote for leg in self.route.legs[:2]}) > 1:
            lost = sorted({leg.quote for leg in self.route.legs[:2]} & self.facts.unpegged)
            told = f"{' and '.join(lost)} has lost its peg" if lost else "none has lost its peg"
            yield Condition("depegged", not lost, "suspect", f"The moneys must hold their pegs: {told}.")

    def _wallets(self) -> Iterator[Condition]:
        way = self.facts.way
        if way is None:
            return
        closed = way.state == "closed" or (way.state == "apart" and self.mode == "transfer")
        needless = self.mode == "inventory" and way.state in ("unknown", "apart")
        yield Condition("wallet_closed", None if needless else not closed, "blocked", f"The coin must be able to travel: {way.detail}.")
        if self.mode == "transfer" and not closed:
            known = way.state == "open" and way.fee is not None
            told = way.detail if way.state != "open" or known else f"{way.detail}, but the fee of leaving is not known"
            yield Condition("wallet_unknown", known, "indicative", f"The way must be known: {told}.")

    def _clock(self) -> Iterator[Condition]:
        off = {self._name(leg): self.facts.clocks.get(leg.exchange, 0.0) for leg in self.route.legs}
        worst = max(off, key=lambda name: abs(off[name]))
        told = f"{worst}'s and ours are {abs(off[worst]):.0f} s apart"
        yield Condition("clock", abs(off[worst]) <= self.method.clock_off_s, "unconfirmed", f"Clocks must agree within {self.method.clock_off_s} s: {told}.")

    def _fresh(self) -> Iterator[Condition]:
        """Nothing where an age is the reason why a price does not count: then it has been told."""
        old = [leg for leg in self.route.legs if leg.state != "fresh"]
        if all(leg.reason != leg.state for leg in old):
            told = f"{self._name(old[0])} is {old[0].state}" if old else "they are"
            yield Condition("aging", not old, "unconfirmed", f"Every price must be fresh: {told}.")

    def _books(self) -> Iterator[Condition]:
        without = list(dict.fromkeys(self._name(leg) for leg in self.route.legs if leg.source != "book"))
        told = f"{' and '.join(without)} asked" if without else "they are here"
        yield Condition("books_awaited", not without, "unconfirmed", f"Fresh order books must show the gap as well: {told}.")

    def _outrun(self) -> Iterator[Condition]:
        """Where a ticker was seen after the book, its price must not say that the gap has closed since."""
        if self.route.kind == "cross" and any(leg.newer is not None for leg in self.route.legs[:2]):
            (buy, sell), terms = self.route.legs[:2], self.route.terms
            left = arbitrage.net(buy.latest, sell.latest, terms.buy_fee, terms.sell_fee, terms.rate)
            told = f"{percent(abs(left))} {'left' if left > ZERO else 'short'}"
            yield Condition("outrun", left > ZERO, "unconfirmed", f"Prices seen after the books must show the gap as well: {told}.")

    def _skew(self) -> Iterator[Condition]:
        skew, most = self.route.skew_s, self.method.arbitrage_skew_s
        told = "not known" if skew is None else f"{skew:.1f} s"
        yield Condition("skew", skew is not None and skew <= most, "unconfirmed", f"The prices must be seen within {most} s of each other: {told}.")

    def _sizes(self) -> Iterator[Condition]:
        missing = list(dict.fromkeys(self._name(leg) for leg in self.route.legs if leg.size is None))
        told = f"not known on {' and '.join(missing)}" if missing else "known"
        yield Condition("size_unknown", not missing, "unconfirmed", f"The sizes at the best prices must be known: {told}.")

    def _noise(self) -> Iterator[Condition]:
        if self.noise is None:
            return
        least = 2 * self.noise
        told = f"twice the movement that {self.route.skew_s:.1f} s explain is {percent(Decimal(least))}"
        yield Condition("noise", float(self.route.net) >= least, "unconfirmed", f"The gap must stand out from the noise: {told}.")

    def _size(self) -> Iterator[Condition]:
        """Enough for both exchanges' minima and for the trouble."""
        trade, least = self.route.trade, self.method.arbitrage_min_usd
        small = [self._name(leg) for leg in self.route.legs if _below(leg, trade.size, self.route)]
        if small:
            yield Condition("below_minimum", False, "unconfirmed", f"The size must reach the smallest order of {' and '.join(dict.fromkeys(small))}.")
        worth = self.route.usd_of(trade.cost)
        told = "what it is worth in USD is not known" if worth is None else f"{plain(worth.quantize(Decimal('0.01')))} USD pay"
        yield Condition("thin", worth is not None and worth >= least, "unconfirmed", f"At least {plain(least)} USD must pay: {told}.")

    def _persistence(self) -> Iterator[Condition]:
        seen, least = self.facts.snapshots, self.method.arbitrage_announce_after
        told = "followed with base fees only" if seen is None else f"{seen} so far"
        yield Condition("persistence", (seen or 0) >= least, "unconfirmed", f"The gap must last {least} snapshots in a row: {told}.")

    def _carry(self) -> Iterator[Condition]:
        if self.route.carry is not None:
            yield Condition("carry", False, "indicative", "It pays once the perpetual meets the spot price: nobody knows when, nor what funding will be.")


def _below(leg: Leg, size: Decimal, route: Route) -> bool:
    """Whether an order of so many coins is under what the exchange takes. Legs of other coins are measured where they are walked."""
    if leg.base != route.base or route.kind == "triangle":
        return False
    worth = size * leg.price
    return (leg.min_size is not None and size < leg.min_size) or (leg.min_notional is not None and worth < leg.min_notional)


def percent(ratio: Decimal) -> str:
    """0.0019 as 0.19 %."""
    return f"{ratio * HUNDRED:,.2f} %"
