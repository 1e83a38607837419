"""Which coin is it, over the simulated world, which knows what every market really stands for."""

import pytest
from django.utils import timezone

from exchanges.simulator.universe import universe
from markets import decisions, evidence, read
from markets.analysis.classes import MAIN
from markets.models import Asset, ExchangeAsset, Market, Renaming
from markets.reads import arbitrage, collisions
from tests.journeys.conftest import poll

pytestmark = pytest.mark.system
TELL_CONTRACTS = ("kucoin", "gateio", "bitget")


def truth():
    """{(exchange, market id): the thing it stands for}, from the world itself."""
    return {(slug, market.symbol): market.asset.key for slug, markets in universe().markets.items() for market in markets}


def code(slug, text):
    return ExchangeAsset.objects.select_related("asset", "exchange").get(exchange__slug=slug, code=text, family="coin")


def test_no_two_things_are_ever_compared_and_what_is_proved_is_true(collected):
    """One walk through the whole world: collecting it is what takes long."""
    for slug, source in (*((slug, "currencies") for slug in TELL_CONTRACTS), *((slug, "tickers") for slug in ("gateio", "binance", "gateio"))):
        assert poll(slug, source) == "ok"
    nothing_ranked_together_is_two_things()
    the_second_nova_takes_part_in_nothing()
    contracts_confirm_one_thing_each()
    bundles_lookalikes_and_spellings()
    a_code_that_changes_under_its_id_joins_nothing(collected)


def nothing_ranked_together_is_two_things():
    real, now, wrong, compared = truth(), timezone.now(), [], 0
    for summary in read.pairs(now).values():
        ranked = {real[q.exchange, q.symbol] for q in read.board().pairs[summary.key].values() if q.identity != "conflicted" and not q.flag}
        compared += summary.listed > 1
        wrong += [(summary.key, ranked)] if len(ranked) > 1 else []
    assert wrong == [] and compared > 500


def the_second_nova_takes_part_in_nothing():
    assert (code("gateio", "NOVA").state, code("gateio", "NOVA").basis) == ("conflicted", "contract")
    found = {row.quote.exchange: row for row in read.compare("NOVA", "USDT", timezone.now()).rows}
    assert found["gateio"].rank is None and {slug for slug, row in found.items() if row.rank} == {"binance", "kucoin", "bybit"}
    routes = arbitrage.judged(arbitrage.Wanted(), timezone.now())
    assert not [r for r in routes if r.kind in MAIN for leg in r.route.legs if (leg.exchange, leg.base) == ("gateio", "NOVA")]
    ExchangeAsset.objects.filter(code="NOVA").update(prices="probable")
    evidence.weigh([code("gateio", "NOVA").asset_id], timezone.now())
    assert code("gateio", "NOVA").state == "conflicted", "prices that agree do not heal it"


def contracts_confirm_one_thing_each():
    real, things = truth(), dict[int, set[str]]()
    markets = Market.objects.filter(kind="spot", base__state="confirmed", base__basis="contract").values_list("exchange__slug", "symbol", "base__asset")
    for slug, symbol, asset in markets:
        things.setdefault(asset, set()).add(real[slug, symbol])
    assert len(things) > 500 and {len(keys) for keys in things.values()} == {1}


def bundles_lookalikes_and_spellings():
    assert (code("binance", "1000SATS").asset.slug, code("binance", "1000SATS").multiplier) == ("sats", 1000)
    assert (code("binance", "1MBABYDOGE").asset.slug, code("binance", "1MBABYDOGE").multiplier) == ("babydoge", 1_000_000)
    plain = dict(Asset.objects.filter(ticker__in=("JUP", "SYRUP", "SUP", "UP", "1INCH", "10SET", "0G", "2Z", "9BIT")).values_list("ticker", "kind"))
    assert len(plain) == 9 and set(plain.values()) == {"coin"}
    assert not ExchangeAsset.objects.filter(code__in=plain).exclude(multiplier=1).exists()
    assert code("kucoin", "wAXL").asset.kind == "wrapped" and code("kucoin", "USDe").asset.slug == "usde"
    asked = {(item.code, item.target and item.target[1]) for item in collisions.items(timezone.now()) if item.kind == "contract"}
    assert asked >= {("kALT", "alt"), ("kACE", "ace"), ("wAXL", "axl")}, "the same contract under another spelling is a question, not a guess"


def a_code_that_changes_under_its_id_joins_nothing(world):
    world.control(kucoin={"rename": {"code": "RENDER", "to": "RENDER2"}})
    assert poll("kucoin", "instruments") == "ok"
    renaming = Renaming.objects.filter(old__code="RENDER").first()
    assert renaming.new.code == "RENDER2" and renaming.new.asset != renaming.old.asset
    assert not Market.objects.filter(base=renaming.old, kind="spot").exclude(status="delisted").exists()
    decisions.accept_renaming(renaming, "root")
    read.forget()
    assert read.resolve("RENDER2")[0].slug == "render2"
    assert read.resolve("RENDER")[0].slug == "render", "it still trades under that ticker elsewhere"
