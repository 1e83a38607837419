"""Lists in another unit, poll by poll through the store: what is compared while one lies, a second joins in, or the honest ones fall silent."""

from datetime import timedelta

import pytest

from exchanges.models import Exchange
from markets import read, store
from tests.markets.build import NOW, catalogue, prices, ticker

pytestmark = pytest.mark.usefixtures("stored")
CYCLE = timedelta(seconds=10)
PAIRS = [f"C{n:02}/USDT" for n in range(25)]
ALONE, FROM_8, FROM_12 = "kucoin", (8, 110), (12, 110)


def run(polls, slugs, liars, *, quiet=False, silent=()):
    """So many polls, all exchanges in each but those `silent` from a poll on, (from, slugs). Yields (poll, now) after each.

    `liars`: {exchange: (from which poll, how many times too much)}. `quiet`: honest prices stand still.
    """
    for slug in slugs:
        catalogue(slug, *PAIRS, *(["ONLY/USDT"] if slug == ALONE else []))
    for n in range(polls):
        mid = 100 if quiet else 100 + n % 7 / 100
        for slug in slugs:
            begins, times = liars.get(slug, (polls, 1))
            if not silent or n < silent[0] or slug not in silent[1]:
                factor = times if n >= begins else 1
                wanted = [*PAIRS, *(["ONLY/USDT"] if slug == ALONE else [])]
                prices(slug, *(ticker(pair, mid * factor, (mid + 0.2) * factor) for pair in wanted), now=NOW + n * CYCLE)
        yield n, NOW + n * CYCLE


def best(base, now):
    found = read.compare(base, "USDT", now)
    return found.best_buy and found.best_buy.price


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize(("slugs", "second"), [(("binance", "bybit", "kucoin"), "bybit"), (("binance", "bybit", "gateio", "kucoin"), "gateio")])
def test_a_second_liar_does_not_win_with_the_first_and_freezes_nobody_who_stands_still(slugs, second, quiet):
    for n, now in run(15, slugs, {"kucoin": FROM_8, second: FROM_12}, quiet=quiet):
        assert (best("C00", now) or 0) < 200, n
        if n < 12:
            assert best("C00", now), "one alone changes nothing"


@pytest.mark.parametrize("second", [FROM_12, (12, 0.01)])
def test_what_only_the_liar_lists_has_no_best_price_while_the_others_disagree(second):
    for n, now in run(16, ("binance", "bybit", "gateio", "kucoin"), {"kucoin": FROM_8, "gateio": second}):
        assert (best("ONLY", now) is None) == (n >= 8), n


def test_nor_once_the_others_are_silent():
    for n, now in run(110, ("binance", "bybit", "kucoin"), {"kucoin": FROM_8}, silent=(10, ("binance", "bybit"))):
        if n >= 8 and n % 5 == 0:
            assert (best("ONLY", now), (best("C00", now) or 0) < 200) == (None, True), n


def test_a_list_that_leaves_its_own_last_one_by_half_or_double_is_not_believed_alone():
    """The others are silent before it begins."""
    for n, now in run(20, ("binance", "bybit", "kucoin"), {"kucoin": (14, 110)}, silent=(4, ("binance", "bybit"))):
        assert (best("ONLY", now) is None) == (n >= 14), n
    prices("kucoin", *(ticker(pair, 100, "100.2") for pair in [*PAIRS, "ONLY/USDT"]), now=now + CYCLE)
    for slug in ("binance", "bybit"):
        prices(slug, *(ticker(pair, 100, "100.2") for pair in PAIRS), now=now + CYCLE)
    for late in (2, 3, 4):
        prices("kucoin", *(ticker(pair, 100, "100.2") for pair in [*PAIRS, "ONLY/USDT"]), now=now + late * CYCLE)
    assert best("ONLY", now + 4 * CYCLE), "its list was found right"


@pytest.mark.parametrize("state", ["banned", "blocked", "auto_disabled"])
def test_the_last_prices_of_those_that_pause_us_contradict_the_only_one_left(state):
    for n, now in run(13, ("binance", "bybit", "kucoin"), {"kucoin": (11, 110)}, silent=(9, ("binance", "bybit"))):
        if n == 9:
            Exchange.objects.filter(slug__in=("binance", "bybit")).update(state=state)
            store.touch("state:binance")
        found = read.compare("C00", "USDT", now)
        assert (found.best_buy is None) == (n >= 11) and (n != 9 or found.status == "single_source"), n
