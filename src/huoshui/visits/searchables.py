"""What can be found of visits: rounds and checklists. Sheets are not: before the seal few may know what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huoshui.packs.models import PackVersion
from huoshui.packs.schema import Text
from huoshui.search.registry import Searchable, Told, Watch, anywhere
from huoshui.search.standing import PACK_VERSIONS, definitions
from huoshui.visits.models import Round
from huoshui.visits.schema import Checklist


def tell_rounds(sources: Collection[UUID]) -> Iterator[Told]:
    """Rounds by name."""
    rounds = Round.objects.filter(pk__in=list(sources)).order_by("pk").select_related("place")
    for row in rounds.values_list("pk", "name", "opens_on", "place__path", "pack_version__pack"):
        pk, name, opens_on, path, pack = row
        yield Told(pk, str(pk), name, keys=(name,), day=opens_on, path=path, pack=pack)


def _items(checklist: Checklist) -> list[Text]:
    return [item.name for item in checklist.items.values()]


SEARCHABLES = (
    Searchable(
        "rounds",
        20,
        _("考核轮次"),
        Round,
        tell_rounds,
        (
            Watch("visits_round", ("name", "opens_on", "place_id")),
            Watch("places_place", ("path",), "l.id", "visits_round l WHERE l.place_id = {r}.id"),
        ),
        # A judge sees the round wherever it is.
        reaches=anywhere,
    ),
    Searchable(
        "checklists", 71, _("考核细则"), PackVersion, definitions("checklists", _items), (PACK_VERSIONS,), dated=False
    ),
)
