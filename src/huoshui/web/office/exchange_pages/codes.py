"""Codes of other systems: edited as lines, which are also what a spreadsheet pastes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.exchange.actions import set_codes
from huoshui.exchange.codes import DHIS2, codes_of, lines_of, systems
from huoshui.kernel.access import require
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def exchange_codes(request: SignedInRequest) -> HttpResponse:
    """What a system calls our indicators and places."""
    require(request.user, "exchange.map")
    if request.method == "POST":
        form = FormState.typed(request)
        values = {name: str(form.values.get(name, "")) for name in ("system", "indicators", "places")}
        if form.attempt(set_codes, by=request.user, **values) is not None:
            messages.success(request, _("已保存 %(system)s 的代码对照。") % {"system": values["system"]})
            return redirect(f"{reverse('exchange_codes')}?system={values['system']}")
        return page(request, "office/exchange/codes.html", _context(form), form)
    system = request.GET.get("system", "") or DHIS2
    kept = codes_of(system)
    form = FormState({"system": system, "indicators": lines_of(kept.indicators), "places": lines_of(kept.places)})
    return page(request, "office/exchange/codes.html", _context(form), form)


def _context(form: FormState) -> dict[str, Any]:
    told = [(name, label, hint) for name, label, hint in (
        ("indicators", _("指标"), _("一行一个：我方指标代码，对方数据元代码。")),
        ("places", _("地点"), _("一行一个：我方地点代码，对方机构代码。")),
    )]  # fmt: skip
    boxes = [
        {
            "name": name,
            "label": label,
            "hint": hint,
            "value": form.values.get(name, ""),
            "rows": min(24, max(6, str(form.values.get(name, "")).count("\n") + 2)),
            "problems": [problem for problem in form.problems if problem.field == name],
        }
        for name, label, hint in told
    ]
    return {"boxes": boxes, "systems": systems(), "system": form.values.get("system", DHIS2)}
