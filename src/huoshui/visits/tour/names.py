"""Places by what people write: a code, a short name, the official name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import bracketed, listed
from huoshui.places.models import Place
from huoshui.places.queries import names_apart
from huoshui.visits.models import Round


class Names:
    """The open places of a round and around it that ``actor`` may see; a name means the round's own place first."""

    def __init__(self, round: Round, actor: Actor) -> None:
        reviewed = set(round.places.values_list("place_id", flat=True))
        around = Place.objects.visible_to(actor).under(round.place.path)
        around = around.filter(Q(closed_on__isnull=True) | Q(pk__in=round.places.values("place"))).order_by("code")
        self.places = {place.code: place for place in around}
        self.own = {code: place for code, place in self.places.items() if place.pk in reviewed}
        self._own = _by_name(self.own.values())
        self._around = _by_name(self.places.values())

    def find(self, text: str) -> list[Place]:
        """Every place that the text can mean: none, one, or namesakes."""
        return self._own.get(text) or self._around.get(text) or []

    def problem(self, text: str, field: str) -> Problem | None:
        """Why the text does not name one place."""
        found = self.find(text)
        if not found:
            return Problem("tour.place_unknown", field, params={"name": text})
        if len(found) > 1:
            told = listed(place.short_name + bracketed(place.code) for place in found)
            return Problem("tour.place_twice", field, params={"name": text, "places": told})
        return None

    def get(self, text: str, field: str) -> Place:
        """The one place. Raises tour.place_unknown or tour.place_twice."""
        if problem := self.problem(text.strip(), field):
            raise Refusal.of([problem])
        return self.find(text.strip())[0]

    def in_round(self, text: str, field: str) -> Place:
        """The one place, of those that the round reviews. Raises what ``get`` raises, or tour.not_in_round."""
        place = self.get(text, field)
        if place.code not in self.own:
            raise Refusal("tour.not_in_round", field=field, place=place.short_name)
        return place

    def spoken(self, codes: Iterable[str]) -> str:
        """Short names as a list; namesakes with their town."""
        places = [self.places[code] for code in codes]
        apart = names_apart(places)
        return listed(apart[place.pk] for place in places)


def _by_name(places: Iterable[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        for word in {place.code, place.name, place.short_name}:
            found.setdefault(word, []).append(place)
    return found
