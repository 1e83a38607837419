"""What must hold for any reply, however spoilt: properties of every adapter's parsing."""

import contextlib
import json
import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges import numbers, reading
from exchanges.adapter import Parsed
from exchanges.errors import ExchangeError, Garbled
from exchanges.management.commands.parse import as_json
from exchanges.rows import Ticker
from tests.drills import parser_fuzz

from .cases import cases, roomy

SAMPLED = [case for case in cases() if case.body is not None]
LISTS = [case for case in SAMPLED if case.source in ("instruments", "tickers")]
lists = pytest.mark.parametrize("case", LISTS, ids=str)
many = settings(max_examples=25, deadline=None)  # of each of ten replies or more

floats = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), floats, st.text(max_size=5), st.sampled_from(["NaN", "-1", "1e999", "0", ""]))
splinters = st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b"}", b"null", b"[", b'"\\ud800"', b"1e999", b"{}", b"NaN"]))
anything = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)), max_leaves=5)


def lean(parsed):
    return sorted(map(repr, parsed.rows))


@pytest.mark.parametrize("case", SAMPLED, ids=str)
@many
@given(st.data())
def test_any_mutated_bytes_are_rows_or_garbled(case, data):
    body = bytearray(case.body)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        length = data.draw(st.integers(0, 40))
        body[start : start + length] = data.draw(splinters)
    with contextlib.suppress(ExchangeError):
        case.adapter.check(200, case.headers, bytes(body))
    try:
        parsed = case.parse(bytes(body))
    except Garbled as error:
        assert error.outcome in ("schema", "not_json")
    else:
        assert parsed.rows or case.part.few == 0
        json.dumps([row.symbol for row in parsed.rows if isinstance(row, Ticker)], ensure_ascii=False).encode()


@lists
@many
@given(st.data())
def test_any_value_in_any_field_costs_a_field_or_a_row_at_most(case, data):
    document, rows, _ = roomy(case)
    expected = {row.symbol: row for row in case.parse(json.dumps(document).encode()).rows}
    place = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(sorted(rows[place])))
    rows[place] = rows[place] | {field: data.draw(anything)}
    parsed = case.parse(json.dumps(document).encode())
    kept = {row.symbol: row for row in parsed.rows}
    assert sum(kept.get(symbol) != row for symbol, row in expected.items()) <= 2  # the row, and one whose id it took
    assert parsed.dropped <= len(rows) // 10


@pytest.mark.parametrize("slug", sorted({case.adapter.slug for case in SAMPLED}))
def test_spoilt_replies_let_the_typed_error_out_alone_soon_and_without_eating_memory(slug):
    """T8, P8 to P13: a thousandth of `make drills PART=parser-fuzz`."""
    found = [*parser_fuzz.figures(slug, [case for case in SAMPLED if case.adapter.slug == slug], 1, 1000)]
    assert [figure.line("fast", 1, 0) for figure in found if not figure.met] == []
    assert found[0].counts["outcomes"]["rows"] > 200


def test_deep_values_and_endless_numbers_cost_a_field():
    """P10, P12: all found by spoilt replies: a recursion error of our own, an integer that Python refuses to read, a volume of contracts beyond range."""
    body, deep = b'[{"n": {"list": %s}, "x": 1.5}]', b"[" * 600 + b"]" * 600
    _, rows, number = reading.Table(list, _Deep, nested=("n",)).read(body % deep)
    assert (rows[0].x, number, _depth(rows[0].n)) == ("1.5", 1, 1 + 31)
    times, bad = numbers.epochs(["1700000000", "9" * 5000, "1" * 64], "s")
    assert (times[0].year, times[1:], [*bad]) == (2023, [None, None], [1, 2])
    assert numbers.products([Decimal(2), None, Decimal("9e18")], Decimal(100)) == ([200, None, None], {2: "9E+18 x 100"})
    assert numbers.products([Decimal(2)], None) == ([None], {})


def test_a_list_without_end_is_refused():
    table, row = reading.Table(list, _Deep, nested=("n",)), b'{"n": {}, "x": "1"}'
    assert table.read(b"[" + b",".join([row] * 20_000) + b"]")[2] == 20_000
    with pytest.raises(Garbled) as caught:
        table.read(b"[" + b",".join([row] * 20_001) + b"]")
    assert (caught.value.outcome, caught.value.detail) == ("too_large", "20001 rows")


def test_a_time_that_is_none_is_a_changed_format():
    assert reading.server_time("1790000000000", "ms").at.year == 2026
    for value in (None, "", 0, "soon", "1790000000", -5):
        with pytest.raises(Garbled, match="no time"):
            reading.server_time(value, "ms")


@pytest.mark.parametrize(("text", "step"), [("2", "0.01"), (0, "1"), (18, "1e-18"), (None, None), ("", None)])
def test_a_step_is_told_as_a_count_of_decimals(text, step):
    assert reading.decimals(text) == (None if step is None else Decimal(step))


@pytest.mark.parametrize("text", ["19", "-1", "2.5", "two", "\u0662"])
def test_a_count_of_decimals_that_no_price_has_is_no_number(text):
    with pytest.raises(numbers.BadNumber):
        reading.decimals(text)


class _Deep(msgspec.Struct):
    n: dict[str, Any]
    x: str


def _depth(value):
    return 1 + _depth(next(iter(value.values())) if isinstance(value, dict) else value[0]) if value and isinstance(value, (dict, list)) else 0


@pytest.mark.parametrize("case", [case for case in SAMPLED if case not in LISTS], ids=str)
@many
@given(st.data())
def test_any_value_anywhere_leaves_rows_that_can_be_told_or_a_changed_format(case, data):
    document = json.loads(case.body)
    spots = list(_spots(document))
    holder, key = data.draw(st.sampled_from(spots)) if spots else (None, None)
    value = data.draw(anything)
    if holder is None:
        document = value
    else:
        holder[key] = value
    try:
        parsed = case.parse(json.dumps(document).encode())
    except Garbled as error:
        assert error.outcome in ("schema", "not_json", "too_large")
    else:
        json.dumps([as_json(row) for row in parsed.rows], allow_nan=False).encode()


def _spots(document):
    """Every place in a decoded reply that a value can be put: (its object or list, key or index)."""
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in list(inner):
        yield document, key
        yield from _spots(value)


@lists
@many
@given(st.data())
def test_dropping_rows_equals_parsing_the_rest(case, data):
    document, rows, key = roomy(case)
    whole = {row.symbol: row for row in case.parse(json.dumps(document).encode()).rows}
    good = [row for row in rows if row.get(key) in whole]
    rows[:] = data.draw(st.lists(st.sampled_from(good), min_size=1, unique_by=lambda row: row[key]))
    part = case.parse(json.dumps(document).encode())
    assert {row.symbol: row for row in part.rows} == {row[key]: whole[row[key]] for row in rows}
    assert part.dropped == 0


@lists
@many
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_fields_and_unknown_fields_change_nothing(case, chance: random.Random):
    document, rows, _ = roomy(case)
    before: Parsed = case.parse(json.dumps(document).encode())
    chance.shuffle(rows)
    for place, row in enumerate(rows):
        items = [*row.items(), (f"unknown{chance.randrange(9)}", chance.choice([None, 1.5, "text", [], {"deep": [{}]}]))]
        chance.shuffle(items)
        rows[place] = dict(items)
    if isinstance(document, dict):
        document["unknown"] = {"at": [1]}
    after = case.parse(json.dumps(document).encode())
    assert lean(after) == lean(before)
    assert (after.dropped, after.bad_fields, after.at) == (before.dropped, before.bad_fields, before.at)
