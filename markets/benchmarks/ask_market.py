"""Thousands of questions in plain words to a running Pebble over a simulated market: whether a number is wrong, and how long answers take.

Not part of `make bench`: it takes half an hour. `manage.py bench ask-market --questions 10000 --seed 1`; with `--url` it asks a Pebble
that runs already, whose operator has lifted the limit on requests, and leaves its exchanges alone.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command

from exchanges.models import Exchange
from exchanges.simulator.server import Running
from markets import held, tasks
from markets.benchmarks import processes, serving
from markets.benchmarks.asking import driving, world
from markets.benchmarks.asking.driving import Line, Outcome
from markets.benchmarks.asking.meaning import SLOTS
from markets.benchmarks.asking.questions import generated
from markets.benchmarks.asking.world import World
from markets.benchmarks.measure import Figure
from markets.models import Setting

QUESTIONS, SEED, URL, WRONG = "PEBBLE_BENCH_QUESTIONS", "PEBBLE_BENCH_SEED", "PEBBLE_BENCH_URL", "PEBBLE_BENCH_WRONG"
WARM_MS, FETCHED_MS = 300.0, 2000.0
RECEIPTS = 500  # that are computed again
DOWN, PART = 2, 4  # exchanges that stop answering, for one question in so many
LAST = 5  # that went wrong, told with a sign of life
WARM_S, REST_S, DOWN_S, LOOK_S = 300.0, 120.0, 300.0, 2.0
OLD = ("stale", "expired")
GONE = ("down", "banned", "blocked", "auto_disabled")


def run() -> Iterator[Figure]:
    """Figures with all exchanges, then of a quarter as many questions with two of them down."""
    count, seed = int(os.environ.get(QUESTIONS, "10000")), int(os.environ.get(SEED, "1"))
    wrong = Path(os.environ.get(WRONG) or settings.DATA_DIR / "ask-market-wrong.ndjson")
    wrong.unlink(missing_ok=True)
    with _running() as line:
        seen = world.seen(driving.rows_of(line().ask))
        yield from _asked("all exchanges", count, seed, seen, line, wrong)
        if not os.environ.get(URL):
            down = _taken_down(seen, line)
            yield from _asked("two exchanges down", max(1, count // PART), seed + 1, seen, line, wrong, down)


# --- What is asked --------------------------------------------------------------------------------------------------
@contextmanager
def _running() -> Iterator[Callable[[], Line]]:
    """Connections to a running Pebble: the one that was named, or one of its own with workers, once all sources have answered."""
    if url := os.environ.get(URL):
        parts = urlsplit(url)
        yield lambda: Line(parts.hostname or "", parts.port or 80)
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})  # all questions come from one address
    held.forget()
    for exchange in Exchange.objects.filter(enabled=True):
        tasks.start(exchange.slug)  # here, where nobody stops a first poll that takes long
    port = serving.free_port()
    with processes.workers(), processes.web(port):
        line = Line("127.0.0.1", port)
        processes.until(lambda: all(exchange["live"] for exchange in line.ask("status/")[2]["exchanges"]), "all exchanges are live", WARM_S)
        ends = time.monotonic() + REST_S
        while (silent := _silent(line)) and time.monotonic() < ends:
            time.sleep(LOOK_S)
        _say(f"asking; sources that have not answered yet: {', '.join(silent) or 'none'}")
        yield lambda: Line("127.0.0.1", port)


def _silent(line: Line) -> list[str]:
    """The sources that are on and have never answered well."""
    exchanges = line.ask("status/")[2]["exchanges"]
    return [f"{each['exchange']} {source['source']}" for each in exchanges for source in each["sources"] if source["enabled"] and not source["ok_at"]]


def _say(text: str) -> None:
    """A sign of life beside the figures."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _taken_down(seen: World, line: Callable[[], Line]) -> tuple[str, ...]:
    """Let two exchanges refuse every connection, and wait until that is noticed and their prices are too old to count."""
    down = tuple(seen.exchanges)[:DOWN]
    simulator = Running(settings.UPSTREAM, urlsplit(settings.UPSTREAM).port or 0)
    for slug in down:
        simulator.control(**{slug: {"fault": "refused"}})  # type: ignore[arg-type]  # an exchange's name is no other parameter
    mine = line()

    def noticed() -> bool:
        _, _, status = mine.ask("status/")
        found = {exchange["exchange"]: exchange for exchange in status["exchanges"]}
        return all(found[slug]["state"] in GONE and found[slug]["freshness"] in OLD for slug in down)

    processes.until(noticed, "two exchanges are down", DOWN_S)
    time.sleep(DOWN_S)  # contracts, options and books live longer than prices
    return down


