"""What can be found of figures: the indicators, by name and code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huoshui.packs.models import PackVersion
from huoshui.search.registry import Searchable
from huoshui.search.standing import PACK_VERSIONS, definitions

SEARCHABLES = (
    Searchable(
        "indicators",
        30,
        _("指标"),
        PackVersion,
        definitions("indicators"),
        (PACK_VERSIONS,),
        permission="figure.view",
        dated=False,
    ),
)
