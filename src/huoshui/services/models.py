"""What is offered where, requests with how far they are, and their ratings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.services.hours import told_hours, told_weekdays
from huoshui.services.schema import Material, RatingRule, ServiceBundle, ServiceItem

OPEN, SUBMITTED, CLOSED = "open", "submitted", "closed"
"""Phases of the matter that carries a request, as it is told."""


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class Offer(Scoped, Record):
    """A service offered at a place (a hub, or a village) from a day on; public, as its guide is."""

    scope: ClassVar[Scope] = Scope(permission="place.view", path="place__path")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="offers")
    pack = models.CharField(max_length=40)
    item = models.CharField(max_length=81)
    """Qualified code, such as services.pension_enrolment."""
    weekdays = models.CharField(max_length=7)
    """ISO weekdays, Monday first: 12345."""
    hours = models.CharField(max_length=60)
    """08:30-12:00,14:30-18:00."""
    window = models.CharField(max_length=60, blank=True)
    """Window or room."""
    phone = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    """The last day on which it was offered; null: it still is."""
    published_by = _account()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "item"], condition=Q(until__isnull=True), name="offer_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="offer_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "until"], name="offer_item")]

    def __str__(self) -> str:
        return f"{self.place.short_name} {self.item_name}"

    @property
    def definition(self) -> ServiceItem | None:
        """The item as the current pack has it; None when no pack declares it any more."""
        found: ServiceItem | None = all_current("services").get(self.item)
        return found

    @property
    def item_name(self) -> str:
        """Label of the item; its code when no pack declares it any more."""
        known = self.definition
        return str(known.name) if known else self.item

    @property
    def weekdays_told(self) -> str:
        """周一至周五."""
        return told_weekdays(self.weekdays)

    @property
    def hours_told(self) -> str:
        """08:30–12:00，14:30–18:00."""
        return told_hours(self.hours)


class Request(Scoped, Record):
    """A request for a service, or the whole of a bundle. What is personal of it the matter keeps that carries it."""

    class Came(models.TextChoices):
        """Who came with it."""

        SELF = "self", _("本人办理")
        ENTRUSTED = "entrusted", _("受托人代办")
        AGENT = "agent", _("代办员帮办")

    scope: ClassVar[Scope] = Scope(permission="service.view", path="place__path", pack="pack")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="service_requests")
    pack = models.CharField(max_length=40)
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    """The version whose guide it was taken by."""
    item = models.CharField(max_length=81, blank=True)
    """Qualified code; "" for the whole of a bundle."""
    bundle = models.CharField(max_length=81, blank=True)
    """Qualified code of the bundle that it is the whole of, or a part of."""
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="requests")
    whole = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    code_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the code by which it is followed (``tracking``)."""
    came = models.CharField(max_length=10, choices=Came.choices, default=Came.SELF)
    received = models.JSONField(default=list)
    """Codes of the materials that were brought."""
    taken_by = _account()
    taken_on = models.DateField()
    promised_on = models.DateField()
    promised_provisional = models.BooleanField(default=False)
    """True: counted with days of a calendar that was not published yet."""
    matter_id = models.UUIDField(null=True)
    """The matter that carries it, by its id: matters are a sister's."""
    matter_number = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=40, blank=True)
    state_labels = models.JSONField(default=dict)
    """Label of the state by language."""
    phase = models.CharField(max_length=10, default=OPEN)
    done_on = models.DateField(null=True)
    """Since when the work is done: handed in for a last word, or ended; null again when it came back."""
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(item="", bundle=""), name="request_of_something"),
            models.CheckConstraint(
                condition=Q(phase=CLOSED, closed_on__isnull=False) | (~Q(phase=CLOSED) & Q(closed_on__isnull=True)),
                name="request_closed_has_date",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["place", "taken_on"], name="request_place"),
            models.Index(fields=["phase", "promised_on"], name="request_due"),
            models.Index(fields=["item", "taken_on"], name="request_item"),
            models.Index(fields=["matter_id"], name="request_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.matter_number}".strip()

    @property
    def definition(self) -> ServiceItem | None:
        """The item as it was when the request was taken; None for the whole of a bundle."""
        return self.pack_version.typed("services")[self.item.partition(".")[2]] if self.item else None

    @property
    def bundle_definition(self) -> ServiceBundle | None:
        """The bundle as it was when the request was taken; None for a request of no bundle."""
        return self.pack_version.typed("service_bundles")[self.bundle.partition(".")[2]] if self.bundle else None

    @property
    def name(self) -> str:
        """Label of the item, or of the bundle that it is the whole of."""
        named = self.definition or self.bundle_definition
        return str(named.name) if named else ""

    @property
    def state_name(self) -> str:
        """Label of how far it is."""
        language = "en" if (get_language() or "zh").startswith("en") else "zh"
        return str(self.state_labels.get(language, self.state))

    @property
    def rule(self) -> RatingRule | None:
        """How it is rated; None when it is not."""
        item = self.definition
        if item is None or item.rating is None:
            return None
        found: RatingRule = self.pack_version.typed("service_ratings")[item.rating]
        return found

    @property
    def lacking(self) -> list[Material]:
        """The materials that are still to be handed in."""
        item = self.definition
        return [m for m in item.materials if m.code not in self.received] if item else []


class RequestPart(Scoped):
    """Base of what belongs to one request and shows with it."""

    scope: ClassVar[Scope] = Scope(permission="service.view", path="request__place__path", pack="request__pack")

    class Meta:
        abstract = True


class Progress(RequestPart):
    """One state that a request came to, with who brought it there: what whoever follows it is told, but for the who."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="progress")
    state = models.CharField(max_length=40)
    labels = models.JSONField(default=dict)
    phase = models.CharField(max_length=10)
    on = models.DateField()
    by = _account()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"

    @property
    def name(self) -> str:
        """Label of the state."""
        language = "en" if (get_language() or "zh").startswith("en") else "zh"
        return str(self.labels.get(language, self.state))


class Rating(Scoped, Record):
    """What whoever asked for a service says of it; nobody knows more of them than that they had the code.

    Shown one by one only to those who are not rated: an agent who saw them would know who was dissatisfied.
    """

    scope: ClassVar[Scope] = Scope(permission="service.ratings", path="request__place__path", pack="request__pack")

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="rating")
    level = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    """Position of the level from 1, the best."""
    satisfied = models.BooleanField()
    words = models.TextField(blank=True)
    entered_by = _account(null=True)
    """Who entered it from paper; null: it was given by code."""
    rated_on = models.DateField()
    changed_on = models.DateField(null=True)
    correction_id = models.UUIDField(null=True)
    """The matter that corrects it, by its id."""
    correction_number = models.CharField(max_length=24, blank=True)
    correct_by = models.DateField(null=True)
    """Deadline of the correction, as it was told last while it ran."""
    corrected_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["rated_on"], name="rating_day")]

    def __str__(self) -> str:
        return self.request.name

    @property
    def level_name(self) -> str:
        """Label of the level."""
        rule = self.request.rule
        known = rule.level(self.level) if rule else None
        return str(known.name) if known else self.level


class RatedAspect(Scoped):
    """One aspect of a rating, by the levels of its rule."""

    scope: ClassVar[Scope] = Scope(
        permission="service.ratings", path="rating__request__place__path", pack="rating__request__pack"
    )

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="aspects")
    aspect = models.CharField(max_length=40)
    level = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rating", "aspect"], name="aspect_once")
        ]

    def __str__(self) -> str:
        return f"{self.aspect} {self.level}"
