"""Template filters of the product: scaled numbers, declared fields as inputs, journal entries in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huoshui.duties.models import Unit
from huoshui.duties.queries import units_around
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import bracketed
from huoshui.matters.columns import LIGHT_NAMES
from huoshui.packs.schema import FieldDef
from huoshui.packs.units import unit_word
from huoshui.places.models import Place
from huoshui.web.accounts import passkeys_fit
from huoshui.web.icons import ICONS, OTHER
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.words import light_class
from huoshui.web.repeated_parts import ENGINE

register = template.Library()


@register.filter
def points(value: int | None, decimals: int = 2) -> str:
    """A score kept in thousandths, as a numeral; nothing for None."""
    return "" if value is None else shown(value, POINTS, decimals)


@register.filter
def coordinates(place: Any) -> str:
    """Latitude and longitude of a place in degrees (WGS-84)."""
    return f"{shown(place.latitude, 1_000_000)}, {shown(place.longitude, 1_000_000)}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon by its name (``web.icons``)."""
    return ICONS.get(name, OTHER)


@register.simple_tag
def person(account: Any, open_people: set[UUID]) -> SafeString | str:
    """The title of an account; it leads to the person's page where that is among those that open for the reader."""
    if account.pk not in open_people:
        return str(account.title)
    return format_html('<a href="{}">{}</a>', reverse("person", args=[account.username]), account.title)


@register.simple_tag(takes_context=True)
def ways_in(context: Any) -> dict[str, Any]:
    """What the sign-in page offers beside a password: ``sso``, the provider's name or "", and ``passkeys``."""
    return {
        "sso": settings.CONFIG.sso_name if settings.CONFIG.sso_issuer else "",
        "passkeys": passkeys_fit(context["request"]),
    }


@register.filter
def light_name(light_class: str) -> str:
    """The usual word beside a light, by its style."""
    return str(LIGHT_NAMES["yellow" if light_class == "amber" else light_class])


@register.simple_tag(takes_context=True)
def repeated(context: Any, template: str) -> SafeString:
    """A part of the page that repeats hundreds of times, with all that the page knows; Jinja escaped its values."""
    return SafeString(get_template(template, using=ENGINE).render(context.flatten()))


@register.filter
def at(rows: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has under a key; nothing for what it has not."""
    return rows.get(key)


@register.filter
def problem_of(form: FormState, field: str) -> Any:
    """The first problem of a field of a form, for showing beside it."""
    return form.problem_of(field)


register.filter("light_class", light_class)
register.filter("bracketed", bracketed)
register.filter("unit_word", unit_word)


@register.inclusion_tag("partials/_input.html", takes_context=True)
def field_input(
    context: Mapping[str, Any],
    field: FieldDef,
    form: FormState,
    accounts: Any = None,
    prefix: str = "",
    latest: Mapping[str, dt.date] | None = None,
) -> dict[str, Any]:
    """A declared field as an input, with its label, unit, hint, typed value and problem.

    ``prefix`` tells apart the inputs of several forms on a page; ``latest`` has the last day of some dates, by code.
    """
    return {
        "prefix": f"{prefix}-" if prefix else "",
        "field": field,
        "value": form.values.get(field.code, ""),
        "problem": form.problem_of(field.code),
        "accounts": accounts,
        "offices": _offices(context) if field.type == "office" else [],
        "latest": latest.get(field.code) if latest else None,
    }


def _offices(context: Mapping[str, Any]) -> list[Unit]:
    """The units of the county of what a form is about, each known by its place."""
    place = context.get("place") or getattr(context.get("matter"), "place", None)
    return units_around(place) if isinstance(place, Place) else []


@register.inclusion_tag("partials/_plain_input.html")
def plain_input(
    form: FormState, name: str, label: str, kind: str = "text", required: bool = True, hint: str = ""
) -> dict[str, Any]:
    """A plain input of a form that no pack declares."""
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "required": required,
        "hint": hint,
        "value": form.values.get(name, ""),
        "problem": form.problem_of(name),
    }
