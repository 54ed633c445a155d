"""What the console offers: the views with their columns, and the questions that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.console.models import SavedQuery
from huoshui.console.sql.scoped import columns_of
from huoshui.duties.models import Account
from huoshui.figures.facts import FACT_VIEWS


@dataclass(frozen=True)
class ViewColumn:
    """A column as it is offered."""

    name: str
    type: str
    about: str


@dataclass(frozen=True)
class View:
    """A fact view as it is offered."""

    name: str
    about: str
    columns: list[ViewColumn]


def views() -> list[View]:
    """All fact views, in words."""
    return [
        View(
            name,
            str(view.about),
            [
                ViewColumn(
                    column,
                    kind,
                    str(view.columns[column].about)
                    if column in view.columns
                    else _("地点的路径，如 /41/4108/410871/；与 places 的 place 相配"),
                )
                for column, kind in columns_of(view).items()
            ],
        )
        for name, view in FACT_VIEWS.items()
    ]


def saved_queries(account: Account) -> Any:
    """One's own questions, then those that others share, by name."""
    rows = SavedQuery.objects.standing().visible_to(account).select_related("account")
    return rows.order_by("name", "account__title")
