"""Everything that can go wrong between Pebble and an exchange, as one tree.

ExchangeError
|-- Unreachable   dns refused tls connect_timeout first_byte_timeout deadline reset server_error
|-- Throttled     rate_limited               (retry_after_s when the exchange said so)
|-- Banned        banned                     (until, when the exchange said so)
|-- Blocked       geoblocked forbidden
|-- Refused       client_error api_error redirect_blocked address_blocked
|   `-- Halted    client_error api_error      (one market: under maintenance, not open, or not known there)
|-- Garbled       truncated too_large decode not_json content_type schema
|-- NotOffered    not_offered
`-- Paused        breaker_open banned_wait budget_exhausted disabled lease_lost

Each carries one of the outcomes named beside it (`OUTCOMES`), which is what is stored, counted and shown. No other
exception leaves the client, and none of them leaves it as an exception: `ExchangeClient.fetch` returns an outcome.
"""

from __future__ import annotations

from datetime import datetime

OUTCOMES = tuple((  # noqa: SIM905 - reads as the list of words it is
    "ok partial dns refused tls connect_timeout first_byte_timeout deadline reset truncated too_large decode not_json"
    " content_type schema api_error rate_limited banned geoblocked forbidden client_error server_error"
    " redirect_blocked address_blocked breaker_open banned_wait budget_exhausted disabled not_offered lease_lost"
).split())


class ExchangeError(Exception):
    """Base of the tree. `outcome` is one of OUTCOMES; the text is for people and cut to 200 characters when stored."""

    outcome = "api_error"
    status: int | None = None  # of the HTTP answer, where one came; set by the client
    wait_s: float | None = None  # how long until asking makes sense; set by the client

    def __init__(self, detail: str = "", outcome: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.outcome = outcome or self.outcome


class Unreachable(ExchangeError):
    """The exchange did not answer, or answered with its own failure (5xx)."""

    outcome = "reset"


class Throttled(ExchangeError):
    """We asked too often. `retry_after_s` is what the exchange asked for, unclamped; None when it said nothing."""

    outcome = "rate_limited"

    def __init__(self, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Banned(ExchangeError):
    """The exchange locked our address out. `until` and `retry_after_s` as it said, either may be None."""

    outcome = "banned"

    def __init__(self, detail: str = "", until: datetime | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.until = until
        self.retry_after_s = retry_after_s


class Blocked(ExchangeError):
    """Refused for where we are or what we look like; asking again soon makes it worse."""

    outcome = "forbidden"


class Refused(ExchangeError):
    """The request itself was refused, by the exchange or by our own address guard."""

    outcome = "client_error"


class Halted(Refused):
    """The market that was asked about does not trade now: under maintenance, about to open, removed, or unknown there.

    Of a market it is an answer: that one is halted, and the exchange is well. `whole`: said of a whole list, it is the exchange's own
    failure (`server_error`). `status` is that of the HTTP answer.
    """

    def __init__(self, detail: str, status: int, *, whole: bool = False) -> None:
        super().__init__(detail, "client_error" if status >= 400 else "api_error")
        self.whole = whole


class Garbled(ExchangeError):
    """Something came back that is not the reply we know."""

    outcome = "schema"


class NotOffered(ExchangeError):
    """The adapter does not declare this source."""

    outcome = "not_offered"


class Paused(ExchangeError):
    """Not asked on purpose: switched off, out of budget, breaker open, waiting out a ban, or another worker has it."""

    outcome = "disabled"
