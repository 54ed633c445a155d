"""The story of a matter: its steps, and what else the journal holds of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.models import Entry
from huoshui.matters.honours import HONOUR
from huoshui.matters.models import Matter, Step, steps_of
from huoshui.matters.schema import EDITING, OPENING
from huoshui.packs.schema import Text

LABELS = {
    "matters.open": Text(zh="登记", en="Opened"),
    "matters.open_failing": Text(zh="由观摩结果登记", en="Opened from a round"),
    "matters.open_found": Text(zh="由检查登记", en="Opened from a visit"),
    "matters.take_over": Text(zh="由旧台账补录", en="Taken over from an older ledger"),
    "matters.open_for_request": Text(zh="受理服务申请", en="Opened from a request"),
    "matters.open_correction": Text(zh="由差评登记", en="Opened from a low rating"),
    "matters.edit": Text(zh="更正内容", en="Corrected"),
    "matters.assign": Text(zh="指定责任人", en="Assigned"),
    "matters.hand_over": Text(zh="职责结束，移交", en="Handed over as a duty ended"),
    "matters.absorb": Text(zh="并入另一件", en="Another matter merged into it"),
    "matters.release": Text(zh="并入的一件拆回", en="A merged matter split off again"),
    "matters.split": Text(zh="拆成几件", en="Split into several"),
    "matters.split_off": Text(zh="由另一件拆出", en="Split off from another"),
    "matters.rejoin": Text(zh="拆出的合回", en="Put together again"),
    "matters.put_in_letter": Text(zh="发出督办函", en="Supervision letter sent"),
    "matters.note_reply": Text(zh="答复督办函", en="Supervision letter answered"),
    "matters.put_under": Text(zh="改上级事项", en="Put under another matter"),
    "matters.ask_extension": Text(zh="申请延期", en="Extension asked for"),
    "matters.decide_extension": Text(zh="答复延期申请", en="Extension decided"),
    "matters.climb_ladder": Text(zh="到期提醒与督办", en="Reminder or supervision"),
    "matters.follow_promise": Text(
        zh="承诺日期按新公布的工作日历重算，时限随之移动", en="Promised day counted by the new calendar"
    ),
    "matters.remind_again": Text(zh="复办到期提醒", en="Reminder that a step is due again"),
    "matters.recompute_due": Text(zh="按新公布的工作日历重新计算时限", en="Deadline counted by the new calendar"),
    "places.merge": Text(zh="地点合并，归到合并后的地点", en="Its place was merged; it went to the successor"),
    "places.split": Text(zh="地点拆分，归到拆分后的地点", en="Its place was split; it went to a successor"),
    "places.undo_change": Text(zh="区划调整撤回，归回原地点", en="The change of its place was undone; it went back"),
    "vault.reveal": Text(zh="查看个人信息原文", en="Personal value seen in full"),
    "vault.erase_again": Text(
        zh="恢复备份后，个人信息已重新删除", en="Personal values deleted again after a backup was restored"
    ),
    "vault.erase_due": Text(zh="个人信息已按期删除", en="Personal values deleted on schedule"),
    "media.attach": Text(zh="上传佐证", en="Evidence added"),
    "media.caption": Text(zh="改佐证说明", en="Caption of evidence changed"),
    "media.reuse": Text(zh="引用已有的佐证", en="Known evidence added"),
    "media.remove": Text(zh="撤下佐证", en="Evidence taken off"),
}
"""How the story names what was done, by action, where that is not as the journal does; a step, by its transition."""

HONOUR_LABELS = {
    "award": Text(zh="授予荣誉", en="Honour awarded"),
    "withdraw": Text(zh="撤销荣誉", en="Honour withdrawn"),
}
"""How the story names the honour of a step."""
OPENED_FROM = {
    "round": "matters.open_failing",
    "visit": "matters.open_found",
    "ledger": "matters.take_over",
    "service": "matters.open_for_request",
    "rating": "matters.open_correction",
}
"""The action that opens a matter, by the kind of its source."""
TOLD_BY_STEPS = ("matters.open", *OPENED_FROM.values(), "matters.split_off", "matters.advance")


@dataclass(frozen=True)
class StoryEvent:
    """One thing that happened: when, by whom (as labelled at that time), what, with what note and values.

    ``what`` is "" where the story has no words of its own for the action.
    """

    at: dt.datetime
    who: str
    what: str
    action: str
    behalf: str = ""
    """The label of whom they stood in for; "" for their own doing."""
    note: str = ""
    from_state: str = ""
    to_state: str = ""
    verified: bool = False
    """Whether it was a step by which another verifies what was done."""
    values: dict[str, str] = field(default_factory=dict)
    """Values written in the step, by the label of their field."""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    entry: Entry | None = None
    """The journal's entry, where no step tells what happened; ``before`` and ``after`` are its values."""


def matter_story(matter: Matter) -> list[StoryEvent]:
    """Everything that happened to a matter, the oldest first. The caller has shown that it may be seen."""
    steps = deque(_of_step(matter, step) for step in steps_of(matter) if step.transition != EDITING)
    entries = journal.history_of([(matter._meta.label_lower, matter.pk)]).order_by("seq")
    told: list[StoryEvent] = []
    for entry in entries:  # each step wrote one entry, in the same order: the journal's numbers order both
        if entry.action not in TOLD_BY_STEPS:
            told.append(_of_entry(matter, entry))
        elif steps:
            told.append(replace(steps.popleft(), behalf=_behalf(entry)))
    return [*told, *steps]


def _behalf(entry: Entry) -> str:
    said: str = json.loads(entry.data).get(journal.FOR, "")
    return said


def _of_step(matter: Matter, step: Step) -> StoryEvent:
    kind = matter.definition
    names = {state.code: str(state.name) for state in kind.states}
    labels = {f.code: str(f.name) for f in kind.fields}
    opening = _opening_of(matter)
    transition = kind.transition(step.transition)
    labels[HONOUR] = str(HONOUR_LABELS[(transition.honour if transition else None) or "award"])
    return StoryEvent(
        at=step.at,
        who=" · ".join(dict.fromkeys(str(name) for name in (step.account.title, step.unit) if name)),
        what=str(LABELS[opening] if transition is None else transition.name),
        action=opening if step.transition == OPENING else "matters.advance",
        note=step.note,
        from_state=names.get(step.from_state, ""),
        to_state=names.get(step.to_state, step.to_state),
        verified=transition is not None and transition.verifies,
        values={labels.get(code, code): value for code, value in step.data.items()},
    )


def _opening_of(matter: Matter) -> str:
    """The action that opened a matter."""
    if matter.split_from_id is not None:
        return "matters.split_off"
    return OPENED_FROM.get(matter.source_kind, "matters.open")


def _of_entry(matter: Matter, entry: Entry) -> StoryEvent:
    data = json.loads(entry.data)
    note = data.get("note", "")
    if entry.action == "vault.reveal":  # the journal names the field by its code
        code, colon, reason = note.partition("：")
        names = {field.code: str(field.name) for field in matter.definition.fields}
        note = f"{names.get(code, code)}{colon}{reason}"
    return StoryEvent(
        at=entry.at,
        who=entry.actor_label,
        behalf=_behalf(entry),
        what=str(LABELS.get(entry.action, "")),
        action=entry.action,
        note=note,
        before=data.get("before", {}),
        after=data.get("after", {}),
        entry=entry,
    )
