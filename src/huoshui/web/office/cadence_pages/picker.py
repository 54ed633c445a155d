"""How often something is due, as an office picks it, made into a recurrence rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WEEKDAYS: dict[str, str | Promise] = {
    "MO": _("周一"), "TU": _("周二"), "WE": _("周三"), "TH": _("周四"), "FR": _("周五"),
    "SA": _("周六"), "SU": _("周日"),
}  # fmt: skip
OFTEN: dict[str, str | Promise] = {
    "weekly": _("每周一次"),
    "fortnightly": _("每两周一次"),
    "monthly": _("每月一次"),
    "quarterly": _("每季度一次"),
    "half_yearly": _("每半年一次"),
    "yearly": _("每年一次"),
    "rule": _("自己写规则"),
}
WEEKLY, MONTHLY = ("weekly", "fortnightly"), ("monthly", "quarterly", "half_yearly", "yearly")
FRIDAY_FIRST = ["FR", *(day for day in WEEKDAYS if day != "FR")]
LAST = "-1"
MONTHDAYS = [LAST, *(str(day) for day in range(1, 29))]
"""Days that every month has."""
IN_MONTHS = {"quarterly": "3,6,9,12", "half_yearly": "6,12"}
"""Due in the last month of each quarter, and of each half of the year."""


def rule_of(values: Mapping[str, Any]) -> str:
    """The rule of a form: picked, or as it was written; "" where nothing was picked."""
    often = str(values.get("often", ""))
    monthday = _among(values.get("monthday"), MONTHDAYS)
    if often in WEEKLY:
        every = "INTERVAL=2;" if often == "fortnightly" else ""
        return f"FREQ=WEEKLY;{every}BYDAY={_among(values.get('weekday'), FRIDAY_FIRST)}"
    if often == "monthly":
        return f"FREQ=MONTHLY;BYMONTHDAY={monthday}"
    if often in MONTHLY:
        months = IN_MONTHS.get(often) or _among(values.get("month"), [str(month) for month in range(12, 0, -1)])
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={monthday}"
    return str(values.get("rule", "")).strip() if often == "rule" else ""


def _among(value: Any, known: list[str]) -> str:
    """One of those known, the first where none was picked."""
    return str(value) if str(value) in known else known[0]
