"""What Ask keeps: who may use which kind of question on which exchange, answers to be looked up again, and what was not understood.

Nothing here says who asked.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from exchanges.models import Exchange
from markets.ask.frame import INTENTS, LONGEST
from markets.models.coins import Asset

KINDS = [(intent, intent.replace("_", " ")) for intent in INTENTS]
ROLLED = [kind for kind in KINDS if kind[0] not in ("help", "unknown")]  # these two ask no exchange anything


class Rollout(models.Model):
    """One kind of question on one exchange: on for everybody, off, or for a share of those who ask. Without a row it is on."""

    class State(models.TextChoices):
        ON = "on", "On"
        PERCENT = "percent", "For a share"
        OFF = "off", "Off"

    intent = models.CharField("kind of question", max_length=20, choices=ROLLED)
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="rollouts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON)
    percent = models.PositiveSmallIntegerField(
        "share, %", default=0, validators=[MaxValueValidator(100)],
        help_text="Of those who ask, always the same ones: raising it only adds some. Counts where the state is “for a share”.",
    )
    always = models.TextField(
        "always in", blank=True,
        help_text="One a line: staff (all who may open this admin), or one subject: user:7, or key: and how an API key begins. "
                  "They are in whatever the share; off is off for them, too.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("intent", "exchange__priority", "exchange_id")
        constraints = [models.UniqueConstraint(fields=("intent", "exchange"), name="one_rollout_per_cell")]

    def __str__(self) -> str:
        return f"{self.get_intent_display()} on {self.exchange}"


class RolloutCount(models.Model):
    """How many answers of one day had an exchange in them or not, for its rollout, and how many of those failed."""

    day = models.DateField()
    intent = models.CharField(max_length=20)
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="+")
    inside = models.BooleanField()
    answers = models.PositiveIntegerField()
    errors = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("day", "intent", "exchange", "inside"), name="one_rollout_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.intent} {self.exchange_id}"


class AskCount(models.Model):
    """How many questions of one day and kind ended one way, within so many milliseconds. `corrected`: somebody changed a part of the reading."""

    day = models.DateField()
    intent = models.CharField(max_length=20)
    outcome = models.CharField(max_length=10)
    corrected = models.BooleanField()
    within_ms = models.PositiveIntegerField()
    questions = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("day", "intent", "outcome", "corrected", "within_ms"), name="one_ask_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.intent} {self.outcome}"


class Receipt(models.Model):
    """An answer with everything it was made of. `record` and `answers` are JSON text, packed; `size` is what they take in bytes."""

    id = models.CharField(primary_key=True, max_length=24)
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    size = models.PositiveIntegerField()
    question = models.CharField(max_length=LONGEST)
    method = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    record = models.BinaryField()
    answers = models.BinaryField()

    class Meta:
        ordering = ("-created_at", "id")
        indexes = [models.Index(fields=("until", "size"), name="receipts_by_end")]  # the sum of sizes reads nothing but this

    def __str__(self) -> str:
        return self.question


class Question(models.Model):
    """A question that was not answered, or read otherwise than it was meant. Without whatever might tell of a person; kept 30 days."""

    class Why(models.TextChoices):
        UNKNOWN = "unknown", "Not understood"
        COIN = "coin", "Unknown coin"
        NOTHING = "nothing", "Nothing to answer with"
        CORRECTED = "corrected", "Read wrongly"

    text = models.CharField(max_length=LONGEST)
    why = models.CharField(max_length=10, choices=Why.choices)
    intent = models.CharField("read as", max_length=20, choices=KINDS)
    word = models.CharField("the word", max_length=60, blank=True, help_text="That stands where a coin should, and names none.")
    means = models.ForeignKey(
        Asset, models.CASCADE, null=True, blank=True, related_name="+", help_text="The coin that the word means: on save everybody is understood who types it.",
    )
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "question we could not answer"
        verbose_name_plural = "questions we could not answer"
        ordering = ("-last_at", "-id")
        constraints = [models.UniqueConstraint(fields=("text", "why"), name="one_row_per_question")]
        indexes = [models.Index(fields=("first_at",), name="questions_by_age")]

    def __str__(self) -> str:
        return self.text
