"""The page and the API of a round's fairness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from huoshui.packs.actions import load_pack
from huoshui.visits.models import FairnessAnalysis, Round
from huoshui.visits.tasks import analyse_fairness
from tests.visits.staging import CHECKLIST, PACK, Stage, write_pack
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as program

SignIn = Callable[[Account], Client]


def address(round: Round) -> str:
    return reverse("round_fairness", args=[round.pk])


def test_from_the_round_to_the_analysis(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.uneven(), signed_in(stage.lead)
    assert address(round) in lead.get(reverse("round", args=[round.pk])).content.decode()
    page = lead.get(address(round)).content.decode()
    assert "还没有分析" in page
    assert "正式成绩和名次不因本页而改变" in page
    answer = lead.post(reverse("round_fairness_ask", args=[round.pk]))
    assert (answer.status_code, answer["Location"]) == (302, address(round))
    assert 'hx-trigger="every 2s"' in lead.get(address(round)).content.decode()
    analyse_fairness.call(str(FairnessAnalysis.objects.get().pk))
    entries = Entry.objects.count()
    page = lead.get(address(round)).content.decode()
    assert Entry.objects.count() == entries  # numbers of judges, no personal values: a look is not journalled
    assert "hx-trigger" not in page
    assert 'data-label="评委3" data-value="-1333"' in page
    for words in ("偏严：评委3", "寨卜昌村", "看法最不一样的考核项", "Shrout"):
        assert words in page
    for account in stage.cast.judges:
        assert account.username not in page


def test_what_cannot_be_said_is_said(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.computed(), signed_in(stage.lead)
    lead.post(reverse("round_fairness_ask", args=[round.pk]))
    analyse_fairness.call(str(FairnessAnalysis.objects.get().pk))
    page = lead.get(address(round)).content.decode()
    assert "所有评委给所有村的合计都一样" in page
    assert "nan" not in page.lower()


@pytest.mark.parametrize("who", ["leader", "scrutineer", "tally_clerk", "assessor", "secretary", "auditor"])
def test_nobody_else_finds_it(stage: Stage, signed_in: SignIn, who: str) -> None:
    round, account = stage.uneven(), getattr(stage.cast, who)
    client, api = signed_in(account), program(account)
    assert address(round) not in client.get(reverse("round", args=[round.pk])).content.decode()
    assert client.get(address(round)).status_code in (403, 404)
    assert client.post(reverse("round_fairness_ask", args=[round.pk])).status_code in (403, 404)
    for method in ("GET", "POST"):
        assert codes(send(api, method, f"/rounds/{round.pk}/fairness"))[0] in ("access.denied", "access.not_found")
    assert not FairnessAnalysis.objects.exists()


def test_not_before_the_computation(stage: Stage, signed_in: SignIn) -> None:
    round, lead = stage.locked(), signed_in(stage.lead)
    assert address(round) not in lead.get(reverse("round", args=[round.pk])).content.decode()
    assert lead.get(address(round)).status_code == 409
    assert codes(send(program(stage.lead), "GET", f"/rounds/{round.pk}/fairness")) == ["round.state"]


def test_over_the_api(stage: Stage) -> None:
    round, lead = stage.uneven(), program(stage.lead)
    path = f"/rounds/{round.pk}/fairness"
    assert done(send(lead, "GET", path))["state"] == "none"
    first = done(send(lead, "POST", path, key="once"))
    assert (first["state"], first["groups"]) == ("asked", [])
    assert done(send(lead, "POST", path, key="once")) == first
    analyse_fairness.call(str(FairnessAnalysis.objects.get().pk))
    found = done(send(lead, "GET", path))
    assert (found["state"], found["confidence"]) == ("done", 90)
    (group,) = found["groups"]
    assert [row["place_name"] for row in group["standings"]] == ["寨卜昌村", "苏家作村", "阳庙村"]
    assert [row["judge"] for row in group["severities"]] == [1, 2, 3]
    assert 0 < group["agreement"]["agreement_one"] < group["agreement"]["consistency_one"] <= 1
    assert found["items"][0]["item"] == "meetings"


def test_where_the_pack_does_not_rank_no_rank_is_told(
    stage: Stage, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    round = stage.uneven()
    send(program(stage.lead), "POST", f"/rounds/{round.pk}/fairness", key="once")
    analyse_fairness.call(str(FairnessAnalysis.objects.get().pk))
    monkeypatch.setattr(Round, "ranks", False)
    (group,) = done(send(program(stage.lead), "GET", f"/rounds/{round.pk}/fairness"))["groups"]
    rows = group["standings"]
    assert [row["place"] for row in rows] == sorted(row["place"] for row in rows)
    assert {row[name] for row in rows for name in ("rank", "first", "last", "official")} == {0}
    assert all(row["low"] <= row["adjusted"] <= row["high"] for row in rows)
    page = signed_in(stage.lead).get(address(round)).content.decode()
    assert "去掉评委松紧之后的得分" in page
    assert "名次" not in page.partition('class="section fair"')[2].partition("</section>")[0].replace("不排名次", "")


def test_where_the_pack_does_not_rank_no_page_speaks_of_ranks(stage: Stage, signed_in: SignIn, tmp_path: Path) -> None:
    ranking = CHECKLIST[CHECKLIST.index("  ranking:") : CHECKLIST.index("  adjustments:")]
    folder = write_pack(
        tmp_path / "plain", checklist=CHECKLIST.replace(ranking, ""), pack=PACK.replace("1.0.0", "1.1.0")
    )
    load_pack(by=system_account(), folder=folder)
    round, lead = stage.uneven(), signed_in(stage.lead)
    lead.post(reverse("round_fairness_ask", args=[round.pk]))
    analyse_fairness.call(str(FairnessAnalysis.objects.get().pk))
    page = lead.get(address(round)).content.decode()
    assert "去掉评委松紧之后的得分" in page
    assert "本机制不排名次" in page
    assert "名次" not in page.replace("本机制不排名次", "")
    for tab in ("ranking", "outcome", "signatures"):
        assert "名次" not in lead.get(reverse("round", args=[round.pk]), {"tab": tab}).content.decode(), tab
