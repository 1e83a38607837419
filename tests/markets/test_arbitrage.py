"""Reading gaps and following them: one function for all, classes from stored facts, episodes counted once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchanges.models import Exchange
from exchanges.rows import PerpTicker
from markets import announced, episodes, receipts, retention, schedules, store, tasks, turns
from markets.board import PairKey
from markets.method import setting
from markets.models import Episode, ExchangeAsset, IdentityState, Market, Reading, Receipt, Revision, Setting, Snapshot
from markets.reads import arbitrage
from markets.reads.arbitrage import KINDS, NoRoute, Wanted
from tests.markets import gaps
from tests.markets.build import NOW, contract, contracts, rows
from tests.markets.gaps import BUY, SELL, THIRD

pytestmark = pytest.mark.usefixtures("stored")
POL = PairKey("POL", "USDT")


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: calls.append(args))
    return calls


@pytest.fixture
def market(queued):
    gaps.fill(NOW)
    return queued


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def scanned(seconds, **bid):
    """Both exchanges answer anew, and the gaps are followed."""
    gaps.tick(later(seconds), **bid)
    gaps.books(later(seconds))
    written = episodes.scan(later(seconds))
    gaps.fresh()
    return written


def find(now=NOW, **wanted):
    return arbitrage.find(Wanted(**wanted), now)


def by_coin(lines):
    return {line.route.base: line for line in lines}


# --- Reading ----------------------------------------------------------------------------------------------------
def test_what_pays_is_in_the_main_table_only_after_two_snapshots(market):
    assert by_coin(find().excluded)["POL"].judged.kind == "unconfirmed"
    episodes.scan(NOW)
    gaps.fresh()
    assert [c.code for c in by_coin(find().excluded)["POL"].judged.reasons] == ["persistence"]
    scanned(10)
    found = find(later(10))
    line, = found.main
    assert (line.route.base, line.judged.kind, line.route.buy.exchange, line.route.sell.exchange) == ("POL", "executable", BUY, SELL)
    assert (line.route.trade.size, f"{line.judged.full.profit:.5f}", f"{line.route.net:.6f}") == (3500, "4.41583", "0.002992")
    assert (line.episode.snapshots, line.seen_24h, line.open_s(later(12))) == (2, 1, 12)
    assert (found.near, found.filtered, found.clock_off) == ((), 0, False)


def test_every_excluded_candidate_names_its_reason(market):
    found = find()
    reasons = {base: line.judged.reasons[0].code for base, line in by_coin(found.excluded).items()}
    assert reasons == {"POL": "persistence", "SUI": "wallet_closed", "NOVA": "conflicted", "OLD": "stale"}
    assert {base: line.judged.kind for base, line in by_coin(found.excluded).items()} == {
        "POL": "unconfirmed", "SUI": "blocked", "NOVA": "suspect", "OLD": "unconfirmed",
    }
    assert by_coin(found.excluded)["NOVA"].judged.hidden
    assert all(c.detail for line in found.excluded for c in line.judged.reasons)
    assert (found.counts["blocked"], found.counts["suspect"], found.counts["executable"]) == (1, 1, 0)
    assert [line.route.base for line in found.near] == ["ETH"]
    assert all(line.judged.kind == "unprofitable" for line in find(losing=True).losing)


def confirmed():
    episodes.scan(NOW)
    scanned(10)


def test_filters_narrow_the_main_table_and_say_so(market):
    confirmed()
    for wanted, shown in (
        ({"min_net_pct": Decimal("0.15")}, 1), ({"min_net_pct": Decimal("0.16")}, 0), ({"min_depth": Decimal(2874)}, 1), ({"min_depth": Decimal(2875)}, 0),
        ({"max_age_s": Decimal(1)}, 1), ({"max_age_s": Decimal("0.9")}, 0), ({"base": ("POL",)}, 1), ({"base": ("ETH",)}, 0),
        ({"exchanges": (BUY, SELL)}, 1), ({"exchanges": (BUY, THIRD)}, 0), ({"kinds": ("triangle",)}, 0),
    ):  # fmt: skip
        found = find(later(10), **wanted)
        assert len(found.main) == shown, wanted
        assert found.filtered == (1 - shown if wanted.keys() & {"min_net_pct", "min_depth", "max_age_s"} else 0)


def test_amount_fees_and_mode(market):
    confirmed()
    small, = find(later(10), amount=Decimal("738.738")).main
    assert (small.judged.trade.size, small.judged.full.size) == (900, 3500)
    sent, = find(later(10), mode="transfer").main
    assert (sent.judged.way.network, f"{sent.judged.full.profit:.5f}") == ("polygon", "3.18286")
    own, = find(later(10), fees={"": Decimal("0.0005")}).main
    assert own.judged.full.profit > small.judged.full.profit
    Episode.objects.all().delete()
    gaps.fresh()
    alone = by_coin(find(later(10), fees={"": Decimal("0.0005")}).excluded)["POL"].judged.reasons[0]
    assert (alone.code, alone.detail) == ("persistence", "The gap must last 2 snapshots in a row: followed with base fees only.")
    assert find(later(10), fees={"": Decimal("0.003")}).main == ()


def test_orders_put_the_unknown_last(market):
    found = find(losing=True)
    lines = [*found.excluded, *found.losing]
    for order in arbitrage.ORDERS:
        up, down = arbitrage.ordered(lines, order, NOW), arbitrage.ordered(lines, f"-{order}", NOW)
        assert order == "open" or "NOVA" not in (up[0].route.base, down[0].route.base), "its figures mean nothing"
        assert {line.route.name for line in up} == {line.route.name for line in lines}
    assert [line.route.base for line in arbitrage.ordered(lines, "asset", NOW)][:2] == ["ETH", "OLD"]


def test_a_clock_that_is_off_takes_its_exchange_out_and_all_of_them_everything(market):
    confirmed()
    Exchange.objects.filter(slug=BUY).update(clock_offset_ms=31_000)
    gaps.fresh()
    found = find(later(10))
    assert (found.main, found.clock_off) == ((), False)
    assert by_coin(found.excluded)["POL"].judged.reasons[0].code == "clock"
    Exchange.objects.update(clock_offset_ms=-31_000)
    gaps.fresh()
    assert find(later(10)).clock_off


def test_settings_are_the_operators(market):
    confirmed()
    Setting.objects.update_or_create(pk=1, defaults={"arbitrage_min_usd": 5000, "arbitrage_announce_after": 3, "arbitrage_skew_s": 0})
    from markets import method

    method._kept = (float("-inf"), method._kept[1])
    gaps.fresh()
    judged = by_coin(find(later(10)).excluded)["POL"].judged
    method._kept = (float("-inf"), method._kept[1])
    assert {"thin", "persistence", "skew"} == {c.code for c in judged.reasons}


def test_movement_is_measured_from_the_last_hour(market):
    pks = Market.objects.filter(symbol="POLUSDT").values_list("pk", flat=True)
    for pk in pks:
        for minute in range(12):
            close = Decimal("0.82") + Decimal("0.001") * (minute % 2)
            Snapshot.objects.create(market_id=pk, period_s=60, opened_at=NOW - timedelta(minutes=minute + 5), open=close, high=close, low=close, close=close)
    gaps.fresh()
    judged = by_coin(find().excluded)["POL"].judged
    assert judged.measured
    assert 0.0012 < judged.risk / 10**0.5 < 0.002
    assert "noise" not in {c.code for c in judged.reasons}
    assert not by_coin(find().excluded)["SUI"].judged.measured


def test_reading_writes_nothing(market):
    with CaptureQueriesContext(connection, ) as seen:
        find(kinds=KINDS)
        arbitrage.one(POL, BUY, SELL, Wanted(), NOW)
    assert {query["sql"].split()[0] for query in seen} == {"SELECT"}


def test_spot_against_perpetual(market):
    contracts(SELL, contract("POL/USDT", contract_size=Decimal(1), taker_fee=Decimal("0.0005")))
    rows(SELL, "perp_tickers", PerpTicker("POLUSDT", bid=Decimal("0.85"), bid_size=Decimal(700), ask=Decimal("0.851"), ask_size=Decimal(9)))
    ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
    gaps.fresh()
    found = find(kinds=("basis",))
    line, = found.excluded
    assert (line.route.kind, line.route.sell.kind, line.route.trade.size) == ("basis", "perp", 10)
    assert (line.route.sell.fee, line.route.sell.fee_source) == (Decimal("0.001"), "operator"), "as on the page of funding"
    assert [c.code for c in line.judged.reasons] == ["books_awaited", "thin", "persistence", "carry"]


# --- One route --------------------------------------------------------------------------------------------------
def test_one_route_in_full(market):
    confirmed()
    pks = dict(Market.objects.filter(symbol="POLUSDT").values_list("exchange__slug", "pk"))
    for slug, close in ((BUY, "0.82"), (SELL, "0.8241")):
        Snapshot.objects.create(market_id=pks[slug], period_s=300, opened_at=NOW - timedelta(hours=1), open=close, high=close, low=close, close=close)
    gaps.fresh()
    found = arbitrage.one(POL, BUY, SELL, Wanted(), later(10))
    assert (found.line.judged.kind, found.asks[0][0], found.bids[0][0]) == ("executable", Decimal("0.82"), Decimal("0.8241"))
    assert f"{max(profit for _, profit in found.curve):.5f}" == "4.41583"
    assert (found.past[0][0], f"{found.past[0][1]:.6f}") == (NOW - timedelta(hours=1), "0.002992")
    assert [e.snapshots for e in found.episodes] == [2]
    back = arbitrage.one(POL, SELL, BUY, Wanted(), later(10))
    assert (back.line.judged.kind, back.episodes) == ("unprofitable", ())


@pytest.mark.parametrize("ends", [(BUY, BUY), (BUY, THIRD)])
def test_no_route(market, ends):
    with pytest.raises(NoRoute):
        arbitrage.one(POL, *ends, Wanted(), NOW)


# --- Following --------------------------------------------------------------------------------------------------
def test_an_episode_from_birth_to_death(market):
    episodes.scan(NOW)
    scanned(10)
    scanned(20, pol_bid="0.8300")
    peak = Episode.objects.get(died_at__isnull=True, base="POL")
    assert (peak.snapshots, peak.best_class, peak.peak_at) == (3, "executable", NOW)  # the books, not the ticker, are what counts
    gaps.tick(later(30), pol_bid="0.8195")
    episodes.scan(later(70))  # the books are old by now, and the tickers show nothing
    dead = Episode.objects.get(base="POL")
    assert (dead.died_at, dead.half_at) == (later(70), later(70))


def test_the_same_snapshot_is_counted_once_and_scans_keep_their_distance(market):
    assert episodes.scan(NOW) == 1
    assert episodes.scan(later(1)) == 0
    assert episodes.scan(later(5)) == 1
    assert Episode.objects.get().snapshots == 1


@pytest.mark.both
def test_of_two_clusters_one_counts(market, monkeypatch):
    """The other one has written between this one's reading and its writing."""
    episodes.scan(NOW)
    gaps.tick(later(10))
    gaps.books(later(10))
    judged, beaten = arbitrage.judged, []

    def slow(*asked):
        found = judged(*asked)
        if not beaten:
            beaten.append(True)
            assert episodes.scan(later(10)) == 1
        return found

    monkeypatch.setattr(arbitrage, "judged", slow)
    assert episodes.scan(later(10)) == 0
    assert list(Episode.objects.values_list("snapshots", flat=True)) == [2]
    assert Revision.objects.get(name="episodes").number == 2


