"""When something is offered: weekdays, and hours of the day as people write them, 8:30-12:00，14:30-18:00."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Refusal

SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")
MOST_SPANS = 4
WEEK = "1234567"
"""ISO weekdays, Monday first."""


def read_hours(text: str) -> str:
    """Hours as they are kept, ``08:30-12:00,14:30-18:00``; each span ends after it begins, and none overlaps.

    Raises value.required or service.hours.
    """
    text = text.strip()
    if not text:
        raise Refusal("value.required", field="hours", label=_("办理时间"))
    rest = re.sub(r"[\s,，、;；]", "", SPAN.sub("", text))
    spans = [tuple(int(part) for part in found) for found in SPAN.findall(text)]
    times = [(60 * a + b, 60 * c + d) for a, b, c, d in spans if a < 24 and b < 60 and c <= 24 and d < 60]
    ordered = all(begin < end <= 24 * 60 for begin, end in times)
    apart = all(one[1] <= other[0] for one, other in itertools.pairwise(times))
    if rest or not times or len(times) != len(spans) or len(times) > MOST_SPANS or not (ordered and apart):
        raise Refusal("service.hours", field="hours", value=text)
    return ",".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in times)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def read_weekdays(days: str | Iterable[object]) -> str:
    """Weekdays as they are kept, ``12345``. Raises value.required for none, service.weekdays for what is none."""
    given = {str(day) for day in days}
    if not given:
        raise Refusal("value.required", field="weekdays", label=_("办理日"))
    if given - set(WEEK):
        raise Refusal("service.weekdays", field="weekdays", value="".join(sorted(given - set(WEEK))))
    return "".join(sorted(given))


def weekday_names() -> dict[str, str]:
    """The weekdays by their numbers."""
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return dict(zip(WEEK, names, strict=True))


def told_hours(hours: str) -> str:
    """Hours as they are shown: 08:30–12:00，14:30–18:00."""
    return _("，").join(span.replace("-", "–") for span in hours.split(","))


def told_weekdays(days: str) -> str:
    """Weekdays as they are shown: 周一至周五, 周二、周四."""
    names = weekday_names()
    if len(days) > 2 and days in WEEK:
        return _("%(first)s至%(last)s") % {"first": names[days[0]], "last": names[days[-1]]}
    return _("、").join(names[day] for day in days)


def is_on(days: str, day: dt.date) -> bool:
    """Whether a weekday is among those."""
    return str(day.isoweekday()) in days
