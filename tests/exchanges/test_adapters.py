"""The contract of an exchange file, for every adapter there is and for one more that nobody knows."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from exchanges import adapters
from exchanges.adapter import SOURCE_NAMES, Adapter
from exchanges.adapters import ADAPTERS
from exchanges.errors import Banned, Blocked, ExchangeError, Garbled, Halted, Refused, Throttled, Unreachable
from exchanges.management.commands.parse import as_json
from exchanges.rows import Ticker

from .cases import cases, roomy, rows_of

CASES = cases()
SAMPLED = [case for case in CASES if case.body is not None]
LISTS = [case for case in SAMPLED if case.source in ("instruments", "tickers")]
_HINTS = get_type_hints(Adapter)
ROW = {name: get_args(get_args(_HINTS[name])[0])[0] for name in SOURCE_NAMES}  # Source[Book] | None -> Book
FIVE = ["binance", "kucoin", "bybit", "gateio", "bitget"]

every = pytest.mark.parametrize("case", CASES, ids=str)
sampled = pytest.mark.parametrize("case", SAMPLED, ids=str)
lists = pytest.mark.parametrize("case", LISTS, ids=str)
each = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=lambda adapter: adapter.slug)


# --- what a file declares -------------------------------------------------------------------------------------------
def test_the_five_come_in_the_customers_order_with_their_budgets_and_pools():
    first = list(ADAPTERS.values())[:5]
    assert [(a.slug, a.monogram, a.budget) for a in first] == [
        ("binance", "BN", 1200),
        ("kucoin", "KC", 100),
        ("bybit", "BY", 240),
        ("gateio", "GT", 200),
        ("bitget", "BG", 150),
    ]
    published = {a.slug: [(p.units, p.window_s, p.unit, p.per_endpoint) for p in a.pools] for a in first}
    assert published == {
        "binance": [
            (6000, 60, "weight", False),
            (2400, 60, "weight", False),  # both kinds of futures together
            (2400, 60, "weight", False),  # options
            (500, 300, "requests", False),  # funding
            (1000, 300, "requests", False),  # statistics
        ],
        "kucoin": [(2000, 30, "weight", False)],
        "bybit": [(600, 5, "requests", False)],
        "gateio": [(200, 10, "requests", True)],
        "bitget": [(20, 1, "requests", True), (6000, 60, "requests", False)],
    }
    for adapter in first:
        assert {"time", "instruments", "tickers"} <= set(adapter.sources)
        assert (adapter.instruments.period_s, adapter.tickers.period_s) == (300, 10)


@each
def test_an_adapter_says_who_it_is(adapter: Adapter):
    assert re.fullmatch(r"[a-z][a-z0-9]{1,29}", adapter.slug)
    assert adapter.name
    assert re.fullmatch(r"[A-Z0-9]{2}", adapter.monogram)
    assert adapter.budget > 0
    assert adapter.hosts
    assert 0 <= adapter.taker_fee < 1
    page = adapter.trade_page.format(base="BTC", quote="USDT", symbol="BTCUSDT")
    assert page.startswith("https://")
    assert "{" not in page
    assert adapter.sources
    assert set(adapter.sources) <= set(SOURCE_NAMES)
    assert [a.monogram for a in ADAPTERS.values()].count(adapter.monogram) == 1


@every
def test_a_part_asks_only_its_hosts_and_pays_from_its_pools(case):
    request, pools = case.part.request, {pool.name: pool for pool in case.adapter.pools}
    assert request.host in case.adapter.hosts
    assert request.path.startswith("/")
    assert set(case.part.cost) == set(pools), "every pool of the exchange has a price, 0 where it costs nothing"
    assert all(0 <= cost <= pools[name].units for name, cost in case.part.cost.items())
    assert case.adapter.source(case.source).period_s > 0


NOT_OURS = (b"", b" ", b"null", b"[]", b"{}", b'"text"', b"7", b"true", b"[[]]", b"[null]", b'{"data": null}')


@every
def test_something_else_than_the_reply_is_a_changed_format(case):
    for body in NOT_OURS:
        try:
            parsed = case.part.parse(body, {}, {})
        except Garbled as error:
            assert error.outcome == "schema", body
        else:
            assert case.part.few == 0, f"{body}: a list that is never empty was taken for one"
            assert (parsed.rows, body) in [([], b"[]"), ([], b'{"data": null}')], "only an empty list is an answer with nothing in it"


# --- what a reply becomes -------------------------------------------------------------------------------------------
def test_each_of_the_five_has_a_sample_of_every_source():
    assert [str(case) for case in CASES if case.body is None and case.adapter.slug in FIVE] == []


@sampled
def test_a_sample_becomes_the_rows_beside_it(case):
    case.adapter.check(200, case.headers, case.body)
    parsed = case.parse()
    assert [as_json(row) for row in parsed.rows] == case.expected(parsed.rows[0])
    assert all(type(row) is ROW[case.source] for row in parsed.rows)
    bad = [name for row in case.rows for name in row.get("bad", [])]
    assert parsed.bad_fields >= len(bad)
    if isinstance(parsed.rows[0], Ticker):
        assert parsed.bad_fields == len(bad)


@lists
def test_what_is_missing_from_the_rows_was_counted(case):
    assert case.parse().dropped == len(rows_of(json.loads(case.body))) - len(case.rows)


@sampled
def test_a_snapshots_clock_is_on_the_reply_and_on_every_row(case):
    parsed = case.parse()
    if case.part.clock == "snapshot":
        assert parsed.at is not None
        assert {row.exchange_ts for row in parsed.rows} == {parsed.at}
    else:
        assert parsed.at is None


@lists
def test_numbers_as_tokens_and_as_text_are_the_same_rows(case):
    as_numbers = re.sub(rb'": ?"(-?(?:0|[1-9]\d*)(?:\.\d+)?)"', rb'": \1', case.body)
    assert as_numbers != case.body
    as_text = re.sub(rb'": ?(-?\d+(?:\.\d+)?)([,}\s])', rb'": "\1"\2', case.body)
    assert case.parse(as_numbers) == case.parse(as_text) == case.parse()
    case.adapter.check(200, case.headers, as_numbers)


@lists
def test_of_two_equal_keys_the_last_counts(case):
    text = case.body.decode()
    key = re.search(r'"(?:bidPrice|buy|bid1Price|highest_bid|bidPr|tickSize|priceIncrement|precision|pricePrecision)"', text)
    if key is None:
        pytest.skip("no such field here")
    twice = re.sub(f"({key[0]}):", f'{key[0]}: "7", {key[0]}:', text)
    assert json.loads(twice) == json.loads(text)
    assert case.parse(twice.encode()) == case.parse()


@lists
def test_a_lone_surrogate_or_a_long_integer_costs_its_own_row_or_field(case):
    document, rows, key = roomy(case)
    without = case.parse(json.dumps(document).encode())
    rows.append(rows[0] | {key: "SURROGATE"})
    body = json.dumps(document).replace('"SURROGATE"', '"\\ud800"').encode()
    case.adapter.check(200, case.headers, body)
    parsed = case.parse(body)
    assert parsed.rows == without.rows
    assert parsed.dropped == without.dropped + 1
    huge = case.parse(json.dumps(document).replace('"SURROGATE"', '"HUGE", "unknown": ' + "9" * 5000).encode())
    assert huge.rows[-1].symbol == "HUGE"


@lists
def test_more_than_a_tenth_lost_is_a_changed_format(case):
    document, rows, key = roomy(case)
    for row in rows[: len(rows) // 4]:
        row["renamed"] = row.pop(key)
    with pytest.raises(Garbled) as caught:
        case.parse(json.dumps(document).encode())
    assert caught.value.outcome == "schema"


@lists
def test_of_two_rows_with_one_id_the_later_counts(case):
    document, rows, key = roomy(case)
    once = case.parse(json.dumps(document).encode())
    rows.insert(0, rows[1] | {key: rows[0][key]})
    twice = case.parse(json.dumps(document).encode())
    assert {row.symbol: row for row in twice.rows} == {row.symbol: row for row in once.rows}
    assert twice.dropped == once.dropped + 1


SPOILT = {
    "truncated": lambda body: body[: len(body) * 2 // 3],
    "bom": lambda body: b"\xef\xbb\xbf" + body,
    "trailing": lambda body: body + b" garbage",
    "two": lambda body: body + body,
    "unclosed": lambda body: body.rstrip()[:-1],
    "nan": lambda body: re.sub(rb': ?("[^"]*"|\d+)', b": NaN", body, count=1),
    "infinity": lambda body: body.replace(b"{", b'{"odd": -Infinity, ', 1),
    "latin-1": lambda body: body.replace(b"{", b'{"odd": "\xe9", ', 1),
    "utf-16": lambda body: body.decode().encode("utf-16"),
    "deep-list": lambda body: b"[" * 100_000,
    "deep-object": lambda body: b'{"data":' * 100_000,
    "html": lambda body: b"<html><body>down for maintenance</body></html>",
}


@sampled
def test_what_is_not_json_is_said_to_be(case):
    spoilt = {name: spoil(case.body) for name, spoil in SPOILT.items()}
    tried = {name: body for name, body in spoilt.items() if body != case.body}  # lists of texts have no place for some
    assert len(tried) >= len(SPOILT) - 3
    for name, body in tried.items():
        with pytest.raises(Garbled) as caught:
            case.parse(body)
        assert caught.value.outcome == "not_json", name


# --- refusals ---------------------------------------------------------------------------------------------------------
HTML = b"<!DOCTYPE html><title>just a moment</title>"
EVERYWHERE = [
    (429, {"retry-after": "7"}, b"", Throttled, "rate_limited"),
    (429, {}, HTML, Throttled, "rate_limited"),
    (418, {"retry-after": "300"}, b"", Banned, "banned"),
    (403, {}, b"", Banned, "banned"),
    (403, {}, b"403, access too frequent", Banned, "banned"),
    (403, {}, b"<html>blocked access from your country</html>", Blocked, "geoblocked"),
    (403, {}, HTML, Blocked, "forbidden"),
    (451, {}, b"", Blocked, "geoblocked"),
    (500, {}, b"", Unreachable, "server_error"),
    (503, {}, HTML, Unreachable, "server_error"),
    (530, {}, b"error code: 1033", Unreachable, "server_error"),
    (301, {"location": "http://169.254.169.254/"}, b"", Refused, "redirect_blocked"),
    (404, {}, b"not found", Refused, "client_error"),
    (200, {"content-type": "text/html"}, HTML, Garbled, "content_type"),
]


@each
@pytest.mark.parametrize("refusal", EVERYWHERE, ids=[f"{status}-{outcome}" for status, _, _, _, outcome in EVERYWHERE])
def test_an_http_refusal_means_the_same_everywhere(adapter, refusal):
    status, headers, body, error, outcome = refusal
    with pytest.raises(error) as caught:
        adapter.check(status, headers, body)
    assert caught.value.outcome == outcome
    assert "<" not in caught.value.detail


SAID = [
    ("binance", 400, '{"code":-1121,"msg":"Invalid symbol."}', Refused, "client_error"),
    ("binance", 200, '{"code":-1121,"msg":"Invalid symbol."}', Refused, "api_error"),
    *(
        (slug, status, text, Halted, outcome) for status, outcome in ((200, "api_error"), (400, "client_error")) for slug, text in (
            ("binance", '{"code":-1121,"msg":"Invalid symbol."}'), ("kucoin", '{"code":"200003","msg":"Invalid symbol."}'),
            ("bybit", '{"retCode":10001,"retMsg":"Not supported symbols","result":{}}'), ("gateio", '{"label":"INVALID_CURRENCY_PAIR","message":"no"}'),
            ("gateio", '{"label":"CONTRACT_NOT_FOUND","message":"no"}'), ("bitget", '{"code":"41114","msg":"under maintenance"}'),
            ("bitget", '{"code":"40308","msg":"under maintenance"}'), ("bitget", '{"code":"43115","msg":"opening soon"}'),
            ("bitget", '{"code":"40309","msg":"removed"}'), ("bitget", '{"code":"25100","msg":"does not exist"}'),
        )
    ),
    ("binance", 200, '{"code":-1003,"msg":"Too much request weight used"}', Throttled, "rate_limited"),
    ("binance", 200, '{"code":-1008,"msg":"overloaded"}', Unreachable, "server_error"),
    ("binance", 451, '{"code":0,"msg":"Service unavailable from a restricted location"}', Blocked, "geoblocked"),
    ("kucoin", 200, '{"code":"200003","msg":"Invalid symbol."}', Refused, "api_error"),
    ("kucoin", 429, '{"code":"429000","msg":"Too many requests"}', Throttled, "rate_limited"),
    ("kucoin", 200, '{"code":"429000","msg":"Too many requests"}', Throttled, "rate_limited"),
    ("kucoin", 200, '{"code":"400302","msg":"unavailable in your current area"}', Blocked, "geoblocked"),
    ("kucoin", 200, '{"code":"500000","msg":"try again"}', Unreachable, "server_error"),
    ("kucoin", 500, '{"code":"200000","data":1}', Unreachable, "server_error"),
    ("kucoin", 200, '{"data":[]}', Garbled, "schema"),
    ("bybit", 200, '{"retCode":10001,"retMsg":"params error","result":{}}', Refused, "api_error"),
    ("bybit", 200, '{"retCode":"10006","retMsg":"Too many visits!","time":1790000000000}', Throttled, "rate_limited"),
    ("bybit", 200, '{"retCode":10024,"retMsg":"compliance"}', Blocked, "geoblocked"),
    ("bybit", 200, '{"retCode":10016,"retMsg":"server error"}', Unreachable, "server_error"),
    ("gateio", 429, '{"label":"TOO_MANY_REQUESTS","message":"Request Rate Limit Exceeded (003)"}', Throttled, "rate_limited"),
    ("gateio", 401, '{"label":"IP_FORBIDDEN","message":"not in whitelist"}', Blocked, "forbidden"),
    ("gateio", 400, '{"label":"INVALID_CURRENCY_PAIR","detail":"no such pair"}', Refused, "client_error"),
    ("gateio", 200, '{"label":"INVALID_CURRENCY_PAIR","message":"no such pair"}', Refused, "api_error"),
    ("gateio", 200, '{"label":"TOO_BUSY","message":"later"}', Unreachable, "server_error"),
    ("bitget", 400, '{"code":"40034","msg":"Parameter does not exist","data":null}', Refused, "client_error"),
    ("bitget", 200, '{"code":"40034","msg":"Parameter does not exist","data":null}', Refused, "api_error"),
    ("bitget", 400, '{"code":"40200","msg":"Server upgrade"}', Unreachable, "server_error"),
    ("bitget", 429, '{"code":"429","msg":"Too Many Requests"}', Throttled, "rate_limited"),
]


@pytest.mark.parametrize("refusal", SAID, ids=[f"{one[0]}-{one[1]}-{one[4]}-{number}" for number, one in enumerate(SAID)])
def test_an_exchanges_own_words_are_understood(refusal):
    slug, status, body, error, outcome = refusal
    with pytest.raises(error) as caught:
        ADAPTERS[slug].check(status, {}, body.encode())
    assert caught.value.outcome == outcome
    assert len(caught.value.detail) <= 200


@pytest.mark.parametrize(("slug", "body"), [("bybit", '{"retCode":10001,"retMsg":"params error"}'), ("bitget", '{"code":"40034","msg":"does not exist"}')])
def test_a_parameter_that_may_be_another_than_the_market_halts_nothing(slug, body):
    with pytest.raises(Refused) as caught:
        ADAPTERS[slug].check(200, {}, body.encode())
    assert not isinstance(caught.value, Halted)


@pytest.mark.parametrize(
    ("slug", "status", "headers", "body", "wait"),
    [
        ("binance", 429, {"retry-after": "12"}, '{"code":-1003,"msg":"x"}', 12.0),
        ("binance", 429, {"retry-after": "-3"}, "", -3.0),
        ("binance", 429, {"retry-after": "abc"}, "", None),
        ("binance", 429, {}, "", None),
        ("binance", 429, {"retry-after": "Mon, 21 Sep 2026 12:00:30 GMT", "date": "Mon, 21 Sep 2026 12:00:00 GMT"}, "", 30.0),
        ("binance", 429, {"retry-after": "Mon, 21 Sep 2026 12:00:30 GMT"}, "", None),
        ("kucoin", 429, {"gw-ratelimit-reset": "4500"}, '{"code":"429000"}', 4.5),
        ("kucoin", 429, {}, '{"code":"429000"}', None),
        ("bybit", 200, {"x-bapi-limit-reset-timestamp": "1790000002500"}, '{"retCode":10006,"time":1790000000000}', 2.5),
        ("bybit", 200, {"x-bapi-limit-reset-timestamp": "1789999999000"}, '{"retCode":10006,"time":1790000000000}', 0.0),
        ("gateio", 429, {"x-gate-ratelimit-reset-timestamp": "1790000004", "x-out-time": "1790000000000000"}, '{"label":"TOO_FAST"}', 4.0),
        ("gateio", 429, {"x-gate-ratelimit-reset-timestamp": "1790000004000", "x-out-time": "1790000000000000"}, '{"label":"TOO_FAST"}', 4.0),
        ("bitget", 429, {}, '{"code":"429"}', None),
    ],
)
def test_how_long_to_wait_is_what_the_exchange_said(slug, status, headers, body, wait):
    with pytest.raises(Throttled) as caught:
        ADAPTERS[slug].check(status, headers, body.encode())
    assert caught.value.retry_after_s == wait


def test_a_ban_carries_its_end_from_the_text_and_its_length_from_the_header():
    with pytest.raises(Banned) as caught:
        ADAPTERS["binance"].check(418, {"retry-after": "120"}, b'{"code":-1003,"msg":"Way too many requests; IP banned until 1790000000123."}')
    assert caught.value.until.isoformat() == "2026-09-21T14:13:20.123000+00:00"
    assert caught.value.retry_after_s == 120
    with pytest.raises(Banned) as caught:
        ADAPTERS["bybit"].check(403, {}, b"403, access too frequent")
    assert caught.value.retry_after_s == 600


SURROGATE = b'{"code": "1", "msg": "\\ud800", "retCode": "1", "retMsg": "\\ud800", "label": "\\ud800"}'


@each
def test_check_turns_any_bytes_into_its_own_errors_only(adapter):
    for body in (b"\xff\xfe", b"[" * 100_000, b'{"code": {}}', b'{"retCode": null}', b'{"label": 3}', b'"\\ud800"', b'{"\\ud800": 1}', SURROGATE):
        for status in (200, 400, 429, 500):
            try:
                adapter.check(status, {"retry-after": "soon", "date": "never"}, body)
            except ExchangeError as error:
                assert error.detail.encode()


# --- limit headers ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("slug", "headers", "expected"),
    [
        ("binance", {"x-mbx-used-weight": "82", "x-mbx-used-weight-1m": "82"}, ("weight", 82, None, None)),
        ("kucoin", {"gw-ratelimit-limit": "2000", "gw-ratelimit-remaining": "1985", "gw-ratelimit-reset": "29500"}, ("public", 15, 1985, 29.5)),
        ("bybit", {"x-bapi-limit": "600", "x-bapi-limit-status": "598"}, ("requests", 2, 598, None)),
        (
            "gateio",
            {
                "x-gate-ratelimit-limit": "200",
                "x-gate-ratelimit-requests-remain": "198",
                "x-gate-ratelimit-reset-timestamp": "1790000003",
                "x-out-time": "1790000000000000",
            },
            ("endpoint", 2, 198, 3.0),
        ),
        ("bitget", {"x-mbx-used-remain-limit": "19"}, ("endpoint", None, 19, 1.0)),
    ],
)
def test_limit_headers_are_read_and_their_absence_or_nonsense_says_nothing(slug, headers, expected):
    adapter = ADAPTERS[slug]
    (use,) = adapter.usage(headers)
    assert (use.pool, use.used, use.left, use.resets_in_s) == expected
    assert use.pool in {pool.name for pool in adapter.pools}
    assert adapter.usage({}) == ()
    assert adapter.usage(dict.fromkeys(headers, "nonsense")) == ()


# --- the sixth ----------------------------------------------------------------------------------------------------
TOY = """
from decimal import Decimal
import msgspec
from exchanges import numbers, reading
from exchanges.adapter import Adapter, Part, Pool, Request, Source

