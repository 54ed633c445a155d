"""Matters: what has to be brought to an end, its typed values, steps, clocks and rungs of the ladder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from huoshui.duties.models import Unit
from huoshui.kernel.access import Actor, Scope, Scoped
from huoshui.kernel.fields import BinaryCharField
from huoshui.kernel.models import Record
from huoshui.matters.indexes import FEW_INDEXES, LEDGER_INDEXES, Beginning
from huoshui.matters.lights import MatterQuerySet, light_of
from huoshui.matters.schema import Light, MatterKind
from huoshui.media.models import Attachment
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place

OPEN, SUBMITTED, CLOSED = "open", "submitted", "closed"
_versions: dict[UUID, PackVersion] = {}
"""Pack versions by id: they never change, and a ledger of 2,000 rows must not read one 2,000 times."""


def account_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """A reference to an account, which is never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, **options)


def _kin(name: str) -> Any:
    """A reference to another matter, which few matters have; its index is one of FEW_INDEXES."""
    return models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name=name, db_index=False)


class Matter(Scoped, Record):
    """One matter. ``kind`` is qualified ("rectification.item"); ``phase`` follows from ``state``."""

    scope: ClassVar[Scope] = Scope(permission="matter.view", path="place__path", pack="pack")

    number = BinaryCharField(max_length=24, unique=True)
    """Prefix, year and running number, such as ZG-2018-0001."""
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    pack = models.CharField(max_length=40)
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=81)
    severity = models.CharField(max_length=40)
    severity_rank = models.PositiveSmallIntegerField()
    """Position among the severities of the kind; 0 the mildest."""
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=10, db_index=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="matters")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="matters")
    """Responsible unit."""
    owner = account_key(null=True, related_name="owned_matters", db_index=False)
    """Responsible person 责任人."""
    verifier = account_key(null=True, related_name="+", db_index=False)
    """Who confirmed the work when it was closed."""
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    opened_by = account_key(related_name="+")
    opened_on = models.DateField()
    clock = models.CharField(max_length=40, blank=True)
    """Code of the running clock that ends first; "" when none runs."""
    limit_on = models.DateField(null=True)
    """Last day that this clock allows."""
    due_on = models.DateField(null=True)
    """The deadline that counts: the limit, or the responsible unit's own earlier one."""
    due_provisional = models.BooleanField(default=False)
    """True: counted with days of a calendar that was not published yet."""
    blue_on = models.DateField(null=True)
    """First day of the blue light."""
    yellow_on = models.DateField(null=True)
    """First day of the yellow light; null where the present state is not behind."""
    extension_until = models.DateField(null=True)
    """The deadline asked for by a request that nobody has decided yet; null when there is none."""
    next_rung_on = models.DateField(null=True, db_index=True)
    """Day on which the next step of the ladder fires; null when none is left."""
    supervised_on = models.DateField(null=True)
    """Since when it is under supervision 督办."""
    closed_on = models.DateField(null=True)
    again_on = models.DateField(null=True)
    """Of one that has ended: the day from which a step falls due again, such as a re-check; null: never."""
    again_told_on = models.DateField(null=True)
    """When those who take that step were told of it; null: not yet."""
    close_reason = models.CharField(max_length=20, blank=True)
    source_kind = models.CharField(max_length=40, blank=True)
    """Where it comes from: "" by hand, "round" a sealed round."""
    source_id = models.UUIDField(null=True)
    source_label = models.CharField(max_length=200, blank=True)
    source_item = models.CharField(max_length=120, blank=True)
    """Which part of the source, such as checklist and item."""
    parent = _kin("children")
    duplicate_of = _kin("duplicates")
    split_from = _kin("shares")
    """The matter that was split into this one and others."""

    objects: ClassVar = MatterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phase", "due_on", "id"], name="matter_due"),
            models.Index(fields=["place", "phase"], name="matter_place"),
            models.Index(fields=["kind", "state"], name="matter_kind"),
            # What figures count: those of a kind that were opened, or closed, in a period.
            models.Index(fields=["kind", "opened_on"], name="matter_kind_opened"),
            models.Index(fields=["kind", "closed_on"], name="matter_kind_closed"),
            models.Index(fields=["owner", "phase"], name="matter_owner"),
            models.Index(fields=["verifier", "id"], name="matter_verifier"),
            models.Index(fields=["source_id", "place"], name="matter_source"),
            models.Index(
                fields=["extension_until"], condition=Q(extension_until__isnull=False), name="matter_extension"
            ),
            *FEW_INDEXES,
            *LEDGER_INDEXES,
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source_id", "place", "source_item"],
                condition=Q(source_id__isnull=False) & ~Q(phase=CLOSED) & Q(split_from__isnull=True),
                name="matter_once_per_finding",
            ),
            models.CheckConstraint(
                condition=Q(phase=CLOSED, closed_on__isnull=False) | (~Q(phase=CLOSED) & Q(closed_on__isnull=True)),
                name="matter_closed_has_date",
            ),
            models.CheckConstraint(condition=Q(phase=CLOSED) ^ Q(close_reason=""), name="matter_closed_has_reason"),
            models.CheckConstraint(condition=Q(phase__in=[OPEN, SUBMITTED, CLOSED]), name="matter_phase"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__lte=models.F("limit_on")), name="matter_due_within_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def definition(self) -> MatterKind:
        """The kind's definition, in the version of its pack that the matter began with. Raises pack.unreadable."""
        asked = (self.pack_version_id, self.kind)
        if self._defined is None or self._defined[0] != asked:
            if self.pack_version_id not in _versions:
                _versions[self.pack_version_id] = self.pack_version
            self._defined = asked, _versions[self.pack_version_id].typed("matters")[self.kind.partition(".")[2]]
        return self._defined[1]

    _defined: tuple[tuple[UUID, str], MatterKind] | None = None
    """The definition that was read last, and of what: a ledger asks for it once for each of its cells."""

    @property
    def kind_name(self) -> str:
        """Label of the kind."""
        return str(self.definition.name)

    @property
    def state_name(self) -> str:
        """Label of the present state."""
        return str(self.definition.state(self.state).name)

    @property
    def severity_name(self) -> str:
        """Label of the severity."""
        return str(self.definition.severities[self.severity_rank].name)

    @property
    def clock_name(self) -> str:
        """Label of the clock whose deadline counts; "" when none runs."""
        return next((str(clock.name) for clock in self.definition.clocks if clock.code == self.clock), "")

    @cached_property
    def absorbed(self) -> list[Matter]:
        """The matters that were merged into this one, and into those; read once for an instance."""
        doubles = dict(absorbed_by([self.pk])) if getattr(self, "has_doubles", True) else {}
        return list(Matter.objects.filter(pk__in=doubles).order_by("number")) if doubles else []

    @property
    def is_closed(self) -> bool:
        """Whether it has ended, for whatever reason."""
        return self.phase == CLOSED

    def light(self, today: dt.date | None = None) -> Light:
        """Its light on a day (default: today); the same as ``MatterQuerySet.with_light`` computes."""
        return light_of(self, today)

    def slots_open_to(self, actor: Actor) -> set[str]:
        """Slots to which the actor may add photos and files, or take them off, as the matter stands now."""
        from huoshui.matters.permits import open_slots

        return open_slots(self, actor)

    @property
    def document_slots(self) -> set[str]:
        """The slots that take documents beside photos."""
        return {slot.code for slot in self.definition.slots if slot.documents}

    @property
    def fresh_slots(self) -> set[str]:
        """The slots for which photos are taken anew: what is known already proves no new work."""
        return {slot for slot, _states in self.definition.fresh_evidence}

    def slot_name(self, slot: str) -> str:
        """The label of one of its slots; what was asked for, when it has no such slot."""
        return next((str(known.name) for known in self.definition.slots if known.code == slot), slot)

    def keeps_attachment(self, attachment: Attachment) -> bool:
        """Whether a file has served an earlier submission and can no longer be taken off."""
        from huoshui.matters.evidence import is_settled

        return is_settled(self, attachment)


