"""An enterprise and a food business of village 1, with everybody of the pack ``safety``."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places import actions as places
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from huoshui.visits.models import Visit
from tests.matters.conftest import photo

SINCE = dt.date(2016, 1, 1)
FIVE = {"measures": "清空通道", "funds": "0", "deadline": "2018-04-20", "contingency": "专人看守"}


def safe_site(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with ``factory``, ``shop``, and safety, food, third_party, officer and grocer."""
    by, land = system_account(), cast.land
    cast.factory = places.open_place(by=by, kind="enterprise", code="qy-1", name="示范企业1号", parent=land.village)
    cast.shop = places.open_place(by=by, kind="food_place", code="sp-1", name="示范食品店1号", parent=land.village)
    for name, role, unit, at, over in (
        ("safety", "safety_office", "区安监局", land.district, land.district),
        ("food", "food_office", "区食药监局", land.district, land.district),
        ("third_party", "third_party_inspector", "安全服务机构", land.district, cast.factory),
        ("officer", "enterprise_safety_officer", "示范企业1号", cast.factory, cast.factory),
        ("grocer", "food_officer", "示范食品店1号", cast.shop, cast.shop),
    ):
        there = duties.open_unit(by=by, place=at, name=unit)
        account = duties.open_account(by=by, username=name, title=unit, unit=there)
        duties.grant_duty(by=by, account=account, role=role, place=over, since=SINCE)
        setattr(cast, name, account)
    return cast


def inspect(by: Account, place: Any, checklist: str, *failing: str) -> Visit:
    """A visit by itself in which some items fail, with photos of them."""
    sheet = start_visit(by=by, place=place, checklist=f"safety.{checklist}")
    good = {code: code != "major_found" for code in sheet.checklist.items}
    unasked = {"has_chemicals", "storage", "data_sheets"}
    answers = {code: good[code] != (code in failing) for code in good if code not in unasked}
    answers |= {"has_chemicals": False} if "has_chemicals" in good else {}
    sheet = save_answers(by=by, visit=sheet, answers=answers)
    for code in failing:
        attach_file(by=by, subject=sheet, place=place, slot=code, data=photo(), name=f"{code}.jpg", caption="")
    return submit_visit(by=by, visit=sheet)


def fix(by: Account, matter: Matter, **values: Any) -> Matter:
    """The five fixed things."""
    return advance(by=by, matter=matter, transition="fix_five", values=FIVE | {"responsible_person": by} | values)


def hand_in(by: Account, matter: Matter, **values: Any) -> Matter:
    """Done, with a photo."""
    attach_file(by=by, subject=matter, place=matter.place, slot="after", data=photo(40), name="a.jpg", caption="")
    return advance(by=by, matter=matter, transition="submit", values={"progress": "已清空"} | values)
