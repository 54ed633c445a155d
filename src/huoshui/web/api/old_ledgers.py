"""Older ledgers: what ended before the register came, brought in from a file."""

from __future__ import annotations

import hashlib
from typing import Any

from ninja import File, Form, Schema
from ninja.files import UploadedFile

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.matters.old_ledger import OldLedger, import_old_ledger
from huoshui.web.api.core import REFUSED_WRITE, ReadableRouter
from huoshui.web.api.writes import asked
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class OldLedgerOut(Schema):
    """What a file would register, or did: new rows, those whose number was taken over before, and what is wrong."""

    rows: int
    known: int
    written: bool
    problems: list[dict[str, Any]]


@router.post("/matters/older", response={200: OldLedgerOut, **REFUSED_WRITE})
def take_over_ledger(
    request: SignedInRequest, file: File[UploadedFile], kind: Form[str], dry_run: Form[bool] = True
) -> Any:
    """Take over matters that ended, from an older ledger (.xlsx or .csv): all rows or none; tried unless ``dry_run``
    is false. They stand as verified by the caller, who has to hold that duty at every place."""
    data = file.read()
    how: dict[str, Any] = {"by": request.user, "kind": kind, "data": data, "name": file.name or ""}
    if dry_run:
        return _out(import_old_ledger(**how, dry_run=True))

    def write() -> dict[str, Any]:
        report = import_old_ledger(**how)
        if report.problems:
            raise Refusal.of(report.problems)
        return _out(report)

    sent = {"kind": kind, "name": file.name, "sha256": hashlib.sha256(data).hexdigest()}
    return once(**asked(request, "matters.take_over", sent), write=write)


def _out(report: OldLedger) -> dict[str, Any]:
    problems = [problem.as_dict() for problem in report.problems]
    return {"rows": len(report.lines), "known": report.known, "written": report.written, "problems": problems}
