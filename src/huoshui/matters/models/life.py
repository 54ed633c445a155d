"""What a matter goes through: steps, clocks, extensions, merges, rungs of the ladder; and the counter of numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huoshui.duties.models import Unit
from huoshui.kernel.models import Record
from huoshui.kernel.reading import read_once
from huoshui.matters.models.matter import Matter, MatterPart, account_key


class Step(MatterPart, Record):
    """One step that a matter took; ``transition`` "open" is its opening, "edit" a correction of its fields."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="steps")
    transition = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    account = account_key(related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    """The account's unit at that time."""
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    """Values written in the step, by field code, as shown."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["matter", "id"], name="step_matter"),
            models.Index(fields=["account", "transition"], name="step_account"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.transition}"


class Answered(MatterPart):
    """Who answered for a matter while it was worked on, until another did; with the responsible unit of that time."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="answered")
    account = account_key(null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["matter", "account"], name="answered_matter")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.account_id}"


class ClockRun(MatterPart):
    """One clock of a matter: since when, until when, and when it stopped (null: it runs)."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="clocks")
    clock = models.CharField(max_length=40)
    started_on = models.DateField()
    limit_on = models.DateField()
    provisional = models.BooleanField(default=False)
    stopped_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter", "clock"], name="clock_once")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.clock} {self.limit_on}"


class Extension(MatterPart, Record):
    """A request, made before the deadline, that one clock of a matter end later; and what became of it."""

    class Outcome(models.TextChoices):
        """What became of a request; "" while it waits."""

        GRANTED = "granted", _("同意延期")
        REFUSED = "refused", _("不同意延期")
        LAPSED = "lapsed", _("期限已停，申请失效")

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="extensions")
    clock = models.CharField(max_length=40)
    asked_by = account_key(related_name="+")
    asked_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    """The unit of who asked, at that time."""
    asked_on = models.DateField()
    reason = models.TextField()
    due_on = models.DateField()
    """The deadline that counted when it was asked."""
    until = models.DateField()
    """The new deadline that is asked for."""
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_by = account_key(null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter"], condition=Q(outcome=""), name="extension_one_waits"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["granted", "refused"]) | Q(decided_by__isnull=False),
                name="extension_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="extension_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.until}"


class Merge(MatterPart, Record):
    """A double that was merged into ``matter``: what was decided, and what it takes to split it off again."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="merges")
    double = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+")
    by = account_key(related_name="+")
    on = models.DateField()
    decisions = models.JSONField(default=dict)
    """By code of a conflict: this, that or stays."""
    before = models.JSONField(default=dict)
    """Value columns of the survivor that were replaced, by field code; null where there was none."""
    after = models.JSONField(default=dict)
    """Value columns that replaced them."""
    parts = models.JSONField(default=list)
    """Ids of the parts that went over."""
    undone_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["double"], condition=Q(undone_on__isnull=True), name="merge_once")
        ]

    def __str__(self) -> str:
        return f"{self.double_id} → {self.matter_id}"


class Split(MatterPart, Record):
    """``matter`` was split into several: which of its photos went with each, and what puts it together again."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="splits")
    by = account_key(related_name="+")
    on = models.DateField()
    state = models.CharField(max_length=40)
    """The state in which it was split."""
    running = models.JSONField(default=list)
    """Codes of the clocks that ran."""
    photos = models.JSONField(default=dict)
    """Ids of the photos that went along, by the id of the new matter."""
    undone_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter"], condition=Q(undone_on__isnull=True), name="split_once")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.on}"


class LadderMark(MatterPart):
    """A rung of the ladder that fired, for one deadline: never twice, also after a restart."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="ladder_marks")
    rung = models.PositiveSmallIntegerField()
    """Index in the kind's ladder."""
    due_on = models.DateField()
    fired_on = models.DateField()
    recipients = models.PositiveSmallIntegerField(default=0)
    """How many people got a notice."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter", "rung", "due_on"], name="ladder_once")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.rung} {self.due_on}"


class NumberCounter(models.Model):
    """The last running number given for a prefix in a year; locked while the next is given."""

    prefix = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["prefix", "year"], name="counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


@read_once
def steps_of(matter: Matter) -> list[Step]:
    """All steps of a matter with who took them, the oldest first."""
    return list(matter.steps.select_related("account", "unit").order_by("id"))


@read_once
def clock_runs_of(matter: Matter) -> list[ClockRun]:
    """All clocks of a matter that ran or run."""
    return list(matter.clocks.all())
