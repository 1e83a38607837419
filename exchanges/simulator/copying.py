"""Lead traders whose trades others copy, and the only keys that may ask for them.

The simulator accepts these credentials and no others (they are no secret: nothing but the simulator takes them). A writer
checks a signed request with `signed(scene)`: it answers "" when the signature is right, else what is wrong with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from math import sin
from typing import TYPE_CHECKING

from exchanges.simulator.contracts import every_contract
from exchanges.simulator.universe import chance

if TYPE_CHECKING:
    from exchanges.simulator.writers import Scene

KEY, SECRET, PASSPHRASE = "bg_simulated_key", "simulated-secret", "simulated-passphrase"
FORBIDDEN_KEY = "bg_key_without_copy_permission"  # the same secret and passphrase, but not permitted to see lead traders
CLOCK_S = 30.0  # how far a request's time may be from the exchange's
TRADERS = 60
NAMES = ("Northlight", "QuietTide", "Marmot", "Saffron", "GreyHeron", "Lantern", "Copperleaf", "Juniper", "Basalt", "Skylark", "Tundra", "Ferry")


@dataclass(frozen=True)
class Trader:
    """One lead trader at an instant. Money in USDT, rates in percent (drawdown too), times epoch seconds."""

    trader_id: str
    name: str
    open: bool
    followers: int
    max_followers: int
    followers_ever: int
    roi_pct: float
    profit: float
    follower_profit: float
    managed: float
    win_rate_pct: float
    max_drawdown_pct: float
    wins: int
    losses: int
    days: int
    symbols: tuple[str, ...]
    last_trade_at: float
    daily_roi_pct: tuple[tuple[float, float], ...]  # (rate, epoch second of the day), a month, oldest first

    @property
    def trades(self) -> int:
        """Closed trades."""
        return self.wins + self.losses


def traders(slug: str, t: float) -> list[Trader]:
    """Sixty lead traders at an instant, best return first; their numbers drift from minute to minute."""
    return sorted((_trader(slug, n, t) for n in range(TRADERS)), key=lambda trader: -trader.roi_pct)


def _trader(slug: str, n: int, t: float) -> Trader:
    rng = chance(f"trader:{slug}:{n}")
    started = 1_760_000_000 + rng.randrange(30_000_000)
    days, limit = max(1, int((t - started) // 86_400)), rng.choice((200, 500, 1_000, 2_000))
    wins, losses = int(days * rng.uniform(0.5, 6)), int(days * rng.uniform(0.3, 3)) + 1
    managed = rng.lognormvariate(10.5, 1.4)
    roi = rng.gauss(35, 60) + 3 * sin(t / rng.uniform(3_000, 40_000))
    followers = int(limit * rng.uniform(0.02, 1))
    symbols = tuple(c.symbol for c in rng.sample(every_contract(slug)[:60], rng.randint(0, 6)))
    day = int(t // 86_400) * 86_400
    daily = tuple((round(roi * (30 - back) / 30 + rng.gauss(0, 2), 2), float(day - back * 86_400)) for back in range(29, -1, -1))
    return Trader(
        f"b{hashlib.sha256(f'{slug}{n}'.encode()).hexdigest()[:15]}", f"{NAMES[n % len(NAMES)]}{n or ''}", followers < limit and rng.random() < 0.9,
        followers, limit, followers * rng.randint(1, 9), round(roi, 2), round(managed * roi / 100, 4), round(managed * roi / 220, 4), round(managed, 4),
        round(100 * wins / (wins + losses), 2), round(rng.uniform(2, 55), 2), wins, losses, days, symbols, t - rng.uniform(60, 200_000), daily,
    )  # fmt: skip


def signature(secret: str, timestamp: str, method: str, target: str, body: str = "") -> str:
    """Base64 of HMAC-SHA256 over time, method, path with query, body: how Bitget signs."""
    return base64.b64encode(hmac.new(secret.encode(), f"{timestamp}{method.upper()}{target}{body}".encode(), hashlib.sha256).digest()).decode()


def signed(scene: Scene) -> str:
    """What is wrong with a signed request: key, passphrase, time, sign, permission, in this order; "" when it may pass."""
    said = scene.headers
    if said.get("access-key", "") not in (KEY, FORBIDDEN_KEY):
        return "key"
    if said.get("access-passphrase") != PASSPHRASE:
        return "passphrase"
    timestamp = said.get("access-timestamp", "")
    if not timestamp.isdigit() or abs(int(timestamp) / 1_000 - scene.now) > CLOCK_S:
        return "time"
    if not hmac.compare_digest(signature(SECRET, timestamp, scene.method, scene.target), said.get("access-sign", "")):
        return "sign"
    return "permission" if said["access-key"] == FORBIDDEN_KEY else ""
