"""Rounds, the places and judges in them, sheets with their answers, results, signatures and corrections.

Points are integers in thousandths of a point.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Actor, Scope, Scoped
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Record
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place
from huoshui.visits import visibility as seen
from huoshui.visits.models.common import Missing, checklist_of, judge_label
from huoshui.visits.schema import Checklist


class Round(Scoped, Record):
    """A round of reviews under one place, with one checklist of one pack version, kept from its planning on."""

    class State(models.TextChoices):
        PLANNED = "planned", _("筹备")
        OPEN = "open", _("进行中")
        LOCKED = "locked", _("已锁定")
        COMPUTED = "computed", _("已计算")
        SEALED = "sealed", _("已封存")

    LOCKED_STATES: ClassVar[list[str]] = ["locked", "computed", "sealed"]
    RESULT_STATES: ClassVar[list[str]] = ["computed", "sealed"]
    RULES: ClassVar[tuple[str, ...]] = (
        "drop_highest", "drop_lowest", "minimum_judges", "missing", "quorum", "decimals",
    )  # fmt: skip

    scope: ClassVar[Scope] = Scope(permission="round.view", path="place__path", pack="pack_version__pack")

    name = models.CharField(max_length=120)
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    checklist_code = models.CharField(max_length=40)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rounds_run")
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED, db_index=True)
    drop_highest = models.PositiveSmallIntegerField()
    drop_lowest = models.PositiveSmallIntegerField()
    minimum_judges = models.PositiveSmallIntegerField()
    missing = models.CharField(max_length=8, choices=Missing.choices)
    quorum = models.PositiveSmallIntegerField(default=0)
    """Judges who must find an item failing; 0: more than half."""
    decimals = models.PositiveSmallIntegerField()
    """Decimals of the published mean."""
    locked_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = seen.RoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(minimum_judges__gt=F("drop_highest") + F("drop_lowest")), name="round_judges_left"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pack(self) -> str:
        """Code of the pack."""
        return self.pack_version.pack

    @property
    def checklist(self) -> Checklist:
        """The typed checklist, as it stood when the round was planned."""
        return checklist_of(self.pack_version, self.checklist_code)

    @property
    def ranks(self) -> bool:
        """Whether the pack lets the places be ranked; one that cannot be read any more lets nothing."""
        try:
            return self.checklist.ranking is not None
        except Refusal:
            return False

    @property
    def is_locked(self) -> bool:
        """Whether the round takes no more sheets."""
        return self.state in self.LOCKED_STATES


class RoundPlace(Scoped, Record):
    """A place that the round reviews, at which position of the tour."""

    scope: ClassVar[Scope] = Scope(permission="round.view", path="place__path", pack="round__pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rounds")
    position = models.PositiveIntegerField()
    visit_on = models.DateField(null=True)
    """When the tour is to come by."""
    team = models.PositiveSmallIntegerField(null=True)
    arrives = models.PositiveSmallIntegerField(null=True)
    """Of the adopted tour: which team comes, from 1, and when it is to arrive (minutes after midnight)."""

    objects: ClassVar[Any] = seen.RoundPlaceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "place"], name="round_place_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["visit_on", "round"], name="round_place_day")]

    def __str__(self) -> str:
        return f"{self.round} · {self.place}"


class Judge(Scoped, Record):
    """A judge of a round, by number, for the places under ``place`` (a town's team, or the whole round)."""

    scope: ClassVar[Scope] = Scope(permission="round.plan", path="round__place__path", pack="round__pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="judges")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = seen.JudgeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "account"], name="judge_once"),
            models.UniqueConstraint(fields=["round", "number"], name="judge_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round} · {judge_label(self.number)}"

    def covers(self, place: Place) -> bool:
        """Whether this judge's team judges the place."""
        return str(place.path).startswith(self.place.path)


class Visit(Scoped, Record):
    """One judge's sheet for one place; without a round, a visit that stands by itself (a survey, a patrol)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        LATE = "late", _("迟交")

    scope: ClassVar[Scope] = Scope(permission="visit.view", path="place__path", pack="pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="visits")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="visits")
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    judge_number = models.PositiveSmallIntegerField(null=True)
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    checklist_code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    visited_on = models.DateField()
    strengths = models.TextField(blank=True)
    """亮点"""
    shortcomings = models.TextField(blank=True)
    """不足"""
    direction = models.TextField(blank=True)
    """方向"""
    submitted_at = models.DateTimeField(null=True)
    admitted = models.BooleanField(default=False)
    """True: came after the lock and was admitted by a journalled reopening."""

    objects: ClassVar[Any] = seen.VisitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "place", "judge"], name="visit_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["round", "state"], name="visit_round"),
            models.Index(fields=["place", "visited_on"], name="visit_place"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.place} · {judge_label(self.judge_number)}" if self.round_id else f"{self.place} · {self.visited_on}"
        )

    @property
    def checklist(self) -> Checklist:
        """The typed checklist that the sheet was begun with."""
        return checklist_of(self.pack_version, self.checklist_code)

    @property
    def counts(self) -> bool:
        """Whether the sheet enters the place's score."""
        return self.state == self.State.SUBMITTED

    def slots_open_to(self, actor: Actor) -> list[str]:
        """The items that ``actor`` may attach photos to: the judge's own, while the sheet is a draft."""
        if self.judge_id != actor.pk or self.state != self.State.DRAFT:
            return []
        return ["", *self.checklist.items]

    def slot_name(self, slot: str) -> str:
        """The item whose photos these are, or the sheet as a whole; what was asked for, when it has no such item."""
        item = self.checklist.items.get(slot)
        return str(item.name) if item else slot or gettext("整张评分表")


class Answer(Scoped, Record):
    """The answer to one item. ``points`` is null until the judge has confirmed it (a prefilled value is not yet)."""

    scope: ClassVar[Scope] = Scope(permission="visit.view", path="visit__place__path", pack="visit__pack_version__pack")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40)
    choice = models.CharField(max_length=40, blank=True)
    """Code of the picked grade."""
    value = models.BigIntegerField(null=True)
    """A measured value, scaled by the item's decimals; or freely given points in thousandths."""
    findings = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True, default="")
    """Words; of a question with several choices the codes of the chosen ones, in its order, with blanks between."""
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)
    points = models.IntegerField(null=True)
    fails = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    prefilled = models.BooleanField(default=False)
    """True: the register filled the value in."""

    objects: ClassVar[Any] = seen.OfVisitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "item"], name="answer_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "fails"], name="answer_item")]

    def __str__(self) -> str:
        return self.item