@pytest.mark.both
def test_while_one_scans_no_other_worker_begins_and_one_that_was_ended_is_not_waited_for(market, monkeypatch):
    judged, second = arbitrage.judged, []

    def slow(*asked):
        second.append(episodes.scan_alone(later(4)))
        return judged(*asked)

    monkeypatch.setattr(arbitrage, "judged", slow)
    assert (episodes.scan_alone(NOW), second) == (1, [0])
    Revision.objects.filter(name="episodes:busy").update(at=later(30))  # its worker was ended meanwhile
    monkeypatch.setattr(arbitrage, "judged", judged)
    assert (episodes.scan_alone(later(29)), episodes.scan_alone(later(30))) == (0, 1)
    Revision.objects.filter(name="episodes:busy").update(at=later(900))
    episodes.scan_alone(later(40))
    assert Revision.objects.get(name="episodes:busy").at is None, "a clock that was put back is no reason to wait"


@pytest.mark.both
def test_of_a_route_one_episode_is_alive_and_it_is_born_again(market):
    episodes.scan(NOW)
    Episode.objects.update(died_at=later(5))
    scanned(10)
    assert Episode.objects.count() == 2
    gaps.fresh()
    assert by_coin(find(later(10)).excluded)["POL"].seen_24h == 2


def test_gaps_without_books_ask_for_them_once(queued):
    gaps.fill(NOW)
    queued.clear()
    episodes.scan(later(9))
    asked = set(Reading.objects.filter(wanted_at__isnull=False).values_list("market__symbol", "market__exchange__slug"))
    assert asked == {("POLUSDT", BUY), ("POLUSDT", SELL)}, "SUI cannot leave, and NOVA is two coins"
    assert sorted(queued) == [(SELL, "book"), (BUY, "book")]
    Reading.objects.update(tried_at=later(10))
    episodes.scan(later(12))
    assert len(queued) == 2


