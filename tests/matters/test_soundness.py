"""A workflow is proved sound before it loads: the exact finding, at the exact line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huoshui.matters.queries import workflow_graph
from huoshui.packs.actions import check_pack
from huoshui.packs.queries import current_definition

PACK = """\
code: trial
version: 1.0.0
name: {zh: 试验, en: Trial}
description: {zh: 试验, en: Trial}
requires: [core, rectification]
"""
SOUND = """\
- code: thing
  name: {zh: 事, en: Thing}
  number_prefix: SY
  place_kinds: [village]
  opened_by: [town_office]
  fields:
    - {code: until, name: {zh: 时限, en: Until}, type: date}
    - {code: elsewhere, name: {zh: 去向, en: Elsewhere}, type: text}
  slots:
    - {code: after, name: {zh: 整改后, en: After}}
  severities:
    - {code: ordinary, name: {zh: 一般, en: Ordinary}}
  states:
    - {code: doing, name: {zh: 办理中, en: Doing}, phase: open}
    - {code: done, name: {zh: 待核验, en: Done}, phase: submitted}
    - {code: ended, name: {zh: 办结, en: Ended}, phase: closed}
  initial: doing
  transitions:
    - {code: hand_in, name: {zh: 提交, en: Hand in}, from: [doing], to: done, roles: [village_secretary]}
    - {code: confirm, name: {zh: 核验, en: Confirm}, from: [done], to: ended, roles: [verifier], verifies: true,
       not_by: [hand_in], other_unit_than: [hand_in], close_reason: resolved}
  clocks:
    - {code: work, name: {zh: 期限, en: Time}, days: {ordinary: 5}, own_deadline_field: until}
  ladder:
    - {level: {zh: 提醒, en: Reminder}, days: 1, notify: [owner]}
