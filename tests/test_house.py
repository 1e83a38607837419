"""The floors of docs/architecture.md, held: who may import whom, who knows the clock, who may name an exchange.

Every rule takes a path and a text and returns what is wrong, so each is also shown a text it has to refuse.
"""

import ast
import re
from functools import cache, lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("exchanges", "markets", "pebble")

# A module stands on the floor of its longest prefix here; what is not listed stands on F4, where nothing below may reach.
FLOORS = {
    0: "exchanges.rows exchanges.numbers exchanges.errors exchanges.adapter exchanges.reading exchanges.chains",
    1: "exchanges.adapters exchanges.limits exchanges.ledger exchanges.breaker exchanges.health exchanges.automatic exchanges.guard exchanges.inflate"
    " exchanges.plan"
    " markets.analysis markets.ask markets.board markets.known_coins markets.seeds markets.shapes",
    2: "exchanges.transport exchanges.state exchanges.models exchanges.leases exchanges.capabilities markets.models markets.bulk",
    3: "markets.ask.agent exchanges.client exchanges.batches exchanges.budgets exchanges.setup markets.store markets.read markets.reads"
    # the rooms behind those two doors
    " markets.asking markets.candles markets.catalogue markets.codes markets.contracts markets.depth markets.funding markets.listings markets.networks"
    " markets.notices markets.partitions markets.polls markets.retention markets.series markets.traders"
    " markets.condition markets.decisions markets.entries markets.evidence markets.held markets.identities markets.method markets.quotes markets.snapshots"
    " markets.alerts markets.announced markets.brief markets.chat markets.learning markets.receipts markets.rollouts markets.spool markets.tallies"
    " markets.channels markets.outbox markets.wires"
    " markets.away markets.counting markets.days markets.pausing markets.probing markets.redaction"
    " markets.accounts markets.keys markets.roles markets.sessions"
    " markets.incidents markets.troubles markets.automatic markets.ourselves markets.rounds markets.audience"
    " markets.episodes markets.statuses markets.turns markets.planning markets.volumes markets.latest markets.hourly",
}
TOP = 4
FLOOR_OF = {prefix: floor for floor, prefixes in FLOORS.items() for prefix in prefixes.split()}
PURE = 1  # floors 0 and 1 know no framework, no wire, no clock and no chance
IMPURE = ("django", "rest_framework", "django_q", "httpx", "requests", "random", "secrets", "socket", "time", "asyncio")
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
WIRES = ("httpx", "httpcore", "requests", "aiohttp", "urllib3")
SLUGS = tuple(sorted(path.stem for path in (ROOT / "exchanges/adapters").glob("[a-z]*")))
MAY_NAME_EXCHANGES = ("exchanges/adapters/", "exchanges/simulator/", "markets/seeds.py", "markets/known_coins.py")  # coins are called after their exchanges

LONGEST = 50
LONG = {}  # path::function -> why it is one piece
BROAD = {  # path -> (how many, why): the edges that turn any failure into a recorded outcome
    "markets/ask/agent.py": (1, "one question of a text that fails is an answer that says so, and takes no other with it"),
    "markets/latest.py": (1, "who waits for another thread's work must be told how it failed"),
    "exchanges/client.py": (1, "a reply that breaks a parser in a way nobody thought of is the outcome schema, not a dead worker"),
    "pebble/brokers.py": (1, "a scheduler that fails must not stop the queue; it is logged and tried again"),
    "pebble/health.py": (1, "readiness reports whatever failed instead of failing itself"),
}


def name_of(rel):
    """exchanges/adapters/__init__.py -> exchanges.adapters."""
    return rel.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def floor(module):
    found = [prefix for prefix in FLOOR_OF if module == prefix or module.startswith(prefix + ".")]
    return FLOOR_OF[max(found, key=len)] if found else TOP


@lru_cache(maxsize=1)
def nodes(tree):
    """All of a tree, walked once for all rules."""
    return tuple(ast.walk(tree))


def imports(rel, tree):
    """(full name, line) of everything imported, wherever in the file; `from markets import read` is markets.read."""
    package = rel.split("/")[:-1]
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def ours(module):
    return module.split(".")[0] in APPS and "." in module


