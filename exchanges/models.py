"""What an operator decides about exchanges, and what happened when they were asked.

`Exchange` and `Feed` rows are made from the adapters after every migration; nothing here names an exchange. Columns
under "kept by the workers" are written by conditional UPDATEs only, never by a form.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from exchanges import plan
from exchanges.adapter import Adapter
from exchanges.adapters import ADAPTERS


class ExchangeState(models.TextChoices):
    """The states of faults: what health found, or what somebody decided."""

    STARTING = "starting", "Starting"
    HEALTHY = "healthy", "Live"
    DEGRADED = "degraded", "Degraded"
    DOWN = "down", "Down"
    BANNED = "banned", "Paused by exchange"
    BLOCKED = "blocked", "Blocked by exchange"
    DISABLED = "disabled", "Off"
    AUTO_DISABLED = "auto_disabled", "Off by Pebble"


class Release(models.TextChoices):
    """To whom an exchange is shown."""

    OFF = "off", "to nobody, and not asked"
    SHADOW = "shadow", "to nobody: collected and compared only"
    PERCENT = "percent", "to a share of visitors"
    ON = "on", "to everybody"


class Pin(models.TextChoices):
    """What an operator holds Pebble's own switch to."""

    NONE = "", "Pebble decides"
    ON = "on", "held on"
    OFF = "off", "held off"


class Exchange(models.Model):
    """One exchange under an operator's hand: switch, budget, priority, fee, who sees it, and what Pebble's own switch may do."""

    slug = models.SlugField(max_length=30, unique=True, editable=False)
    name = models.CharField(max_length=60)
    enabled = models.BooleanField("on", default=True, help_text="Off: no request leaves for it, and its prices stop counting, within a second.")
    budget_per_minute = models.PositiveIntegerField(
        "budget, requests a minute", validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="Shared by all workers. The exchange's own published limits are obeyed as well.",
    )
    priority = models.PositiveSmallIntegerField(default=100, help_text="Lower comes first where prices are equal.")
    taker_fee_pct = models.DecimalField(
        "taker fee, %", max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10))],
        help_text="Overrides what the exchange publishes. Empty: the published fee of each market, else the public default.",
    )
    host = models.CharField(
        max_length=200, blank=True, help_text="Empty: the adapter's first host. Only the adapter's hosts and PEBBLE_EXTRA_HOSTS are accepted."
    )
    reason = models.CharField("reason for the last change", max_length=200, blank=True, help_text="Kept with the change in the audit.")
    release = models.CharField("shown", max_length=10, choices=Release.choices, default=Release.ON)
    release_percent = models.PositiveSmallIntegerField(
        "share of visitors, %", default=0, validators=[MaxValueValidator(100)],
        help_text="Where it is shown to a share: the same visitors stay in while the share grows.",
    )
    pin = models.CharField(
        "hold", max_length=3, choices=Pin.choices, blank=True, default=Pin.NONE,
        help_text="Held on, it is not switched off for poor performance; held off, it is not asked until the hold ends.",
    )
    pin_until = models.DateTimeField("hold until", null=True, blank=True, help_text="UTC. Empty: until somebody ends it.")
    pin_reason = models.CharField("reason for the hold", max_length=200, blank=True)

    # Kept by Pebble's own switch (exchanges/automatic.py): on, off until a time, or on trial.
    auto = models.CharField(max_length=5, choices=[("", "on"), ("off", "off"), ("trial", "on trial")], blank=True, default="", editable=False)
    auto_since = models.DateTimeField(null=True, editable=False, help_text="Since when it stands as it does: what came before does not count again.")
    auto_until = models.DateTimeField(null=True, editable=False, help_text="While it is off: when its trial begins.")
    auto_times = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How often it was switched off in a row: each time for twice as long.")
    auto_reason = models.CharField(max_length=200, blank=True, editable=False)

    # Kept by the workers.
    moves = models.PositiveIntegerField(default=0, editable=False, help_text="How often its state has changed: the number of its last transition.")
    state = models.CharField(max_length=20, choices=ExchangeState.choices, default=ExchangeState.STARTING, editable=False)
    state_since = models.DateTimeField(null=True, editable=False)
    state_detail = models.CharField(max_length=200, blank=True, editable=False)
    clock_offset_ms = models.IntegerField(null=True, editable=False, help_text="Its clock minus ours: the median of the last five measurements.")
    clock_offsets = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ("priority", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def adapter(self) -> Adapter | None:
        """The static knowledge; None when its file is gone (the row and its history stay)."""
        return ADAPTERS.get(self.slug)

    @property
    def switched_on(self) -> bool:
        """Whether its operator lets it be asked."""
        return self.enabled and self.release != Release.OFF and self.pin != Pin.OFF

    @staticmethod
    def asked(before: str = "") -> models.Q:
        """Those that are asked: an operator lets them, and Pebble has not switched them off. `before`: the way to the exchange, such as `exchange__`."""
        off = {"release": Release.OFF, "pin": Pin.OFF, "auto": "off"}
        return models.Q(**{f"{before}enabled": True}) & ~models.Q(*((f"{before}{name}", value) for name, value in off.items()), _connector=models.Q.OR)


class Allowance(models.Model):
    """What an operator lets Pebble take of one limit of an exchange: of its own budget, or of a pool the exchange publishes."""

    OPERATOR = "operator"

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="allowances", editable=False)
    pool = models.CharField("limit", max_length=30, editable=False)
    share_pct = models.PositiveSmallIntegerField(
        "our share, %", default=100, validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of the published limit: less where other programs ask from the same address.",
    )
    reserve_pct = models.PositiveSmallIntegerField(
        "kept for people, %", default=20, validators=[MaxValueValidator(80)],
        help_text="Of what may be asked at once: the plan leaves so much to what somebody waits for.",
    )

    class Meta:
        ordering = ("exchange_id", "id")
        constraints = [models.UniqueConstraint(fields=("exchange", "pool"), name="one_allowance_per_limit")]

    def __str__(self) -> str:
        return f"{self.exchange} {self.pool}"


