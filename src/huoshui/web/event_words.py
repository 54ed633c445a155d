"""Words for the events that webhooks carry."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from huoshui.web.words import action_label
from huoshui.webhooks.events import TEST_EVENT

EVENT_GROUPS: dict[str, str | Promise] = {
    "matters": _("台账与事项"),
    "visits": _("观摩与评分表"),
    "activities": pgettext_lazy("several", "活动"),
    "places": pgettext_lazy("several", "地点"),
    "duties": _("职责与账号"),
    "packs": pgettext_lazy("several", "机制"),
    "subsidies": _("以奖代补"),
    "documents": _("文书"),
    "media": _("照片和文件"),
    "forms": _("报表"),
}
"""Words for the groups of events that webhooks carry."""


def event_words(name: str) -> str:
    """The words of an event of webhooks: a group as a whole, an action, or a test."""
    group, _dot, rest = name.partition(".")
    if rest == "*":
        return gettext("{group}的全部事件").format(group=EVENT_GROUPS.get(group, group))
    return gettext("试发") if name == TEST_EVENT else action_label(name)
