"""What has to stand before the server answers: settings, tables, static files, the built-in packs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from ruamel.yaml import YAML

from huoshui import __version__
from huoshui.commands.journal import described
from huoshui.commands.output import say
from huoshui.commands.root import say_refusal
from huoshui.duties.queries import system_account
from huoshui.kernel import health
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import checkpoints, verify_heads
from huoshui.kernel.wording import clauses
from huoshui.media.buckets import require_bucket
from huoshui.packs.actions import load_pack
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import unreadable


def prepare() -> None:
    """Everything below, in order. Raises ops.checks, ops.database_newer, pack.contract_newer, or a pack's refusal."""
    check_settings()
    migrate()
    require_known_contract()
    collect_static()
    require_bucket()
    load_builtin_packs()
    tell_of_unreadable_packs()
    tell_of_journal()


def check_settings() -> None:
    """Run Django's checks. Raises ops.checks with the first error."""
    errors = [message for message in checks.run_checks() if message.is_serious()]
    if errors:
        raise Refusal("ops.checks", reason=str(errors[0].msg))


def migrate() -> None:
    """Bring the tables up to date. Raises ops.database_newer when a newer version was here."""
    executor = MigrationExecutor(connection)
    newer = unknown_migrations(executor.loader, executor.loader.applied_migrations)
    if newer:
        raise Refusal("ops.database_newer", names=", ".join(newer[:3]))
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(_("更新数据库结构：{count} 步").format(count=len(plan)))
        call_command("migrate", verbosity=0, interactive=False)


def unknown_migrations(loader: MigrationLoader, applied: Iterable[tuple[str, str]]) -> list[str]:
    """Migrations of our apps among the ``applied`` ones that this version lacks."""
    own = {app.label for app in apps.get_app_configs() if app.name.startswith("huoshui.")}
    known = loader.disk_migrations or {}
    return sorted(f"{app}.{name}" for app, name in applied if app in own and (app, name) not in known)


def require_known_contract() -> None:
    """Raise pack.contract_newer when a newer release stored a pack here."""
    newer = [problem for _version, problem in unreadable() if problem.code == "pack.contract_newer"]
    if newer:
        raise Refusal.of(newer)


def collect_static() -> None:
    """Copy and compress the static files into the data folder, unless they are there unchanged."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = _static_digest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def _static_digest() -> str:
    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_builtin_packs() -> None:
    """Load the built-in packs whose version is new, and say which.

    Goes on where a version has other content, and where a pack stands on another that cannot be read.
    """
    by = system_account()
    for code in builtin_packs():
        known = set(PackVersion.objects.filter(pack=code).values_list("number", flat=True))
        try:
            version = load_pack(by=by, folder=settings.BUILTIN_PACKS_DIR / code)
        except Refusal as refusal:
            if refusal.code == "pack.unreadable":
                continue  # told of below, with what to do
            if refusal.code != "pack.version_exists":
                raise
            say(str(refusal))
            continue
        if version.number not in known:
            say(_("装载机制 {pack} {number}").format(pack=code, number=version.number))


def tell_of_unreadable_packs() -> None:
    """Say which stored versions this release cannot read, and what to do; the others go on working."""
    problems = [problem for _version, problem in unreadable()]
    if problems:
        say_refusal(Refusal.of(problems))


def tell_of_journal() -> None:
    """Say when the journal is not the one of its newest checkpoints, or checkpoints cannot be kept; then go on."""
    findings = verify_heads()
    health.JOURNAL_AT_START.update(finding.kind for finding in findings)
    if findings:
        say_refusal(Refusal("ops.journal_broken", findings=clauses(described(finding) for finding in findings)))
    for folder, reason in checkpoints.unwritable():
        say_refusal(Refusal("ops.checkpoints", folder=folder, reason=reason))


def builtin_packs() -> list[str]:
    """Codes of the built-in packs, each behind those that it requires."""
    manifests = sorted(Path(settings.BUILTIN_PACKS_DIR).glob("*/pack.yaml"))
    requires = {path.parent.name: YAML(typ="safe").load(path).get("requires", []) for path in manifests}
    return list(TopologicalSorter(requires).static_order())