def test_the_task_survives_a_locked_database(monkeypatch, caplog):
    from django.db import OperationalError

    monkeypatch.setattr(episodes, "scan_alone", lambda now: (_ for _ in ()).throw(OperationalError("database is locked")))
    assert tasks.scan() == 0
    assert "not followed" in caplog.text


def test_there_is_a_schedule_and_what_is_over_goes(market):
    from django_q.models import Schedule

    schedules.ensure()
    assert Schedule.objects.get(name="arbitrage").func == "markets.tasks.scan"
    episodes.scan(NOW)
    Episode.objects.update(died_at=NOW)
    days = setting().episodes_kept_d
    assert (retention.purge(NOW + timedelta(days=days), setting()), Episode.objects.count()) != (0, 0)
    store.purge(NOW + timedelta(days=days, seconds=1))
    assert Episode.objects.count() == 0


def test_contracts_of_another_kind_are_no_perpetuals(market):
    contracts(SELL, contract("POL/USDT", kind="future", expiry=NOW + timedelta(days=30)))
    rows(SELL, "perp_tickers")
    assert arbitrage.perpetuals() == []


# --- Receipts of what is told -------------------------------------------------------------------------------------
def test_a_gap_gets_a_receipt_when_it_is_first_told_of_and_keeps_it(market):
    episodes.scan(NOW)
    assert set(Episode.objects.values_list("receipt", flat=True)) == {""}  # one snapshot tells nobody
    scanned(10)
    row = Episode.objects.get(base="POL", died_at=None)
    found = receipts.find(row.receipt, later(10))
    assert found.same and "KuCoin" in found.question and "Gate.io" in found.question
    answer = found.answers[0].answer
    assert answer.kind == "answer" and "0.15 %" in answer.sentence and {figure.name for figure in answer.figures}
    scanned(20)
    assert Episode.objects.get(base="POL", died_at=None).receipt == row.receipt and Receipt.objects.count() == 1
    assert not Episode.objects.exclude(base="POL").exclude(receipt="").exists()


