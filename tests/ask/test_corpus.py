"""The labelled questions are read as well as the issue asks for, and none of the develop part is lost. Only totals are shown of the part that nobody
develops on.
"""

from markets.reads.vocabulary import built_in
from tests.ask.scoring import SLOTS, right, rows, score

LEAST = {"intent": 0.95, "assets": 0.98, "exchanges": 0.98, "exclude": 0.98, "quote": 0.98, "side": 0.97, "amount": 0.98, "whole": 0.90}
# Of the develop part these are read otherwise than labelled. Who reads one more takes it out; who loses one finds another way.
MISREAD = """
announced but not yet trading on kucoin
Book the trade: purchase 10 BTC at market on KuCoin immediately
if i yolo 5k dollars into bonk how cooked is my fill
what's poppin on kucoin that the binance normies don't have yet
fr eth 8h all
exec mkt sell 3 eth bybit now
shut kucoin down, disable it right now
wetin you fit do for me
What in heaven's name is a perpetual?
catalogue(gate) - catalogue(kucoin): what's gaining there?
bitget yes, binance no: popular coins
put solana and avalanche next to each other for me
compare what I'd pay for 2k usdt of XRP on each exchange
is it worth buying 500 LINK on kucoin n flipping it on gate
coins you find on KuCoin but not, for some reason, on Bybit
funding rate on dydx for btc
wtf is slippage
eli5 funding rates
what do the grades A B C mean
Are there any loops that end with more USDT than I started with?
i'm a whale, where can i unload 3,000 eth
I don't get it, what is funding and who pays it?
what model are you running on
sol eth
maker price
"""


def test_the_scored_part_is_read_well_enough():
    found = score("score", built_in())
    assert {slot: share for slot, share in found.items() if share < LEAST[slot]} == {}


def test_of_the_develop_part_only_these_are_misread():
    words = built_in()
    assert [row["q"] for row in rows("develop") if len(right(row, words)) < len(SLOTS)] == MISREAD.strip().splitlines()
