"""Deposits and withdrawals in words: by network on one exchange, by exchange over several."""

from markets.ask.answer import Left
from markets.ask.answers.wallets import Door, Wallets
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]


def door(exchange=A, network="ethereum", fee="0.5", age=60.0, **ways):
    fees = None if fee is None else D(fee)
    ways = {"deposit_open": ways.get("into", True), "withdraw_open": ways.get("out", True)}
    return Door(exchange=exchange, network=network, withdraw_fee=fees, observed_at=NOW, age_s=age, state="fresh", **ways)


def told(*doors, topic="", coin=POL, missing=(), q="?"):
    return one(Frame(q, intent="status", topic=topic, assets=(coin.typed,)), route("status"), Wallets(coin=coin, doors=doors, missing=missing))


def test_one_exchange_by_network():
    answer = told(door(), door(network="base", out=False, fee=None))
    assert answer.title == "POL - deposits and withdrawals"
    assert answer.sentence == f"{A.title()}: POL deposits are open on all 2 networks and withdrawals are open on 1 of 2 networks."
    assert cells(answer, "network") == ["ethereum", "base"] and cells(answer, "withdrawals") == ["open", "closed"]
    assert cells(answer, "withdraw_fee") == ["0.5 POL", "–"] and (answer.page, answer.api) == ("/assets/pol/", "/api/v1/assets/pol/")


def test_only_what_is_asked_for_is_said():
    assert told(door(out=False), topic="deposits").sentence == f"{A.title()}: POL deposits are open on its one network."
    assert told(door(out=False), topic="withdrawals").sentence == f"{A.title()}: POL withdrawals are closed on its one network."
    both = f"{A.title()}: POL deposits are open on its one network and withdrawals are open on its one network."
    assert told(door(), topic="wallets").sentence == both and told(door(), topic="networks").sentence == both


def test_the_lowest_fee_leads_where_a_fee_is_asked_for():
    doors = door(fee="2"), door(network="base", fee="0.5"), door(network="bnb", out=False, fee="0.1")
    rest = f"{A.title()}: POL withdrawals are open on 2 of 3 networks."
    asked = told(*doors, topic="withdrawals", q="withdrawal FEE for pol").sentence
    assert asked == f"The lowest fee to withdraw POL is 0.5 POL, on {A.title()} by base. {rest}"
    assert told(*doors, topic="withdrawals", q="coffee for pol").sentence == rest
    several = told(*doors, door(B, fee="0.4"), q="what does it cost to withdraw").sentence
    assert several.startswith(f"The lowest fee to withdraw POL is 0.4 POL, on {B.title()} by ethereum. POL: ")
    assert told(door(fee=None), q="fee").sentence.startswith(f"No fee of an open way to withdraw POL is told. {A.title()}: ")


def test_what_is_not_told_is_not_called_open_or_closed():
    assert told(door(into=None), topic="deposits").sentence == f"{A.title()}: POL deposits are open on no network that says so."
    assert told(door(into=None), door(network="base", into=False), topic="deposits").sentence.endswith("open on no network that says so.")
    assert cells(told(door(into=None)), "deposits") == ["–"]


def test_several_exchanges_by_what_they_say():
    answer = told(door(A), door(B, out=False), door(C, into=None, out=None), coin=MATIC)
    deposits = f"deposits are open on {A.title()} and {B.title()}, not told by {C.title()}"
    withdrawals = f"withdrawals are open on {A.title()}, closed on {B.title()}, not told by {C.title()}"
    assert answer.sentence == f"MATIC (now POL): {deposits}; {withdrawals}." and cells(answer, "exchange") == [A.title(), B.title(), C.title()]


def test_a_row_of_several_networks_names_those_that_are_shut_and_the_cheapest_way_out():
    answer = told(door(fee="2"), door(network="base", fee="0.5"), door(network="bnb", into=False, out=False, fee="0.1"), door(B, fee=None, into=False))
    assert cells(answer, "deposits") == ["open, not by bnb", "closed"] and cells(answer, "withdraw_fee") == ["0.5 POL", "–"]
    unclear = told(door(), door(network="base", into=None), door(B))
    assert cells(unclear, "deposits") == ["in part", "open"]


def test_who_tells_none_is_named_with_the_reason():
    missing = (Left(B, B.title(), "not_offered", "does not offer coins and networks"),)
    answer = told(door(), missing=missing)
    assert answer.lines == (f"{B.title()}: does not offer coins and networks.",) and answer.excluded == missing and len(answer.sources) == 1
    nothing = told(missing=missing)
    assert nothing.kind == "nothing" and nothing.sentence == "No exchange that was asked tells whether POL can be deposited or withdrawn."
    assert nothing.table is None and nothing.notes == () and answer.notes


def test_the_age_of_an_exchange_is_that_of_its_oldest_network():
    answer = told(door(age=60.0), door(network="base", age=120.0))
    assert answer.max_age_s == 120.0 and cells(answer, "age_s") == ["1 m ago", "2 m ago"]
