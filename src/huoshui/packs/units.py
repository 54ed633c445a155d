"""Units as they are shown: those that packs use often have an English word; others stand as the pack wrote them."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

UNITS = frozenset(
    {
        gettext_noop("平方米"),
        gettext_noop("立方米"),
        gettext_noop("米"),
        gettext_noop("公里"),
        gettext_noop("亩"),
        gettext_noop("吨"),
        gettext_noop("元"),
        gettext_noop("万元"),
        gettext_noop("人"),
        gettext_noop("人次"),
        gettext_noop("户"),
        gettext_noop("间"),
        gettext_noop("次"),
        gettext_noop("张"),
        gettext_noop("分"),
        gettext_noop("天"),
        gettext_noop("小时"),
    }
)


def unit_word(unit: str) -> str:
    """A unit in the reader's language."""
    return gettext(unit) if unit in UNITS else unit
