"""Networks as reads hand them out: per coin, in coins, with their age; and the way out that costs least."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Feed
from exchanges.rows import Currency
from markets import held
from markets.analysis import wallets as pure
from markets.analysis.wallets import Wallet
from markets.models import ExchangeAsset
from markets.reads import wallets
from tests.markets.build import NOW, catalogue, exchange, rows


def network(code="LINK", network="ERC20", chain="ethereum", **more):
    return Currency(code, network=network, chain=chain, deposit_open=True, withdraw_open=True, **more)


@pytest.mark.usefixtures("stored")
def test_networks_are_told_per_coin_and_in_coins():
    catalogue("kucoin", "LINK/USDT", "1000CAT/USDT")
    ExchangeAsset.objects.filter(code="1000CAT").update(multiplier=1000)
    rows("kucoin", "currencies", network(withdraw_fee=Decimal("0.5"), withdraw_min=Decimal(2)), network("1000CAT", withdraw_fee=Decimal(3)))
    found = wallets.of("LINK")["kucoin"]
    assert [(w.chain, w.withdraw_fee, w.withdraw_min, w.seen_at, w.deposit_open) for w in found] == [("ethereum", Decimal("0.5"), 2, NOW, True)]
    code = ExchangeAsset.objects.get(code="1000CAT")
    assert wallets.everything()["kucoin"][code.asset.slug.upper()][0].withdraw_fee == 3000
    assert wallets.of("NOSUCH") == {}


@pytest.mark.usefixtures("stored")
def test_what_left_the_list_is_kept_and_nobody_knows_whether_it_is_open():
    catalogue("kucoin", "LINK/USDT")
    rows("kucoin", "currencies", network(), network(network="BEP20", chain="bsc"))
    rows("kucoin", "currencies", network(), now=NOW + timedelta(hours=5))
    assert [w.withdraw_open for w in wallets.of("LINK")["kucoin"]] == [True, True], "BEP20, ERC20: told five hours ago"
    rows("kucoin", "currencies", network(), now=NOW + timedelta(hours=6))
    assert [(w.network, w.withdraw_open, w.deposit_open) for w in wallets.of("LINK")["kucoin"]] == [("BEP20", None, None), ("ERC20", True, True)]
    assert wallets.chains(wallets.of("LINK")) == ("bsc", "ethereum")


@pytest.mark.usefixtures("stored")
def test_a_switch_counts_at_once():
    catalogue("kucoin", "LINK/USDT")
    rows("kucoin", "currencies", network())
    assert wallets.of("LINK")["kucoin"][0].switch == ""
    Feed.objects.filter(exchange=exchange("kucoin"), source="currencies").update(enabled=False)
    held.forget()
    assert wallets.of("LINK")["kucoin"][0].switch == "disabled"


# --- The way out --------------------------------------------------------------------------------------------------
def wallet(network="ERC20", fee="0.5", **more):
    given = {"exchange": "ada", "coin": "LINK", "code": "LINK", "network": network, "withdraw_open": True, "seen_at": NOW}
    return Wallet(**(given | {"withdraw_fee": None if fee is None else Decimal(fee)} | more))


def way(*found, network="", now=NOW):
    said = pure.way_out(found, network, now)
    return said.wallet and said.wallet.network, said.fee, said.reason


def test_the_cheapest_open_network_is_taken_unless_one_is_named():
    three = (wallet("ERC20", "0.5", chain="ethereum"), wallet("BEP20", "0.1", chain="bsc"), wallet("TRC20", "0.01", withdraw_open=False))
    assert way(*three) == ("BEP20", Decimal("0.1"), "")
    assert way(*three, network="Ethereum") == way(*three, network="erc20") == ("ERC20", Decimal("0.5"), "")
    assert way(*three, network="TRC20") == (None, None, "withdrawals are closed")
    assert way(*three, network="nosuch") == (None, None, "it does not list the network nosuch")
    assert way(wallet("B", "1"), wallet("A", "1")) == ("A", 1, ""), "of equals the first by name, always"
    assert way(wallet(fee="0")) == ("ERC20", 0, "")


def test_what_is_not_known_is_said():
    assert way() == (None, None, "its networks are not known")
    unsure = (None, None, "whether withdrawals are open is not known")
    assert way(wallet(withdraw_open=None)) == way(wallet(withdraw_open=None), wallet(withdraw_open=False)) == unsure
    assert way(wallet(fee=None)) == ("ERC20", None, "its withdrawal fee is not known")
    assert way(wallet(fee=None), wallet("BEP20", "9")) == ("BEP20", 9, "")


def test_what_is_old_or_off_is_not_counted_with():
    old = "what is known of its networks is old"
    assert way(wallet(switch="disabled")) == (None, None, old)
    assert way(wallet(seen_at=None)) == (None, None, old)
    assert way(wallet(), now=NOW + timedelta(hours=6))[1] == Decimal("0.5")
    assert way(wallet(), now=NOW + timedelta(hours=6, seconds=1)) == (None, None, old)
    assert pure.state(wallet(), NOW + timedelta(hours=3)) == "fresh"
    assert wallet(chain="ethereum").name == "ethereum" and wallet().name == "ERC20"
