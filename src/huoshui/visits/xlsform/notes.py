"""What of a form is not held, or held otherwise: named with sheet, row, column, what, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.kernel.workbooks import place_in
from huoshui.visits.xlsform.form import Cell, Form

LEFT_OUT = frozenset(
    {
        "xlsform.type",
        "xlsform.calculation",
        "xlsform.metadata",
        "xlsform.personal",
        "xlsform.cell",
        "xlsform.setting",
        "xlsform.sheet",
        "xlsform.language",
        "xlsform.row",
        "xlsform.beyond",
        "xlsform.external",
        "xlsform.relevant_lost",
        "xlsform.constraint_lost",
        "xlsform.note_alone",
        "xlsform.list_unused",
        "xlsform.sheet_other",
        "xlsform.encrypted",
    }
)
"""Notes of what is not in the checklist at all; the others tell of what is there in another form."""


@dataclass
class Notes:
    """Gathers what has to be known before the import is confirmed; ``refused``: what makes it impossible."""

    form: Form
    notes: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def at(self, rule: str, cell: Cell, /, **params: Any) -> None:
        """A note at a cell."""
        self.notes.append(Problem(rule, "file", cell.row, {"value": cell.text[:80], **params}, cell.where))

    def in_row(self, rule: str, row: int, *key: str, sheet: str = "survey", **params: Any) -> None:
        """A note at a row, at its cell under ``key`` if there is one."""
        self.notes.append(Problem(rule, "file", row, params, self.form.where(sheet, row, *key)))

    def in_sheet(self, rule: str, sheet: str, /, **params: Any) -> None:
        """A note about a sheet."""
        self.notes.append(Problem(rule, "file", params=params, column=place_in(sheet)))

    def refuse(self, rule: str, row: int | None, *key: str, **params: Any) -> None:
        """Something that would change its meaning, so that nothing is imported."""
        where = self.form.where("survey", row, *key) if row else ""
        self.refused.append(Problem(rule, "file", row, params, where))

    def in_order(self) -> list[Problem]:
        """The notes by sheet and row."""
        return sorted(self.notes, key=lambda note: (note.where.partition("”")[0], note.row or 0))
