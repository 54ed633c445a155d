"""Proving the journal: the chain in the tables, then the tables against the checkpoints kept outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.db.models import Exists, OuterRef

from huoshui.kernel.journal import checkpoints
from huoshui.kernel.journal.canonical import GENESIS, HASHED_COLUMNS, chained
from huoshui.kernel.models import Entry, Seal

FindingKind = Literal[
    "changed", "missing", "gap", "cut_tail", "recomputed", "forged_checkpoint", "no_checkpoint"
]
BATCH = 5000


@dataclass(frozen=True)
class Finding:
    """One thing wrong: which kind, at which place of the chain, and the journal number if known."""

    kind: FindingKind
    position: int
    seq: int | None
    where: str = ""


@dataclass
class VerifyReport:
    """What was proved. ``unsealed`` entries are newer than the last run of the sealer."""

    entries: int = 0
    sealed: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    last_hash: str = GENESIS
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings


def verify(
    *, checkpoint_files: list[Path] | None = None, progress: Callable[[int], None] | None = None
) -> VerifyReport:
    """Recompute the chain and hold it against every kept checkpoint (or those in ``checkpoint_files``)."""
    report = VerifyReport(entries=Entry.objects.count())
    kept = checkpoints.kept(checkpoint_files)
    wanted = {c.position for _, c in kept if c}
    hashes = _walk_chain(report, wanted, progress)
    _hold_against_checkpoints(report, kept, hashes)
    report.unsealed = Entry.objects.filter(~Exists(Seal.objects.filter(entry_seq=OuterRef("seq")))).count()
    return report


def _walk_chain(
    report: VerifyReport, wanted: set[int], progress: Callable[[int], None] | None
) -> dict[int, str]:
    """Recompute the chain; report its first break; return the recomputed hash at each wanted position."""
    hashes: dict[int, str] = {}
    previous, position = GENESIS, 0
    while batch := list(Seal.objects.filter(position__gt=position).order_by("position")[:BATCH]):
        entries = {
            columns[0]: columns
            for columns in Entry.objects.filter(seq__in=[s.entry_seq for s in batch]).values_list(
                *HASHED_COLUMNS
            )
        }
        for seal in batch:
            finding = _check(seal, position, previous, entries.get(seal.entry_seq))
            if finding and not report.findings:
                report.findings.append(finding)
            columns = entries.get(seal.entry_seq)
            previous = chained(previous, columns) if columns and not finding else seal.hash
            position = seal.position
            if position in wanted:
                hashes[position] = previous
        report.sealed += len(batch)
        if progress:
            progress(len(batch))
    report.last_hash = previous
    return hashes


def _check(seal: Seal, position: int, previous: str, columns: tuple[object, ...] | None) -> Finding | None:
    if seal.position != position + 1:
        return Finding("gap", position + 1, None)
    if columns is None:
        return Finding("missing", seal.position, seal.entry_seq)
    if chained(previous, columns) != seal.hash:
        return Finding("changed", seal.position, seal.entry_seq)
    return None


def _hold_against_checkpoints(
    report: VerifyReport, kept: list[tuple[str, checkpoints.Checkpoint | None]], hashes: dict[int, str]
) -> None:
    report.checkpoints = len(kept)
    if report.sealed and not kept:
        report.findings.append(Finding("no_checkpoint", report.sealed, None))
    last = Seal.objects.order_by("-position").values_list("position", flat=True).first() or 0
    for where, checkpoint in kept:
        if checkpoint is None or not checkpoint.is_genuine():
            report.findings.append(
                Finding("forged_checkpoint", checkpoint.position if checkpoint else 0, None, where)
            )
        elif checkpoint.position > last:
            report.findings.append(Finding("cut_tail", last, None, where))
            return
        elif hashes.get(checkpoint.position) != checkpoint.hash:
            report.findings.append(Finding("recomputed", checkpoint.position, None, where))
            return
