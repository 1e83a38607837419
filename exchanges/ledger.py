"""What machines share of one exchange's limits: its states, and a clock on which none of them can be fooled by a wall clock.

A store that several machines share has a wall clock only, and wall clocks jump. So `Ledger.now` is a time of its own that
only goes forward: by what the store's clock says has passed, but never by more than the asking machine saw pass on its own
monotonic clock since it last wrote here. A machine that is new here, or booted since, saw nothing: its first call moves
nothing, and the next one, or another machine's, does. So time in which nobody asked and everybody was booted does not
count: a ban lasts that much longer, never shorter. Pure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exchanges.limits import DAY_S, State

MACHINES = 32  # remembered, those that wrote last
SLACK_S = 5.0  # a reading from a moment ago is no jump
_DEFAULTS = vars(State())


@dataclass(frozen=True)
class Reading:
    """The clocks around one step: the store's (epoch seconds), and this machine's monotonic one before and after that was read."""

    server: float
    machine: str
    sent: float
    got: float


@dataclass(frozen=True)
class Ledger:
    """One exchange's states, by key, and the time they are counted in. `machines`: each one's monotonic clock, and `now` then."""

    now: float
    server: float
    born: float
    machines: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)

    def state(self, key: str) -> State:
        """A key's memory. One that is not there was empty when the ledger was born."""
        return self.states.get(key, State(tokens=0.0, at=self.born))


def opened(text: str, reading: Reading, first: bool = True) -> tuple[Ledger, bool]:
    """The ledger as it stands at a reading, and whether it has to be written even if nothing is taken: its clock was set anew.

    A new one that is not the `first` was lost, and nobody knows what was asked before: its buckets are empty. Else they are
    full. Raises ValueError, TypeError or KeyError for a text that is no ledger.
    """
    ledger = parsed(text) if text else Ledger(reading.server, reading.server, 0.0 if first else reading.server)
    vouched = _vouched(ledger, reading.machine, reading.got)
    now = ledger.now if vouched is None else ledger.now + _passed(ledger, reading, vouched)
    # What it vouched for is never loosened: else a little of every call's way would count as time.
    seen = now if vouched is None else min(now, vouched - (reading.got - reading.sent))
    machines = {**ledger.machines, reading.machine: (reading.sent, seen)}
    newest = dict(sorted(machines.items(), key=lambda entry: entry[1][1])[-MACHINES:])
    behind = ledger.server - reading.server
    server = ledger.server if 0 < behind < SLACK_S else reading.server
    return replace(ledger, now=now, server=server, machines=newest), not text or vouched is None or behind >= SLACK_S


def _vouched(ledger: Ledger, machine: str, clock: float) -> float | None:
    """The latest it can be, by what a machine saw since it was here; None where it was not, since it was booted."""
    was, then = ledger.machines.get(machine, (math.inf, 0.0))
    return then + clock - was if clock >= was else None  # a monotonic clock that went back is another boot's


def _passed(ledger: Ledger, reading: Reading, vouched: float) -> float:
    return max(0.0, min(reading.server - ledger.server, vouched - ledger.now))


def changed(ledger: Ledger, states: Mapping[str, State]) -> Ledger:
    """With these states written; pools that nobody touched for a day, and no penalty needs, are left out."""
    recent = ledger.now - DAY_S
    kept = {key: state for key, state in ledger.states.items() if "/" not in key or max(state.at, state.blocked_until, state.struck_at_wall) > recent}
    return replace(ledger, states={**kept, **states})


def written(ledger: Ledger) -> str:
    """As text; of every state only what is not as in an untouched one."""
    fields: dict[str, Any] = {name: getattr(ledger, name) for name in ("now", "server", "born", "machines")}
    states = {key: {name: value for name, value in vars(state).items() if value != _DEFAULTS[name]} for key, state in ledger.states.items()}
    return json.dumps(fields | {"states": states}, separators=(",", ":"))


def parsed(text: str) -> Ledger:
    """What `written` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    fields = json.loads(text)
    states = {key: State(**state) for key, state in fields.pop("states").items()}
    machines = {name: (float(clock), float(now)) for name, (clock, now) in fields.pop("machines").items()}
    return Ledger(**{name: float(value) for name, value in fields.items()}, machines=machines, states=states)
