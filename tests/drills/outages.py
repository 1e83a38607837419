"""Exchanges that are away: one, four, all five. What people are told meanwhile, how soon it is noticed, and how much is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client

from exchanges.models import Exchange, Run, Transition
from markets import read
from tests.drills import oracle
from tests.drills.figures import Figure, share
from tests.drills.world import World, simulated

KINDS: Mapping[str, str | dict[str, Any]] = {
    "refused": "refused", "dns": "dns", "tls": "tls", "drip": {"name": "drip"}, "reset": {"name": "reset"}, "5xx": {"name": "server_error", "status": 503},
    "html": {"name": "html"}, "429": {"name": "throttle", "after": 30},
}  # fmt: skip
COINS = ("BTC", "ETH", "SOL", "XRP", "BNB", "DOGE", "ADA", "TRX", "LINK", "AVAX", "SUI", "TON")
SICK = ("down", "banned", "blocked", "auto_disabled")
NOTICED = {"429": (*SICK, "degraded")}  # who asks us to slow down is not down
BACK_S = 390  # six and a half minutes
SETTLED_S = 35


@dataclass
class Watch:
    """Asks the compare read as page and API do, and holds every answer against the oracle."""

    world: World
    coins: tuple[str, ...] = COINS
    every_s: float = 5.0
    answers: int = 0
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        """One answer for each coin, before or after fees by turns."""
        for coin in self.coins:
            net = self.answers % 2 == 0
            answer = read.compare(coin, "USDT", self.world.clock.now(), net=net)
            said = oracle.complaints(answer, oracle.truths(self.world, coin), net)
            self.answers += 1
            self.right += not said
            self.wrong.update(said[:1])
            self.world.note(coin, answer.best_buy and answer.best_buy.price, answer.best_sell and answer.best_sell.price, answer.live, *said)

    def looking(self, seconds: float) -> None:
        """Let so much time go by, and look again and again."""
        ends = self.world.clock.elapsed + seconds
        while self.world.clock.elapsed < ends:
            self.world.run(min(self.every_s, ends - self.world.clock.elapsed))
            self.look()

    @property
    def figure(self) -> dict[str, object]:
        """What the share rests on."""
        return {"answers": self.answers, "wrong": dict(self.wrong.most_common(5))}


# --- One exchange ---------------------------------------------------------------------------------------------------
@dataclass
class Times:
    """Seconds until a fault was seen, and until health after the first good answer and after the recovery; None: it never was."""

    seen: list[tuple[float | None, str]] = field(default_factory=list)
    after_good: list[tuple[float | None, str]] = field(default_factory=list)
    after_heal: list[tuple[float | None, str]] = field(default_factory=list)


def failover(seed: int, *, kinds: tuple[str, ...] = tuple(KINDS), exchanges: int = 5, answers: int = 100_000, held_s: float = 60) -> Iterator[Figure]:
    """Each exchange down in turn with each kind of fault."""
    with simulated(seed) as world:
        world.start()
        times, episodes = Times(), len(kinds) * exchanges
        watch = Watch(world, every_s=max((held_s + 110) * episodes * len(COINS) / answers, 0.25))
        for kind in kinds:
            for slug in world.slugs[:exchanges]:
                _episode(watch, times, slug, kind, held_s)
        while watch.answers < answers:  # some came back sooner than was thought
            watch.looking(watch.every_s)
        yield Figure("answers right and marked", share(watch.right, watch.answers), (">=", 99.99), "%", watch.figure | {"episodes": episodes})
        yield _slowest("detection", times.seen, 45)
        yield _slowest("healthy after the first good answer", times.after_good, 30)
        yield _slowest("healthy after the recovery", times.after_heal, BACK_S)
        yield Figure("replay", None, counts={"digest": world.digest, "polls": world.polls, "outcomes": world.outcomes})


def _episode(watch: Watch, times: Times, slug: str, kind: str, held_s: float) -> None:
    world, name = watch.world, f"{slug} {kind}"
    began = world.clock.now()
    world.strike(slug, KINDS[kind])
    watch.looking(held_s)
    world.heal(slug)
    healed = world.clock.now()
    for _ in range(BACK_S // 5):
        if _state(slug) == "healthy":
            break
        watch.looking(5)
    watch.looking(SETTLED_S)
    times.seen.append((_first(slug, began, NOTICED.get(kind, SICK)), name))
    good = Run.objects.filter(exchange__slug=slug, outcome__in=("ok", "partial"), finished_at__gte=healed).order_by("finished_at").first()
    times.after_good.append((good and _first(slug, good.finished_at, ("healthy",)), name))
    times.after_heal.append((_first(slug, healed, ("healthy",)), name))


def _state(slug: str) -> str:
    return Exchange.objects.values_list("state", flat=True).get(slug=slug)


def _first(slug: str, since: datetime, states: tuple[str, ...]) -> float | None:
    found = Transition.objects.filter(exchange__slug=slug, at__gte=since, after__in=states).order_by("at").first()
    return None if found is None else (found.at - since).total_seconds()


def _slowest(name: str, times: list[tuple[float | None, str]], bar: float) -> Figure:
    missing = [of for seconds, of in times if seconds is None]
    slowest = max(((seconds, of) for seconds, of in times if seconds is not None), default=(None, ""))
    return Figure(name, None if missing else slowest[0], ("<=", bar), "s", {"episodes": len(times), "slowest": slowest[1], "never": missing})


# --- Four, and all --------------------------------------------------------------------------------------------------
def four_down(seed: int, *, minutes: float = 10, left: int = 5) -> Iterator[Figure]:
    """Only one exchange answers, each in turn."""
    bare, claims = 0, 0
    with simulated(seed) as world:
        world.start()
        watch = Watch(world)
        for survivor in world.slugs[:left]:
            for n, slug in enumerate(slug for slug in world.slugs if slug != survivor):
                world.strike(slug, list(KINDS.values())[(n * 2 + world.slugs.index(survivor)) % 7])
            ends = world.clock.elapsed + minutes * 60
            while world.clock.elapsed < ends:
                world.run(5)
                watch.look()
                claimed, without = _claims(world)
                claims, bare = claims + claimed, bare + without
            for slug in world.slugs:
                world.heal(slug)
            if survivor != world.slugs[left - 1]:
                world.run(BACK_S)
        yield Figure("answers right and marked", share(watch.right, watch.answers), (">=", 99.9), "%", watch.figure)
        yield Figure("best prices of one exchange without the note that it is the only one", bare, ("==", 0), "", {"claims": claims})


def _claims(world: World) -> tuple[int, int]:
    """Answers that rest on one exchange, and those of them that do not say so."""
    found = [read.compare(coin, "USDT", world.clock.now()) for coin in COINS]
    single = [answer for answer in found if answer.best_buy and sum(bool(row.rank) for row in answer.rows) == 1 and answer.listed > 1]
    return len(single), sum(not (answer.notes or answer.live < answer.listed) for answer in single)


def all_down(seed: int, *, minutes: float = 15, every_s: float = 10) -> Iterator[Figure]:
    """Nobody answers for so many minutes, and some more, until there is no current price any more."""
    with simulated(seed) as world:
        world.start()
        watch, client, statuses, unlabelled, current = Watch(world), Client(), Counter[int](), 0, 0
        for slug, kind in zip(world.slugs, ("refused", "dns", "drip", "5xx", "html"), strict=True):
            world.strike(slug, KINDS[kind])
        began = world.clock.elapsed
        while world.clock.elapsed < began + minutes * 60 + 75:
            world.run(every_s)
            watch.look()
            coin = COINS[watch.answers // len(COINS) % len(COINS)]
            answer, page = client.get(f"/api/v1/compare/{coin}-USDT/"), client.get(f"/compare/{coin}-USDT/")
            statuses.update((answer.status_code, page.status_code))
            down_s = world.clock.elapsed - began
            unlabelled += _unlabelled(answer.json(), down_s)
            current += down_s > minutes * 60 + 60 and answer.json()["best"]["buy"] is not None
        yield Figure("answers of 200", share(statuses[200], statuses.total()), ("==", 100), "%", {"statuses": {str(k): n for k, n in statuses.items()}})
        yield Figure("answers right and marked", share(watch.right, watch.answers), ("==", 100), "%", watch.figure)
        yield Figure("prices without age and state", unlabelled, ("==", 0), "", {"answers": statuses.total() // 2})
        yield Figure("best prices after a quarter of an hour", current, ("==", 0), "")


def _unlabelled(answer: dict[str, Any], down_s: float) -> int:
    rows = [row for row in answer["quotes"] if row["bid"] is not None or row["ask"] is not None]
    return sum(row["age_s"] is None or not row["state"] or (row["state"] == "fresh" and down_s > 45) for row in rows)


def retries(seed: int, *, minutes: int = 10, before: int = 5) -> Iterator[Figure]:
    """Everything answers 503, which is what may be retried: how much more is asked, and how little once all are down."""
    with simulated(seed) as world:
        world.start()
        normal = _calls(world, before) / before
        for slug in world.slugs:
            world.strike(slug, KINDS["5xx"])
        each, down = [], []
        for _ in range(minutes):
            was_down = not Exchange.objects.exclude(state__in=SICK).exists()
            each.append(calls := _calls(world, 1))
            down += [calls] if was_down else []
        yield Figure("calls in the worst minute of the outage", max(each) / normal, ("<=", 1.10), "x", {"normal": normal, "minutes": each})
        yield Figure("calls once everything is down", sum(down) / len(down) / normal if down else None, ("<=", 0.2), "x", {"minutes": down})


def _calls(world: World, minutes: float) -> int:
    before = sum(world.network.asked.values())
    world.run(minutes * 60)
    return sum(world.network.asked.values()) - before
