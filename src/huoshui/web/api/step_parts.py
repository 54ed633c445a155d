"""What steps of matters rest on, over the API: records that must be there, honours that they award."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema

from huoshui.matters.honours import honours_of
from huoshui.matters.models import Matter
from huoshui.matters.queries import StepOption


class RequiredOut(Schema):
    """What has to be done at the matter's place before a step, since when, with which share of points; is it met.

    ``naming``: the text of it in which the matter's number has to stand; "" where none has to.
    """

    section: str
    of: str
    name: str
    since: dt.date
    at_least_percent: int | None
    naming: str
    met: bool


class HonourStanding(Schema):
    """An honour of the matter's place that the matter is about."""

    name: str
    level: str
    year: int
    withdrawn_on: dt.date | None


def required_out(option: StepOption) -> list[dict[str, Any]]:
    """All that has to be done before a step."""
    return [
        {
            "section": state.asked.section,
            "of": state.asked.of,
            "name": state.name,
            "since": state.since,
            "at_least_percent": state.asked.at_least_percent,
            "naming": state.asked.naming or "",
            "met": state.met,
        }
        for state in option.done
    ]


def honours_out(matter: Matter) -> list[dict[str, Any]]:
    """The honours that a matter is about, withdrawn ones too, the latest first."""
    return [
        {"name": row.name, "level": row.level, "year": row.year, "withdrawn_on": row.withdrawn_on}
        for row in honours_of(matter)
    ]
