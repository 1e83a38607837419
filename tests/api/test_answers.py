"""What the API answers: the vocabulary, the same numbers as the reads behind the pages, and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.numbers import plain
from markets import read
from markets.api import core as api
from markets.models import Market, Quote

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]

QUOTE = {
    "exchange", "symbol", "base", "quote", "kind", "bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h", "change_24h_pct",
    "high_24h", "low_24h", "exchange_ts", "requested_at", "received_at", "observed_at", "age_s", "state", "flags",
}
COMPARE = {
    "as_of", "simulated", "base", "quote", "side", "amount", "grade", "reference_price", "index_price",
    "price_range_pct", "best", "quotes", "excluded", "notes",
}
ENVELOPE = ["as_of", "simulated", "count", "next", "previous", "missing", "results"]


def when(text):
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_compare_has_the_shape_and_the_numbers_of_the_read_behind_the_page(get):
    answer = get("compare/BTC-USDT/")
    same = read.compare("BTC", "USDT", when(answer["as_of"]))
    assert set(answer) >= COMPARE and answer["simulated"] is True and answer["amount"] is None
    for told, won in ((answer["best"]["buy"], same.best_buy), (answer["best"]["sell"], same.best_sell)):
        assert (told["exchange"], told["quote"]) == (won.exchange, "USDT")
        assert [told[name] for name in ("price", "net_price", "fee_pct", "size")] == [plain(n) for n in (won.price, won.net_price, won.fee_pct, won.size)]
    assert (answer["reference_price"], answer["gap_bps"]) == (plain(same.reference_price), plain(same.gap_bps))
    assert answer["notes"] == list(same.notes)
    for told, row in zip(answer["quotes"], same.rows, strict=True):
        assert {*QUOTE, "rank", "net_price", "fee_pct", "badges"} <= set(told)
        assert (told["exchange"], told["bid"], told["ask"], told["rank"]) == (row.quote.exchange, plain(row.quote.bid), plain(row.quote.ask), row.rank)
        assert (told["state"], told["flags"], told["net_price"]) == (row.state, list(row.flags), plain(row.net_price))
        assert when(told["observed_at"]) == row.quote.observed_at


def test_every_exchange_is_ranked_or_named_with_its_reason(get):
    answer = get("compare/BTC-USDT/")
    reasons = {e["exchange"]: e["reason"] for e in answer["excluded"]}
    assert reasons == {"bybit": "crossed", "gateio": "starting", "bitget": "starting"}
    assert {q["exchange"] for q in answer["quotes"] if q["rank"]} == {"binance", "kucoin"}
    assert all(e["detail"] for e in answer["excluded"])


def test_a_switched_off_exchange_is_named_and_does_not_win(get, switch):
    switch("kucoin", False)
    answer = get("compare/BTC-USDT/")
    off = next(e for e in answer["excluded"] if e["exchange"] == "kucoin")
    assert off["reason"] == "disabled" and "switched off by an operator" in off["detail"]
    assert answer["best"]["buy"]["exchange"] == "binance"
    missing = next(m for m in get("pairs/")["missing"] if m["exchange"] == "kucoin")
    assert missing == {"exchange": "kucoin", "reason": "disabled", "detail": "Switched off by an operator."}


def test_selling_and_before_fees(get):
    assert get("compare/BTC-USDT/?side=sell")["quotes"][0]["price"] == "100.2"
    assert get("compare/BTC-USDT/?net=false")["net"] is False


def test_an_old_ticker_is_answered_with_the_new_one_and_says_so(get):
    answer = get("compare/matic-usdt/")
    assert answer["base"] == "POL" and any("MATIC" in note for note in answer["notes"])


def test_one_price_in_the_asked_order_or_the_next_best_with_the_reason(get):
    assert get("compare/BTC-USDT/")["preferred"] is None
    chosen = get("compare/BTC-USDT/?prefer=kucoin,binance")["preferred"]
    assert (chosen["kind"], chosen["exchange"], chosen["ask"], chosen["detail"]) == ("preferred", "kucoin", "100.9", None)
    instead = get("compare/BTC-USDT/?prefer=bybit,binance")["preferred"]
    assert (instead["kind"], instead["exchange"], instead["ask"]) == ("fallback", "binance", "101") and instead["detail"]


def test_nothing_to_rank_is_null_with_a_note_never_zero(get):
    answer = get("compare/XYZ-USDT/")
    assert answer["best"] == {"buy": None, "sell": None} and answer["notes"]
    assert answer["quotes"][0]["bid"] is None and answer["quotes"][0]["flags"][0] == "not_trading"


def test_tiny_numbers_are_written_out(get):
    row = next(q for q in get("compare/PEPE-USDT/")["quotes"] if q["exchange"] == "binance")
    assert (row["bid"], row["bid_size"]) == ("0.00000000012", "123456789012345")


def test_every_list_has_the_envelope(get):
    for address in ("exchanges/", "markets/", "pairs/"):
        answer = get(address)
        assert [name for name in answer if name != "notes"] == ENVELOPE and answer.get("notes", []) == []
        assert answer["count"] == len(answer["results"]) > 0 and answer["next"] is None and answer["previous"] is None


def test_pairs_tell_what_the_overview_tells(get):
    answer = get("pairs/?ordering=asset")
    same = read.overview(read.Filters(quote="", hide_leveraged=False, sort="asset", limit=100), when(answer["as_of"]))
    told = [(row["base"], row["best"]["buy"] and row["best"]["buy"]["price"], row["gap_bps"], row["live"], row["volume_usd"]) for row in answer["results"]]
    assert told == [(c.key.base, plain(c.best_buy.price) if c.best_buy else None, plain(c.gap_bps), c.live, plain(c.volume_usd)) for c in same.rows]


def test_exchanges_and_status_tell_what_the_status_page_tells(get):
    answer = get("exchanges/")
    same = read.exchanges(when(answer["as_of"]))
    told = [(e["exchange"], e["state"], e["freshness"], e["markets"]) for e in answer["results"]]
    assert told == [(e.slug, e.state, e.freshness or None, e.markets) for e in same]
    one = get("exchanges/kucoin/")
    assert (one["exchange"], one["live"], Decimal(one["taker_fee_pct"])) == ("kucoin", True, Decimal("0.1"))
    assert {s["source"] for s in one["sources"]} >= {"instruments", "tickers", "time"}
    assert {limit["name"] for limit in one["limits"]} >= {"operator"}
    status = get("status/")
    assert status["pairs"] == read.status(when(status["as_of"])).pairs and {m["exchange"] for m in status["missing"]} == {"gateio", "bitget"}


def test_the_best_prices_equal_an_independent_computation_from_the_markets(get):
    quotes = get("markets/?limit=1000")["results"]
    for pair in get("pairs/")["results"]:
        ranked = [q for q in quotes if (q["base"], q["quote"]) == (pair["base"], pair["quote"]) and q["rank"]]
        asks = {Decimal(q["ask"]) * (1 + Decimal(q["fee_pct"]) / 100) for q in ranked}
        assert (pair["best"]["buy"] is None) == (not asks)
        if asks:
            assert Decimal(pair["best"]["buy"]["net_price"]) == min(asks)


def test_the_same_answer_costs_an_empty_304_until_something_changes(client, switch):
    first = client.get("/api/v1/compare/BTC-USDT/")
    tag = first["ETag"]
    assert tag.startswith('W/"') and first["Cache-Control"] == "no-cache"
    api.forget()
    again = client.get("/api/v1/compare/BTC-USDT/", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    switch("kucoin", False)
    changed = client.get("/api/v1/compare/BTC-USDT/", headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed["ETag"] != tag


def test_a_quote_that_turns_stale_changes_the_tag_though_nothing_was_stored(client, monkeypatch):
    tag = client.get("/api/v1/compare/BTC-USDT/")["ETag"]
    later = timezone.now() + timedelta(seconds=40)
    monkeypatch.setattr(api.timezone, "now", lambda: later)
    api.forget()
    answer = client.get("/api/v1/compare/BTC-USDT/", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and {q["state"] for q in answer.json()["quotes"]} == {"aging"}


def test_a_stale_price_that_only_gets_older_is_a_304(client, monkeypatch):
    tags = set()
    for later in (timedelta(seconds=100), timedelta(seconds=101), timedelta(seconds=165)):
        at = datetime.now(UTC) + later
        monkeypatch.setattr(api.timezone, "now", lambda at=at: at)
        api.forget()
        answer = client.get("/api/v1/compare/BTC-USDT/")
        assert {q["state"] for q in answer.json()["quotes"]} == {"stale"} and "last seen" in str(answer.json()["excluded"])
        tags.add(answer["ETag"])
    assert len(tags) == 1


def test_equal_tags_mean_equal_answers_but_for_clock_and_ages(get, client):
    first = client.get("/api/v1/markets/")
    api.forget()
    second = client.get("/api/v1/markets/")
    assert first["ETag"] == second["ETag"] and first.content != second.content


def test_nothing_collected_yet_is_said(client, stored):
    Quote.objects.all().delete()
    Market.objects.all().delete()
    read.forget()
    api.forget()
    response = client.get("/api/v1/compare/BTC-USDT/")
    assert response.status_code == 503 and response["Retry-After"] == "10" and response["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/pairs/").json()["count"] == 0
