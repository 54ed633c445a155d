"""Checklists in the browser: shown in words, edited into a new version, running rounds untouched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.packs.queries import current
from huoshui.visits.queries import checklist_source
from huoshui.web.office.round_pages.checklist_form import edit_form
from tests.visits.staging import Stage, write_pack

SignIn = Callable[[Account], Client]
EDIT = ("trial", "trial")


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


def typed(**changes: Any) -> dict[str, Any]:
    """The whole form as it is sent, with changes by input name."""
    source = checklist_source(current("trial"), "trial")
    assert source is not None
    values = {entry.name: entry.value for entry in edit_form(source).fields()}
    return {**values, "seen": current("trial").number, **changes}


def post(client: Client, changes: dict[str, Any]) -> Any:
    return client.post(reverse("checklist_edit", args=EDIT), typed(**changes))


def test_the_page_says_everything_in_words(stage: Stage, signed_in: SignIn) -> None:
    page = signed_in(stage.lead).get(reverse("checklist", args=EDIT)).content.decode()
    for words in (
        "每处扣 1 分，扣完为止",
        "不少于 300 平方米；不达标按比例得分",
        "答“否”",
        "得分低于 60%",
        "→ 整改事项",
    ):
        assert words in page


def test_who_may_edit(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("checklist_edit", args=EDIT)
    assert signed_in(stage.lead).get(address).status_code == 200
    assert signed_in(stage.cast.leader).get(address).status_code == 403
    assert signed_in(stage.cast.secretary).get(address).status_code == 404
    assert signed_in(stage.lead).get(reverse("checklist_edit", args=["trial", "nothing"])).status_code == 404


def test_an_unchanged_form_publishes_nothing(stage: Stage, signed_in: SignIn) -> None:
    assert post(signed_in(stage.lead), {}).status_code == 302
    assert current("trial").number == "1.0.0"


def test_a_new_version_leaves_running_rounds_alone(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    changes = {
        "sections.all.items.meetings.name.zh": "三会一课",
        "sections.all.items.meetings.fails_below": "50",
        "sections.all.items.floor.scoring.at_least": "200",
        "sections.all.items.theme.scoring.options.poor.points": "1",
    }
    assert post(signed_in(stage.lead), changes).status_code == 302
    items = current("trial").section("checklists")["trial"].items
    assert current("trial").number == "1.0.1"
    assert (items["meetings"].name.zh, items["meetings"].fails_below) == ("三会一课", 50)
    assert items["floor"].scoring.limit == 20000
    assert items["theme"].scoring.options[1].points == 1000
    round.refresh_from_db()
    assert round.checklist.items["meetings"].name.zh == "会议"


def test_a_finding_stands_beside_its_input(stage: Stage, signed_in: SignIn) -> None:
    answer = post(signed_in(stage.lead), {"sections.all.items.meetings.points": "7"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="points-error"' in page
    assert "各项合计却是 21 分" in page
    assert 'value="7"' in page
    assert current("trial").number == "1.0.0"


def test_items_are_added_and_retired(stage: Stage, signed_in: SignIn) -> None:
    at = "new:sections.all"
    changes = {
        "retire:sections.all.items.overall": "1",
        f"{at}.code": "toilet",
        f"{at}.name.zh": "公厕",
        f"{at}.name.en": "Toilet",
        f"{at}.method": "see",
        f"{at}.points": "3",
        f"{at}.scoring": "deduction",
        f"{at}.amount": "0.5",
    }
    assert post(signed_in(stage.lead), changes).status_code == 302
    items = current("trial").section("checklists")["trial"].items
    assert "overall" not in items
    assert items["toilet"].scoring.per_finding == 500


def test_grades_are_added_and_retired(stage: Stage, signed_in: SignIn) -> None:
    at = "sections.all.items.theme.scoring.options"
    changes = {
        f"retire:{at}.poor": "1",
        f"new:{at}.code": "fair",
        f"new:{at}.name.zh": "中",
        f"new:{at}.name.en": "Fair",
        f"new:{at}.points": "2.5",
    }
    assert post(signed_in(stage.lead), changes).status_code == 302
    options = current("trial").section("checklists")["trial"].items["theme"].scoring.options
    assert [(option.code, option.points) for option in options] == [("good", 4000), ("fair", 2500)]


def test_evidence_goes_when_it_is_emptied(stage: Stage, signed_in: SignIn) -> None:
    at = "sections.all.items.plaza.evidence"
    assert post(signed_in(stage.lead), {f"{at}.photos": "", f"{at}.when": ""}).status_code == 302
    assert current("trial").section("checklists")["trial"].items["plaza"].evidence is None


def test_another_edit_in_between_is_said(stage: Stage, signed_in: SignIn) -> None:
    client = signed_in(stage.lead)
    post(client, {"name.zh": "新细则"})
    answer = post(client, {"name.zh": "又一份", "seen": "1.0.0"})
    assert answer.status_code == 409