def read_absorbed(matters: Sequence[Matter]) -> None:
    """Read ``absorbed`` of many matters at once."""
    pairs = absorbed_by([matter.pk for matter in matters])
    doubles = Matter.objects.in_bulk([pk for pk, _survivor in pairs]) if pairs else {}
    for matter in matters:
        mine = (doubles[pk] for pk, survivor in pairs if survivor == matter.pk)
        matter.absorbed = sorted(mine, key=lambda double: double.number)


def absorbed_by(matters: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Pairs of a double and the matter that it was merged into in the end, for some matters.

    A merge is refused where it would make a third level (``merging.plan``).
    """
    asked = list(matters)
    direct = Matter.objects.filter(duplicate_of__in=asked).values_list("pk", "duplicate_of_id")
    beyond = Matter.objects.filter(duplicate_of__duplicate_of__in=asked)
    return list(direct.union(beyond.values_list("pk", "duplicate_of__duplicate_of_id"), all=True).order_by("pk"))


class MatterPart(Scoped):
    """Base of what belongs to one matter and shows with it."""

    scope: ClassVar[Scope] = Scope(permission="matter.view", path="matter__place__path", pack="matter__pack")

    class Meta:
        abstract = True


class MatterValue(MatterPart):
    """One field's value, typed for filtering and counting. The owner field lives in ``Matter.owner`` instead."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="values")
    code = models.CharField(max_length=40)
    number = models.BigIntegerField(null=True)
    """Integers, scaled decimals, fen, yes (1) and no (0)."""
    text = models.TextField(blank=True)
    day = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter", "code"], name="matter_value_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["code", "number", "matter"], name="matter_value_number"),
            models.Index(fields=["code", "day", "matter"], name="matter_value_day"),
            models.Index("code", Beginning("text"), "matter", name="matter_value_text"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}.{self.code}"

    @property
    def value(self) -> Any:
        """The stored value, whichever column holds it."""
        return stored_value(self.day, self.number, self.text)


def stored_value(day: dt.date | None, number: int | None, text: str) -> Any:
    """The one of a value's columns that holds it."""
    if day is not None:
        return day
    return number if number is not None else text
