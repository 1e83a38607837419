"""manage.py ask with one question: what the API answers, as JSON and as text."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from markets.ask import text
from markets.ask.answer import Answer, Reading
from markets.management.commands import ask
from markets.reads.findings import asked as findings_asked

pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture(autouse=True)
def still(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(findings_asked, "PATIENCE_S", 0.0)


def said(*words, **options):
    out = StringIO()
    call_command("ask", *words, stdout=out, **options)
    return out.getvalue().removesuffix("\n")


def test_as_json_it_is_what_the_api_answers(client):
    printed, answered = json.loads(said("best price for btc", json=True)), client.get("/api/v1/ask/?q=best+price+for+btc").json()
    assert printed.pop("took_ms") >= 0 and answered.pop("took_ms") >= 0
    assert printed == answered and printed["answers"][0]["kind"] == "answer"


def test_as_text_the_sentence_comes_first_and_the_receipt_last(settings):
    settings.BASE_URL = "https://pebble.example"
    lines = said("best", "price", "for", "btc").splitlines()
    assert re.fullmatch(r"BTC - best price to buy: KuCoin 100\.9\d* USDT", lines[0]) and re.match(r"  KuCoin +100\.9\d* +best$", lines[1])
    assert lines[-2] == "Invented prices of a simulated market."
    assert re.fullmatch(r"Receipt, until \d+ \w+ \d{4}: https://pebble\.example/receipts/[\w-]+/", lines[-1])
    settings.SIMULATED = False
    assert "Invented" not in said("best price for btc")


def test_a_refusal_is_an_answer_with_what_can_be_asked():
    lines = said("should I buy bitcoin?").splitlines()
    assert lines[0].startswith("No advice: ") and any(line.startswith("Try: ") for line in lines)


def test_two_questions_are_two_blocks():
    assert len(said("best price for btc? and how are exchanges ranked?").split("\n\n")) == 3


@pytest.mark.parametrize(("words", "options"), [((), {}), (("  ",), {}), (("btc price",), {"batch": "-"})])
def test_one_or_the_other_must_be_given(words, options):
    with pytest.raises(CommandError, match="best price for 2 ETH"):
        said(*words, **options)


def test_readings_and_examples_stand_below_everything_else():
    answer = Answer(kind="choose", title="T", sentence="S.", lines=("L",), notes=("N",), readings=(Reading("R", {}), Reading("Q", {})), examples=("E", "F"))
    assert text.plain(answer) == "T: S.\nL\nN\nOr read as: R | Q\nTry: E | F"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that is not there")
@pytest.mark.parametrize("made", [False, True])
def test_without_a_market_it_says_what_to_do_and_leaves_no_database(tmp_path, monkeypatch, made):
    other, file = connections.create_connection("default"), tmp_path / "live.sqlite3"
    other.settings_dict = {**other.settings_dict, "NAME": str(file)}
    if made:
        file.touch()
    monkeypatch.setattr(ask, "connection", other)
    with pytest.raises(CommandError) as refused:
        said("best price for btc")
    assert str(refused.value) == f"No prices are stored in {file}. Start with make run; or set PEBBLE_MARKET=live where Pebble runs with the live market."
    many = tmp_path / "many.ndjson"
    many.write_text('{"q": "best price for btc"}')
    assert json.loads(said(batch=str(many)))["assets"] == ["BTC"]
    assert file.exists() is made
    other.close()


def test_no_line_stops_the_many(tmp_path):
    deep = b"[" * 200_000
    bad = [deep, b'{"q": "a", "x": ' + deep, b"\xff", b"\x00", b'{"q": "\\ud800"}']
    lines = [b'{"q": "best price for btc"}', *bad, b'{"q": "' + b"a" * 1_000_000 + b'"}', b'{"q": "last"}']
    file = tmp_path / "many.ndjson"
    file.write_bytes(b"\n".join(lines))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^5 lines could not be read"):
        call_command("ask", batch=str(file), stdout=out)
    rows = [json.loads(row) for row in out.getvalue().splitlines()]
    assert [row["line"] for row in rows if "error" in row] == [2, 3, 4, 5, 6]
    assert [row["q"][:4] for row in rows if "q" in row] == ["best", "aaaa", "last"]