class Ledger(models.Model):
    """One exchange's budgets and blocks. On PostgreSQL `exchanges.state.database` alone writes it, by SQL of its own; where a file counts,
    `exchanges.state.copies` keeps a copy of its blocks here."""

    exchange = models.CharField(max_length=30, primary_key=True)
    text = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.exchange


class FeedPriority(models.TextChoices):
    """Whom a limit that runs low serves longest."""

    PRICES = "prices", "last to wait, with prices"
    OTHERS = "others", "after prices"
    SPARE = "spare", "first to wait, from 80 % of a limit"


class Feed(models.Model):
    """One exchange and one source: its switch, its period, who is asking right now, and how the last poll ended."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="feeds", editable=False)
    source = models.CharField(max_length=30, editable=False)
    enabled = models.BooleanField("on", default=True)
    period_s = models.PositiveIntegerField("every, seconds", validators=[MinValueValidator(1), MaxValueValidator(86_400)])
    markets = models.PositiveIntegerField(
        "for how many markets", null=True, blank=True, validators=[MaxValueValidator(5_000)],
        help_text="Of a source that is read market by market: so many of the busiest are each read once in the period, and those people look at besides.",
    )

    weight = models.PositiveSmallIntegerField(
        "weight, ×", default=1, validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="Each of its requests counts so many times in every limit: more than 1 where the exchange charges more than it publishes.",
    )
    priority = models.CharField(
        "when limits run low", max_length=10, blank=True, choices=FeedPriority.choices,
        help_text="Who is served longest. Empty: as usual for such a source (prices last, lists and history first).",
    )

    # Kept by the workers. `token` is the fencing token: a result is stored only while it is still the claim's own.
    token = models.PositiveBigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_owner = models.CharField(max_length=120, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=30, blank=True, editable=False)
    detail = models.CharField(max_length=200, blank=True, editable=False)
    ok_at = models.DateTimeField(null=True, editable=False)
    rows = models.PositiveIntegerField(default=0, editable=False)
    fails = models.PositiveIntegerField(default=0, editable=False)
    deaths = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Claims in a row whose worker died.")
    probe_at = models.DateTimeField(null=True, editable=False, help_text="While the breaker is open: when the next single try may leave.")
    opened = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How often the breaker has reopened in a row.")

    class Meta:
        ordering = ("exchange_id", "id")
        constraints = [models.UniqueConstraint(fields=("exchange", "source"), name="one_feed_per_source")]

    def __str__(self) -> str:
        return f"{self.exchange} {self.source}"

    @property
    def firing_s(self) -> float:
        """Seconds between two tasks: the period, or its share where markets take turns."""
        source = self.exchange.adapter.source(self.source) if self.exchange.adapter else None
        return plan.firing_s(source, self.period_s, self.markets) if source else float(self.period_s)

    @property
    def line(self) -> plan.Line | None:
        """What it takes of the budget; None when it is off or its adapter is gone."""
        source = self.exchange.adapter.source(self.source) if self.exchange.adapter else None
        return plan.line(self.source, source, self.period_s, self.markets, self.weight) if source and self.enabled else None


class Run(models.Model):
    """One poll and how it ended. Kept two days."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="runs")
    source = models.CharField(max_length=30)
    token = models.PositiveBigIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=30)
    detail = models.CharField(max_length=200, blank=True)
    ms = models.PositiveIntegerField()
    requests = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    bad_fields = models.PositiveIntegerField(default=0)
    outliers = models.PositiveIntegerField(default=0, db_default=0, help_text="Of a poll of prices: how many stand away from the other exchanges'.")
    size = models.PositiveIntegerField("bytes", default=0)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("exchange", "source", "started_at"), name="run_by_feed")]
        constraints = [models.UniqueConstraint(fields=("exchange", "source", "token"), name="one_run_per_claim")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.source} {self.outcome}"


