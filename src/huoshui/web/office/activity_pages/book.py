"""A village's record book 记录本 of a year as a paper: what was held, group by group, with room to sign."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities.export import BookGroup, record_book
from huoshui.activities.models import Activity
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.reports.papers import Fact, Heading, RecordBook, RecordEntry, RecordGroup, Signer
from huoshui.reports.typesetting import typeset
from huoshui.web.office.activity_pages.shown import facts_of, when_of
from huoshui.web.requests import SignedInRequest


def year_asked(request: SignedInRequest) -> int:
    """The year of ``?year=``, by default the present one. Raises value.type for what is none."""
    text = request.GET.get("year", "") or str(clock.today().year)
    if not (text.isdecimal() and len(text) == 4):
        raise Refusal("value.type", field="year", label=_("年度"), value=text, expected=_("年份（如 2018）"))
    return int(text)


def book_pdf(by: Any, place: Place, year: int) -> bytes:
    """The record book of a place and a year. Raises what ``record_book`` and ``typeset`` raise."""
    found = record_book(by, place, year)
    count = sum(len(group.rows) for group in found)
    title = _("%(year)s 年活动记录本") % {"year": year}
    facts = [_("共 %(count)d 项") % {"count": count}, clock.today().isoformat()]
    paper = RecordBook(
        Heading(place.name, title, facts),
        [Fact(group.name, _("%(count)d 次") % {"count": len(group.rows)}) for group in found],
        [_group(group, place) for group in found],
        "" if found else _("这一年没有登记已开展的活动。"),
        [Signer(_("记录人")), Signer(_("党支部书记"))],
    )
    return typeset("record_book", paper, title=f"{place.short_name} {title}", by=by)


def _group(group: BookGroup, place: Place) -> RecordGroup:
    return RecordGroup(group.name, [_entry(row, place) for row in group.rows])


def _entry(row: Activity, place: Place) -> RecordEntry:
    """One activity: what every one has, then the fields of its kind; never names."""
    where = [row.place.short_name if row.place_id != place.pk else "", row.where]
    facts = [
        (_("种类"), row.kind_name),
        (_("地点"), " ".join(part for part in where if part)),
        (_("主办"), row.unit.name if row.unit else ""),
        (_("参加人数"), _("%(count)d 人") % {"count": row.headcount} if row.headcount else ""),
        (_("时长"), _("%(count)d 分钟") % {"count": row.minutes} if row.minutes else ""),
    ]
    told = [Fact(label, value) for label, value in [*facts, *facts_of(row)] if value]
    return RecordEntry(when_of(row), row.title, told, row.outcome)
