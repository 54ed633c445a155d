"""Grants, scopes, and the refusals that name who can."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.access import (
    Grant,
    Scope,
    Scoped,
    ScopedQuerySet,
    allows,
    denied,
    grants_condition,
    path_condition,
    require,
    who_can,
)
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.places.models import Place
from huoshui.places.queries import search_places

CODES = st.text("0123456789", min_size=1, max_size=4)
PATHS = st.lists(CODES, min_size=1, max_size=4).map(lambda codes: "/" + "/".join(codes) + "/")


class Holder:
    """An actor with the given grants."""

    pk, label = new_id(), "x"

    def __init__(self, *grants: tuple[str, str, str | None]) -> None:
        self.held = [Grant(permission, path, pack, "role", new_id()) for permission, path, pack in grants]

    def grants(self, permission: str) -> list[Grant]:
        return [grant for grant in self.held if grant.permission == permission]


@given(PATHS, PATHS)
def test_a_range_of_paths_is_a_subtree(top: str, path: str) -> None:
    condition = dict(path_condition("path", top).children)  # type: ignore[arg-type]
    assert (condition["path__gte"] <= path < condition["path__lt"]) == path.startswith(top)


def test_the_range_holds_in_the_database(land: SimpleNamespace) -> None:
    under = Place.objects.filter(path_condition("path", land.town.path))
    assert {place.code for place in under} == {"410871203", "410871203201", "410871203202", "410871203203"}


@pytest.mark.parametrize(
    ("path", "pack", "allowed"),
    [("/41/01/", None, True), ("/41/01/02/", "review", True), ("/41/", None, False), ("/41/012/", None, False),
     ("/41/03/", "review", True), ("/41/03/", "hubs", False), ("/41/03/", None, True), (None, None, True)],
)  # fmt: skip
def test_a_grant_reaches_its_subtree_and_its_pack(path: str | None, pack: str | None, allowed: bool) -> None:
    actor = Holder(("round.view", "/41/01/", None), ("round.view", "/41/03/", "review"))
    assert allows(actor, "round.view", path=path, pack=pack) is allowed
    assert not allows(actor, "round.plan", path=path, pack=pack)


def test_no_grant_shows_no_row(land: SimpleNamespace) -> None:
    scope = Scope(permission="place.view", path="path")
    assert not Place.objects.filter(grants_condition([], scope)).exists()


def test_a_duty_for_one_pack_shows_what_belongs_to_no_pack(land: SimpleNamespace) -> None:
    condition = grants_condition(Holder(("place.view", land.town.path, "review")).held, Place.scope)
    assert Place.objects.filter(condition).count() == 4


def test_a_scope_without_a_place_is_shown_by_any_grant(land: SimpleNamespace) -> None:
    scope = Scope(permission="pack.view", path="")
    shown = Place.objects.filter(grants_condition(Holder(("pack.view", "/99/", None)).held, scope))
    assert shown.count() == Place.objects.count()


def test_hidden_and_absent_are_refused_alike(cast: SimpleNamespace) -> None:
    said = []
    for key in (cast.land.other_village.pk, new_id()):
        with pytest.raises(Refusal) as refused:
            Place.objects.get_visible(cast.secretary, pk=key)
        said.append((refused.value.status, str(refused.value)))
    assert said[0] == said[1]
    assert said[0][0] == 404
    assert Place.objects.get_visible(cast.secretary, pk=cast.land.village.pk) == cast.land.village


def test_search_reads_within_the_scope(cast: SimpleNamespace) -> None:
    assert {place.code for place in search_places(cast.secretary, "村")} == {"410871203201"}


def test_a_refusal_names_the_permission_and_the_roles_that_hold_it(cast: SimpleNamespace) -> None:
    path = cast.land.village.path
    with pytest.raises(Refusal) as refused:
        require(cast.secretary, "matter.open", path=path)
    problem = refused.value.problems[0]
    assert refused.value.status == 403
    assert "立项登记" in problem.message()
    assert "苏家作乡党建办" in problem.what_next()
    assert "阳庙镇" not in problem.what_next()
    require(cast.town_office, "matter.open", path=path)
    with override("en"):
        assert "Open matters" in denied("matter.open", path=path).problems[0].message()


def test_nobody_is_a_dash(land: SimpleNamespace) -> None:
    assert who_can("matter.open", land.village.path, None) == ""
    assert "—" in denied("matter.open", path=land.village.path).problems[0].what_next()


def test_every_scoped_queryset_can_be_read_by_scope() -> None:
    assert isinstance(Place.objects.all(), ScopedQuerySet)
    assert issubclass(Place, Scoped)