class Transition(models.Model):
    """One change of an exchange's state: the history behind the status page's events."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="transitions")
    at = models.DateTimeField()
    before = models.CharField(max_length=20, choices=ExchangeState.choices)
    after = models.CharField(max_length=20, choices=ExchangeState.choices)
    detail = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(null=True, help_text="Its place in the exchange's history: of two that find the same change, one can write it.")

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("exchange", "number"), name="one_transition_per_number")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.before} -> {self.after}"


class IncidentKind(models.TextChoices):
    """What an incident is about. People see the label."""

    DOWN = "down", "Exchange down"
    BANNED = "banned", "Paused by exchange"
    BLOCKED = "blocked", "Blocked by exchange"
    TLS = "tls", "Certificate refused"
    FORMAT = "format", "Format changed"
    PRICES = "prices", "Prices off"
    FLAPPING = "flapping", "Keeps changing"
    AUTO_DISABLED = "auto_disabled", "Off by Pebble"
    BREAKER = "breaker", "Source not asked"
    BUDGET = "budget", "Budget used up"
    CLOCK = "clock", "Clocks differ"
    COVERAGE = "coverage", "Few live exchanges"
    NETWORK = "network", "Our network or time"
    TASK = "task", "Task never ends"
    STORAGE = "storage", "Database or disk"
    WORKERS = "workers", "Workers"
    SLO = "slo", "Service level"
    SECURITY = "security", "Security"


class Incident(models.Model):
    """Something that went wrong, from when it was noticed until it was over. One open row for each key."""

    key = models.CharField(max_length=100, help_text="What it is, so that the same trouble is one incident: its kind, and of whom.")
    kind = models.CharField(max_length=20, choices=IncidentKind.choices)
    exchange = models.ForeignKey(Exchange, models.CASCADE, null=True, related_name="incidents", help_text="None: it concerns Pebble itself.")
    critical = models.BooleanField(default=False, help_text="Told at once, quiet hours or not.")
    title = models.CharField(max_length=120)
    detail = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField("how it ended", max_length=300, blank=True)
    told = models.JSONField("notices", default=list, help_text="When operators were told of it, ISO 8601, oldest first.")
    noted_at = models.DateTimeField("acknowledged", null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="acknowledged by")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        indexes = [models.Index(fields=("exchange", "opened_at"), name="incident_by_exchange")]
        constraints = [models.UniqueConstraint(fields=("key",), condition=models.Q(closed_at=None), name="one_open_incident_per_key")]

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.closed_at is None
