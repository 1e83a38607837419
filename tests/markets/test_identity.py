"""Evidence where it meets the rows: contracts, indices and names as they are polled, renamed codes, and what an operator's decision does."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from exchanges.chains import address
from exchanges.rows import Currency, IndexMember, Instrument
from markets import decisions, read
from markets.models import Asset, AssetAlias, AssetKind, Decision, ExchangeAsset, Listing, Market, Quote, Renaming, Snapshot
from markets.reads import assets, collisions, history
from tests.markets.build import NOW, catalogue, contract, contracts, instrument, prices, rows, ticker

pytestmark = pytest.mark.usefixtures("stored")
HOUR = timedelta(hours=1)
THREE = ("kucoin", "gateio", "bitget")


def coin(code="NOVA", address="0x1", **more):
    return Currency(code, network="ERC20", chain="ethereum", contract_address=address, **more)


def code(slug, text="NOVA"):
    return ExchangeAsset.objects.select_related("exchange", "asset").get(exchange__slug=slug, code=text)


def standing(slug, text="NOVA"):
    found = code(slug, text)
    return found.state, found.basis


def everywhere(addresses, pair="NOVA/USDT", slugs=THREE):
    for slug, told in zip(slugs, addresses, strict=False):
        catalogue(slug, pair)
        rows(slug, "currencies", coin(pair.partition("/")[0], told))


@pytest.mark.both
def test_the_odd_contract_of_three_is_kept_apart_even_when_prices_agree():
    everywhere(("0x1", "0x2", "0x1"))
    assert [standing(slug) for slug in THREE] == [("confirmed", "contract"), ("conflicted", "contract"), ("confirmed", "contract")]
    assert "as on Bitget" in code("kucoin").evidence and "where KuCoin has 0x1" in code("gateio").evidence
    ExchangeAsset.objects.update(prices="probable")
    for slug in THREE:
        prices(slug, ticker("NOVA/USDT", 2, "2.001"))
    rows("gateio", "currencies", coin(address="0x2"), now=NOW + HOUR)
    assert standing("gateio") == ("conflicted", "contract"), "prices that agree do not heal it"
    found = {r.quote.exchange: r for r in read.compare("NOVA", "USDT", NOW).rows}
    assert found["gateio"].rank is None and found["gateio"].quote.identity == "conflicted" and found["kucoin"].rank
    everywhere(("0x1", "0x1", "0x1"))
    assert standing("gateio") == ("confirmed", "contract"), "an address that was mended ends it"


def test_addresses_are_compared_without_case_where_they_are_hexadecimal_and_exactly_elsewhere():

    assert address("0xAbC") == address("0xabc") and address("So1aNa") != address("so1ana")
    assert address("0x0000000000000000000000000000000000000000") is None is address("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE")


def test_an_index_that_names_the_market_confirms_both():
    for slug in ("binance", "bybit"):
        catalogue(slug, "NOVA/USDT")
    contracts("binance", contract("NOVA/USDT"))
    members = (("Bybit", "NOVAUSDT"), ("Binance", "NOVA_USDT"), ("Upbit", "NOVA-USDT"), ("Bybit", "OTHERUSDT"))
    rows("binance", "index_members", *(IndexMember("NOVAUSDT", named, member) for named, member in members))
    assert standing("binance") == standing("bybit") == ("confirmed", "index")
    assert code("bybit").evidence == "the index of NOVAUSDT on Binance counts it as one coin with Binance"


def test_equal_full_names_make_codes_probable():
    for slug, name in (("kucoin", "Nova Network"), ("gateio", "NOVA network")):
        catalogue(slug, instrument("NOVA/USDT", name=name))
    assert standing("kucoin") == standing("gateio") == ("probable", "name")
    assert read.board().coins["NOVA"].name == "Nova Network"


def test_an_operators_decision_is_not_weighed_and_counts_for_the_others():
    everywhere(("0x1", "0x2"))
    assert standing("kucoin") == standing("gateio") == ("conflicted", "contract")
    decisions.ignore(code("gateio"), "root")
    assert standing("gateio") == ("conflicted", "operator") and standing("kucoin") == ("unknown", "")
    rows("gateio", "currencies", coin(address="0x1"), now=NOW + HOUR)
    assert standing("gateio") == ("conflicted", "operator")


# --- Classes ----------------------------------------------------------------------------------------------------------
def test_classes_come_from_the_exchange_first_and_from_the_code_second():
    catalogue("kucoin", "BTC/USDT", "J/USDT", "JUP/USDT", "BTC3L/USDT", instrument("ODD/USDT", leveraged=True), "AXL/USDT", "wAXL/USDT",
              instrument("STX2/USDT", name="Staked Stacks"), instrument("AAPL/USDT", tokenised=True), "WBTC/USDT")  # fmt: skip
    kinds = dict(Asset.objects.values_list("ticker", "kind"))
    assert {kinds[t] for t in ("BTC3L", "ODD")} == {AssetKind.LEVERAGED} and kinds["JUP"] == kinds["J"] == AssetKind.COIN
    assert {kinds[t] for t in ("WAXL", "STX2", "WBTC")} == {AssetKind.WRAPPED} and kinds["AAPL"] == AssetKind.TOKENISED


def test_what_a_code_was_once_taken_for_it_stays():
    catalogue("kucoin", "NEWUP/USDT")
    catalogue("kucoin", "NEWUP/USDT", "NEW/USDT", now=NOW + HOUR)
    assert Asset.objects.get(ticker="NEWUP").kind == AssetKind.COIN and Market.objects.filter(status="delisted").count() == 0


def test_a_name_heard_later_tells_a_wrapped_coin_once():
    catalogue("kucoin", "XYZ/USDT")
    rows("kucoin", "currencies", Currency("XYZ", name="Wrapped Xyz", network="ERC20", chain="ethereum"))
    assert Asset.objects.get(ticker="XYZ").kind == AssetKind.WRAPPED
    Asset.objects.filter(ticker="XYZ").update(kind=AssetKind.COIN)
    rows("kucoin", "currencies", Currency("XYZ", name="Wrapped Xyz", network="ERC20", chain="ethereum"), now=NOW + HOUR)
    assert Asset.objects.get(ticker="XYZ").kind == AssetKind.COIN, "an operator's class stays"


# --- Renamed codes ------------------------------------------------------------------------------------------------------
def renamed():
    """Thirty markets, so that one of another name is no lost list; LOKI-USDT is then a market of OXEN."""
    many = [f"C{n:02}/USDT" for n in range(30)]
    catalogue("kucoin", *many, Instrument("LOKI-USDT", base="OLD", quote="USDT"))
    prices("kucoin", ticker("LOKI-USDT", 1, 2))
    catalogue("kucoin", *many, Instrument("LOKI-USDT", base="FRESH", quote="USDT"), now=NOW + HOUR)
    return Renaming.objects.get()


@pytest.mark.both
def test_a_renamed_market_begins_anew_and_its_past_stays_under_the_old_code():
    found = renamed()
    old, new = Market.objects.get(base__code="OLD"), Market.objects.get(base__code="FRESH")
    assert (old.symbol, old.status, new.symbol, new.status) == (f"LOKI-USDT~{old.pk}", "delisted", "LOKI-USDT", "trading")
    assert Snapshot.objects.filter(market_id=old.pk).exists() and not Snapshot.objects.filter(market_id=new.pk).exists()
    assert not Quote.objects.filter(market__in=(old, new)).exists(), "a price of the old coin is nobody's price now"
    assert (found.old.code, found.new.code, found.verdict) == ("OLD", "FRESH", "")
    assert [e.event for e in Listing.objects.all()] == ["renamed"]
    assert read.resolve("OLD")[0].slug == "old", "nothing is joined by itself"
    bars = history.series("OLD", "USDT", NOW + HOUR, period_s=60, start=NOW - HOUR)
    assert len(bars.rows) == 1 and not history.series("FRESH", "USDT", NOW + HOUR, period_s=60, start=NOW - HOUR).rows


def test_an_accepted_renaming_makes_a_dated_alias_and_joins_no_series():
    decision = decisions.accept_renaming(renamed(), "root", Decimal(10))
    alias = AssetAlias.objects.get(text="OLD")
    assert (alias.asset.slug, alias.kind, alias.valid_to, alias.factor) == ("fresh", "former", (NOW + HOUR).date(), 10)
    assert "OLD is an old ticker of FRESH, 1 OLD = 10 FRESH" in decision.said
    read.forget()
    coin, former = read.resolve("OLD")
    assert (coin.slug, former) == ("fresh", "OLD")
    assert Market.objects.get(base__code="OLD").base.asset.slug == "old", "prices of before stay under the old ticker"
    decisions.undo(decision)
    read.forget()
    assert read.resolve("OLD")[0].slug == "old" and Renaming.objects.get().verdict == ""


def test_a_renaming_that_is_two_coins_is_not_asked_again():
    decisions.ignore_renaming(renamed(), "root")
    assert not AssetAlias.objects.filter(text="OLD").exists()
    assert "renamed" not in {item.kind for item in collisions.items(NOW + HOUR)}


# --- Decisions and taking them back -------------------------------------------------------------------------------------
def snapshot(found):
    found.refresh_from_db()
    return found.asset.slug, found.state, found.basis, found.evidence, found.decided


@pytest.mark.both
@pytest.mark.parametrize(("decide", "after"), [
    (decisions.confirm, ("nova", "confirmed")), (decisions.ignore, ("nova", "conflicted")), (decisions.split, ("nova-2", "confirmed")),
])
def test_every_decision_can_be_taken_back(decide, after):
    everywhere(("0x1", "0x2"))
    found = code("gateio")
    before = snapshot(found)
    decision = decide(found, "root")
    assert snapshot(found)[:2] == after and found.decided and found.basis == "operator"
    decisions.undo(decision)
    found = code("gateio")
    assert snapshot(found) == before and not Asset.objects.filter(slug="nova-2").exists()
    with pytest.raises(decisions.CannotUndo, match="already"):
        decisions.undo(decision)


def test_only_the_newest_decision_about_a_code_can_be_taken_back():
    everywhere(("0x1", "0x2"))
    first = decisions.confirm(code("gateio"), "root")
    second = decisions.ignore(code("gateio"), "root")
    with pytest.raises(decisions.CannotUndo, match="newer"):
        decisions.undo(first)
    decisions.undo(second)
    decisions.undo(first)
    assert Decision.objects.filter(undone_at=None).count() == 0 and standing("gateio") == ("conflicted", "contract")


def test_a_split_frees_the_others_and_is_told_on_both_pages():
    everywhere(("0x1", "0x2"))
    decisions.split(code("gateio"), "root")
    read.forget()
    assert standing("kucoin") == ("unknown", "")
    nova, other = assets.detail("NOVA"), assets.detail("NOVA-2")
    assert [c.slug for c, _ in nova.namesakes] == ["nova-2"] and [c.slug for c, _ in other.namesakes] == ["nova"]
    assert "Another coin is called NOVA on Gate.io" in assets.notes(nova, {"gateio": "Gate.io"})[0]


# --- Questions ------------------------------------------------------------------------------------------------------------
def test_each_open_question_is_asked_once_by_its_weightiest_reason():
    everywhere(("0x1", "0x2", "0x1"))
    catalogue("kucoin", "NOVA/USDT", "kNOVA/USDT", "SOLO/USDT", "TWO/USDT", now=NOW + HOUR)
    catalogue("bybit", "TWO/USDT")
    rows("kucoin", "currencies", coin(), coin("kNOVA"), now=NOW + HOUR)
    kinds = {(i.kind, i.exchange, i.code) for i in collisions.items(NOW + HOUR)}
    assert kinds >= {("conflicted", "Gate.io", "NOVA"), ("contract", "KuCoin", "kNOVA"), ("unmatched", "KuCoin", "SOLO")}
    assert ("unknown", "KuCoin", "TWO") not in kinds, "not for long enough"
    assert ("unknown", "KuCoin", "TWO") in {(i.kind, i.exchange, i.code) for i in collisions.items(NOW + timedelta(days=2))}
    target = next(i.target for i in collisions.items(NOW) if i.code == "kNOVA")
    decisions.join(code("kucoin", "kNOVA"), Asset.objects.get(pk=target[0]), "root")
    assert code("kucoin", "kNOVA").asset.slug == "nova"


def test_the_sides_of_a_question_stand_beside_each_other():
    everywhere(("0x1", "0x2"))
    prices("kucoin", ticker("NOVA/USDT", 2, 2))
    prices("gateio", ticker("NOVA/USDT", "0.02", "0.02"))
    items = collisions.matching(collisions.items(NOW), "conflicted", "Gate.io", "nov")
    assert [i.code for i in items] == ["NOVA"] and not collisions.matching(items, text="zzz") and not collisions.matching(items, exchange="KuCoin")
    ours, theirs = sorted(collisions.sides(items)[items[0].key], key=lambda s: not s.asked)
    assert (ours.exchange, ours.price, ours.ratio, ours.contracts) == ("Gate.io", Decimal("0.02"), Decimal("0.01"), ("ethereum 0x2",))
    assert (theirs.price, theirs.ratio, theirs.volume_usd) == (Decimal(2), Decimal(100), Decimal(2_000_000))


# --- Old tickers ----------------------------------------------------------------------------------------------------------
def test_an_alias_counts_from_and_until_its_day():
    catalogue("kucoin", "S/USDT")
    assert read.resolve("ftm") == (read.board().coins["S"], "FTM")
    AssetAlias.objects.filter(text="FTM").update(valid_to=date(2999, 1, 1))
    read.forget()
    assert read.resolve("FTM") == (read.board().coins["S"], None), "still its ticker: nothing has become of it yet"
    assert read.board().coins["S"].former == ()
    AssetAlias.objects.filter(text="FTM").update(valid_from=date(2999, 1, 1))
    read.forget()
    assert read.resolve("FTM") == (None, None)


def test_a_search_of_the_overview_understands_old_tickers():
    catalogue("kucoin", "POL/USDT", "BTC/USDT")
    assert [c.key.base for c in read.overview(read.Filters(search="MATIC"), NOW).rows] == ["POL"]
