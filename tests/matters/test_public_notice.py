"""Public notices: read by everybody while their days run, never before or after, and without anybody's name."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huoshui.matters.actions import advance
from tests.matters.accrediting import AWARDED, DOCUMENT, PUBLICISED, apply, people, publicised, submitted
from tests.matters.conftest import at
from tests.matters.test_soundness import SOUND, findings
from tests.web.api_client import send
from tests.web.api_client import signed_in as program

__all__ = ["people"]

NONE = "现在没有公示"


def read(client: Client, day: str) -> str:
    with (
        at(day),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        answer = client.get("/s/notices/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert len(asked) <= 15
    return str(answer.content.decode())


def test_it_is_read_from_the_day_that_it_is_publicised_to_its_last(people: SimpleNamespace, client: Client) -> None:
    matter = publicised(people, apply(people, "beautiful_village", grade="model"))
    assert NONE in read(client, "2018-05-14")
    words = read(client, PUBLICISED)
    for said in (
        matter.number,
        "寨卜昌村",
        "苏家作乡",
        "市级美好乡村示范村",
        "2018-05-15 至 2018-05-24",
        "可以不留姓名",
    ):
        assert said in words
    for hidden in (matter.title, "道路硬化", people.secretary.title, people.office.title):
        assert hidden not in words
    assert matter.number in read(client, "2018-05-24")
    assert NONE in read(client, "2018-05-25")  # its days are over, and nobody has named the village yet
    with at(AWARDED):
        advance(by=people.office, matter=matter, transition="award", values=DOCUMENT)
    assert NONE in read(client, PUBLICISED)


def test_it_is_not_read_while_it_is_reviewed(people: SimpleNamespace, client: Client) -> None:
    submitted(people, apply(people))
    assert NONE in read(client, PUBLICISED)


def test_while_an_objection_is_looked_into_it_says_so_and_nothing_more(people: SimpleNamespace, client: Client) -> None:
    matter = publicised(people, apply(people))
    with at("2018-05-16"):
        values = {"objection": "公厕长期锁门"}
        matter = advance(by=people.office, matter=matter, transition="record_objection", values=values)
    for day in ("2018-05-17", "2018-06-11"):  # also beyond its last day: it is not settled
        words = read(client, day)
        assert matter.number in words
        assert "有异议，正在核查" in words
        assert "公厕" not in words
    with at("2018-05-17"):
        (row,) = send(program(people.other_secretary), "GET", "/public-notices").json()["items"]
        assert (row["number"], row["objected"]) == (matter.number, True)
    with at("2018-05-18"):
        found = {"objection_finding": "核查不属实"}
        matter = advance(by=people.leader, matter=matter, transition="dismiss_objection", values=found)
    words = read(client, "2018-05-18")
    assert matter.number in words
    assert "公厕" not in words
    assert "有异议" not in words
    assert NONE in read(client, "2018-05-25")


def test_an_objection_that_holds_takes_it_off(people: SimpleNamespace, client: Client) -> None:
    matter = publicised(people, apply(people))
    with at("2018-05-16"):
        values = {"objection": "公厕长期锁门"}
        matter = advance(by=people.office, matter=matter, transition="record_objection", values=values)
        advance(by=people.office, matter=matter, transition="decline", note="情况属实")
    assert NONE in read(client, "2018-05-17")


def test_whoever_settles_an_objection_is_not_named_as_the_verifier(people: SimpleNamespace) -> None:
    matter = publicised(people, apply(people))
    assert matter.verifier == people.office
    with at("2018-05-16"):
        values = {"objection": "公厕长期锁门"}
        matter = advance(by=people.town_office, matter=matter, transition="record_objection", values=values)
        found = {"objection_finding": "核查不属实"}
        matter = advance(by=people.leader, matter=matter, transition="dismiss_objection", values=found)
    assert (matter.state, matter.verifier) == ("publicised", people.office)


def test_of_families_the_number_alone_and_the_same_over_the_api(people: SimpleNamespace, client: Client) -> None:
    matter = publicised(people, apply(people, "civilised_families", level="district", households_proposed=12), "family")
    words = read(client, PUBLICISED)
    assert "12 户" in words
    assert "区级" in words
    with at(PUBLICISED):
        rows = send(program(people.other_secretary), "GET", "/public-notices").json()["items"]
    assert [(row["number"], row["until"], row["honour"]) for row in rows] == [(matter.number, "2018-05-24", "")]
    assert {"name": "推荐户数", "value": "12 户"} in rows[0]["facts"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{clock: work, states: [done]", "workflow.notice_clock"),
        ("{clock: notice, states: [ended]", "workflow.notice_state"),
        ("{clock: notice, states: [done], objected: [ended]", "workflow.notice_state"),
        ("{clock: notice, states: [done], fields: [who]", "workflow.notice_field"),
        ("{clock: notice, states: [done], fields: [told]", "workflow.notice_field"),
        ("{clock: notice, states: [done], fields: [nothing]", "workflow.notice_field"),
        ("{clock: notice, states: [done], fields: [elsewhere]", ""),
    ],
)
def test_a_pack_publishes_no_person_and_nothing_that_has_ended(
    packs: None, tmp_path: Path, rule: str, code: str
) -> None:
    text = SOUND.replace("not_by: [hand_in],", "not_before_clock: notice, not_by: [hand_in],")
    clock = "    - {code: notice, name: {zh: 公示期, en: Notice}, days: {ordinary: 7}, starts_on: [hand_in],"
    clock += " waiting: true}\n"
    text = text.replace("  ladder:\n", f"{clock}  ladder:\n")
    fields = "".join(
        f"    - {{code: {name}, name: {{zh: 栏, en: Field}}, type: {kind}}}\n"
        for name, kind in (("who", "account"), ("told", "long_text"))
    )
    text = text.replace("  slots:\n", f"{fields}  slots:\n")
    text = text.replace(
        "  ladder:\n", f"  public_notice: {rule}, objections: {{zh: 找乡镇, en: The town}}}}\n  ladder:\n"
    )
    assert [found.rpartition(" ")[2] for found in findings(tmp_path, text)] == ([code] if code else [])
