"""Permission tests that every scoped model gets for free, by being a scoped model."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.apps import apps

from huoshui.kernel.access import PERMISSIONS, Scoped, ScopedQuerySet

SCOPED = [model for model in apps.get_models() if issubclass(model, Scoped)]


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.label)
def test_scope_names_a_declared_permission_and_real_lookups(model: type[Scoped], db: None) -> None:
    assert model.scope.permission in PERMISSIONS
    for lookup in filter(None, (model.scope.path, model.scope.pack)):
        model._default_manager.filter(**{lookup: "x"}).exists()


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.label)
def test_no_duty_shows_nothing(model: type[Scoped], cast: SimpleNamespace) -> None:
    shown = model._default_manager.visible_to(cast.stranger)
    assert isinstance(shown, ScopedQuerySet)
    assert [row for row in shown if row.pk != cast.stranger.pk] == []
