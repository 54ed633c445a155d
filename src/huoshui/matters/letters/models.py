"""Letters as they were issued, the matters that each is about, and the Word templates of districts."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from huoshui.duties.models import Unit
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped
from huoshui.kernel.fields import BinaryCharField
from huoshui.kernel.models import Record
from huoshui.matters.models.matter import Matter, account_key
from huoshui.places.models import Place

REPLY = "reply"
"""The slot for what goes with a unit's reply."""


class LetterTemplate(Scoped, Record):
    """A Word file that a district has its letters written in, instead of the built-in one; the newest counts."""

    scope: ClassVar[Scope] = Scope(permission="letter.template", path="place__path")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="letter_templates")
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    by = account_key(related_name="+")
    on = models.DateField()

    def __str__(self) -> str:
        return self.name


class Letter(Scoped, Record):
    """One letter, as it was issued: a later change of its matters does not change it."""

    scope: ClassVar[Scope] = Scope(permission="matter.view", path="place__path", pack="pack")

    number = BinaryCharField(max_length=40, unique=True)
    """发文字号, such as 示范督〔2026〕3号 (GB/T 9704-2012, 7.2.5)."""
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    pack = models.CharField(max_length=40)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="letters")
    """The place of the unit addressed."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="letters")
    organ = models.CharField(max_length=100)
    """发文机关, as it stands in the head and under the text."""
    addressee = models.CharField(max_length=100)
    """主送机关: the unit's name at that time."""
    title = models.CharField(max_length=260)
    lines = models.JSONField(default=list)
    """The matters as they stood: number, title, place, owner, due, state, as shown."""
    demand = models.TextField()
    until = models.DateField()
    """The day by which a reply is demanded."""
    signer = models.CharField(max_length=60)
    copies = models.CharField(max_length=200, blank=True)
    """抄送机关."""
    issued_by = account_key(related_name="+")
    issued_on = models.DateField()
    template = models.ForeignKey(LetterTemplate, on_delete=models.PROTECT, null=True, related_name="+")
    """The template that counted when it was issued; null: the built-in one."""
    reply = models.TextField(blank=True)
    replied_by = account_key(null=True, related_name="+")
    replied_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["issued_by", "until"], condition=Q(replied_on__isnull=True), name="letter_waits"),
            models.Index(fields=["unit", "until"], name="letter_unit"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True, replied_by__isnull=True, reply="")
                | Q(replied_on__isnull=False, replied_by__isnull=False) & ~Q(reply=""),
                name="letter_reply_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    document_slots: ClassVar[frozenset[str]] = frozenset({REPLY})

    def slots_open_to(self, actor: Actor) -> set[str]:
        """What goes with the reply is added by somebody of the unit addressed, until it has replied."""
        return {REPLY} if self.replied_on is None and getattr(actor, "unit_id", None) == self.unit_id else set()

    def slot_name(self, slot: str) -> str:
        """The label of its slot."""
        return _("答复附件") if slot == REPLY else slot

    def is_late(self, today: dt.date | None = None) -> bool:
        """Whether no reply came by its day."""
        return self.replied_on is None and self.until < (today or clock.today())


class LetterMatter(Scoped):
    """A matter that a letter is about."""

    scope: ClassVar[Scope] = Scope(permission="matter.view", path="letter__place__path", pack="letter__pack")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="about")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="letters")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["letter", "matter"], name="letter_matter_once")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.matter_id}"
