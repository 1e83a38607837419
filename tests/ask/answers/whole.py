"""Whole answers as text: what people read and what programs get, one file for each case under `whole/`.

`python -m tests.ask.answers.whole` writes them anew; what changed is then to be read line by line.
"""

from datetime import timedelta
from pathlib import Path

from markets.analysis.amounts import Order
from markets.analysis.cross import Peg
from markets.ask.answer import Answer, Left, Used
from markets.ask.answers.first_listed import FirstListed
from markets.ask.answers.fundings import Fundings
from markets.ask.answers.helping import Help
from markets.ask.answers.largest import Held, Largest
from markets.ask.answers.measured import Seen
from markets.ask.answers.options import Underlyings
from markets.ask.answers.unknown import SAYS, Unknown
from markets.ask.answers.wallets import Door, Wallets
from markets.ask.frame import Frame, Threshold
from tests.ask.answers import test_arbitrage as arbitrage
from tests.ask.answers import test_best_price as best_price
from tests.ask.answers import test_compare as compare
from tests.ask.answers import test_copying as copying
from tests.ask.answers import test_derivatives as derivatives
from tests.ask.answers import test_elsewhere as elsewhere
from tests.ask.answers import test_funding as funding
from tests.ask.answers import test_fundings as fundings
from tests.ask.answers import test_helping as helping
from tests.ask.answers import test_largest as largest
from tests.ask.answers import test_liquidity as liquidity
from tests.ask.answers import test_listings as listings
from tests.ask.answers import test_movers as movers
from tests.ask.answers import test_options as options
from tests.ask.answers import test_pairs_books as pairs_books
from tests.ask.answers import test_price_history as price_history
from tests.ask.answers import test_status as status
from tests.ask.answers import test_volume as volume
from tests.ask.answers import test_wallets as wallets
from tests.ask.answers.build import MATIC, POL, one, route
from tests.markets.analysis.boards import NOW, D

FOLDER = Path(__file__).parent / "whole"
A, B, C = list(route().names)[:3]
HELP = ("ranking", "sources", "age", "fees", "coverage", "privacy", "greeting", "thanks")
LEFT = [(C, "disabled", "switched off by an operator")]


def _fundings(**more):
    rates = (funding.rate(A, "0.03", next_at=NOW + timedelta(hours=2)), funding.rate(B, "0.02"))
    return fundings.told(*rates, count=12, found={"uncounted": {"thin": 257, "stale": 2}, "missing": (Left(C, C.title(), "starting", "nothing yet"),)}, **more)


def _contracts(**asked):
    rows = (derivatives.row(A), derivatives.row(B, "0.51", "0.5", "9000000", quote="USDC"), derivatives.row(C, reason="stale", age_s=240.0))
    found = {"count": 7, "quotes": ("USD",), "missing": (Left("dot", "Dot", "starting", "nothing yet"),)}
    return derivatives.told(*rows, coin=MATIC, found=found, **asked)


def _dated():
    rows = [derivatives.row(name, expiry=NOW + timedelta(days=days), basis_apr_pct=D("6.62")) for name, days in ((B, 33), (A, 124))]
    return derivatives.told(*rows, found={"dated": True}, topic="futures")


def _held():
    coins = (Held(base="BTC", open_interest_usd=D(30_000_000), exchanges=5, largest=A, largest_usd=D(20_000_000)),
             Held(base="ETH", open_interest_usd=D(10_000_000), exchanges=4, largest=B, largest_usd=D(9_000_000)))  # fmt: skip
    return largest.told({"coins": coins, "count": 385, "whole_usd": D(40_000_000)})


def _apart():
    return largest.told({"apart": (derivatives.row(A, "0.49", "0.5"), derivatives.row(B, "0.505", "0.5")), "count": 12}, topic="basis")


def _news(**asked):
    wave = (listings.Wave(B, NOW, 80, ("AAA", "BBB")),)
    events = (listings.event(verified=False), listings.event("SUN", B, 90, event="announced", change_pct=None))
    return listings.told(*events, found={"count": 19, "waves": wave, "notices": (listings.Notice(B, "Will list SUN at 14:00", NOW),)}, **asked)


def _leads():
    return listings.told(topic="leads", found={"leads": (listings.Ahead(A, B, 3 * 86_400.0, 12, 40), listings.Ahead(B, A, 86_400.0, 3, 40))})