def test_the_page_and_the_api_lead_to_it_while_it_is_kept(market, client, monkeypatch):
    confirmed()
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(12))
    receipt = Receipt.objects.get()
    address = f"BTC-USDT/?buy={BUY}&sell={SELL}".replace("BTC", "POL")
    assert f'href="/receipts/{receipt.pk}/"' in client.get(f"/arbitrage/{address}").content.decode()
    assert client.get(f"/api/v1/arbitrage/{address}").json()["episodes"][0]["receipt"] == receipt.pk
    assert "the same, letter for letter" in client.get(f"/receipts/{receipt.pk}/").content.decode()
    Receipt.objects.update(until=NOW)
    gaps.fresh()
    assert arbitrage.past(Episode.objects.get(base="POL").name, later(12))[0].receipt == ""


def test_without_room_gaps_are_followed_all_the_same(market):
    Setting.objects.update_or_create(pk=1, defaults={"receipts_mb": 0})
    confirmed()
    assert Episode.objects.get(base="POL", died_at=None).receipt == "" and by_coin(find(later(10)).main)["POL"].episode.snapshots == 2


def test_of_many_gaps_the_best_get_theirs_first(market, monkeypatch):
    monkeypatch.setattr(announced, "AT_ONCE", 0)
    confirmed()
    assert not Receipt.objects.exists()
