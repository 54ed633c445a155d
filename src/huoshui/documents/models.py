"""Documents as they were issued, edition by edition, with their files and every figure that they used."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from huoshui.documents.schema import DocumentKind
from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.fields import BinaryCharField
from huoshui.kernel.models import Record
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class DocumentTemplate(Scoped, Record):
    """A Word file in which documents of a kind are written at a place and below, instead of the standard one."""

    scope: ClassVar[Scope] = Scope(permission="document.view", path="place__path")

    kind = models.CharField(max_length=81)
    """Qualified code, such as documents.year_review."""
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="document_templates")
    number = models.PositiveIntegerField()
    """Its version at this place, 1 the first; the highest counts."""
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    by = _account()
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "place", "number"], name="document_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


class Document(Scoped, Record):
    """What a place has of a kind for a period (and a subject, where there may be several); what it says stands in its
    editions."""

    scope: ClassVar[Scope] = Scope(permission="document.view", path="place__path")

    kind = models.CharField(max_length=81)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="documents")
    period = BinaryCharField(max_length=20)
    subject = models.CharField(max_length=200, blank=True)
    """What tells it apart from others of the same kind, place and period, such as a notice's title."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "place", "period", "subject"], name="document_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["place", "kind"], name="document_place")]

    def __str__(self) -> str:
        return f"{self.place.short_name} {self.period}"

    @property
    def kind_name(self) -> str:
        """Label of its kind; the code of one that no pack declares any more."""
        known: DocumentKind | None = all_current("documents").get(self.kind)
        return str(known.name) if known else self.kind


class Edition(Scoped, Record):
    """One issue of a document. Triggers refuse to change or delete it."""

    scope: ClassVar[Scope] = Scope(permission="document.view", path="document__place__path")

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    """1 the first."""
    code = BinaryCharField(max_length=12, unique=True)
    """What is printed on it and leads to its page, /d/CODE."""
    title = models.CharField(max_length=300)
    organ = models.CharField(max_length=100)
    """Who issues it, as it stands there."""
    texts = models.JSONField(default=dict)
    """What was written by hand, by the codes of the kind's inputs."""
    blocks = models.JSONField(default=list)
    """What it says, block by block (``documents.blocks``), as its page shows it."""
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    """The version of the pack that declared its kind."""
    template = models.ForeignKey(DocumentTemplate, on_delete=models.PROTECT, null=True, related_name="+")
    """The uploaded template that counted; null: the standard one of the pack version."""
    template_sha256 = models.CharField(max_length=64)
    changes = models.JSONField(default=list)
    """What is other than in the edition before: name, place, period, then, now, and the figure's codes."""
    reason = models.CharField(max_length=300, blank=True)
    """Why it was issued again."""
    by = _account()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "number"], name="edition_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-at"], name="edition_newest")]

    def __str__(self) -> str:
        return self.title


class EditionFile(Scoped, Record):
    """The bytes of an edition as Word or PDF. Triggers refuse to change or delete them."""

    scope: ClassVar[Scope] = Scope(permission="document.view", path="edition__document__place__path")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    ending = models.CharField(max_length=4)
    """docx or pdf."""
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "ending"], name="edition_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}.{self.ending}"


class UsedFigure(Scoped, Record):
    """A figure as an edition told it. Triggers refuse to change or delete it."""

    scope: ClassVar[Scope] = Scope(permission="document.view", path="edition__document__place__path")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="figures")
    at = models.PositiveIntegerField()
    """Its number in the edition, 1 the first."""
    indicator = models.CharField(max_length=81)
    name = models.CharField(max_length=200)
    """The indicator's name at that time, in Chinese."""
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    period = BinaryCharField(max_length=20)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    shown = models.CharField(max_length=60, blank=True)
    """As it was told, without the unit; "" without a value."""
    why_none = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=20)
    pack = models.CharField(max_length=40)
    pack_number = models.CharField(max_length=20)
    """Version of the pack whose indicator counted."""
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "at"], name="used_figure_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["indicator", "place", "period"], name="used_figure_of")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"

    @property
    def told(self) -> str:
        """Value with unit, or why there is none; 660 以上 is told as a table does."""
        return f"{self.shown} {self.unit}" if self.shown else self.why_none


class Batch(Scoped, Record):
    """Documents of a kind for all places of a place, asked for at once and issued by the worker."""

    scope: ClassVar[Scope] = Scope(permission="document.issue", path="place__path")

    kind = models.CharField(max_length=81)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    period = BinaryCharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    """Where the register is reached, to be printed."""
    by = _account()
    places = models.PositiveIntegerField()
    issued = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    """Places for which nothing is other than in their last edition."""
    refused = models.JSONField(default=list)
    """Place and the words of the refusal."""
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.place.short_name} {self.period}"
