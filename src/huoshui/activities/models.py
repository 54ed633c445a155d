"""Activities: what is planned, and what was held, at a place; their typed values, and consents to pictures."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huoshui.activities.schema import ActivityKind
from huoshui.duties.models import Unit
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet, path_condition
from huoshui.kernel.models import Record
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place

MOST_MINUTES = 31 * 24 * 60
"""The longest that anything may have taken: a month."""
_versions: dict[UUID, PackVersion] = {}
"""Pack versions by id: they never change, and a list of activities must not read one for each row."""


def account_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """A reference to an account, which is never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, **options)


class ActivityQuerySet(ScopedQuerySet["Activity"]):
    """Activities, by place and by day."""

    def under(self, path: str) -> Self:
        """Those at a place and everything below it."""
        return self.filter(path_condition("place__path", path))

    def within(self, since: dt.date, until: dt.date) -> Self:
        """Those that stand on a day from ``since`` to ``until`` (inclusive), however long they go on."""
        return self.filter(days_within(since, until))


def days_within(since: dt.date, until: dt.date) -> Q:
    """Whether an activity stands on a day from ``since`` to ``until`` (inclusive).

    Few go on for days: these are found by the index of such alone, the others by their day.
    """
    return Q(day__range=(since, until)) | Q(last_day__gt=F("day"), last_day__gte=since, day__lt=since)


class Activity(Scoped, Record):
    """One activity. ``kind`` is qualified ("activities.party_lecture"); its length in days is ``day`` to ``last_day``.

    Of a planned one ``day`` follows from ``starts_at``, of a held one it is the day on which it was held.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("计划")
        HELD = "held", _("已开展")
        CANCELLED = "cancelled", _("已取消")

    scope: ClassVar[Scope] = Scope(permission="activity.view", path="place__path", pack="pack")

    pack = models.CharField(max_length=40)
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=81)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="activities")
    site = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    """The site within the place where it is held, such as its hub."""
    venue = models.CharField(max_length=120, blank=True)
    """Where, in words, when it is no site of the register or to say it closer."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    """Host."""
    organiser = account_key(null=True, related_name="+", db_index=False)
    """Who planned it, or recorded it where nobody had."""
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField(null=True)
    """As planned; null where nobody planned it."""
    ends_at = models.DateTimeField(null=True)
    day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    held_on = models.DateField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    headcount = models.PositiveIntegerField(null=True)
    outcome = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts", db_index=False)
    """What it is a part of, such as a festival."""
    key = models.CharField(max_length=80, blank=True)
    """Its number in the file that it came from, unique among those of a kind and a host; "" where there is none."""

    objects: ClassVar = ActivityQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # A list of many places walks the days and stops early; a month is counted within this index alone.
            models.Index(fields=["day", "id", "place", "state", "starts_at"], name="activity_day"),
            models.Index(fields=["place", "day", "id"], name="activity_place_day"),
            # What figures count and record books list: those of a kind in a period.
            models.Index(fields=["kind", "day", "id"], name="activity_kind_day"),
            models.Index(fields=["place", "kind", "day"], name="activity_place_kind_day"),
            models.Index(fields=["state", "day", "id", "place"], name="activity_state_day"),
            # Where words are looked for: read through within this index alone.
            models.Index(fields=["title", "day", "place", "kind", "state", "id"], name="activity_words"),
            models.Index(fields=["last_day"], condition=Q(last_day__gt=F("day")), name="activity_goes_on"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="activity_parent"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False, held_on=F("day"))
                | (~Q(state="held") & Q(held_on__isnull=True)),
                name="activity_held_has_day",
            ),
            models.CheckConstraint(condition=~Q(state="planned") | Q(starts_at__isnull=False), name="activity_planned"),
            models.CheckConstraint(
                condition=Q(state="cancelled") ^ Q(cancel_reason=""), name="activity_cancelled_has_reason"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("day")), name="activity_days"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="activity_ends_later"
            ),
            models.UniqueConstraint(fields=["kind", "unit", "key"], condition=~Q(key=""), name="activity_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.title}"

    @property
    def definition(self) -> ActivityKind:
        """The kind's definition, in the version of its pack that the activity began with. Raises pack.unreadable."""
        asked = (self.pack_version_id, self.kind)
        if self._defined is None or self._defined[0] != asked:
            if self.pack_version_id not in _versions:
                _versions[self.pack_version_id] = self.pack_version
            self._defined = asked, _versions[self.pack_version_id].typed("activities")[self.kind.partition(".")[2]]
        return self._defined[1]

    _defined: tuple[tuple[UUID, str], ActivityKind] | None = None
    """The definition that was read last, and of what."""

    @property
    def kind_name(self) -> str:
        """Label of the kind."""
        return str(self.definition.name)

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_overdue(self) -> bool:
        """Whether its day is over and nobody has said whether it was held."""
        return self.is_planned and self.last_day < clock.today()

    @property
    def where(self) -> str:
        """The site and the venue, as they are read."""
        return " ".join(part for part in (self.site.short_name if self.site else "", self.venue) if part)

    def slots_open_to(self, actor: Actor) -> set[str]:
        """Slots to which the actor may add photos and files, or take them off, as the activity stands now."""
        from huoshui.activities.permits import open_slots

        return open_slots(self, actor)

    @property
    def document_slots(self) -> set[str]:
        """The slots that take documents beside photos."""
        return {slot.code for slot in self.definition.slots if slot.documents}

    @property
    def bound_slots(self) -> frozenset[str]:
        """The slots whose files are shown here alone: a consent to pictures of children is given for one occasion."""
        return self.definition.children_slots

    def slot_name(self, slot: str) -> str:
        """The label of one of its slots; what was asked for, when it has no such slot."""
        return next((str(known.name) for known in self.definition.slots if known.code == slot), slot)


class ActivityPart(Scoped):
    """Base of what belongs to one activity and shows with it."""

    scope: ClassVar[Scope] = Scope(permission="activity.view", path="activity__place__path", pack="activity__pack")

    class Meta:
        abstract = True


class ActivityValue(ActivityPart):
    """One field's value, typed for filtering and counting."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="values")
    code = models.CharField(max_length=40)
    number = models.BigIntegerField(null=True)
    """Integers, scaled decimals, fen, yes (1) and no (0)."""
    text = models.TextField(blank=True)
    day = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["activity", "code"], name="activity_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}.{self.code}"

    @property
    def value(self) -> Any:
        """The stored value, whichever column holds it."""
        if self.day is not None:
            return self.day
        return self.number if self.number is not None else self.text


class PictureConsent(ActivityPart, Record):
    """A consent to pictures of children at one activity, given on paper; how many children, never who."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="consents")
    children = models.PositiveIntegerField()
    """For how many children."""
    given_on = models.DateField()
    paper = models.CharField(max_length=200)
    """What was signed, by whom in general (guardians), and where the paper lies."""
    recorded_by = account_key(related_name="+")
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = account_key(null=True, related_name="+")
    withdrawal = models.CharField(max_length=500, blank=True)
    """What was said at the withdrawal, without names."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(children__gte=1), name="consent_of_somebody"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_on} {self.paper}"


class CalendarFeed(Record):
    """The secret address under which one account's calendar is read by a calendar program; only its digest is kept."""

    account = account_key(related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at__isnull=True), name="feed_one_in_force")
        ]

    def __str__(self) -> str:
        return str(self.account)