# --- Figures ----------------------------------------------------------------------------------------------------------
def _asked(name: str, count: int, seed: int, seen: World, line: Callable[[], Line], wrong: Path, down: Sequence[str] = ()) -> Iterator[Figure]:  # noqa: PLR0917
    began = time.perf_counter()
    outcomes = driving.drive(generated(seen, count, seed), line(), seen, down, lambda done: _say(_so_far(name, done, began)))
    seconds = time.perf_counter() - began
    with wrong.open("a", encoding="utf-8") as file:
        file.writelines(f"{outcome.line()}\n" for outcome in outcomes if outcome.bad)
    yield _numbers(name, outcomes, seed, seconds, down)
    yield _read(name, outcomes)
    warm, cold = [outcome for outcome in outcomes if not outcome.fetched], [outcome for outcome in outcomes if outcome.fetched]
    yield _speed(f"{name}: warm", warm, WARM_MS)
    if cold:
        yield _speed(f"{name}: books had to be fetched", cold, FETCHED_MS)
    yield _receipts(name, outcomes, line())


def _so_far(name: str, outcomes: Sequence[Outcome], began: float) -> str:
    warm = sorted(outcome.ms for outcome in outcomes if not outcome.fetched)
    cold = sorted(outcome.ms for outcome in outcomes if outcome.fetched)
    told = "; ".join(f"p95 {_at(taken, 0.95):.0f} ms of {len(taken)} {what}" for what, taken in (("warm", warm), ("fetched", cold)) if taken)
    bad = "".join(f"\n  {outcome.question.text!r}: {outcome.verdict}" for outcome in [each for each in outcomes if each.bad][-LAST:])
    return f"{name}: {len(outcomes)} asked in {time.perf_counter() - began:.0f} s, {sum(outcome.bad for outcome in outcomes)} bad; {told}{bad}"


def _numbers(name: str, outcomes: Sequence[Outcome], seed: int, seconds: float, down: Sequence[str]) -> Figure:
    """Wrong answers, and everything else that must not be."""
    count = len(outcomes)
    wrong = sum(bool(outcome.verdict.wrong) for outcome in outcomes)
    errors, loose = sum(outcome.failed for outcome in outcomes), sum(bool(outcome.verdict.loose) for outcome in outcomes)
    kinds = Counter(outcome.kind for outcome in outcomes)
    detail = {
        "questions": count, "seed": seed, "errors": errors, "answers that say a number without a figure": loose,
        "numbers held against the API": sum(outcome.verdict.numbers for outcome in outcomes),
        "not held against it": sum(bool(outcome.verdict.unchecked) for outcome in outcomes),
        "asked again because the market moved": sum(outcome.tries > 1 for outcome in outcomes), "kinds": dict(kinds.most_common()),
        "questions by kind": dict(Counter(outcome.question.meaning.intent for outcome in outcomes).most_common()),
        "share with an answer": round((kinds["answer"] + kinds["partial"] + kinds["help"] + kinds["refusal"]) / max(count, 1), 4), "down": list(down),
        "seconds": round(seconds),
    }  # fmt: skip
    return Figure(f"{name}: wrong answers", wrong, "answers", {}, None, "none, no error, every number in its figures", not (wrong or errors or loose), detail)


def _read(name: str, outcomes: Sequence[Outcome]) -> Figure:
    """How many were read as they were meant."""
    answered = [outcome for outcome in outcomes if outcome.status < 400]
    slots = Counter(slot for outcome in answered for slot in outcome.slots)
    share = sum(not outcome.slots for outcome in answered) / max(len(answered), 1)
    by_slot = {slot: round(1 - slots[slot] / max(len(answered), 1), 4) for slot in SLOTS}
    return Figure(f"{name}: read as meant", share * 100, "%", {}, None, "90 %", share >= 0.9, {"by slot": by_slot})


def _speed(name: str, outcomes: Sequence[Outcome], most: float) -> Figure:
    """Milliseconds from question to answer, over HTTP."""
    taken = sorted(outcome.ms for outcome in outcomes)
    by_intent: dict[str, list[float]] = {}
    for outcome in outcomes:
        by_intent.setdefault(outcome.question.meaning.intent, []).append(outcome.ms)
    detail = {
        "p50": round(_at(taken, 0.5), 1), "p99": round(_at(taken, 0.99), 1), "longest": round(taken[-1]), "questions": len(taken),
        "p95 by kind": {intent: round(_at(sorted(values), 0.95)) for intent, values in sorted(by_intent.items())}, "mean": round(statistics.fmean(taken), 1),
    }  # fmt: skip
    return Figure(f"{name}, p95", _at(taken, 0.95), "ms", {"the most": most}, None, f"under {most:.0f} ms", _at(taken, 0.95) < most, detail)


def _at(taken: Sequence[float], share: float) -> float:
    return taken[min(len(taken) - 1, int(len(taken) * share))]


def _receipts(name: str, outcomes: Sequence[Outcome], line: Line) -> Figure:
    """Whether receipts compute to the same answers again."""
    kept = [receipt["id"] for outcome in outcomes if outcome.status < 400 and (receipt := outcome.reply["receipt"])]
    chosen = list(dict.fromkeys(kept))[:: max(1, len(set(kept)) // RECEIPTS)][:RECEIPTS]
    found = [line.ask(f"receipts/{each}/") for each in chosen]
    same = sum(status == 200 and receipt["same"] is True for status, _, receipt in found)
    detail = {"computed again": len(chosen), "answers with a receipt": len(kept), "answers": len(outcomes)}
    return Figure(f"{name}: receipts that differ", len(chosen) - same, "receipts", {}, None, "none", same == len(chosen) and bool(chosen), detail)
