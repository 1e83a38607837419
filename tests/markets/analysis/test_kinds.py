"""Leveraged and wrapped coins by their codes and names, and tickers that only look like another."""

import pytest

from markets.analysis.kinds import is_leveraged, is_wrapped
from markets.analysis.names import alphabets

COINS = {"BTC", "ETH", "XRP", "J", "SYR", "S", "AXL", "BONK", "AXP", "P", "PIT", "WIF", "IF", "LD", "SOL", "INU"}


@pytest.mark.parametrize("code", ["BTC3L", "BTC3S", "ETH5L", "ETH2S", "BTC10L", "ETHDOWN", "BTCUP", "XRPBULL", "XRPBEAR", "btc3l", "BTC9S"])
def test_a_code_that_reads_like_a_leveraged_token_of_a_listed_coin_is_one(code):
    assert is_leveraged(code, COINS)


@pytest.mark.parametrize("code", ["JUP", "SYRUP", "SUP", "UP", "PUP", "PITBULL", "BULL", "BTC", "3L", "DOGE3L", "BTC1L", "BTC11L", "BTCL", "BTC3X", "jup"])
def test_ordinary_coins_are_not_caught(code):
    assert not is_leveraged(code, COINS)


@pytest.mark.parametrize(("code", "name"), [
    ("WBTC", ""), ("WETH", ""), ("STETH", ""), ("WSTETH", ""), ("CBBTC", ""), ("stETH", ""), ("wAXL", ""), ("wstETH", ""), ("XYZ", "Wrapped Xyz"),
    ("XYZ", "Lido Staked Ether"), ("XYZ", "Binance-Peg Dogecoin"), ("XYZ", "mETH Restaked"), ("XYZ", "Bridged USDC"), ("WSOL", ""),
])
def test_wrapped_and_staked_coins_are_recognised(code, name):
    assert is_wrapped(code, name, COINS)


@pytest.mark.parametrize(("code", "name"), [
    ("WAXP", ""), ("WIF", "dogwifhat"), ("WLD", "Worldcoin"), ("AXL", "Axelar"), ("wDOGE", ""), ("kAXL", ""), ("WAXL", "Axelar"), ("XYZ", "Unwrapped"),
    ("WDOGE", ""), ("STBONK", ""), ("", ""),
])
def test_coins_that_begin_alike_are_not_wrapped(code, name):
    assert not is_wrapped(code, name, COINS)


@pytest.mark.parametrize(("text", "expected"), [
    ("BTC", ()), ("1INCH", ()), ("币安人生", ()), ("В\u0422С", ("Cyrillic",)), ("B\u0422C", ("Latin", "Cyrillic")), ("Α1", ("Greek",)), ("币B", ()), ("", ()),
    ("B\U00017000", ()), ("B1-\u0391", ("Latin", "Greek")), ("\u0531\u13a0", ("Armenian", "Cherokee")),
])
def test_letters_that_look_like_others_are_told(text, expected):
    assert alphabets(text) == expected
