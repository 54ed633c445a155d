"""The form that splits a matter: the new ones, what goes with each, what that does, and then the doing of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.kernel.wording import bracketed, listed
from huoshui.matters import permits, splitting, values
from huoshui.matters.actions import advance, rejoin
from huoshui.matters.evidence import photos_counted
from huoshui.matters.models import Matter
from huoshui.matters.queries import StepOption
from huoshui.matters.schema import INTO
from huoshui.matters.splitting import FEWEST, MOST, Plan
from huoshui.web.office.attached import shown_attachment
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.steps import Panel, step_panel
from huoshui.web.requests import SignedInRequest

DO, LOOK, MORE, AGAIN = "do", "look", "more", "again"
FINDING, VALUE, PHOTO = "finding", "value", "photo"


@dataclass(frozen=True)
class Row:
    """Something that goes with one or several of the new ones: a box for each of them."""

    name: str
    label: str
    boxes: list[dict[str, Any]]
    thumb: str = ""
    problem: Any = None


@dataclass
class Division:
    """The new matters, and what can go with them."""

    titles: list[dict[str, Any]]
    groups: list[tuple[str, list[Row]]] = field(default_factory=list)
    may_add: bool = True


def panel_of(matter: Matter, option: StepOption, form: FormState, request: SignedInRequest) -> Panel:
    """The form of a step that splits; after a look, what it will do."""
    panel = step_panel(matter, option, form, request.user)
    panel.action = reverse("matter_split", args=[matter.number])
    if not form.values:
        form.values = _proposed(matter)
    panel.values = form.values
    if form.values.get(DO) in (LOOK, "") and not form.refused and request.method == "POST":
        plan = form.attempt(splitting.plan, matter=matter, into=_asked(form))
        if plan is not None:
            return _previewing(panel, plan, form)
    panel.lead = _("每处问题至少归一件，可以同时归几件；没有选走的照片留在原来一件，仍然查得到。下一步先看会怎样。")
    panel.division = _division(matter, form)
    panel.verb = _("下一步")
    return panel


def _proposed(matter: Matter) -> dict[str, Any]:
    """One new matter for each finding, as many as can be; all values go with all of them."""
    findings = splitting.findings_of(matter)
    count = min(max(len(findings), FEWEST), MOST)
    proposed: dict[str, Any] = {}
    for at in range(1, count + 1):
        proposed[f"title-{at}"] = (
            findings[at - 1].rstrip("。；;")[: splitting.TITLE_LENGTH] if at <= len(findings) else ""
        )
        proposed |= {f"{VALUE}-{code}-{at}": "1" for code in splitting.values_to_choose(matter)}
    return proposed | {f"{FINDING}-{at}-{min(at, count)}": "1" for at in range(1, len(findings) + 1)}


def _count(form: FormState) -> int:
    given = sum(name.startswith("title-") for name in form.values)
    return min(max(given + (form.values.get(DO) == MORE), FEWEST), MOST)


def _asked(form: FormState) -> list[dict[str, Any]]:
    """What was typed and ticked, as the step takes it."""
    return [
        {
            "title": form.values.get(f"title-{at}", ""),
            "findings": _ticked(form, FINDING, at),
            "values": _ticked(form, VALUE, at),
            "photos": _ticked(form, PHOTO, at),
        }
        for at in range(1, _count(form) + 1)
    ]


def _ticked(form: FormState, group: str, at: int) -> list[str]:
    mark, end = f"{group}-", f"-{at}"
    return [name[len(mark) : -len(end)] for name in form.values if name.startswith(mark) and name.endswith(end)]


def _division(matter: Matter, form: FormState) -> Division:
    count, kind = _count(form), matter.definition
    titles = [
        {
            "name": f"title-{at}",
            "label": _("第 %(at)d 件的问题") % {"at": at},
            "kind": "text",
            "required": True,
            "hint": "",
        }
        for at in range(1, count + 1)
    ]

    def row(group: str, key: str, label: str, thumb: str = "") -> Row:
        boxes = [
            {
                "name": f"{group}-{key}-{at}",
                "ticked": f"{group}-{key}-{at}" in form.values,
                "label": _("第 %(at)d 件：%(what)s") % {"at": at, "what": label},
            }
            for at in range(1, count + 1)
        ]
        return Row(f"{group}-{key}", label, boxes, thumb, form.problem_of(f"{group}-{key}"))

    findings = [row(FINDING, str(at), said) for at, said in enumerate(splitting.findings_of(matter), 1)]
    kept = [
        row(
            VALUE,
            code,
            f"{kind.field(code).name}：{values.shown(kind, code, values.typed(kind.field(code), held.value))}",
        )
        for code, held in splitting.values_to_choose(matter).items()
    ]
    photos = []
    for photo in photos_counted(matter):
        seen = shown_attachment(photo)
        label = matter.slot_name(photo.slot) + bracketed(seen["caption"])
        photos.append(row(PHOTO, str(photo.pk), label, seen["thumb"]))
    groups = [(_("查出的问题"), findings), (_("已记的内容"), kept), (_("照片"), photos)]
    return Division(titles, [(label, rows) for label, rows in groups if rows], count < MOST)


def _previewing(panel: Panel, plan: Plan, form: FormState) -> Panel:
    panel.title = ngettext("拆成 %(count)d 件", "拆成 %(count)d 件", len(plan.shares)) % {"count": len(plan.shares)}
    panel.lead = _(
        "每件另编号，来源、责任人和时限照旧，从现在的状态接着办；原来一件办结为“已拆分”，两边的经过互相查得到。"
    )
    panel.preview = [
        {"label": _("第 %(at)d 件") % {"at": at}, "said": _told(plan, at - 1)} for at in range(1, len(plan.shares) + 1)
    ]
    left = ngettext("%(count)d 张，仍在原来一件里", "%(count)d 张，仍在原来一件里", plan.photos_left)
    panel.preview += [
        *([{"label": _("没选走的照片"), "said": left % {"count": plan.photos_left}}] if plan.photos_left else []),
        {"label": _("回避"), "said": _("原来一件的整改人及其单位，都不能核验拆出的任何一件")},
        {"label": _("合回"), "said": _("拆出的各件还没有办理过，就可以合回一件")},
    ]
    carried = {name: value for name, value in form.values.items() if name not in (DO, "version", "note")}
    panel.hidden = carried | {"note": form.values.get("note", "")}
    panel.fields, panel.slots, panel.note = [], [], ""
    panel.verb, panel.back = _("拆分"), _("返回修改")
    panel.values = form.values
    return panel


def _told(plan: Plan, at: int) -> str:
    share, kind = plan.shares[at], plan.matter.definition
    photos = ngettext("%(count)d 张照片", "%(count)d 张照片", len(share.photos)) % {"count": len(share.photos)}
    names = [str(kind.field(code).name) for code in share.values]
    parts = [plan.findings[position] for position in share.findings]
    return listed(
        [
            f"“{share.title}”",
            *(part for part in parts if part != share.title),
            *names,
            *([photos] if share.photos else []),
        ]
    )


def split_typed(*, by: Any, matter: Matter, form: FormState) -> Matter:
    """Split the matter as it was typed and looked at."""
    return advance(
        by=by,
        matter=matter,
        transition=next(step.code for step in matter.definition.transitions if step.close_reason == "split"),
        values={INTO: _asked(form)},
        note=form.values.get("note", ""),
        seen_version=form.seen_version,
    )


def may_rejoin(matter: Matter, actor: Any) -> bool:
    """Whether putting it together again is worth offering; the action decides."""
    step = splitting.splitting_step(matter) if matter.is_closed else None
    return step is not None and permits.refusal_of(matter, step, actor) is None


def rejoin_panel(matter: Matter) -> Panel:
    """What putting the new ones together again does."""
    shares = Matter.objects.filter(split_from=matter, duplicate_of__isnull=True).order_by("number")
    return Panel(
        title=_("合回一件"),
        verb=_("合回"),
        action=reverse("matter_rejoin", args=[matter.number]),
        lead=_("这一件回到拆分前的状态，按原来的时限接着办；拆出的各件办结为“重复”。"),
        version=matter.version,
        preview=[{"label": _("拆成的"), "said": listed(f"{share.number} {share.title}" for share in shares)}],
    )


def rejoin_typed(*, by: Any, matter: Matter, form: FormState) -> Matter:
    """Put it together again."""
    return rejoin(by=by, matter=matter, seen_version=form.seen_version)
