"""Forms as they are registered, their files and mapped cells, and what was filled."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet, grants_condition
from huoshui.kernel.fields import BinaryCharField
from huoshui.kernel.models import Record
from huoshui.kernel.periods import PeriodKind
from huoshui.places.models import Place, prefixes


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class FormFile(models.Model):
    """A file by the hash of its bytes: a form as it came, a filled one, a sealed one. Never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveIntegerField()
    """Bytes."""
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256[:12]


class FormQuerySet(ScopedQuerySet["Form"]):
    """Forms of the places that a duty covers, and of those above: whoever is asked may read what is asked."""

    def visibility(self, actor: Actor) -> Q:
        above = {prefix for grant in actor.grants("form.view") for prefix in prefixes(grant.path)}
        return super().visibility(actor) | Q(place__path__in=above)


class Form(Scoped, Record):
    """A form in the register: who asks, by what right, how often, of whom, until when."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待批准")
        APPROVED = "approved", _("在用")
        ENDED = "ended", _("已停用")

    class Frequency(models.TextChoices):
        """How often it is asked; each is a kind of period, except once."""

        ONCE = "once", _("一次性")
        YEAR = "year", _("每年")
        HALF = "half", _("每半年")
        QUARTER = "quarter", _("每季度")
        MONTH = "month", _("每月")

    class Level(models.TextChoices):
        """Of whom it is asked."""

        VILLAGE = "village", pgettext_lazy("level", "村（社区）")
        TOWN = "town", pgettext_lazy("level", "乡镇（街道）")
        DISTRICT = "district", pgettext_lazy("level", "县区")

    scope: ClassVar[Scope] = Scope(permission="form.view", path="place__path")

    code = BinaryCharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="forms")
    """Within this place it is asked."""
    asker = models.CharField(max_length=100)
    """The department that asks 要表单位."""
    right = models.CharField(max_length=200)
    """By which document 文件依据."""
    frequency = models.CharField(max_length=8, choices=Frequency.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    ends_on = models.DateField()
    """The last day on which it may be asked."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    proposed_by = _account()
    """Who registered it, or handed in its newest version."""
    proposed_on = models.DateField(default=clock.today)
    approved_by = _account(null=True)
    approved_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects: ClassVar = FormQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approved_by__isnull=False, approved_on__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="form_approved_by_another",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "code"], name="form_state")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def is_past(self, day: dt.date | None = None) -> bool:
        """Whether its last day is over."""
        return self.ends_on < (day or clock.today())

    @property
    def period_kind(self) -> PeriodKind:
        """The kind of period that it is filled for; a form that is asked once, for a year."""
        return PeriodKind.YEAR if self.frequency == self.Frequency.ONCE else PeriodKind(self.frequency)


class FormVersion(Scoped, Record):
    """One file of a form; the highest number counts, earlier ones stay beside it."""

    class Kind(models.TextChoices):
        XLSX = "xlsx", "Excel"
        DOCX = "docx", "Word"

    scope: ClassVar[Scope] = Scope(permission="form.view", path="form__place__path")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=Kind.choices)
    file = models.ForeignKey(FormFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    """The file's name as it was sent."""
    notes = models.JSONField(default=list)
    """What was named or taken out when it was handed in: [code, what]."""
    mapping = models.PositiveIntegerField(default=0)
    """How often its mapping was changed: the number of the present mapping."""
    by = _account()
    on = models.DateField(default=clock.today)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.form.code} v{self.number}"


class MappedCell(Scoped, Record):
    """What one cell is filled with, from which number of the mapping to which (``until`` exclusive; null: still)."""

    scope: ClassVar[Scope] = Scope(permission="form.view", path="form_version__form__place__path")

    form_version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="cells")
    sheet = models.CharField(max_length=100)
    cell = models.CharField(max_length=20)
    """B7; of a Word file the sheet is its table (表1) or paragraph (段3)."""
    spec = models.JSONField()
    """``schema.CellSpec``."""
    words = models.CharField(max_length=200, blank=True)
    """The headings around it when it was mapped, by which a moved cell is told."""
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["form_version", "sheet", "cell"], condition=Q(until__isnull=True), name="cell_mapped_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


class FillingQuerySet(ScopedQuerySet["Filling"]):
    """Filled forms show to those who may see the figures there, and the matters, where the form lists any."""

    def visibility(self, actor: Actor) -> Q:
        matters = actor.grants("matter.view")
        listed = grants_condition(matters, Scope(permission="matter.view", path="place__path", pack="lists"))
        forms = super().visibility(actor)
        return forms & (Q(lists="") | listed)


class Filling(Scoped, Record):
    """A form as it was filled for a place and a period: bytes, and where each cell came from. Never changed.

    The one thing that is added later is the seal, once.
    """

    scope: ClassVar[Scope] = Scope(permission="figure.view", path="place__path")

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="fillings")
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="fillings")
    mapping = models.PositiveIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="fillings")
    period = models.CharField(max_length=20)
    first = models.DateField()
    last = models.DateField()
    number = models.PositiveIntegerField()
    """Of this form, place and period: the first is 1."""
    file = models.ForeignKey(FormFile, on_delete=models.PROTECT, related_name="+")
    cells = models.JSONField()
    """``answers.Answer`` of each mapped cell."""
    typed = models.JSONField(default=dict)
    """What was typed, by sheet!cell."""
    lists = models.CharField(max_length=40, blank=True)
    """The pack of the matters that it lists; "*" of several; "" when it lists none."""
    filled = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    """Cells that were left empty."""
    seconds = models.PositiveIntegerField(null=True)
    """From opening the page to sending what was typed; null when nothing was typed, or by a program."""
    by = _account()
    unit_name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=clock.now)
    seal = models.ForeignKey(FormFile, on_delete=models.PROTECT, null=True, related_name="+")
    """The signed PDF."""
    sealed_by = _account(null=True)
    sealed_at = models.DateTimeField(null=True)

    objects: ClassVar = FillingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "place", "period", "number"], name="filling_once"),
            models.CheckConstraint(
                condition=Q(seal__isnull=True, sealed_by__isnull=True, sealed_at__isnull=True)
                | Q(seal__isnull=False, sealed_by__isnull=False, sealed_at__isnull=False),
                name="filling_sealed_whole",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["form", "place", "period"], name="filling_of"),
            models.Index(fields=["place", "at"], name="filling_place"),
        ]

    def __str__(self) -> str:
        return f"{self.form.code} {self.place.short_name} {self.period} #{self.number}"

    @property
    def sealed(self) -> bool:
        return self.seal_id is not None


class Assumption(Scoped, Record):
    """What an administrator states of an answer's time where nobody measured it; the newest of the nearest place."""

    scope: ClassVar[Scope] = Scope(permission="form.view", path="place__path")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="form_assumptions")
    seconds = models.PositiveIntegerField()
    """Seconds that an answer typed by hand takes, with looking it up."""
    why = models.CharField(max_length=200)
    """What it rests on."""
    by = _account()
    on = models.DateField(default=clock.today)

    def __str__(self) -> str:
        return f"{self.place.short_name} {self.seconds} s"
