"""All that is known of what exchanges mean by the codes of one coin, weighed into a state and a sentence for each.

In this order, the first that applies: an operator's decision; another contract on the same network than the others have
(conflicted, the odd one out only); the same contract as another exchange (confirmed); an index that names the market
(confirmed); prices that disagree (conflicted); the same full name (probable); prices that agree (probable); nothing.
`docs/decisions/identity.md` says why.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

CONFIRMED, PROBABLE, CONFLICTED, UNKNOWN = "confirmed", "probable", "conflicted", "unknown"
OPERATOR, CONTRACT, INDEX, PRICE, NAME, NONE = "operator", "contract", "index", "price", "name", ""
LONGEST = 200  # of a sentence, as it is stored
SHOWN = 13  # a contract address longer than this is cut in its middle

Contract = tuple[str, str]  # chain, address


class Side(Struct, frozen=True, gc=False, kw_only=True):
    """What is known of one exchange's code. `label` is the exchange as people know it.

    `contracts` are those it lists the coin under, addresses as they are compared. `home` is the chain whose own coin it is by its
    ticker, without an address there, or "". `prices` is what prices alone say (unknown, probable, conflicted).
    `operator` is the state an operator decided, or "", in the words `said`. `units` of `ticker` are in one unit of the code.
    """

    key: int
    exchange: str
    label: str
    ticker: str = ""
    name: str = ""
    contracts: tuple[Contract, ...] = ()
    home: str = ""
    prices: str = UNKNOWN
    operator: str = ""
    said: str = ""
    units: Decimal = Decimal(1)


class Link(Struct, frozen=True, gc=False):
    """The index of a perpetual (`index`, in words) whose code is `one` names a market whose code is `other`."""

    one: int
    other: int
    index: str


class Finding(Struct, frozen=True, gc=False):
    """How sure we are of a code, by which kind of evidence, and that evidence in words."""

    state: str
    basis: str
    sentence: str


Body = tuple[Side, ...]  # codes that some proof holds together


def weigh(sides: Iterable[Side], links: Iterable[Link] = ()) -> dict[int, Finding]:
    """{key: finding} of all codes of one coin. The order they come in does not matter."""
    known = {side.key: side for side in sorted(sides, key=lambda s: s.key)}
    ties = [link for link in links if _between(known.get(link.one), known.get(link.other))]
    beaten = _beaten(known, ties)
    standing = [s for s in known.values() if s.key not in beaten and s.operator != CONFLICTED]
    sure = {side.key for side in _main(_bodies(standing, ties))}
    return {key: _finding(side, beaten.get(key), sure, standing, ties) for key, side in known.items()}


def _between(one: Side | None, other: Side | None) -> bool:
    """Whether a link joins two exchanges: of its own market an index proves nothing."""
    return one is not None and other is not None and one.exchange != other.exchange


def _finding(side: Side, rival: Side | None, sure: set[int], standing: Sequence[Side], ties: Sequence[Link]) -> Finding:
    if side.operator:
        return Finding(side.operator, OPERATOR, side.said)
    if rival is not None:
        return Finding(CONFLICTED, CONTRACT, _odd_one(side, rival))
    others = [s for s in standing if s.exchange != side.exchange]
    return (_proved(side, others, ties) if side.key in sure else None) or _told(side, others)


def _proved(side: Side, others: Sequence[Side], ties: Sequence[Link]) -> Finding | None:
    """Confirmed: by a contract, else by an index."""
    for contract in sorted(side.contracts):
        if same := [s.label for s in others if contract in s.contracts]:
            return Finding(CONFIRMED, CONTRACT, _cut(f"contract {short(contract[1])} on {contract[0]}, as on {listed(same)}"))
    labels = {s.key: s.label for s in others}
    named = sorted((link.index, labels[end]) for link in ties if (end := _other_end(link, side.key)) in labels)
    if not named:
        return None
    return Finding(CONFIRMED, INDEX, _cut(f"{named[0][0]} counts it as one coin with {listed(label for _, label in named)}"))


def _other_end(link: Link, key: int) -> int | None:
    return link.other if link.one == key else link.one if link.other == key else None


def _told(side: Side, others: Sequence[Side]) -> Finding:
    """What prices and names say where nothing proves it."""
    if side.prices == CONFLICTED:
        return Finding(CONFLICTED, PRICE, "its price is less than half or more than double that of the other exchanges")
    if same := [s.label for s in others if _same_name(side, s)]:
        return Finding(PROBABLE, NAME, _cut(f"its full name is {side.name}, as on {listed(same)}"))
    if side.prices == PROBABLE:
        return Finding(PROBABLE, PRICE, "its price agrees with the other exchanges over ten minutes")
    if side.units != 1:
        return Finding(UNKNOWN, NONE, _cut(f"its price is {side.units:f} times that of {side.ticker} on the other exchanges"))
    return Finding(UNKNOWN, NONE, "nothing but the ticker says so" if others else "no other exchange is known to list it")


def _same_name(side: Side, other: Side) -> bool:
    """Equal full names. A name that is only the ticker again says nothing new, nor does that of a code whose price is another coin's."""
    name = fold(side.name)
    return bool(name) and name != fold(side.ticker) and name == fold(other.name) and other.prices != CONFLICTED


