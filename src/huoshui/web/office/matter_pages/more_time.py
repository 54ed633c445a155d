"""More time for a matter: what was asked and what became of it, and the forms for asking and deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters import extensions
from huoshui.matters.actions import ask_extension, decide_extension
from huoshui.matters.models import Extension, Matter
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.steps import Panel

UNTIL = FieldDef(code="until", name=Text(zh="延至", en="New deadline"), type="date", required=True)
GRANT, REFUSE = "grant", "refuse"
TOO_LATE = ("matter.extension_expired", "matter.extension_times")
"""Refusals that the page tells before anybody asks."""


@dataclass(frozen=True)
class MoreTime:
    """Requests for more time as the page shows them, the newest first; who decides the one that waits."""

    asked: list[Extension]
    waiting: Extension | None
    who: str
    may_ask: bool
    too_late: Problem | None
    """Why somebody who asked for more time before, or could have, cannot any more."""
    may_decide: bool


def more_time_of(matter: Matter, actor: Any) -> MoreTime:
    """What there is to say of extensions of a matter, and what the actor may do about them."""
    waiting, refusal = extensions.pending(matter), extensions.asking_refusal(matter, actor)
    return MoreTime(
        asked=list(matter.extensions.exclude(outcome="").select_related("decided_by").order_by("-id")),
        waiting=waiting,
        who=extensions.deciders_named(matter, waiting) if waiting else "",
        may_ask=refusal is None,
        too_late=refusal.problems[0] if refusal and refusal.code in TOO_LATE else None,
        may_decide=waiting is not None and extensions.deciding_refusal(matter, waiting, actor) is None,
    )


def asking_panel(matter: Matter) -> Panel:
    """The form by which those who rectify ask for more time."""
    terms = extensions.terms_of(matter)
    lead = ""
    if terms:
        lead = _("现在的规定期限是 %(limit)s，最迟可延至 %(latest)s。答复之前，期限照常计算。") % {
            "limit": terms.run.limit_on,
            "latest": terms.latest,
        }
    return Panel(
        title=_("申请延期"),
        verb=_("提出申请"),
        action=reverse("matter_extend", args=[matter.number]),
        lead=lead,
        version=matter.version,
        fields=[UNTIL],
        latest={UNTIL.code: terms.latest} if terms else {},
        note=_("理由"),
        note_required=True,
    )


def deciding_panel(matter: Matter, asked: Extension, form: FormState) -> Panel:
    """The form by which another grants or refuses it."""
    choices = [(GRANT, _("同意，延至 %(day)s") % {"day": asked.until}), (REFUSE, _("不同意"))]
    return Panel(
        title=_("答复延期申请"),
        verb=_("答复"),
        action=reverse("matter_extension", args=[matter.number]),
        lead=_("%(who)s申请：%(due)s 延至 %(until)s。理由：%(reason)s")
        % {"who": asked.asked_by.title, "due": asked.due_on, "until": asked.until, "reason": asked.reason},
        version=matter.version,
        choices=[
            {
                "name": "decision",
                "label": _("答复"),
                "options": [("", ""), *choices],
                "value": form.values.get("decision", ""),
                "required": True,
                "problem": form.problem_of("decision"),
            }
        ],
        note=_("理由（不同意时必填）"),
    )


def ask_typed(*, by: Any, matter: Matter, form: FormState) -> Extension:
    """Ask for more time as it was typed."""
    day = clean_values([UNTIL], {UNTIL.code: form.values.get(UNTIL.code)})[UNTIL.code]
    return ask_extension(
        by=by, matter=matter, until=day, reason=form.values.get("note", ""), seen_version=form.seen_version
    )


def decide_typed(*, by: Any, matter: Matter, form: FormState) -> Matter:
    """Decide as it was chosen."""
    decision = form.values.get("decision")
    if decision not in (GRANT, REFUSE):
        raise Refusal("value.required", field="decision", label=_("答复"))
    return decide_extension(
        by=by,
        matter=matter,
        granted=decision == GRANT,
        reason=form.values.get("note", ""),
        seen_version=form.seen_version,
    )