"""


def findings(folder: Path, text: str) -> list[str]:
    """``file:line: code`` of every finding, the folder left out."""
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "matters.yaml").write_text(text, encoding="utf-8")
    found = check_pack(folder).findings
    return [f"{Path(f.file).name}:{f.line}: {f.problem.code}" for f in found]


def test_who_answers_from_the_start_is_among_those_who_can(packs: None, tmp_path: Path) -> None:
    text = SOUND.replace("  opened_by:", "  owner_role: village_secretary\n  owner_roles: [grid_worker]\n  opened_by:")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'owner_role:')}: workflow.owner_role"]
    text = text.replace("[grid_worker]", "[village_secretary, nobody]")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'owner_roles:')}: workflow.role_unknown"]


def line_of(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_sound_workflow_passes(packs: None, tmp_path: Path) -> None:
    assert findings(tmp_path, SOUND) == []


STEP = "    - {code: hand_in,"
CASES = [
    # what is wrong, the text replaced, its replacement, the line that is named, the code
    ("dead state", STEP, "    - {code: park, name: {zh: 搁, en: P}, from: [doing], to: parked, roles: [verifier]}\n"
     + STEP, "{code: parked", "workflow.state_dead"),
    ("unreachable state", "", "", "{code: parked", "workflow.state_unreachable"),
    ("unknown state", "to: done,", "to: finished,", "code: hand_in", "workflow.state_unknown"),
    ("unknown initial", "initial: doing", "initial: none", "initial:", "workflow.state_unknown"),
    ("closed initial", "initial: doing", "initial: ended", "initial:", "workflow.initial_closed"),
    ("no role", ", roles: [village_secretary]}", "}", "code: hand_in", "workflow.role_missing"),
    ("unknown role", "[village_secretary]", "[mayor]", "code: hand_in", "workflow.role_unknown"),
    ("unknown opener", "[town_office]", "[mayor]", "opened_by", "workflow.role_unknown"),
    ("unknown field", "to: done,", "to: done, requires: [colour],", "code: hand_in", "workflow.field_unknown"),
    ("unknown slot", "to: done,", "to: done, evidence: [{slot: before}],", "code: hand_in", "workflow.slot_unknown"),
    ("unknown step", "not_by: [hand_in]", "not_by: [hand_in, leave]", "not_by:", "workflow.transition_unknown"),
    ("unverified closing", ", verifies: true", "", "code: confirm", "workflow.close_unverified"),
    ("own work", "not_by: [hand_in], ", "", "code: confirm", "workflow.own_work"),
    ("same unit", "other_unit_than: [hand_in], ", "", "code: confirm", "workflow.same_unit"),
    ("no reason", ", close_reason: resolved", "", "code: confirm", "workflow.close_reason"),
    ("reason too early", "to: done,", "to: done, close_reason: resolved,", "code: hand_in", "workflow.close_reason"),
    ("severity without days", "days: {ordinary: 5}", "days: {}", "code: work", "workflow.clock_severity"),
    ("days without severity", "{ordinary: 5}", "{ordinary: 5, grave: 2}", "code: work", "workflow.clock_severity"),
    ("deadline is no date", "field: until", "field: elsewhere", "code: work", "workflow.field_type"),
    ("ladder role", "notify: [owner]", "notify: [mayor]", "zh: 提醒", "workflow.ladder_role"),
    ("ladder clock", "notify: [owner]", "clock: rest, notify: [owner]", "zh: 提醒", "workflow.clock_unknown"),
    ("fresh for none", "to: done,", "to: done, evidence: [{slot: after, minimum: 0, fresh: true}],", "code: hand_in",
     "workflow.evidence_idle"),
    ("reserved field", "code: until", "code: state", "code: state", "workflow.field_reserved"),
    ("personal date", "type: date}", "type: date, personal: true}", "personal", "workflow.field_personal"),
    ("personal unstated", "type: text}", "type: text, personal: true}", "personal", "workflow.personal_unstated"),
    ("place kind", "[village]", "[castle]", "place_kinds", "pack.reference"),
    ("code twice", "code: ended,", "code: done,", "办结", "pack.code_twice"),
    ("missing label", "name: {zh: 办理中, en: Doing}", "name: {zh: 办理中}", "办理中", "pack.label_missing"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "old", "new", "where", "code"), CASES, ids=[case[0] for case in CASES])
def test_an_unsound_workflow_is_named_with_its_line(
    packs: None, tmp_path: Path, what: str, old: str, new: str, where: str, code: str
) -> None:
    text = SOUND.replace(old, new, 1) if old else SOUND
    if "parked" in where:
        parked = "    - {code: parked, name: {zh: 搁置, en: Parked}, phase: open}\n"
        text = text.replace("  initial:", parked + "  initial:")
    assert f"matters.yaml:{line_of(text, where)}: {code}" in findings(tmp_path, text)


def test_what_is_asked_when_late_needs_a_clock(packs: None, tmp_path: Path) -> None:
    asked = SOUND.replace("[village_secretary]}", "[village_secretary], requires_overdue: [elsewhere]}")
    assert findings(tmp_path, asked) == []
    at = line_of(asked, "requires_overdue")
    unknown = asked.replace("requires_overdue: [elsewhere]", "requires_overdue: [excuse]")
    assert findings(tmp_path, unknown) == [f"matters.yaml:{at}: workflow.field_unknown"]
    clockless = asked[: asked.index("  clocks:")]
    assert findings(tmp_path, clockless) == [f"matters.yaml:{at}: workflow.overdue_clock"]


def test_not_ours_must_say_where_else(packs: None, tmp_path: Path) -> None:
    decline = (
        "    - {code: decline, name: {zh: 转办, en: Decline}, from: [doing], to: ended, roles: [town_office],\n"
        "       close_reason: not_ours}\n"
    )
    text = SOUND.replace("  clocks:", decline + "  clocks:")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'code: decline')}: workflow.where_else"]
    named = text.replace("not_ours}", "not_ours, where_else: elsewhere}")
    assert findings(tmp_path, named) == []


def test_reopening_needs_another_verification(packs: None, tmp_path: Path) -> None:
    more = (
        "    - {code: reopen, name: {zh: 重开, en: Reopen}, from: [ended], to: again, roles: [verifier]}\n"
        "    - {code: shut, name: {zh: 办结, en: Shut}, from: [again], to: ended, roles: [verifier],\n"
        "       close_reason: resolved}\n"
    )
    again = "    - {code: again, name: {zh: 再办, en: Again}, phase: open}\n"
    text = SOUND.replace("  clocks:", more + "  clocks:").replace("  initial:", again + "  initial:")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'code: shut')}: workflow.close_unverified"]


UPDATE = "    - {code: update, name: {zh: 填进展, en: Update}, from: [doing], to: doing, roles: [village_secretary]}\n"
DOUBLE = (
    "    - {code: double, name: {zh: 并入, en: Double}, from: [doing], to: ended, roles: [town_office],\n"
    "       NOT_BYclose_reason: duplicate}\n"
)


def test_every_closing_bars_whoever_rectified(packs: None, tmp_path: Path) -> None:
    """Not the verifying step alone, and not those alone who handed in."""
    text = SOUND.replace("  clocks:", UPDATE + DOUBLE.replace("NOT_BY", "") + "  clocks:")
    confirm, double = line_of(text, "not_by: [hand_in]"), line_of(text, "code: double")
    code = "workflow.closes_own_work"
    assert findings(tmp_path, text) == [f"matters.yaml:{confirm}: {code}", f"matters.yaml:{double}: {code}"]
    (first, second) = check_pack(tmp_path).findings
    assert str(second).endswith(f"matters.yaml:{double}: {code}: 办结步骤“double”没有排除办理“update”的人。")
    assert "confirm" in str(first)
    barred = text.replace("not_by: [hand_in]", "not_by: [hand_in, update]").replace(
        "       close_reason: dup", "       not_by: [update], close_reason: dup"
    )
    assert findings(tmp_path, barred) == []


def test_a_closing_that_the_work_never_comes_before_bars_nobody(packs: None, tmp_path: Path) -> None:
    """Handed in, a matter never comes back here: no step of the work lies before the other end."""
    text = SOUND.replace("  clocks:", DOUBLE.replace("NOT_BY", "") + "  clocks:")
    assert findings(tmp_path, text) == []
    back = "    - {code: send_back, name: {zh: 退回, en: Return}, from: [done], to: doing, roles: [verifier]}\n"
    text = text.replace("  clocks:", back + "  clocks:")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'code: double')}: workflow.closes_own_work"]


def test_where_a_matter_comes_back_photos_of_before_count_or_not(packs: None, tmp_path: Path) -> None:
    back = "    - {code: send_back, name: {zh: 退回, en: Return}, from: [done], to: doing, roles: [verifier]}\n"
    asked = SOUND.replace("to: done,", "to: done, evidence: [{slot: after}],", 1)
    assert findings(tmp_path, asked) == []
    text = asked.replace("  clocks:", back + "  clocks:")
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'code: hand_in')}: workflow.evidence_again"]
    for said in ("true", "false"):
        assert findings(tmp_path, text.replace("{slot: after}", f"{{slot: after, fresh: {said}}}")) == []
    offered = text.replace("{slot: after}", "{slot: after, minimum: 0}")
    assert findings(tmp_path, offered) == []


def test_the_ledger_names_known_columns(packs: None, tmp_path: Path) -> None:
    text = SOUND + "  ledger:\n    - {column: colour, name: {zh: 颜色, en: Colour}}\n"
    assert findings(tmp_path, text) == [f"matters.yaml:{line_of(text, 'colour')}: workflow.column_unknown"]


MEETING = """\
- code: meeting
  name: {zh: 会, en: Meeting}
  group: {code: meetings, name: {zh: 会, en: Meetings}}
  place_kinds: [village]
  recorded_by: [town_office]
  fields:
    - {code: about, name: {zh: 编号, en: Numbers}, type: text}
    - {code: story, name: {zh: 经过, en: Story}, type: long_text}
"""


def test_what_is_held_is_required_with_the_number_in_one_of_its_texts(packs: None, tmp_path: Path) -> None:
    (tmp_path / "activities.yaml").write_text(MEETING, encoding="utf-8")
    asked = "to: done, requires_done: [{section: activities, of: trial.meeting, naming: FIELD}],"
    for field, code in (("about", ""), ("story", "workflow.done_naming"), ("colour", "workflow.done_naming")):
        text = SOUND.replace("to: done,", asked.replace("FIELD", field), 1)
        where = line_of(text, "naming:")
        assert findings(tmp_path, text) == ([f"matters.yaml:{where}: {code}"] if code else [])


def test_the_graph_for_drawing(packs: None) -> None:
    kind = current_definition("matters", "rectification.item")[1]
    graph = workflow_graph(kind)
    assert graph["states"][0] == {"code": "to_claim", "label": "待认领", "kind": "open"}
    edges = {(edge["from"], edge["to"], edge["label"]) for edge in graph["transitions"]}
    assert {("to_claim", "rectifying", "认领"), ("submitted", "closed", "核验通过")} <= edges
    assert all(re.fullmatch("[a-z_]+", edge["roles"][0]) for edge in graph["transitions"])
