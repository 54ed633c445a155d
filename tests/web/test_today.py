"""Today, for each role; and notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.actions import advance, open_matter, run_ladder
from huoshui.matters.letters.actions import issue_letter
from huoshui.matters.models import Matter
from huoshui.notices.models import Notice
from huoshui.web.office.waiting import waiting_count
from tests.conftest import NOON
from tests.matters.conftest import at, submit

SignIn = Callable[[Account], Client]
ROLES = (
    "administrator", "leader", "auditor", "district_office", "review_lead", "scrutineer", "tally_clerk", "verifier",
    "town_office", "assessor", "village_lead", "secretary", "stranger",
)  # fmt: skip


@pytest.fixture
def matter(cast: SimpleNamespace) -> Matter:
    """A matter that waits for the secretary of 寨卜昌村."""
    return open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_today(cast: SimpleNamespace, matter: Matter, signed_in: SignIn, role: str) -> None:
    assert signed_in(getattr(cast, role)).get(reverse("today")).status_code == 200


def test_judges_have_a_today(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.judges[0]).get(reverse("today")).status_code == 200


def test_the_secretary_has_one_obvious_step(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    response = signed_in(cast.secretary).get(reverse("today"))
    words = response.content.decode()
    assert [task.what for task in response.context["tasks"]] == ["漏雨"]
    assert words.count("btn--primary") == 1
    assert f"/matters/{matter.number}/?step=claim" in words


def test_letters_to_write_and_to_answer_are_tasks(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    def today(person: Account) -> Any:
        return signed_in(person).get(reverse("today")).context

    with at("2018-06-01"):
        run_ladder()
        context = today(cast.town_office)
        written = next(task for task in context["tasks"] if "letters/new" in task.step_url)
        assert (written.what, written.light_word) == ("漏雨", "该发督办函")
        assert "待发督办函 1 件" in context["lines"][2].text
        assert context["waiting"] == waiting_count(cast.town_office)
        before = waiting_count(cast.town_office)
        letter = issue_letter(
            by=cast.town_office, matters=[matter], demand="办", until=dt.date(2018, 6, 8), signer="王某"
        )
        assert waiting_count(cast.town_office) == before - 1
        assert today(cast.secretary)["tasks"][0].step_url == reverse("letter", args=[letter.pk])
        assert "待答复督办函 1 份" in today(cast.secretary)["lines"][2].text
    with at("2018-06-11"):
        assert "逾期未答复督办函 1 份" in today(cast.town_office)["lines"][2].text


def test_what_came_back_is_marked_until_it_is_handed_in_again(
    cast: SimpleNamespace, matter: Matter, signed_in: SignIn
) -> None:
    def marks(person: Account) -> list[str]:
        return [task.mark for task in signed_in(person).get(reverse("today")).context["tasks"]]

    assert marks(cast.secretary) == [""]
    matter = submit(matter, cast.secretary)
    assert marks(cast.verifier) == [""]
    matter = advance(by=cast.verifier, matter=matter, transition="return", note="看不清")
    assert marks(cast.secretary) == ["被退回"]
    assert ">被退回</span>" in signed_in(cast.secretary).get(reverse("today")).content.decode()
    matter = advance(by=cast.secretary, matter=matter, transition="update", values={"progress": "在补"})
    assert marks(cast.secretary) == ["被退回"]
    matter = submit(matter, cast.secretary, 160)
    assert marks(cast.verifier) == [""]
    matter = advance(by=cast.verifier, matter=matter, transition="verify")
    advance(by=cast.district_office, matter=matter, transition="reopen", note="又漏了")
    assert marks(cast.secretary) == ["重新打开"]


def test_late_counts_lead_to_their_sheet(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    with clock.set_to(NOON + dt.timedelta(days=60)):
        client = signed_in(cast.town_office)
        response = client.get(reverse("today"))
        late = response.context["lines"][0]
        assert late.count == 1
        assert len(client.get(late.url).context["rows"]) == late.count
        assert [task.what for task in response.context["watched"]] == ["漏雨"]


def test_nothing_to_do_is_said_kindly(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert "今天没有要您办的" in signed_in(cast.secretary).get(reverse("today")).content.decode()
    assert "您还没有职责" in signed_in(cast.stranger).get(reverse("today")).content.decode()


def opened(cast: SimpleNamespace, title: str, severity: str, days_ago: int) -> Matter:
    with clock.set_to(NOON - dt.timedelta(days=days_ago)):
        return open_matter(
            by=cast.town_office, kind="rectification.item", place=cast.land.village, title=title, severity=severity
        )


def test_late_first_then_behind_then_near_due_then_the_rest(cast: SimpleNamespace, signed_in: SignIn) -> None:
    opened(cast, "不急", "serious", 0)
    opened(cast, "滞后", "serious", 27)
    near = opened(cast, "临期", "ordinary", 18)
    opened(cast, "逾期", "urgent", 20)
    advance(
        by=cast.secretary,
        matter=near,
        transition="claim",
        values={"measures": "清理", "deadline": NOON.date() + dt.timedelta(days=1)},
    )
    response = signed_in(cast.secretary).get(reverse("today"))
    told = [(task.what, task.light) for task in response.context["tasks"]]
    assert told == [("逾期", "red"), ("滞后", "yellow"), ("临期", "blue"), ("不急", "")]
    assert response.content.decode().count("btn--primary") == 1


@pytest.mark.parametrize("role", ["secretary", "verifier", "district_office", "leader", "administrator"])
def test_the_rail_counts_what_waits_as_today_does(
    cast: SimpleNamespace, matter: Matter, signed_in: SignIn, role: str
) -> None:
    response = signed_in(getattr(cast, role)).get(reverse("today"))
    waiting = 1 if role == "secretary" else 0
    assert response.context["rail"][0].count == response.context["waiting"] == waiting
    assert ("等您办的 1 项" in response.content.decode()) == bool(waiting)


def test_whoever_only_reads_is_shown_where_to_look(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    with clock.set_to(NOON + dt.timedelta(days=60)):
        for role in ("leader", "auditor", "district_office", "town_office", "village_lead"):
            response = signed_in(getattr(cast, role)).get(reverse("today"))
            words = response.content.decode()
            assert [task.what for task in response.context["watched"]] == ["漏雨"]
            assert "先看这些" in words
            assert words.count("btn--primary") == 1
    quiet = signed_in(cast.administrator).get(reverse("today")).content.decode()
    assert "今天没有要您办的" in quiet
    assert f'href="{reverse("journal")}">看日志' in quiet


def test_reminders_have_their_own_place(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    words = village.get(reverse("ledger")).content.decode()
    assert 'aria-label="提醒，未读 1 条"' in words
    village.post(reverse("notices_read"))
    response = village.get(reverse("ledger"))
    assert 'aria-label="提醒"' in response.content.decode()
    assert response.context["rail"][0].count == 1  # the work itself is still there


def test_notices_are_read(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    assert village.get(reverse("today")).context["unread"] == 1
    notice = Notice.objects.visible_to(cast.secretary).get()
    listed = village.get(reverse("notices"))
    assert matter.number in listed.content.decode()
    onward = village.post(reverse("notice_read", args=[notice.pk]), {"next": reverse("matter", args=[matter.number])})
    assert onward["Location"] == reverse("matter", args=[matter.number])
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert village.get(reverse("today")).context["unread"] == 0


def test_another_persons_notice_is_not_there(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    notice = Notice.objects.visible_to(cast.secretary).get()
    assert signed_in(cast.verifier).post(reverse("notice_read", args=[notice.pk])).status_code == 404
    elsewhere = signed_in(cast.secretary).post(
        reverse("notice_read", args=[notice.pk]), {"next": "https://example.org/"}
    )
    assert elsewhere["Location"] == reverse("notices")


def test_all_notices_at_once(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    assert village.post(reverse("notices_read")).status_code == 302
    assert not Notice.objects.visible_to(cast.secretary).filter(read_at__isnull=True).exists()
    assert "没有未读的提醒" in village.get(reverse("notices") + "?unread=1").content.decode()
