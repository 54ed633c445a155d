"""Supervision letters: numbered without gaps, frozen, answered once by the unit addressed; templates hold no code."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import advance, run_ladder
from huoshui.matters.letters.actions import issue_letter, reply_to_letter
from huoshui.matters.letters.models import Letter
from huoshui.matters.letters.queries import letters_due, letters_waiting, may_issue
from huoshui.matters.letters.templates import check, replace_template
from huoshui.matters.models import Matter
from huoshui.matters.queries import matter_story
from huoshui.notices.queries import unread_for
from huoshui.reports.letters import TEMPLATE, letter_pdf, letter_word
from tests.matters.conftest import Opener, at, claim

UNTIL = dt.date(2018, 4, 9)


def issued(cast: SimpleNamespace, *matters: Matter, **other: Any) -> Letter:
    given = {"by": cast.town_office, "matters": matters, "demand": "限期办结", "until": UNTIL, "signer": "王某"}
    return issue_letter(**given | other)


def code_of(**given: Any) -> str:
    action = given.pop("action")
    with pytest.raises(Refusal) as refused:
        action(**given)
    return refused.value.code


def document_text(data: bytes) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


def with_text(old: str, new: str) -> bytes:
    """The built-in template with another text in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.infolist():
            data = source.read(item.filename)
            if item.filename == "word/document.xml":
                assert old in data.decode()
                data = data.decode().replace(old, new).encode()
            target.writestr(item, data)
    return stream.getvalue()


def test_a_letter_is_numbered_and_frozen(open_item: Opener, cast: SimpleNamespace) -> None:
    first, second = open_item(title="路灯不亮"), open_item(title="栏杆松动")
    letter = issued(cast, first, second, copies="区纪检组")
    assert (letter.number, letter.organ, letter.addressee) == ("示范督〔2018〕1号", "乡党建办", "村委会")
    assert letter.title == "关于督办“路灯不亮”等2件事项的函"
    assert issued(cast, first).number == "示范督〔2018〕2号"
    first.refresh_from_db()
    assert first.supervised_on == dt.date(2018, 4, 2)
    assert unread_for(cast.secretary).filter(code="matter.letter").count() == 2
    before = letter_word(letter)
    claim(first, cast.secretary)
    letter.refresh_from_db()
    assert letter.lines[0]["state"] == "待认领"
    assert document_text(letter_word(letter)) == document_text(before)
    said = document_text(before)
    for text in (
        "示范督〔2018〕1号",
        "村委会：",
        "路灯不亮",
        "限期办结",
        "请于2018年4月9日前",
        "王某",
        "抄送：区纪检组",
    ):
        assert text in said
    assert letter_pdf(letter, cast.town_office).startswith(b"%PDF")
    assert "发出督办函" in [event.what for event in matter_story(first)]


def test_who_may_and_about_what(open_item: Opener, cast: SimpleNamespace) -> None:
    item, other = open_item(), open_item(cast.land.village2)
    given = {"action": issue_letter, "by": cast.town_office, "demand": "办", "until": UNTIL, "signer": "王某"}
    assert code_of(**given, matters=[]) == "letter.none"
    assert code_of(**given, matters=[item, other]) == "letter.units"
    assert code_of(**given | {"by": cast.secretary}, matters=[item]) == "access.denied"
    assert code_of(**given | {"by": cast.other_town_office}, matters=[item]) == "access.denied"
    assert code_of(**given | {"until": dt.date(2018, 4, 1)}, matters=[item]) == "letter.until"
    assert code_of(**given | {"demand": " "}, matters=[item]) == "value.required"
    grant_duty(by=system_account(), account=cast.secretary, role="town_office", place=cast.land.town)
    secretary = Account.objects.get(pk=cast.secretary.pk)
    assert code_of(**given | {"by": secretary}, matters=[item]) == "letter.own_unit"
    assert (may_issue(secretary, item), may_issue(cast.town_office, item)) == (False, True)
    advance(by=cast.town_office, matter=other, transition="mark_duplicate", values={"duplicate_of": item.number})
    assert code_of(**given, matters=[other]) == "matter.is_closed"
    assert Letter.objects.count() == 0
    assert issued(cast, item).sequence == 1  # what was refused took no number


def test_the_unit_addressed_replies_once(item: Matter, cast: SimpleNamespace) -> None:
    letter = issued(cast, item)
    assert list(letters_waiting(cast.secretary)) == [letter]
    assert list(letters_waiting(cast.town_office)) == []
    with at("2018-04-10"):
        assert list(letters_waiting(cast.town_office)) == [letter]
    assert code_of(action=reply_to_letter, by=cast.village_lead, letter=letter, reply="好") == "letter.reply_unit"
    assert code_of(action=reply_to_letter, by=cast.secretary, letter=letter, reply=" ") == "value.required"
    letter = reply_to_letter(by=cast.secretary, letter=letter, reply="已办结")
    assert (letter.reply, letter.replied_on) == ("已办结", dt.date(2018, 4, 2))
    assert code_of(action=reply_to_letter, by=cast.secretary, letter=letter, reply="再答") == "letter.replied"
    assert list(letters_waiting(cast.secretary)) == []
    assert "答复督办函" in [event.what for event in matter_story(item)]
    assert unread_for(cast.town_office).filter(code="matter.letter_replied").exists()


def test_a_rung_of_the_ladder_calls_for_one(item: Matter, cast: SimpleNamespace) -> None:
    assert list(letters_due(cast.town_office)) == []
    with at("2018-06-01"):
        run_ladder()
        assert list(letters_due(cast.town_office)) == [item]
        assert list(letters_due(cast.secretary)) == []
        issued(cast, item, until=dt.date(2018, 6, 8))
        assert list(letters_due(cast.town_office)) == []


def test_a_district_has_its_own_template(item: Matter, cast: SimpleNamespace) -> None:
    old = issued(cast, item)
    data = with_text("签发人：", "签发：")
    assert code_of(
        action=replace_template, by=cast.town_office, place=cast.land.town, name="a.docx", data=data
    ) == "access.denied"  # fmt: skip
    replace_template(by=cast.administrator, place=cast.land.district, name="a.docx", data=data)
    assert "签发：王某" in document_text(letter_word(issued(cast, item)))
    assert "签发人：王某" in document_text(letter_word(Letter.objects.get(pk=old.pk)))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{{ demand }}", "{{ wish }}", "letter.template_unknown"),
        ("{{ demand }}", "", "letter.template_missing"),
        ("{{ closing }}", "", "letter.template_missing"),
        ("{{ date }}", "{{ ''.__class__.__mro__ }}", "letter.template_code"),
        ("{{ date }}", "{{ date.__class__ }}", "letter.template_code"),
        ("{{ date }}", "{{ date|upper }}", "letter.template_code"),
        ("{{ date }}", "{{ cycler('a') }}", "letter.template_code"),
        ("{{ date }}", "{% set a = 1 %}", "letter.template_code"),
        ("{{ date }}", "{% include 'a' %}", "letter.template_code"),
        ("{{ date }}", "{{ lines[0] }}", "letter.template_code"),
        ("{{ line.owner }}{{ date }}", "", "letter.template_file"),
        ("{{ date }}", "{% for x in date %}{% endfor %}", "letter.template_code"),
        ("{{ date }}", "{{ date", "letter.template_code"),
    ],
)
def test_a_template_holds_placeholders_alone(old: str, new: str, code: str) -> None:
    data = b"no document" if code == "letter.template_file" else with_text(old, new)
    assert code_of(action=check, data=data) == code


def test_the_built_in_template_is_one_of_those() -> None:
    check(TEMPLATE.read_bytes())
