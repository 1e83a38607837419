"""Networks as reads hand them out: per coin, in coins, with their age; and the way out that costs least."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Feed
from exchanges.rows import Currency
from markets import held
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