def _doors():
    return wallets.told(
        wallets.door(fee="2"), wallets.door(network="base", out=False), wallets.door(B, into=None, age=90.0), coin=MATIC,
        missing=(Left(C, C.title(), "not_offered", "does not offer coins and networks"),),
    )  # fmt: skip


def _exchanges():
    rows = (status.seen(A, markets=1493, success_pct=D("99.5")), status.seen(B, "down", age=240.0, freshness="stale", detail="12 of 20 polls failed"))
    return status.told(*rows, pairs=3375, assets=2301, topic="age")


def _traders():
    return copying.told(copying.leader(), copying.leader("Bob", roi_pct=None, young=True, few=True), found={"count": 120})


def _coin_volume(**asked):
    beside = {"imbalance": D("-0.03"), "funding_8h_pct": D("0.0203"), "open_interest_usd": D(20_800_000_000)}
    return volume.told(volume.activity(relative=D("1.8")), coin=MATIC, found=beside | {"missing": (Left(C, C.title(), "stale", "old"),)}, **asked)


CASES = {
    "arbitrage": lambda: arbitrage.ask(arbitrage.GAP),
    "arbitrage-amount": lambda: arbitrage.ask(arbitrage.GAP, terms=arbitrage.replace(arbitrage.TERMS, amount=D(100))),
    "arbitrage-back": lambda: arbitrage.ask(arbitrage.GAP, arbitrage.DOUBTED, arbitrage.BACK, total=9, filtered=2),
    "arbitrage-doubted": lambda: arbitrage.ask(arbitrage.DOUBTED, asked=True, others=arbitrage.OTHERS, notes=("1 AAA became 1000 POL.",)),
    "arbitrage-short": lambda: arbitrage.ask(arbitrage.BACK, nearest=True),
    "best-price": lambda: best_price.ask(coin=MATIC, both=True),
    "best-price-amount": lambda: best_price.ask(side="sell", order=Order(D(1000), "base"), books=best_price.BOOKS, notes=("A note of 2 ETH.",)),
    "best-price-money": lambda: best_price.ask(order=Order(D(1000)), books=best_price.BOOKS, late=(C,), worth=("EUR", D("0.9"))),
    "best-price-one": lambda: best_price.ask({"ada": best_price.market()["ada"]}, way=route(exchanges=("ada",))),
    "best-price-one-doubted": lambda: best_price.alone("cid", best_price.market(cid=best_price.FUTURE)),
    "best-price-one-filled": lambda: best_price.alone("bea", order=Order(D(2), "base")),
    "best-price-one-old": lambda: best_price.alone("cid", best_price.market(cid=best_price.STALE)),
    "best-price-one-short": lambda: best_price.alone("ada", order=Order(D(10_000), "base"), books=best_price.BOOKS),
    "best-price-one-side": lambda: best_price.alone("bea", threshold=Threshold("<", "100.2")),
    "best-price-one-sides": lambda: best_price.alone("cid", both=True),
    "best-price-peg": lambda: best_price.ask(peg=Peg(ticker="USDT", fiat="USD", state="pegged", deviation_pct=D("0.02"))),
    "best-price-seen": lambda: best_price.ask({"ada": best_price.STALE}, way=route(exchanges=("ada",))),
    "best-price-sides": lambda: best_price.ask(order=Order(D(2), "base"), both=True),
    "best-price-unfilled": lambda: best_price.ask(order=Order(D(10**6), "base"), books=best_price.BOOKS),
    "best-price-worst": lambda: best_price.ask(topic="worst"),
    "compare": lambda: compare.ask(compare.pol(coin=MATIC), way=route("compare", left=LEFT)),
    "compare-coins": lambda: compare.ask(compare.btc(60_000, 60_001), compare.pol(), unlisted=("QXJ7",)),
    "copying": _traders,
    "copying-by-profit": lambda: copying.told(copying.leader(), topic="profit", found={"order": "-profit", "symbol": "BTCUSDT"}, exchanges=(A,)),
    "derivatives": _contracts,
    "derivatives-basis": lambda: _contracts(topic="basis", exchanges=(A, B)),
    "derivatives-dated": _dated,
    "derivatives-open-interest": lambda: _contracts(topic="open_interest", exclude=("eve",)),
    "derivatives-one": lambda: derivatives.told(derivatives.row(A)),
    "elsewhere": lambda: elsewhere.told(elsewhere.lone(relative=D("4.25"), same=("SUN",), others=(B,)), elsewhere.lone("SUN"), found={"count": 32}),
    "elsewhere-trending": lambda: elsewhere.told(elsewhere.lone(), found={"off": (), "count": 751}),
    "first-listed": lambda: listings.listed(listings.since(A, 10), listings.since(B, 12), coin=MATIC, found={"others": (C,)}),
    "first-listed-nowhere": lambda: one(
        Frame("?", intent="new_tokens", exchanges=(A,)), route("new_tokens", left=LEFT), FirstListed(coin=POL, lists=listings.LISTS),
    ),
    "funding": lambda: funding.told(
        funding.rate(A, "0.03", next_at=NOW + timedelta(hours=2)), funding.rate(B, "0.005", "4"), funding.rate(C, "1", reason="stale", age_s=240.0),
        coin=MATIC, found={"pair": funding.pair(), "quotes": ("USD",)}, amount="10000", time_range="1w",
    ),
    "funding-one": lambda: funding.told(funding.rate(A, "-0.01", next_at=NOW + timedelta(hours=3, minutes=32))),
    "funding-paid": lambda: funding.told(
        funding.rate(A), funding.rate(B), found={"paid": (funding.paid(A, "0.00001"), funding.paid(B, "-0.00001"))}, time_range="7d", exchanges=(A, B),
    ),
    "fundings": _fundings,
    "fundings-limit": lambda: _fundings(threshold=Threshold(">", "5", "bps"), exchanges=(A, B)),
    "fundings-pairs": lambda: fundings.told(pairs=(fundings.pair(), fundings.pair(fees=None)), count=9, topic="spread", quote="USDT"),
    "fundings-nothing": lambda: one(Frame("?", intent="funding"), route("funding", left=LEFT), Fundings()),
    **{f"help-{topic}": (lambda topic=topic: helping.helped(topic)) for topic in HELP},
    "help": lambda: one(Frame("?", intent="help"), route("help"), Help(seen=helping.SEEN, pairs=3375)),
    "help-word": lambda: helping.helped("slippage"),
    "help-words": lambda: helping.helped("funding,basis"),
    "largest": _held,
    "largest-apart": _apart,
    "largest-limit": lambda: largest.told(
        {"apart": (derivatives.row(B, "0.51", "0.5"),), "count": 12}, topic="basis", threshold=Threshold(">", "30", "bps"),
    ),
    "largest-nothing": lambda: one(Frame("?", intent="derivatives"), route("derivatives", left=LEFT), Largest()),
    "liquidity": lambda: liquidity.ask(coin=MATIC),
    "liquidity-amount": lambda: liquidity.ask(amount=D(5000), frame={"threshold": Threshold("<", "5", "bps")}),
    "liquidity-ladder": lambda: liquidity.ask(liquidity.seen(), q="show me the order book", way=route("liquidity", exchanges=("ada",))),
    "liquidity-nothing": lambda: liquidity.ask(Seen(exchange=A), way=route("liquidity", left=LEFT)),
    "liquidity-spread": lambda: liquidity.ask(q="spread", frame={"threshold": Threshold("<", "5", "bps"), "exchanges": (A, B)}),
    "listings": _news,
    "listings-gone": lambda: _news(topic="gone", exchanges=(A, B), time_range="30d"),
    "listings-leads": _leads,
    "movers": lambda: movers.told(movers.mover(), movers.mover("SUN", "3", price=None, volume_usd=None, age_s=None)),
    "movers-losers": lambda: movers.told(movers.mover(change="-8"), topic="losers", exchanges=(A,)),
    "options": lambda: options.told(options.expiry(), options.expiry(B, 14), found={"count": 9, "missing": (Left(C, C.title(), "not_offered", "no"),)}),
    "options-iv": lambda: options.told(options.expiry(), topic="iv", exchanges=(A,)),
    "options-coins": lambda: one(
        Frame("?", intent="derivatives", topic="options"), route("derivatives", left=LEFT),
        Underlyings(coins=("BNB", "BTC"), missing=(Left(B, B.title(), "not_offered", "does not offer options"),)),
    ),
    "pairs-books": lambda: pairs_books.ask(pairs_books.POL, pairs_books.BTC, total=5, threshold=Threshold("<", "1", "bps")),
    "pairs-books-score": lambda: pairs_books.ask(pairs_books.POL, pairs_books.BTC, by="score", quote="USDT", exclude=(B,)),
    "price-history": price_history.ask,
    "price-history-high": lambda: price_history.ask(frame={"q": "high and low", "time_range": "24h"}),
    "price-history-nothing": lambda: price_history.ask((), way=route("price_history", left=LEFT), quote=None),
    "status": _exchanges,
    "status-one": lambda: status.told(status.seen(A, "degraded", failing=("options",), maintenance="upgrade, 22 Nov 14:00 UTC")),
    **{f"unknown-{topic}": (lambda topic=topic: one(Frame("?", topic=topic), route("unknown"), Unknown())) for topic in SAYS},
    "unknown-word": lambda: one(Frame("?", unknown=("FOOBAR",)), route("unknown"), Unknown()),
    "volume": _coin_volume,
    "volume-sentiment": lambda: _coin_volume(topic="sentiment", exchanges=(A, B)),
    "volume-past": lambda: volume.told(
        volume.activity(), found={"pair": "POL/USDT", "past": (volume.Traded(A, D(9_000_000)), volume.Traded(B, D(1_000_000)))}, time_range="3d",
    ),
    "volumes": lambda: volume.all_of(volume.BTC, whole=volume.activity(), found={"count": 2301, "missing": (Left(C, C.title(), "stale", "old"),)}),
    "volumes-past": lambda: volume.all_of(whole=volume.activity(), found={"past": (volume.Traded(A, D(9_000_000)),), "markets": 45}, time_range="7d"),
    "volumes-unusual": lambda: volume.all_of(volume.BTC, whole=volume.activity(relative=D(1)), topic="unusual", quote="USDT"),
    "volumes-sentiment": lambda: volume.all_of(volume.BTC, whole=volume.activity(relative=D(1)), topic="sentiment"),
    "wallets": _doors,
    "wallets-networks": lambda: wallets.told(wallets.door(), wallets.door(network="base", into=False, out=False), wallets.door(network="bnb", out=None)),
    "wallets-one": lambda: one(
        Frame("?", intent="status", topic="withdrawals"), route("status", left=LEFT),
        Wallets(coin=POL, doors=(Door(exchange=A, network="base", withdraw_open=True, withdraw_fee=D("0.5"), observed_at=NOW, age_s=60.0, state="fresh"),)),
    ),
}  # fmt: skip


