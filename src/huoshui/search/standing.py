"""What can be found of the apps below: places, people and packs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huoshui.duties.models import SYSTEM_USERNAME, Account
from huoshui.packs.models import PackVersion
from huoshui.packs.schema import Text
from huoshui.places.models import Place, prefixes
from huoshui.search.registry import Searchable, Told, Watch, anywhere, here_and_above

OPEN_RANK = 100
"""What stands goes before what is closed."""
PACK_VERSIONS = Watch("packs_packversion", ("current",))


def tell_places(sources: Collection[UUID]) -> Iterator[Told]:
    """Places by name, former names, initials and code: the higher levels first, closed ones last."""
    places = Place.objects.filter(pk__in=list(sources)).defer("outline").prefetch_related("formerly")
    for place in places:
        former = {name for row in place.formerly.all() for name in (row.name, row.short_name)}
        yield Told(
            place.pk,
            place.code,
            place.short_name,
            second=place.code,
            keys=(place.short_name, place.name, place.code, *sorted(former - {place.name, place.short_name})),
            rank=(0 if place.closed_on else OPEN_RANK) + 20 - min(20, len(prefixes(place.path))),
            path=place.path,
        )


def tell_people(sources: Collection[UUID]) -> Iterator[Told]:
    """Accounts by title, unit and username; those that are closed last."""
    people = Account.objects.get_queryset().filter(pk__in=list(sources)).exclude(username=SYSTEM_USERNAME)
    for account in people.select_related("unit__place"):
        unit = account.unit
        yield Told(
            account.pk,
            account.username,
            account.title,
            second=unit.name if unit else "",
            keys=(account.title, account.username),
            text=unit.name if unit else "",
            rank=OPEN_RANK if account.is_active else 0,
            path=unit.place.path if unit else "",
        )


def tell_packs(sources: Collection[UUID]) -> Iterator[Told]:
    """Current packs by name and code."""
    for version in PackVersion.objects.filter(pk__in=list(sources), current=True):
        name = version.name
        yield Told(version.pk, version.pack, name.zh, title_en=name.en, keys=(version.pack,), pack=version.pack)


def definitions(
    section: str, described: Callable[[Any], Iterable[Text]] = lambda definition: ()
) -> Callable[[Collection[UUID]], Iterator[Told]]:
    """What tells the definitions of a section in current packs: by name and code, and by other texts."""

    def tell(sources: Collection[UUID]) -> Iterator[Told]:
        for version in PackVersion.objects.filter(pk__in=list(sources), current=True):
            for code, one in version.typed(section).sound.items():
                texts = [text for text in described(one) if text]
                yield Told(
                    version.pk,
                    f"{version.pack}.{code}",
                    one.name.zh,
                    title_en=one.name.en,
                    second=version.name.zh,
                    keys=(one.name.zh, code, f"{version.pack}.{code}"),
                    text="\n".join(part for text in texts for part in (text.zh, text.en)),
                    pack=version.pack,
                )

    return tell


SEARCHABLES = (
    Searchable(
        "places",
        1,
        pgettext_lazy("several", "地点"),
        Place,
        tell_places,
        (
            Watch("places_place", ("code", "name", "short_name", "path", "closed_on")),
            Watch("places_placeformer", ("name", "short_name", "place_id"), key="{r}.place_id"),
        ),
        reaches=here_and_above("place.view"),
        dated=False,
    ),
    Searchable(
        "people",
        40,
        _("人员"),
        Account,
        tell_people,
        (
            Watch("duties_account", ("username", "title", "unit_id", "is_active")),
            Watch("duties_unit", ("name", "place_id"), "l.id", "duties_account l WHERE l.unit_id = {r}.id"),
            Watch(
                "places_place",
                ("path",),
                "l.id",
                "duties_account l JOIN duties_unit u ON u.id = l.unit_id WHERE u.place_id = {r}.id",
            ),
        ),
        reaches=anywhere,
        dated=False,
    ),
    Searchable("packs", 70, pgettext_lazy("several", "机制"), PackVersion, tell_packs, (PACK_VERSIONS,), dated=False),
)
