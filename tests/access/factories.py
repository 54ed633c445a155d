"""One row of every scoped model, for the inherited permission tests.

A new scoped model gets one line here: ``register("app.Model")``. Fields that are required are filled by their type:
a place is the given place, an account the given owner, another model is built at the same place. What the type
cannot tell (a state in which the row is visible at all, a check constraint) is given as a keyword; a callable is
called with the ground.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from huoshui.duties.models import Account, Unit
from huoshui.kernel import clock
from huoshui.kernel.ids import new_id
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.places.models import Place


@dataclass(frozen=True)
class Ground:
    """Where and for whom rows are built."""

    place: Place
    owner: Account

    def row(self, label: str) -> models.Model:
        """One row of a model, by its registered factory."""
        return FACTORIES[label](self)


FACTORIES: dict[str, Callable[[Ground], models.Model]] = {}
OWN_ONLY: set[str] = set()
"""Models whose rows show to their owner alone."""


def register(label: str, *, own_only: bool = False, **given: Any) -> None:
    """Declare how one row of a model is built."""
    FACTORIES[label] = lambda ground: built(label, ground, given)
    if own_only:
        OWN_ONLY.add(label)


def built(label: str, ground: Ground, given: dict[str, Any]) -> models.Model:
    """A saved row: the given fields, and whatever else is required filled by its type."""
    model = apps.get_model(label)
    values = {name: value(ground) if callable(value) else value for name, value in given.items()}
    for field in model._meta.concrete_fields:
        optional = field.has_default() or field.null or field.blank or isinstance(field, models.AutoField)
        if field.name not in values and not optional:
            values[field.name] = _filled(field, ground)
    return model._default_manager.create(**values)


def _filled(field: Any, ground: Ground) -> Any:
    if isinstance(field, models.ForeignKey):
        fixed = {Place: ground.place, Account: ground.owner, Unit: ground.owner.unit}
        if field.related_model is PackVersion:
            return current("review")
        return fixed.get(field.related_model) or _related(field.related_model, ground)
    if field.choices:
        return field.choices[0][0]
    by_type: list[tuple[type[models.Field[Any, Any]], Any]] = [
        (models.DateTimeField, clock.now()),
        (models.DateField, clock.today()),
        (models.BooleanField, False),
        (models.IntegerField, 1),
        (models.JSONField, []),
        (models.UUIDField, new_id()),
        (models.TextField, "x"),
        (models.CharField, "x"),
    ]
    return next(value for kind, value in by_type if isinstance(field, kind))


def _related(model: type[models.Model], ground: Ground) -> models.Model:
    label = model._meta.label
    return ground.row(label) if label in FACTORIES else built(label, ground, {})


# A round's rows show once it is sealed, a sheet once it was sent.
register("packs.PackVersion", pack="tiny", number="1.0.0", manifest_data={}, content={})
register("packs.PackDraft", pack="tiny", manifest_data={}, content={})
register("places.Place", code="g1", parent=lambda g: g.place, path=lambda g: f"{g.place.path}g1/")
register("places.Honour", year=2017)
register("places.PlaceImport", path=lambda g: g.place.path)
register("places.PlaceChange", path=lambda g: g.place.path)
register("duties.Unit", name="测试单位")
register("duties.Account", username="x", unit=lambda g: g.owner.unit)
register("duties.Duty", role="grid_worker", since=dt.date(2018, 1, 1))
register("duties.ApiToken")
register("duties.Delegation", delegate=lambda g: g.row("duties.Account"))
register("duties.SignInLink")
register("schedules.Plan", rule="FREQ=MONTHLY;BYMONTHDAY=-1", pack="review")
register("schedules.Occasion")
register("media.Attachment", subject_kind="visits.visit", subject_id=lambda g: g.row("visits.Visit").pk)
register("notices.Notice", own_only=True)
register("notices.Channel", place=lambda g: g.place)
register("webhooks.Webhook", url="https://example.cn/")
register("webhooks.Telling", event="webhook.test")
register("visits.Round", state="sealed", drop_highest=0, drop_lowest=0, quorum=0)
register("visits.RoundPlace")
register("visits.Judge")
register("visits.Visit", state="submitted", round=lambda g: g.row("visits.Round"))
register("visits.Answer")
register("visits.Chosen")
register("visits.Adjustment")
register("visits.Result")
register("visits.ResultItem")
register("visits.Signature")
register("visits.Correction")
register("visits.FairnessAnalysis")
register("visits.TourDistances")
register("visits.TourPlan")
MATTER: dict[str, Any] = {"phase": "open", "pack": "rectification", "kind": "rectification.item", "state": "x"}
register("matters.Matter", **MATTER)
register("matters.MatterCount", matters=1)
register("matters.MatterValue")
register("matters.SavedView", own_only=True)
register("matters.Step")
register("matters.Letter")
register("matters.LetterMatter")
register("matters.LetterTemplate", data=b"x")
register("matters.Answered")
register("matters.ClockRun")
register("matters.Extension", decided_by=None)
register("matters.Split")
register("matters.Merge", double=lambda g: built("matters.Matter", g, MATTER | {"number": "y"}))
register("matters.LadderMark")
ACTIVITY: dict[str, Any] = {"state": "planned", "starts_at": clock.now()}
register("activities.Activity", **ACTIVITY)
register("activities.ActivityValue", activity=lambda g: g.row("activities.Activity"))
register("activities.PictureConsent", activity=lambda g: g.row("activities.Activity"))
register("matters.MoneyLine", amount=100)
register("matters.PaymentOrder")
register(
    "forms.Form",
    code=lambda g: f"F-{new_id()}",
    ends_on=dt.date(2018, 12, 31),
    proposed_on=dt.date(2018, 4, 2),
)
FORM_FILE: dict[str, Any] = {
    "file": lambda g: built("forms.FormFile", g, {"sha256": "0" * 31 + new_id().hex, "data": b"x"})
}
register("forms.FormVersion", **FORM_FILE)
register("forms.MappedCell", spec={"kind": "typed"})
register("forms.Filling", first=dt.date(2018, 1, 1), last=dt.date(2018, 12, 31), **FORM_FILE)
register("forms.Assumption")
register("documents.DocumentTemplate", data=b"x")
register("documents.Document")
register("documents.Edition", blocks=[], changes=[], template=None)
register("documents.EditionFile", data=b"x")
register("documents.UsedFigure")
register("documents.Batch")
register("console.SavedQuery", own_only=True, name=lambda g: new_id().hex, sql="select 1")
register("exchange.OtherCode", ours=lambda g: new_id().hex, theirs=lambda g: new_id().hex)
SPAN: dict[str, Any] = {"first": dt.date(2018, 1, 1), "last": dt.date(2018, 12, 31)}
register("figures.Filing", form=lambda g: f"x.{new_id()}", period="2017")
register("figures.Observation", period="2018", numerator=1, **SPAN)
register("figures.Target", period="2018", numerator=1, **SPAN)
register("figures.Conflict", key=lambda g: new_id().hex, members=[])
register("subsidies.Pot", scheme="hubs.hub_award", pack="hubs", year=2018)
register("subsidies.Allocation", document="1")
register("subsidies.Claim", applied_on=dt.date(2018, 4, 2))
register("publications.PublicationCheck")
register("publications.Explanation")

register("services.Offer", item="services.pension_enrolment", weekdays="12345", hours="08:30-12:00")
register("services.Request", item="services.pension_enrolment", taken_on=dt.date(2018, 4, 2))
register("services.Progress")
register("services.Rating", satisfied=True)
register("services.RatedAspect")
