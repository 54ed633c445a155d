"""Putting a backup in the place of what is here, which is moved aside and never deleted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from huoshui.commands import databases
from huoshui.commands.archive import DATABASES, FOLDERS, Manifest, extract, proved_manifest
from huoshui.commands.lock import data_folder_lock, unfinished_restore
from huoshui.commands.output import named_failures, progress
from huoshui.commands.prepare import migrate, unknown_migrations
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import VerifyReport, checkpoints, seal_pending, verify
from huoshui.kernel.wording import listed
from huoshui.vault import erasures
from huoshui.vault.actions import erase_again, erase_due

STAGING = ".restore-"


@dataclass
class Restored:
    """What a restore did: the backup's manifest, where the former data are, and what the journal proves."""

    manifest: Manifest
    report: VerifyReport
    aside: list[str] = field(default_factory=list)
    lost_entries: int = 0
    """How many more entries the checkpoints of the second folder know of than the backup holds."""
    erased_again: int = 0
    """Records of which personal values were erased again."""


def restore_from(archive: Path, *, replace: bool, erased_files: Sequence[Path] = ()) -> Restored:
    """Prove a backup, put it in place, verify its journal, bring its tables up to date, and journal the restore.

    Before anything is served, personal values that fell due since, and those that any list of erasures knows of
    (the present one, the second folder's, ``erased_files``), are erased again.
    Raises the ops.archive_* refusals, ops.database_newer, ops.archive_engine, ops.occupied (unless ``replace``)
    and ops.data_in_use; then nothing was changed.
    """
    with data_folder_lock(), named_failures(settings.DATA_DIR):
        with progress(_("核对备份")) as advance:
            manifest = proved_manifest(archive, advance)
        _require_fitting(manifest)
        unfinished = unfinished_restore()
        interrupted = [unfinished] if unfinished.exists() and unfinished.stat().st_size else []
        erased = erasures.listed([*erased_files, *interrupted])  # before the present list is moved aside
        present = _present()
        if present and not replace:
            raise Refusal("ops.occupied", names=listed(present))
        for left in settings.DATA_DIR.glob(f"{STAGING}*"):  # nobody else restores: it was interrupted
            shutil.rmtree(left, ignore_errors=True)
        stamp = clock.now().astimezone(clock.LOCAL_ZONE).strftime("%Y%m%d-%H%M%S")
        staging = settings.DATA_DIR / f"{STAGING}{stamp}"
        _require_space(manifest)
        try:
            with progress(_("恢复")) as advance:
                extract(archive, manifest, staging, advance)
            aside = _swap(manifest, staging, settings.DATA_DIR / f"replaced-{stamp}", erased)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        erasures.complete(erased)  # the backup's own list, which is now in place, is older
        report, lost = _proved(stamp)
        migrate()
        record_restore(manifest=manifest, lost_entries=lost)
        again = _erase_again(manifest, erased)
        seal_pending()
        unfinished.unlink()
        return Restored(manifest, report, aside if present else [], lost, again)


def _require_fitting(manifest: Manifest) -> None:
    if manifest.engine != databases.engine():
        raise Refusal("ops.archive_engine", backup=manifest.engine, here=databases.engine())
    newer = unknown_migrations(MigrationLoader(None), set(manifest.migrations))
    if newer:
        raise Refusal("ops.database_newer", names=", ".join(newer[:3]))


def _require_space(manifest: Manifest) -> None:
    needed = sum(member.size for member in manifest.members.values())
    if shutil.disk_usage(settings.DATA_DIR).free < needed:
        raise Refusal("ops.disk_full", path=settings.DATA_DIR)


def _present() -> list[str]:
    """What of an installation is here already (a session key alone is none)."""
    found = [name for name in ("files", "checkpoints") if any((settings.DATA_DIR / name).glob("*"))]
    keys = [path.name for path in (settings.DATA_DIR / "keys").glob("*") if path.name != "session.secret"]
    return (["database"] if databases.is_occupied() else []) + found + keys


def _swap(manifest: Manifest, staging: Path, replaced: Path, erased: list[erasures.Erasure]) -> list[str]:
    """The database first, since only it can fail; then folder by folder, by renaming. Returns where to.

    From before until all is done ``unfinished_restore`` is there: whoever comes after a power cut is told.
    """
    interrupted_before = unfinished_restore().exists()
    erasures.list_in(unfinished_restore(), erased)
    try:
        moved = databases.put_in_place(staging / DATABASES[manifest.engine], replaced)
    except Refusal:  # all is as it was
        if not interrupted_before:
            unfinished_restore().unlink()
        raise
    for name in FOLDERS:
        present = settings.DATA_DIR / name
        if present.exists():
            replaced.mkdir(mode=0o700, exist_ok=True)
            present.rename(replaced / name)
        if (staging / name).exists():
            (staging / name).rename(present)
    in_schema = moved and databases.engine() == "postgresql"
    return ([moved] if in_schema else []) + ([str(replaced)] if replaced.exists() else [])


def _proved(stamp: str) -> tuple[VerifyReport, int]:
    """Verify the restored journal.

    The second checkpoint folder may know of entries that came after the backup: they are lost, which is no
    fault of the backup. Its files are then moved aside as the proof of it, and new ones begin.
    """
    report = verify()
    second: Path | None = settings.CONFIG.checkpoint_dir
    lost = 0
    if second is not None:
        later = [f for f in report.findings if f.kind == "cut_tail" and f.where.startswith(str(second))]
        report.findings = [finding for finding in report.findings if finding not in later]
        if later and report.ok:
            known = [c.position for where, c in checkpoints.kept() if c and where.startswith(str(second))]
            lost = max(known) - report.sealed
            for name in (checkpoints.FILE_NAME, checkpoints.HEAD_NAME):
                if (second / name).exists():
                    (second / name).rename(second / f"{name}.before-restore-{stamp}")
    return report, lost


def _erase_again(manifest: Manifest, erased: list[erasures.Erasure]) -> int:
    """Erase what was erased after the backup was begun, and what fell due since; returns how many records."""
    by = system_account()
    return erase_again(by=by, erased=erased, since=manifest.began_at) + erase_due(by=by)


@action("ops.restore")
def record_restore(*, manifest: Manifest, lost_entries: int) -> None:
    """Journal that the installation was restored, from which backup, and how many known entries were lost."""
    by = system_account()
    after = {
        "made_at": manifest.made_at,
        "sealed": manifest.sealed,
        "hash": manifest.last_hash,
        "lost_entries": lost_entries,
    }
    journal.record(by=by, subject=by, after=after)
