"""Many matters at once over the API: one thing done to all of them, and the ledger brought back from Excel."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from ninja import Field, File, Form, Schema
from ninja.files import UploadedFile

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.trials import NotAll, Outcome, done, tried
from huoshui.matters import bulk
from huoshui.matters.ledger_import import import_ledger
from huoshui.web.api.core import REFUSED_WRITE, ProblemOut, ReadableRouter
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class RowChangeOut(Schema):
    """A value before and after, in words."""

    label: str
    before: str
    after: str


class BulkIn(Schema):
    """What is to be done: a step with its code, a field with its code, a person, or an earlier deadline."""

    do: Literal["assign", "earlier", "edit", "step"]
    what: str = Field("", description="Code of the step or of the field.")
    values: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the step or the field; `owner` of assign, `deadline` of earlier."
    )
    note: str = ""
    matters: dict[str, int | None] = Field(description="Numbers, each with the version that was read.")
    dry_run: bool = True


class BulkRow(Schema):
    """What became, or would become, of one matter."""

    number: str
    changes: list[RowChangeOut]
    problems: list[ProblemOut]


class BulkOut(Schema):
    """Every row; ``written`` only where none was refused and it was no dry run."""

    written: bool
    rows: list[BulkRow]


class ImportRowOut(Schema):
    """A changed row of the file."""

    row: int
    number: str
    changes: list[RowChangeOut]


class LedgerImportOut(Schema):
    """What the import did, or would do; with problems nothing was written."""

    rows: int
    changed: int
    unchanged: int
    wrong: int
    dry_run: bool
    plan: str
    changes: list[ImportRowOut]
    problems: list[ProblemOut]


def _row_out(outcome: Outcome[bulk.MatterRow]) -> dict[str, Any]:
    problems = outcome.refusal.problems if outcome.refusal else []
    return {
        "number": outcome.row.number,
        "changes": [{"label": c.label, "before": c.before, "after": c.after} for c in outcome.changes],
        "problems": [problem.as_dict() for problem in problems],
    }


@router.post("/matters/bulk", response={200: BulkOut, **REFUSED_WRITE})
def bulk_action(request: SignedInRequest, body: BulkIn) -> Any:
    """Do one thing to many matters: all of them, or none when one is refused; ``dry_run`` tells what would become."""
    wish = bulk.Wish(body.do, body.what, body.values, body.note)
    rows = bulk.rows_for(request.user, body.matters, wish)

    def write() -> dict[str, Any]:
        return {"written": True, "rows": [_row_out(outcome) for outcome in done(rows).outcomes]}

    if body.dry_run:
        return {"written": False, "rows": [_row_out(outcome) for outcome in tried(rows).outcomes]}
    try:
        return idempotent(request, "matters.bulk", body, write)
    except NotAll as refused:
        refusal = Refusal.of([problem for o in refused.trial.refused if o.refusal for problem in o.refusal.problems])
        refusal.extra = {"rows": [_row_out(outcome) for outcome in refused.trial.outcomes]}
        raise refusal from None


@router.post("/matters/import", response={200: LedgerImportOut, **REFUSED_WRITE})
def import_matters(
    request: SignedInRequest, file: File[UploadedFile], dry_run: Form[bool] = True, plan: Form[str] = ""
) -> Any:
    """Bring an exported and edited ledger back: every changed cell, or nothing. ``plan`` is that of a dry run."""
    data, name = file.read(), file.name or ""
    if dry_run:
        return import_ledger(by=request.user, data=data, name=name, dry_run=True).as_dict()

    def write() -> dict[str, Any]:
        report = import_ledger(by=request.user, data=data, name=name, agreed=plan or None)
        if not report.ok:
            raise Refusal.of(report.problems)
        return report.as_dict()

    sent = {"sha256": hashlib.sha256(data).hexdigest(), "plan": plan}
    return once(**asked(request, "matters.import", sent), write=write)