ROWS = reading.Table(list, reading.wire_ticker(symbol="s", bid="b", bid_size="bs", ask="a", ask_size="as", last="l",
                     base_volume="v", quote_volume="q", change="c", high="h", low="w"))


def parse(body, headers, known):
    _, wires, total = ROWS.read(body)
    return reading.tickers(reading.only_symbols(wires), total, change=numbers.change)


ADAPTER = Adapter(
    slug="toy", name="Toy", monogram="TY", hosts=("api.toy.example",), pools=(Pool("all", 60, 60),), budget=60,
    taker_fee=Decimal("0.001"), trade_page="https://toy.example/{symbol}", check=reading.refuse,
    tickers=Source((Part("all", Request("api.toy.example", "/tickers"), {"all": 1}, parse),), period_s=10),
)
"""
TOY_SAMPLE = """
SAMPLES = {"tickers": {"body": '[{"s": "BTCUSDT", "b": "1.5", "a": "1.6"}]', "rows": [dict(
    symbol="BTCUSDT", bid=BID, bid_size=None, ask="1.6", ask_size=None, last=None, base_volume_24h=None, quote_volume_24h=None,
    change_24h_pct=None, high_24h=None, low_24h=None, exchange_ts=None, taker_fee=None, bad=[])]}}
"""


TOYS = {"toybare": "", "toyright": TOY_SAMPLE.replace("BID", '"1.5"'), "toywrong": TOY_SAMPLE.replace("BID", '"9"')}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A further folder to look in; what is loaded from it is forgotten afterwards."""
    monkeypatch.setenv("PEBBLE_ADAPTER_DIRS", str(tmp_path))
    monkeypatch.setitem(sys.modules, "exchanges.adapters.newcomer", None)
    return tmp_path


