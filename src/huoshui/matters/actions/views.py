"""Keeping views of the ledger. Only what is shared with others is journalled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.matters.models.views import DefaultView, SavedView

NAME_LENGTH, QUERY_LENGTH, MOST_VIEWS = 40, 2000, 30


@action("matters.save_view")
def save_view(*, by: Any, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a ledger under a name. What it filters never changes; another filter is another view.

    To share with one's unit needs view.share there. Raises access.denied, view.name_taken, view.no_unit,
    view.too_many, value.required or value.too_long.
    """
    name, query = name.strip(), _without_page(query)
    _check_texts(name, query)
    _check_name_free(by, name)
    if SavedView.objects.filter(account=by).count() >= MOST_VIEWS:
        raise Refusal("view.too_many", field="name", limit=MOST_VIEWS)
    unit = _unit_to_share(by) if shared else None
    view = SavedView.objects.create(account=by, unit=unit, name=name, query=query)
    _journal(by, view, {})
    return view


@action("matters.change_view")
def change_view(*, by: Any, view: SavedView, name: str, shared: bool) -> SavedView:
    """Give one's own view another name, share it with one's unit, or keep it to oneself again.

    Raises access.not_found for another's view, and what ``save_view`` raises.
    """
    _require_own(by, view)
    name = name.strip()
    _check_texts(name, view.query)
    _check_name_free(by, name, view)
    before = _shared(view)
    view.name, view.unit = name, _unit_to_share(by) if shared else None
    view.save_next_version("name", "unit")
    _journal(by, view, before)
    return view


@action("matters.delete_view")
def delete_view(*, by: Any, view: SavedView) -> None:
    """Delete one's own view. Raises access.not_found for another's."""
    _require_own(by, view)
    before, unit = _shared(view), view.unit
    if before:
        journal.record(by=by, subject=view, place=unit.place if unit else None, before=before, after={})
    else:
        running_action().changed_nothing()
    view.delete()


@transaction.atomic
def choose_default_view(*, by: Any, view: SavedView | None) -> None:
    """The ledger opens with this view from now on, or with none. How somebody arranges their own desk is no entry."""
    if view is None:
        DefaultView.objects.filter(account=by).delete()
        return
    SavedView.objects.get_visible(by, pk=view.pk)
    DefaultView.objects.update_or_create(account=by, defaults={"view": view})


def _without_page(query: str) -> str:
    asked = QueryDict(query, mutable=True)
    asked.pop("page", None)
    return asked.urlencode(safe=",")


def _require_own(by: Any, view: SavedView) -> None:
    if view.account_id != by.pk:
        raise Refusal("access.not_found")


def _check_texts(name: str, query: str) -> None:
    label = _("视图名称")
    if not name:
        raise Refusal("value.required", field="name", label=label)
    if len(name) > NAME_LENGTH:
        raise Refusal("value.too_long", field="name", label=label, length=len(name), limit=NAME_LENGTH)
    if len(query) > QUERY_LENGTH:
        raise Refusal("value.too_long", field="query", label=_("筛选"), length=len(query), limit=QUERY_LENGTH)


def _check_name_free(by: Any, name: str, view: SavedView | None = None) -> None:
    named = SavedView.objects.filter(account=by, name=name).first()
    if named is not None and named != view:
        raise Refusal("view.name_taken", field="name", name=name)


def _unit_to_share(by: Any) -> Any:
    if by.unit is None:
        raise Refusal("view.no_unit", field="shared")
    require(by, "view.share", path=by.unit.place.path)
    return by.unit


def _shared(view: SavedView) -> dict[str, str]:
    """What others see of a view, as the journal keeps it; empty for one that is nobody else's."""
    return {"name": view.name, "unit": str(view.unit)} if view.unit else {}


def _journal(by: Any, view: SavedView, before: dict[str, str]) -> None:
    after, unit = _shared(view), view.unit or by.unit
    if before == after:
        running_action().changed_nothing()
        return
    journal.record(by=by, subject=view, place=unit.place if unit else None, before=before, after=after)
