"""The journal in words: every entry of every action reads like a line of an office's log, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from huoshui.duties.models import Account
from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.web.entries import moments
from huoshui.web.office.matter_pages.story import story_of
from tests.kept import kept
from tests.web.journal_scenario import play

SignIn = Callable[[Account], Client]
SILENT = {"notices.mark_read", "notices.send_code", "notices.send_test", "webhooks.send_test"}
"""Never journalled: when somebody reads a reminder, or tries their own channel, is no business of anybody's."""
CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-f]{16}")
HEAD_OF_DIGEST = re.compile(r"（摘要 [0-9a-f]{8}）")
"""What stands for a personal value: its letters are as chance gives them."""
EMPTY = re.compile(r"\b(?:None|null|True|False)\b|\[\]|\{\}|['\"]\w+['\"]:")
LATIN = re.compile(r"[a-z]{3,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SPELT = {"用户名", "Username", "文件", "File", "代码", "Code", "邮箱", "E-mail", "查询语句", "Question"} | {
    "指标代码", "Indicator code", "地点代码", "Place code",
}  # fmt: skip
"""Labels of values that are spelt in Latin letters: what is typed to sign in, names of files, codes, e-mails, SQL."""


@pytest.fixture
def played(cast: SimpleNamespace, tmp_path: Path, settings: Any) -> SimpleNamespace:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.DATA_DIR = tmp_path
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]
    kept("journal scenario", lambda: play(cast, tmp_path), on=cast)
    return cast


def shown(reader: Account) -> Iterator[tuple[Entry, str, str]]:
    """Every text that a reader sees of an entry, with the label before it ("" for none)."""
    entries = list(Entry.objects.order_by("seq"))
    for entry, moment in zip(entries, moments(entries, reader=reader), strict=True):
        for text in (moment["who"], moment["what"], moment["subject"], moment["where"], moment["note"]):
            yield entry, "", text
        for change in moment["changes"]:
            yield entry, "", change["label"]
            yield entry, change["label"], change["before"]
            yield entry, change["label"], change["after"]


def raw(text: str) -> bool:
    return any(pattern.search(text) for pattern in (CODE, UUID, DIGEST, EMPTY))


def test_the_scenario_takes_every_action(played: SimpleNamespace) -> None:
    declared = {name for name in ACTIONS if not name.startswith("tests.")} - SILENT
    assert declared - set(Entry.objects.values_list("action", flat=True)) == set()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_value_is_a_code(played: SimpleNamespace, language: str) -> None:
    usernames = set(Account.objects.get_queryset().values_list("username", flat=True))
    with translation.override(language):
        texts = [(entry.action, label, text) for entry, label, text in shown(played.review_lead) if label not in SPELT]
    assert len(texts) > 500
    assert [found for found in texts if raw(found[2]) or found[2] in usernames] == []


def test_in_chinese_no_word_is_left_in_latin_letters(played: SimpleNamespace) -> None:
    allowed = ("places.csv", "2017年隐患台账.csv")
    with translation.override("zh-hans"):
        left = [
            (entry.action, label, text)
            for entry, label, text in shown(played.review_lead)
            if LATIN.search(HEAD_OF_DIGEST.sub("", text)) and label not in SPELT and text not in allowed
        ]
    assert left == []


def test_in_english_actions_and_labels_are_english(played: SimpleNamespace) -> None:
    entries = list(Entry.objects.order_by("seq"))
    with translation.override("en"):
        told = moments(entries, reader=played.review_lead)
        left = {m["what"] for m in told if CHINESE.search(m["what"])}
        left |= {change["label"] for m in told for change in m["changes"] if CHINESE.search(change["label"])}
        words = {str(change[side]) for m in told for change in m["changes"] for side in ("before", "after")}
    assert left == set()
    assert {
        "Being rectified",
        "Serious",
        "Yes",
        "No",
        "provincial",
        "Hub",
        "More than half",
        "Scaled up from the answered items",
    } <= words


def lines(action: str, **filters: Any) -> list[str]:
    """The entries of an action, each as one line."""
    entries = list(Entry.objects.filter(action=action, **filters).order_by("seq"))
    with translation.override("zh-hans"):
        return [
            f"{m['who']} {m['what']} {m['subject']}："
            + "；".join(f"{c['label']} {c['before']}→{c['after']}" for c in m["changes"])
            for m in moments(entries)
        ]


