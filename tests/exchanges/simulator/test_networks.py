"""Coins, their networks and addresses; lead traders and the signature of those who ask for them."""

from collections import Counter, defaultdict

import pytest

from exchanges import chains
from exchanges.chains import address
from exchanges.simulator import copying
from exchanges.simulator.networks import NATIVE, TOKEN_CHAINS, currencies
from exchanges.simulator.prices import Prices
from exchanges.simulator.writers import Scene

from .conftest import EXCHANGES

NOON = 1_795_000_000.0


@pytest.fixture(scope="module")
def market():
    return Prices(1)


def test_a_coin_has_one_address_on_a_chain_wherever_it_is_listed(market):
    places = defaultdict(set)
    for slug in EXCHANGES:
        for currency in currencies(market, slug, NOON):
            for network in currency.networks:
                places[currency.asset.key, network.chain].add(network.address)
    assert all(len(addresses) == 1 for addresses in places.values())
    told = [next(iter(addresses)) for addresses in places.values()]
    assert Counter(text for text in told if text).most_common(1)[0][1] == 1, "two coins share an address"
    assert len(told) > 2_000


def test_the_two_coins_called_nova_have_different_addresses(market):
    nova = {slug: next(c for c in currencies(market, slug, NOON) if c.code == "NOVA") for slug in ("kucoin", "gateio")}
    addresses = {slug: {n.chain: n.address for n in c.networks} for slug, c in nova.items()}
    assert addresses["kucoin"]["ethereum"] != addresses["gateio"]["ethereum"]
    assert nova["kucoin"].name != nova["gateio"].name


@pytest.mark.parametrize("slug", EXCHANGES)
def test_every_coin_has_a_network_a_fee_and_a_written_address(market, slug):
    found = currencies(market, slug, NOON)
    assert len({c.code for c in found}) == len(found) > 300
    for currency in found:
        assert currency.networks
        assert len({n.chain for n in currency.networks}) == len(currency.networks)
        for network in currency.networks:
            assert (address(network.address) is None) == (network.address == "")
            assert 0 < network.fee < network.minimum
    bitcoin = next(c for c in found if c.code == "BTC")
    assert (bitcoin.networks[0].chain, bitcoin.networks[0].address) == ("bitcoin", "")
    assert any(not n.deposit for c in found for n in c.networks), "some are always closed"


def test_chains_are_of_the_projects_vocabulary():
    assert {name for name, _ in TOKEN_CHAINS} | set(NATIVE.values()) <= set(chains._WORDS)


def test_lead_traders_are_ranked_and_their_numbers_fit():
    found = copying.traders("bitget", NOON)
    assert len(found) == len({t.trader_id for t in found}) == copying.TRADERS
    assert [t.roi_pct for t in found] == sorted((t.roi_pct for t in found), reverse=True)
    for t in found:
        assert t.followers <= t.max_followers
        assert t.followers <= t.followers_ever
        assert t.win_rate_pct == pytest.approx(100 * t.wins / t.trades, abs=0.01)
        assert t.last_trade_at < NOON
        assert len(t.daily_roi_pct) == 30
    assert any(t.symbols for t in found)
    assert copying.traders("bitget", NOON) == found
    assert copying.traders("bitget", NOON + 3_600) != found


TARGET = "/api/v2/copy/mix-broker/query-traders?pageNo=1&pageSize=20"


def asked(**changes):
    stamp = str(int(NOON * 1_000))
    headers = {
        "access-key": copying.KEY, "access-passphrase": copying.PASSPHRASE, "access-timestamp": stamp,
        "access-sign": copying.signature(copying.SECRET, stamp, "GET", TARGET),
    } | changes  # fmt: skip
    return Scene("bitget", Prices(1), NOON, NOON, target=TARGET, headers=headers)


def test_a_right_signature_passes_and_each_wrong_part_is_named():
    assert copying.signed(asked()) == ""
    assert copying.signed(asked(**{"access-key": "another"})) == "key"
    assert copying.signed(Scene("bitget", Prices(1), NOON, NOON, target=TARGET)) == "key"
    assert copying.signed(asked(**{"access-passphrase": "no"})) == "passphrase"
    assert copying.signed(asked(**{"access-sign": "AAAA"})) == "sign"
    assert copying.signed(asked(**{"access-key": copying.FORBIDDEN_KEY})) == "permission"
    late = str(int(NOON * 1_000) - 60_000)
    assert copying.signed(asked(**{"access-timestamp": late, "access-sign": copying.signature(copying.SECRET, late, "GET", TARGET)})) == "time"


def test_the_signature_is_the_documented_one():
    signed = copying.signature("testsecret", "1700000000000", "get", TARGET)
    assert signed == "e7XQK2FyrRUVGZWKrILICorXwxroeECDtHpYZSLJqH0="
