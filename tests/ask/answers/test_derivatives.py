"""Contracts of one coin in words: mark and index price, basis, open interest, dated futures."""

from datetime import timedelta

import pytest

from markets.ask.answer import Left
from markets.ask.answers.derivatives import Contract, Derivatives
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]
LAST = "Contracts are compared with contracts: one below the spot price is not a cheaper coin."


def row(exchange=A, mark="0.5", index="0.499", interest="5000000", **more):
    known = {name: None if text is None else D(text) for name, text in (("mark", mark), ("index", index), ("open_interest_usd", interest))}
    basis = (known["mark"] / known["index"] - 1) * 100 if mark and index else None
    given = {"base": "POL", "quote": "USDT", "age_s": 20.0, "state": "fresh", "volume_usd": D(9_000_000), "basis_pct": basis} | more
    return Contract(exchange=exchange, observed_at=NOW, **known, **given)


def told(*rows, coin=POL, way=None, found=None, **asked):
    known = Derivatives(**({"coin": coin, "rows": rows, "count": len(rows)} | (found or {})))
    return one(Frame("?", intent="derivatives", assets=(coin.typed,), **asked), way or route("derivatives"), known)


def test_perpetuals_lead_with_their_marks_and_what_is_open():
    answer = told(row(A), row(B, "0.51", "0.5", "9000000"), row(C, "0.505", None, None))
    assert answer.sentence == f"POL perpetuals on 3 exchanges: mark prices from 0.50000 to 0.51000 USDT; 14.0M USD open, most on {B.title()}."
    assert answer.title == "POL - perpetuals" and (answer.value, answer.unit) == (D("0.51"), "USDT") and answer.max_age_s == 20.0
    assert cells(answer, "exchange") == [B.title(), A.title(), C.title()] and cells(answer, "basis_pct") == ["+2.000 %", "+0.200 %", "–"]
    assert cells(answer, "index") == ["0.50000", "0.49900", "–"] and cells(answer, "open_interest_usd") == ["9.00M", "5.00M", "–"]
    assert answer.lines == (f"Furthest from its index price: POL/USDT on {B.title()}, +2.000 %.",) and answer.notes == (LAST,)
    assert (answer.page, answer.api) == ("/funding/POL/", "/api/v1/derivatives/?base=POL&quote=USDT&kind=perp&ordering=-open_interest_usd")


def test_one_perpetual_is_told_in_full():
    answer = told(row(A))
    assert answer.sentence == f"POL/USDT perpetual on {A.title()}: mark price 0.50000 USDT, index price 0.49900, basis +0.200 %, 5.00M USD open."
    assert told(row(A, index=None, interest=None)).sentence == f"POL/USDT perpetual on {A.title()}: mark price 0.50000 USDT."
    assert told(row(A, None, None, None)).sentence.endswith("neither mark price nor open interest is told.") and answer.lines == ()


def test_no_mark_at_all():
    assert told(row(A, None, None), row(B, None, None)).sentence.startswith("POL perpetuals on 2 exchanges: no mark price is told; 10.0M USD open")
    assert told(row(A, "0.5", None, None), row(B, None, None, None)).sentence.endswith("mark prices from 0.50000 USDT.")


def test_open_interest_adds_up():
    answer = told(row(A), row(A, interest="1000000", quote="USDC"), row(B, interest="2000000"), topic="open_interest")
    assert answer.title == "POL - open interest" and (answer.value, answer.unit) == (D(8_000_000), "USD")
    assert answer.sentence == f"8.00M USD are open in POL perpetuals on 2 exchanges, most on {A.title()}: 6.00M USD (75 %)."
    assert told(row(A), topic="open_interest").sentence == f"5.00M USD are open in POL perpetuals on {A.title()}."
    assert told(row(A, interest=None), topic="open_interest").sentence == "No exchange that was asked tells the open interest of POL."
    assert told(row(A, interest="0"), row(B, interest="0"), topic="open_interest").sentence.endswith("0.00 USD (–).")
    assert answer.api.startswith("/api/v1/derivatives/?base=POL&quote=USDC,USDT&kind=perp")


