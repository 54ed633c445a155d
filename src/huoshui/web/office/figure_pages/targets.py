"""The target of a figure: set, changed or taken back on the figure's sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.figures.queries import get_indicator, get_period
from huoshui.figures.reporting.models import Target
from huoshui.figures.reporting.targets import drop_target, set_target
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.web.office.figures import sheet_of
from huoshui.web.office.forms import FormState
from huoshui.web.requests import SignedInRequest


@require_POST
@login_required
def target_step(request: SignedInRequest, code: str) -> HttpResponse:
    """Set the target of an indicator at a place for a period; with an empty value, take it back."""
    form = FormState.typed(request)
    place: Place = named(
        Place.objects.visible_to(request.user), "place", _("地点"), code=str(form.values.get("place", ""))
    )
    asked = get_period(get_indicator(code), str(form.values.get("period", "")))
    if form.attempt(_take, by=request.user, code=code, place=place, period=asked.code, form=form) is None:
        return sheet_of(request, code, place, asked, form)
    messages.success(request, _("目标已记下"))
    return redirect(f"{reverse('figure', args=[code])}?place={place.code}&period={asked.code}")


def _take(*, by: Any, code: str, place: Place, period: str, form: FormState) -> bool:
    value, source = str(form.values.get("value", "")).strip(), str(form.values.get("source", ""))
    if value:
        set_target(
            by=by, indicator=code, place=place, period=period, value=value, source=source,
            seen_version=form.seen_version,
        )  # fmt: skip
        return True
    standing = Target.objects.visible_to(by).filter(indicator=code, place=place, period=period).first()
    if standing is None:
        raise Refusal("target.none", field="value")
    drop_target(by=by, target=standing, reason=source, seen_version=form.seen_version)
    return True
