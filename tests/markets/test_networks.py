"""Networks of coins: what opened and closed while Pebble looked, and names and addresses as evidence."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.rows import Currency
from markets.models import Asset, ExchangeAsset, Network, NetworkChange
from tests.markets.build import NOW, catalogue, contract, contracts, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
LATER = NOW + timedelta(hours=1)


def coin(deposit=True, withdraw=True, code="LINK", network="ERC20", **more):
    return Currency(code, network=network, chain="ethereum", deposit_open=deposit, withdraw_open=withdraw, **more)


def changes():
    return list(NetworkChange.objects.order_by("id").values_list("network__network", "what", "opened", "at"))


def test_a_network_is_stored_with_its_address_fee_and_minimum():
    catalogue("kucoin", "LINK/USDT")
    rows("kucoin", "currencies", coin(contract_address="0xabc", withdraw_fee=Decimal("0.5"), withdraw_min=Decimal(1)), coin(code="NOTTRADED"))
    stored = Network.objects.get()
    assert (stored.asset.code, stored.chain, stored.contract_address) == ("LINK", "ethereum", "0xabc")
    assert (stored.withdraw_fee, stored.withdraw_min, stored.changed_at) == (Decimal("0.5"), 1, None)


def test_what_closes_and_opens_again_is_remembered():
    catalogue("kucoin", "LINK/USDT")
    for n, (deposit, withdraw) in enumerate([(True, True), (False, True), (False, True), (True, False)]):
        rows("kucoin", "currencies", coin(deposit, withdraw), now=NOW + n * timedelta(hours=1))
    assert changes() == [
        ("ERC20", "deposit", False, LATER), ("ERC20", "deposit", True, NOW + timedelta(hours=3)), ("ERC20", "withdraw", False, NOW + timedelta(hours=3)),
    ]
    stored = Network.objects.get()
    assert (stored.deposit_open, stored.withdraw_open, stored.changed_at) == (True, False, NOW + timedelta(hours=3))


def test_first_sight_and_learning_a_state_are_no_changes():
    catalogue("kucoin", "LINK/USDT")
    for n, states in enumerate([(None, False), (True, None), (None, False)]):
        rows("kucoin", "currencies", coin(*states), now=NOW + n * timedelta(hours=1))
    assert changes() == [] and Network.objects.get().changed_at is None


def test_a_network_that_is_no_longer_listed_grows_old():
    catalogue("kucoin", "LINK/USDT")
    rows("kucoin", "currencies", coin(), coin(network="BEP20"))
    rows("kucoin", "currencies", coin(), now=LATER)
    assert dict(Network.objects.values_list("network", "seen_at")) == {"ERC20": LATER, "BEP20": NOW}
    assert changes() == []


def test_a_name_is_filled_in_and_never_overwritten():
    catalogue("kucoin", "LINK/USDT", "ABC/USDT")
    ExchangeAsset.objects.filter(code="ABC").update(name="Alphabet Coin")
    rows("kucoin", "currencies", coin(name="Chainlink"), coin(network="BEP20"), coin(code="ABC", name="Another"))
    assert dict(ExchangeAsset.objects.exclude(code="USDT").values_list("code", "name")) == {"LINK": "Chainlink", "ABC": "Alphabet Coin"}


@pytest.mark.parametrize(("addresses", "state"), [(("0x1", "0x2"), "conflicted"), (("0x1", "0x1"), "confirmed")])
def test_two_exchanges_addresses_tell_whether_it_is_one_coin(addresses, state):
    for slug, address in zip(("kucoin", "gateio"), addresses, strict=True):
        catalogue(slug, "NEWCOIN/USDT")
        rows(slug, "currencies", coin(code="NEWCOIN", contract_address=address))
    assert Asset.objects.filter(ticker="NEWCOIN").count() == 1, "nothing is moved by itself"
    assert set(ExchangeAsset.objects.filter(code="NEWCOIN").values_list("state", "basis")) == {(state, "contract")}


def test_of_a_coin_and_a_share_of_the_same_letters_the_coin_has_the_networks():
    catalogue("bitget", "APT/USDT")
    contracts("bitget", contract("APT/USDT", tokenised=True))
    rows("bitget", "currencies", coin(code="APT"))
    assert Network.objects.get().asset.family == "coin"