class Adjustment(Scoped, Record):
    """A bonus (positive points) or deduction (negative) of a place, recorded once per code after the lock."""

    scope: ClassVar[Scope] = Scope(permission="round.view", path="place__path", pack="round__pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="adjustments")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    points = models.IntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = seen.ResultQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "place", "code"], name="adjustment_once")
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.code}"


class Result(Scoped, Record):
    """A place's score in a round: mean of the kept totals, adjustments, total, rank."""

    scope: ClassVar[Scope] = Scope(permission="round.view", path="place__path", pack="round__pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="results")
    judges = models.PositiveSmallIntegerField()
    """How many judges' sheets counted."""
    totals = models.JSONField()
    """For showing: [{"judge": number, "total": thousandths, "dropped": bool}], by judge number."""
    mean = models.IntegerField()
    adjustments = models.IntegerField()
    total = models.IntegerField()
    rank = models.PositiveIntegerField()

    objects: ClassVar[Any] = seen.ResultQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "place"], name="result_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["round", "rank"], name="result_rank")]

    def __str__(self) -> str:
        return f"{self.round} · {self.place}"

    @property
    def corrected_from(self) -> int | None:
        """The total as it was sealed, in thousandths; None when it was never corrected."""
        first = min(self.corrections.all(), key=lambda correction: (correction.created_at, correction.pk), default=None)
        return first.before if first else None


class ResultItem(Scoped, Record):
    """How a place did in one item: mean points over the counted sheets, and whether it failed by the quorum."""

    scope: ClassVar[Scope] = Scope(
        permission="round.view", path="result__place__path", pack="result__round__pack_version__pack"
    )

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="items")
    item = models.CharField(max_length=40)
    mean = models.IntegerField()
    judges_answered = models.PositiveSmallIntegerField()
    judges_failed = models.PositiveSmallIntegerField()
    failed = models.BooleanField()

    objects: ClassVar[Any] = seen.OfResultQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["result", "item"], name="result_item_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "failed"], name="result_item_failed")]

    def __str__(self) -> str:
        return self.item


class Signature(Scoped, Record):
    """One signer's signature under the results, by a digest over them; void once the results were withdrawn."""

    class Role(models.TextChoices):
        LEADER = "leader", _("领导")
        SCRUTINEER = "scrutineer", _("监督员")
        TALLY_CLERK = "tally_clerk", _("计分员")

    scope: ClassVar[Scope] = Scope(permission="round.view", path="round__place__path", pack="round__pack_version__pack")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=12, choices=Role.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    """SHA-256 over the canonical text of the results, hex."""
    voided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = seen.OfRoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "role"], condition=Q(voided_at__isnull=True), name="signature_role_once"
            ),
            models.UniqueConstraint(
                fields=["round", "account"], condition=Q(voided_at__isnull=True), name="signature_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} · {self.get_role_display()}"


class Correction(Scoped, Record):
    """A sealed result's total was corrected: both values, the reason, by whom."""

    scope: ClassVar[Scope] = Scope(
        permission="round.view", path="result__place__path", pack="result__round__pack_version__pack"
    )

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="corrections")
    before = models.IntegerField()
    after = models.IntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = seen.OfResultQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.result)
