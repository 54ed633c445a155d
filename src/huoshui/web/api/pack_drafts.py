"""Packs written over the API: a draft is begun, changed, checked, published or given up; a pack goes back."""

from __future__ import annotations

from typing import Any

from ninja import Query, Schema

from huoshui.kernel.access import require
from huoshui.packs.drafting import (
    change_draft,
    check_draft,
    describe_draft,
    discard_draft,
    go_back,
    publish_draft,
    standing_on_draft,
    start_draft,
)
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.packs import PackRow, pack_row
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("packs")


class PackDraftRow(Schema):
    """A draft of a pack; ``seen_version`` is what a change of it has to name."""

    pack: str
    version: str
    base: str
    origin: str
    seen_version: int


class PackDraftPage(PageOut):
    """A page of drafts."""

    items: list[PackDraftRow]


class PackDraftOut(PackDraftRow):
    """A draft as in YAML, and what keeps it from being published."""

    manifest: dict[str, Any]
    content: dict[str, list[dict[str, Any]]]
    findings: list[str]


class PackDraftIn(Schema):
    """A pack as in YAML: its manifest, and its definitions by section."""

    manifest: dict[str, Any]
    content: dict[str, list[dict[str, Any]]]
    origin: str = ""


class PackManifestIn(Schema):
    """What a draft says of itself."""

    manifest: dict[str, Any]
    seen_version: int


class PackDefinitionIn(Schema):
    """A definition as in YAML; null takes it out."""

    definition: dict[str, Any] | None
    seen_version: int


class SeenDraftIn(Schema):
    """The draft as it was read."""

    seen_version: int


class BackIn(Schema):
    """The version to go back to, and the one that was current."""

    version: str
    seen_version: str


class DiscardedOut(Schema):
    """That it is done."""

    done: bool


@router.get("/pack-drafts", response={200: PackDraftPage, **REFUSED})
def list_drafts(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Drafts of packs."""
    rows = PackDraft.objects.visible_to(request.user).order_by("pack", "id")
    return page_of(rows, query, _row)


@router.post("/pack-drafts", response={200: PackDraftOut, **REFUSED_WRITE})
def post_draft(request: SignedInRequest, body: PackDraftIn) -> Any:
    """Begin a draft; of a pack that is loaded, it is to be its next version."""

    def write() -> dict[str, Any]:
        given: dict[str, Any] = {"manifest": body.manifest, "content": body.content, "origin": body.origin}
        return _out(start_draft(by=request.user, **given))

    return idempotent(request, "packs.start_draft", body, write)


@router.get("/pack-drafts/{pack}", response={200: PackDraftOut, **REFUSED})
def get_draft(request: SignedInRequest, pack: str) -> Any:
    """A draft, with what its check finds."""
    return _out(_draft(request, pack))


@router.put("/pack-drafts/{pack}/manifest", response={200: PackDraftOut, **REFUSED_WRITE})
def put_manifest(request: SignedInRequest, pack: str, body: PackManifestIn) -> Any:
    """Change name, description, version or requirements of a draft."""

    def write() -> dict[str, Any]:
        draft, seen = _draft(request, pack), body.seen_version
        return _out(describe_draft(by=request.user, draft=draft, seen_version=seen, manifest=body.manifest))

    return idempotent(request, "packs.describe_draft", body, write)


@router.put("/pack-drafts/{pack}/{section}/{code}", response={200: PackDraftOut, **REFUSED_WRITE})
def put_definition(request: SignedInRequest, pack: str, section: str, code: str, body: PackDefinitionIn) -> Any:
    """Put a definition into a draft, or take it out."""

    def write() -> dict[str, Any]:
        given: dict[str, Any] = {
            "section": section,
            "code": code,
            "definition": body.definition,
            "seen_version": body.seen_version,
        }
        return _out(change_draft(by=request.user, draft=_draft(request, pack), **given))

    return idempotent(request, "packs.change_draft", body, write)


@router.post("/pack-drafts/{pack}/publish", response={200: PackRow, **REFUSED_WRITE})
def post_publish(request: SignedInRequest, pack: str, body: SeenDraftIn) -> Any:
    """Publish a draft: what is new begins with it, what runs keeps its version."""

    def write() -> dict[str, Any]:
        draft = _draft(request, pack)
        return pack_row(publish_draft(by=request.user, draft=draft, seen_version=body.seen_version))

    return idempotent(request, "packs.publish_draft", body, write)


@router.post("/pack-drafts/{pack}/discard", response={200: DiscardedOut, **REFUSED_WRITE})
def post_discard(request: SignedInRequest, pack: str, body: SeenDraftIn) -> Any:
    """Give a draft up."""

    def write() -> dict[str, Any]:
        discard_draft(by=request.user, draft=_draft(request, pack), seen_version=body.seen_version)
        return {"done": True}

    return idempotent(request, "packs.discard_draft", body, write)


@router.post("/packs/{pack}/back", response={200: PackRow, **REFUSED_WRITE})
def post_back(request: SignedInRequest, pack: str, body: BackIn) -> Any:
    """Make an earlier version of a pack current again."""

    def write() -> dict[str, Any]:
        PackVersion.objects.get_visible(request.user, pack=pack, current=True)
        given = {"pack": pack, "number": body.version, "seen_number": body.seen_version}
        return pack_row(go_back(by=request.user, **given))

    return idempotent(request, "packs.go_back", body, write)


def _draft(request: SignedInRequest, pack: str) -> PackDraft:
    require(request.user, "pack.load")
    return PackDraft.objects.get_visible(request.user, pack=pack)


def _row(draft: PackDraft) -> dict[str, Any]:
    told = {"pack": draft.pack, "version": draft.number, "base": draft.base, "origin": draft.origin}
    return {**told, "seen_version": draft.version}


def _out(draft: PackDraft) -> dict[str, Any]:
    findings = [str(finding) for finding in check_draft(draft).findings]
    findings += [f"{problem.code}: {problem.message()}" for problem in standing_on_draft(draft)]
    return {**_row(draft), "manifest": draft.manifest_data, "content": draft.content, "findings": findings}
