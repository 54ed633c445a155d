"""Proving what steps rest on beyond their kind: records done elsewhere, a notice that ran out, an honour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huoshui.kernel.wording import listed
from huoshui.matters.models import CLOSED
from huoshui.matters.schema import OPENING, OWNER, MatterKind, Transition
from huoshui.matters.schema_parts import HonourRule, PublicNotice, RequiredRecord
from huoshui.packs.contract import Known, Path, SectionReport
from huoshui.places.models import Honour
from huoshui.schedules.targets import TARGETS

RECORDS_HONOURS = "honour.record"
"""The permission that whoever awards or withdraws an honour needs."""


UNPUBLISHED = ("account", "office", "long_text")
"""Types of fields that a public notice never tells: persons, units, and texts in which somebody may be named."""


def validate_steps(kind: MatterKind, at: Path, known: Known, report: SectionReport) -> None:
    """The rules over one kind; ``at`` is where it stands in the section."""
    check = _Steps(kind, at, known, report)
    check.waiting_clocks()
    if kind.honour:
        check.honour(kind.honour)
    if kind.public_notice:
        check.publicised(kind.public_notice)
    for index, step in enumerate(kind.transitions):
        here: Path = ("transitions", index)
        for number, asked in enumerate(step.requires_done):
            check.required((*here, "requires_done", number), asked)
        check.waits(here, step)
        check.awards(here, step)
        check.due_again(here, step)


class _Steps:
    def __init__(self, kind: MatterKind, at: Path, known: Known, report: SectionReport) -> None:
        self.kind, self.at, self.known, self.report = kind, at, known, report
        self.phases = {state.code: state.phase for state in kind.states}
        self.clocks = {clock.code: clock for clock in kind.clocks}

    def add(self, path: Path, code: str, **params: object) -> None:
        self.report.add((*self.at, *path), code, **params)

    def required(self, path: Path, asked: RequiredRecord) -> None:
        """What is required is declared, can be done where the matter is, and gives points where a share is asked."""
        target = TARGETS.get(asked.section)
        if target is None or target.records is None:
            possible = listed(sorted(name for name, one in TARGETS.items() if one.records)) or "—"
            self.add((*path, "section"), "workflow.done_section", name=asked.section, known=possible)
            return
        if not self.known.has(asked.section, asked.of):
            self.add((*path, "of"), "pack.reference", name=asked.of, section=asked.section)
            return
        definition: Any = self.known.get(asked.section, asked.of)
        reached = set(getattr(definition, "place_kinds", []))
        beyond = sorted(set(self.kind.place_kinds) - reached) if self.kind.place_kinds else ["—"]
        if reached and beyond:
            self.add((*path, "of"), "workflow.done_place", name=asked.of, kinds=listed(beyond))
        if asked.at_least_percent and not target.points(definition):
            self.add((*path, "at_least_percent"), "workflow.done_pointless", name=asked.of)
        if asked.naming and asked.naming not in target.text_fields(definition):
            possible = listed(sorted(target.text_fields(definition))) or "—"
            self.add((*path, "naming"), "workflow.done_naming", name=asked.naming, of=asked.of, known=possible)
        steps = {step.code for step in self.kind.transitions} | {OPENING}
        for number, code in enumerate(asked.other_unit_than):
            if code not in steps:
                self.add((*path, "other_unit_than", number), "workflow.transition_unknown", name=code)

    def waiting_clocks(self) -> None:
        """A time that has to pass is waited for by a step, and nobody sets, extends or is reminded of it."""
        awaited = {step.not_before_clock for step in self.kind.transitions}
        reminded = {rung.clock or (self.kind.clocks[0].code if self.kind.clocks else "") for rung in self.kind.ladder}
        for index, clock in enumerate(self.kind.clocks):
            if not clock.waiting:
                continue
            path: Path = ("clocks", index)
            if clock.code not in awaited:
                self.add((*path, "waiting"), "workflow.clock_idle", name=clock.code)
            if clock.own_deadline_field or clock.extension or clock.code in reminded:
                self.add((*path, "waiting"), "workflow.clock_waiting", name=clock.code)
            if index == 0 and any(not other.waiting for other in self.kind.clocks):
                self.add(path, "workflow.clock_first", name=clock.code)

    def waits(self, path: Path, step: Transition) -> None:
        """The clock that a step waits for is one that waits, and has begun on every way to the step."""
        if step.not_before_clock is None:
            return
        clock = self.clocks.get(step.not_before_clock)
        if clock is None or not clock.waiting:
            self.add((*path, "not_before_clock"), "workflow.clock_not_waiting", name=step.not_before_clock)
            return
        beside = [other for other in self.kind.transitions if other.code not in clock.starts_on]
        unbegun = set() if OPENING in clock.starts_on else reach([self.kind.initial], beside)
        if unbegun & set(step.from_states):
            self.add((*path, "not_before_clock"), "workflow.clock_unbegun", name=clock.code, step=step.code)

    def honour(self, rule: HonourRule) -> None:
        """Its name and level are each given once, by a value or by a choice field whose codes fit."""
        for value, field in (("name", "name_field"), ("level", "level_field")):
            if (getattr(rule, value) is None) == (getattr(rule, field) is None):
                self.add(("honour",), "workflow.honour_either", name=value, field=field)
        self._typed("name_field", rule.name_field, "choice")
        self._typed("level_field", rule.level_field, "choice")
        self._typed("year_field", rule.year_field, "integer")
        level = self.kind.fields_by_code.get(rule.level_field or "")
        levels = {str(known) for known in Honour.Level.values}
        wrong = sorted({choice.code for choice in level.choices} - levels) if level else []
        if wrong:
            known = listed(sorted(levels))
            self.add(("honour", "level_field"), "workflow.honour_level", name=listed(wrong), known=known)
        if not any(step.honour == "award" for step in self.kind.transitions):
            self.add(("honour",), "workflow.honour_idle")

    def publicised(self, rule: PublicNotice) -> None:
        """It runs by a waiting clock, ends with the matter, and tells nothing that may name a person."""
        clock = self.clocks.get(rule.clock)
        if clock is None or not clock.waiting:
            self.add(("public_notice", "clock"), "workflow.notice_clock", name=rule.clock)
        for name, states in (("states", rule.states), ("objected", rule.objected)):
            for number, state in enumerate(states):
                if self.phases.get(state, CLOSED) == CLOSED:
                    self.add(("public_notice", name, number), "workflow.notice_state", name=state)
        for number, code in enumerate(rule.fields):
            field = self.kind.fields_by_code.get(code)
            if field is None or field.personal or field.type in UNPUBLISHED:
                self.add(("public_notice", "fields", number), "workflow.notice_field", name=code)

    def _typed(self, name: str, code: str | None, expected: str) -> None:
        field = self.kind.fields_by_code.get(code or "")
        if code and field is None:
            self.add(("honour", name), "workflow.field_unknown", name=code)
        elif field and field.type != expected:
            self.add(("honour", name), "workflow.field_type", name=code, expected=expected)

    def awards(self, path: Path, step: Transition) -> None:
        """A step with an honour knows which, confirms others' work, and is taken by those who may record honours."""
        if step.honour is None:
            return
        if self.kind.honour is None:
            self.add((*path, "honour"), "workflow.honour_unstated", name=step.code)
            return
        if step.honour == "award" and not step.verifies:
            self.add((*path, "honour"), "workflow.honour_unverified", name=step.code)
        always = {field.code for field in self.kind.fields if field.required}
        lacking = sorted(set(self.kind.honour.fields) - {*step.required_fields, *always})
        if step.honour == "award" and lacking:
            self.add((*path, "honour"), "workflow.honour_fields", name=step.code, fields=listed(lacking))
        if step.honour == "withdraw" and not step.note_required:
            self.add((*path, "honour"), "workflow.honour_reason", name=step.code)
        for number, role in enumerate(step.roles):
            if role == OWNER or not self._may_record(role):
                self.add((*path, "roles", number), "workflow.honour_role", name=step.code, role=role)

    def _may_record(self, role: str) -> bool:
        """Whether a role has the permission; one that is not known is found elsewhere."""
        return not self.known.has("roles", role) or RECORDS_HONOURS in self.known.get("roles", role).permissions

    def due_again(self, path: Path, step: Transition) -> None:
        """What falls due so long after the closing can be taken in closed states alone."""
        if step.due_after_months and any(self.phases.get(state) != CLOSED for state in step.from_states):
            self.add((*path, "due_after_months"), "workflow.due_open", name=step.code)


def reach(starts: Iterable[str], steps: Iterable[Transition]) -> set[str]:
    """States reachable from ``starts`` over ``steps``, the starts included."""
    reached: set[str] = set()
    ahead, taken = list(starts), list(steps)
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += [step.to for step in taken if state in step.from_states]
    return reached
