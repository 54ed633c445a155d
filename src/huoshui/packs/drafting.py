"""Packs written in the browser: a draft is begun, changed definition by definition, checked, published or given up;
and a pack goes back to a version that it had.

Nothing of a draft is in use before it is published. Changing it asks for ``pack.load``, as loading a folder does.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.office_files import Limits, unpacked
from huoshui.kernel.tables import require_size
from huoshui.packs.actions import PackRefused, load_checked, loaded, require_nothing_stands_on, what_stands_on
from huoshui.packs.checks import CheckedPack, check_raw, plain
from huoshui.packs.contract import SECTIONS
from huoshui.packs.exports import files_of
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.reader import MANIFEST, parsed, read_files
from huoshui.packs.schema import CODE_PATTERN, RawContent, version_key

LONGEST_CODE = 40
ARCHIVE = Limits(bytes=2 * 2**20, unpacked=8 * 2**20, parts=200)
"""How large the zip of a pack may be."""


def draft_from_files(files: Mapping[str, bytes]) -> tuple[dict[str, Any], RawContent]:
    """Manifest and content of a pack's folder, given by file name. Raises PackRefused for what is no YAML, no section
    or no list; whether it is sound is told of the draft."""
    raw = read_files(files, set(SECTIONS), Path())
    if raw.findings or raw.manifest is None:
        raise PackRefused(CheckedPack(raw.folder, findings=raw.findings))
    return plain(raw.manifest.data), {name: plain(source.data) for name, source in raw.sections.items()}


def files_in(data: bytes, name: str) -> dict[str, bytes]:
    """The files of a pack's folder in a zip, by their names. Raises pack.no_archive, or what is wrong with the zip."""
    require_size(data, name, ARCHIVE.bytes)
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Refusal("pack.no_archive", field="file", name=name)
    parts = unpacked(data, name, ARCHIVE, wanted=lambda part: part.endswith((".yaml", ".yml")))
    manifests = [part for part in parts if PurePosixPath(part).name == MANIFEST]
    if len(manifests) != 1:
        raise Refusal("pack.no_archive", field="file", name=name)
    folder = PurePosixPath(manifests[0]).parent
    inside = {PurePosixPath(part): content for part, content in parts.items() if part.endswith((".yaml", ".yml"))}
    return {path.name: content for path, content in inside.items() if path.parent == folder}


def definition_in(*, text: str) -> dict[str, Any]:
    """One definition, written as YAML. Raises pack.yaml or pack.no_definition."""
    found = plain(parsed(text))
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, str) or not CODE_PATTERN.match(code):
        raise Refusal("pack.no_definition", field="yaml")
    return dict(found)


def next_of(version: PackVersion) -> tuple[dict[str, Any], RawContent]:
    """Manifest and content of a version, under the next free number. Raises pack.unreadable or pack.contract_newer."""
    major, minor, _patch = version_key(version.number)
    taken = set(PackVersion.objects.filter(pack=version.pack).values_list("number", flat=True))
    while (number := f"{major}.{minor + 1}.0") in taken:
        minor += 1
    return {**version.manifest_source(), "version": number}, version.sources()


@action("packs.start_draft", reference=False)
def start_draft(*, by: Any, manifest: dict[str, Any], content: RawContent, origin: str = "") -> PackDraft:
    """Begin a draft of the pack that the manifest names; of one that is loaded, from its current version.

    Raises access.denied, pack.code (what is no code), pack.definition_code (a definition without one),
    pack.draft_exists, or pack.version_taken when that version is published already.
    """
    require(by, "pack.load")
    _require_codes(content)
    pack = str(manifest.get("code") or "")
    if not CODE_PATTERN.match(pack) or len(pack) > LONGEST_CODE:
        raise Refusal("pack.code", field="code", value=pack)
    if PackDraft.objects.filter(pack=pack).exists():
        raise Refusal("pack.draft_exists", field="code", pack=pack)
    number = str(manifest.get("version") or "")
    if PackVersion.objects.filter(pack=pack, number=number).exists():
        raise Refusal("pack.version_taken", field="version", pack=pack, version=number)
    current = PackVersion.objects.filter(pack=pack, current=True).first()
    given = {"base": current.number if current else "", "origin": origin[:64]}
    try:
        with transaction.atomic():
            draft = PackDraft.objects.create(pack=pack, **given, manifest_data=plain(manifest), content=plain(content))
    except IntegrityError:  # begun by two at the same time
        raise Refusal("pack.draft_exists", field="code", pack=pack) from None
    journal.record(by=by, subject=draft, after={"version": number, "origin": origin})
    return draft


@action("packs.change_draft", reference=False)
def change_draft(
    *,
    by: Any,
    draft: PackDraft,
    seen_version: int,
    section: str,
    code: str,
    definition: dict[str, Any] | None,
) -> PackDraft:
    """Put a definition in the place of the one with ``code`` (behind all, for none), or take that one out (None).

    It need not be sound, but has a code: the check tells, and publishing asks. Raises access.denied, access.not_found
    (no such section), pack.definition_code, record.stale, or pack.code_twice when another definition of the section has
    its code.
    """
    require(by, "pack.load")
    _require_codes({section: [definition]} if definition is not None else {})
    draft = _locked(draft)
    draft.require_version(seen_version)
    if section not in SECTIONS:
        raise Refusal("access.not_found")
    items = list(draft.content.get(section, []))
    at = next((n for n, item in enumerate(items) if item.get("code") == code), len(items))
    fresh = [] if definition is None else [plain(definition)]
    if items[at : at + 1] == fresh:
        running_action().changed_nothing()
        return draft
    others = items[:at] + items[at + 1 :]
    if any(item.get("code") == fresh[0].get("code") for item in others if fresh):
        raise Refusal("pack.code_twice", field="code", name=str(fresh[0].get("code")))
    items[at : at + 1] = fresh
    draft.content = {**draft.content, section: items}
    if not items:
        del draft.content[section]
    _save(draft, "content")
    told = {"code": f"{section}.{code or str(fresh[0].get('code'))}"}
    before, after = (told, {"code": None}) if definition is None else (None, told)
    journal.record(by=by, subject=draft, before=before, after=after)
    return draft


