"""A small pack with a kind of matter, and drafts of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huoshui.packs import drafting
from huoshui.packs.drafting import next_of, start_draft
from huoshui.packs.models import PackDraft
from huoshui.packs.queries import current
from tests.packs.helpers import write_pack

MATTERS = """\
- code: gate
  name: {zh: 水闸问题, en: Gate problem}
  number_prefix: SZ
  place_kinds: [village]
  opened_by: [town_office]
  fields:
    - {code: depth, name: {zh: 淤积深度, en: Depth}, type: integer, unit: 厘米}
  severities:
    - {code: ordinary, name: {zh: 一般, en: Ordinary}}
  states:
    - {code: begun, name: {zh: 待清理, en: To clear}, phase: open}
    - {code: handed_in, name: {zh: 待核验, en: To verify}, phase: submitted}
    - {code: done, name: {zh: 已清理, en: Cleared}, phase: closed}
  initial: begun
  transitions:
    - {code: clear, name: {zh: 报告清理, en: Report}, from: [begun], to: handed_in, roles: [village_secretary]}
    - code: verify
      name: {zh: 核验, en: Verify}
      from: [handed_in]
      to: done
      roles: [verifier]
      verifies: true
      not_by: [clear]
      other_unit_than: [clear]
      close_reason: resolved
"""
MANIFEST = """\
code: gates
version: {version}
name: {{zh: 水闸检查, en: Gate checks}}
description: {{zh: 测试用。, en: For tests.}}
requires: [core, rectification]
"""


def gates(folder: Path, version: str = "1.0.0", matters: str = MATTERS) -> Path:
    """The pack's folder."""
    return write_pack(folder, manifest=MANIFEST.format(version=version), matters=matters)


def draft_of(by: Any, pack: str = "gates") -> PackDraft:
    """A draft of the next version of a pack."""
    manifest, content = next_of(current(pack))
    return start_draft(by=by, manifest=manifest, content=content)


def changed(draft: PackDraft, **changes: Any) -> dict[str, Any]:
    """The draft's kind of matter with some keys changed."""
    return {**draft.content["matters"][0], **changes}


def play_drafts(by: Any, pack: str) -> None:
    """Every action on drafts, once: a role is added and published, and the pack goes back."""
    before = current(pack).number
    manifest, content = drafting.next_of(current(pack))
    draft = drafting.start_draft(by=by, manifest=manifest, content=content, origin="来访 1.0.1")
    warden = {"code": "warden", "name": {"zh": "院长", "en": "Warden"}, "place_kinds": ["village"]}
    given = {"section": "roles", "code": "", "definition": warden}
    draft = drafting.change_draft(by=by, draft=draft, seen_version=draft.version, **given)
    manifest = {**draft.manifest_data, "version": "2.0.0"}
    draft = drafting.describe_draft(by=by, draft=draft, seen_version=draft.version, manifest=manifest)
    drafting.publish_draft(by=by, draft=draft, seen_version=draft.version)
    drafting.go_back(by=by, pack=pack, number=before, seen_number="2.0.0")
    draft = draft_of(by, pack)
    drafting.discard_draft(by=by, draft=draft, seen_version=draft.version)
