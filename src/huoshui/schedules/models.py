"""Plans, by which something comes round at places, and its occasions: what was due, done, late, excused by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Scope, Scoped, ScopedQuerySet
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Record
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.schedules.recurrence import told


class Plan(Scoped, Record):
    """What comes round at the places of some kinds at and below a place, from a day on.

    Begun from a pack's schedule (``schedule``) as it stood then, or set by an office itself (``schedule`` ""). A plan
    never changes but by its end: what was due stays as it was.
    """

    scope: ClassVar[Scope] = Scope(permission="schedule.view", path="place__path", pack="pack")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="plans")
    pack = models.CharField(max_length=40)
    """Pack of what is to be done."""
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    schedule = models.CharField(max_length=81, blank=True)
    name = models.CharField(max_length=80)
    section = models.CharField(max_length=40)
    of = models.CharField(max_length=81)
    """What is to be done (pack.code), as ``section`` declares it."""
    place_kinds = models.JSONField(default=list)
    attribute = models.CharField(max_length=40, blank=True)
    """Yes-or-no attribute: only places of which it is yes on the due day owe it; "": all of the kinds."""
    rule = models.CharField(max_length=200)
    """Recurrence rule of RFC 5545."""
    times = models.PositiveSmallIntegerField(default=1)
    grace_days = models.PositiveSmallIntegerField(default=0)
    remind_days = models.PositiveSmallIntegerField(default=3)
    """How many days before the due day the people of a place are reminded; 0: not at all, nor when it is overdue."""
    begins_on = models.DateField()
    until = models.DateField(null=True)
    """Exclusive; None: until somebody ends it."""
    why_ended = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["section", "of"], name="plan_of")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("begins_on")), name="plan_ends_not_before_start"
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="plan_times"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule_told(self) -> str:
        """Its rule in words."""
        return told(self.rule)

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it holds; None: it goes on."""
        return self.until - dt.timedelta(days=1) if self.until else None


class OccasionQuerySet(ScopedQuerySet["Occasion"]):
    """Occasions, and how they stand on a day."""

    def counting(self) -> OccasionQuerySet:
        """Without those of places that were no more when it was due."""
        return self.exclude(place__closed_on__isnull=False, place__closed_on__lte=F("due_on"))

    def with_state(self, today: dt.date) -> OccasionQuerySet:
        """Each with ``state``: see ``Occasion.State``."""
        S = Occasion.State
        told: OccasionQuerySet = self.annotate(
            state=Case(
                When(excused_on__isnull=False, then=Value(S.EXCUSED.value)),
                When(done_on__gt=F("due_on"), then=Value(S.LATE.value)),
                When(done_on__isnull=False, then=Value(S.DONE.value)),
                When(due_on__gte=today, then=Value(S.DUE.value)),
                When(late_until__gte=today, then=Value(S.OVERDUE.value)),
                default=Value(S.MISSED.value),
                output_field=models.CharField(),
            )
        )
        return told

    def waiting(self) -> OccasionQuerySet:
        """Neither done nor excused."""
        return self.filter(done_on__isnull=True, excused_on__isnull=True)


class Occasion(Scoped):
    """One turn of a plan at one place. Made when its time begins, so that nothing to come counts as missing."""

    class State(models.TextChoices):
        DUE = "due", _("待办")
        OVERDUE = "overdue", _("逾期可补")
        MISSED = "missed", _("未办")
        DONE = "done", _("按时办")
        LATE = "late", _("补办")
        EXCUSED = "excused", _("免办")

    class Told(models.IntegerChoices):
        """What the people of the place were told of it last."""

        NOTHING = 0
        NEAR = 1
        OVERDUE = 2

    scope: ClassVar[Scope] = Scope(permission="schedule.view", path="place__path", pack="plan__pack")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="occasions")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="occasions")
    opens_on = models.DateField()
    due_on = models.DateField()
    late_until = models.DateField()
    """The last day on which it can still be done, late."""
    have = models.PositiveSmallIntegerField(default=0)
    """How many times it was done, at most as many as the plan asks for."""
    done_on = models.DateField(null=True)
    """The day on which it was done as many times as the plan asks for."""
    excused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    excused_on = models.DateField(null=True)
    excuse = models.CharField(max_length=200, blank=True)
    told = models.PositiveSmallIntegerField(choices=Told.choices, default=Told.NOTHING)

    objects: ClassVar = OccasionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on", "id"], name="occasion_due"),
            models.Index(fields=["place", "due_on"], name="occasion_place"),
            models.Index(
                fields=["due_on"], name="occasion_waiting",
                condition=Q(done_on__isnull=True, excused_on__isnull=True),
            ),
        ]  # fmt: skip
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "place", "due_on"], name="occasion_once"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), due_on__lte=F("late_until")), name="occasion_days"
            ),
            models.CheckConstraint(
                condition=Q(excused_on__isnull=True, excused_by__isnull=True, excuse="")
                | (Q(excused_on__isnull=False, excused_by__isnull=False) & ~Q(excuse="")),
                name="occasion_excused_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.due_on}"

    @property
    def state_name(self) -> str:
        """Label of its state, where it was read by ``with_state``."""
        return str(Occasion.State(self.state).label)  # type: ignore[attr-defined]


class Deed(models.Model):
    """A record that counts for an occasion."""

    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="deeds")
    record = models.UUIDField()
    """Id of a record of the model that the plan's section tells (``targets``)."""
    day = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["occasion", "record"], name="deed_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["record"], name="deed_record")]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.day}"


def attribute_named(plan: Plan) -> Any:
    """The name of the attribute that a place must have to owe it; "" for none."""
    known = all_current("place_kinds")
    fields = [field for kind in plan.place_kinds if kind in known for field in known[kind].attributes]
    return next((field.name for field in fields if field.code == plan.attribute), plan.attribute)


def kinds_named(plan: Plan) -> list[Any]:
    """The kinds of place that owe it, as the current packs name them; the code of one that is gone."""
    known = all_current("place_kinds")
    return [known[kind].name if kind in known else kind for kind in plan.place_kinds]
