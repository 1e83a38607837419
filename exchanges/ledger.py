"""What machines share of one exchange's limits: its states, and a clock on which none of them can be fooled by a wall clock.

A store that several machines share has a wall clock only, and wall clocks jump. So `Ledger.now` is a time of its own that
only goes forward: by what the store's clock says has passed, but never by more than the asking machine saw pass on its own
monotonic clock since it last wrote here. A machine that is new here has its wall clock to vouch instead: a jump of one of
the two clocks alone moves nothing. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exchanges.limits import DAY_S, State

MACHINES = 32  # remembered, those that wrote last
SLACK_S = 5.0  # a reading from a moment ago is no jump
_DEFAULTS = vars(State())


@dataclass(frozen=True)
class Reading:
    """The clocks around one step: the store's (epoch seconds), this machine's monotonic before and after it was read, its wall clock."""

    server: float
    machine: str
    sent: float
    got: float
    wall: float


@dataclass(frozen=True)
class Ledger:
    """One exchange's states, by key, and the time they are counted in. `machines`: each one's monotonic clock, and `now` then."""

    now: float
    server: float
    wall: float
    born: float
    machines: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)

    def state(self, key: str) -> State:
        """A key's memory. One that is not there was empty when the ledger was born."""
        return self.states.get(key, State(tokens=0.0, at=self.born))


def opened(text: str, reading: Reading, first: bool = True) -> Ledger:
    """The ledger as it stands at a reading; a new one where there is none. Raises ValueError, TypeError, KeyError for a text that is none.

    A new one that is not the `first` was lost, and nobody knows what was asked before: its buckets are empty. Else they are full.
    """
    ledger = parsed(text) if text else Ledger(reading.server, reading.server, reading.wall, 0.0 if first else reading.server)
    now = ledger.now + _passed(ledger, reading)
    machines = {**ledger.machines, reading.machine: (reading.sent, now)}
    newest = dict(sorted(machines.items(), key=lambda entry: entry[1][1])[-MACHINES:])
    late = 0 > reading.server - ledger.server > -SLACK_S
    return replace(ledger, now=now, server=ledger.server if late else reading.server, wall=reading.wall, machines=newest)


def _passed(ledger: Ledger, reading: Reading) -> float:
    seen = ledger.machines.get(reading.machine)
    # A monotonic clock that went back is another boot's.
    most = seen[1] + reading.got - seen[0] - ledger.now if seen and reading.got >= seen[0] else reading.wall - ledger.wall
    return max(0.0, min(reading.server - ledger.server, most))


def changed(ledger: Ledger, states: Mapping[str, State]) -> Ledger:
    """With these states written; pools that nobody touched for a day, and no penalty needs, are left out."""
    recent = ledger.now - DAY_S
    kept = {key: state for key, state in ledger.states.items() if "/" not in key or max(state.at, state.blocked_until, state.struck_at_wall) > recent}
    return replace(ledger, states={**kept, **states})


def written(ledger: Ledger) -> str:
    """As text; of every state only what is not as in an untouched one."""
    fields: dict[str, Any] = {name: getattr(ledger, name) for name in ("now", "server", "wall", "born", "machines")}
    states = {key: {name: value for name, value in vars(state).items() if value != _DEFAULTS[name]} for key, state in ledger.states.items()}
    return json.dumps(fields | {"states": states}, separators=(",", ":"))


def parsed(text: str) -> Ledger:
    """What `written` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    fields = json.loads(text)
    states = {key: State(**state) for key, state in fields.pop("states").items()}
    machines = {name: (float(clock), float(now)) for name, (clock, now) in fields.pop("machines").items()}
    return Ledger(**{name: float(value) for name, value in fields.items()}, machines=machines, states=states)
