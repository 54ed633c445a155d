"""Proving the journal: the chain in the tables, then the tables against the checkpoints kept outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from huoshui.kernel.journal import checkpoints
from huoshui.kernel.journal.canonical import GENESIS, linked
from huoshui.kernel.journal.keys import installation_key
from huoshui.kernel.journal.stored import BATCH, sealed_rows
from huoshui.kernel.models import Entry, Seal

FindingKind = Literal[
    "changed", "missing", "gap", "cut_tail", "recomputed", "forged_checkpoint", "foreign_key", "no_checkpoint"
]
MOST_FINDINGS = 100
"""A chain that is broken in more places is reported with its first ones; the count says the rest."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong: which kind, at which place of the chain, the journal number if known, in which file."""

    kind: FindingKind
    position: int
    seq: int | None
    where: str = ""


@dataclass
class VerifyReport:
    """What was proved. ``unsealed`` entries are newer than the last run of the sealer: not proved yet."""

    entries: int = 0
    sealed: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    last_hash: str = GENESIS
    broken: int = 0
    """Breaks of the chain; the first hundred are findings."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def chain_broken(self, finding: Finding) -> None:
        """Count one break of the chain."""
        self.broken += 1
        if self.broken <= MOST_FINDINGS:
            self.findings.append(finding)


def verify(
    *, checkpoint_files: list[Path] | None = None, progress: Callable[[int], None] | None = None
) -> VerifyReport:
    """Recompute the chain and hold it against every kept checkpoint, and those in ``checkpoint_files``.

    ``progress`` is told after each batch how many entries it had. Raises FileNotFoundError for a file of
    ``checkpoint_files`` that is not there.
    """
    report = VerifyReport()
    # Checkpoints first: the sealer may go on meanwhile, and the tables then hold more, never less.
    kept = checkpoints.kept(checkpoint_files)
    hashes, absent = _walk_chain(report, {c.position for _, c in kept if c}, progress)
    _hold_against_checkpoints(report, kept, hashes, _last_position())
    report.entries = Entry.objects.count()
    # No two seals are of one entry; what was sealed meanwhile is not proved either.
    report.unsealed = report.entries - (report.sealed - absent)
    return report


def verify_heads() -> list[Finding]:
    """Hold the newest checkpoint of each own folder against the seal at its place: a few rows, nothing recomputed.

    Finds a journal that was cut, or exchanged for another; ``verify`` alone proves every entry.
    """
    kept = checkpoints.heads()  # first: the sealer may go on meanwhile
    wanted = [checkpoint.position for _, checkpoint in kept if checkpoint]
    hashes = dict(Seal.objects.filter(position__in=wanted).values_list("position", "hash"))
    last = _last_position()
    report = VerifyReport(sealed=last)
    _hold_against_checkpoints(report, kept, hashes, last)
    return report.findings


def _last_position() -> int:
    return Seal.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _walk_chain(
    report: VerifyReport, wanted: set[int], progress: Callable[[int], None] | None
) -> tuple[dict[int, str], int]:
    """Recompute the chain and report its breaks.

    Returns the hash at each wanted position, and how many seals are of an entry that is not there.
    Behind a break the walk goes on from the seal as stored, so that one changed entry is one finding.
    """
    hashes: dict[int, str] = {}
    previous, last, absent = GENESIS, 0, 0
    for position, seq, sealed, text in sealed_rows():
        if position != last + 1:
            report.chain_broken(Finding("gap", last + 1, None))
        elif text is None:
            report.chain_broken(Finding("missing", position, seq))
        elif not text or _hash(previous, text) != sealed:
            report.chain_broken(Finding("changed", position, seq))
        previous, last = sealed, position
        report.sealed += 1
        absent += text is None
        if position in wanted:
            hashes[position] = sealed
        if progress and report.sealed % BATCH == 0:
            progress(BATCH)
    if progress:
        progress(report.sealed % BATCH)
    report.last_hash = previous
    return hashes, absent


def _hash(previous: str, text: str) -> str | None:
    try:
        return linked(previous, text)
    except ValueError:  # half a surrogate pair: nothing that we write
        return None


def _hold_against_checkpoints(
    report: VerifyReport, kept: list[checkpoints.Kept], hashes: dict[int, str], last: int
) -> None:
    """Each kind of disagreement is reported once per file, at the first line that shows it; ``last``: the last seal."""
    report.checkpoints = len(kept)
    if report.sealed and not kept:
        report.findings.append(Finding("no_checkpoint", report.sealed, None))
    own_key = installation_key()
    told: set[tuple[str, str]] = set()
    for where, checkpoint in kept:
        for kind in _disagreements(checkpoint, last, hashes, own_key):
            file = where.rpartition(":")[0]
            if (kind, file) not in told:
                told.add((kind, file))
                at = last if kind == "cut_tail" else checkpoint.position if checkpoint else 0
                report.findings.append(Finding(kind, at, None, where))


def _disagreements(
    checkpoint: checkpoints.Checkpoint | None, last: int, hashes: dict[int, str], own_key: str | None
) -> list[FindingKind]:
    if checkpoint is None or not checkpoint.is_genuine():
        return ["forged_checkpoint"]
    found: list[FindingKind] = []
    if checkpoint.public_key != own_key:
        found.append("foreign_key")
    if checkpoint.position > last:
        found.append("cut_tail")
    elif hashes.get(checkpoint.position) != checkpoint.hash:
        found.append("recomputed")
    return found
