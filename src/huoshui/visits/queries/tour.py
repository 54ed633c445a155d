"""The planned tour of a round, for those who plan it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from huoshui.kernel.access import Actor, require
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.visits.models import Round, TourPlan
from huoshui.visits.tour.inputs import Inputs, inputs_of
from huoshui.visits.tour.routes import Route, plain_driving, told
from huoshui.visits.tour.terms import POINTS, Terms

REASONS = {
    "too_far": _("从出发地点去这一个村再到收工地点，就超过每天最多的时间"),
    "group_too_long": _("要求一起看的几个村，一天看不完"),
    "no_room": _("各组各天的时间都排满了"),
    "taken_out": _("手工取出，还没有放回"),
}
"""Why a place is in no route."""


@dataclass(frozen=True)
class TourShown:
    """A round's plan. ``state``: none, asked, stale (of other terms, points or distances than stand now) or done."""

    state: str
    tour: TourPlan | None = None
    inputs: Inputs | None = None
    routes: list[Route] = field(default_factory=list)
    left_out: list[tuple[Place, str]] = field(default_factory=list)
    """Places that no route has, each with the code of the reason."""
    plain: int = 0
    """Minutes of driving in the plain order of the codes (see ``plain_driving``)."""
    apart: list[list[Place]] = field(default_factory=list)
    """Groups that must be together and are not."""
    adopted: bool = False
    """Whether the round's places stand as this plan has them."""

    @property
    def driving(self) -> int:
        return sum(route.driving for route in self.routes)

    @property
    def saved(self) -> int:
        """Minutes of driving less than in the plain order; negative where it is more."""
        return self.plain - self.driving

    @property
    def over(self) -> list[Route]:
        """Days that are longer than the limit."""
        return [route for route in self.routes if route.over]

    @property
    def schematic(self) -> int:
        """How many of the places that the driving is reckoned from have only a schematic point."""
        if self.inputs is None or self.inputs.terms.source != POINTS:
            return 0
        return sum(place.is_schematic for place in self.inputs.places.values())

    @property
    def villages(self) -> int:
        return sum(len(route.stops) for route in self.routes)


def tour_of(round: Round, actor: Actor) -> TourShown:
    """The kept plan of the round's tour. Raises access.denied."""
    require(actor, "round.plan", path=round.place.path, pack=round.pack)
    tour = TourPlan.objects.visible_to(actor).filter(round=round).first()
    return shown(round, tour) if tour else TourShown("none")


def shown(round: Round, tour: TourPlan) -> TourShown:
    """A plan with its times, as the round and its distances stand now."""
    try:
        inputs = inputs_of(round, Terms(**tour.terms))
    except Refusal:
        return TourShown("stale", tour)
    if inputs.digest != tour.digest:
        return TourShown("stale", tour)
    if tour.done_at is None:
        return TourShown("asked", tour, inputs)
    routes = [told(inputs, route["day"], route["team"], route["stops"]) for route in tour.routes]
    return TourShown(
        state="done",
        tour=tour,
        inputs=inputs,
        routes=routes,
        left_out=[(inputs.places[code], why) for code, why in tour.left_out.items()],
        plain=plain_driving(inputs, tour.routes),
        apart=_apart(inputs, routes),
        adopted=_adopted(round, routes),
    )


def _apart(inputs: Inputs, routes: list[Route]) -> list[list[Place]]:
    where = {stop.place.code: (route.day, route.team) for route in routes for stop in route.stops}
    groups = [[code for code in group if code in inputs.places] for group in inputs.terms.together]
    return [[inputs.places[code] for code in group] for group in groups if len({where.get(code) for code in group}) > 1]


def _adopted(round: Round, routes: list[Route]) -> bool:
    planned = [(stop.place.code, route.on, route.team) for route in routes for stop in route.stops]
    rows = round.places.filter(team__isnull=False).order_by("position")
    return planned == list(rows.values_list("place__code", "visit_on", "team"))


def ready(round: Round, tour: TourPlan | None) -> tuple[TourPlan, TourShown]:
    """A plan that can be worked with. Raises tour.not_ready while there is none, or other things hold by now."""
    found = shown(round, tour) if tour else None
    if tour is None or found is None or found.state != "done":
        raise Refusal("tour.not_ready")
    return tour, found
