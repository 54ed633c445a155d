"""The fact views of places: which there are, what they are, and which two things they are at once."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Greatest, Least

from huoshui.figures.fact_types import FactSpan, FactView, date, integer, text
from huoshui.packs.schema import Text
from huoshui.places.models import Place, PlaceAttribute, PlaceFormer


def _opened_within_place() -> Case:
    """Since when an attribute holds of a place that is there: not before it was opened."""
    later = Q(place__opened_on__isnull=False) & (Q(since__isnull=True) | Q(since__lt=F("place__opened_on")))
    return Case(When(later, then=F("place__opened_on")), default=F("since"), output_field=DateField())


def _ended_with_place() -> Case:
    """Until when an attribute holds of a place that is there: not after it was closed."""
    sooner = Q(place__closed_on__isnull=False) & (Q(until__isnull=True) | Q(until__gt=F("place__closed_on")))
    return Case(When(sooner, then=F("place__closed_on")), default=F("until"), output_field=DateField())


BEGINNING, END = dt.date(1, 1, 1), dt.date(9999, 12, 31)
"""Stand for a day that nobody recorded, where two such are compared: neither engine orders empty ones alike."""


def _dated(lookup: str, empty: dt.date) -> Coalesce:
    return Coalesce(F(lookup), Value(empty, DateField()), output_field=DateField())


def _both_since() -> Greatest:
    """Since when two attributes hold together of a place that is there."""
    return Greatest(*(_dated(name, BEGINNING) for name in ("since", "other__since", "place__opened_on")))


def _both_until() -> Least:
    """Until when two attributes hold together of a place that is there."""
    return Least(*(_dated(name, END) for name in ("until", "other__until", "place__closed_on")))


def _pairs() -> QuerySet[PlaceAttribute]:
    """Each attribute with each other one of its place, where there was a day on which both held."""
    rows = PlaceAttribute.objects.annotate(other=FilteredRelation("place__attributes"))
    # By aliases alone: a filter on the relation itself would join the other attributes a second time.
    rows = rows.alias(other_code=F("other__code"), both_since=_both_since(), both_until=_both_until())
    another = Q(other_code__lt=F("code")) | Q(other_code__gt=F("code"))
    return rows.filter(another, both_since__lt=F("both_until"))


def _latest_former(*, before: bool) -> Subquery:
    """The day from which a place has been what it is; ``before``: from which it was what a former row says."""
    rows = PlaceFormer.objects.filter(place=OuterRef("place" if before else "pk"))
    rows = rows.filter(until__lt=OuterRef("until")) if before else rows
    return Subquery(rows.order_by().values("place").annotate(day=Max("until")).values("day"))


PLACES = FactView(
    "places",
    Text(
        zh="地点，每个一行，种类以期末为准", en="Places, one row each, of the kind they were at the end of the period"
    ),
    Place,
    "pk",
    "path",
    lambda: Place.objects.get_queryset(),
    {
        "kind": text("期末种类的代码，如 village", "Code of the kind it then was, such as village", "kind"),
        "code": text("代码", "Code", "code"),
        "opened_on": date("设立日期", "Day of opening", "opened_on"),
        "closed_on": date("撤销日期", "Day of closing", "closed_on"),
        "parent": text("现在上级的路径", "Path of the place that it lies in now", "parent__path"),
        "parent_kind": text("现在上级种类的代码", "Code of the kind of the place that it lies in now", "parent__kind"),
    },
    spans=(
        FactSpan(lambda: Place.objects.get_queryset(), _latest_former(before=False), Value(None, DateField())),
        FactSpan(
            lambda: PlaceFormer.objects.get_queryset(), _latest_former(before=True), F("until"), "place__", ("kind",)
        ),
    ),
)
PLACE_ATTRIBUTES = FactView(
    "place_attributes",
    Text(
        zh="地点的属性，每个值一行，从哪天到哪天；地点设立以前、撤销以后的不算",
        en="Attributes of places, one row a value, from a day to a day; not before the place was opened or after it was closed",  # noqa: E501
    ),
    Place,
    "place_id",
    "place__path",
    lambda: PlaceAttribute.objects.get_queryset(),
    {
        "attribute": text("属性的代码", "Code of the attribute", "code"),
        "words": text("文字或选项的代码", "Text or code of the choice", "text"),
        "number": integer(
            "整数，小数按位数放大，是为 1、否为 0", "Whole number; decimals scaled, yes 1 and no 0", "number"
        ),
        "day": date("日期属性的日期", "Day of a date attribute", "day"),
        "place_kind": text("地点现在种类的代码", "Code of the kind that the place has now", "place__kind"),
        "opened_on": date("地点的设立日期", "Day on which the place was opened", "place__opened_on"),
        "since": date("从哪天起", "From which day", _opened_within_place()),
        "until": date("到哪天为止（不含）", "Until which day (exclusive)", _ended_with_place()),
    },
    record="place_id",
)
ATTRIBUTE_PAIRS = FactView(
    "attribute_pairs",
    Text(
        zh="地点的两个属性同时成立，每两个值一行（甲与乙、乙与甲各一行），从哪天到哪天；用来数“公办幼儿园的教职工”这样两个条件的数",
        en="Two attributes of a place that held at once, one row for each two values in either order, from a day to a day; for what has two conditions, such as the staff of public kindergartens",  # noqa: E501
    ),
    Place,
    "place_id",
    "place__path",
    _pairs,
    {
        "attribute": text("第一个属性的代码", "Code of the first attribute", "code"),
        "words": text("它的文字或选项的代码", "Its text or code of the choice", "text"),
        "number": integer(
            "它的整数，小数按位数放大，是为 1、否为 0", "Its whole number; decimals scaled, yes 1 and no 0", "number"
        ),
        "other": text("第二个属性的代码", "Code of the second attribute", "other__code"),
        "other_words": text("它的文字或选项的代码", "Its text or code of the choice", "other__text"),
        "other_number": integer(
            "它的整数，小数按位数放大，是为 1、否为 0", "Its whole number; decimals scaled, yes 1 and no 0",
            "other__number",
        ),
        "place_kind": text("地点现在种类的代码", "Code of the kind that the place has now", "place__kind"),
        "opened_on": date("地点的设立日期", "Day on which the place was opened", "place__opened_on"),
        "since": date("从哪天起两个都成立", "From which day both held", _both_since(), required=True),
        "until": date("到哪天为止（不含）", "Until which day (exclusive)", _both_until(), required=True),
    },
    record="place_id",
)  # fmt: skip
