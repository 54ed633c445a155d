"""Packs: what is loaded, each section in words, checklists edited, workflows drawn."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.queries import workflow_graph
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import all_current, definition
from huoshui.visits.queries import burden_of
from huoshui.visits.schema import Checklist
from huoshui.web.office.forms import page
from huoshui.web.office.pack_editor.parts import section_names
from huoshui.web.office.round_pages.words import burden_words, ranking_words, rules_words
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def packs(request: SignedInRequest) -> HttpResponse:
    """Current packs, and how many versions stand beside each."""
    versions = list(PackVersion.objects.visible_to(request.user).order_by("pack", "-created_at"))
    rows = [
        {
            "version": version,
            "problem": version.first_problem(),
            "others": [v for v in versions if v.pack == version.pack and v.pk != version.pk],
        }
        for version in versions
        if version.current
    ]
    may_load = allows(request.user, "pack.load")
    drafts = PackDraft.objects.visible_to(request.user).order_by("-changed_at") if may_load else []
    return page(request, "office/packs/list.html", {"rows": rows, "may_load": may_load, "drafts": drafts})


@require_GET
@login_required
def pack(request: SignedInRequest, code: str) -> HttpResponse:
    """One pack: its place kinds, roles, checklists and matters, of the current version or ``?version=``."""
    version = _version(request, code)
    names = section_names()
    sections = {names.get(name, name): (name, list(version.section(name).values())) for name in version.content}
    versions = list(PackVersion.objects.visible_to(request.user).filter(pack=code).order_by("-created_at"))
    context = {
        "version": version,
        "sections": sections,
        "versions": versions,
        "current": next((other for other in versions if other.current), None),
        "may_load": allows(request.user, "pack.load"),
        "draft": PackDraft.objects.visible_to(request.user).filter(pack=code).exists(),
    }
    may_edit = version.current and allows(request.user, "checklist.edit", pack=code)
    return page(request, "office/packs/page.html", {**context, "may_edit_checklists": may_edit})


@require_GET
@login_required
def matter_kind(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """A kind of matter: its workflow drawn, and in words."""
    version = _version(request, code)
    found = _definition(version, "matters", kind)
    return page(
        request, "office/packs/matter_kind.html", {"version": version, "kind": found, "graph": workflow_graph(found)}
    )


@require_GET
@login_required
def checklist(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """A checklist: sections, items, methods, points, evidence, what a failing answer opens."""
    version = _version(request, code)
    found = _definition(version, "checklists", checklist)
    may_edit = version.current and bool(request.user.grants("checklist.edit"))
    return show_checklist(request, version, found, may_edit=may_edit)


def show_checklist(request: SignedInRequest, version: PackVersion, checklist: Checklist, **more: Any) -> HttpResponse:
    """The page of a checklist; ``more``: ``may_edit``, or the ``round`` under which it is read."""
    user = request.user
    kinds = all_current("place_kinds")
    context = {
        "version": version,
        "checklist": checklist,
        "rules_said": [*rules_words(checklist.rules, checklist.decimals), *ranking_words(checklist.ranking)],
        "burden_said": burden_words(burden_of(version.pack, checklist)),
        "kinds": listed(kinds[kind].name if kind in kinds else kind for kind in checklist.place_kinds),
        "office": user.unit.name if user.unit else "",
        "printed_on": clock.today(),
        **more,
    }
    return page(request, "office/packs/checklist.html", context)


def _version(request: SignedInRequest, code: str) -> PackVersion:
    number = request.GET.get("version")
    lookup: dict[str, Any] = {"number": number} if number else {"current": True}
    return PackVersion.objects.get_visible(request.user, pack=code, **lookup)


def _definition(version: PackVersion, section: str, code: str) -> Any:
    try:
        return definition(version, section, code)
    except KeyError:
        raise Refusal("access.not_found") from None
