"""Who can do what where and why: of a person, of a place, or the reason why somebody may not."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.duties.models import Account
from huoshui.duties.overview import Source, labels_of, permission_choices, what_may, who_may, why
from huoshui.kernel.access import PERMISSIONS, require
from huoshui.kernel.choices import named, unknown
from huoshui.kernel.spreadsheets import XLSX
from huoshui.matters.models import Matter
from huoshui.matters.permits import refusal_of
from huoshui.matters.queries import steps_by_role
from huoshui.packs.queries import current_versions
from huoshui.places.models import Place
from huoshui.reports.access import sources_workbook
from huoshui.web.files import as_file
from huoshui.web.office.forms import page
from huoshui.web.office.lists import chosen
from huoshui.web.requests import SignedInRequest
from huoshui.web.words import actor_words


def language() -> str:
    """The language in which permissions are labelled."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


class Asked:
    """What the address asks: a person, a permission, a place, a pack, a matter; "" for what it leaves open."""

    def __init__(self, request: SignedInRequest) -> None:
        user, given = request.user, request.GET
        labels = dict(permission_choices(language()))
        self.permission = chosen(request, "permission", _("权限"), labels)
        self.pack = chosen(request, "pack", _("机制"), {code: str(v.manifest.name) for code, v in versions().items()})
        place, username, number = (given.get(name, "").strip() for name in ("place", "person", "matter"))
        self.place = named(Place.objects.visible_to(user), "place", _("地点"), code=place) if place else None
        self.matter = named(Matter.objects.visible_to(user), "matter", _("事项编号"), number=number) if number else None
        alone = self.permission and self.place and not username
        self.person: Account | None = None if alone else _person(user, username)

    @property
    def whole_place(self) -> bool:
        """Whether it is asked who may do something at a place."""
        return bool(self.person is None and self.permission and self.place)


def versions() -> Any:
    """The current packs."""
    return current_versions()


def _person(user: Account, username: str) -> Account:
    if username in ("", user.username):
        return user
    account: Account = named(Account.objects.visible_to(user), "person", _("人员"), username=username)
    return account


@require_GET
@login_required
def access_overview(request: SignedInRequest) -> HttpResponse:
    """The page; everybody sees their own, others' whoever may see duties there."""
    user, asked = request.user, Asked(request)
    context: dict[str, Any] = {
        "asked": asked,
        "own": asked.person is not None and asked.person.pk == user.pk,
        "permissions": permission_choices(language()),
        "packs": versions(),
        "sees_others": bool(user.grants("duty.view")),
        "address": request.GET.urlencode(),
    }
    if context["sees_others"]:
        context["people"] = Account.objects.visible_to(user).select_related("unit").order_by("title", "username")
    context["places"] = Place.objects.visible_to(user).order_by("path")
    return page(request, "office/people/access.html", context | _answer(user, asked))


def _answer(user: Account, asked: Asked) -> dict[str, Any]:
    if asked.whole_place:
        return {"holders": [_shown(row) for row in _holders(user, asked)], "label": _label(asked.permission)}
    if asked.person and asked.matter:
        matter = asked.matter
        steps = [
            (step, refusal_of(matter, step, asked.person)) for step in matter.definition.transitions_from(matter.state)
        ]
        return {"steps": [{"name": step.name, "refusal": refusal} for step, refusal in steps]}
    if asked.person and asked.permission and asked.place:
        verdict = why(asked.person, asked.permission, asked.place, asked.pack)
        return {
            "verdict": verdict,
            "verdict_sources": [_shown(row) for row in verdict.sources],
            "label": _label(asked.permission),
        }
    return {"sources": [_shown(row) for row in what_may(asked.person)] if asked.person else []}


def _label(permission: str) -> str:
    return PERMISSIONS[permission][language()]


def _holders(user: Account, asked: Asked) -> list[Source]:
    """Who may, as far as the reader may know it. Raises access.denied."""
    if asked.place is None:
        raise unknown("place", "", [])
    require(user, "duty.view", path=asked.place.path)
    return who_may(asked.permission, asked.place, asked.pack)


def _shown(row: Source) -> dict[str, Any]:
    return {
        "row": row,
        "permissions": labels_of(row.permissions, language()),
        "withheld": labels_of(row.withheld, language()),
        "granted_by": actor_words(row.granted_by) if row.granted_by else "",
        "steps": steps_by_role(row.duty.role, row.duty.pack),
    }


@require_GET
@login_required
def access_export(request: SignedInRequest) -> HttpResponse:
    """The same list as a workbook."""
    asked = Asked(request)
    rows = _holders(request.user, asked) if asked.whole_place else what_may(asked.person or request.user)
    return as_file(sources_workbook(rows, language()), XLSX, f"{_('权限一览')}.xlsx")
