"""What can be found of upper-level forms: by name, code, who asks and by which document."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huoshui.forms.models import Form
from huoshui.search.registry import Searchable, Told, Watch, here_and_above


def tell_forms(sources: Collection[UUID]) -> Iterator[Told]:
    """Forms in the register."""
    for form in Form.objects.filter(pk__in=list(sources)).order_by("pk").select_related("place"):
        yield Told(
            form.pk,
            form.code,
            form.name,
            second=form.asker,
            keys=(form.name, form.code),
            text=f"{form.asker}\n{form.right}",
            day=form.proposed_on,
            path=form.place.path,
        )


SEARCHABLES = (
    Searchable(
        "forms",
        55,
        _("报表"),
        Form,
        tell_forms,
        (
            Watch("forms_form", ("code", "name", "asker", "right", "place_id", "proposed_on")),
            Watch("places_place", ("path",), "l.id", "forms_form l WHERE l.place_id = {r}.id"),
        ),
        # Whoever is asked may read what is asked.
        reaches=here_and_above("form.view"),
    ),
)
