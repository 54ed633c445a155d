"""Packs over the API: their versions, and a checklist read and edited as in YAML."""

from __future__ import annotations

from typing import Any

from ninja import Query, Schema

from huoshui.kernel.errors import Refusal
from huoshui.packs.models import PackVersion
from huoshui.visits.actions import edit_checklist
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("packs")


class PackRow(Schema):
    """A version of a pack."""

    pack: str
    version: str
    current: bool
    name: dict[str, str]
    digest: str


class PackPage(PageOut):
    """A page of pack versions."""

    items: list[PackRow]


class ChecklistOut(Schema):
    """A checklist as its pack's version states it."""

    pack: str
    version: str
    definition: dict[str, Any]


class ChecklistIn(Schema):
    """A checklist as in YAML, and the version of the pack that was read."""

    definition: dict[str, Any]
    seen_version: str


@router.get("/packs", response={200: PackPage, **REFUSED})
def list_packs(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Versions of packs."""
    rows = PackVersion.objects.visible_to(request.user).order_by("pack", "-created_at", "id")
    return page_of(rows, query, pack_row)


def pack_row(version: PackVersion) -> dict[str, Any]:
    """A version of a pack, as lists tell it."""
    return {
        "pack": version.pack,
        "version": version.number,
        "current": version.current,
        "name": version.name.model_dump(),
        "digest": version.digest,
    }


@router.get("/packs/{pack}/checklists/{checklist}", response={200: ChecklistOut, **REFUSED})
def get_checklist(request: SignedInRequest, pack: str, checklist: str) -> Any:
    """A checklist of a pack's current version."""
    return _checklist_out(PackVersion.objects.get_visible(request.user, pack=pack, current=True), checklist)


@router.put("/packs/{pack}/checklists/{checklist}", response={200: ChecklistOut, **REFUSED_WRITE})
def put_checklist(request: SignedInRequest, pack: str, checklist: str, body: ChecklistIn) -> Any:
    """Publish a new version of the pack with this checklist; rounds that began keep theirs."""
    PackVersion.objects.get_visible(request.user, pack=pack, current=True)
    if body.definition.get("code") != checklist:
        raise Refusal("request.invalid", field="definition.code", where="definition.code", reason=checklist)

    def write() -> dict[str, Any]:
        published = edit_checklist(
            by=request.user, pack=pack, definition=body.definition, seen_number=body.seen_version
        )
        return _checklist_out(published, checklist)

    return idempotent(request, "visits.edit_checklist", body, write)


def _checklist_out(version: PackVersion, code: str) -> dict[str, Any]:
    """Raises access.not_found where the version has no such checklist."""
    found = next((given for given in version.sources().get("checklists", []) if given.get("code") == code), None)
    if found is None:
        raise Refusal("access.not_found")
    return {"pack": version.pack, "version": version.number, "definition": found}
