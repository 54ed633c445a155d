"""Whether this register is a demonstration: the journal itself says so, so that nobody can take the mark off.

The demo is loaded into an empty register alone, through the channel "demo". The mark outlives a backup and its
restoring, and no record of a demonstration can be taken for a real one: every page, print and workbook shows it.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.models import Entry
from huoshui.kernel.reading import read_until_changed

CHANNEL = "demo"


def demonstration_mark() -> str:
    """What is invented here, in words, when the first place of the register came from the demo; "" otherwise."""
    if not _is_demonstration():
        return ""
    return _("示范数据：地名取自公开资料，人员、打分、问题、照片和日期都是虚构的。")


@read_until_changed
def _is_demonstration() -> bool:
    first = Entry.objects.exclude(place_path="").order_by("seq").values_list("channel", flat=True).first()
    return first == CHANNEL
