"""Editing a checklist in the browser: a new patch version of its pack; rounds that began keep theirs."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.packs.actions import PackRefused, check_edited, publish_edited
from huoshui.packs.models import PackVersion


@action("visits.edit_checklist")
def edit_checklist(*, by: Any, pack: str, definition: dict[str, Any], seen_number: str) -> PackVersion:
    """Publish a new patch version of the pack with this checklist (as in YAML) in place of the one of its code.

    ``seen_number``: the version that the editor had open. An unchanged checklist publishes nothing. Raises
    access.denied, access.not_found (pack), pack.edited_meanwhile, or PackRefused with what the pack's check finds.
    """
    require(by, "checklist.edit", pack=pack)
    before = PackVersion.objects.filter(pack=pack, number=seen_number).first()
    version = publish_edited(
        by=by,
        pack=pack,
        section="checklists",
        definition=definition,
        seen_version_number=seen_number,
        permission="checklist.edit",
    )
    if before is None or version.pk == before.pk:
        running_action().changed_nothing()
        return version
    journal.record(by=by, subject=version, after={"checklist": str(definition["code"]), "edited_from": before.number})
    return version


def check_checklist(*, by: Any, pack: str, definition: dict[str, Any], seen_number: str) -> str | None:
    """The number that ``edit_checklist`` would publish, or None when nothing is changed. Writes nothing.

    Raises what ``edit_checklist`` raises.
    """
    require(by, "checklist.edit", pack=pack)
    current = PackVersion.objects.filter(pack=pack, current=True).first()
    if current is None:
        raise Refusal("access.not_found")
    if current.number != seen_number:
        raise Refusal("pack.edited_meanwhile", field="version", seen=seen_number, now=current.number)
    checked = check_edited(current, "checklists", definition)
    if checked is None:
        return None
    if not checked.ok or checked.manifest is None:
        raise PackRefused(checked)
    return checked.manifest.version
