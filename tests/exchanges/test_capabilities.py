"""The capability table: made from the adapters, the same in the docs, and honest about what is not offered."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from exchanges import capabilities
from exchanges.adapter import SOURCE_NAMES, Adapter, Parsed, Part, Request, Source
from exchanges.adapters import ADAPTERS

PAGE = Path(__file__).parents[2] / "docs" / "capabilities.md"


def part(name, *, signed=False, pages=1, **cost):
    return Part(name, Request("a.example", "/x", signed=signed), cost, lambda body, headers, known: Parsed([]), pages=pages)


TOY = Adapter(
    slug="toy", name="Toy", monogram="To", hosts=("a.example",), pools=(), budget=60, taker_fee=Decimal("0.001"), trade_page="", check=lambda *a: None,
    tickers=Source((part("one", ip=2, pages=3), part("two", ip=5, other=1)), period_s=10),
    book=Source((part("spot", ip=4), part("perp", ip=7)), period_s=30, markets=20),
    perp_tickers=Source((part("all", ip=1),), period_s=30),
    copy_traders=Source((part("all", signed=True, ip=0),), period_s=3600),
    absent={"currencies": "told to friends only"},
)


def of(source):
    return next(c for c in capabilities.of(TOY) if c.source == source)


def test_the_page_in_the_docs_is_what_the_adapters_say():
    assert PAGE.read_text(encoding="utf-8") == capabilities.page(), "run: manage.py capabilities --write"


def test_the_command_prints_the_page():
    out = StringIO()
    call_command("capabilities", stdout=out)
    assert out.getvalue().rstrip("\n") == capabilities.page().rstrip("\n")


def test_every_source_of_every_exchange_has_a_line():
    assert {slug: tuple(c.source for c in row) for slug, row in capabilities.table().items()} == dict.fromkeys(ADAPTERS, SOURCE_NAMES)
    assert set(capabilities.LABELS) == set(SOURCE_NAMES)


def test_a_sweep_costs_all_its_parts_and_pages_and_a_market_the_dearest_part():
    assert (of("tickers").requests, of("tickers").cost) == (4, {"ip": 11, "other": 1})
    assert (of("book").requests, of("book").cost, of("book").markets) == (1, {"ip": 7}, 20)


def test_what_is_not_offered_says_why():
    assert (of("option_tickers").offered, of("option_tickers").note) == (False, "not published")
    assert of("currencies").note == "told to friends only"
    assert of("open_interest").elsewhere and of("open_interest").note == "comes with prices of perpetuals and futures"


def test_what_needs_a_key_says_so():
    assert of("copy_traders").key and not of("tickers").key and of("copy_traders").cost == {}


def test_periods_are_written_for_people():
    assert [capabilities.period(s) for s in (10, 90, 300, 3600, 86_400)] == ["10 s", "90 s", "5 min", "1 h", "1 d"]
