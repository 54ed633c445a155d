"""``huoshui backup`` and ``huoshui restore``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings
from django.db import OperationalError
from django.utils.translation import gettext as _

from huoshui import __version__
from huoshui.commands import databases
from huoshui.commands.archive import (
    DATABASES,
    SUFFIXES,
    Manifest,
    Source,
    proved_manifest,
    write_archive,
)
from huoshui.commands.journal import print_report
from huoshui.commands.lock import require_whole_restore
from huoshui.commands.output import named_failures, progress, say
from huoshui.commands.restoring import restore_from
from huoshui.commands.root import say_refusal
from huoshui.kernel import clock
from huoshui.kernel.disk import give_name, is_full
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import seal_pending
from huoshui.kernel.locks import file_lock
from huoshui.kernel.os_reasons import reason_of
from huoshui.media.buckets import shown_bucket
from huoshui.media.store import lost

WORKSHOP, LOCK = ".huoshui-backup-", "lock"
SMALL_FILES = {".json", ".jsonl", ".pem", ".key", ".secret"}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(help=_("把数据库、照片和文件、密钥和检查点备份为一个 .tar.gz 文件；服务不必停止。"))
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Write a backup, prove it, and only then give it its name."""
    manifest = write_backup(file)
    size = f"{file.stat().st_size / 1_000_000:.1f} MB"
    say(_("已备份并逐项核对：{path}（{size}，{files} 个文件，日志 {entries} 条，封存至第 {sealed} 条）").format(
        path=file, size=size, files=len(manifest.members), entries=manifest.entries, sealed=manifest.sealed
    ))  # fmt: skip
    if manifest.files:
        say(
            _("照片和文件在 {place}，不在此备份中；请在对象存储上开启版本保留，或另行复制。").format(
                place=manifest.files
            )
        )


@click.command(help=_("核对备份后恢复，再验证日志。须先停止服务。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help=_("已有数据时，把它移到一旁（不删除）后恢复。"))
@click.option(
    "--erased",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("另行保管的个人信息删除清单（erased-records.jsonl），可多次给出。"),
)
def restore(file: Path, replace: bool, erased: tuple[Path, ...]) -> None:
    """Restore, print what the journal proves, and exit with 1 when it does not hold."""
    restored = restore_from(file, replace=replace, erased_files=list(erased))
    say(_("已恢复 {made_at} 的备份（{version} 版）。").format(
        made_at=restored.manifest.made_at_shown, version=restored.manifest.version
    ))  # fmt: skip
    for place in restored.aside:
        say(_("原有数据已移到：{place}").format(place=place))
    if restored.lost_entries:
        say(_("另存的检查点表明：备份之后还有 {count} 条日志，不在此备份中。").format(count=restored.lost_entries))
    if restored.erased_again:
        say(_("备份之后应删或已删的个人信息，已重新删除：{count} 条记录。").format(count=restored.erased_again))
    _say_of_files(restored.manifest)
    print_report(restored.report)
    if not restored.report.ok:
        raise SystemExit(1)


def _say_of_files(manifest: Manifest) -> None:
    """Where the photos and documents are, and how many of them are not there."""
    there, here = manifest.files, shown_bucket()
    if there and there != here:
        say(_("此备份的照片和文件在 {place}；这里设的是 {here}。请核对 HUOSHUI_FILES_URL。").format(
            place=there, here=here or _("数据文件夹")
        ))  # fmt: skip
    try:
        missing = lost()
    except Refusal as refusal:  # the database is restored all the same
        say_refusal(refusal)
        return
    if missing:
        say(_("有 {count} 份照片或文件不在 {here} 里，请从别处补回。").format(
            count=missing, here=here or settings.DATA_DIR / "files"
        ))  # fmt: skip


def write_backup(target: Path) -> Manifest:
    """Write a consistent backup to ``target``; it appears under its name only when it is whole and proved.

    Raises ops.archive_name, ops.file_exists, ops.restore_unfinished, ops.disk_full, ops.cannot_write, or what the
    copying raises.
    """
    if not target.name.endswith(SUFFIXES):
        raise Refusal("ops.archive_name", path=target)
    if target.exists():
        raise Refusal("ops.file_exists", path=target)
    require_whole_restore()
    with named_failures(target), _workshop(target.parent) as scratch:
        made_at = clock.now()  # what is erased from here on is erased again when this is restored
        _seal()
        # Checkpoints before the database: what they speak of must be in the copy.
        sources = _bytes_of("checkpoints")
        copy, part = scratch / DATABASES[databases.engine()], scratch / "part.tar.gz"
        facts = databases.copy_database(copy)
        sources += [Source(copy.name, copy), *_files(), *_bytes_of("keys")]
        manifest = Manifest(
            version=__version__,
            engine=databases.engine(),
            made_at=made_at.isoformat(),
            entries=facts.entries,
            sealed=facts.sealed,
            last_hash=facts.last_hash,
            migrations=facts.migrations,
            files=shown_bucket(),
        )
        with progress(_("备份"), 2 * sum(source.size for source in sources)) as advance:
            write_archive(part, manifest, sources, advance)
            proved_manifest(part, advance)
        try:
            give_name(part, target)
        except FileExistsError:  # another backup was quicker
            raise Refusal("ops.file_exists", path=target) from None
    return manifest


def _seal() -> None:
    """Seal what is new. Where there is no room for it, or for its checkpoint, a backup is wanted all the more."""
    try:
        seal_pending()
    except OSError as error:
        say_refusal(Refusal("ops.checkpoints", folder=error.filename or settings.DATA_DIR, reason=reason_of(error)))
    except OperationalError as error:
        if not is_full(error):
            raise
        say_refusal(Refusal("ops.not_sealed", folder=settings.DATA_DIR))


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder beside the backup for what is not whole yet: hidden, for its owner alone, locked while it is used.

    What an interrupted backup left in the same place is deleted first, and named: it holds personal data, and room.
    """
    for left in sorted(folder.glob(f"{WORKSHOP}*")):
        if _is_left(left / LOCK):
            shutil.rmtree(left, ignore_errors=True)
            say(_("已删除上次中断的备份留下的 {path}。").format(path=left))
    with tempfile.TemporaryDirectory(prefix=WORKSHOP, dir=folder) as name:
        scratch = Path(name)
        with file_lock(scratch / LOCK, wait=False):
            yield scratch


def _is_left(lock: Path) -> bool:
    """Whether nobody holds the lock any more. A folder without one is about to get it, or not ours."""
    if not lock.is_file():
        return False
    with file_lock(lock, wait=False) as taken:
        return taken


def _bytes_of(folder: str) -> list[Source]:
    """Small files that others write to, read as they stand now; their unfinished parts have other endings."""
    paths = sorted(path for path in (settings.DATA_DIR / folder).glob("*") if path.suffix in SMALL_FILES)
    return [Source(f"{folder}/{path.name}", path.read_bytes()) for path in paths]


def _files() -> list[Source]:
    """Photos and documents: named by their content, never changed, so they may be read later than the database.

    Those in a bucket stay there: whoever keeps it keeps its versions.
    """
    if settings.CONFIG.files_url:
        return []
    root = settings.DATA_DIR / "files"
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return [Source(f"files/{path.relative_to(root).as_posix()}", path) for path in paths]
