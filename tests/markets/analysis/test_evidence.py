"""All evidence about the codes of one coin, weighed: order of precedence, who is the odd one, and in which words."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from markets.analysis.evidence import Finding, Link, Side, fold, listed, short, weigh
from tests.markets.analysis.boards import D

ETH, BSC = "ethereum", "bsc"
A, B, C = "0x12ab34cd56ef7890aa", "0x34cd", "0x56ef"
NOTHING = Finding("unknown", "", "nothing but the ticker says so")


def side(key, exchange=None, **more):
    exchange = exchange or "abcdefgh"[key]
    return Side(key=key, exchange=exchange, label=exchange.upper(), **({"ticker": "NOVA"} | more))


def on(key, *contracts, **more):
    return side(key, contracts=contracts, **more)


def states(*sides, links=()):
    found = weigh(sides, links)
    return [(found[s.key].state, found[s.key].basis) for s in sides]


def test_nothing_but_a_ticker_is_unknown():
    assert weigh([side(0), side(1)]) == {0: NOTHING, 1: NOTHING}
    assert weigh([side(0)]) == {0: Finding("unknown", "", "no other exchange is known to list it")}
    assert weigh([side(0, "a"), side(1, "a")])[0].sentence == "no other exchange is known to list it", "two codes of one exchange are no two exchanges"
    assert weigh([]) == {}


def test_the_same_contract_on_the_same_network_confirms_and_says_where():
    found = weigh([on(0, (ETH, A)), on(1, (ETH, A)), on(2, (ETH, A)), side(3)])
    assert found[0] == Finding("confirmed", "contract", "contract 0x12ab34…90aa on ethereum, as on B and C")
    assert found[3] == NOTHING


def test_the_same_contract_on_another_network_or_twice_on_one_exchange_confirms_nothing():
    assert states(on(0, (ETH, B)), on(1, (BSC, B))) == [("unknown", "")] * 2
    assert states(on(0, (ETH, B), exchange="a"), on(1, (ETH, B), exchange="a")) == [("unknown", "")] * 2


def test_of_three_the_one_with_another_contract_is_the_odd_one():
    found = weigh([on(0, (ETH, B)), on(1, (ETH, B)), on(2, (ETH, C))])
    assert [f.state for f in found.values()] == ["confirmed", "confirmed", "conflicted"]
    assert found[2] == Finding("conflicted", "contract", "contract 0x56ef on ethereum, where A has 0x34cd")


def test_where_neither_has_more_exchanges_both_are_apart_until_prices_speak_against_one():
    assert states(on(0, (ETH, B)), on(1, (ETH, C)), side(2)) == [("conflicted", "contract")] * 2 + [("unknown", "")]
    assert states(on(0, (ETH, B)), on(1, (ETH, C), prices="conflicted"), side(2)) == [("unknown", ""), ("conflicted", "contract"), ("unknown", "")]
    assert states(on(0, (ETH, B), prices="probable"), on(1, (ETH, C), prices="probable")) == [("conflicted", "contract")] * 2, "a price does not heal it"


def test_two_against_one_are_the_odd_ones_when_prices_speak_against_both():
    sides = [on(0, (ETH, B)), on(1, (ETH, C), prices="conflicted"), on(2, (ETH, C), prices="conflicted"), side(3)]
    assert states(*sides) == [("unknown", ""), ("conflicted", "contract"), ("conflicted", "contract"), ("unknown", "")]


def test_a_price_gone_wrong_on_one_of_two_does_not_hand_the_coin_to_the_odd_one():
    assert states(on(0, (ETH, B), prices="conflicted"), on(1, (ETH, B)), on(2, (ETH, C)))[:2] == [("confirmed", "contract")] * 2


def test_codes_that_share_any_contract_are_one_coin_whatever_else_they_have():
    bridged = [on(0, (ETH, A), (BSC, B)), on(1, (ETH, A), (BSC, C)), on(2, (BSC, C))]
    assert states(*bridged) == [("confirmed", "contract")] * 3
    assert states(on(0, (ETH, A), (BSC, B)), on(1, (BSC, C))) == [("conflicted", "contract")] * 2


def test_bridges_of_a_chains_own_coin_prove_nothing_against_it():
    assert states(on(0, (BSC, B), home="bitcoin"), on(1, (BSC, C), home="bitcoin")) == [("unknown", "")] * 2
    assert states(on(0, (BSC, B), home="bitcoin"), on(1, (BSC, C), home="litecoin")) == [("conflicted", "contract")] * 2
    assert states(side(0, home="bitcoin"), side(1, home="bitcoin")) == [("unknown", "")] * 2, "no address, no proof"
    assert states(on(0, (BSC, B), home="bitcoin"), on(1, (BSC, C))) == [("conflicted", "contract")] * 2


def test_contracts_on_different_networks_say_nothing_against_each_other():
    assert states(on(0, (ETH, B)), on(1, (BSC, C))) == [("unknown", "")] * 2


def test_an_index_confirms_both_the_market_it_names_and_its_own_code():
    found = weigh([side(0), side(1), side(2)], [Link(0, 1, "the index of NOVAUSDT on A")])
    assert found[0] == Finding("confirmed", "index", "the index of NOVAUSDT on A counts it as one coin with B")
    assert found[1] == Finding("confirmed", "index", "the index of NOVAUSDT on A counts it as one coin with A")
    assert found[2] == NOTHING


def test_of_its_own_market_and_of_strangers_an_index_proves_nothing():
    assert states(side(0, "a"), side(1, "a"), side(2), links=[Link(0, 1, "i"), Link(0, 9, "i"), Link(9, 2, "i")]) == [("unknown", "")] * 3


def test_another_contract_outweighs_an_index_and_a_contract_is_named_before_an_index():
    links = [Link(0, 2, "i"), Link(0, 1, "i")]
    assert states(on(0, (ETH, B)), on(1, (ETH, B)), on(2, (ETH, C)), links=links) == [("confirmed", "contract")] * 2 + [("conflicted", "contract")]


def test_an_index_speaks_for_the_contract_it_goes_with():
    assert states(on(0, (ETH, B)), side(1), on(2, (ETH, C)), links=[Link(1, 0, "i")]) == [("confirmed", "index")] * 2 + [("conflicted", "contract")]


def test_a_proof_among_the_odd_ones_does_not_make_them_the_coin():
    sides = [side(0), side(1), side(2), side(3, prices="conflicted"), side(4)]
    links = [Link(0, 1, "i"), Link(1, 2, "i"), Link(3, 4, "j")]
    assert states(*sides, links=links) == [("confirmed", "index")] * 3 + [("conflicted", "price"), ("unknown", "")]


def test_of_two_equal_proofs_neither_makes_the_coin():
    assert states(*map(side, range(4)), links=[Link(0, 1, "i"), Link(2, 3, "j")]) == [("unknown", "")] * 4
    one_doubtful = [side(0), side(1), side(2), side(3, prices="conflicted")]
    assert states(*one_doubtful, links=[Link(0, 1, "i"), Link(2, 3, "j")])[:2] == [("confirmed", "index")] * 2


def test_a_contract_outweighs_prices_and_an_index_outweighs_prices():
    assert states(on(0, (ETH, B), prices="conflicted"), on(1, (ETH, B)))[0] == ("confirmed", "contract")
    assert states(side(0, prices="conflicted"), side(1), links=[Link(0, 1, "i")])[0] == ("confirmed", "index")


def test_prices_that_disagree_outweigh_a_name():
    found = weigh([side(0, name="Nova Network", prices="conflicted"), side(1, name="Nova Network"), side(2, name="NOVA network!")])
    assert found[0] == Finding("conflicted", "price", "its price is less than half or more than double that of the other exchanges")
    assert found[1] == Finding("probable", "name", "its full name is Nova Network, as on C"), "not as on the one whose price is another coin's"


def test_a_name_is_named_before_prices_that_agree():
    assert states(side(0, name="Nova Network", prices="probable"), side(1, name="nova-network")) == [("probable", "name")] * 2
    found = weigh([side(0, prices="probable"), side(1)])
    assert found[0] == Finding("probable", "price", "its price agrees with the other exchanges over ten minutes")


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Nova Network", "NOVA  network", True), ("Nova-Network", "nova.network", True), ("Nova Network", "Supernova Games", False), ("Nova Network", "", False),
    ("", "", False), ("NOVA", "Nova", False), ("---", "---", False), ("Ｎova Network", "Nova Network", True),
])
def test_full_names_are_equal_without_case_space_and_punctuation_and_say_more_than_the_ticker(one, other, same):
    assert states(side(0, name=one), side(1, name=other)) == [("probable", "name") if same else ("unknown", "")] * 2


def test_a_bundle_says_what_told_its_units():
    found = weigh([side(0, units=D(1000), ticker="SATS"), side(1)])
    assert found[0] == Finding("unknown", "", "its price is 1000 times that of SATS on the other exchanges")


def test_an_operator_always_wins_and_others_see_it():
    assert states(on(0, (ETH, C), operator="confirmed", said="decided by root"), on(1, (ETH, B)), on(2, (ETH, B))) == [
        ("confirmed", "operator"), ("conflicted", "contract"), ("conflicted", "contract"),
    ]
    assert weigh([side(0, operator="confirmed", said="decided by root", prices="conflicted"), side(1)])[0].sentence == "decided by root"
    kept = on(0, (ETH, C), operator="conflicted", said="kept apart by root")
    assert states(kept, on(1, (ETH, B))) == [("conflicted", "operator"), ("unknown", "")]
    assert states(kept, on(1, (ETH, C)), on(2, (ETH, B))) == [("conflicted", "operator"), ("conflicted", "contract"), ("unknown", "")]
    assert states(kept, on(1, (ETH, C))) == [("conflicted", "operator"), ("unknown", "")], "what is kept apart proves nothing for others"
    assert states(replace(kept, contracts=()), side(1), links=[Link(0, 1, "i")])[1] == ("unknown", "")


def test_a_rival_on_another_network_still_says_whose_coin_it_is_not():
    found = weigh([on(0, (ETH, A), (BSC, B)), on(1, (ETH, A)), on(2, (BSC, C), (ETH, B)), on(3, (ETH, B))])
    assert {f.state for f in found.values()} == {"conflicted"}
    strong = weigh([on(0, (ETH, A)), on(1, (ETH, A)), on(2, (ETH, A)), on(3, (BSC, C)), on(4, (BSC, C), (ETH, B))])
    assert strong[3] == Finding("conflicted", "contract", "has the contract of a coin that is not the one of A")


@pytest.mark.parametrize("keys", list(permutations(range(3))))
def test_who_is_beaten_beats_nobody(keys):
    middle, weak, strong = keys
    sides = [on(middle * 3, (ETH, B), (BSC, B), exchange="a"), on(middle * 3 + 1, (ETH, B), exchange="b"), on(weak * 3, (BSC, C), exchange="c")]
    sides += [on(strong * 3 + n, (ETH, A), exchange="def"[n]) for n in range(3)]
    assert states(*sides) == [("conflicted", "contract")] * 2 + [("unknown", "")] + [("confirmed", "contract")] * 3


def test_the_rival_is_who_has_the_other_contract_on_that_network():
    found = weigh([on(0, (BSC, B)), on(1, (BSC, B), (ETH, A)), on(2, (ETH, C))])
    assert found[2].sentence == "contract 0x56ef on ethereum, where B has 0x12ab34…90aa"


def test_a_coin_is_held_together_by_two_exchanges_whatever_is_decided_of_a_third():
    assert states(side(0, operator="confirmed"), side(1), side(2), links=[Link(1, 2, "i")]) == [("confirmed", "operator")] + [("confirmed", "index")] * 2


def test_a_sentence_that_just_fits_is_not_cut():
    name = "x" * (200 - len("its full name is , as on B"))
    assert weigh([side(0, name=name), side(1, name=name)])[0].sentence == f"its full name is {name}, as on B"


def test_words():
    assert (short("0x1234567890a"), short("0x1234567890ab")) == ("0x1234567890a", "0x123456…90ab")
    assert (listed(["b"]), listed(["b", "a"]), listed(["c", "a", "b", "a"])) == ("b", "a and b", "a, b and c")
    assert fold(" Ａb-C_1 ") == "abc1"
    long = weigh([side(0, name="x" * 200), side(1, name="X" * 200)])[0].sentence
    assert len(long) == 200 and long.endswith("…")
    assert len(weigh([side(0, name="x" * 150), side(1, name="X" * 150)])[0].sentence) < 200


CONTRACTS = st.sampled_from([(chain, address) for chain in (ETH, BSC) for address in (B, C)])
SIDES = st.lists(
    st.builds(
        Side, key=st.just(0), exchange=st.sampled_from("abcde"), label=st.just("L"), ticker=st.just("NOVA"),
        name=st.sampled_from(["", "Nova Network", "Other"]),
        contracts=st.lists(CONTRACTS, max_size=2, unique_by=lambda c: c[0]).map(tuple), home=st.sampled_from(["", "", "nova"]),
        prices=st.sampled_from(["unknown", "probable", "conflicted"]), operator=st.sampled_from(["", "", "", "confirmed", "conflicted"]),
    ),
    min_size=1, max_size=5,
).map(lambda found: [replace(s, key=n, label=s.exchange.upper()) for n, s in enumerate(found)])
LINKS = st.lists(st.builds(Link, st.integers(0, 4), st.integers(0, 4), st.just("i")), max_size=3)


@given(SIDES, LINKS)
@settings(max_examples=100)
def test_the_order_of_venues_changes_nothing(sides, links):
    told = weigh(sides, links)
    for order in list(permutations(sides))[:12]:
        assert {key: (f.state, f.basis) for key, f in weigh(order, links[::-1]).items()} == {key: (f.state, f.basis) for key, f in told.items()}


@given(SIDES, LINKS)
@settings(max_examples=100)
def test_codes_that_are_not_apart_never_have_different_contracts_only(sides, links):
    """Whatever prices, names and indices say: two undecided codes that may be compared share a contract through others, or differ on no network."""
    found = weigh(sides, links)
    together = [s for s in sides if found[s.key].state != "conflicted" and not s.operator]
    for one in together:
        for other in together:
            differ = {c for c, _ in one.contracts} & {c for c, _ in other.contracts} and not set(one.contracts) & set(other.contracts)
            if differ and not (one.home and one.home == other.home):
                assert _bridged(one, other, sides)


def _bridged(one, other, sides):
    reached, grew = {one.key}, True
    while grew:
        known = {c for s in sides if s.key in reached for c in s.contracts}
        new = {s.key for s in sides if known & set(s.contracts)} - reached
        reached, grew = reached | new, bool(new)
    homes = {s.home for s in sides if s.key in reached and s.home}
    return other.key in reached or any(s.home in homes for s in sides if s.home)


@given(SIDES, LINKS)
@settings(max_examples=100)
def test_every_finding_is_said_in_words_and_of_a_known_kind(sides, links):
    for f in weigh(sides, links).values():
        assert f.state in ("confirmed", "probable", "conflicted", "unknown") and len(f.sentence) <= 200
        assert f.sentence or f.basis == "operator"
