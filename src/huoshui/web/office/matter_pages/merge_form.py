"""The form that merges a matter into another: which one, what that does, and what is to be decided first."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters import merging
from huoshui.matters.actions.steps import original_of
from huoshui.matters.merging import STAYS, THAT, THIS, Conflict, Plan
from huoshui.matters.models import Matter
from huoshui.matters.queries import StepOption
from huoshui.matters.schema import KEEP
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.steps import Panel, step_panel
from huoshui.web.requests import SignedInRequest

NUMBER = "duplicate_of"


def panel_of(matter: Matter, option: StepOption, form: FormState, request: SignedInRequest) -> Panel:
    """The form of a step; of one that merges, first which matter it is the same as, then what the merge does."""
    panel = step_panel(matter, option, form, request.user)
    if option.transition.close_reason != "duplicate":
        return panel
    number = str(form.values.get(NUMBER) or request.GET.get(NUMBER, ""))
    if number:
        try:
            original = original_of(request.user, matter, option.transition, number)
            return _previewing(panel, merging.plan(matter, original, request.user), form)
        except Refusal as refusal:
            form.problems, form.status = form.problems or refusal.problems, refusal.status
    panel.asks_first = True
    panel.lead = _("写与它相同的那一件的编号；下一步先看会怎样，再决定。")
    panel.verb = _("下一步")
    panel.action = reverse("matter", args=[matter.number])
    panel.hidden = {"step": option.transition.code}
    panel.values = {NUMBER: number}
    panel.note, panel.version = "", 0
    return panel


def _previewing(panel: Panel, plan: Plan, form: FormState) -> Panel:
    other = plan.survivor
    panel.title = _("并入 %(number)s") % {"number": other.number}
    panel.lead = _(
        "留下的是 %(number)s“%(title)s”。这一件办结为“重复”，两件的经过都还查得到；重新打开这一件，就是拆回。"
    ) % {"number": other.number, "title": other.title}
    panel.fields = [asked for asked in panel.fields if asked.code != NUMBER]
    panel.hidden = {NUMBER: other.number}
    panel.preview = [{"label": label, "said": said} for label, said in _told(plan) if said]
    panel.choices = [_choice(conflict, form) for conflict in plan.conflicts]
    return panel


def _told(plan: Plan) -> list[tuple[str, str]]:
    kind = plan.double.definition
    photos = ngettext("%(count)d 张，算作留下那一件的佐证", "%(count)d 张，算作留下那一件的佐证", plan.photos)
    return [
        (_("带过去的内容"), listed(str(kind.field(code).name) for code in plan.carried)),
        (_("照片"), photos % {"count": plan.photos} if plan.photos else ""),
        (_("分办事项"), listed(part.number for part in plan.parts)),
        (_("个人信息"), _("留在原编号下，不带过去，也不给另一件的人看") if plan.personal else ""),
        (_("回避"), _("两件中任何一件的整改人及其单位，都不能核验留下的这一件")),
    ]


def _stays(conflict: Conflict) -> str:
    if conflict.writable:
        return _("那一件没有这一项，留在原编号下：%(value)s") % {"value": conflict.this}
    return _("那一件现在您不能填这一项，留在原编号下：%(value)s") % {"value": conflict.this}


def _choice(conflict: Conflict, form: FormState) -> dict[str, Any]:
    words = {
        THAT: _("留那一件的：%(value)s") % {"value": conflict.that},
        THIS: _("用这一件的：%(value)s") % {"value": conflict.this},
        STAYS: _stays(conflict),
    }
    name = f"{KEEP}-{conflict.code}"
    return {
        "name": name,
        "label": _("两件不一致：%(label)s") % {"label": conflict.label},
        "options": [("", ""), *((option, words[option]) for option in conflict.options)],
        "value": form.values.get(name, ""),
        "required": True,
        "problem": form.problem_of(name),
    }
