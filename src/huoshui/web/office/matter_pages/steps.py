"""What the reader can do with a matter: the one next step, and the forms behind its buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.wording import bracketed, listed
from huoshui.matters import permits
from huoshui.matters.actions import advance
from huoshui.matters.actions.steps import step_here
from huoshui.matters.clocks import due_again_on
from huoshui.matters.columns import title_name
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import StepField, StepOption, available_transitions, people_for
from huoshui.matters.schema import KEEP, Transition
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.web.office.attached import attach_sent_files, input_of, known_for, sent_files, upload_name
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.personal import as_input, typed_values
from huoshui.web.office.matter_pages.story import photo_slots
from huoshui.web.requests import SignedInRequest


@dataclass(frozen=True)
class Refused:
    """A step that the reader cannot take: why, and who can."""

    code: str
    name: str
    reason: str
    who: str
    own: bool
    """Whether it is this person who is barred, by what he or his unit did: others with the same duty can."""


@dataclass
class Next:
    """What comes next: in a sentence, the steps that the reader may take, and those refused with their reasons."""

    what: str
    steps: list[Transition]
    refused: list[Refused]
    """Those that the reader's duties do not reach."""
    who: str = ""
    barred: list[Refused] = field(default_factory=list)
    """Those from which this very person is barred, by an own hand in the work."""
    waits: bool = False
    """The obvious step is somebody else's, or its day has not come; the reader's own steps stand beside it."""


@dataclass
class Panel:
    """A form opened beside the story."""

    title: str
    verb: str
    action: str
    lead: str = ""
    version: int = 0
    texts: list[dict[str, Any]] = field(default_factory=list)
    fields: list[FieldDef] = field(default_factory=list)
    latest: dict[str, dt.date] = field(default_factory=dict)
    """Fields of a date, by code, with the last day that may be chosen."""
    clearable: list[str] = field(default_factory=list)
    """Personal fields of which a value is kept, which the form can take away."""
    choices: list[dict[str, Any]] = field(default_factory=list)
    slots: list[dict[str, Any]] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    asks_first: bool = False
    """Whether the form only asks what the next one is about, and writes nothing."""
    back: str = ""
    """The words of the button that leads back to what was typed."""
    division: Any = None
    """What a matter is split into (``division.Division``)."""
    preview: list[dict[str, str]] = field(default_factory=list)
    """What the step will do, a line for each thing: label, said."""
    note: str = ""
    note_required: bool = False
    look_first: bool = False
    """Whether a narrow screen shows the story and its photos above the form: who verifies looks first."""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """The names whose problems stand beside their inputs; all others stand at the head of the form."""
        shown = {item.code for item in self.fields} | {text["name"] for text in self.texts}
        shown |= {slot["code"] for slot in self.slots} | {upload_name(slot["code"]) for slot in self.slots}
        shown |= {choice["name"] for choice in self.choices}
        if self.division:
            shown |= {text["name"] for text in self.division.titles}
            shown |= {row.name for _label, rows in self.division.groups for row in rows}
        return shown | ({"note"} if self.note else set())


def next_of(matter: Matter, actor: Any) -> Next:
    """The next step in words: what the reader may do now, or for whom the matter waits."""
    offered = available_transitions(matter, actor)
    allowed = [option for option in offered if option.allowed]
    refused = [_refused(option.transition, option.refusal) for option in offered if option.refusal]
    steps = [option.transition for option in allowed]
    found = Next("", steps, [step for step in refused if not step.own], barred=[step for step in refused if step.own])
    if matter.phase == CLOSED:
        due = [step for step in steps if (day := due_again_on(matter, step)) and day <= clock.today()]
        if due:
            return replace(found, what=_("该办：%(step)s") % {"step": due[0].name})
        return replace(found, what=_("已办结，没有下一步"))
    if not offered:
        return replace(found, what=_("没有下一步"))
    first = offered[0]
    if allowed and (steps[0].primary or not first.transition.primary):
        too_early = allowed[0].waits_until is not None
        return replace(found, what=str(steps[0].name), who=_lead_of(allowed[0]), waits=too_early)
    waits = _("等待：%(step)s") % {"step": first.transition.name}
    return replace(found, what=waits, who=_("由%(who)s办理。") % {"who": first.who or "—"}, waits=True)


def _refused(step: Transition, refusal: Refusal) -> Refused:
    problem = refusal.problems[0]
    own = problem.code in ("matter.own_work", "matter.same_unit")
    return Refused(step.code, str(step.name), problem.message(), problem.what_next(), own)


