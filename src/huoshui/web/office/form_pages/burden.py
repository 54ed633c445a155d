"""What forms cost the villages, and which questions are asked twice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.forms.actions import assume_seconds
from huoshui.forms.burden import Burden, burden, years_of
from huoshui.forms.queries import in_use
from huoshui.forms.repeats import repeats
from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.places.models import Place
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.form_pages.register import tabs
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def form_repeats(request: SignedInRequest) -> HttpResponse:
    """The questions that more than one form in use asks."""
    require(request.user, "form.view")
    found = repeats(in_use(request.user))
    context = {
        "tabs": tabs("form_repeats"),
        "same": [row for row in found if row.same],
        "alike": [row for row in found if not row.same],
    }
    return page(request, "office/forms/repeats.html", context)


@require_GET
@login_required
def form_burden(request: SignedInRequest) -> HttpResponse:
    """Answers, minutes and repeats of a year, before and after; ``?year=&place=``."""
    return _show(request, FormState())


def _show(request: SignedInRequest, state: FormState) -> HttpResponse:
    place, year = _asked(request)
    found = burden(request.user, place, year)
    years = [{"value": str(one), "label": str(one)} for one in years_of(clock.today())]
    context = {
        "tabs": tabs("form_burden"),
        "place": place,
        "year": year,
        "burden": found,
        "total": found.total.shown,
        "filters": [{"name": "year", "label": _("年度"), "value": str(year), "options": years}],
        "may_assume": allows(request.user, "form.burden", path=place.path),
        "typical": found.places[0].counted.shown if found.places else None,
        "minutes_each": f"{found.seconds / 60:.1f}".rstrip("0").rstrip("."),
    }
    return page(request, "office/forms/burden.html", context, state)


def _asked(request: SignedInRequest) -> tuple[Place, int]:
    require(request.user, "form.view")
    code = request.GET.get("place", "")
    if code:
        place: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code)
    else:
        paths = sorted((grant.path for grant in request.user.grants("form.view")), key=len)
        place = Place.objects.get(path=paths[0])
    text = request.GET.get("year", "") or str(clock.today().year)
    if not (text.isascii() and text.isdigit() and len(text) == 4 and text >= "1949"):
        raise Refusal("value.type", field="year", label=_("年度"), value=text, expected=_("四位年份"))
    return place, int(text)


@require_GET
@login_required
def form_burden_export(request: SignedInRequest) -> HttpResponse:
    """The burden by form and by village as a workbook."""
    place, year = _asked(request)
    data = burden_workbook(burden(request.user, place, year), place)
    return as_file(data, XLSX, f"{place.short_name}_{year}_{_('填报负担')}.xlsx")


def burden_workbook(found: Burden, place: Place) -> bytes:
    """A row for each form, for each village, and the sum."""
    heads = [
        (_("范围"), 12), (_("名称"), 34), (_("每年次数"), 10), (_("地点数"), 9), (_("答案（手填）"), 13),
        (_("答案（系统填后）"), 15), (_("分钟（手填）"), 13), (_("分钟（系统填后）"), 15), (_("重复"), 8),
        (_("每答用时"), 24),
    ]  # fmt: skip
    title = _("%(place)s%(year)s年填报负担") % {"place": place.short_name, "year": found.year}
    table = StreamedTable(_("填报负担"), title, heads)
    keys = ("before", "after", "minutes_before", "minutes_after", "repeats")
    for one in found.forms:
        said = _("%(seconds)s 秒，实测 %(count)s 个答案") if one.measured else _("%(seconds)s 秒，假定")
        seconds = said % {"seconds": round(one.seconds), "count": one.measured}
        shown = one.total.shown
        table.row([_("报表"), str(one.form), one.times, len(one.places), *(shown[key] for key in keys), seconds])
    for row in found.places:
        shown = row.counted.shown
        table.row([_("村"), f"{row.town} {row.place.short_name}", None, 1, *(shown[key] for key in keys), ""])
    total = found.total.shown
    table.row([_("合计"), place.short_name, None, None, *(total[key] for key in keys), ""])
    return table.file()


@form_of("form_burden")
@login_required
def form_assume(request: SignedInRequest) -> HttpResponse:
    """State how long an answer takes."""
    state = FormState.typed(request)
    place: Any = named(Place.objects.visible_to(request.user), "place", _("地点"), code=state.values.get("place", ""))
    text = str(state.values.get("seconds", ""))
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    why = str(state.values.get("why", ""))
    if state.attempt(assume_seconds, by=request.user, place=place, seconds=seconds, why=why) is None:
        return _show(request, state)
    messages.success(request, _("已改为每个答案 %(seconds)s 秒（假定）") % {"seconds": seconds})
    return redirect("form_burden")
