"""Filings with their observations, targets, and conflicts between what sources say.

A filing is what is approved as a whole: the return of a unit for a period, or the figures of a file. Its observations
count from the last step of approval on, and are then locked, by triggers in the database too; a correction reopens the
filing, with a reason, and it is approved anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.kernel.periods import Period, period
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class Bound(models.TextChoices):
    """What a value says about the true one: sources write 660余处, 约100亿元."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


class Filing(Scoped, Record):
    """Figures that are submitted and approved together: a unit's return for a period, or a file's with its source."""

    scope: ClassVar[Scope] = Scope(permission="figure.view", path="place__path", pack="pack")

    class State(models.TextChoices):
        """Where it stands; figures count while it is approved, and at no other time."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        APPROVED = "approved"

    pack = models.CharField(max_length=40)
    form = models.CharField(max_length=81, blank=True)
    """Qualified code of the return, such as education.annual; empty for the figures of a file."""
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+", null=True)
    """The version whose return is filled in."""
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="filings")
    period = models.CharField(max_length=12, blank=True)
    """Code of the return's period; empty for a file, each of whose figures has its own."""
    source = models.CharField(max_length=200, blank=True)
    """Which document the figures stand in, for the figures of a file: its title and number or day."""
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    step = models.PositiveSmallIntegerField(default=0)
    """How many steps of approval are done since it was submitted."""
    missing = models.JSONField(default=dict)
    """Why a value is not there, by indicator."""
    remark = models.TextField(blank=True)
    """What whoever submits says about it, such as why a warning is right."""
    approved_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "place", "period"], condition=~Q(form=""), name="filing_once"),
            models.UniqueConstraint(
                fields=["file_sha256", "place"], condition=~Q(file_sha256=""), name="filing_of_file_once"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_on__isnull=False) | ~Q(state="approved"),
                name="filing_approved_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form or self.source} {self.place.short_name} {self.period}".strip()

    @property
    def is_imported(self) -> bool:
        """Whether its figures come from a file."""
        return not self.form


class FilingStep(Record):
    """One step of a filing: who filled in, submitted, approved, returned or reopened it, when, and what they said."""

    class Verb(models.TextChoices):
        FILL = "fill"
        """Wrote in the draft; once for each of its writers."""
        SUBMIT = "submit"
        APPROVE = "approve"
        SEND_BACK = "send_back"
        REOPEN = "reopen"

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    step = models.PositiveSmallIntegerField(default=0)
    """Of an approval: which step, the first is 1."""
    by = _account()
    unit = models.UUIDField(null=True)
    """The unit of whoever did it, then."""
    on = models.DateField()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.filing} {self.verb}"


class Observation(Scoped, Record):
    """The value of an indicator at a place in a period as one filing says it.

    Of a number ``numerator`` is in parts of the indicator's ``scale``. Of a ratio both parts are kept; where a source
    prints the quotient alone (98%), ``parts_known`` is false, and the two parts stand for the quotient, not for counts.
    """

    scope: ClassVar[Scope] = Scope(permission="figure.view", path="place__path")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="observations")
    indicator = models.CharField(max_length=81)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="observations")
    period = models.CharField(max_length=12)
    first = models.DateField()
    last = models.DateField()
    bound = models.CharField(max_length=8, choices=Bound.choices, default=Bound.EXACT)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(null=True)
    parts_known = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    """A remark on the value, or where in the file it stands."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["filing", "indicator", "place", "period"], name="observation_once_in_filing"
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gte=0), name="observation_denominator"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["indicator", "last", "first"], name="observation_of_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.place.short_name} {self.period}"

    @property
    def of(self) -> Period:
        """Its period."""
        return period(self.period)


class Target(Scoped, Record):
    """What an indicator should come to at a place in a period, and the document that says so."""

    scope: ClassVar[Scope] = Scope(permission="figure.view", path="place__path")

    indicator = models.CharField(max_length=81)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="targets")
    period = models.CharField(max_length=12)
    first = models.DateField()
    last = models.DateField()
    bound = models.CharField(max_length=8, choices=Bound.choices, default=Bound.AT_LEAST)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    set_by = _account()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["indicator", "place", "period"], name="target_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.place.short_name} {self.period}"


class Conflict(Scoped, Record):
    """A question that a rule found: figures that say different things about what seems the same.

    Nothing is overwritten by its decision: the figures stay as their sources say them; the decision says what holds.
    """

    scope: ClassVar[Scope] = Scope(permission="figure.view", path="place__path")

    class State(models.TextChoices):
        OPEN = "open"
        DECIDED = "decided"
        GONE = "gone"
        """The figures do not differ any more."""

    class Decision(models.TextChoices):
        """What was found out."""

        DEFINITIONS = "definitions"
        """They count different things; both hold."""
        VALUE = "value"
        """One of them holds; the other is mistaken."""
        DOUBTED = "doubted"
        """It cannot be found out; the figure stays, with its doubt."""

    key = models.CharField(max_length=64, unique=True)
    """SHA-256 over the rule and what it compares, not over the values: found again it is the same question."""
    rule = models.CharField(max_length=40)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="conflicts")
    members = models.JSONField()
    """What is compared: [{indicator, period, target, observation, value}], values as they were last seen."""
    told = models.JSONField(default=dict)
    """What the rule's words name besides, such as the possible denominators."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    owner = _account(null=True)
    """Who is to find out."""
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True)
    holds = models.ForeignKey(Observation, on_delete=models.SET_NULL, null=True, related_name="+")
    """The observation that holds, where one was decided for."""
    reason = models.TextField(blank=True)
    decided_by = _account(null=True)
    decided_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "rule"], name="conflict_state")]

    def __str__(self) -> str:
        return f"{self.rule} {self.place.short_name}"