def barred_from(matter: Matter, actor: Any, code: str) -> Refused | None:
    """Why the step that was asked for is not the reader's to take now.

    None when the reader may take it, or when the matter's kind has no such step.
    """
    step = matter.definition.transition(code)
    if step is None:
        return None
    try:
        refusal = permits.refusal_of(matter, step_here(matter, code), actor)
    except Refusal as not_here:
        refusal = not_here
    return _refused(step, refusal) if refusal else None


def _lead_of(option: StepOption) -> str:
    """What a step asks for, in a line."""
    step = option.transition
    wanted = [str(asked.field.name) for asked in option.fields if asked.required]
    wanted += [
        _("%(slot)s（须新拍，上次提交的不算）") % {"slot": asked.name} if asked.earlier else asked.name
        for asked in option.evidence
        if asked.lacking
    ]
    wanted += [state.name for state in option.done if not state.met]
    if step.note_required:
        wanted.append(_("说明"))
    said = [_("需要：%(what)s。") % {"what": listed(wanted)}] if wanted else []
    if option.waits_until:
        said.append(_("须等到 %(day)s 期满，次日起可以办理。") % {"day": option.waits_until})
    if step.verifies and (step.not_by or step.other_unit_than):
        said.append(_("办理的人和同单位的人不能核验自己的事项。"))
    return "".join(said)


def step_panel(matter: Matter, option: StepOption, form: FormState, actor: Any) -> Panel:
    """The form of a step: its fields with their present values, photos, a note."""
    step = option.transition
    return Panel(
        title=str(step.name),
        verb=str(step.name),
        action=reverse("matter_step", args=[matter.number, step.code]),
        lead=_lead_of(option),
        version=matter.version,
        fields=[as_input(asked) for asked in option.fields],
        latest=_latest(option.fields),
        clearable=_clearable(option.fields),
        slots=_slots(matter, {asked.slot: asked.minimum for asked in option.evidence}, form, actor),
        note=_("说明"),
        note_required=step.note_required,
        look_first=step.verifies,
        values=_typed(option.fields),
    )


def edit_panel(matter: Matter, fields: Sequence[StepField]) -> Panel:
    """The correction of what the present state leaves open."""
    return Panel(
        title=_("更正"),
        verb=_("保存更正"),
        action=reverse("matter_edit", args=[matter.number]),
        lead=_("改了什么，会记入日志。"),
        version=matter.version,
        fields=[as_input(asked) for asked in fields],
        latest=_latest(fields),
        clearable=_clearable(fields),
        values=_typed(fields),
    )


def _latest(fields: Sequence[StepField]) -> dict[str, dt.date]:
    return {asked.field.code: asked.limit.day for asked in fields if asked.limit}


def _clearable(fields: Sequence[StepField]) -> list[str]:
    return [asked.field.code for asked in fields if asked.field.personal and asked.shown and not asked.required]


def _typed(fields: Sequence[StepField]) -> dict[str, Any]:
    """Present values as inputs take them: an account by its username, nothing of a personal one, all else as shown."""
    return {
        asked.field.code: "" if asked.field.personal else getattr(asked.value, "username", asked.shown)
        for asked in fields
    }


def assign_panel(matter: Matter, form: FormState) -> Panel:
    """Who answers for the matter: a person with a duty over its place, and a unit."""
    people = list(people_for(matter))
    units = {str(person.unit.pk): person.unit.name for person in people if person.unit}
    if matter.unit:
        units.setdefault(str(matter.unit.pk), matter.unit.name)
    values = {
        "owner": matter.owner.username if matter.owner else "",
        "unit": str(matter.unit.pk) if matter.unit else "",
    }
    owners = [(person.username, person.title + bracketed(person.unit or "—")) for person in people]
    return Panel(
        title=_("指定责任人"),
        verb=_("指定"),
        action=reverse("matter_assign", args=[matter.number]),
        version=matter.version,
        choices=[
            _choice("owner", _("责任人"), owners, form, values["owner"]),
            _choice("unit", _("责任单位"), list(units.items()), form, values["unit"]),
        ],
        values=values,
    )


def photos_panel(matter: Matter, slot: str, form: FormState, actor: Any) -> Panel:
    """More photos or files for one slot, new ones or such as are there already."""
    known = known_for(matter, matter.place, slot, actor)
    return Panel(
        title=_("加%(slot)s") % {"slot": matter.slot_name(slot)},
        verb=_("上传"),
        action=reverse("matter_photo_add", args=[matter.number, slot]),
        slots=[shown | {"known": known} for shown in _slots(matter, {slot: 0}, form, actor)],
        texts=[text_input("caption", _("说明"), required=False)],
    )


