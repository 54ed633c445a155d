"""Pages of one definition of a draft: what it says, the forms of its parts, and its YAML."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from pydantic import ValidationError

from huoshui.kernel.errors import Refusal
from huoshui.matters.queries import workflow_graph
from huoshui.matters.schema import MatterKind
from huoshui.packs.drafting import change_draft, definition_in
from huoshui.packs.exports import yaml_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.pack_editor.cells import Cell, free_code, title_of
from huoshui.web.office.pack_editor.entries import NEW, entry_at, lists_of
from huoshui.web.office.pack_editor.opened import Opened
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def definition(request: SignedInRequest, pack: str, section: str, code: str) -> HttpResponse:
    """A definition: its lists, what the check says of it, and its workflow drawn as far as it can be."""
    opened = Opened.of(request, pack)
    sheet, found = opened.sheet(section), opened.definition(section, code)
    if sheet is None:
        return redirect("pack_draft_yaml", pack=pack, section=section, code=code)
    own = reverse("pack_draft_definition", args=[pack, section, code])
    context = {
        "opened": opened,
        "section": section,
        "code": code,
        "title": title_of(found),
        "one": sheet.one,
        "lists": lists_of(sheet, opened.offers(found)),
        "findings": [finding for finding in opened.findings if finding.url.startswith(own)],
        "kind": (kind := _kind(found) if section == "matters" else None),
        "graph": workflow_graph(kind) if kind else None,
    }
    return page(request, "office/pack_editor/definition.html", context)


def _kind(found: dict[str, Any]) -> MatterKind | None:
    """The kind of matter, for drawing its workflow; None while it is none, or its steps lead nowhere."""
    try:
        kind = MatterKind.model_validate(found)
    except ValidationError:
        return None
    states = {state.code for state in kind.states}
    ends = {code for step in kind.transitions for code in (*step.from_states, step.to)}
    return kind if kind.initial in states and ends <= states else None


@require_http_methods(["GET", "POST"])
@login_required
def new(request: SignedInRequest, pack: str, section: str) -> HttpResponse:
    """Begin a definition: by its form, or as YAML where it has none."""
    opened = Opened.of(request, pack)
    sheet = opened.sheet(section)
    if sheet is None:
        return _as_yaml(opened, section, "", request.POST.get("yaml", f"code: {NEW}\n"))
    return _head(opened, section, "", {}, sheet.head(opened.offers({})))


@require_http_methods(["GET", "POST"])
@login_required
def head(request: SignedInRequest, pack: str, section: str, code: str) -> HttpResponse:
    """The inputs of a definition as a whole."""
    opened = Opened.of(request, pack)
    sheet, found = opened.sheet(section), opened.definition(section, code)
    if sheet is None:
        raise Refusal("access.not_found")
    return _head(opened, section, code, found, sheet.head(opened.offers(found)))


def _head(opened: Opened, section: str, code: str, found: dict[str, Any], cells: list[Cell]) -> HttpResponse:
    sent, form = opened.request.POST, FormState()
    if opened.request.method == "POST":
        for cell in cells:
            cell.write(found, sent)
        if not code:
            found = {"code": free_code(title_of(found), opened.codes(section)), **found}
        if _kept(opened, form, section, code, found):
            messages.success(opened.request, _("已保存到草稿。"))
            return redirect("pack_draft_definition", pack=opened.draft.pack, section=section, code=found["code"])
    context = _form_context(opened, section, code, found, cells)
    context |= {"heading": _("整体") if code else _("新的%(one)s") % {"one": context["one"]}}
    return page(opened.request, "office/pack_editor/part.html", context, form)


@require_http_methods(["GET", "POST"])
@login_required
def entry(request: SignedInRequest, pack: str, section: str, code: str, address: str, at: str) -> HttpResponse:
    """One entry of a list: changed, moved, taken out; or a new one."""
    opened = Opened.of(request, pack)
    sheet, found = opened.sheet(section), opened.definition(section, code)
    if sheet is None:
        raise Refusal("access.not_found")
    open_entry = entry_at(sheet, opened.offers(found), address, at)
    form = FormState()
    if request.method == "POST":
        match request.POST.get("do"):
            case "remove":
                open_entry.remove()
            case "up":
                open_entry.move(-1)
            case "down":
                open_entry.move(1)
            case _:
                open_entry.write(request.POST)
        if _kept(opened, form, section, code, found):
            done = _("已从草稿里去掉。") if request.POST.get("do") == "remove" else _("已保存到草稿。")
            messages.success(request, done)
            return redirect(reverse("pack_draft_definition", args=[pack, section, code]) + f"#{address}")
        if request.POST.get("do"):  # what stands there is shown, not what the button would have made of it
            open_entry = entry_at(sheet, opened.offers(opened.definition(section, code)), address, at)
    context = _form_context(opened, section, code, open_entry.value, open_entry.cells())
    one = open_entry.part.one
    context |= {
        "findings": [finding for finding in opened.findings if at != NEW and finding.url == request.path],
        "heading": _("新的%(one)s") % {"one": one} if at == NEW else title_of(open_entry.value),
        "sub": one,
        "back": f"#{address}",
        "may_remove": at != NEW,
    }
    return page(request, "office/pack_editor/part.html", context, form)


def _form_context(opened: Opened, section: str, code: str, value: dict[str, Any], cells: list[Cell]) -> dict[str, Any]:
    sheet = opened.sheet(section)
    begun = {cell.path: cell.default for cell in cells if cell.default is not None} if not value else {}
    return {
        "opened": opened,
        "section": section,
        "code": code,
        "one": sheet.one if sheet else section,
        "title": title_of(opened.definition(section, code)) if code else "",
        "inputs": [
            (cell.beside(shown), shown) for cell in cells for shown in [cell.shown(value) or begun.get(cell.path) or ""]
        ],
    }


def _kept(opened: Opened, form: FormState, section: str, code: str, found: dict[str, Any] | None) -> bool:
    """Keep the definition in the draft; whether that was done, or the form has to say why not."""
    form.attempt(
        change_draft,
        by=opened.request.user,
        draft=opened.draft,
        seen_version=opened.seen,
        section=section,
        code=code,
        definition=found,
    )
    return not form.refused


@require_http_methods(["GET", "POST"])
@login_required
def yaml(request: SignedInRequest, pack: str, section: str, code: str) -> HttpResponse:
    """A definition as YAML: all that its section may say, in the words of the pack author's guide."""
    opened = Opened.of(request, pack)
    opened.sheet(section)
    stands = yaml_of(opened.definition(section, code))
    return _as_yaml(opened, section, code, request.POST.get("yaml", stands))


