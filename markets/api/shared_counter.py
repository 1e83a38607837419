"""Counting for all web servers together, in Redis or Valkey: one script, so that two servers never count past each other."""

from __future__ import annotations

import logging
import time
from functools import cache

import redis
from django.conf import settings

TIMEOUT_S, AGAIN_S = 0.25, 5.0  # an answer must not wait for a counter; one that is away is not asked for a while
# A window begins with its first request and ends by the server's own clock: hosts need not agree on the time.
# KEYS: the windows. ARGV: for each its limit (0: none) and its length in ms. Answers the ms to wait, 0 when the request was counted.
SCRIPT = """
local wait = 0
for i, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[2 * i - 1])
  if limit > 0 and tonumber(redis.call('GET', key) or '0') >= limit then wait = math.max(wait, redis.call('PTTL', key), 1) end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""
logger = logging.getLogger(__name__)
_away_until = float("-inf")


@cache
def _script(address: str) -> redis.commands.core.Script:
    client = redis.Redis.from_url(address, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    return client.register_script(SCRIPT)


def wait(who: str, windows: tuple[tuple[int, int], ...]) -> int | None:
    """Whole seconds until `who` may ask again, 0 when counted; None where there is no such server or it does not answer.

    `windows`: (limit, seconds) each; a limit of 0 is none.
    """
    global _away_until  # noqa: PLW0603 - one per process, on purpose
    if not settings.REDIS_URL or time.monotonic() < _away_until:
        return None
    keys = [f"pebble:throttle:{{{who}}}:{seconds}" for _, seconds in windows]
    try:
        ms = int(_script(settings.REDIS_URL)(keys=keys, args=[number for limit, seconds in windows for number in (limit, seconds * 1000)]))
    except redis.RedisError:
        _away_until = time.monotonic() + AGAIN_S
        logger.warning("the shared counter is away: each web server counts for itself", exc_info=True)
        return None
    return -(-ms // 1000)


def forget() -> None:
    """Ask it again at once (tests)."""
    global _away_until  # noqa: PLW0603
    _away_until = float("-inf")
