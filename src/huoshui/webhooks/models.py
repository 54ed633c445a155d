"""Webhooks: whom events are told, and each telling with what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.errors import Problem
from huoshui.kernel.models import Record


class WebhookQuerySet(ScopedQuerySet["Webhook"]):
    """Those of accounts whose webhooks a duty lets one manage."""

    def standing(self) -> WebhookQuerySet:
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def in_use(self) -> WebhookQuerySet:
        """Those to which events go."""
        return self.standing().filter(is_active=True, account__is_active=True)


class Webhook(Scoped, Record):
    """An address to which events go that its owner may see. Its secret lies in the vault and is shown once."""

    scope: ClassVar[Scope] = Scope(permission="webhook.manage", path="account__unit__place__path")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    """Names of actions, or of whole groups: see ``webhooks.events``."""
    cursor = models.BigIntegerField(default=0)
    """The place in the journal's chain up to which events were looked at."""
    is_active = models.BooleanField(default=True)
    error = models.CharField(max_length=60, blank=True)
    """Code of the catalogue: why the product itself turned it off; with ``error_params``."""
    error_params = models.JSONField(default=dict)
    rotated_at = models.DateTimeField(null=True)
    """When its secret was last replaced; for a time both sign."""
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> Problem | None:
        """Why the product turned it off, in words."""
        params: dict[str, Any] = self.error_params
        return Problem(self.error, params=params) if self.error else None


class TellingQuerySet(ScopedQuerySet["Telling"]):
    """Those of the webhooks that one may manage."""

    def visibility(self, actor: Actor) -> Q:
        return Q(webhook__in=Webhook.objects.visible_to(actor))


class Telling(Scoped, Record):
    """One event to one webhook, once however often it is tried: its id is the ``webhook-id`` of every attempt.

    It is marked ``sending`` before and ``sent`` or ``waiting`` after. Found ``sending`` long after, it was cut off in
    between; it goes again under the same id, by which the receiver knows a second copy (Standard Webhooks 1.0).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENDING = "sending", _("正在发送")
        SENT = "sent", _("已发出")
        FAILED = "failed", _("未能发出")
        WITHHELD = "withheld", _("不发：所有人已无权看")

    scope: ClassVar[Scope] = Scope(permission="webhook.manage", path="webhook__account__unit__place__path")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="tellings")
    entry_seq = models.BigIntegerField(null=True)
    """Number of the journal entry; None for a test."""
    event = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    """HTTP status of the last answer; None when there was none."""
    error = models.CharField(max_length=60, blank=True)
    error_params = models.JSONField(default=dict)

    objects: ClassVar = TellingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webhook", "entry_seq"], name="telling_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["not_before"], condition=Q(state__in=["waiting", "sending"]), name="telling_due"),
            models.Index(fields=["webhook", "created_at"], name="telling_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"

    @property
    def problem(self) -> Problem | None:
        """Why the last attempt failed, in words."""
        params: dict[str, Any] = self.error_params
        return Problem(self.error, params=params) if self.error else None
