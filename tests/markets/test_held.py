"""What the board in memory is made of: spot prices, and nothing else that changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchanges.models import Exchange
from markets import held, read, store
from markets.board import PairKey
from tests.api import published as p
from tests.markets.build import catalogue, prices, ticker

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ONE, TWO = "binance", "kucoin"


@pytest.fixture
def spot(stored):
    for slug in (ONE, TWO):
        catalogue(slug, "BTC/USDT")
        prices(slug, ticker("BTC/USDT", 100, 101))
    read.forget()


def test_a_contract_of_the_same_symbol_is_no_quote_of_the_board(spot):
    before = {str(key): sorted(row) for key, row in read.board().pairs.items()}
    p.ticker(p.market(ONE, "BTC/USDT", symbol="BTCUSDT"))
    p.option(p.market(ONE, "BTC/USDT", kind="option", symbol="BTC-1-C"))
    read.forget()
    board = read.board()
    assert {str(key): sorted(row) for key, row in board.pairs.items()} == before and {key.kind for key in board.pairs} == {"spot"}
    assert read.pairs_traded() == 1


def test_what_is_not_on_the_board_leaves_it_as_it_is_but_is_noticed(spot):
    board, revision = read.board(), read.revision()
    store.touch(f"funding:{ONE}", f"derivatives:{ONE}", "books", "candles", f"networks:{ONE}", "listings", "notices", "traders")
    held.look_again()
    assert read.board() is board and read.revision() == revision
    assert held.current().numbers[f"funding:{ONE}"] == 1


@pytest.mark.parametrize("name", [f"tickers:{ONE}", f"catalogue:{ONE}", f"state:{ONE}", "switches", "assets", "outcomes"])
def test_what_is_on_the_board_makes_a_new_one(spot, name):
    revision = read.revision()
    store.touch(name)
    held.look_again()
    assert read.revision() != revision


def test_a_state_takes_the_prices_of_its_exchange_and_no_list_is_read_again(spot):
    read.board()
    Exchange.objects.filter(slug=ONE).update(state="banned")
    store.touch(f"state:{ONE}")
    held.look_again()
    with CaptureQueriesContext(connection) as asked:
        row = read.board().pairs[PairKey("BTC", "USDT")]
    assert (row[ONE].switch, row[TWO].switch) == ("banned", "")
    assert not [query for query in asked.captured_queries if "symbol" in query["sql"]]
