"""Pages of drafts: begun as a copy, from a list or from a folder; looked at as a whole; published or given up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import bracketed
from huoshui.packs.contract import SECTIONS
from huoshui.packs.copying import copied
from huoshui.packs.drafting import (
    describe_draft,
    discard_draft,
    draft_from_files,
    files_in,
    files_of_draft,
    go_back,
    next_of,
    publish_draft,
    start_draft,
)
from huoshui.packs.exports import archive_of, files_of
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import current_versions
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.pack_editor.cells import Cell, free_code, title_of
from huoshui.web.office.pack_editor.from_list import pack_of_list
from huoshui.web.office.pack_editor.opened import Opened
from huoshui.web.office.pack_editor.parts import name_cell, section_names
from huoshui.web.requests import SignedInRequest

ZIP = "application/zip"


@require_http_methods(["GET", "POST"])
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    """Begin a mechanism: as a copy of one that is loaded, from an Excel list, or from a folder that was exported."""
    require(request.user, "pack.load")
    form = FormState.typed(request) if request.method == "POST" else FormState({"copy_of": request.GET.get("from", "")})
    if request.method == "POST":
        draft = form.attempt(_begin, request=request)
        if draft is not None:
            return redirect("pack_draft", pack=draft.pack)
    context = {"packs": _loaded_packs(), "way": form.values.get("way", "")}
    return page(request, "office/pack_editor/new.html", context, form)


def _loaded_packs(besides: str = "") -> list[tuple[str, str]]:
    """The packs that are loaded, by name; two of one name with their codes."""
    names = {code: str(version.name) for code, version in current_versions().items() if code != besides}
    twice = {name for name, count in Counter(names.values()).items() if count > 1}
    return [(code, f"{name}{bracketed(code)}" if name in twice else name) for code, name in names.items()]


def _begin(*, request: SignedInRequest) -> PackDraft:
    sent, upload = request.POST, request.FILES.get("file")
    way = sent.get("way", "copy")
    if way != "copy" and upload is None:
        raise Refusal("value.required", field="file", label=_("文件"))
    data, file = (upload.read(), upload.name or "") if upload else (b"", "")
    if way == "folder":
        manifest, content = draft_from_files(files_in(data, file))
        return start_draft(by=request.user, manifest=manifest, content=content, origin=file)
    zh, en = sent.get("name", "").strip(), sent.get("name_en", "").strip()
    if not zh:
        raise Refusal("value.required", field="name", label=_("名称"))
    name = {"zh": zh, "en": en or zh}
    taken = {*current_versions(), *PackDraft.objects.values_list("pack", flat=True)}
    code = sent.get("code", "").strip() or free_code(en or zh, taken)
    if code in current_versions():
        raise Refusal("pack.code_used", field="code", pack=code)
    if way == "list":
        manifest, content = pack_of_list(code=code, name=name, data=data, file=file)
        return start_draft(by=request.user, manifest=manifest, content=content, origin=file)
    version = PackVersion.objects.get_visible(request.user, pack=sent.get("copy_of", ""), current=True)
    manifest, content = copied(version, code=code, name=name)
    manifest.pop("source", None)
    manifest["description"] = {"zh": f"照“{version.name.zh}”做的。", "en": f"Made after “{version.name.en}”."}
    return start_draft(by=request.user, manifest=manifest, content=content, origin=f"{version.name} {version.number}")


@require_POST
@login_required
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Open a draft of the next version of a pack; the one that is open already, for that."""
    require(request.user, "pack.load")
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    if not PackDraft.objects.filter(pack=code).exists():
        manifest, content = next_of(version)
        start_draft(by=request.user, manifest=manifest, content=content, origin=f"{version.name} {version.number}")
    return redirect("pack_draft", pack=code)


@require_GET
@login_required
def draft(request: SignedInRequest, pack: str) -> HttpResponse:
    """A draft as a whole: its definitions by section, what keeps it from being published, and publishing it."""
    return _draft_page(Opened.of(request, pack), FormState())


def _draft_page(opened: Opened, form: FormState) -> HttpResponse:
    names = section_names()
    content = opened.draft.content
    wrong = {"/".join(finding.url.split("/")[:6]) + "/" for finding in opened.findings}
    order = [*names, *(name for name in SECTIONS if name not in names)]
    sections = [
        {
            "name": name,
            "label": names.get(name, name),
            "items": [(str(item.get("code")), title_of(item)) for item in content.get(name, [])],
        }
        for name in order
        if name in content or name in names
    ]
    context = {"opened": opened, "sections": sections, "wrong": wrong, "findings": opened.findings}
    return page(opened.request, "office/pack_editor/draft.html", context, form)


