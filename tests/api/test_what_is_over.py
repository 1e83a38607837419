"""What has ended between two readings is not told as if it were still to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api import published as p

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ONE, TWO = "binance", "bybit"
MINUTE = timedelta(minutes=1)


def symbols(answer):
    return [row["symbol"] for row in answer["results"]]


def test_an_expired_contract_is_gone_before_the_catalogue_says_so(get):
    now = timezone.now()
    for symbol, expiry in (("OVER", now - MINUTE), ("LAST_HOUR", now + 60 * MINUTE)):
        p.ticker(p.market(ONE, "BTC/USDT", kind="future", symbol=symbol, expiry=expiry))
        p.option(p.market(ONE, "BTC/USDT", kind="option", symbol=f"{symbol}-C", expiry=expiry, strike=1, option_type="call"), bid=1, ask=2)
    p.answered("perp_tickers")
    assert symbols(get("derivatives/")) == ["LAST_HOUR"]
    assert symbols(get("options/?base=BTC")) == ["LAST_HOUR-C"]


def test_a_funding_time_that_has_passed_is_not_the_next_one(get):
    now = timezone.now()
    for slug, at in ((ONE, now - MINUTE), (TWO, now + 60 * MINUTE)):
        row = p.market(slug, "BTC/USDT")
        p.ticker(row)
        p.paid(row, "0.0001", 8, next_funding_at=at)
    p.answered("funding")
    rows = get("funding/?ordering=next_funding_at")["results"]
    assert [row["exchange"] for row in rows] == [TWO, ONE], "the unknown comes last"
    assert rows[1]["next_funding_at"] is None and rows[1]["rate"] == "0.0001" and rows[0]["next_funding_at"]
    assert [row["funding"]["next_funding_at"] is None for row in get("derivatives/?ordering=exchange")["results"]] == [True, False]
