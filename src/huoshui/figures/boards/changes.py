"""What changed between a figure and the one of the period before, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.figures.queries import Figure
from huoshui.figures.reporting.models import Bound
from huoshui.figures.reporting.values import PERCENT, told
from huoshui.kernel import clock

TENTHS = 1_000
"""A growth is told in tenths of a percent."""


def change_told(now: Figure, before: Figure) -> str:
    """比上一年多 12（+8.5%）; of a share in percentage points. "" where one of the two has no value.

    Nothing is reckoned from a value that only bounds the true one, between two definitions, or of what is counted in a
    year that is not over: that is said instead.
    """
    if now.value is None or before.value is None:
        return ""
    if before.indicator.definition != now.indicator.definition:
        return _("口径变了，不和上一年比")
    if now.bound != Bound.EXACT or before.bound != Bound.EXACT:
        return _("两年中有概数，不比")
    if now.period.last > clock.today() and not (now.indicator.is_stock or now.indicator.is_ratio):
        return _("这一年还没过完，不和上一年比")
    difference = now.value - before.value
    size = told(abs(difference), now.indicator)
    if not difference:
        return _("与上一年持平")
    if now.indicator.unit == "%":
        words = _("比上一年高 %(size)s 个百分点") if difference > 0 else _("比上一年低 %(size)s 个百分点")
        return words % {"size": size}
    words = _("比上一年多 %(size)s") if difference > 0 else _("比上一年少 %(size)s")
    said = words % {"size": size}
    if not before.value:
        return said
    tenths = round(difference * TENTHS / before.value)
    return said + _("（%(growth)s%%）") % {"growth": f"{tenths / (TENTHS / PERCENT):+.1f}"}