def test_basis_from_the_highest_to_the_lowest():
    answer = told(row(A, "0.49", "0.5"), row(B, "0.51", "0.5"), row(C, index=None), topic="basis")
    says = f"highest on {B.title()}, +2.000 %; lowest on {A.title()}, \N{MINUS SIGN}2.000 %"
    assert answer.sentence == f"POL perpetuals against their index price: {says}." and (answer.value, answer.unit) == (D(2), "%")
    assert cells(answer, "exchange") == [B.title(), A.title(), C.title()] and answer.lines == () and "ordering=-basis_pct" in answer.api
    assert told(row(A, "0.49", "0.5"), topic="basis").sentence == f"The POL perpetual on {A.title()} stands 2.000 % below its index price."
    assert told(row(A, "0.51", "0.5"), topic="basis").sentence.endswith("stands 2.000 % above its index price.")
    assert told(row(A, index=None), topic="basis").sentence == "No exchange that was asked tells mark and index price of POL."


def test_dated_futures_from_the_nearest():
    near, far = (row(name, expiry=NOW + timedelta(days=days), basis_apr_pct=D("6.62")) for name, days in ((B, 33), (A, 124)))
    answer = told(far, near, found={"dated": True, "count": 9}, topic="futures")
    assert answer.sentence == f"The nearest dated future on POL is that of 25 Dec 2026 on {B.title()}: 0.50000 USDT, basis +0.200 %, +6.62 % a year."
    assert answer.title == "POL - futures" and cells(answer, "contract") == ["POL/USDT 25 Dec 2026", "POL/USDT 26 Mar 2027"] and answer.table.more == 7
    assert cells(answer, "basis_apr_pct") == ["+6.62 %"] * 2 and answer.lines == () and "kind=future" in answer.api and "ordering=expiry" in answer.api
    assert "a year" not in told(row(A, expiry=NOW + timedelta(days=3)), found={"dated": True}).sentence
    assert told(row(A), topic="futures").notes[0] == "No dated future on POL is listed: these are perpetuals." and told(topic="futures").notes == ()
    assert told(found={"dated": True}).sentence == "No exchange that was asked lists a dated future on POL."


@pytest.mark.parametrize(("reason", "why"), [
    ("stale", "an old price (4 m)"), ("not_trading", "not trading"), ("crossed", "its bid is above its ask"), ("zorp_like", "zorp like"),
])  # fmt: skip
def test_what_does_not_count_is_shown_last_and_left_out(reason, why):
    answer = told(row(A), row(B, interest="9000000", reason=reason, age_s=240.0))
    assert answer.sentence.startswith(f"POL/USDT perpetual on {A.title()}") and cells(answer, "exchange") == [A.title(), B.title()]
    assert [(each.exchange, each.reason, each.detail) for each in answer.excluded] == [(B, reason, why)] and answer.lines == ()
    assert cells(answer, "counts") == ["yes", f"no: {why}"] and "counts" not in [column.name for column in told(row(A)).table.columns]


def test_an_exchange_with_a_contract_that_counts_is_not_left_out():
    assert told(row(A), row(A, quote="USDC", reason="stale")).excluded == ()


def test_nothing_counts_or_is_listed():
    missing = (Left(A, A.title(), "starting", "nothing has been collected yet"),)
    answer = told(row(B, reason="stale"), found={"missing": missing})
    assert answer.kind == "nothing" and answer.lines == (f"{A.title()}: nothing has been collected yet.",)
    figures = "mark price 0.50000 USDT, index price 0.49900, basis +0.200 %, 5.00M USD open; it does not count: an old price (20 s)."
    assert answer.sentence == f"POL/USDT perpetual on {B.title()}: {figures}"
    several = told(row(A, interest=None, reason="thin"), row(B, reason="stale"), row(C, interest="5", reason="stale")).sentence
    assert several == f"No perpetual on POL counts right now. POL/USDT perpetual on {B.title()}: {figures}"
    dated = told(row(B, reason="stale", expiry=NOW + timedelta(days=33)), found={"dated": True})
    assert dated.sentence.startswith(f"POL/USDT future of 25 Dec 2026 on {B.title()}: mark price")
    assert answer.value is None and answer.excluded[-1] == missing[0]
    assert told(coin=MATIC).sentence == "No exchange that was asked lists a perpetual on MATIC (now POL)." and told().table is None
    assert (told().notes, told().page) == ((), "/funding/")


def test_addresses_and_notes_follow_what_was_asked():
    answer = told(row(A, quote="USDC"), quote="EUR", exclude=(B,), way=route("derivatives", exchanges=(A, C)), found={"quotes": ("USD",)})
    assert answer.page == "/funding/POL/?quote=USDC" and f"exchange={A},{C}" in answer.api
    assert answer.notes == ("Perpetuals on POL are priced in USD, too.", "Nothing that was asked for is priced in EUR: these are priced in USDC.", LAST)
    assert told(row(A), quote="USDT").notes == (LAST,)
