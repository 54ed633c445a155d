"""Places: administrative units and sites, their dated attributes and parents, their honours."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet, allows
from huoshui.kernel.fields import BinaryCharField
from huoshui.kernel.models import Record

FILES = "files"
"""The slot for photos and documents of a place."""
MAX_PATH = 200
"""Longest path, in characters."""


class PlaceQuerySet(ScopedQuerySet["Place"]):
    """Places that a duty covers, and the units above them (names of one's own town and district are no secret)."""

    def visibility(self, actor: Actor) -> Q:
        condition = super().visibility(actor)
        above = {prefix for grant in actor.grants("place.view") for prefix in prefixes(grant.path)}
        return condition | Q(path__in=above)

    def files_visible_to(self, actor: Actor) -> PlaceQuerySet:
        """Places whose photos and documents the actor sees: what a duty covers, not the units above it."""
        return self.filter(super().visibility(actor))

    def under(self, path: str) -> PlaceQuerySet:
        """The place with this path and everything below it."""
        from huoshui.kernel.access import path_condition

        return self.filter(path_condition("path", path))


def prefixes(path: str) -> list[str]:
    """Every path above and including ``path``: "/a/b/" gives "/a/", "/a/b/"."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


class Place(Scoped, Record):
    """A place. ``path`` holds the codes from the root down, each followed by "/"."""

    class Precision(models.TextChoices):
        EXACT = "exact", _("准确")
        SCHEMATIC = "schematic", _("示意")

    scope: ClassVar[Scope] = Scope(permission="place.view", path="path")

    code = BinaryCharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    """Official name, such as 寨卜昌村村民委员会."""
    short_name = models.CharField(max_length=120)
    """Name as spoken, such as 寨卜昌村."""
    initials = BinaryCharField(max_length=60, db_index=True)
    """Pinyin initials of the short name, lower case."""
    kind = models.CharField(max_length=40, db_index=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = BinaryCharField(max_length=MAX_PATH, unique=True)
    latitude = models.IntegerField(null=True)
    """Micro-degrees, WGS-84."""
    longitude = models.IntegerField(null=True)
    """Micro-degrees, WGS-84."""
    precision = models.CharField(max_length=12, choices=Precision.choices, default=Precision.EXACT)
    """What the point is worth: where the place is, or a spot that only shows it in the right neighbourhood."""
    outline = models.JSONField(null=True)
    """GeoJSON Polygon or MultiPolygon, WGS-84."""
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    objects: ClassVar = PlaceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["parent", "kind", "code"], name="place_children")]

    def __str__(self) -> str:
        return self.short_name

    document_slots: ClassVar[frozenset[str]] = frozenset({FILES})

    def slots_open_to(self, actor: Actor) -> set[str]:
        """Its photos and documents are added by those who keep its register, as long as the place stands."""
        return {FILES} if self.closed_on is None and allows(actor, "place.edit", path=self.path) else set()

    def slot_name(self, slot: str) -> str:
        """The label of its slot."""
        return gettext("资料") if slot == FILES else slot

    @property
    def is_schematic(self) -> bool:
        """Whether it has a point, and the point does not claim to be where the place is."""
        return self.latitude is not None and self.precision == self.Precision.SCHEMATIC


class PlaceParent(models.Model):
    """Under which parent a place lay from when to when (``until`` exclusive; None: still)."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="parents_over_time")
    parent = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place"], condition=Q(until__isnull=True), name="parent_one_present")
        ]

    def __str__(self) -> str:
        return f"{self.place_id} < {self.parent_id}"


class PlaceFormer(models.Model):
    """What a place was called, and which kind it was, until a day (exclusive). Only what is past stands here."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="formerly")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=120)
    initials = BinaryCharField(max_length=60, blank=True, db_index=True)
    """Pinyin initials of the short name, as of the place."""
    kind = models.CharField(max_length=40)
    until = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "until"], name="former_once_a_day")
        ]

    def __str__(self) -> str:
        return self.short_name


class PlaceAttribute(models.Model):
    """One attribute's value from when to when, typed for filtering and counting."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="attributes")
    code = models.CharField(max_length=40)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    number = models.BigIntegerField(null=True)
    """Integers, scaled decimals, fen, yes (1) and no (0)."""
    text = models.TextField(blank=True)
    day = models.DateField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["code", "number"], name="attribute_number"),
            models.Index(fields=["place", "code", "since"], name="attribute_place"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["place", "code"], condition=Q(until__isnull=True), name="attribute_one_present"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_id}.{self.code}"

    @property
    def value(self) -> Any:
        """The stored value, whichever column holds it."""
        if self.day is not None:
            return self.day
        return self.number if self.number is not None else self.text


class Honour(Scoped, Record):
    """An honour of a place, or of a unit there: what, at which level, in which year."""

    scope: ClassVar[Scope] = Scope(permission="place.view", path="place__path")

    class Level(models.TextChoices):
        NATIONAL = "national", _("国家级")
        PROVINCIAL = "provincial", _("省级")
        MUNICIPAL = "municipal", _("市级")
        DISTRICT = "district", _("区级")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="honours")
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=12, choices=Level.choices)
    year = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=120, blank=True, default="")
    """The name of the unit at the place that holds it, such as 区教育局; "" when the place itself does."""
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "name", "level", "year", "holder"], name="honour_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class PlaceImport(Scoped, Record):
    """One import that changed something: which file, how many rows, and the place that holds all it touched."""

    scope: ClassVar[Scope] = Scope(permission="place.import", path="path")

    name = models.CharField(max_length=200)
    """Name of the file."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file, hex."""
    path = BinaryCharField(max_length=MAX_PATH)
    by_label = models.CharField(max_length=120)
    rows = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.name


class PlaceChange(Scoped, Record):
    """A rename, move, merge or split of places from a day on, with all that it wrote, so that it can be undone."""

    class Kind(models.TextChoices):
        RENAME = "rename", _("更名")
        MOVE = "move", _("改隶")
        MERGE = "merge", _("合并")
        SPLIT = "split", _("拆分")

    scope: ClassVar[Scope] = Scope(permission="place.view", path="path")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    since = models.DateField()
    """The first day on which it holds."""
    basis = models.CharField(max_length=200, blank=True)
    """The document that orders it, such as its number."""
    path = BinaryCharField(max_length=MAX_PATH)
    """The deepest path that held everything it concerned."""
    by_label = models.CharField(max_length=120)
    written = models.JSONField()
    """Every row written, in order (``changes.trace``)."""
    entry_seq = models.BigIntegerField()
    """Sequence number of the last journal entry about those rows."""
    undone_at = models.DateTimeField(null=True)
    undone_by_label = models.CharField(max_length=120, blank=True)
    undone_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["path", "since"], name="change_path")]

    def __str__(self) -> str:
        return f"{self.since} {self.get_kind_display()}"


class PlaceChangePart(models.Model):
    """A place that a change concerned: what it was made of, what came of it. Names and codes as on that day."""

    class Role(models.TextChoices):
        SOURCE = "source", _("原地点")
        RESULT = "result", _("新地点")
        PARENT = "parent", _("新上级")

    change = models.ForeignKey(PlaceChange, on_delete=models.CASCADE, related_name="parts")
    place = models.ForeignKey(Place, on_delete=models.SET_NULL, null=True, related_name="changes")
    """None: it was opened by a change that was undone."""
    role = models.CharField(max_length=8, choices=Role.choices)
    code = BinaryCharField(max_length=40)
    name = models.CharField(max_length=120)
    """The name as spoken."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["change", "role", "code"], name="change_part_once")
        ]

    def __str__(self) -> str:
        return self.name
