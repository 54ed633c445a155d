"""Loading packs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.packs.checks import CheckedPack, check_folder
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_versions, known
from huoshui.packs.schema import version_key


class PackRefused(Refusal):
    """A pack that does not pass its check; ``checked.findings`` has file and line of each finding."""

    def __init__(self, checked: CheckedPack) -> None:
        super().__init__()
        self.checked = checked
        self.problems = [finding.problem for finding in checked.findings]
        self.extra = {"findings": [str(finding) for finding in checked.findings]}


def check_pack(folder: Path) -> CheckedPack:
    """Check a folder against the contract and the packs already loaded; writes nothing."""
    return check_folder(folder, known(), set(current_versions()))


@action("packs.load")
def load_pack(*, by: Any, folder: Path) -> PackVersion:
    """Load a pack's folder as a new version beside the others; it becomes current when it is the newest.

    Loading what is already there changes nothing. Raises PackRefused, access.denied, or pack.version_exists
    when this version number was published with other content.
    """
    require(by, "pack.load")
    return _load(by, check_pack(folder))


def _load(by: Any, checked: CheckedPack) -> PackVersion:
    if not checked.ok or checked.manifest is None:
        raise PackRefused(checked)
    manifest = checked.manifest
    digest = hashlib.sha256(canonical([manifest.model_dump(), checked.content]).encode()).hexdigest()
    known_version = PackVersion.objects.filter(pack=manifest.code, number=manifest.version).first()
    if known_version:
        if known_version.digest != digest:
            raise Refusal("pack.version_exists", pack=manifest.code, version=manifest.version)
        running_action().changed_nothing()
        return known_version
    before = PackVersion.objects.filter(pack=manifest.code, current=True).first()
    newest = before is None or version_key(manifest.version) > version_key(before.number)
    if before and newest:
        PackVersion.objects.filter(pk=before.pk).update(current=False)
    version = PackVersion.objects.create(
        pack=manifest.code,
        number=manifest.version,
        digest=digest,
        manifest_data=manifest.model_dump(),
        content=checked.content,
        current=newest,
    )
    journal.record(
        by=by,
        subject=version,
        before={"current": before.number if before else None},
        after={"current": manifest.version if newest else before and before.number, "digest": digest},
    )
    return version
