"""Proving a workflow sound before it loads: no dead ends, nobody verifies their own work, nothing undeclared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huoshui.kernel.wording import listed
from huoshui.matters.columns import OWN_COLUMNS, money_column
from huoshui.matters.models import CLOSED, OPEN
from huoshui.matters.schema import EDITING, OPENING, OWNER, RESERVED_VALUES, MatterKind, Transition
from huoshui.matters.soundness_steps import reach, validate_steps
from huoshui.packs.contract import Known, Path, SectionReport
from huoshui.packs.schema import Manifest

PERSONAL_TYPES = ("text", "long_text")
"""Types of field that can hold personal data."""


def validate(manifest: Manifest, kinds: Sequence[MatterKind], known: Known, report: SectionReport) -> None:
    """Every rule over every kind of a pack."""
    for index, kind in enumerate(kinds):
        check = _Check(kind, (index,), known, report)
        check.codes()
        check.personal()
        check.concerned()
        check.references()
        check.roles()
        check.closings()
        check.times()
        check.ledger()
        check.money()
        validate_steps(kind, (index,), known, report)
        if check.states_known():
            check.graph()
            check.verification()
            check.splits()
            check.evidence()


class _Check:
    """The rules over one kind; ``at`` is where it stands in the section."""

    def __init__(self, kind: MatterKind, at: Path, known: Known, report: SectionReport) -> None:
        self.kind, self.at, self.known, self.report = kind, at, known, report
        self.phases = {state.code: state.phase for state in kind.states}
        self.fields = {field.code: field for field in kind.fields}
        self.steps = {step.code for step in kind.transitions}

    def add(self, path: Path, code: str, **params: object) -> None:
        self.report.add((*self.at, *path), code, **params)

    def codes(self) -> None:
        """Codes differ within each list; reserved ones are left alone."""
        for name in ("fields", "slots", "severities", "states", "transitions", "clocks", "money"):
            seen: set[str] = set()
            for index, item in enumerate(getattr(self.kind, name)):
                if item.code in seen:
                    self.add((name, index, "code"), "pack.code_twice", name=item.code)
                seen.add(item.code)
        for index, field in enumerate(self.kind.fields):
            if field.code in RESERVED_VALUES or field.code in OWN_COLUMNS - {"deadline"}:
                self.add(("fields", index, "code"), "workflow.field_reserved", name=field.code)
        for index, step in enumerate(self.kind.transitions):
            if step.code in (OPENING, EDITING):
                self.add(("transitions", index, "code"), "workflow.field_reserved", name=step.code)

    def personal(self) -> None:
        """Personal fields are texts, and the kind says why it has them and when they are deleted."""
        found = [index for index, field in enumerate(self.kind.fields) if field.personal]
        for index in found:
            field = self.kind.fields[index]
            if field.type not in PERSONAL_TYPES:
                expected = " / ".join(PERSONAL_TYPES)
                self.add(("fields", index, "personal"), "workflow.field_personal", name=field.code, expected=expected)
        if found and self.kind.personal is None:
            name = self.kind.fields[found[0]].code
            self.add(("fields", found[0], "personal"), "workflow.personal_unstated", name=name)

    def concerned(self) -> None:
        """The unit that a complaint is about is named when it is opened, and by nobody who works on it."""
        code = self.kind.concerns
        if code is None:
            return
        self._typed(("concerns",), code, "office")
        if not self.kind.complaint:
            self.add(("concerns",), "workflow.concerns_complaint", name=self.kind.code)
        for index, step in enumerate(self.kind.transitions):
            if code in step.editable_fields:
                self.add(("transitions", index), "workflow.concerns_changed", name=code)
        for index, state in enumerate(self.kind.states):
            if code in state.editable:
                self.add(("states", index, "editable"), "workflow.concerns_changed", name=code)

    def references(self) -> None:
        """Fields, slots, place kinds and steps that are named exist."""
        for at, code in enumerate(self.kind.place_kinds):
            if not self.known.has("place_kinds", code):
                self.add(("place_kinds", at), "pack.reference", name=code, section="place_kinds")
        for at, code in enumerate(self.kind.parts.kinds):
            if not self.known.has("matters", code):
                self.add(("parts", "kinds", at), "pack.reference", name=code, section="matters")
        slots = {slot.code for slot in self.kind.slots}
        for index, step in enumerate(self.kind.transitions):
            here: Path = ("transitions", index)
            self._fields((*here, "requires"), step.requires)
            self._overdue((*here, "requires_overdue"), step)
            self._fields((*here, "fields"), step.fields)
            self._steps((*here, "not_by"), step.not_by)
            self._steps((*here, "other_unit_than"), step.other_unit_than)
            for at, evidence in enumerate(step.evidence):
                if evidence.slot not in slots:
                    self.add((*here, "evidence", at, "slot"), "workflow.slot_unknown", name=evidence.slot)
        for index, state in enumerate(self.kind.states):
            self._fields(("states", index, "editable"), state.editable, also=("title", "detail"))
        if self.kind.owner_field:
            self._typed(("owner_field",), self.kind.owner_field, "account")

    def _overdue(self, path: Path, step: Transition) -> None:
        self._fields(path, step.requires_overdue)
        if step.requires_overdue and all(clock.waiting for clock in self.kind.clocks):
            self.add(path, "workflow.overdue_clock", name=step.code)

    def _fields(self, path: Path, codes: Iterable[str], also: Iterable[str] = ()) -> None:
        for at, code in enumerate(codes):
            if code not in self.fields and code not in also:
                self.add((*path, at), "workflow.field_unknown", name=code)

    def _steps(self, path: Path, codes: Iterable[str]) -> None:
        for at, code in enumerate(codes):
            if code != OPENING and code not in self.steps:
                self.add((*path, at), "workflow.transition_unknown", name=code)

    def _typed(self, path: Path, code: str, *types: str) -> None:
        field = self.fields.get(code)
        if field is None:
            self.add(path, "workflow.field_unknown", name=code)
        elif field.type not in types:
            self.add(path, "workflow.field_type", name=code, expected=" / ".join(types))

    def roles(self) -> None:
        """Every step has roles, and every role that is named exists."""
        self._roles(("opened_by",), self.kind.opened_by, owner=False)
        if self.kind.owner_role:
            self._roles(("owner_role",), [self.kind.owner_role], owner=False, listed=False)
            if self.kind.owner_roles and self.kind.owner_role not in self.kind.owner_roles:
                self.add(("owner_role",), "workflow.owner_role", name=self.kind.owner_role)
        self._roles(("owner_roles",), self.kind.owner_roles, owner=False)
        for index, state in enumerate(self.kind.states):
            self._roles(("states", index, "edited_by"), state.edited_by)
        for index, step in enumerate(self.kind.transitions):
            if not step.roles:
                self.add(("transitions", index), "workflow.role_missing", name=step.code)
            self._roles(("transitions", index, "roles"), step.roles)
            self._roles(("transitions", index, "notify"), step.notify)
        for index, clock in enumerate(self.kind.clocks):
            if clock.extension:
                here: Path = ("clocks", index, "extension")
                self._roles((*here, "asked_by"), clock.extension.asked_by)
                self._roles((*here, "decided_by"), clock.extension.decided_by, owner=False)
        for index, rung in enumerate(self.kind.ladder):
            self._roles(("ladder", index, "notify"), rung.notify, code="workflow.ladder_role")

    def _roles(
        self,
        path: Path,
        codes: Iterable[str],
        *,
        owner: bool = True,
        listed: bool = True,
        code: str = "workflow.role_unknown",
    ) -> None:
        for at, role in enumerate(codes):
            if not self.known.has("roles", role) and not (owner and role == OWNER):
                self.add((*path, at) if listed else path, code, name=role)

    def closings(self) -> None:
        """A step into a closed state says why; one that sends away says where to."""
        for index, step in enumerate(self.kind.transitions):
            closes = self.phases.get(step.to) == CLOSED
            if closes != (step.close_reason is not None):
                self.add(("transitions", index), "workflow.close_reason", name=step.code)
            if step.close_reason == "not_ours" and not step.where_else:
                self.add(("transitions", index), "workflow.where_else", name=step.code)
            if step.where_else:
                self._typed(("transitions", index, "where_else"), step.where_else, "text", "long_text")

    def times(self) -> None:
        """Clocks have days for each severity, and belong to steps that exist; so do lights and ladder."""
        severities = {severity.code for severity in self.kind.severities}
        for index, clock in enumerate(self.kind.clocks):
            here: Path = ("clocks", index)
            for severity in sorted(severities ^ set(clock.days)):
                where = ("days", severity) if severity in clock.days else ("days",)
                self.add((*here, *where), "workflow.clock_severity", clock=clock.code, severity=severity)
            for name in ("starts_on", "stops_on", "resumes_on"):
                self._steps((*here, name), getattr(clock, name))
            if clock.own_deadline_field:
                self._typed((*here, "own_deadline_field"), clock.own_deadline_field, "date")
        clocks = {clock.code for clock in self.kind.clocks}
        for index, rung in enumerate(self.kind.ladder):
            if not clocks or (rung.clock and rung.clock not in clocks):
                self.add(("ladder", index), "workflow.clock_unknown", name=rung.clock or "—")
            if rung.letter and not (self.kind.letter and rung.marks_supervised):
                self.add(("ladder", index, "letter"), "workflow.letter_unstated", name=rung.level)

    def ledger(self) -> None:
        """Every column of the ledger is one that matters have, or a field."""
        for index, column in enumerate(self.kind.ledger):
            sums = {money_column(known.code) for known in self.kind.money}
            if column.column not in OWN_COLUMNS | sums and column.column not in self.fields:
                known = listed(sorted(OWN_COLUMNS | sums | set(self.fields)))
                path: Path = ("ledger", index, "column")
                self.add(path, "workflow.column_unknown", name=column.column, known=known)

    def money(self) -> None:
        """Roles exist, and so do the types that another names; whoever is confirmed is ordered by somebody."""
        codes = {known.code for known in self.kind.money}
        for index, known in enumerate(self.kind.money):
            here: Path = ("money", index)
            self._roles((*here, "written_by"), known.written_by)
            self._roles((*here, "confirmed_by"), known.confirmed_by, owner=False)
            if known.confirmed_by and not known.written_by:
                self.add((*here, "confirmed_by"), "workflow.line_unordered", name=known.code)
            named: list[tuple[Path, str]] = [((*here, "not_by", at), code) for at, code in enumerate(known.not_by)]
            named += [((*here, "at_most"), known.at_most)] if known.at_most else []
            for path, code in named:
                if code not in codes - {known.code}:
                    self.add(
                        path, "workflow.line_unknown", name=code, known=listed(sorted(codes - {known.code})) or "—"
                    )

    def states_known(self) -> bool:
        """Every state that is named exists; only then the graph can be walked."""
        named: list[tuple[Path, str]] = [(("initial",), self.kind.initial)]
        for index, step in enumerate(self.kind.transitions):
            named += [(("transitions", index, "from", at), code) for at, code in enumerate(step.from_states)]
            named.append((("transitions", index, "to"), step.to))
        if self.kind.lights.yellow:
            yellow = self.kind.lights.yellow.while_in
            named += [(("lights", "yellow", "while_in", at), code) for at, code in enumerate(yellow)]
        unknown = [(path, code) for path, code in named if code not in self.phases]
        for path, code in unknown:
            self.add(path, "workflow.state_unknown", name=code)
        return not unknown

    def graph(self) -> None:
        """Every state can be reached, and from every open one a closed one can."""
        if self._closed(self.kind.initial):
            self.add(("initial",), "workflow.initial_closed", name=self.kind.initial)
        reached = reach([self.kind.initial], self.kind.transitions)
        for index, state in enumerate(self.kind.states):
            if state.code not in reached:
                self.add(("states", index), "workflow.state_unreachable", name=state.code)
            ends = any(self._closed(code) for code in reach([state.code], self.kind.transitions))
            if not ends:
                self.add(("states", index), "workflow.state_dead", name=state.code)

    def verification(self) -> None:
        """No way to a resolved end without a verifying step; none verifies what they, or their unit, submitted."""
        plain = [step for step in self.kind.transitions if not step.verifies]
        reopened = [step.to for step in plain if any(self._closed(code) for code in step.from_states)]
        unverified = reach([self.kind.initial, *reopened], plain)
        for index, step in enumerate(self.kind.transitions):
            if step.verifies:
                self._bars(index, step)
            elif step.close_reason == "resolved" and unverified & set(step.from_states):
                self.add(("transitions", index), "workflow.close_unverified", name=step.code)
            if self._closed(step.to):
                self._bars_from_closing(index, step)

    def _bars(self, index: int, step: Transition) -> None:
        for code in self._submitting(step):
            if code not in step.not_by:
                self.add(("transitions", index), "workflow.own_work", name=step.code, submitting=code)
            if code not in step.other_unit_than:
                self.add(("transitions", index), "workflow.same_unit", name=step.code, submitting=code)

    def _bars_from_closing(self, index: int, step: Transition) -> None:
        """Whoever had a hand in the work ends the matter for no reason, not even as a double or another's."""
        told = self._submitting(step) if step.verifies else []
        for code in self._working(step):
            if code not in step.not_by and code not in told:
                self.add(("transitions", index, "not_by"), "workflow.closes_own_work", name=step.code, working=code)

    def _working(self, closing: Transition) -> list[str]:
        """The steps of those who rectify that can come before a closing one, in one run from the opening.

        They are told by their roles: those that hand in for the verification that resolves a matter.
        """
        steps = [step for step in self.kind.transitions if not any(self._closed(code) for code in step.from_states)]
        handing_in = {code for last in steps if last.close_reason == "resolved" for code in self._submitting(last)}
        roles = {role for step in steps if step.code in handing_in for role in step.roles}
        return [
            step.code
            for step in steps
            if roles & set(step.roles)
            and not step.verifies
            and not self._closed(step.to)
            and reach([step.to], steps) & set(closing.from_states)
        ]

    def splits(self) -> None:
        """What a step splits can be put together again as doubles, is opened by nothing else, and is about no person.

        Personal values would stand in several places, each with a day of deletion of its own.
        """
        doubles = [step for step in self.kind.transitions if step.close_reason == "duplicate"][:1]
        for index, step in enumerate(self.kind.transitions):
            if step.close_reason != "split":
                continue
            here: Path = ("transitions", index)
            back = any(
                set(step.from_states) <= set(double.from_states) and set(step.roles) <= set(double.roles)
                for double in doubles
                if not (double.required_fields or double.evidence or double.note_required)
            )
            if not back or any(self.phases[code] != OPEN for code in step.from_states):
                self.add(here, "workflow.split_back", name=step.code)
            if any(step.to in other.from_states for other in self.kind.transitions):
                self.add((*here, "to"), "workflow.split_reopened", name=step.to)
            if self.kind.personal_codes:
                self.add(here, "workflow.split_personal", name=step.code)

    def _closed(self, state: str) -> bool:
        return self.phases[state] == CLOSED

    def _submitting(self, verifying: Transition) -> list[str]:
        """The steps that bring a matter to where it is verified."""
        states = set(verifying.from_states)
        found = [
            step.code
            for step in self.kind.transitions
            if step.to in states and not step.verifies and not set(step.from_states) <= states
        ]
        return [*found, OPENING] if self.kind.initial in states else found

    def evidence(self) -> None:
        """Where a matter can come back, a step says whether the photos of before serve again."""
        for index, step in enumerate(self.kind.transitions):
            comes_back = step.to not in step.from_states and set(step.from_states) & reach(
                [step.to], self.kind.transitions
            )
            for at, asked in enumerate(step.evidence):
                path: Path = ("transitions", index, "evidence", at)
                if asked.minimum and asked.fresh is None and comes_back:
                    self.add(path, "workflow.evidence_again", name=step.code, slot=asked.slot)
                if asked.fresh and not asked.minimum:
                    self.add(path, "workflow.evidence_idle", name=step.code, slot=asked.slot)
