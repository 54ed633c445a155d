"""Issuing again: what counts as another document, what a batch takes over, and how it ends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.documents import actions
from huoshui.documents.actions import ask_batch, issue
from huoshui.documents.models import Batch, Document, Edition
from huoshui.documents.sameness import reworded
from huoshui.documents.tasks import AGAIN, issue_batch
from huoshui.documents.templates import replace_template
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.packs.actions import load_pack
from huoshui.places.honours import record_honour, withdraw_honour
from tests.documents.conftest import PROFILE, REVIEW, refused, word_of, words
from tests.matters.conftest import Opener, claim

LEDGER = "documents.ledger"


def of_town(cast: SimpleNamespace, **other: Any) -> dict[str, Any]:
    return {"by": cast.town_office, "kind": PROFILE, "place": cast.land.town, "period": "2018"} | other


def run(asked: dict[str, Any]) -> Batch:
    batch = ask_batch(**asked)
    issue_batch.call(str(batch.pk))
    return Batch.objects.get(pk=batch.pk)


def test_a_measure_in_a_table_makes_another_ledger(open_item: Opener, cast: SimpleNamespace) -> None:
    item = open_item()
    asked = {"by": cast.district_office, "kind": LEDGER, "place": cast.land.district, "period": "2018"}
    issue(**asked)
    assert refused(issue, **asked).code == "document.same"
    claim(item, cast.secretary)
    second = issue(**asked, reason="已认领")
    assert (second.number, second.changes) == (2, [])
    assert "补齐会议记录" in words(bytes(second.files.get(ending="docx").data))
    ((then, now),) = reworded_since(second)
    assert "补齐会议记录" in now
    assert "补齐会议记录" not in then
    assert refused(issue, **asked, reason="再签").code == "document.same"


def reworded_since(edition: Edition) -> list[tuple[str, str]]:
    first = Edition.objects.get(document=edition.document, number=edition.number - 1)
    days = [clock.local_date(one.at) for one in (first, edition)]
    return reworded(first.blocks, (first.code, days[0]), edition.blocks, (edition.code, days[1]))


def test_what_was_written_otherwise_is_told(open_item: Opener, cast: SimpleNamespace) -> None:
    asked = {"by": cast.district_office, "kind": REVIEW, "place": cast.land.district, "period": "2018"}
    issue(**asked, texts={"opening": "第一段。\n第二段。"}, address="https://huoshui.example")
    open_item()
    again = {"texts": {"opening": "第一段。\n第二段改了。"}, "address": "https://huoshui.example", "reason": "改文字"}
    second = issue(**asked, **again)
    assert "rectification.opened" in {one["indicator"] for one in second.changes}
    told = reworded_since(second)
    assert ("第二段。", "第二段改了。") in told
    assert not [one for one in told if "第一段" in "".join(one) or second.code in "".join(one)]


def test_an_honour_under_another_name_makes_another_review(cast: SimpleNamespace) -> None:
    honour = {"place": cast.land.village, "level": "national", "year": 2018, "by": cast.district_office}
    first = record_honour(name="文明村镇", **honour)
    asked = {"by": cast.district_office, "kind": REVIEW, "place": cast.land.district, "period": "2018"}
    issue(**asked)
    withdraw_honour(by=cast.district_office, honour=first, reason="名称有误")
    record_honour(name="全国文明村", **honour)
    assert issue(**asked, reason="荣誉名称更正").number == 2


def test_a_batch_after_an_edition_with_changes_issues_nothing(open_item: Opener, cast: SimpleNamespace) -> None:
    assert run(of_town(cast)).issued == 3
    open_item()
    assert (run(of_town(cast)).issued, Edition.objects.exclude(changes=[]).count()) == (1, 1)
    again = run(of_town(cast))
    assert (again.issued, again.same, again.refused) == (0, 3, [])


def test_a_batch_keeps_what_was_written_by_hand(open_item: Opener, cast: SimpleNamespace) -> None:
    asked = of_town(cast, kind=REVIEW)
    issue(**asked, texts={"opening": "开头是手写的。"}, organ="苏家作乡党委")
    open_item()
    assert run(asked).issued == 1
    edition = Document.objects.get().editions.get(number=2)
    assert (edition.texts["opening"], edition.organ, edition.reason) == ("开头是手写的。", "苏家作乡党委", AGAIN)
    assert "开头是手写的。" in words(bytes(edition.files.get(ending="docx").data))


def test_a_batch_ends_whatever_happens(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = actions.issue

    def failing(**asked: Any) -> Edition:
        if asked["place"] == cast.land.village2:
            raise RuntimeError("no room for typefaces")
        return real(**asked)

    monkeypatch.setattr(actions, "issue", failing)
    batch = run(of_town(cast))
    assert (batch.issued, [one["place"] for one in batch.refused]) == (2, ["苏家作村"])
    assert "故障编号" in batch.refused[0]["why"]
    assert "typefaces" not in batch.refused[0]["why"]
    assert batch.done_at is not None


def test_a_batch_of_a_kind_that_is_gone_ends(cast: SimpleNamespace) -> None:
    batch = ask_batch(**of_town(cast))
    Batch.objects.filter(pk=batch.pk).update(kind="documents.gone")
    issue_batch.call(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.issued, [one["place"] for one in batch.refused], batch.done_at is None) == (0, ["苏家作乡"], False)


def test_a_template_that_compares_text_with_a_number_is_refused(cast: SimpleNamespace) -> None:
    data = word_of("{{ title }}", '{% if figure("rectification.opened").value > 3 %}多{% endif %}')
    template = {"kind": REVIEW, "place": cast.land.district, "name": "a.docx", "data": data}
    replace_template(by=cast.district_office, **template)
    refusal = refused(issue, by=cast.district_office, kind=REVIEW, place=cast.land.district, period="2018")
    assert (refusal.code, "not supported" in str(refusal.problems[0].params["name"])) == ("document.code", True)


ROLES = """
- code: clerk
  name: {zh: 文书员, en: Clerk}
  permissions: [place.view, document.view, document.issue, figure.view, round.view, visit.view]
- code: reader
  name: {zh: 看事项, en: Reader}
  permissions: [matter.view, fund.view]
"""


def test_a_duty_for_one_pack_tells_nothing_of_anothers_matters(
    open_item: Opener, cast: SimpleNamespace, tmp_path: Path
) -> None:
    folder = tmp_path / "clerks"
    folder.mkdir()
    manifest = "code: clerks\nversion: 1.0.0\nname: {zh: 文书员, en: Clerks}\ndescription: {zh: 试, en: Test}\n"
    (folder / "pack.yaml").write_text(manifest, encoding="utf-8")
    (folder / "roles.yaml").write_text(ROLES, encoding="utf-8")
    load_pack(by=system_account(), folder=folder)
    grant = {"by": system_account(), "account": cast.stranger, "place": cast.land.village}
    duties.grant_duty(role="clerk", **grant)
    duties.grant_duty(role="reader", pack="hubs", **grant)
    item = open_item()
    asked = {"by": cast.stranger, "kind": PROFILE, "place": cast.land.village, "period": "2018"}
    refusal = refused(issue, **asked)
    assert (refusal.code, refusal.problems[0].params["permission"]) == ("access.denied", "查看事项")
    duties.grant_duty(role="reader", pack="rectification", **grant)
    cast.stranger.__dict__.pop("_grants")
    assert item.number in words(bytes(issue(**asked).files.get(ending="docx").data))
