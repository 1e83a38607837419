"""SmartRouter: which exchanges and sources answer a frame, in which order and why; who is left out, and why. Pure.

Nothing here is a list of exchanges: what each offers comes from its adapter, the rest is switches, health and rollouts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from markets.analysis import wording
from markets.ask.answer import Left
from markets.ask.frame import Frame

# What an intent has to read of an exchange (any one of them makes it capable), and what is read beside it where it is offered.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "best_price": ("tickers",), "compare": ("tickers",), "arbitrage": ("tickers",), "liquidity": ("book",), "new_tokens": ("instruments",),
    "trending_not_on": ("instruments",), "derivatives": ("perp_tickers", "option_tickers"), "funding": ("funding", "perp_tickers"),
    "volume_sentiment": ("tickers",), "copy_trading": ("copy_traders",), "status": (), "price_history": ("candles", "tickers"), "help": (), "unknown": (),
}
BESIDE: Mapping[str, tuple[str, ...]] = {
    "best_price": ("book",), "compare": ("book",), "arbitrage": ("book", "currencies"), "new_tokens": ("announcements",), "trending_not_on": ("tickers",),
    "derivatives": ("open_interest", "funding"), "funding": ("funding_history", "open_interest"), "volume_sentiment": ("candles", "perp_tickers"),
    "status": ("tickers", "status", "currencies"),
}
CATALOGUES = ("new_tokens", "trending_not_on")  # here an excluded exchange is still read: its catalogue says what is absent


class Standing(Struct, frozen=True, kw_only=True):
    """What the router is told of one exchange: what it offers, whether it is on and well, and where it stands in the order.

    `state` is that of its health (healthy, degraded, down ...). `feeds` are the sources that are switched on. `in_rollout`:
    the asked query type is open on it to whoever asks. `lead_h` is by how many hours it lists before others, None unmeasured.
    """

    slug: str
    name: str
    offers: frozenset[str]
    feeds: frozenset[str]
    enabled: bool = True
    state: str = "healthy"
    detail: str = ""
    priority: int = 100
    in_rollout: bool = True
    lead_h: float | None = None


class Step(Struct, frozen=True):
    """One exchange that is read: its sources in order, its role (priced, or catalogue only), and why it stands here."""

    exchange: str
    name: str
    sources: tuple[str, ...]
    role: str
    why: str


class Route(Struct, frozen=True):
    """What is read for a frame, best liked first, and who is left out. `names` are all exchanges by slug."""

    intent: str
    steps: tuple[Step, ...] = ()
    left: tuple[Left, ...] = ()
    names: dict[str, str] = {}

    @property
    def priced(self) -> tuple[str, ...]:
        """Exchanges whose numbers the answer may stand on."""
        return tuple(step.exchange for step in self.steps if step.role == "priced")

    def named(self, slug: str) -> str:
        """An exchange as people know it."""
        return self.names.get(slug, slug)


def route(frame: Frame, standings: Sequence[Standing]) -> Route:
    """Route a frame: (enabled and capable and requested and rolled out) minus excluded, in order of preference. Every intent has one."""
    steps, left = list[Step](), list[Left]()
    for each in _ordered(frame, standings):
        reason, detail = _refused(frame, each)
        if reason:
            left.append(Left(each.slug, each.name, reason, detail))
        else:
            steps.append(_step(frame, each, "catalogue" if each.slug in frame.exclude else "priced"))
    return Route(frame.intent, tuple(steps), tuple(left), {each.slug: each.name for each in standings})


def _ordered(frame: Frame, standings: Iterable[Standing]) -> list[Standing]:
    """Asked-for ones in the order asked, then by health, for new coins by their lead, then as the operator likes them."""
    def weight(s: Standing) -> tuple[int, bool, float, int, str]:
        place = frame.exchanges.index(s.slug) if s.slug in frame.exchanges else len(frame.exchanges)
        lead = -(s.lead_h or 0.0) if frame.intent == "new_tokens" else 0.0
        return place, s.state != "healthy", lead, s.priority, s.slug

    return sorted(standings, key=weight)


def _refused(frame: Frame, s: Standing) -> tuple[str, str]:
    """Why an exchange is not read: a reason code and a sentence; ("", "") when it is.

    One that an operator switched off is not read at all. One that is banned, blocked or off by Pebble is read like any other: the
    board says that its prices do not count, and what it lists is still known. Left out here, its coins would seem to be missing there.
    """
    needs, absence = NEEDS[frame.intent], frame.intent in CATALOGUES
    tests = (
        (not s.enabled, "disabled", wording.PLAIN["disabled"]),
        (not s.in_rollout, "not_in_rollout", wording.PLAIN["not_in_rollout"]),
        (s.slug in frame.exclude and not absence, "excluded", "you left it out"),
        (bool(frame.exchanges) and s.slug not in frame.exchanges and not absence, "not_asked", "you did not ask for it"),
        (bool(needs) and not s.offers.intersection(needs), "not_offered", f"does not publish what this needs ({' or '.join(needs)})"),
        (bool(needs) and not s.feeds.intersection(needs), "disabled", "collecting this is switched off by an operator"),
    )
    return next(((reason, detail) for fails, reason, detail in tests if fails), ("", ""))


def _step(frame: Frame, s: Standing, role: str) -> Step:
    wanted = (*NEEDS[frame.intent], *BESIDE.get(frame.intent, ()))
    sources = tuple(dict.fromkeys(name for name in wanted if name in s.offers and name in s.feeds))
    if s.slug in frame.exchanges:
        why = "you asked for it"
    elif role == "catalogue":
        why = "its list says what is missing there"
    elif s.state != "healthy":
        why = f"offers it, but is {s.state.replace('_', '-')}"
    elif frame.intent == "new_tokens" and s.lead_h:
        why = "lists coins early"
    else:
        why = "offers it and is well"
    return Step(s.slug, s.name, sources, role, why)
