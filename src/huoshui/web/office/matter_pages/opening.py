"""Opening a matter by hand: where, of what kind, and the fields of that kind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters.actions import open_matter
from huoshui.matters.columns import COLUMN_NAMES, title_name
from huoshui.matters.models import Matter
from huoshui.matters.queries import kinds_openable_by, paths_to_open, people_at, who_opens
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef
from huoshui.places.models import Place
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.parts import opened_under
from huoshui.web.requests import SignedInRequest


def context(request: SignedInRequest, form: FormState) -> dict[str, Any]:
    """The place and kind that the address names, what else could be chosen, and the kind's fields.

    Raises matter.opener_needed for somebody who may open nothing anywhere.
    """
    user = request.user
    paths = paths_to_open(user)
    if not paths:
        raise Refusal("matter.opener_needed", kind=_("事项"), who=who_opens() or "—")
    place = _place(request, form)
    parent = Matter.objects.visible_to(user).filter(number=request.GET.get("parent", "")).first()
    kinds = kinds_openable_by(user, place) if place else {}
    if parent is not None:
        kinds = opened_under(parent, kinds)
    wanted = form.values.get("kind") or request.GET.get("kind", "")
    code = wanted if wanted in kinds else next(iter(kinds)) if len(kinds) == 1 else ""
    kind = kinds.get(code)  # several kinds and none chosen: the page asks which
    return {
        "place": place,
        "places": _places(user, paths) if place is None or not kinds else [],
        "who": who_opens(place) if place and not kinds else "",
        "kinds": kinds,
        "kind_code": code,
        "kind": kind,
        "title_label": _("%(name)s（一句话）") % {"name": title_name(kind)} if kind else "",
        "detail_hint": _detail_hint(kind) if kind else "",
        "fields": _fields(kind, parent) if kind else [],
        "accounts": people_at(place, code.partition(".")[0], kind) if place and kind else [],
        "parent": parent,
    }


def _detail_hint(kind: MatterKind) -> str:
    """What to write about it: a problem is found somewhere, any other matter is told."""
    if title_name(kind) == COLUMN_NAMES["title"]:
        return _("哪里、什么样子、怎么发现的。不写无关的个人信息。")
    return _("把这件事说清楚。不写无关的个人信息。")


def offered_title(context: dict[str, Any]) -> str:
    """The title of an accreditation: place and kind say it all, so nobody has to type it. "" of any other kind."""
    kind, place = context["kind"], context["place"]
    return f"{place.short_name}{kind.name}" if kind and place and kind.honour else ""


def _fields(kind: MatterKind, parent: Matter | None) -> list[FieldDef]:
    """What is asked at opening: what must be, who answers, whom a complaint is about, and of a part also the deadline
    that it is given."""
    asked = {kind.owner_field, kind.concerns} | (kind.own_deadline_fields() if parent else set())
    return [item for item in kind.fields if item.required or item.code in asked]


def _place(request: SignedInRequest, form: FormState) -> Place | None:
    code = form.values.get("place") or request.GET.get("place", "")
    return Place.objects.visible_to(request.user).filter(code=code).first() if code else None


def _places(user: Any, paths: list[str]) -> list[Place]:
    """Administrative places where the reader may open something; the kind says where it may stand."""
    sites = [code for code, kind in all_current("place_kinds").items() if kind.category == "site"]
    found = Place.objects.visible_to(user).exclude(kind__in=sites).select_related("parent").order_by("path")
    return [place for place in found if place.path.startswith(tuple(paths))]


def open_typed(*, request: SignedInRequest, context: dict[str, Any], form: FormState) -> Matter:
    """Open the matter that was typed; a place that is not seen is as one that is not there."""
    if context["place"] is None:
        raise Refusal("value.required", field="place", label=_("地点"))
    codes = [item.code for item in context["fields"]]
    return open_matter(
        by=request.user,
        kind=context["kind_code"],
        place=context["place"],
        title=form.values.get("title", ""),
        detail=form.values.get("detail", ""),
        severity=form.values.get("severity", ""),
        values={code: form.values[code] for code in codes if form.values.get(code)},
        parent=context["parent"],
    )


def general_problems(form: FormState, context: dict[str, Any]) -> list[Problem]:
    """The problems that belong to no input of the form."""
    shown = {"title", "detail", *(item.code for item in context["fields"])}
    return [problem for problem in form.problems if problem.field not in shown]
