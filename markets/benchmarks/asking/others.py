"""Whether answers about gaps, exchanges and wallets are what the API says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from markets.benchmarks.asking.checking import Checked, Row
from markets.benchmarks.asking.prices import CENTS, COINS, MONEY, pair_of

SLACK_S = 3.0  # between an answer and what it is held against
WAYS = {"deposits": "deposit_open", "withdrawals": "withdraw_open"}
WORD = {True: "open", False: "closed"}


# --- Gaps ---------------------------------------------------------------------------------------------------------
def arbitrage(c: Checked) -> None:
    """Every route shown: what is left, its prices and its class; and that nothing better is left out."""
    known: dict[str, list[Row]] = {}
    for line in _lines(c):
        known.setdefault(_route(c, line), []).append(line)
    known |= {name: [*_by_name(c, name)] for name in _told(c) if name not in known}
    for said in c.rows:
        found = _same(known.get(said["route"], []), said)
        if found is None or found["class"] != said["class"]:
            c.holds(f"{said['route']} is {found and found['class']} in the API, here {said['class']}", False)
            continue
        if said["net_pct"] is not None:
            _numbers(c, said, found)
    if not c.rows and c.answer["kind"] == "answer":
        c.holds("gaps that pay are not told", not any(line["class"] in ("executable", "indicative") for lines in known.values() for line in lines))


def _same(lines: Sequence[Row], said: Row) -> Row | None:
    """Of the API's routes of one name the one that is meant: a loop over a pair and over its inverse have the same stops."""
    alike = [line for line in lines if said["net_pct"] is not None and round(Decimal(said["net_pct"]) - Decimal(line["net_pct"]), 9) == 0]
    return next(iter((*alike, *lines)), None)


def _lines(c: Checked) -> Iterator[Row]:
    """The API's gaps of the question: a list with what comes closest, or two exchanges by name."""
    m = c.meant
    if m.topic != "loops" and len(m.exchanges) == 2 and m.assets:
        pair = pair_of(c)
        for buy, sell in ((m.exchanges[0], m.exchanges[1]), (m.exchanges[1], m.exchanges[0])):
            found = c.reads.read(f"arbitrage/{pair}/", buy=buy, sell=sell)
            if "legs" in found:
                yield found
        return
    one = len(m.exchanges) == 1 and m.topic != "loops"
    kind = "triangle" if m.topic == "loops" else "cross"
    found = c.reads.read("arbitrage/", kind=kind, base=c.coin or None, exchange=None if one else c.narrowed, limit="200")
    over = {m.exchanges[0]} if one else set(c.world.exchanges)
    yield from (line for line in (*found["results"], *found["closest"]) if over & {leg["exchange"] for leg in line["legs"]})


def _told(c: Checked) -> list[str]:
    """The routes of the answer, where they may be others of the coin than those that the list ends with."""
    return [row["route"] for row in c.rows] if c.coin and c.meant.topic != "loops" else []


def _by_name(c: Checked, name: str) -> Iterator[Row]:
    """A route that the list ends before: "BTC from X to Y", or "BTC-EUR from X to Y"."""
    what, buy, sell = re.fullmatch(r"(\S+) from (.+) to (.+)", name).groups()  # type: ignore[union-attr]
    found = c.reads.read(f"arbitrage/{what if '-' in what else f'{what}-{MONEY}'}/", buy=c.slug(buy), sell=c.slug(sell))
    if "legs" in found:
        yield found


def _route(c: Checked, line: Row) -> str:
    """As the answer names it."""
    names, legs = c.world.exchanges, line["legs"]
    if line["kind"] == "triangle":
        stops = [line["quote"], *(leg["base"] if leg["side"] == "buy" else leg["quote"] for leg in legs)]
        return f"{' > '.join(stops)} on {names[legs[0]['exchange']]}"
    sold = f" for {legs[1]['quote']}" if legs[1]["quote"] != legs[0]["quote"] else ""
    what = line["base"] if line["quote"] == MONEY else f"{line['base']}-{line['quote']}"
    return f"{what} from {names[legs[0]['exchange']]} to {names[legs[1]['exchange']]}{sold}"


def _numbers(c: Checked, said: Row, found: Row) -> None:
    name, traded = said["route"], found["at_amount" if c.meant.amount else "at_most"]
    c.near(f"left on {name}", said["net_pct"], Decimal(traded["net_pct"] or found["net_pct"]))
    c.near(f"gross of {name}", said["gross_bps"], Decimal(found["gross_bps"]))
    c.same(f"bought at on {name}", said["buy"], found["legs"][0]["price"])
    c.same(f"sold at on {name}", said["sell"], found["legs"][-1 if found["kind"] == "triangle" else 1]["price"])  # a third leg changes the money
    if said["profit"] is not None:
        half = CENTS if abs(Decimal(traded["profit"])) >= 1 else COINS
        c.holds(f"profit of {name}: {said['profit']}, the API has {traded['profit']}", abs(Decimal(said["profit"]) - Decimal(traded["profit"])) <= half)
    if said["most"] is not None:
        c.near(f"most of {name}", said["most"], Decimal(found["at_most"]["cost"]))


# --- Exchanges and wallets ------------------------------------------------------------------------------------------
def status(c: Checked) -> None:
    """How each exchange is, how old its newest price, how many markets; or whether a coin can be moved."""
    if c.meant.assets:
        _wallets(c)
        return
    known = {row["name"]: row for row in c.reads.read("status/")["exchanges"]}
    for said in c.rows:
        found, name = known[said["exchange"]], said["exchange"]
        c.same(f"markets of {name}", said["markets"], found["markets"])
        healthy = said["state"].startswith("Live")
        c.holds(f"{name} is told as {said['state']}, in the API {found['state']}", healthy == (found["state"] == "healthy"))
        old, known_old = said["age_s"], found["age_s"]
        near = old is known_old if None in (old, known_old) else abs(float(old) - known_old) <= SLACK_S
        c.holds(f"newest price of {name} is {old} s old, in the API {known_old}", near)
    wanted = {c.world.exchanges[slug] for slug in c.scope}
    c.same("exchanges", sorted(row["exchange"] for row in c.rows), sorted(wanted))


def _wallets(c: Checked) -> None:
    codes = [row for row in c.reads.read(f"assets/{c.coin.lower()}/").get("codes", ()) if row["exchange"] in c.scope]
    told = {row["exchange"]: row["networks"] for row in codes if row["networks"]}
    if c.rows and "network" in c.rows[0]:
        (slug,) = {each["exchange"] for each in c.answer["sources"]}
        for row in c.rows:
            _doors(c, row, [door for door in told.get(slug, ()) if row["network"] in (door["network"], door["chain"])], row["network"])
        return
    c.same("exchanges", sorted(c.slug(row["exchange"]) for row in c.rows), sorted(told))
    for row in c.rows:
        _doors(c, row, told.get(c.slug(row["exchange"]), ()), row["exchange"])


def _doors(c: Checked, said: Row, doors: Sequence[Row], name: str) -> None:
    """Where all networks are alike the word must be theirs."""
    for way, flag in WAYS.items():
        states = {door[flag] for door in doors}
        if len(states) == 1 and said[way] in WORD.values():
            c.same(f"{way} of {name}", said[way], WORD.get(states.pop()))
