"""The place that a request names by its code."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.choices import named
from huoshui.places.models import Place
from huoshui.web.requests import SignedInRequest


def named_place(request: SignedInRequest, code: str) -> Place:
    """A place that the token's account sees. Raises filter.not_found, the same whether it is hidden or absent."""
    found: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code)
    return found