def text_input(name: str, label: str, required: bool = True) -> dict[str, Any]:
    """A line of text in a panel."""
    return {"name": name, "label": label, "kind": "text", "required": required, "hint": ""}


def _choice(name: str, label: str, options: list[tuple[str, str]], form: FormState, present: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": options,
        "value": form.values.get(name, present),
        "required": False,
        "problem": form.problem_of(name),
    }


def _slots(matter: Matter, wanted: dict[str, int], form: FormState, actor: Any) -> list[dict[str, Any]]:
    """Photo inputs for the wanted slots, with what is there already."""
    return [
        {
            "code": slot.code,
            "label": slot.label,
            "minimum": wanted[slot.code],
            "have": len(slot.photos),
            "photos": slot.photos,
            "earlier": len(slot.earlier),
            "problem": form.problem_of(slot.code) or form.problem_of(upload_name(slot.code)),
            "known": [],
            **input_of(matter, slot.code),
        }
        for slot in photo_slots(matter, set(wanted), actor)
        if slot.code in wanted
    ]


def take_step(request: SignedInRequest, matter: Matter, code: str, form: FormState) -> Matter:
    """Attach the photos sent with the form, then take the step.

    The photos stay when the step is then refused for another reason; nothing is written when the reader may not
    take the step at all, or had an older version open.
    """
    option = option_of(matter, request.user, code)
    if option and option.allowed and form.seen_version in (None, matter.version):
        attach_sent(request, matter, [asked.slot for asked in option.evidence])
    names = [asked.field.code for asked in option.fields] if option else []
    mark = f"{KEEP}-"
    decided = {name.removeprefix(mark): value for name, value in form.values.items() if name.startswith(mark)}
    return advance(
        by=request.user,
        matter=matter,
        transition=code,
        values=typed_values(form, names) | ({KEEP: decided} if decided else {}),
        note=form.values.get("note", ""),
        seen_version=form.seen_version,
    )


def option_of(matter: Matter, actor: Any, code: str) -> StepOption | None:
    """The step with this code, if the matter's state offers it to anybody."""
    return next((option for option in available_transitions(matter, actor) if option.transition.code == code), None)


def attach_sent(request: SignedInRequest, matter: Matter, slots: list[str], caption: str = "") -> int:
    """Attach the files that came with the request, and show again those that were ticked; returns how many.

    A refusal names the slot, so that it stands beside its input.
    """
    count = 0
    for slot in slots:
        files = sent_files(request, slot, documents=slot in matter.document_slots)
        count += attach_sent_files(request, matter, matter.place, slot, files, caption)
    return count


def conflict_of(matter: Matter, form: FormState) -> dict[str, Any] | None:
    """Both versions of what was being edited when another changed the matter meanwhile; None when nobody did."""
    if "theirs" not in form.extra:
        return None
    kind = matter.definition
    labels = {item.code: str(item.name) for item in kind.fields}
    labels |= {"title": str(title_name(kind)), "detail": _("详情"), "owner": _("责任人"), "unit": _("责任单位")}
    mine, theirs = form.extra["mine"], form.extra["theirs"]
    last = Entry.objects.filter(subject_kind=matter._meta.label_lower, subject_id=matter.pk).order_by("-seq").first()
    rows = [
        {"label": labels.get(code, code), "mine": readable(matter, code, text), "theirs": theirs.get(code, "")}
        for code, text in mine.items()
    ]
    return {
        "by": last.actor_label.partition("（")[0] if last else "",
        "at": last.at if last else None,
        "state": form.extra.get("state", ""),
        "rows": [{**row, "differs": row["mine"] != row["theirs"]} for row in rows],
    }


def readable(matter: Matter, code: str, text: str) -> str:
    """What was typed as the stored value is shown: a person by title, a choice by its label."""
    item = next((known for known in matter.definition.fields if known.code == code), None)
    if item and item.type == "account":
        person = people_for(matter).filter(username=text).first()
        return person.title if person else text
    return shown_value(item, text) if item and item.type == "choice" else text


def may_assign(matter: Matter, actor: Any) -> bool:
    """Whether the link for assigning is worth showing; the action decides."""
    if matter.phase == CLOSED:
        return False
    office = allows(actor, "matter.assign", path=matter.place.path, pack=matter.pack)
    return office or matter.definition.owner_role in permits.roles_over(actor, matter.place, matter.pack)


def general_problems(form: FormState, panel: Panel | None) -> list[Problem]:
    """The problems that belong to no input of the panel; a conflict is shown as such."""
    shown = (panel.names if panel else set()) | ({"version"} if "theirs" in form.extra else set())
    return [problem for problem in form.problems if problem.field not in shown]
