"""docs/faults.md: every row has its line, and every test that a line names is there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([TPDIU]\d+) \| (.+?) \| (.+?) \|$", TABLE, re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
COUNTS = {"T": 16, "P": 15, "D": 28, "I": 14, "U": 16}


@cache
def functions_of(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_is_there_once_in_order_with_tests_or_said_to_be_open():
    assert [row for row, _, _ in ROWS] == [f"{kind}{number}" for kind, count in COUNTS.items() for number in range(1, count + 1)]
    assert [row for row, _, tests in ROWS if not NAMED.search(tests) and tests != "open"] == []
    assert [row for row, _, tests in ROWS if row[0] in "TPD" and tests == "open"] == []
    assert len(re.findall(r"^\| .+ \| `tests/", TABLE.split("## Incidents")[1], re.MULTILINE)) == 10


def test_every_test_that_is_named_exists():
    named = set(NAMED.findall(TABLE))
    assert len(named) > 100
    assert sorted(f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or name not in functions_of(path)) == []


def test_there_are_at_least_forty_properties():
    assert sum(text.count("\n@given(") for text in (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))) >= 40
