"""The way out of an exchange that costs least, and what is said where there is none."""

from datetime import timedelta
from decimal import Decimal

from markets.analysis import wallets
from markets.analysis.wallets import Wallet
from tests.markets.analysis.boards import NOW


def wallet(network="ERC20", fee="0.5", **more):
    given = {"exchange": "ada", "coin": "LINK", "code": "LINK", "network": network, "withdraw_open": True, "seen_at": NOW}
    return Wallet(**(given | {"withdraw_fee": None if fee is None else Decimal(fee)} | more))


def way(*found, network="", now=NOW):
    said = wallets.way_out(found, network, now)
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
    assert wallets.state(wallet(), NOW + timedelta(hours=3)) == "fresh"
    assert wallet(chain="ethereum").name == "ethereum" and wallet().name == "ERC20"
