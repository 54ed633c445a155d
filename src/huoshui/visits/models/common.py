"""What the models of visits share: their checklist, what a missing answer does, how a judge is called."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.packs.models import PackVersion
from huoshui.visits.schema import Checklist


def checklist_of(version: PackVersion, code: str) -> Checklist:
    """The typed checklist of a pack version. Raises KeyError when it is not there, or pack.unreadable."""
    checklist: Checklist = version.typed("checklists")[code]
    return checklist


class Missing(models.TextChoices):
    """What a missing answer does."""

    BLOCKS = "blocks", _("不得缺项")
    ZERO = "zero", _("缺项计零分")
    RESCALE = "rescale", _("按已答项折算")


def judge_label(number: int | None) -> str:
    """How a judge is shown to everybody but the review lead."""
    return gettext("评委%(number)s") % {"number": number or ""}