# --- What holds codes together, and what keeps them apart -------------------------------------------------------------
def _bodies(sides: Sequence[Side], ties: Sequence[Link]) -> list[Body]:
    """Sides held together by contracts they share and by links, directly or through others."""
    found: list[tuple[set[object], Body]] = []
    for side in sides:
        marks: set[object] = {*side.contracts, *(n for n, link in enumerate(ties) if side.key in (link.one, link.other))}
        joined = [body for body in found if not body[0].isdisjoint(marks)]
        found = [body for body in found if body[0].isdisjoint(marks)]
        found.append((marks.union(*(m for m, _ in joined)), (*(s for _, body in joined for s in body), side)))
    return [body for _, body in found]


def _main(bodies: Sequence[Body]) -> Body:
    """The body that is the coin: the strongest one; none where two are equally strong, since either may be another coin."""
    proven = sorted((body for body in bodies if len(_exchanges(body)) > 1), key=_strength, reverse=True)
    if not proven or (len(proven) > 1 and _strength(proven[0]) == _strength(proven[1])):
        return ()
    return proven[0]


def _beaten(known: Mapping[int, Side], ties: Sequence[Link]) -> dict[int, Side]:
    """{key: a side that has another contract on the same network and the better claim to the coin}.

    Codes that share any contract are one coin, however many others they have (bridged, moved). Of those that share none
    and differ on one network the weaker is the odd one; where neither is weaker both are.
    """
    groups = _bodies([s for s in known.values() if s.contracts], ())
    strengths = [_strength(group, _supporters(group, known, ties)) for group in groups]
    out: dict[int, Side] = {}
    for n in sorted(range(len(groups)), key=lambda n: strengths[n], reverse=True):
        rivals = [r for r in range(len(groups)) if r != n and strengths[r] >= strengths[n] and _clash(groups[n], groups[r])]
        won = next((r for r in rivals if strengths[r] == strengths[n] or groups[r][0].key not in out), None)
        out |= {} if won is None else {side.key: _rival(side, groups[won]) for side in groups[n]}
    return out


def _supporters(group: Body, known: Mapping[int, Side], ties: Sequence[Link]) -> list[Side]:
    """Codes without a contract that an index counts as one coin with a member."""
    members = {side.key for side in group}
    ends = [end for link in ties for key in members if (end := _other_end(link, key)) is not None]
    return [known[end] for end in ends if not known[end].contracts]


def _strength(body: Body, supporters: Sequence[Side] = ()) -> tuple[int, int, int]:
    """An operator's word for or against it, then the exchanges whose price does not speak against it, then all its exchanges."""
    words = {side.operator for side in body}
    operator = (CONFIRMED in words) - (CONFLICTED in words)
    everybody = (*body, *supporters)
    return operator, len(_exchanges(s for s in everybody if s.prices != CONFLICTED)), len(_exchanges(everybody))


def _exchanges(sides: Iterable[Side]) -> set[str]:
    return {side.exchange for side in sides}


def _clash(one: Body, other: Body) -> bool:
    """Whether two bodies that share no contract have one each on the same network. Bridges of one chain's own coin prove nothing."""
    if {side.home for side in one if side.home} & {side.home for side in other}:
        return False
    return not {chain for side in one for chain, _ in side.contracts}.isdisjoint(chain for side in other for chain, _ in side.contracts)


def _rival(side: Side, body: Body) -> Side:
    """Who of the stronger body has another contract on a network of this side; else anyone of it."""
    chains = {chain for chain, _ in side.contracts}
    return next((s for s in body if any(chain in chains for chain, _ in s.contracts)), body[0])


def _odd_one(side: Side, rival: Side) -> str:
    theirs = dict(rival.contracts)
    for chain, address in sorted(side.contracts):
        if chain in theirs:
            return _cut(f"contract {short(address)} on {chain}, where {rival.label} has {short(theirs[chain])}")
    return _cut(f"has the contract of a coin that is not the one of {rival.label}")


# --- Words ----------------------------------------------------------------------------------------------------------
def fold(name: str) -> str:
    """A full name as names are compared: letters and digits only, without case."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def short(address: str) -> str:
    """An address short enough for a sentence: its first eight and last four characters."""
    return address if len(address) <= SHOWN else f"{address[:8]}…{address[-4:]}"


def listed(labels: Iterable[str]) -> str:
    """A, B and C: each once, in alphabetical order."""
    names = sorted(set(labels))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"
