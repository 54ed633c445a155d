"""Notices: one row for each person who is told something; and what of it goes outside the product, by which channel."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.errors import Problem
from huoshui.kernel.models import Record
from huoshui.notices import hours
from huoshui.notices.texts import kinds, rendered
from huoshui.places.models import Place


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    """Everybody sees their own notices, and nobody another's."""

    def visibility(self, actor: Actor) -> Q:
        return Q(account_id=actor.pk)


class Notice(Scoped, Record):
    """Something that one account is told, about a subject at a place. Written with what it tells of."""

    scope: ClassVar[Scope] = Scope(permission="notice.view", path="")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    behalf = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Whom the account stands in for, where the notice was meant for that person."""
    code = models.CharField(max_length=60)
    """Code of its text in ``notice_texts.yaml``."""
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=60, blank=True)
    """The subject's model, as label_lower."""
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    restricted = models.BooleanField(default=False)
    """True: outside the product it says no more than that there is something to look at."""
    read_at = models.DateTimeField(null=True)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "read_at", "id"], name="notice_unread")
        ]

    def __str__(self) -> str:
        return self.subject_label or self.code

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        said = rendered(self.code, self.params)
        return gettext("代%(person)s：%(said)s") % {"person": self.behalf.title, "said": said} if self.behalf else said


class Way(models.TextChoices):
    """How a kind of notices goes through a channel."""

    ALWAYS = "always", _("立即，静默时段也发")
    NOW = "now", _("立即")
    DIGEST = "digest", _("每日汇总")
    NEVER = "never", _("不发")


class ChannelQuerySet(ScopedQuerySet["Channel"]):
    """One's own channels, and those of places where a duty may set them."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(account_id=actor.pk)

    def in_use(self) -> ChannelQuerySet:
        """Confirmed, not removed, and not of an account that is closed."""
        return self.filter(Q(account__isnull=True) | Q(account__is_active=True), confirmed_at__isnull=False).standing()

    def standing(self) -> ChannelQuerySet:
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)


class Channel(Scoped, Record):
    """A way outside the product, of an account or of a place. Its address lies in the vault and is not shown again."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("邮箱")
        ROBOT = "robot", _("机器人")

    scope: ClassVar[Scope] = Scope(permission="notice.place_channel", path="place__path")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="channels")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="channels")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    service = models.CharField(max_length=40)
    """What it is, in the service's own name: 企业微信, 钉钉, …; 邮箱."""
    shown = models.CharField(max_length=60)
    """The address masked, as its owner sees it."""
    choices = models.JSONField(default=dict)
    """Way by kind of notice, where it was chosen."""
    confirmed_at = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    code_sent_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar = ChannelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(place__isnull=True), name="channel_of_account_or_place"
            )
        ]

    def __str__(self) -> str:
        return self.service

    def way(self, kind: str, *, own: bool) -> str:
        """How notices of a kind go through it; ``own``: to whoever answers for the matter, not to all of a role."""
        default = kinds()[kind]
        return str(
            self.choices.get(kind) or (default.place if self.place_id else default.own if own else default.shared)
        )


class NoticeHours(Record):
    """When an account wants to hear outside the product; who has no row, and every place, has the defaults."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_hours")
    digest_at = models.TimeField(default=dt.time(8))
    working_days_only = models.BooleanField(default=False)
    quiet_from = models.TimeField(default=dt.time(21))
    quiet_until = models.TimeField(default=dt.time(7, 30))
    """Equal to ``quiet_from``: no quiet hours."""

    def __str__(self) -> str:
        return f"{self.account_id}"

    def is_quiet(self, moment: dt.datetime) -> bool:
        """Whether ``moment`` lies in the quiet hours."""
        return hours.is_within(moment.astimezone(clock.LOCAL_ZONE).time(), self.quiet_from, self.quiet_until)

    def digest_moment(self, moment: dt.datetime) -> dt.datetime | None:
        """When the digest of ``moment``'s day is due, once it is."""
        at = hours.digest_time(self.digest_at, self.quiet_from, self.quiet_until)
        return hours.digest_moment(moment, at, working_days_only=self.working_days_only)


class Message(Record):
    """What is sent through a channel at one time: notices gathered, a code, or a test.

    The rule by which it goes once: it is marked ``sending`` before, and ``sent`` or ``waiting`` again after. Found
    ``sending`` long after, it was cut off in between, and nobody knows: mail goes again under the same Message-ID
    (made of this id), by which a second copy is known; to a robot, which knows no such thing, it does not go again by
    itself, and is shown as ``unsure`` until a person has it sent again.
    """

    class Purpose(models.TextChoices):
        NOTICES = "notices", _("提醒")
        CODE = "code", _("确认码")
        TEST = "test", _("测试")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENDING = "sending", _("正在发送")
        SENT = "sent", _("已发出")
        FAILED = "failed", _("未能发出")
        UNSURE = "unsure", _("不确定是否已发出")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.NOTICES)
    digest_on = models.DateField(null=True)
    """The day whose digest it is or holds."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True)
    """Code of the catalogue: why the last attempt failed; with ``error_params``. Never an address."""
    error_params = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "digest_on"], condition=Q(digest_on__isnull=False), name="digest_once_a_day"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["not_before"], condition=Q(state__in=["waiting", "sending"]), name="message_due"),
            models.Index(fields=["channel", "created_at"], name="message_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"

    @property
    def problem(self) -> Problem | None:
        """Why the last attempt failed, in words."""
        params: dict[str, Any] = self.error_params
        return Problem(self.error, params=params) if self.error else None


class Delivery(models.Model):
    """One notice through one channel, once: queued with the notice, sent as part of one message."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    way = models.CharField(max_length=8, choices=Way.choices)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="deliveries")
    waiting = models.BooleanField(default=True)
    """False: it is part of a message, or was read in the product before it was sent."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["channel"], condition=Q(waiting=True), name="delivery_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel_id}"
