"""Topics of consultation: screened, announced, talked over as often as needed, resolved, carried out, evaluated."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from huoshui.activities.export import activity_workbook
from huoshui.activities.queries import ActivityFilter
from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token
from huoshui.figures.queries import figure, get_indicator
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.models import Matter
from huoshui.matters.queries import LedgerFilter
from huoshui.places.actions import amend_attributes
from huoshui.services.tracking import code_of as slip_code
from tests.matters.conftest import at
from tests.matters.consulting import (
    NAME,
    PHONE,
    announced,
    asked,
    carried_out,
    code_of,
    consulting,
    raised,
    reported,
    resolved,
    session,
    yard,
)
from tests.reports.test_typesetting import pages as pdf_text
from tests.web.conftest import signed_in

__all__ = ["signed_in", "yard"]

SignIn = Callable[[Account], Client]


def test_a_topic_from_its_raising_to_the_evaluation(yard: SimpleNamespace) -> None:
    matter = carried_out(yard, raised(yard))
    assert (matter.state, str(matter.unit)) == ("carrying_out", "东方社区居委会")
    with at("2018-04-24"):
        matter = reported(yard, matter)
        said = {"evaluation": "satisfied", "evaluated_by": 9}
        assert code_of(by=yard.convenor, matter=matter, transition="evaluate") == "matter.role_needed"
        matter = advance(by=yard.council, matter=matter, transition="evaluate", values=said)
    assert (matter.state, matter.close_reason, matter.verifier) == ("settled", "resolved", yard.council)


def test_who_carried_it_out_does_not_evaluate_it(yard: SimpleNamespace) -> None:
    grant_duty(
        by=system_account(), account=yard.convenor, role="council_representative", place=yard.community,
        since=dt.date(2017, 1, 1),
    )  # fmt: skip
    matter = carried_out(yard, raised(yard))
    with at("2018-04-24"):
        matter = reported(yard, matter)
        assert code_of(by=yard.convenor, matter=matter, transition="evaluate") == "matter.own_work"


def test_nothing_begins_before_the_notice_has_run_out(yard: SimpleNamespace) -> None:
    matter = announced(yard, raised(yard))
    assert code_of(by=yard.convenor, matter=matter, transition="begin") == "matter.notice_running"


def test_a_resolution_needs_a_session_that_names_the_topic(yard: SimpleNamespace) -> None:
    matter, other = consulting(yard, raised(yard)), raised(yard)
    step: dict[str, Any] = {
        "by": yard.convenor, "matter": matter, "transition": "resolve",
        "values": {"options": "一、二", "resolution": "多数同意", "public_resolution": "按季公布"},
    }  # fmt: skip
    with at("2018-04-13"):
        assert code_of(**step) == "matter.done_unnamed"
        session(yard, other.number, dt.date(2018, 4, 12))
        assert code_of(**step) == "matter.done_unnamed"
        session(yard, matter.number + "1", dt.date(2018, 4, 12))
        assert code_of(**step) == "matter.done_unnamed"
        session(
            yard, f"{other.number}、{matter.number.lower()}", dt.date(2018, 4, 13), place=yard.community, site=yard.yard
        )
        assert advance(**step).state == "publicised"


def test_a_topic_that_comes_back_needs_another_session(yard: SimpleNamespace) -> None:
    matter = resolved(yard, raised(yard))
    with at("2018-04-16"):
        matter = advance(
            by=yard.guide, matter=matter, transition="record_objection", values={"objection": "公布得不够细"}
        )
        matter = announced(yard, matter)
    with at("2018-04-23"):
        matter = advance(by=yard.convenor, matter=matter, transition="begin")
        step: dict[str, Any] = {"by": yard.convenor, "matter": matter, "transition": "resolve"}
        assert code_of(**step) == "matter.done_unnamed"
        session(yard, matter.number, dt.date(2018, 4, 23))
        assert advance(**step).state == "publicised"


def test_it_ends_after_its_tasks_alone(yard: SimpleNamespace) -> None:
    matter = carried_out(yard, raised(yard))
    with at("2018-04-20"):
        task = open_matter(
            by=yard.convenor, kind="consultation.task", place=yard.yard, title="贴出第一季度费用", parent=matter,
            values={"planned_end": dt.date(2018, 4, 28), "responsible_person": yard.carrier},
        )  # fmt: skip
    with at("2018-04-24"):
        matter = reported(yard, Matter.objects.get(pk=matter.pk))
        step = {"matter": matter, "values": {"evaluation": "satisfied", "evaluated_by": 9}, "transition": "evaluate"}
        assert code_of(by=yard.council, **step) == "matter.parts_open"
        task = advance(by=yard.carrier, matter=task, transition="submit", values={"progress": "已贴出"})
        assert code_of(by=yard.carrier, matter=task, transition="verify") == "matter.role_needed"
        advance(by=yard.convenor, matter=task, transition="verify")
        assert advance(by=yard.council, **step).state == "settled"


def test_what_is_not_suitable_says_where_else_to_go_and_can_be_taken_up_again(yard: SimpleNamespace) -> None:
    matter = raised(yard)
    assert code_of(by=yard.convenor, matter=matter, transition="turn_away") == "matter.field_required"
    given: dict[str, Any] = {"values": {"where_else": "不动产登记中心"}, "note": "只关系一户"}
    matter = advance(by=yard.convenor, matter=matter, transition="turn_away", **given)
    assert (matter.state, matter.close_reason) == ("unsuitable", "not_ours")
    again: dict[str, Any] = {"matter": matter, "transition": "reopen", "note": "居民不同意"}
    assert code_of(by=yard.convenor, **again) == "matter.role_needed"
    assert advance(by=yard.guide, **again).state == "raised"


def test_whoever_raised_it_follows_every_step_by_the_slip(yard: SimpleNamespace, client: Client) -> None:
    request = asked(yard)
    matter = Matter.objects.get(pk=request.matter_id)
    assert matter.title == "充电棚选址"
    announced(yard, matter)
    page = client.get(f"/s/track/{slip_code(request.pk)}/").content.decode()
    assert all(state in page for state in ("待筛选", "筹备中", "公告中"))
    assert NAME not in page
    assert PHONE not in page


def test_whoever_raised_what_was_merged_is_told_of_the_one_that_goes_on(yard: SimpleNamespace, client: Client) -> None:
    first, request = raised(yard), asked(yard)
    double = Matter.objects.get(pk=request.matter_id)
    keep = {"subject": "that", "topic_kind": "that", "public_topic": "stays"}
    told = {"duplicate_of": first.number, "keep": keep}
    advance(by=yard.convenor, matter=double, transition="merge", values=told)
    announced(yard, first)
    page = client.get(f"/s/track/{slip_code(request.pk)}/").content.decode()
    assert [state for state in ("待筛选", "已并入相同议题", "筹备中", "公告中") if state not in page] == []
    assert first.title not in page, "what others raised is theirs"
    assert request.progress.count() == 4


def test_the_public_page_tells_the_topic_and_nobody(yard: SimpleNamespace, client: Client) -> None:
    announced(yard, Matter.objects.get(pk=asked(yard, subject="内部细节不公开").matter_id))
    page = client.get("/s/notices/").content.decode()
    assert "充电棚选址" in page
    assert "2018-04-09" in page
    assert not [word for word in (NAME, PHONE, "内部细节") if word in page]


def test_a_resident_s_name_leaves_in_no_export(yard: SimpleNamespace, signed_in: SignIn) -> None:
    request = asked(yard)
    matter = consulting(yard, Matter.objects.get(pk=request.matter_id))
    with at("2018-04-12"):
        session(yard, matter.number, dt.date(2018, 4, 12))
        wanted = LedgerFilter(kind="consultation.topic")
        guide, auditor = signed_in(yard.guide), signed_in(yard.auditor)
        told = {
            "ledger": _cells(ledger_workbook(actor=yard.guide, filters=wanted)),
            "activities": _cells(activity_workbook(actor=yard.guide, wanted=ActivityFilter())),
            "pdf": "".join(pdf_text(guide.get("/matters/ledger.pdf?kind=consultation.topic").content)),
            "map": guide.get("/map/matters.geojson").content.decode(),
            "page": guide.get(f"/matters/{matter.number}/").content.decode(),
            "console": auditor.post("/console/", {"sql": "select * from matter_values"}).content.decode(),
            "api": _program(yard.guide).get(f"/api/v1/matters/{matter.number}").content.decode(),
            "list": _program(yard.guide).get("/api/v1/matters?kind=consultation.topic").content.decode(),
            "requests": _program(yard.guide).get("/api/v1/services/requests").content.decode(),
            "geo": _program(yard.guide).get("/api/v1/map/matters").content.decode(),
        }
    assert [name for name, text in told.items() if NAME in text or PHONE in text] == []
    assert matter.number in told["ledger"]
    assert matter.number in told["pdf"].replace(" ", "")
    assert matter.number in told["api"]


def _cells(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def _program(account: Account) -> Client:
    _, token = issue_token(by=account, account=account, name="试", days=1, scopes=everything(write=True))
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_the_page_lists_the_sessions_and_leads_to_the_next(yard: SimpleNamespace, signed_in: SignIn) -> None:
    matter = consulting(yard, raised(yard))
    with at("2018-04-13"):
        client = signed_in(yard.convenor)
        page = client.get(f"/matters/{matter.number}/").content.decode()
        address = f"/activities/new?place={yard.yard.code}&amp;kind=consultation.session&amp;topics={matter.number}"
        assert address in page
        form = client.get(address.replace("&amp;", "&")).content.decode()
        assert f'value="{matter.number}"' in form
        held = session(yard, matter.number, dt.date(2018, 4, 13))
        page = client.get(f"/matters/{matter.number}/").content.decode()
        assert f"/activities/{held.pk}/" in page
        assert "共 1 次" in page
        kind = signed_in(yard.guide).get("/packs/consultation/matters/topic/").content.decode()
        assert "先登记写明编号的“协商会议”" in kind


def test_coverage_counts_courtyards_where_consultation_is_organised(yard: SimpleNamespace) -> None:
    def told() -> Any:
        return figure(yard.leader, get_indicator("consultation.coverage"), yard.land.district, period("2018"))

    assert (told().numerator, told().denominator) == (0, 1)
    amend_attributes(by=yard.administrator, place=yard.yard, attributes={"consulting": True}, since=dt.date(2018, 3, 1))
    assert (told().numerator, told().denominator) == (1, 1)


def test_a_stranger_raises_nothing(yard: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        open_matter(
            by=yard.secretary, kind="consultation.topic", place=yard.yard, title="停车", values={"subject": "车位"}
        )
    assert refused.value.code == "matter.opener_needed"
