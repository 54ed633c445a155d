"""The records behind a figure in words, each with the page that it opens as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.activities.models import Activity
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter, MoneyLine
from huoshui.matters.money.sums import yuan_text
from huoshui.places.models import Honour, Place
from huoshui.schedules.models import Occasion
from huoshui.services.models import Offer, Rating, Request
from huoshui.subsidies.models import Allocation, Claim
from huoshui.visits.models import Answer, Chosen, Result, Visit


def told_as_record(row: Any) -> dict[str, str]:
    """What a record is called, and the address of its page, which asks for itself who may open it."""
    name, url = TOLD[type(row)](row)
    return {"name": name, "url": url}


def _matter(row: Matter) -> tuple[str, str]:
    return f"{row.number} {row.place.short_name} {row.title}", reverse("matter", args=[row.number])


def _line(row: MoneyLine) -> tuple[str, str]:
    name = _("%(number)s %(type)s %(amount)s 元") % {
        "number": row.matter.number, "type": row.type_name, "amount": yuan_text(row.amount),
    }  # fmt: skip
    return name, reverse("matter_money", args=[row.matter.number])


def _place(row: Place) -> tuple[str, str]:
    return f"{row.short_name} {row.code}", reverse("place", args=[row.code])


def _visit(row: Visit) -> tuple[str, str]:
    return str(row), reverse("sheet", args=[row.pk])


def _answer(row: Answer | Chosen) -> tuple[str, str]:
    try:
        item = str(row.visit.checklist.items[row.item].name)
    except (KeyError, Refusal):  # the checklist cannot be read any more
        item = row.item
    return f"{row.visit} {item}", reverse("sheet", args=[row.visit_id])


def _result(row: Result) -> tuple[str, str]:
    return f"{row.round.name} {row.place.short_name}", reverse("round_place", args=[row.round_id, row.place.code])


def _honour(row: Honour) -> tuple[str, str]:
    told = _("%(level)s%(name)s") % {"level": row.get_level_display(), "name": row.name}
    return f"{row.holder or row.place.short_name} {row.year} {told}", reverse("place", args=[row.place.code])


def _allocation(row: Allocation) -> tuple[str, str]:
    return f"{row.document} {row.day} {_yuan(row.amount)}", reverse("pot", args=[row.pot_id])


def _claim(row: Claim) -> tuple[str, str]:
    name = f"{row.matter.number} {row.matter.title} {_yuan(row.approved or row.applied)}"
    return name, reverse("matter_money", args=[row.matter.number])


def _activity(row: Activity) -> tuple[str, str]:
    return f"{row.day} {row.place.short_name} {row.title}", reverse("activity", args=[row.pk])


def _occasion(row: Occasion) -> tuple[str, str]:
    return f"{row.place.short_name} {row.plan.name} {row.due_on}", reverse("occasion", args=[row.pk])


def _offer(row: Offer) -> tuple[str, str]:
    return str(row), reverse("service_offer", args=[row.pk])


def _request(row: Request) -> tuple[str, str]:
    return f"{row.matter_number} {row.place.short_name} {row.name}", reverse("service_request", args=[row.pk])


def _rating(row: Rating) -> tuple[str, str]:
    name = f"{row.request.place.short_name} {row.request.name} {row.level_name} {row.rated_on}"
    return name, reverse("service_request", args=[row.request_id])


def _yuan(fen: int) -> str:
    return _("%(amount)s 元") % {"amount": yuan_text(fen)}


TOLD: dict[type[Model], Callable[[Any], tuple[str, str]]] = {
    Matter: _matter,
    MoneyLine: _line,
    Place: _place,
    Visit: _visit,
    Answer: _answer,
    Chosen: _answer,
    Result: _result,
    Honour: _honour,
    Allocation: _allocation,
    Claim: _claim,
    Activity: _activity,
    Occasion: _occasion,
    Offer: _offer,
    Request: _request,
    Rating: _rating,
}
"""By the model of a fact view's records; ``tests/web/test_figures.py`` holds that none is missing."""