def _as_yaml(opened: Opened, section: str, code: str, typed: str) -> HttpResponse:
    form = FormState()
    if opened.request.method == "POST":
        found = form.attempt(definition_in, text=typed)
        if found is not None and _kept(opened, form, section, code, found):
            messages.success(opened.request, _("已保存到草稿。"))
            return redirect("pack_draft_yaml", pack=opened.draft.pack, section=section, code=str(found["code"]))
    own = reverse("pack_draft_definition", args=[opened.draft.pack, section, code]) if code else ""
    context = {
        "opened": opened,
        "section": section,
        "code": code,
        "title": title_of(opened.definition(section, code)) if code else "",
        "typed": typed,
        "has_form": opened.sheet(section) is not None,
        "findings": [finding for finding in opened.findings if own and finding.url.startswith(own)],
    }
    return page(opened.request, "office/pack_editor/yaml.html", context, form)


@require_http_methods(["POST"])
@login_required
def remove(request: SignedInRequest, pack: str, section: str, code: str) -> HttpResponse:
    """Take a definition out of the draft."""
    opened = Opened.of(request, pack)
    found, form = opened.definition(section, code), FormState()
    if _kept(opened, form, section, code, None):
        messages.success(request, _("已从草稿里去掉“%(name)s”") % {"name": title_of(found)})
    for problem in form.problems:
        messages.error(request, f"{problem.message()} {problem.what_next()}")
    return redirect("pack_draft", pack=pack)