def test_a_file_of_another_folder_comes_after_the_five(folder):
    (folder / "newcomer.py").write_text(TOY.replace('"toy"', '"newcomer"'))
    (folder / "_helper.py").write_text("raise RuntimeError")
    assert list(adapters.discover()) == [*ADAPTERS, "newcomer"]
    assert "newcomer" not in ADAPTERS


@pytest.mark.parametrize(("text", "error", "told"), [
    ("", TypeError, "exchanges/adapters/newcomer.py must set ADAPTER to an Adapter"),
    ("ADAPTER = 'newcomer'", TypeError, "exchanges/adapters/newcomer.py must set ADAPTER to an Adapter"),
    (TOY, ValueError, "exchanges/adapters/newcomer.py declares slug 'toy'; the file name is the slug"),
])  # fmt: skip
def test_a_file_that_declares_no_exchange_or_another_one_is_refused(folder, text, error, told):
    (folder / "newcomer.py").write_text(text)
    with pytest.raises(error, match=f"^{re.escape(told)}$"):
        adapters.discover()


def test_a_sixth_exchange_is_one_file_and_meets_this_contract(tmp_path: Path):
    """And a seventh, without samples; one that reads its sample wrong does not."""
    for place, (slug, sample) in enumerate(TOYS.items(), 1):
        (tmp_path / f"{slug}.py").write_text(TOY.replace('"toy"', f'"{slug}"').replace('"TY"', f'"T{place}"') + sample)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "tests/exchanges/test_adapters.py", "-k", "toy and not sixth"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PEBBLE_ADAPTER_DIRS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = {word: set(re.findall(rf"^{word} \S*(toy\w+)", ran.stdout, re.MULTILINE)) for word in ("PASSED", "FAILED", "ERROR")}
    assert told == {"PASSED": set(TOYS), "FAILED": {"toywrong"}, "ERROR": set()}, ran.stdout
