"""Gaps between exchanges, and loops inside one: what is left after fees, for how much, and what would have to be true. Pure.

Only what is executable or indicative is told as a gap; how many others there are, and why they do not count, is told beside it. How
far prices are apart is not arbitrage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from markets.analysis.classes import MAIN, Judged
from markets.analysis.display import exact
from markets.ask.answer import Answer, Left, Said, Table, Used
from markets.ask.answers import common, gap
from markets.ask.answers.common import Coin
from markets.ask.answers.gap import Gap, Pair, Terms
from markets.ask.answers.gap_words import HUNDRED, GapWords, net_of
from markets.ask.answers.words import LIKELY
from markets.ask.frame import Frame
from markets.ask.router import Route as Way

HARDLY = Decimal("0.00005")  # a ratio: less is written as nothing
DOUBTFUL = ("unconfirmed", "blocked", "suspect")


class Others(Struct, frozen=True, kw_only=True):
    """Gaps that are not told: how many of one class fail for one reason first, and that reason for one of them."""

    kind: str
    code: str
    count: int
    example: str = ""


class Gaps(Struct, frozen=True, tag="arbitrage", kw_only=True):
    """What was found, best first, cut to what is shown: `total` fit. `asked`: these routes were asked for by name, paying or not.

    `nearest`: nothing pays, and these come closest. `coins` are those of the question; `absent` are exchanges without a price of today.
    `filtered` pay, but less than was asked for. `measured_off`: the clocks are too far apart to say anything. `missing`
    could not be looked at.
    """

    gaps: tuple[Gap, ...]
    pairs: tuple[Pair, ...]
    terms: Terms
    tickers: dict[str, str]
    coins: tuple[Coin, ...] = ()
    total: int = 0
    asked: bool = False
    nearest: bool = False
    loops: bool = False
    filtered: int = 0
    others: tuple[Others, ...] = ()
    absent: tuple[str, ...] = ()
    measured_off: bool = False
    late: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[Left, ...] = ()


def compose(frame: Frame, route: Way, found: Gaps, now: datetime) -> Answer:
    """What is left after fees, or how much is missing."""
    return _Telling(frame, route, found, now).answer()


@dataclass
class _Telling:
    """One answer on its way."""

    frame: Frame
    way: Way
    found: Gaps
    now: datetime
    said: Said = field(default_factory=Said)

    @cached_property
    def rows(self) -> list[tuple[Gap, Judged]]:
        """The gaps judged again; those asked for by name with the better one first."""
        seen = gap.scene(self.found.pairs, self.found.terms, self.now)
        told = [(each, again) for each in self.found.gaps if (again := gap.judged(each, seen, self.found.terms, self.way.names))]
        return sorted(told, key=lambda row: -row[1].route.net) if self.found.asked and len(told) > 1 else told

    @property
    def best(self) -> Judged | None:
        return self.rows[0][1] if self.rows else None

    @property
    def blind(self) -> bool:
        """Whether no exchange could be looked at."""
        return not self.rows and not self.looked

    @cached_property
    def looked(self) -> set[str]:
        """The exchanges whose prices were looked at."""
        own = self.found.asked or self.found.loops
        looked = {*self.way.priced, *(used.exchange for used in self.sources())} if own else self.everybody()
        return looked - {left.exchange for left in self.found.missing}

    @property
    def pays(self) -> bool:
        """Whether the first one is in the main table."""
        return self.best is not None and self.best.kind in MAIN

    @cached_property
    def words(self) -> GapWords:
        return GapWords(self.said, self.way, self.found.tickers, self.found.pairs)

    # --- The whole ----------------------------------------------------------------------------------------------
    def answer(self) -> Answer:
        sources, left = self.sources(), self.left()
        value = None if self.best is None or self.best.hidden else net_of(self.best) * HUNDRED
        return Answer(
            kind=self.kind(), title=self.title(), sentence=self.sentence(), table=self.table(), lines=self.lines(sources, left), notes=self.notes(),
            sources=sources, excluded=left, value=value, unit="%", grade=self.grade(), as_of=self.now, max_age_s=common.oldest(sources),
            method=self.found.terms.method.version, page=self.address("/"), api=self.address("/api/v1/"),
            figures=self.said.figures,
        )

    def table(self) -> Table | None:
        return self.words.table([judged for _, judged in self.rows], max(0, self.found.total - len(self.rows)))

    def kind(self) -> str:
        nothing = self.found.measured_off or not self.way.priced or self.blind or (self.found.asked and not self.rows)
        return "nothing" if nothing else "partial" if self.found.late else "answer"

    def title(self) -> str:
        what = "loops inside one exchange" if self.found.loops else "arbitrage"
        labels = common.listed([coin.label for coin in self.found.coins])
        return f"{labels} - {what}" if labels else what[0].upper() + what[1:]

    def grade(self) -> str:
        """A executable, B indicative or nothing pays, C in doubt, D no price."""
        if self.best is None:
            return "D" if self.kind() == "nothing" else "B"
        return {"executable": "A", "indicative": "B", "unprofitable": "B"}.get(self.best.kind, "C")

    def address(self, root: str) -> str:
        terms = self.found.terms
        only = () if len(self.frame.exchanges) == 1 and not self.found.loops else common.only(self.frame, self.way)
        amount = None if terms.amount is None else exact(round(terms.amount, 2))
        if self.found.asked and len(self.found.gaps) == 1:
            each = self.found.gaps[0]
            return common.address(f"{root}arbitrage/{each.key}/", buy=each.buy, sell=each.sell, sold=each.sold or None, amount=amount)
        return common.address(
            f"{root}arbitrage/", kind="triangle" if self.found.loops else None, base=[coin.key for coin in self.found.coins], exchange=only, amount=amount,
        )

    # --- The sentence -------------------------------------------------------------------------------------------
    def sentence(self) -> str:
        if self.found.measured_off:
            return "Nothing can be said: this machine's clock and the exchanges' are too far apart."
        if self.best is None:
            return self.nothing()
        if self.pays:
            return self.paying(self.best)
        return self.missing(self.best)

    def nothing(self) -> str:
        if self.found.asked and self.found.absent:
            return f"No price on {common.listed([self.words.name(slug) for slug in self.found.absent], 'or')} counts right now."
        if not self.way.priced:
            return "No exchange is left to look at."
        if self.blind:
            return "No exchange has a usable price right now."
        if self.found.filtered:
            return f"Nothing passes your limit. {self.filtered()}"
        return "Nothing is left after fees anywhere right now."

    def paying(self, best: Judged) -> str:
        pay = "gap pays" if self.found.total == 1 else "gaps pay"
        head = "" if self.found.asked else f"{self.said.count('gaps', self.found.total)} {pay} after fees; best: "
        trade, full, route = best.trade, best.full, best.route
        most, profit = self.words.money(full.cost, route, "most"), self.words.money(trade.profit, route, "profit")
        leaves = f"{head}{self.words.where(route)} leaves {self.words.net(best)}"
        if trade.cost < full.cost:  # the amount was named
            return f"{leaves} of {self.words.money(trade.cost, route, 'cost')}, a profit of {profit}; it pays up to {most}."
        return f"{leaves} for up to {most}, a profit of {profit}."

    def missing(self, best: Judged) -> str:
        if best.hidden:
            return f"Nothing can be said of {self.words.where(best.route)}: {self.reason(best)}"
        if best.route.net <= HARDLY:
            closest = "" if self.found.asked else "Closest: "
            return f"Nothing is left after fees. {closest}{self.words.where(best.route)} is {self.said.percent('short', abs(best.route.net) * HUNDRED)} short."
        return f"{self.words.where(best.route)} would leave {self.words.net(best)} after fees, but it is {best.kind}: {self.reason(best)}"

    def reason(self, best: Judged) -> str:
        """The weightiest thing that does not hold, as the end of a sentence."""
        told = common.numbers(self.said, "reason", best.reasons[0].detail)
        return f"{told[0].lower()}{told[1:]}"

    # --- Lines and notes ----------------------------------------------------------------------------------------
    def lines(self, sources: tuple[Used, ...], left: tuple[Left, ...]) -> tuple[str, ...]:
        best = self.best
        told = [] if best is None or best.hidden else [self.words.how(best), *self.sent(best), *self.doubts(best)]
        return tuple(line for line in (*told, self.left_over(), self.closing(sources, left)) if line)

    def closing(self, sources: tuple[Used, ...], left: tuple[Left, ...]) -> str:
        count, age = len(self.looked), common.oldest(sources)
        aged = "" if age is None else f", oldest price shown {self.said.age('max_age_s', age)}"
        return " ".join([f"Looked at {self.said.count('exchanges', count)} exchange{'s' if count != 1 else ''}{aged}.", *common.reasons(left)])

    def everybody(self) -> set[str]:
        """Where one exchange was named, its gaps to all that may be used were looked at."""
        others = (left.exchange for left in self.way.left if left.reason == "not_asked")
        return {*self.way.priced, *(others if len(self.frame.exchanges) == 1 else ())}

    def sent(self, best: Judged) -> list[str]:
        """What is left where the coins travel, and how far the price may move meanwhile."""
        trade, way = best.sent, best.way
        if trade is None or way is None or way.fee is None or trade.net is None or not self.pays:
            return []
        fee = f"{self.said.coins('withdrawal fee', round(way.fee, LIKELY), best.route.base)} {self.words.ticker(best.route.base)}"
        minutes = self.said.count("minutes", self.found.terms.method.transfer_minutes)
        risk = self.said.percent("price risk", Decimal(str(best.risk)) * HUNDRED)
        left = f"{self.said.percent('left when sent', trade.net * HUNDRED)} is left" if trade.profit > 0 else "nothing is left"
        return [f"If the coins are sent ({way.network}, {fee}) {left}; in {minutes} minutes the price usually moves by {risk}."]

    def doubts(self, best: Judged) -> list[str]:
        """What does not hold, beyond what the sentence says."""
        if best.route.net <= HARDLY:
            return []
        rest = [reason.detail for reason in best.reasons[0 if self.pays else 1 :]][:3]
        return [common.numbers(self.said, "condition", detail) for detail in rest]

    def left_over(self) -> str:
        """How many gaps are not told, and why."""
        parts = []
        for kind in DOUBTFUL:
            these = [other for other in self.found.others if other.kind == kind]
            if these:
                why = ", ".join(f"{other.code.replace('_', ' ')} {self.said.count(f'{kind} {other.code}', other.count)}" for other in these[:3])
                parts.append(f"{self.said.count(kind, sum(other.count for other in these))} {kind} ({why})")
        told = f"Not told as gaps: {', '.join(parts)}." if parts else ""
        more = self.filtered() if self.found.filtered and self.rows else ""
        return " ".join(part for part in (told, more) if part)

    def filtered(self) -> str:
        count = self.found.filtered
        return f"{self.said.count('filtered', count)} {'pays' if count == 1 else 'pay'} after fees, but less than you asked for."

    def notes(self) -> tuple[str, ...]:
        late = [self.words.name(slug) for slug in self.found.late]
        books = [f"The order book{'s' if len(late) > 1 else ''} of {common.listed(late)} did not arrive in time."] if late else []
        own = [common.numbers(self.said, "remark", note) for note in (*(coin.note for coin in self.found.coins), *self.found.notes) if note]
        held = ["How far prices are apart is not profit: this is what is left after taker fees, if both books hold."] if self.pays else []
        return (*own, *books, *held)

    # --- Who answered -------------------------------------------------------------------------------------------
    def sources(self) -> tuple[Used, ...]:
        """The exchanges of the gaps shown, each with its oldest price."""
        found: dict[str, Used] = {}
        for _, judged in self.rows:
            for leg in judged.route.legs:
                known = found.get(leg.exchange)
                if known is None or (known.age_s or 0) < (leg.age_s or 0):
                    found[leg.exchange] = Used(leg.exchange, self.words.name(leg.exchange), leg.observed_at, leg.age_s, leg.state)
        return tuple(found.values())

    def left(self) -> tuple[Left, ...]:
        told = (*common.told(self.way), *self.found.missing)
        known = {left.exchange for left in told}
        return (*told, *(Left(slug, self.words.name(slug), "no_bid_ask", "no price of today") for slug in self.found.absent if slug not in known))