def within(module, names):
    return any(module == name or module.startswith(name + ".") for name in names)


def imports_only_go_down(rel, tree):
    here = floor(name_of(rel))
    return [f"{line} F{here} imports {name} of F{floor(name)}" for name, line in imports(rel, tree) if ours(name) and floor(name) > here]


def exchanges_know_no_markets(rel, tree):
    return [f"{line} imports {name}" for name, line in imports(rel, tree) if rel.startswith("exchanges/") and name.split(".")[0] == "markets"]


def adapters_stand_alone(rel, tree):
    if not rel.startswith("exchanges/adapters/") or rel.endswith("__init__.py"):
        return []
    return [f"{line} an adapter imports {name}" for name, line in imports(rel, tree) if ours(name) and floor(name) > 0]


def only_the_transport_has_wires(rel, tree):
    return [f"{line} imports {name}" for name, line in imports(rel, tree) if within(name, WIRES) and rel != "exchanges/transport.py"]


def pure_floors_stay_pure(rel, tree):
    if floor(name_of(rel)) > PURE:
        return []
    impure = [f"{line} imports {name}" for name, line in imports(rel, tree) if within(name, IMPURE)]
    calls = (node for node in nodes(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    clocks = [f"{node.lineno} asks the clock: {ast.unparse(node.func)}()" for node in calls if node.func.attr in CLOCKS and not node.args[1:]]
    return impure + clocks


def docstrings(tree):
    """The ids of all docstring nodes."""
    owners = (node for node in nodes(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)))
    return {id(node.body[0].value) for node in owners if node.body and isinstance(node.body[0], ast.Expr)}


def nobody_else_names_an_exchange(rel, tree):
    if rel.startswith(MAY_NAME_EXCHANGES):
        return []
    prose = docstrings(tree)
    texts = [(n.value, n.lineno) for n in nodes(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in prose]
    texts += [(n.id, n.lineno) for n in nodes(tree) if isinstance(n, ast.Name)]
    texts += [(n.attr, n.lineno) for n in nodes(tree) if isinstance(n, ast.Attribute)]
    named = re.compile(rf"(?<![a-z])({'|'.join(SLUGS)})(?![a-z])", re.IGNORECASE)
    return [f"{line} names an exchange: {text[:60]!r}" for text, line in texts if named.search(text)]


def modules_say_what_they_hold(rel, tree):
    return ["1 no docstring"] if tree.body and not ast.get_docstring(tree) else []


def functions_fit_a_screen(rel, tree):
    functions = (node for node in nodes(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    sizes = ((node, node.end_lineno - node.lineno + 1) for node in functions)
    return [f"{node.lineno} {node.name} has {size} lines" for node, size in sizes if size > LONGEST and f"{rel}::{node.name}" not in LONG]


def failures_are_named(rel, tree):
    broad = []
    for node in nodes(tree):
        if isinstance(node, ast.ExceptHandler):
            names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
            broad += [node.lineno] if names & {"Exception", "BaseException"} else []
    allowed, _ = BROAD.get(rel, (0, ""))
    return [f"{line} catches everything" for line in broad] if len(broad) > allowed else []


PYTHON_RULES = (
    imports_only_go_down, exchanges_know_no_markets, adapters_stand_alone, only_the_transport_has_wires, pure_floors_stay_pure,
    nobody_else_names_an_exchange, modules_say_what_they_hold, functions_fit_a_screen, failures_are_named,
)

FOREIGN = r"""(?:https?:)?//(?!www\.w3\.org/)[\w.-]+"""
TEMPLATE_RULES = {
    "inline script": r"<script(?![^>]*\ssrc=)",
    "inline handler": r"\s(?:on[a-z]+|hx-on[\w:-]*)\s*=",
    "script address": r"javascript:",
    "inline style": r"<style\b|\sstyle\s*=",
    "unescaped": r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off",
    "foreign asset": rf"""<(?:script|link|img|iframe|source|use|object|embed)\b[^>]*\s(?:src|href|srcset|data)\s*=\s*["']?{FOREIGN}""",
    "a branch per exchange": rf"{{[%{{][^}}]*(?<![a-z])(?:{'|'.join(SLUGS)})(?![a-z])",
}
STYLE_RULES = {"foreign asset": rf"""(?:url\(\s*|@import\s+)["']?{FOREIGN}""", "a rule per exchange": rf"[.#\[][\w\"'=-]*(?:{'|'.join(SLUGS)})"}
SCRIPT_RULES = {
    "a branch per exchange": rf"""["'`.](?:{'|'.join(SLUGS)})\b""",
    "text made code": r"\beval\(|\bnew Function\(|\binsertAdjacentHTML\(|\bouterHTML\s*=|\binnerHTML\s*=",
}


def breaches(text, rules):
    return [f"{text[: m.start()].count(chr(10)) + 1} {what}" for what, pattern in rules.items() for m in re.finditer(pattern, text, re.IGNORECASE)]


def python_files():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"migrations", "__pycache__"} & set(path.parts):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def text_files(*patterns):
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if "vendor" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@cache
def wrong_by_rule():
    """What each rule refuses; every file is parsed once for all of them."""
    wrong = {rule: [] for rule in PYTHON_RULES}
    for rel, text in python_files():
        tree = ast.parse(text)
        for rule, lines in wrong.items():
            lines += [f"{rel}:{line}" for line in rule(rel, tree)]
    return wrong


@pytest.mark.xdist_group("house")  # in the process that has parsed the files
@pytest.mark.parametrize("rule", PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_python(rule):
    wrong = wrong_by_rule()[rule]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(("rules", "patterns"), [
    (TEMPLATE_RULES, ("templates/**/*.html", "*/templates/**/*.html", "templates/**/*.svg")),
    (STYLE_RULES, ("pebble/static/**/*.css",)),
    (SCRIPT_RULES, ("pebble/static/**/*.js",)),
], ids=["templates", "styles", "scripts"])
def test_what_browsers_get(rules, patterns):
    wrong = [f"{rel}:{line}" for rel, text in text_files(*patterns) for line in breaches(text, rules)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_lists_name_only_what_exists():
    modules = {name_of(rel) for rel, _ in python_files()}
    assert [p for p in FLOOR_OF if p not in modules and not (ROOT / p.replace(".", "/")).is_dir()] == []
    for rel, function in (name.split("::") for name in LONG):
        assert function in {n.name for n in nodes(ast.parse((ROOT / rel).read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)}
    for rel, (count, reason) in BROAD.items():
        assert reason
        found = re.findall(r"except (?:Base)?Exception\b", (ROOT / rel).read_text(encoding="utf-8"))
        assert len(found) == count, f"{rel} has {len(found)} broad excepts, the list says {count}"


SLUG = SLUGS[0]
BAD = [
    (imports_only_go_down, "markets/analysis/x.py", "from markets import read"),
    (imports_only_go_down, "markets/models.py", "from markets.store import save"),
    (imports_only_go_down, "exchanges/rows.py", "def f():\n    from exchanges import limits"),
    (imports_only_go_down, "markets/read.py", "import markets.pages.compare"),
    (imports_only_go_down, "exchanges/numbers.py", "from .models import Exchange"),
    (exchanges_know_no_markets, "exchanges/views.py", "from markets.read import board"),
    (exchanges_know_no_markets, "exchanges/views.py", "import markets"),
    (adapters_stand_alone, "exchanges/adapters/toy.py", f"from exchanges.adapters import {SLUG}"),
    (adapters_stand_alone, "exchanges/adapters/toy.py", f"from .{SLUG} import PAGE"),
    (adapters_stand_alone, "exchanges/adapters/toy.py", "from exchanges.limits import Bucket"),
    (only_the_transport_has_wires, "exchanges/client.py", "import httpx"),
    (only_the_transport_has_wires, "markets/tasks.py", "from requests.adapters import HTTPAdapter"),
    (pure_floors_stay_pure, "markets/board.py", "import time"),
    (pure_floors_stay_pure, "markets/analysis/best.py", "from django.conf import settings"),
    (pure_floors_stay_pure, "exchanges/limits.py", "now = datetime.now(UTC)"),
    (pure_floors_stay_pure, "exchanges/limits.py", "import random as r"),
    (pure_floors_stay_pure, f"exchanges/adapters/{SLUG}.py", "x = date.today()"),
    (nobody_else_names_an_exchange, "markets/views.py", f"if slug == '{SLUG}': pass"),
    (nobody_else_names_an_exchange, "markets/views.py", f"text = f'at {SLUG.title()}: {{price}}'"),
    (nobody_else_names_an_exchange, "markets/views.py", f"{SLUG}_fee = 1"),
    (modules_say_what_they_hold, "markets/views.py", "x = 1"),
    (functions_fit_a_screen, "markets/views.py", "def f():\n" + "    x = 1\n" * 50),
    (failures_are_named, "markets/views.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (failures_are_named, "markets/views.py", "try:\n    f()\nexcept (ValueError, BaseException):\n    pass"),
    (failures_are_named, "markets/views.py", "try:\n    f()\nexcept:\n    pass"),
]
GOOD = [
    (imports_only_go_down, "markets/read.py", "from markets import held\nfrom exchanges.models import Exchange\nimport json"),
    (adapters_stand_alone, "exchanges/adapters/toy.py", "from exchanges import numbers\nfrom exchanges.adapter import Adapter"),
    (only_the_transport_has_wires, "exchanges/transport.py", "import httpx"),
    (pure_floors_stay_pure, "exchanges/limits.py", "from datetime import datetime\ndef f(now): return now.timestamp()"),
    (nobody_else_names_an_exchange, "markets/views.py", f'"""Not for {SLUG} alone."""\nslug = "other"'),
    (nobody_else_names_an_exchange, f"exchanges/adapters/{SLUG}.py", f"slug = '{SLUG}'"),
    (modules_say_what_they_hold, "markets/__init__.py", ""),
    (failures_are_named, "markets/views.py", "try:\n    f()\nexcept ValueError:\n    pass"),
]


@pytest.mark.parametrize(("rule", "rel", "text"), BAD)
def test_a_bad_file_is_refused(rule, rel, text):
    assert rule(rel, ast.parse(text))


@pytest.mark.parametrize(("rule", "rel", "text"), GOOD)
def test_a_good_file_passes(rule, rel, text):
    assert rule(rel, ast.parse(text)) == []


@pytest.mark.parametrize(("rules", "text"), [
    (TEMPLATE_RULES, "<script>alert(1)</script>"),
    (TEMPLATE_RULES, '<a\n onclick="go()">'),
    (TEMPLATE_RULES, '<a href="javascript:go()">'),
    (TEMPLATE_RULES, '<p style="color: red">'),
    (TEMPLATE_RULES, "<style>p {}</style>"),
    (TEMPLATE_RULES, "{{ name|safe }}"),
    (TEMPLATE_RULES, "{% autoescape off %}"),
    (TEMPLATE_RULES, '<script defer src="https://cdn.example.com/x.js"></script>'),
    (TEMPLATE_RULES, '<link rel="stylesheet" href="//fonts.example.com/css">'),
    (TEMPLATE_RULES, f'{{% if row.exchange == "{SLUG}" %}}'),
    (STYLE_RULES, "@import 'https://fonts.example.com/css';"),
    (STYLE_RULES, "a { background: url(//example.com/x.png) }"),
    (STYLE_RULES, f".ex-{SLUG} {{ color: red }}"),
    (SCRIPT_RULES, f'if (slug === "{SLUG}") {{}}'),
    (SCRIPT_RULES, "row.innerHTML = text"),
])
def test_a_bad_page_is_refused(rules, text):
    assert breaches(text, rules)


@pytest.mark.parametrize("text", [
    '<script src="{% static \'pebble.js\' %}" defer></script><a href="https://example.com/trade">Trade</a>',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="#icon"/></svg>',
    '{{ rows|json_script:"rows" }}<div class="style" data-on="1">',
])
def test_a_good_page_passes(text):
    assert breaches(text, TEMPLATE_RULES) == []
