"""Permission tests that every scoped model gets for free, by being a scoped model."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models

from huoshui.kernel.access import PERMISSIONS, Grant, Scoped, ScopedQuerySet
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.places.models import Place
from tests.access.factories import FACTORIES, OWN_ONLY, Ground

SCOPED = [model for model in apps.get_models() if issubclass(model, Scoped)]
IN_A_PLACE = [model for model in SCOPED if model.scope.path]
each = pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.label)
each_in_a_place = pytest.mark.parametrize("model", IN_A_PLACE, ids=lambda m: m._meta.label)


@dataclass
class Holder:
    """Somebody who holds every permission there is, under one place (None: nowhere)."""

    place: Place | None
    pk: UUID = field(default_factory=new_id)
    label: str = "holder"

    def grants(self, permission: str) -> list[Grant]:
        return [Grant(permission, self.place.path, None, "all", self.pk)] if self.place else []


@pytest.fixture
def row(request: pytest.FixtureRequest, cast: SimpleNamespace) -> models.Model:
    """One row of the model under test, in a village of the other town."""
    label = request.getfixturevalue("model")._meta.label
    if label not in FACTORIES:
        pytest.fail(f'{label} is scoped, but has no factory: add register("{label}") to tests/access/factories.py')
    return Ground(cast.land.other_village, cast.other_secretary).row(label)


def seen(model: type[Scoped], actor: Any) -> list[Any]:
    """Keys of the rows that an actor sees."""
    shown = model._default_manager.visible_to(actor)
    assert isinstance(shown, ScopedQuerySet)
    return [found.pk for found in shown]


@each
def test_scope_names_a_declared_permission_and_real_lookups(model: type[Scoped], db: None) -> None:
    assert model.scope.permission in PERMISSIONS
    for lookup in filter(None, (model.scope.path, model.scope.pack)):
        model._default_manager.filter(**{lookup: "x"}).exists()


@each
def test_no_duty_shows_nothing(model: type[Scoped], row: models.Model, cast: SimpleNamespace) -> None:
    assert set(seen(model, cast.stranger)) <= {cast.stranger.pk}
    assert seen(model, Holder(None)) == []


@each_in_a_place
def test_a_duty_in_one_town_never_shows_rows_of_another(
    model: type[Scoped], row: models.Model, cast: SimpleNamespace
) -> None:
    assert row.pk not in seen(model, Holder(cast.land.town))
    if model._meta.label not in OWN_ONLY:  # otherwise the line above would prove nothing
        assert row.pk in seen(model, Holder(cast.land.district))


@each
def test_what_is_hidden_and_what_is_absent_answer_alike(
    model: type[Scoped], row: models.Model, cast: SimpleNamespace
) -> None:
    absent = new_id() if isinstance(row.pk, UUID) else row.pk + 1_000_000
    answers = []
    for pk in (row.pk, absent):
        with pytest.raises(Refusal) as caught:
            model._default_manager.get_visible(Holder(None), pk=pk)
        answers.append((caught.value.code, caught.value.status, caught.value.as_dict()))
    assert answers[0] == answers[1]
    assert answers[0][0] == "access.not_found"


def test_every_factory_is_of_a_scoped_model() -> None:
    labels = {model._meta.label for model in SCOPED}
    assert {label for label in FACTORIES if label.partition(".")[0] in {"places", "packs", "duties"}} <= labels
