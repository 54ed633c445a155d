"""Editing a checklist in the browser: a new patch version of its pack; rounds that began keep theirs."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.actions import publish_edited
from huoshui.packs.models import PackVersion
from huoshui.visits.schema import Checklist, Threshold


@action("visits.edit_checklist")
def edit_checklist(*, by: Any, pack: str, definition: dict[str, Any], seen_number: str) -> PackVersion:
    """Publish a new patch version of the pack with this checklist (as in YAML) in place of the one of its code.

    ``seen_number``: the version that the editor had open. An unchanged checklist publishes nothing. Raises
    access.denied, access.not_found (pack), pack.edited_meanwhile, PackRefused with what the pack's check finds, or
    checklist.meaning_changed for an item whose code stays while what it means (scoring, unit) changes.
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
    code = str(definition["code"])
    _refuse_changed_meaning(before.section("checklists").get(code), version.section("checklists")[code])
    journal.record(by=by, subject=version, after={"checklist": code, "edited_from": before.number})
    return version


def _refuse_changed_meaning(old: Checklist | None, new: Checklist) -> None:
    """Codes never change what they mean: an item with another scoring or unit needs another code."""
    was = old.items if old else {}
    problems = [
        Problem("checklist.meaning_changed", code, params={"item": item.name, "code": code})
        for code, item in new.items.items()
        if code in was and _meaning(was[code].scoring) != _meaning(item.scoring)
    ]
    if problems:
        raise Refusal.of(problems)


def _meaning(scoring: Any) -> tuple[str, ...]:
    if isinstance(scoring, Threshold):
        return (scoring.type, scoring.unit, str(scoring.decimals))
    return (scoring.type,)
