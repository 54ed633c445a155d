"""Questions between figures: the list of them, and one with what each source says, given to somebody or decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.duties.queries import who_can
from huoshui.figures.queries import indicators
from huoshui.figures.reporting import conflicts as actions
from huoshui.figures.reporting.models import Conflict
from huoshui.figures.reporting.queries import returns
from huoshui.figures.reporting.words import CONFLICT_STATES, DECISIONS, KINDS, RULES
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.kernel.wording import listed
from huoshui.packs.units import unit_word
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def conflicts_page(request: SignedInRequest) -> HttpResponse:
    """The questions that the reader sees, open ones first."""
    state = request.GET.get("state", Conflict.State.OPEN)
    if state not in Conflict.State.values:
        raise Refusal(
            "value.choice", field="state", label=_("状态"), value=state, choices=listed(CONFLICT_STATES.values())
        )
    rows = Conflict.objects.visible_to(request.user)
    shown = paged(request, rows.filter(state=state).select_related("place", "owner").order_by("place__path", "id"), 50)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    tabs = [
        {
            "label": label,
            "url": f"?state={code.value}",
            "active": code.value == state,
            "count": counts.get(code.value, 0),
        }
        for code, label in CONFLICT_STATES.items()
    ]
    context = {"rows": [(row, told(row)) for row in shown], "page": shown, "tabs": tabs}
    return page(request, "office/figures/conflicts.html", context)


def told(row: Conflict) -> dict[str, Any]:
    """A question in words: what is asked, and what each source says."""
    known, forms = indicators(), returns()
    said, held = [], actions.holding(row)
    for one in row.members:
        indicator = known.get(one["indicator"])
        url = reverse("figure", args=[one["indicator"]]) if indicator else ""
        said.append(
            {
                "name": str(indicator.name) if indicator else one["indicator"],
                "definition": str(indicator.definition) if indicator else "",
                "unit": unit_word(indicator.unit) if indicator else "",
                "period": period(one["period"]).name,
                "value": one["value"],
                "kind": KINDS[one["kind"]],
                "source": str(forms[one["source"]].name) if one["source"] in forms else one["source"],
                "choice": one["observation"] or (actions.RECORDS if one["kind"] == actions.RECORDS else ""),
                "holds": one is held,
                "url": f"{url}?place={row.place.code}&period={one['period']}" if url else "",
            }
        )
    names = list(dict.fromkeys(one["name"] for one in said))
    return {"rule": RULES[row.rule], "names": listed(names), "said": said, "why": _why(row, said)}


def _why(row: Conflict, said: list[dict[str, Any]]) -> str:
    """What the rule found, in a sentence."""
    if row.rule == "whole":
        near, sums = listed(row.told.get("near", [])), listed(row.told.get("sums", []))
        words = _("%(count)s 无论占多少个整数，都不是 %(share)s%%：最近的是 %(near)s。")
        text = (words if near else _("%(count)s 无论占多少个整数，都不是 %(share)s%%。")) % {
            "count": said[1]["value"], "share": said[0]["value"], "near": near,
        }  # fmt: skip
        return text + (_("也许是另一个口径，例：%(sums)s。") % {"sums": sums} if sums else "")
    if row.rule == "rule":
        name = row.told.get("rule", {})
        language = "en" if (get_language() or "").startswith("en") else "zh"
        return _("机制规定：%(rule)s。") % {"rule": name.get(language, "")}
    if row.rule == "kin":
        return _("名称说的像是同一件事，单位相同，数却不同：要么口径不同，要么有一个不对。")
    return _("同一个指标、同一地点、同一期间，来源给的数不同。")


@require_GET
@login_required
def conflict_page(request: SignedInRequest, conflict_id: UUID) -> HttpResponse:
    """One question, with what each source says."""
    return _show(request, Conflict.objects.get_visible(request.user, pk=conflict_id), FormState())


def _show(request: SignedInRequest, row: Conflict, form: FormState) -> HttpResponse:
    user = request.user
    may = row.state == Conflict.State.OPEN and allows(user, "conflict.decide", path=row.place.path)
    owners = {duty.account_id: duty.account for duty in who_can("figure.view", row.place)} if may else {}
    context = {
        "conflict": row,
        "told": told(row),
        "state": CONFLICT_STATES[Conflict.State(row.state)],
        "decision": DECISIONS[Conflict.Decision(row.decision)] if row.decision else "",
        "decisions": DECISIONS.items(),
        "may": may,
        "owners": sorted(owners.values(), key=lambda one: one.label),
    }
    return page(request, "office/figures/conflict.html", context, form)


@form_of("conflict", "conflict_id")
@login_required
def conflict_step(request: SignedInRequest, conflict_id: UUID, verb: str) -> HttpResponse:
    """Give a question to somebody, or decide it."""
    row, form = Conflict.objects.get_visible(request.user, pk=conflict_id), FormState.typed(request)
    steps = {"give": _give, "decide": _decide}
    if verb not in steps:
        raise Refusal("access.not_found")
    if form.attempt(steps[verb], by=request.user, row=row, form=form) is None:
        return _show(request, Conflict.objects.get_visible(request.user, pk=conflict_id), form)
    messages.success(request, _("已交办") if verb == "give" else _("已裁定"))
    return redirect("conflict", conflict_id=conflict_id)


def _give(*, by: Any, row: Conflict, form: FormState) -> Conflict:
    owners = {str(duty.account_id): duty.account for duty in who_can("figure.view", row.place)}
    owner = owners.get(str(form.values.get("owner", "")))
    if owner is None:
        raise Refusal("value.required", field="owner", label=_("查明人"))
    given: Conflict = actions.give_conflict(by=by, conflict=row, owner=owner, seen_version=form.seen_version)
    return given


def _decide(*, by: Any, row: Conflict, form: FormState) -> Conflict:
    held = str(form.values.get("holds", ""))
    among = {one["observation"] for one in row.members if one["observation"]}
    chosen: UUID | str | None = UUID(held) if held in among else held or None
    decided: Conflict = actions.decide_conflict(
        by=by,
        conflict=row,
        decision=str(form.values.get("decision", "")),
        reason=str(form.values.get("reason", "")),
        holds=chosen,
        seen_version=form.seen_version,
    )
    return decided
