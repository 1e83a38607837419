"""manage.py parse: rows on standard output, a reason and a failing exit where there are none."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from .cases import SAMPLES, cases

SAMPLED = [case for case in cases() if case.body is not None and not case.known]


def run(*arguments, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("parse", *arguments, stdout=out, stderr=err, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


@pytest.mark.parametrize("case", SAMPLED, ids=str)
def test_it_prints_the_rows_beside_every_sample(case, tmp_path):
    (tmp_path / "reply").write_bytes(case.body)
    headers = [f"{name.title()}={value}" for name, value in case.headers.items()]
    rows, _ = run(case.adapter.slug, f"{case.source}:{case.part.name}", str(tmp_path / "reply"), header=headers)
    assert rows == case.expected(case.parse().rows[0])


def test_it_reads_standard_input_and_takes_a_catalogue(monkeypatch):
    folder = SAMPLES / "kucoin"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((folder / "tickers.json").read_bytes())))
    rows, said = run("kucoin", "tickers", "-", instruments=str(folder / "instruments.json"))
    assert rows[0]["bid"] == "64010.1"
    assert rows[0]["exchange_ts"].endswith("Z")
    assert said == "1 rows dropped, 2 fields not readable\n"


@pytest.mark.parametrize(
    ("arguments", "body", "message"),
    [
        (("nowhere", "tickers"), b"[]", "no exchange is called 'nowhere'"),
        (("kucoin", "option_tickers"), b"[]", "KuCoin has no source 'option_tickers'"),
        (("kucoin", "candles"), b"[]", "candles comes in parts; say candles:spot or candles:contract"),
        (("kucoin", "tickers:second"), b"[]", "say tickers:all"),
        (("binance", "tickers"), b"[]", "schema: 0 of 0 rows"),
        (("binance", "tickers"), b"[", "not_json:"),
        (("binance", "tickers"), b"<html>", "content_type:"),
        (("bybit", "tickers"), b'{"retCode":10006,"retMsg":"Too many visits!"}', "rate_limited: 10006 Too many visits!"),
    ],
)
def test_it_says_why_there_are_no_rows(arguments, body, message, tmp_path):
    (tmp_path / "reply").write_bytes(body)
    with pytest.raises(CommandError, match="(?s)" + message.replace("(", r"\(")):
        run(*arguments, str(tmp_path / "reply"))


def test_it_says_which_file_or_header_is_wrong(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("binance", "time", str(tmp_path / "missing"))
    with pytest.raises(CommandError, match="is not K=V"):
        run("binance", "time", "-", header=["nonsense"])
