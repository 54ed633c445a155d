"""Template filters of the matters' pages: roles by name, a workflow for its drawing and in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huoshui.duties.queries import roles
from huoshui.kernel.wording import bracketed, clauses, listed
from huoshui.matters.columns import title_name
from huoshui.matters.models import Matter
from huoshui.matters.queries import kinds_openable_by
from huoshui.matters.required import required_name
from huoshui.matters.schema import OPENING, OWNER, Evidence, LadderStep, MatterKind, Transition
from huoshui.packs.schema import FieldDef
from huoshui.places.models import Place
from huoshui.web.office.matter_pages.words import close_reason_words, days_words, light_words

register = template.Library()


@register.filter
def role_names(codes: list[str]) -> str:
    """Role codes as names in one line; the owner is the responsible person."""
    return listed(_names(codes))


def _names(codes: list[str]) -> list[str]:
    known = roles()
    names = [_("责任人") if code == OWNER else str(known[code].name) if code in known else code for code in codes]
    return list(dict.fromkeys(names))


@register.filter
def workflow_script(graph: dict[str, Any]) -> SafeString:
    """The workflow as the drawing reads it: JSON in a script element, escaped, roles by name."""
    steps = [{**step, "roles": _names(step["roles"])} for step in graph["transitions"]]
    return json_script({**graph, "transitions": steps})


@register.filter
def field_names(kind: MatterKind, codes: list[str]) -> str:
    """Codes of fields (and the title and detail that every matter has) as labels in one line."""
    labels = {field.code: str(field.name) for field in kind.fields}
    own = {"title": title_name(kind), "detail": _("详情"), "duplicate_of": _("与哪一件重复")}
    return listed(labels.get(code) or str(own.get(code, code)) for code in codes)


@register.filter
def step_names(kind: MatterKind, codes: list[str]) -> str:
    """Codes of steps as labels in one line."""
    labels = {step.code: str(step.name) for step in kind.transitions}
    return listed(_("立项") if code == OPENING else labels.get(code, code) for code in codes)


@register.filter
def steps_from(kind: MatterKind, state: str) -> list[Transition]:
    """The steps that can be taken in a state, the obvious one first."""
    return kind.transitions_from(state)


@register.filter
def state_names(kind: MatterKind, codes: list[str]) -> str:
    """Codes of states as labels in one line."""
    labels = {state.code: str(state.name) for state in kind.states}
    return listed(labels.get(code, code) for code in codes)


@register.filter
def state_name(kind: MatterKind, code: str) -> str:
    """The label of one state."""
    return state_names(kind, [code])


@register.filter
def field_name(kind: MatterKind, code: str) -> str:
    """The label of one field."""
    return field_names(kind, [code])


@register.filter
def field_type(field: FieldDef) -> str:
    """What a field holds, in words; the options of a choice."""
    if field.type == "choice":
        return listed(choice.name for choice in field.choices)
    return {
        "text": _("文字"),
        "long_text": _("多行文字"),
        "integer": _("整数"),
        "decimal": _("数字"),
        "date": _("日期"),
        "yes_no": _("是或否"),
        "money": _("金额"),
        "account": _("人员"),
        "office": _("单位"),
    }[field.type]


@register.filter
def rung_day(rung: LadderStep) -> str:
    """On which day a rung of the ladder fires, in words."""
    days = {"days": abs(rung.days)}
    if rung.days == 0:
        return _("到期当天")
    if rung.counting == "working":
        return _("到期前 %(days)d 个工作日") % days if rung.days < 0 else _("逾期 %(days)d 个工作日") % days
    return _("到期前 %(days)d 天") % days if rung.days < 0 else _("逾期 %(days)d 天") % days


@register.filter
def evidence_words(kind: MatterKind, wanted: list[Evidence]) -> str:
    """The photos that a step asks for, in words."""
    labels = {slot.code: str(slot.name) for slot in kind.slots}
    said = []
    for item in wanted:
        words = {"slot": labels.get(item.slot, item.slot), "count": item.minimum}
        if not item.minimum:
            said.append(_("可附%(slot)s") % words)
        elif item.fresh:
            said.append(_("%(slot)s至少 %(count)d 张，退回后须新拍") % words)
        else:
            said.append(_("%(slot)s至少 %(count)d 张") % words)
    return clauses(said)


@register.filter
def condition_words(kind: MatterKind, step: Transition) -> str:
    """What must have been done or passed before a step, in words; "" for none."""
    said = []
    for asked in step.requires_done:
        words = {"name": required_name(asked), "percent": asked.at_least_percent}
        if asked.section == "activities":
            said.append((_("先登记写明编号的“%(name)s”") if asked.naming else _("先登记“%(name)s”")) % words)
            continue
        least = _("先填“%(name)s”，得分率不低于 %(percent)s%%")
        said.append((least if asked.at_least_percent else _("先填“%(name)s”")) % words)
        if asked.other_unit_than:
            said[-1] += bracketed(_("由另一单位的人填"))
    if step.not_before_clock:
        names = {clock.code: str(clock.name) for clock in kind.clocks}
        said.append(_("“%(clock)s”满后") % {"clock": names[step.not_before_clock]})
    if step.due_after_months:
        said.append(_("办结满 %(months)d 个月起应办") % {"months": step.due_after_months})
    return clauses(said)


@register.filter
def clock_days(kind: MatterKind, days: dict[str, int]) -> list[tuple[str, int]]:
    """Days of a clock by severity, the mildest first."""
    return [(str(severity.name), days[severity.code]) for severity in kind.severities if severity.code in days]


@register.filter
def light_word(matter: Matter) -> str:
    """The word beside a matter's light, where it is not the usual one."""
    return light_words(matter)


@register.filter
def days_left(matter: Matter) -> str:
    """The days to a matter's deadline, in words."""
    return days_words(matter)


@register.filter
def may_open_at(user: Any, place: Place) -> bool:
    """Whether the reader may open any kind of matter at a place."""
    return bool(kinds_openable_by(user, place))


@register.filter
def reason_words(reason: str) -> str:
    """Why a matter ends, in words."""
    return close_reason_words(reason)