@require_http_methods(["GET", "POST"])
@login_required
def about(request: SignedInRequest, pack: str) -> HttpResponse:
    """What a draft says of itself: name, description, version, the packs it stands on."""
    opened, form = Opened.of(request, pack), FormState()
    cells = _about_cells(opened)
    manifest = dict(opened.draft.manifest_data)
    if request.method == "POST":
        for cell in cells:
            cell.write(manifest, request.POST)
        form.attempt(describe_draft, by=request.user, draft=opened.draft, seen_version=opened.seen, manifest=manifest)
        if not form.refused:
            return redirect("pack_draft", pack=pack)
    context = {
        "opened": opened,
        "heading": _("说明与依赖"),
        "inputs": [(cell, cell.shown(manifest)) for cell in cells],
    }
    return page(request, "office/pack_editor/part.html", context, form)


def _about_cells(opened: Opened) -> list[Cell]:
    packs = _loaded_packs(besides=opened.draft.pack)
    return [
        name_cell(),
        Cell("description", _("用途，一句话"), "long_label", optional=False),
        Cell("version", _("版本"), hint=_("主.次.修订，如 1.2.0；要比现行的新"), optional=False),
        Cell("requires", _("依赖哪些机制"), "many", packs, hint=_("用到它们的地点种类、角色、事项种类时要选")),
        Cell("source", _("依据"), "long_label", hint=_("标准、文件或做法的出处")),
    ]


@require_POST
@login_required
def publish(request: SignedInRequest, pack: str) -> HttpResponse:
    """Publish a draft."""
    opened, form = Opened.of(request, pack), FormState()
    version = form.attempt(publish_draft, by=request.user, draft=opened.draft, seen_version=opened.seen)
    if version is None:
        return _draft_page(opened, form)
    messages.success(request, _("已发布 %(number)s 版，新开始的用这一版。") % {"number": version.number})
    return redirect("pack", code=version.pack)


@require_POST
@login_required
def discard(request: SignedInRequest, pack: str) -> HttpResponse:
    """Give a draft up."""
    opened, form = Opened.of(request, pack), FormState()
    form.attempt(discard_draft, by=request.user, draft=opened.draft, seen_version=opened.seen)
    if form.refused:
        return _draft_page(opened, form)
    messages.success(request, _("草稿已放弃，已发布的版本不变。"))
    return redirect("packs")


@require_POST
@login_required
def back(request: SignedInRequest, code: str) -> HttpResponse:
    """Go back to a version that a pack had."""
    seen = PackVersion.objects.get_visible(request.user, pack=code, current=True).number
    form, number = FormState.typed(request), request.POST.get("number", "")
    given: dict[str, Any] = {"pack": code, "number": number, "seen_number": request.POST.get("seen", seen)}
    version = form.attempt(go_back, by=request.user, **given)
    if version is None:
        for problem in form.problems:
            messages.error(request, _told(problem))
        return redirect("pack", code=code)
    messages.success(request, _("现行的又是 %(number)s 版；正在办的仍用各自的版本。") % {"number": version.number})
    return redirect("pack", code=code)


def _told(problem: Problem) -> str:
    return f"{problem.message()} {problem.what_next()}"


@require_GET
@login_required
def export(request: SignedInRequest, code: str) -> HttpResponse:
    """A version as a zip of its folder, which another district takes in."""
    number = request.GET.get("version")
    lookup: dict[str, Any] = {"number": number} if number else {"current": True}
    version = PackVersion.objects.get_visible(request.user, pack=code, **lookup)
    files = files_of(version.manifest_source(), version.sources())
    return as_file(archive_of(files, version.pack), ZIP, f"{version.pack}-{version.number}.zip")


@require_GET
@login_required
def export_draft(request: SignedInRequest, pack: str) -> HttpResponse:
    """A draft as a zip of its folder."""
    opened = Opened.of(request, pack)
    name = f"{opened.draft.pack}-{opened.draft.number}.zip"
    return as_file(archive_of(files_of_draft(opened.draft), opened.draft.pack), ZIP, name)
