"""Figures: those of a place for a year, and the sheet of one, down to the records it was counted from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.figures.boards.queries import open_questions
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import (
    Figure,
    figure_parts,
    figures_of,
    get_indicator,
    get_period,
    indicators,
)
from huoshui.figures.reporting.models import Observation
from huoshui.figures.reporting.targets import Attainment, attainments, typed_again
from huoshui.figures.schema import Indicator
from huoshui.figures.succession import counted_instead
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.periods import Period, PeriodKind, period, period_before
from huoshui.kernel.wording import clauses
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place
from huoshui.web.office.figure_addresses import (
    place_told,
    places_above,
    places_below,
    sheet_address,
    year_filter,
    year_told,
)
from huoshui.web.office.figure_details import break_between, details, shorter_periods
from huoshui.web.office.figure_pages.tabs import figure_tabs
from huoshui.web.office.figure_records import told_as_record
from huoshui.web.office.figure_sources import filing_address, said_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

YEARS_SHOWN = 5


@require_GET
@login_required
def figures(request: SignedInRequest) -> HttpResponse:
    """Every indicator at a place for a year, beside the year before."""
    place, year = place_told(request), year_told(request)
    before = period_before(year)
    told = {code: one for code, one in indicators().items() if PeriodKind.YEAR in one.periods}
    asked = [(one, get_period(one, at.code)) for one in told.values() for at in (year, before)]
    found = figures_of(request.user, asked, place)
    aims = attainments(found[::2], place)
    asking = open_questions(request.user, place)
    rows = [
        {
            "code": code,
            "now": now,
            "before": earlier,
            "url": sheet_address(code, place, year),
            "aim": aim,
            "doubts": asking.get((code, now.period.code), ()),
        }
        for (code, _one), now, earlier, aim in zip(told.items(), found[::2], found[1::2], aims, strict=True)
        if code not in counted_instead() or now.value is not None or earlier.value is not None or aim
    ]
    names = {pack: version.name for pack, version in current_versions().items()}
    by_pack: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_pack.setdefault(str(row["code"]).partition(".")[0], []).append(row)
    context = {
        "place": place,
        "crumbs": places_above(request, place),
        "below": places_below(request, place),
        "year": year,
        "before": before,
        "groups": [(names.get(pack, pack), group) for pack, group in by_pack.items()],
        "filters": [year_filter(year)],
        "tabs": figure_tabs(request.user, place, "figures", year.code),
    }
    return page(request, "office/figures/list.html", context)


@require_GET
@login_required
def figure_sheet(request: SignedInRequest, code: str) -> HttpResponse:
    """One figure: its fraction, its parts by place, how it went over the years, and the records behind it."""
    asked = get_period(get_indicator(code), request.GET.get("period") or str(clock.today().year))
    return sheet_of(request, code, place_told(request), asked, FormState())


def sheet_of(request: SignedInRequest, code: str, place: Place, asked: Period, form: FormState) -> HttpResponse:
    """The sheet of a figure, with the form of its target as it was refused."""
    indicator = get_indicator(code)
    trend = _trend(asked, indicator.month_begins)
    told = [*trend, *shorter_periods(indicator, asked)]
    values = figures_of(request.user, [(indicator, at) for at in told], place)
    values, within = values[: len(trend)], values[len(trend) :]
    now = values[-1]
    parts = figure_parts(request.user, indicator, place, asked)
    aim = attainments([now], place)[0]
    may_aim = allows(request.user, "target.set", path=place.path, pack=code.partition(".")[0])

    def sheet(other: Period) -> str:
        return sheet_address(code, place, other)

    context = {
        "code": code,
        "indicator": now.indicator,
        "place": place,
        "crumbs": places_above(request, place),
        "figure": now,
        "trend": _bars(values, sheet),
        "parts": [(part, sheet_address(code, part.place, asked) if part.place else "") for part in parts],
        "view": FACT_VIEWS[now.indicator.numerator.source] if now.indicator.numerator else None,
        "pack": current_versions()[code.partition(".")[0]],
        "periods": _others(indicator, asked, code, place, ahead=may_aim),
        "aim": aim,
        **_aiming(form, aim, indicator),
        **said_of(request.user, now, code),
        "may_write": bool(request.user.grants("pack.load")) and not indicator.is_reported,
        "may_aim": may_aim,
        **details(request.user, indicator, now, within, sheet=sheet, told=_record),
    }
    return page(request, "office/figures/sheet.html", context, form)


def _aiming(form: FormState, aim: Attainment | None, indicator: Indicator) -> dict[str, Any]:
    """The form of a target: as it stands, or as it was typed and refused."""
    standing = {"value": typed_again(aim.target, indicator), "source": aim.target.source} if aim else {}
    aimed = FormState(standing | form.values)
    aimed.problems = form.problems
    plain = {"more": _("只写数就是不少于"), "less": _("只写数就是不多于"), None: _("只写数就是正好等于")}[
        indicator.better
    ]
    return {
        "aimed": aimed,
        "aim_hint": clauses([_("例：≥88、≤5、=0"), plain, _("清空就是撤回")]),
        "general_problems": [problem for problem in form.problems if problem.field not in ("value", "source")],
    }


def _trend(asked: Period, month_begins: int) -> list[Period]:
    """The period and those before it, the oldest first."""
    found = [asked]
    while len(found) < YEARS_SHOWN and asked.kind != PeriodKind.PLAN:
        found.append(period_before(found[-1], 1, month_begins))
    return found[::-1]


def _bars(values: list[Figure], sheet: Callable[[Period], str]) -> list[tuple[Figure, int, bool, str]]:
    """Each value with its length in percent of the largest, whether another definition counted the one before, and
    its own sheet."""
    most = max((abs(one.value) for one in values if one.value is not None), default=0)
    return [
        (
            one,
            int(abs(one.value) * 100 / most) if most and one.value is not None else 0,
            at > 0 and break_between(values[at - 1], one),
            sheet(one.period),
        )
        for at, one in enumerate(values)
    ]


def _others(indicator: Indicator, asked: Period, code: str, place: Place, *, ahead: bool) -> list[tuple[Period, str]]:
    """The period before and the one after, as far as it has begun; ``ahead``: one that has not, to set its target."""
    if asked.kind == PeriodKind.PLAN:
        return []
    before = period_before(asked, 1, indicator.month_begins)
    after = period_before(asked, -1, indicator.month_begins)
    latest = period_before(after, 1, indicator.month_begins) if ahead else after
    near = [before] if latest.first > clock.today() else [before, after]
    return [(one, sheet_address(code, place, one)) for one in near]


def _record(row: Any) -> dict[str, str]:
    """A record with its address, for whoever may open it."""
    if isinstance(row, Observation):
        return {"name": f"{row.place.short_name} {period(row.period).name}", "url": filing_address(row.filing)}
    return told_as_record(row)
