"""Loading packs, and publishing a version that was edited in the browser."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.packs import contract
from huoshui.packs.checks import CheckedPack, Loaded, check_raw, plain
from huoshui.packs.contract import SECTIONS, Known
from huoshui.packs.exports import files_of
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_versions, known, published
from huoshui.packs.reader import read_files, read_folder
from huoshui.packs.schema import Manifest, RawContent, version_key


class PackRefused(Refusal):
    """A pack that does not pass its check; ``checked.findings`` has file and line of each finding."""

    def __init__(self, checked: CheckedPack) -> None:
        super().__init__()
        self.checked = checked
        self.problems = [finding.problem for finding in checked.findings]
        self.extra = {"findings": [str(finding) for finding in checked.findings]}


def check_pack(folder: Path) -> CheckedPack:
    """Check a folder against the contract and the packs already loaded; writes nothing."""
    return check_raw(read_folder(folder, set(SECTIONS)), loaded())


def loaded() -> Loaded:
    """What is loaded now, as a check needs it."""
    versions = current_versions()
    problems = {pack: version.first_problem() for pack, version in versions.items()}
    unreadable = {pack: problem for pack, problem in problems.items() if problem}
    return Loaded(
        known(),
        {pack: version.number for pack, version in versions.items()},
        {pack: version.manifest.requires for pack, version in versions.items() if pack not in unreadable},
        unreadable,
        published,
    )


def within_reach(version: PackVersion) -> Known:
    """What a version may refer to: the current definitions of its own pack and of those that it stands on."""
    have = loaded()
    return have.known.only({version.pack, *have.required_by(version.manifest)})


@action("packs.load")
def load_pack(*, by: Any, folder: Path) -> PackVersion:
    """Load a pack's folder as a new version beside the others; it becomes current when it is the newest.

    Loading what is already there changes nothing. Raises PackRefused, access.denied, or pack.version_exists
    when this version number was published with other content.
    """
    require(by, "pack.load")
    return load_checked(by, check_pack(folder))


@action("packs.publish_edited")
def publish_edited(
    *,
    by: Any,
    pack: str,
    section: str,
    definition: dict[str, Any],
    seen_version_number: str,
    permission: str = "pack.load",
) -> PackVersion:
    """Publish the current version with one definition replaced (by its code) or added, as the next patch.

    The caller names the ``permission`` that its kind of edit asks for, such as "checklist.edit". Rounds and
    matters that run keep their version. Raises access.denied, access.not_found (no such pack or section),
    pack.edited_meanwhile when another version became current since ``seen_version_number``, PackRefused, or
    pack.unreadable when this release cannot read the current version.
    """
    require(by, permission, pack=pack)
    current = PackVersion.objects.select_for_update().filter(pack=pack, current=True).first()
    if current is None or section not in SECTIONS:
        raise Refusal("access.not_found")
    if current.number != seen_version_number:
        raise Refusal("pack.edited_meanwhile", field="version", seen=seen_version_number, now=current.number)
    checked = check_edited(current, section, definition)
    if checked is None:
        running_action().changed_nothing()
        return current
    return load_checked(by, checked)


def check_edited(current: PackVersion, section: str, definition: dict[str, Any]) -> CheckedPack | None:
    """The next patch of a version with one definition replaced (by its code) or added; writes nothing.

    None when the version has this very definition already. Raises pack.unreadable or pack.contract_newer.
    """
    sources = current.sources()
    items = list(sources.get(section, []))
    item = plain(definition)
    position = next((n for n, old in enumerate(items) if old.get("code") == item.get("code")), len(items))
    if position < len(items) and items[position] == item:
        return None
    items[position : position + 1] = [item]
    manifest = {**current.manifest_source(), "version": _next_patch(current.pack, current.number)}
    files = files_of(manifest, {**sources, section: items})
    return check_raw(read_files(files, set(SECTIONS), Path(current.pack)), loaded())


def _next_patch(pack: str, number: str) -> str:
    """The next patch number that is free: an older load may have taken the first."""
    major, minor, patch = version_key(number)
    taken = set(PackVersion.objects.filter(pack=pack).values_list("number", flat=True))
    while f"{major}.{minor}.{patch}" in taken:
        patch += 1
    return f"{major}.{minor}.{patch}"


def digest_of(manifest: Manifest, content: Any) -> str:
    """SHA-256 over manifest and content, the same for the same pack on every machine."""
    return hashlib.sha256(canonical([manifest.model_dump(), content]).encode()).hexdigest()


def what_stands_on(before: PackVersion, after: RawContent) -> list[Problem]:
    """What is under way on definitions that the current version has and the content that is to follow it has not."""
    had, kept = codes_of(before.content), codes_of(after)
    dropped = {name: gone for name, codes in had.items() if (gone := codes - kept.get(name, frozenset()))}
    return [problem for find in contract.STANDS_ON for problem in find(before.pack, dropped)]


def require_nothing_stands_on(before: PackVersion, after: RawContent) -> None:
    """Raise what the apps say of what is under way on something that is dropped, such as pack.matters_open."""
    if problems := what_stands_on(before, after):
        raise Refusal.of(problems)


def codes_of(content: RawContent) -> dict[str, frozenset[str]]:
    """The codes of a pack's definitions, by section."""
    return {name: frozenset(str(item.get("code")) for item in items) for name, items in content.items()}


def load_checked(by: Any, checked: CheckedPack) -> PackVersion:
    """Within an action: write a sound pack as a version. Raises PackRefused, pack.version_exists, or what
    ``require_nothing_stands_on`` raises."""
    if not checked.ok or checked.manifest is None:
        raise PackRefused(checked)
    manifest = checked.manifest
    digest = digest_of(manifest, checked.content)
    known_version = PackVersion.objects.filter(pack=manifest.code, number=manifest.version).first()
    if known_version:
        if known_version.digest != digest:
            raise Refusal("pack.version_exists", pack=manifest.code, version=manifest.version)
        running_action().changed_nothing()
        return known_version
    before = PackVersion.objects.select_for_update().filter(pack=manifest.code, current=True).first()
    newest = before is None or version_key(manifest.version) > version_key(before.number)
    if before and newest:
        require_nothing_stands_on(before, checked.content)
        PackVersion.objects.filter(pk=before.pk).update(current=False)
    version = PackVersion.objects.create(
        pack=manifest.code,
        number=manifest.version,
        digest=digest,
        manifest_data=manifest.model_dump(),
        content=checked.content,
        contract=contract.CONTRACT,
        current=newest,
    )
    journal.record(
        by=by,
        subject=version,
        before={"current": before.number if before else None},
        after={"current": manifest.version if newest else before and before.number, "digest": digest},
    )
    return version