@action("packs.describe_draft", reference=False)
def describe_draft(*, by: Any, draft: PackDraft, seen_version: int, manifest: dict[str, Any]) -> PackDraft:
    """Change what the manifest says (name, description, version, requires, source); its code stays.

    Raises access.denied or record.stale.
    """
    require(by, "pack.load")
    draft = _locked(draft)
    draft.require_version(seen_version)
    fresh = plain({**manifest, "code": draft.pack})
    if fresh == draft.manifest_data:
        running_action().changed_nothing()
        return draft
    before = draft.number
    draft.manifest_data = fresh
    _save(draft, "manifest_data")
    journal.record(by=by, subject=draft, before={"version": before}, after={"version": draft.number})
    return draft


def check_draft(draft: PackDraft) -> CheckedPack:
    """What the contract and the packs that are loaded say of a draft; writes nothing."""
    return check_raw(read_files(files_of_draft(draft), set(SECTIONS), Path(draft.pack)), loaded())


def standing_on_draft(draft: PackDraft) -> list[Problem]:
    """What is under way on definitions that the draft drops, as publishing it would be refused by."""
    current = PackVersion.objects.filter(pack=draft.pack, current=True).first()
    return what_stands_on(current, draft.content) if current else []


def files_of_draft(draft: PackDraft) -> dict[str, bytes]:
    """The draft as the files of a folder."""
    return files_of(draft.manifest_data, draft.content)


@action("packs.publish_draft")
def publish_draft(*, by: Any, draft: PackDraft, seen_version: int) -> PackVersion:
    """Publish a draft as the next version of its pack, which is current from then on; the draft ends.

    Matters and rounds that run keep their version. Raises access.denied, record.stale, PackRefused,
    pack.edited_meanwhile when another version became current since the draft began, pack.not_newer, or what stands
    on a definition that it drops, such as pack.matters_open.
    """
    require(by, "pack.load")
    draft = _locked(draft)
    draft.require_version(seen_version)
    current = PackVersion.objects.select_for_update().filter(pack=draft.pack, current=True).first()
    now = current.number if current else ""
    if now != draft.base:
        raise Refusal("pack.edited_meanwhile", field="version", seen=draft.base or "—", now=now or "—")
    version = load_checked(by, check_draft(draft))
    if not version.current:
        raise Refusal("pack.not_newer", field="version", version=version.number, now=now)
    draft.delete()
    return version


@action("packs.discard_draft", reference=False)
def discard_draft(*, by: Any, draft: PackDraft, seen_version: int) -> None:
    """Give a draft up. Raises access.denied or record.stale."""
    require(by, "pack.load")
    draft = _locked(draft)
    draft.require_version(seen_version)
    journal.record(by=by, subject=draft, before={"version": draft.number, "origin": draft.origin})
    draft.delete()


@action("packs.go_back")
def go_back(*, by: Any, pack: str, number: str, seen_number: str) -> PackVersion:
    """Make a version that the pack had current again: what is new begins with it, what runs keeps its own.

    Raises access.denied, access.not_found, pack.edited_meanwhile when another than ``seen_number`` is current,
    pack.unreadable, what stands on a definition that the version has not (pack.matters_open), or PackRefused when the
    version, or a pack that stands on it, would no longer be sound.
    """
    require(by, "pack.load")
    versions = {row.number: row for row in PackVersion.objects.select_for_update().filter(pack=pack)}
    current = next((row for row in versions.values() if row.current), None)
    target = versions.get(number)
    if target is None or current is None:
        raise Refusal("access.not_found")
    if current.number != seen_number:
        raise Refusal("pack.edited_meanwhile", field="version", seen=seen_number, now=current.number)
    if target.pk == current.pk:
        running_action().changed_nothing()
        return target
    require_nothing_stands_on(current, target.sources())
    PackVersion.objects.filter(pk=current.pk).update(current=False)
    PackVersion.objects.filter(pk=target.pk).update(current=True)
    target.current = True
    _require_sound(pack)
    journal.record(by=by, subject=target, before={"current": current.number}, after={"current": number})
    return target


def _require_sound(pack: str) -> None:
    """Refuse where the current version of a pack, or one of those that stand on it, does not pass its check now."""
    have = loaded()
    for version in PackVersion.objects.filter(current=True).order_by("pack"):
        if version.pack != pack and pack not in have.required_by(version.manifest):
            continue
        files = files_of(version.manifest_source(), version.sources())
        checked = check_raw(read_files(files, set(SECTIONS), Path(version.pack)), have)
        if not checked.ok:
            raise PackRefused(checked)


def _require_codes(content: RawContent) -> None:
    """Raise pack.definition_code: without a code nothing in a draft could be found again."""
    for section, items in content.items():
        for number, item in enumerate(items, 1):
            code = item.get("code") if isinstance(item, dict) else None
            if not isinstance(code, str) or not CODE_PATTERN.match(code) or len(code) > LONGEST_CODE:
                raise Refusal("pack.definition_code", field="code", section=section, number=number)


def _locked(draft: PackDraft) -> PackDraft:
    """The draft as it is now; access.not_found when it was published or given up meanwhile."""
    found = PackDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise Refusal("access.not_found")
    return found


def _save(draft: PackDraft, field: str) -> None:
    draft.changed_at = clock.now()
    draft.save_next_version(field, "changed_at")
