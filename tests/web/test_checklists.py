"""Checklists in the browser: shown in words; edited without YAML, looked at, published; running rounds untouched."""

from __future__ import annotations

import re
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
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.visits.schema import Checklist, Item
from tests.visits.staging import Stage, write_pack
from tests.web.filled_form import filled

SignIn = Callable[[Account], Client]
EDIT = ("trial", "trial")
ADDRESS = "/packs/trial/checklists/trial/edit"


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


def published() -> Checklist:
    checklist: Checklist = current("trial").section("checklists")["trial"]
    return checklist


def items() -> dict[str, Item]:
    return published().items


class Editor:
    """The editor as a person without script uses it: every press sends the whole form and shows the next page."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.see(client.get(ADDRESS))

    def see(self, answer: Any) -> None:
        self.status = answer.status_code
        self.html = answer.content.decode()
        form = "checklist" if 'id="checklist"' in self.html else ""
        self.values = filled(self.html, form)

    def fill(self, **typed: Any) -> None:
        """Type into inputs that stand on the page: by their names, with __ for the dots."""
        for name, value in typed.items():
            self.set(name.replace("__", "."), value)

    def set(self, name: str, value: Any) -> None:
        assert name in self.values or f'name="{name}"' in self.html, f"no input {name}"
        self.values[name] = [value] if isinstance(value, str) else value

    def press(self, do: str) -> Editor:
        """Press a button that stands on the page."""
        assert f'value="{do}"' in self.html, f"no button {do}"
        self.see(self.client.post(ADDRESS, {**self.values, "do": do}))
        return self

    def newest(self, kind: str) -> str:
        """The key of the node of this kind that was added last."""
        keys = [node.partition(":")[2] for node in self.values["node"] if node.startswith(f"{kind}:new-")]
        return max(keys, key=lambda key: int(key.removeprefix("new-")))

    def error_at(self, name: str) -> str:
        found = re.search(rf'id="{re.escape(name)}-error">([^<]*)<', self.html)
        return found[1] if found else ""

    def publish(self) -> None:
        self.press("review")
        assert "还没有发布" in self.html, self.html
        self.press("publish")
        assert self.status == 302, self.html


@pytest.fixture
def editor(stage: Stage, signed_in: SignIn) -> Editor:
    return Editor(signed_in(stage.lead))


# --- shown --------------------------------------------------------------------------


def test_the_page_says_everything_in_words(stage: Stage, signed_in: SignIn) -> None:
    page = signed_in(stage.lead).get(reverse("checklist", args=EDIT)).content.decode()
    for words in (
        "每处扣 1 分，扣完为止",
        "不少于 300 平方米；不达标按比例得分（填到 2 位小数）",
        "答“否”",
        "得分低于 60%，立整改事项（一般）",
        "不达标，立整改事项（较重）",
        "用登记的“阵地：村部建筑面积”预填",
        "不合格时须拍 1 张",
        "每处至少 2 名评委的评分表",
        "过半数评委认定不合格",
        "用于哪种地点",
    ):
        assert words in page


def test_who_may_edit(stage: Stage, signed_in: SignIn) -> None:
    address = reverse("checklist_edit", args=EDIT)
    assert signed_in(stage.lead).get(address).status_code == 200
    assert signed_in(stage.cast.leader).get(address).status_code == 403
    assert signed_in(stage.cast.judges[0]).get(address).status_code in (403, 404)
    assert signed_in(stage.cast.secretary).get(address).status_code == 404
    assert signed_in(stage.lead).get(reverse("checklist_edit", args=["trial", "nothing"])).status_code == 404


def test_a_judge_cannot_publish(stage: Stage, signed_in: SignIn) -> None:
    typed = Editor(signed_in(stage.lead)).values | {"name.zh": ["改过的"], "do": "publish"}
    assert signed_in(stage.cast.judges[0]).post(ADDRESS, typed).status_code in (403, 404)
    assert signed_in(stage.cast.leader).post(ADDRESS, typed).status_code == 403
    assert PackVersion.objects.filter(pack="trial").count() == 1


# --- added --------------------------------------------------------------------------


def test_a_section_with_an_item_of_each_scoring(editor: Editor) -> None:
    editor.press("add_section")
    section = editor.newest("section")
    editor.set(f"sections.{section}.name.zh", "环境卫生")
    for zh, how, typed in (
        ("公厕整洁", "grades", {}),
        ("绿化", "steps", {"steps.step": "0.5"}),
        ("垃圾堆放", "deduction", {"deduction.per_finding": "０．５", "deduction.maximum": "1"}),
        ("有保洁员", "yes_no", {"yes_no.fails_when": "no", "yes_no.prefill": "hub.plaza"}),
        (
            "路面硬化",
            "threshold",
            {
                "threshold.unit": "平方米",
                "threshold.decimals": "2",
                "threshold.bound": "at_most",
                "threshold.limit": "12.5",
                "threshold.below": "proportional",
                "threshold.maximum": "100",
                "threshold.prefill": "hub.floor_area",
                "fails_below": "50",
                "opens": "rectification.item/serious",
                "photos": "2",
                "when": "always",
            },
        ),
    ):
        if how != "grades":
            editor.press(f"add_item:sections.{section}")
        at = f"items.{editor.newest('item')}"
        typed = {"name.zh": zh, "points": "2", "method": "see", "how": how, **typed}
        for key, value in typed.items():
            editor.set(f"{at}.{key}", value)
        if how == "grades":
            options = [n.partition(":")[2] for n in editor.values["node"] if n.startswith("option:new-")]
            for option, name, points in zip(options, ("净", "脏"), ("2", "0"), strict=True):
                editor.set(f"{at}.options.{option}.name.zh", name)
                editor.set(f"{at}.options.{option}.points", points)
    editor.press("sums")
    assert editor.values["points"] == ["30"]
    editor.publish()
    added = published().sections[-1]
    assert (added.code, added.name.zh, added.name.en) == ("hjws", "环境卫生", "环境卫生")
    assert [item.code for item in added.items] == ["gczj", "lh", "ljdf", "ybjy", "lmyh"]
    grades, steps, deduction, yes_no, threshold = added.items
    assert [(o.code, o.points) for o in grades.scoring.options] == [("j", 2000), ("z", 0)]  # type: ignore[union-attr]
    assert steps.scoring.step == 500  # type: ignore[union-attr]
    assert (deduction.scoring.per_finding, deduction.scoring.maximum) == (500, 1000)  # type: ignore[union-attr]
    assert (yes_no.scoring.fails_when, yes_no.prefill_from) == ("no", "hub.plaza")  # type: ignore[union-attr]
    assert (threshold.prefill_from, threshold.fails_below) == ("hub.floor_area", 50)
    assert threshold.opens is not None
    assert (threshold.opens.kind, threshold.opens.severity) == ("rectification.item", "serious")
    assert threshold.evidence is not None
    assert (threshold.evidence.photos, threshold.evidence.when) == (2, "always")
    assert str(threshold.scoring.at_most) == "12.5"  # type: ignore[union-attr]


def test_adjustments_rules_and_method_names(editor: Editor) -> None:
    editor.press("add_adjustment")
    at = f"adjustments.{editor.newest('adjustment')}"
    for key, value in {"name.zh": "群众投诉", "kind": "deduction", "maximum": "1.5"}.items():
        editor.set(f"{at}.{key}", value)
    editor.fill(rules__quorum="2", rules__missing="rescale", rules__drop_highest="1", method_names__hear__zh="听汇报")
    editor.press("refresh")
    assert "有 2 名评委认定不合格，这一项就算不合格。" in editor.html
    editor.set("adjustments.honour.removed", "1")
    editor.publish()
    checklist = published()
    assert [(entry.code, entry.maximum) for entry in checklist.adjustments] == [("falsified", 5000), ("qzts", 1500)]
    assert (checklist.rules.quorum, checklist.rules.missing, checklist.rules.drop_highest) == (2, "rescale", 1)
    assert checklist.method_names["hear"].zh == "听汇报"


# --- changed, moved, removed --------------------------------------------------------


def test_an_unchanged_form_publishes_nothing(editor: Editor) -> None:
    editor.press("review")
    assert "没有改动" in editor.html
    editor.see(editor.client.post(ADDRESS, {**editor.values, "do": "publish"}))
    assert (editor.status, current("trial").number) == (302, "1.0.0")


def test_changes_are_shown_before_they_are_published(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    editor = Editor(signed_in(stage.lead))
    editor.fill(items__meetings__name__zh="三会一课", items__meetings__fails_below="50")
    editor.fill(items__floor__threshold__limit="200", items__theme__options__poor__points="1")
    editor.set("items.plaza.opens", "rectification.item/ordinary")
    editor.press("review")
    assert editor.status == 200
    text = re.sub(r"<[^>]+>|\s+", "", editor.html)
    assert "会议→三会一课" in text
    assert "得分低于60%→得分低于50%" in text
    assert "（空）→整改事项（一般）" in text
    assert round.name in text
    assert current("trial").number == "1.0.0"
    editor.press("back")
    assert editor.values["items.meetings.name.zh"] == ["三会一课"]
    editor.publish()
    assert current("trial").number == "1.0.1"
    assert (items()["meetings"].name.zh, items()["meetings"].fails_below) == ("三会一课", 50)
    assert items()["plaza"].opens is not None
    said = editor.client.get(reverse("checklist", args=EDIT)).content.decode()
    assert f"仍用旧版的轮次：{round.name}。" in said
    round.refresh_from_db()
    assert round.checklist.items["meetings"].name.zh == "会议"


def test_items_move_within_and_between_sections(editor: Editor) -> None:
    editor.press("down:items.meetings").press("add_section")
    section = editor.newest("section")
    first = editor.newest("item")
    editor.set(f"sections.{section}.name.zh", "其他")
    editor.set(f"items.{first}.removed", "1")
    editor.set("items.overall.section", section)
    editor.press("refresh").press(f"up:sections.{section}")
    editor.publish()
    sections = {part.code: [item.code for item in part.items] for part in published().sections}
    assert sections == {"qt": ["overall"], "all": ["theme", "meetings", "floor", "plaza"]}
    assert list(sections) == ["qt", "all"]


def test_a_move_keeps_the_button_in_reach(editor: Editor) -> None:
    editor.press("down:items.floor")
    assert re.search(r'value="down:items.floor"[^>]* autofocus', editor.html)
    editor.press("down:items.floor")
    assert re.search(r'value="up:items.floor"[^>]* autofocus', editor.html)
    assert editor.html.count(" autofocus") == 1


def test_grades_and_items_are_retired_and_their_codes_never_used_again(editor: Editor) -> None:
    at = "items.theme.options"
    editor.set(f"{at}.poor.removed", "1")
    editor.set("items.overall.removed", "1")
    editor.press("add_option:items.theme")
    option = editor.newest("option")
    editor.set(f"{at}.{option}.name.zh", "poor")
    editor.set(f"{at}.{option}.points", "2.5")
    editor.press("sums").publish()
    scoring: Any = items()["theme"].scoring
    assert [(entry.code, entry.points) for entry in scoring.options] == [("good", 4000), ("poor_2", 2500)]
    again = Editor(editor.client)
    again.press("add_item:sections.all")
    item = again.newest("item")
    for key, value in {"name.zh": "Overall", "points": "1", "how": "deduction", "deduction.per_finding": "1"}.items():
        again.set(f"items.{item}.{key}", value)
    again.press("sums").publish()
    assert "overall_2" in items()


def test_another_unit_or_scoring_replaces_the_item_by_a_new_one(editor: Editor) -> None:
    assert "items.floor.threshold.unit" not in editor.values
    editor.press("replace:items.floor")
    at = f"items.{editor.newest('item')}"
    assert editor.values[f"{at}.name.zh"] == ["面积"]
    editor.set(f"{at}.threshold.unit", "亩")
    editor.set(f"{at}.threshold.limit", "0.45")
    editor.publish()
    assert "floor" not in items()
    scoring: Any = items()["mj"].scoring
    assert (scoring.unit, scoring.limit) == ("亩", 45)
    assert list(items()) == ["meetings", "theme", "mj", "plaza", "overall"]


def test_what_is_published_keeps_its_meaning_whatever_is_sent(editor: Editor) -> None:
    sent = {**editor.values, "items.meetings.how": ["yes_no"], "items.floor.threshold.unit": ["亩"], "do": "publish"}
    editor.see(editor.client.post(ADDRESS, sent))
    scoring: Any = items()["floor"].scoring
    assert (items()["meetings"].scoring.type, scoring.unit) == ("deduction", "平方米")


# --- refused ------------------------------------------------------------------------


def test_a_sum_that_differs_is_said_at_its_input(editor: Editor) -> None:
    editor.fill(items__meetings__points="7")
    editor.press("refresh")
    assert "比写明的 20 分多 1 分" in editor.html
    editor.press("review")
    assert editor.status == 422
    assert "各项合计却是 21 分" in editor.error_at("points")
    assert editor.values["items.meetings.points"] == ["7"]
    assert current("trial").number == "1.0.0"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("items.meetings.points", "六", "不是不多于 3 位小数的数字"),
        ("items.meetings.name.zh", "", "“名称”必须填写"),
        ("items.meetings.fails_below", "160", "超出范围（1 至 100）"),
        ("items.meetings.deduction.per_finding", "9", "每处扣分应大于 0 且不超过本项分值"),
        ("items.floor.threshold.limit", "", "“标准值”必须填写"),
        ("items.floor.threshold.limit", "1.005", "标准值多于声明的 2 位小数"),
        ("items.theme.opens", "rectification.item/serious", "却没有写明何时算不合格"),
        ("items.theme.options.good.points", "5", "超过本项 4 分"),
        ("items.overall.steps.step", "0.7", "不是给分步长的整倍数"),
        ("rules.minimum_judges", "0", "超出范围（1 至 100）"),
        ("rules.drop_highest", "2", ""),
        ("place_kinds", [], "“用于哪种地点”必须填写"),
    ],
)
def test_refusals_stand_at_their_inputs(editor: Editor, name: str, value: Any, words: str) -> None:
    editor.set(name, value)
    editor.press("review")
    assert editor.status == 422
    at = "rules.minimum_judges" if name == "rules.drop_highest" else name
    assert editor.error_at(at)
    assert words in editor.error_at(at)
    assert editor.values.get(name, []) == ([value] if isinstance(value, str) else value)


def test_a_new_item_is_refused_at_its_own_input(editor: Editor) -> None:
    editor.press("add_item:sections.all")
    at = f"items.{editor.newest('item')}"
    for key, value in {"name.zh": "公厕", "points": "0", "how": "threshold", "threshold.unit": "座"}.items():
        editor.set(f"{at}.{key}", value)
    editor.set(f"{at}.threshold.limit", "1")
    editor.set(f"{at}.threshold.prefill", "hub.floor_area")
    editor.press("review")
    assert editor.status == 422
    assert "不能用来预填“公厕”" in editor.error_at(f"{at}.threshold.prefill")


# --- edited by two ------------------------------------------------------------------


def test_two_edits_are_shown_side_by_side_and_brought_together(editor: Editor) -> None:
    other = Editor(editor.client)
    other.fill(items__meetings__name__zh="他们改的", items__plaza__name__zh="文化广场")
    other.publish()
    editor.fill(items__meetings__name__zh="我改的", items__overall__name__zh="总体印象")
    editor.press("review")
    assert editor.status == 409
    text = re.sub(r"<[^>]+>|\s+", "", editor.html)
    for words in ("会议→他们改的", "广场→文化广场", "会议→我改的", "总评→总体印象", "两边都改了"):
        assert words in text
    assert items()["meetings"].name.zh == "他们改的"
    editor.press("rebase")
    assert editor.values["seen"] == ["1.0.1"]
    editor.publish()
    names = {code: item.name.zh for code, item in items().items()}
    assert (names["meetings"], names["plaza"], names["overall"]) == ("我改的", "文化广场", "总体印象")


def test_publishing_what_was_looked_at_too_late_overwrites_nothing(editor: Editor) -> None:
    editor.fill(name__zh="我的细则")
    editor.press("review")
    other = Editor(editor.client)
    other.fill(name__zh="他们的细则")
    other.publish()
    editor.press("publish")
    assert editor.status == 409
    assert published().name.zh == "他们的细则"
