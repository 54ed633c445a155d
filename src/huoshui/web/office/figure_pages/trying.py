"""An indicator written in the browser: tried with value, SQL and first records at once, then published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.redefining import Change
from huoshui.figures.reporting.queries import kind_name
from huoshui.figures.trying import Tried, current_of, publish_indicator, try_indicator
from huoshui.kernel import clock
from huoshui.kernel.access import denied
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import PeriodKind
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place
from huoshui.web.office.figure_records import told_as_record
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/figures/try.html"
PARTS = ("from", "where", "value", "period", "since", "until")


@require_http_methods(["GET", "POST"])
@login_required
def try_page(request: SignedInRequest) -> HttpResponse:
    """Write an indicator, or change one (``?indicator=``): 试算 counts it, 发布 publishes what was tried."""
    packs = _packs(request)
    if request.method == "GET":
        return _answer(request, packs, FormState(_begin(packs, request.GET.get("indicator", ""))))
    form = FormState.typed(request)
    form.values["periods"] = request.POST.getlist("periods")
    tried = form.attempt(_try, request=request, form=form)
    if tried is not None and not tried.problems and form.values.get("step") == "publish":
        pack, definition = str(form.values["pack"]), definition_of(form.values)
        seen = str(form.values.get("seen", ""))
        version = form.attempt(
            publish_indicator, by=request.user, pack=pack, definition=definition, seen_version=seen,
            change=_change(form.values),
        )  # fmt: skip
        if version is not None:
            messages.success(request, _("已发布，机制的新版本是 %(number)s") % {"number": version.number})
            place, period = form.values.get("place", ""), form.values.get("try_period", "")
            sheet = reverse("figure", args=[f"{pack}.{definition['code']}"])
            return redirect(f"{sheet}?place={place}&period={period}")
    return _answer(request, packs, form, tried)


def _packs(request: SignedInRequest) -> dict[str, str]:
    """The packs whose indicators the reader may write, by code. Raises access.denied where there is none."""
    grants = request.user.grants("pack.load")
    if not grants:
        raise denied("pack.load")
    held = {grant.pack for grant in grants}
    versions = current_versions()
    return {code: str(version.name) for code, version in versions.items() if None in held or code in held}


def _begin(packs: dict[str, str], qualified: str) -> dict[str, Any]:
    """The form for an indicator that is there, or for a new one."""
    year = {"try_period": str(clock.today().year), "periods": [PeriodKind.YEAR]}
    pack, _dot, code = qualified.partition(".")
    if pack not in packs:
        return year | {"pack": next(iter(packs), ""), "decimals": "0", "scale": "1"}
    found = next((item for item in current_of(pack).sources().get("indicators", []) if item.get("code") == code), None)
    if found is None:
        return year | {"pack": pack, "decimals": "0", "scale": "1"}
    values: dict[str, Any] = {"pack": pack, "code": code, "kept": qualified}
    for name in ("unit", "decimals", "scale", "better"):
        values[name] = str(found.get(name, {"decimals": 0, "scale": 1}.get(name, "")))
    for name in ("name", "definition"):
        values |= {f"{name}_zh": found[name]["zh"], f"{name}_en": found[name]["en"]}
    for side in ("numerator", "denominator"):
        values |= {f"{side}_{part}": str((found.get(side) or {}).get(part, "")) for part in PARTS}
    return year | values | {"periods": found.get("periods", ["year"])}


def definition_of(values: dict[str, Any]) -> dict[str, Any]:
    """What was typed as a definition of the pack; of one that is there, what the form does not show stays."""
    typed: dict[str, Any] = {"code": str(values.get("code", "")).strip()}
    for name in ("name", "definition"):
        zh, en = (str(values.get(f"{name}_{language}", "")).strip() for language in ("zh", "en"))
        typed[name] = {"zh": zh, "en": en or zh}
    typed["unit"] = str(values.get("unit", "")).strip()
    for name in ("decimals", "scale"):
        text = str(values.get(name, "")).strip()
        if text and text != {"decimals": "0", "scale": "1"}[name]:
            typed[name] = int(text) if text.isdigit() else text
    for side in ("numerator", "denominator"):
        measure = {part: text for part in PARTS if (text := str(values.get(f"{side}_{part}", "")).strip())}
        if measure and set(measure) != {"from"}:
            typed[side] = measure
    typed["periods"] = list(values.get("periods", []))
    if values.get("better"):
        typed["better"] = values["better"]
    return _kept(values) | typed


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    """Of the indicator that is changed: by, valid, earlier and the like, which the form does not show."""
    pack, _dot, code = str(values.get("kept", "")).partition(".")
    if pack != values.get("pack") or code != str(values.get("code", "")).strip():
        return {}
    items = current_of(pack).sources().get("indicators", [])
    found = next((dict(item) for item in items if item.get("code") == code), {})
    shown = {"name", "definition", "unit", "decimals", "scale", "numerator", "denominator", "periods", "better"}
    return {name: value for name, value in found.items() if name not in shown}


def _change(values: dict[str, Any]) -> Change | None:
    """How the indicator that the form began with is changed; None for a new one. Raises value.type."""
    if values.get("kept") != f"{values.get('pack')}.{str(values.get('code', '')).strip()}":
        return None
    apply, text = values.get("apply"), str(values.get("since", "")).strip()
    if apply != "since" or not text:
        return Change(corrects=apply == "all")
    try:
        return Change(since=dt.date.fromisoformat(text))
    except ValueError:
        label = _("从哪一天起")
        raise Refusal("value.type", field="since", label=label, value=text, expected=_("日期")) from None


def _try(*, request: SignedInRequest, form: FormState) -> Tried:
    place = named(
        Place.objects.visible_to(request.user), "place", _("地点"), code=str(form.values.get("place", "")).strip()
    )
    return try_indicator(
        change=_change(form.values),
        by=request.user,
        pack=str(form.values.get("pack", "")),
        definition=definition_of(form.values),
        place=place,
        period=str(form.values.get("try_period", "")).strip(),
    )


def _answer(
    request: SignedInRequest, packs: dict[str, str], form: FormState, tried: Tried | None = None
) -> HttpResponse:
    pack = str(form.values.get("pack", ""))
    if not form.values.get("place"):
        paths = sorted((grant.path for grant in request.user.grants("figure.view")), key=len)
        top = Place.objects.filter(path=paths[0]).first() if paths else None
        form.values["place"] = top.code if top else ""
    if tried is not None and tried.problems:
        form.status = 422
    context = {
        "packs": packs,
        "views": FACT_VIEWS.values(),
        "tried": tried,
        "problems": [*form.problems, *(tried.problems if tried else [])],
        "records": [told_as_record(row) for row in (tried.records if tried else [])],
        "kinds": [(kind.value, kind_name(kind.value)) for kind in PeriodKind],
        "sides": [(_("分子：数什么"), _side(form, "numerator")), (_("分母（比率才写）"), _side(form, "denominator"))],
        "seen": current_of(pack).number if pack in packs else "",
        "changes": bool(form.values.get("kept")),
    }
    return page(request, TEMPLATE, context, form)


def _side(form: FormState, side: str) -> list[dict[str, Any]]:
    words = {
        "from": _("统计口径"), "where": _("条件（where）"), "value": _("统计（value）"),
        "period": _("归期的日期列（流量）"), "since": _("从哪天起在（存量）"), "until": _("到哪天止（存量）"),
    }  # fmt: skip
    return [
        {
            "name": f"{side}_{part}",
            "part": part,
            "label": words[part],
            "value": form.values.get(f"{side}_{part}", ""),
        }
        for part in PARTS
    ]