LINES = {
    "duties.grant": "系统管理员 分派职责 寨卜昌村监督员 · 网格员：机制 →整改台账；开始 →2018-04-02",
    "matters.assign": "苏家作乡党建办 指定责任人 ZG-2018-0003 路灯不亮："
    "责任人 寨卜昌村支书→寨卜昌村包村干部；责任单位 村委会→乡党建办包村",
    "places.amend": "系统管理员 更新地点信息 寨卜昌村党群服务中心：村部建筑面积 320.00 平方米→355.50 平方米；"
    "设有文化广场 是→否；阵地品牌 红色邻里→",
    "visits.amend_round": "考核组组长 修改轮次 第二季度观摩："
    "缺项处理 缺项计零分→按已答项折算；认定不合格的评委数 过半数→2",
    "visits.set_places": "考核组组长 选定村 第二季度观摩：地点 →去掉阳庙村；计划到访 →2018-04-03",
    "visits.correct_result": "考核组组长 更正成绩 第二季度观摩 · 寨卜昌村：总分 20 分→18.5 分；名次 1→2",
    "visits.sign_round": "分管领导 签字 第二季度观摩 · 领导：",
    "matters.recompute_due": "系统 按新日历重算时限 ZG-2018-0007 垃圾未清：整改期限 2018-04-25（暂定）→2018-04-24",
    "packs.publish_edited": "系统 发布机制新版本 来访 1.0.1：现行版本 1.0.0→1.0.1",
    "ops.restore": "系统 从备份恢复 系统：备份时间 →2018-04-02 06:00；备份内已封存条数 →120；未能找回的条数 →3",
}


@pytest.mark.parametrize(("action", "line"), LINES.items())
def test_a_line_of_the_log(played: SimpleNamespace, action: str, line: str) -> None:
    assert line in lines(action)


def test_a_double_names_what_it_doubles(played: SimpleNamespace) -> None:
    doubles = [line for line in lines("matters.advance") if "并入重复事项" in line]
    said = "状态 待认领→重复；办结结果 →重复；并入 →ZG-2018-0002；销号日期 →2018-04-02"
    assert any(line.endswith(said) for line in doubles)


def test_a_submission_says_which_clock_runs_now(played: SimpleNamespace) -> None:
    line = next(line for line in lines("matters.advance") if "申请销号" in line)
    assert "所计期限 整改期限→核验期限；到期日 " in line


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_story_of_a_matter_is_in_words_too(played: SimpleNamespace, language: str) -> None:
    with translation.override(language):
        told = [moment for matter in Matter.objects.all() for moment in story_of(matter)]
        texts = [text for moment in told for text in (moment.who, moment.what, moment.note, *_parts(moment.changes))]
    assert len(texts) > 100
    usernames = set(Account.objects.get_queryset().values_list("username", flat=True))
    assert [text for text in texts if raw(text) or text in usernames] == []


def _parts(changes: list[dict[str, str]]) -> list[str]:
    return [change[side] for change in changes for side in ("label", "before", "after")]


def test_the_page_shows_titles_and_places(played: SimpleNamespace, signed_in: SignIn) -> None:
    page = signed_in(played.auditor).get(reverse("journal"), {"action": "duties."}).content.decode()
    body = unescape(re.sub(r"<[^>]+>", " ", page[page.index("<tbody>") :]))
    assert "分派职责" in body
    assert "寨卜昌村监督员 · 网格员" in body
    assert "（village_watch）" not in body
    assert "人员 village_watch" not in body


def test_the_page_until_a_day_and_no_further_than_one_leafs(
    played: SimpleNamespace, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huoshui.web.office.lists.MOST_ROWS", 60)
    client, entries = signed_in(played.auditor), Entry.objects.order_by("seq")
    first_day = timezone.localtime(entries[0].at).date()
    page = client.get(reverse("journal"), {"until": first_day.isoformat()}).content.decode()
    shown = [int(number) for number in re.findall(r'num ledger__key">(\d+)</th>', page)]
    assert shown
    assert all(timezone.localtime(entry.at).date() <= first_day for entry in entries.filter(seq__in=shown))
    whole = client.get(reverse("journal")).content.decode()
    assert "总数超过 60 条" in whole
    assert "?page=3" not in whole
    monkeypatch.setattr("huoshui.web.office.lists.MOST_ROWS", len(entries))
    exactly = client.get(reverse("journal")).content.decode()
    assert "总数超过" not in exactly
    refused = client.get(reverse("journal"), {"until": "昨天"})
    assert refused.status_code == 422
    assert "截至" in refused.content.decode()