def text(answer: Answer) -> str:
    """Everything of an answer, a line for each thing."""
    columns = [f"{c.name} = {c.title}{' (number)' if c.number else ''}{'' if c.phone else ' (wide)'}" for c in answer.table.columns] if answer.table else []
    rows = [" | ".join(f"{cell.text} [{cell.value}]" if cell.value else cell.text for cell in row) for row in answer.table.rows] if answer.table else []
    told = [
        f"{answer.kind}: {answer.title}", answer.sentence, *(f"line: {line}" for line in answer.lines), *(f"column: {column}" for column in columns),
        *(f"row: {row}" for row in rows), f"more: {answer.table.more if answer.table else '-'}", *(f"note: {note}" for note in answer.notes),
        *(f"source: {_used(used)}" for used in answer.sources), *(f"left out: {_left(left)}" for left in answer.excluded),
        f"value: {answer.value} {answer.unit}", f"as of: {answer.as_of}, oldest {answer.max_age_s}", f"page: {answer.page}", f"api: {answer.api}",
        *(f"figure: {figure.name} = {figure.value} {figure.unit} as {figure.text}" for figure in answer.figures),
        *(f"example: {each}" for each in answer.examples),
    ]  # fmt: skip
    return "\n".join(told) + "\n"


def _used(used: Used) -> str:
    return f"{used.exchange} {used.name} {used.observed_at} {used.age_s} {used.state}"


def _left(left: Left) -> str:
    return f"{left.exchange} {left.name} {left.reason}: {left.detail}"


def write() -> None:
    """All of them anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, case in CASES.items():
        (FOLDER / f"{name}.txt").write_text(text(case()), encoding="utf-8")


if __name__ == "__main__":
    write()
