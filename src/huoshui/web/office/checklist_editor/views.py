"""The editor of a checklist: change, look at what changes, publish. Nothing is kept until it is published.

Every answer is the whole form again, so that all of it works without a script; ``do`` says which button was
pressed. While the changes are looked at, what was typed travels in one input (``typed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.actions import within_reach
from huoshui.packs.models import PackVersion
from huoshui.packs.units import usual_units
from huoshui.visits.actions import check_checklist, edit_checklist
from huoshui.visits.merge import Merged, merge_checklists
from huoshui.visits.models import Round
from huoshui.visits.queries import checklist_source, used_codes
from huoshui.visits.schema import Checklist
from huoshui.web.office.checklist_editor import fields
from huoshui.web.office.checklist_editor.build import Built, build, unchanged, written
from huoshui.web.office.checklist_editor.changes import differences
from huoshui.web.office.checklist_editor.choices import Choices
from huoshui.web.office.checklist_editor.draft import Draft, draft_of, draft_sent
from huoshui.web.office.checklist_editor.steps import take_step
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.words import rules_words
from huoshui.web.requests import SignedInRequest


@dataclass
class Editing:
    """One request of the editor: who edits what, from which version."""

    request: SignedInRequest
    version: PackVersion
    """The current one."""
    checklist: str
    sent: QueryDict

    @cached_property
    def base(self) -> PackVersion:
        """The version that the editor had open; the current one when it names none."""
        number = self.sent.get("seen", self.version.number)
        found = PackVersion.objects.visible_to(self.request.user).filter(pack=self.version.pack, number=number)
        return found.first() or self.version

    @cached_property
    def source(self) -> Checklist:
        """The checklist of that version. Raises access.not_found."""
        found: Checklist | None = self.base.section("checklists").get(self.checklist)
        if found is None:
            raise Refusal("access.not_found")
        return found

    def build(self, draft: Draft) -> Built:
        """The definition; one that says what is published is given as it was published."""
        built = build(draft, used_codes(self.version.pack, self.checklist))
        if not built.problems and unchanged(self.source, built.definition):
            built.definition = checklist_source(self.base, self.checklist) or built.definition
        return built

    @property
    def arguments(self) -> dict[str, Any]:
        """Who edits which version of which pack, as the actions take it."""
        return {"by": self.request.user, "pack": self.version.pack, "seen_number": self.base.number}

    @cached_property
    def keeping(self) -> list[Round]:
        """Rounds that are not sealed and keep the version they began with."""
        rounds = Round.objects.visible_to(self.request.user).filter(
            checklist_code=self.checklist, pack_version__pack=self.version.pack
        )
        return list(rounds.exclude(state=Round.State.SEALED).select_related("pack_version").order_by("opens_on"))


@require_http_methods(["GET", "POST"])
@login_required
def checklist_edit(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """Change anything of a checklist but the codes of what is published; see the changes; publish."""
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    require(request.user, "checklist.edit", pack=code)
    sent = request.POST
    if "typed" in sent:
        sent = QueryDict(sent["typed"])
    editing = Editing(request, version, checklist, sent)
    if request.method == "GET":
        return _form(editing, draft_of(editing.source))
    draft, do = draft_sent(sent, editing.source), request.POST.get("do", "")
    if do in ("review", "publish", "rebase"):
        return _judged(editing, draft, do)
    return _form(editing, draft, focus=take_step(draft, do))


def _judged(editing: Editing, draft: Draft, do: str) -> HttpResponse:
    """The form as a definition: refused at its inputs, shown as changes, or published."""
    built = editing.build(draft)
    if built.problems:
        form = FormState()
        form.problems, form.status = built.problems, 422
        return _form(editing, draft, form=form)
    if editing.base.number != editing.version.number:
        return _rebased(editing, built) if do == "rebase" else _stale(editing, built)
    form = FormState()
    act = edit_checklist if do == "publish" else check_checklist
    outcome = form.attempt(act, **editing.arguments, definition=built.definition)
    if form.refused:
        for problem in form.problems:
            problem.field = built.input_of(problem.field, editing.checklist)
        return _form(editing, draft, form=form)
    if do == "publish" and isinstance(outcome, PackVersion):
        return _published(editing, outcome)
    return _review(editing, built, str(outcome or ""))


def _form(editing: Editing, draft: Draft, *, form: FormState | None = None, focus: str = "") -> HttpResponse:
    form = form or FormState()
    choices = Choices(within_reach(editing.version), draft.place_kinds)
    findings = {problem.field: problem for problem in reversed(form.problems)}
    rules = _rules_said(editing, draft)
    context = {
        "version": editing.version,
        "seen": editing.base.number,
        "checklist": editing.source,
        "head": fields.head_inputs(draft),
        "place_kinds": [(code, name, code in draft.place_kinds) for code, name in choices.place_kinds()],
        "methods": fields.method_inputs(draft),
        "rules": fields.rule_inputs(draft),
        "rules_said": rules,
        "sections": fields.section_cards(draft, choices),
        "adjustments": fields.adjustment_cards(draft),
        "total": fields.total_of(draft),
        "units": usual_units(),
        "focus": focus,
        "findings": findings,
        "keeping": editing.keeping,
    }
    shown = _input_names(context)
    context["refusals"] = [(problem, problem.field in shown) for problem in form.problems]
    return page(editing.request, "office/checklists/edit.html", context, form)


def _rules_said(editing: Editing, draft: Draft) -> list[str]:
    """What the rules mean as they stand in the form; nothing while a number of them is none."""
    built = build(draft, used_codes(editing.version.pack, editing.checklist))
    if any(problem.field.startswith(("rules.", "decimals")) for problem in built.problems):
        return []
    rules = type(editing.source.rules).model_validate(built.definition["rules"])
    return rules_words(rules, built.definition["decimals"])


def _input_names(context: dict[str, Any]) -> set[str]:
    """Where a problem can stand in the form."""
    names = {"place_kinds"} | {entry.name for part in ("head", "rules", "methods") for entry in context[part]}
    ahead = [*context["sections"], *context["adjustments"]]
    while ahead:
        card = ahead.pop()
        ahead += card.children
        names |= {card.node.name, f"{card.node.name}.how"} if card.panels else set()
        groups = [card.inputs, card.failing, card.evidence, *(panel.inputs for panel in card.panels)]
        names |= {entry.name for group in groups for entry in group}
    return names


def _review(editing: Editing, built: Built, number: str) -> HttpResponse:
    changes = differences(editing.source, Checklist.model_validate(built.definition)) if number else []
    context = {
        "version": editing.version,
        "number": number,
        "checklist": editing.source,
        "changes": changes,
        "typed": _typed(editing),
        "keeping": editing.keeping,
    }
    return page(editing.request, "office/checklists/review.html", context)


def _typed(editing: Editing) -> str:
    """What was typed, to travel in one input; without what belongs to the single request."""
    sent = editing.sent.copy()
    for name in ("csrfmiddlewaretoken", "do"):
        sent.pop(name, None)
    return sent.urlencode()


def _stale(editing: Editing, built: Built) -> HttpResponse:
    """Somebody published meanwhile: what they changed and what was changed here, nothing overwritten."""
    theirs = editing.version.section("checklists").get(editing.checklist)
    mine = Checklist.model_validate(built.definition)
    context = {
        "version": editing.version,
        "seen": editing.base.number,
        "checklist": editing.source,
        "theirs": differences(editing.source, theirs) if theirs else [],
        "mine": differences(editing.source, mine),
        "contested": merged.contested if (merged := _merged(editing, built)) else [],
        "typed": _typed(editing),
    }
    form = FormState()
    form.problems = [
        Problem("pack.edited_meanwhile", params={"seen": editing.base.number, "now": editing.version.number})
    ]
    form.status = 409
    return page(editing.request, "office/checklists/stale.html", context, form)


def _merged(editing: Editing, built: Built) -> Merged | None:
    """What was changed here, carried over to the version that was published meanwhile; None when it has none."""
    current = editing.version.section("checklists").get(editing.checklist)
    if current is None:
        return None
    mine = Checklist.model_validate(built.definition)
    return merge_checklists(written(editing.source), written(mine), written(current))


def _rebased(editing: Editing, built: Built) -> HttpResponse:
    """The form again: what was changed here, on the version that was published meanwhile."""
    merged = _merged(editing, built)
    if merged is None:
        raise Refusal("access.not_found")
    current = editing.version.section("checklists")[editing.checklist]
    carried = Editing(editing.request, editing.version, editing.checklist, QueryDict())
    messages.info(
        editing.request, _("您的改动已接到 %(number)s 版上，还没有发布。") % {"number": editing.version.number}
    )
    return _form(carried, draft_of(Checklist.model_validate(merged.definition), current))


def _published(editing: Editing, version: PackVersion) -> HttpResponse:
    if version.pk == editing.base.pk:
        messages.success(editing.request, _("没有改动"))
    else:
        messages.success(editing.request, _done_words(editing, version))
    return redirect("checklist", code=editing.version.pack, checklist=editing.checklist)


def _done_words(editing: Editing, version: PackVersion) -> str:
    """Which version is out, and which rounds keep the old one."""
    done = _("已发布 %(number)s 版，新组织的轮次用这一版。") % {"number": version.number}
    if not editing.keeping:
        return done
    names = listed(round.name for round in editing.keeping)
    return done + _("仍用旧版的轮次：%(names)s。") % {"names": names}
