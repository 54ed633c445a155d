"""How what is due stands, in words and shapes."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from huoshui.schedules.models import Occasion

OPEN = ("due", "overdue")
"""States in which it can still be done."""
SHORT: dict[str, str | Promise] = {
    "due": pgettext_lazy("cell", "待"),
    "overdue": pgettext_lazy("cell", "逾"),
    "missed": pgettext_lazy("cell", "缺"),
    "done": pgettext_lazy("cell", "办"),
    "late": pgettext_lazy("cell", "补"),
    "excused": pgettext_lazy("cell", "免"),
}
"""The word in a cell of a plan's table, beside its shape."""


def shown_state(row: Any) -> str:
    """How a turn stands, in a sentence."""
    count = {"have": row.have, "times": row.plan.times}
    said = {
        Occasion.State.DUE: _("%(times)d 次里已办 %(have)d 次，到期日以前办够算按时。") % count,
        Occasion.State.OVERDUE: _("已过到期日，%(until)s 以前办了算补办。") % {"until": row.late_until},
        Occasion.State.MISSED: _("过期没有办，也不能再补办。"),
        Occasion.State.DONE: _("%(day)s 办够了，按时。") % {"day": row.done_on},
        Occasion.State.LATE: _("%(day)s 才办够，算补办。") % {"day": row.done_on},
        Occasion.State.EXCUSED: _("准予免办，不算未办。"),
    }
    return said[Occasion.State(row.state)]
