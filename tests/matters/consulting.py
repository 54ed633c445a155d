"""A courtyard with its convenor, representative and carrier, and topics in it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.activities.actions import record_at_once
from huoshui.activities.models import Activity
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places import actions as places
from huoshui.services import actions as services
from huoshui.services.models import Request
from tests.matters.conftest import at, photo

NAME, PHONE = "欧阳小试", "13800138001"
PEOPLE = (
    ("convenor", "council_convenor", "东方社区居委会"),
    ("council", "council_representative", "东方社区居民议事会"),
    ("carrier", "consultation_doer", "东方物业"),
)


@pytest.fixture
def yard(cast: SimpleNamespace) -> SimpleNamespace:
    """``cast`` with ``community``, ``yard`` in it, ``guide`` of the town, ``convenor``, ``council`` and ``carrier``."""
    by, land = system_account(), cast.land
    cast.community = places.open_place(
        by=by, kind="community", code="410871203001", name="东方社区居民委员会", parent=land.town
    )
    cast.yard = places.open_site(by=by, kind="residential_courtyard", name="一号院", parent=cast.community)
    people = [(name, role, cast.community, unit) for name, role, unit in PEOPLE]
    for name, role, place, unit in [*people, ("guide", "consultation_guide", land.town, "乡社区办")]:
        there = duties.open_unit(by=by, place=place, name=unit)
        account = duties.open_account(by=by, username=name, title=f"{unit}人员", unit=there)
        duties.grant_duty(by=by, account=account, role=role, place=place, since=dt.date(2017, 1, 1))
        setattr(cast, name, account)
    return cast


def raised(yard: SimpleNamespace) -> Matter:
    """By the convenor, on nobody's behalf."""
    values = {"subject": "费用怎么用，希望按季公布", "topic_kind": "property"}
    return open_matter(
        by=yard.convenor, kind="consultation.topic", place=yard.yard, title="物业费用去向公开", values=values
    )


def asked(yard: SimpleNamespace, **values: Any) -> Request:
    """By a resident who leaves name and phone."""
    offer = services.publish_offer(
        by=yard.guide, item="consultation.raise_topic", place=yard.yard, weekdays="1234567", hours="8:30-18:00"
    )
    given = {
        "public_topic": "充电棚选址", "subject": "电动车入户充电", "topic_kind": "safety", "proposer_name": NAME,
        "proposer_phone": PHONE,
    } | values  # fmt: skip
    return services.take_request(by=yard.convenor, offer=offer, values=given)


def announced(yard: SimpleNamespace, matter: Matter) -> Matter:
    """Accepted and announced."""
    if matter.state == "raised":
        matter = advance(by=yard.convenor, matter=matter, transition="accept", values={"level": "courtyard"})
    said = {
        "led_by": "council", "parties": "居民议事会、物业企业", "public_topic": matter.title,
        "session_day": clock.today() + dt.timedelta(days=7),
    }  # fmt: skip
    return advance(by=yard.convenor, matter=matter, transition="announce", values=said)


def consulting(yard: SimpleNamespace, matter: Matter) -> Matter:
    """Announced, and begun on 11 April 2018, when the notice has run out."""
    matter = announced(yard, matter)
    with at("2018-04-12"):
        return advance(by=yard.convenor, matter=matter, transition="begin")


def session(yard: SimpleNamespace, numbers: str, day: dt.date, **given: Any) -> Activity:
    """A session about some topics."""
    values = {"topics": numbers, "residents": 10, "result": "agreed"}
    told = {"place": yard.yard, "headcount": 16, "outcome": "意见记录在案"} | given
    return record_at_once(
        by=yard.convenor, kind="consultation.session", title="协商会议", held_on=day, values=values, **told
    )


def resolved(yard: SimpleNamespace, matter: Matter) -> Matter:
    """After a session on 12 April 2018."""
    matter = consulting(yard, matter)
    with at("2018-04-13"):
        session(yard, matter.number, dt.date(2018, 4, 12))
        said = {"options": "一、二", "resolution": "多数同意第二种", "public_resolution": "按季公布"}
        return advance(by=yard.convenor, matter=matter, transition="resolve", values=said)


def carried_out(yard: SimpleNamespace, matter: Matter) -> Matter:
    """Handed over on 20 April 2018."""
    matter = resolved(yard, matter)
    with at("2018-04-20"):
        return advance(by=yard.convenor, matter=matter, transition="carry_out")


def reported(yard: SimpleNamespace, matter: Matter) -> Matter:
    """With a photo, for evaluation."""
    attach_file(
        by=yard.convenor, subject=matter, place=matter.place, slot="after", data=photo(), name="a.jpg", caption=""
    )
    return advance(by=yard.convenor, matter=matter, transition="report", values={"outcome": "已公布"})


def code_of(**step: Any) -> str:
    """The code with which a step is refused."""
    with pytest.raises(Refusal) as caught:
        advance(**step)
    return caught.value.code
