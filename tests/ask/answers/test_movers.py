"""Coins that rose or fell most in a day, in words."""

from markets.ask.answer import Used
from markets.ask.answers.movers import Mover, Movers
from markets.ask.frame import Frame
from tests.ask.answers.build import NAMES, cells, one, route
from tests.markets.analysis.boards import NOW, D

A = NAMES[0]


def mover(asset="NOVA", change="12.5", **more):
    given = {"price": D("1.5"), "volume_usd": D(250_000), "live": 3, "age_s": 4.0} | more
    return Mover(asset=asset, quote="USDT", change_pct=D(change), **given)


def told(*rows, **asked):
    found = Movers(quote="USDT", rows=rows, count=120, sources=(Used(A, A.title(), NOW, 3.0, "fresh"),))
    return one(Frame("?", **{"intent": "price_history", "topic": "gainers"} | asked), route("price_history"), found)


def test_who_rose_most():
    answer = told(mover(), mover("SUN", "3", price=None, volume_usd=None, age_s=None))
    assert answer.sentence == "NOVA rose most in a day, by 12.50 %, of 120 pairs in USDT that are traded enough."
    assert (answer.kind, answer.title, answer.value, answer.unit, answer.max_age_s) == ("answer", "Coins that rose most in a day", D("12.5"), "%", 4.0)
    assert cells(answer, "change_pct") == ["+12.50 %", "+3.00 %"] and cells(answer, "price") == ["1.5000 USDT", "–"]
    assert cells(answer, "volume_usd") == ["250K", "–"] and cells(answer, "live") == ["3", "3"]
    assert answer.page == "/?sort=-change&min_volume_usd=100000&quote=USDT"
    assert answer.api == "/api/v1/pairs/?ordering=-change&min_volume_usd=100000&quote=USDT"
    assert answer.notes == ("Traded enough is over 100,000 USD in a day. Leveraged and wrapped coins are left out.",)
    assert [used.exchange for used in answer.sources] == [A]


def test_who_fell_most():
    answer = told(mover(change="-8"), topic="losers", exchanges=(A,))
    assert answer.sentence.startswith("NOVA fell most in a day, by 8.00 %, of") and answer.value == D(-8) and answer.title == "Coins that fell most in a day"
    assert answer.page.startswith("/?sort=change&") and "exchange=" in answer.page


def test_nobody_and_another_time():
    nothing = told(topic="losers")
    assert (nothing.kind, nothing.value, nothing.unit, nothing.table) == ("nothing", None, "", None)
    assert nothing.sentence == "No coin that is traded enough fell in a day." and told().sentence == "No coin that is traded enough rose in a day."
    assert told(mover(), time_range="7d").notes[0] == "Coins are ranked by their change of a day only."
    assert len(told(mover(), time_range="24h").notes) == len(told(mover(), time_range="1d").notes) == 1
