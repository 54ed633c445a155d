"""Pages and API of returns, imported figures, targets and questions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huoshui.commands import huoshui
from huoshui.duties.models import Account
from huoshui.exchange.importing import bring_figures
from huoshui.figures.queries import figure, get_indicator
from huoshui.figures.reporting.actions import approve_return, reopen_return
from huoshui.figures.reporting.conflicts import decide_conflict, give_conflict
from huoshui.figures.reporting.imports import import_figures
from huoshui.figures.reporting.models import Conflict, Filing, Target
from huoshui.figures.reporting.queries import get_return
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import period
from tests.figures.conftest import VALUES, Report, forest, offices, report
from tests.figures.test_doubts import SEED, bring
from tests.matters.conftest import Opener, open_item
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api
from tests.web.test_figures import text_of

__all__ = ["forest", "offices", "open_item", "report"]

SignIn = Callable[[Account], Client]
PAGE = "/figures/returns/education.annual/410871/2017/"


def filled(browser: Client) -> dict[str, str]:
    """The form of the return, each value typed as 1, the shares as 1/2."""
    shown = browser.get(PAGE)
    assert shown.status_code == 200
    names = re.findall(r'name="(education\.[a-z_]+)"', shown.content.decode())
    assert len(names) == 12
    return {name: "1/2" if name.endswith("_share") else "1" for name in names}


def post(browser: Client, address: str, form: dict[str, Any]) -> Any:
    return browser.post(address, form, follow=True)


def test_a_return_goes_through_its_pages(offices: SimpleNamespace, signed_in: SignIn) -> None:
    clerk = signed_in(offices.clerk)
    assert "教育事业年报" in text_of(clerk, "/")  # Today asks for it
    assert "教育事业年报" in text_of(clerk, "/figures/returns/")
    form = filled(clerk) | {"version": "0"}
    refused = clerk.post(PAGE + "fill", form | {"education.provincial_key_teachers": "一些"})
    assert refused.status_code == 422
    assert "不是数" in refused.content.decode()
    assert 'value="一些"' in refused.content.decode()  # nothing typed is lost
    assert not Filing.objects.exists()
    sent = post(clerk, PAGE + "submit", form | {"remark": "首次填报。"})
    assert "已提交，等待审核" in sent.content.decode()
    assert "数据审核员" in text_of(clerk, PAGE)
    for person, again in (
        (offices.reviewer, "已批准这一步，等待下一级"),
        (offices.leader, 'notice__title">已批准，数已锁定'),
    ):
        browser = signed_in(person)
        filing = Filing.objects.get()
        answer = post(browser, PAGE + "approve", {"version": str(filing.version)})
        assert again in answer.content.decode()
    sheet = text_of(signed_in(offices.leader), "/figures/education.provincial_key_teachers/?place=410871&period=2017")
    for said in ("教育事业年报", "区教育局人员", "区统计办人员", "分管领导"):
        assert said in sheet
    leader = signed_in(offices.leader)
    refused = leader.post(PAGE + "reopen", {"version": str(Filing.objects.get().version), "reason": ""})
    assert (refused.status_code, "原因" in refused.content.decode()) == (422, True)
    assert (
        post(leader, PAGE + "reopen", {"version": str(Filing.objects.get().version), "reason": "错"}).status_code == 200
    )
    assert Filing.objects.get().state == "returned"


def test_broken_rules_stand_beside_their_values_for_whoever_fills_and_approves(
    report: Report, forest: SimpleNamespace, signed_in: SignIn
) -> None:
    report(forest.land.town, "2018-02")
    page = "/figures/returns/forest.monthly/410871203/2018-03/"
    clerk = signed_in(forest.town_office)
    form = {"version": "0", **VALUES, "forest.trees": "30", "forest.oaks": "31"}
    refused = clerk.post(page + "submit", form).content.decode()
    assert "栎树不超过全部（栎树数 31 与 植树数 30）" in refused
    rules = refused.partition('id="rules"')[2].partition("</ul>")[0]
    assert [found for found in ("对不上，不能提交", "要在说明里写原因") if found in rules] == [
        "对不上，不能提交", "要在说明里写原因",
    ]  # fmt: skip
    marked = [row for row in refused.split("<tr>") if "return-table__rule" in row]
    assert len(marked) == 2, "both sides of the rule, and no other"
    kept = post(clerk, page + "fill", form)
    assert "对不上，不能提交" in kept.content.decode(), "kept as a draft, and told again"
    right = form | {"forest.oaks": "20", "version": str(Filing.objects.get(period="2018-03").version)}
    without = clerk.post(page + "submit", right)
    assert (without.status_code, "植树数±50%" in without.content.decode()) == (422, True)
    post(clerk, page + "submit", right | {"remark": "三月干旱，少种了。"})
    seen = signed_in(forest.reviewer).get(page).content.decode()
    assert "要在说明里写原因" in seen.partition('id="rules"')[2], "the approver sees what the remark is about"
    assert "三月干旱，少种了。" in seen
    assert 'id="rules"' not in clerk.get(page.replace("2018-03", "2018-02")).content.decode()


def test_what_may_not_be_seen_or_done(offices: SimpleNamespace, signed_in: SignIn) -> None:
    town = signed_in(offices.town_office)
    assert town.get(PAGE).status_code in (403, 404, 422)
    auditor = signed_in(offices.auditor)
    assert "<input" not in auditor.get(PAGE).content.decode().partition("return-table")[2].partition("</table>")[0]
    assert auditor.post(PAGE + "submit", {"remark": ""}).status_code == 403
    assert signed_in(offices.leader).get("/figures/returns/education.annual/410871/2018/").status_code == 422
    assert signed_in(offices.leader).get("/figures/returns/education.nothing/410871/2017/").status_code == 404
    assert signed_in(offices.clerk).get("/figures/import/").status_code == 403


def test_a_file_is_tried_written_and_approved(offices: SimpleNamespace, signed_in: SignIn) -> None:
    browser = signed_in(offices.reviewer)
    form: dict[str, Any] = {"place": "410871", "source": "2018年3月报道"}
    lacking = browser.post("/figures/import/", {"place": "410871", "source": "x"})
    assert (lacking.status_code, "文件" in lacking.content.decode()) == (422, True)
    tried = browser.post("/figures/import/", form | {"file": SimpleUploadedFile("f.csv", SEED.encode())})
    assert "试算通过" in tried.content.decode()
    assert not Filing.objects.exists()
    sha = re.search(r'name="sha256" value="([0-9a-f]{64})"', tried.content.decode())
    assert sha is not None
    written = browser.post("/figures/import/", form | {"step": "write", "sha256": sha[1]}, follow=True)
    assert "等待另一人批准" in written.content.decode()
    filing = Filing.objects.get()
    own = browser.post(f"/figures/filings/{filing.pk}/approve", {"version": filing.version})
    assert own.status_code == 403
    leader = signed_in(offices.leader)
    post(leader, f"/figures/filings/{filing.pk}/approve", {"version": filing.version})
    assert figure(offices.leader, get_indicator("livelihood.village_models"), filing.place, period("2017")).told == "6"


def test_a_trial_tells_what_the_register_says_otherwise(
    open_item: Opener, offices: SimpleNamespace, signed_in: SignIn
) -> None:
    open_item()
    browser = signed_in(offices.reviewer)
    values = [("rectification.opened", "3"), ("rectification.closed", "0")]
    said = [{"dataElement": one, "period": "2018", "orgUnit": "410871", "value": value} for one, value in values]
    data = json.dumps({"dataValues": said}).encode()
    form = {"place": "410871", "source": "市直报系统", "file": SimpleUploadedFile("f.json", data)}
    page = browser.post("/figures/import/", form).content.decode()
    assert re.search(r"与登记簿不同</dt><dd>1</dd>", page)
    opened, closed = (row for row in page.partition("登记簿现在</th>")[2].split("</tr>") if 'scope="row"' in row)
    assert (">1</a>" in opened, "不同" in opened) == (True, True)
    assert (">0</a>" in closed, "不同" in closed) == (True, False)
    with pytest.raises(Refusal) as caught:
        bring_figures(
            by=offices.reviewer, data=data, name="f.json", place=offices.land.district, source=" ", dry_run=True
        )
    assert caught.value.code == "value.required", "a trial refuses what writing would"


def test_a_question_is_decided_on_its_page(offices: SimpleNamespace, signed_in: SignIn) -> None:
    bring(offices, SEED, "报道")
    browser = signed_in(offices.reviewer)
    listed = text_of(browser, "/figures/conflicts/")
    assert "美好乡村示范村数 2017年 6 个 美好乡村达标村数 2017年 10 个" in listed
    row = Conflict.objects.get(rule="whole")
    told = text_of(browser, f"/figures/conflicts/{row.pk}/")
    assert "34 无论占多少个整数，都不是 78.0%" in told
    refused = browser.post(f"/figures/conflicts/{row.pk}/decide", {"decision": "doubted", "reason": ""})
    assert refused.status_code == 422
    post(browser, f"/figures/conflicts/{row.pk}/decide", {"decision": "doubted", "reason": "印出的数存疑。"})
    assert "结论 查不清，存疑" in text_of(browser, f"/figures/conflicts/{row.pk}/")
    assert "待查明" in text_of(browser, "/figures/livelihood.village_models/?place=410871&period=2017")
    assert signed_in(offices.town_office).get(f"/figures/conflicts/{row.pk}/").status_code == 404


def test_a_target_is_set_on_the_sheet(offices: SimpleNamespace, signed_in: SignIn) -> None:
    browser = signed_in(offices.leader)
    form = {"place": "410871", "period": "2018", "value": "≥3", "source": "2018年工作要点"}
    answer = post(browser, "/figures/rectification.closed/target", form)
    assert "≥ 3" in answer.content.decode()
    assert "目标 ≥ 3" in text_of(browser, "/figures/?year=2018&place=410871")
    refused = browser.post("/figures/rectification.closed/target", form | {"value": "若干"})
    assert (refused.status_code, "若干" in refused.content.decode()) == (422, True)
    # Beside its field, not above the form.
    assert re.search(r'id="f-value-error">“整改销号数”的值“若干”不是数', refused.content.decode())
    assert "notice--refused" not in refused.content.decode()
    unsourced = browser.post("/figures/rectification.closed/target", form | {"source": " "})
    assert re.search(r'id="f-source-error">“依据”必须填写', unsourced.content.decode())
    assert signed_in(offices.town_office).post("/figures/rectification.closed/target", form).status_code in (403, 422)
    post(browser, "/figures/rectification.closed/target", form | {"value": "", "source": "作废"})
    assert not Target.objects.exists()


def test_next_year_opens_to_whoever_sets_targets(offices: SimpleNamespace, signed_in: SignIn) -> None:
    sheet, ahead = "/figures/rectification.closed/?place=410871&period=2018", "period=2019"
    assert ahead in signed_in(offices.leader).get(sheet).content.decode()
    assert ahead not in signed_in(offices.auditor).get(sheet).content.decode()
    form = {"place": "410871", "period": "2019", "value": "5", "source": "2019年工作要点"}
    post(signed_in(offices.leader), "/figures/rectification.closed/target", form)
    told = text_of(signed_in(offices.leader), f"/figures/rectification.closed/?place=410871&{ahead}")
    assert "这个期间还没有开始" in told
    assert "目标 ≥ 5" in told


def test_the_same_over_the_api(offices: SimpleNamespace) -> None:
    clerk, leader, reviewer = api(offices.clerk), api(offices.leader), api(offices.reviewer)
    values = {code: {"note": "没有统计"} for code in form_codes()} | {
        "education.provincial_key_teachers": {"value": "1"}
    }
    address = "/returns/education.annual/410871/2017"
    filing = done(send(clerk, "PUT", address, {"values": values}))
    assert filing["state"] == "draft"
    assert done(send(clerk, "GET", address))["observations"][0]["value"] == "1"
    steps = f"/filings/{filing['id']}"
    filing = done(send(clerk, "POST", f"{steps}/submit", {"seen_version": filing["version"]}))
    back = done(send(reviewer, "POST", f"{steps}/send-back", {"reason": "再看", "seen_version": filing["version"]}))
    assert back["state"] == "returned"
    filing = done(send(clerk, "POST", f"{steps}/submit", {"seen_version": back["version"]}))
    stale = send(reviewer, "POST", f"{steps}/approve", {"seen_version": 1})
    assert codes(stale) == ["record.stale"]
    for client in (reviewer, leader):
        filing = done(send(client, "POST", f"{steps}/approve", {"seen_version": filing["version"]}))
    assert filing["state"] == "approved"
    (listed,) = [row for row in done(send(leader, "GET", "/returns"))["items"] if row["code"] == "education.annual"]
    assert listed["state"] == "approved"
    assert done(send(leader, "GET", "/filings"))["total"] == 1
    reopened = done(send(leader, "POST", f"{steps}/reopen", {"reason": "错", "seen_version": filing["version"]}))
    assert done(send(leader, "GET", steps))["state"] == reopened["state"] == "returned"


def form_codes() -> list[str]:
    return get_return("education.annual").indicators


def test_targets_imports_and_questions_over_the_api(offices: SimpleNamespace) -> None:
    leader, reviewer = api(offices.leader), api(offices.reviewer)
    aim = {"indicator": "rectification.closed", "place": "410871", "period": "2018", "value": "≥3", "source": "要点"}
    target = done(send(leader, "PUT", "/targets", aim))
    assert (target["value"], done(send(leader, "GET", "/targets"))["total"]) == ("≥ 3", 1)
    drop = {"reason": "作废", "seen_version": target["version"]}
    done(send(leader, "POST", f"/targets/{target['id']}/drop", drop))
    form = {"place": "410871", "source": "报道", "dry_run": "false"}
    brought = done(reviewer.post("/api/v1/figures/import", form | {"file": SimpleUploadedFile("f.csv", SEED.encode())}))
    assert (brought["figures"], brought["problems"]) == (10, [])
    done(send(leader, "POST", f"/filings/{brought['filing']}/approve", {"seen_version": 1}))
    assert done(send(leader, "POST", "/conflicts/look", {"place": "410871"}))["open"] == 3
    (first, *_rest) = done(send(leader, "GET", "/conflicts"))["items"]
    given = done(
        send(reviewer, "POST", f"/conflicts/{first['id']}/give", {"owner": "leader", "seen_version": first["version"]})
    )
    assert given["owner"] == "leader"
    decision = {"decision": "definitions", "reason": "口径不同", "seen_version": given["version"]}
    assert done(send(reviewer, "POST", f"/conflicts/{first['id']}/decide", decision))["state"] == "decided"


def test_the_commands(offices: SimpleNamespace, tmp_path: Any) -> None:
    file = tmp_path / "f.csv"
    file.write_text(SEED, encoding="utf-8")
    run = ["figures", "import", str(file), "--place", "410871", "--source", "报道", "--by", "reviewer"]
    said = CliRunner().invoke(huoshui, run)
    assert (said.exit_code, "试算通过：10 个数" in said.output) == (0, True)
    said = CliRunner().invoke(huoshui, [*run, "--apply"])
    assert (said.exit_code, Filing.objects.count()) == (0, 1)
    again = CliRunner().invoke(huoshui, [*run, "--apply"])
    assert again.exit_code != 0
    asked = CliRunner().invoke(huoshui, ["figures", "conflicts", "--place", "410871", "--json"])
    assert (asked.exit_code, asked.output.strip()) == (0, "[]")  # nothing is approved yet


@pytest.mark.parametrize("page", ["/figures/returns/", "/figures/conflicts/", PAGE])
def test_pages_ask_few_questions(offices: SimpleNamespace, signed_in: SignIn, page: str) -> None:
    bring(offices, SEED, "报道")
    browser = signed_in(offices.leader)
    browser.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200
    assert len(asked) <= 16, "\n".join(q["sql"][:150] for q in asked.captured_queries)


def approved(offices: SimpleNamespace, clerk: Client, value: str) -> Filing:
    """The return of 2017 with one value, through both steps."""
    form = filled(clerk) | {"education.city_key_teachers": value}
    filing = Filing.objects.filter(form="education.annual").first()
    form |= {"version": str(filing.version if filing else 0), "remark": "核对过。"}
    post(clerk, PAGE + "submit", form)
    filing = Filing.objects.get(form="education.annual")
    approve_return(by=offices.reviewer, filing=filing)
    done: Filing = approve_return(by=offices.leader, filing=filing)
    return done


def test_a_sheet_tells_what_was_approved_before_and_why(offices: SimpleNamespace, signed_in: SignIn) -> None:
    clerk, leader = signed_in(offices.clerk), signed_in(offices.leader)
    filing = approved(offices, clerk, "30")
    sheet = "/figures/education.city_key_teachers/?place=410871&period=2017"
    assert "更正以前" not in text_of(leader, sheet)
    reopen_return(by=offices.leader, filing=filing, reason="少报一名。")
    said = text_of(leader, sheet)
    assert "未报" in said
    assert "教育事业年报 重开更正中，重新批准以前不算数" in said
    assert "退回的原因 ：少报一名。" in text_of(clerk, PAGE)
    approved(offices, clerk, "31")
    said = text_of(leader, sheet)
    assert "31 名" in said
    before = said[said.index("更正以前") :]
    assert before.index("30") < before.index("少报一名。") < before.index("怎么算")
    assert "批准（第2步）" in said
    assert '<option value="2017">2017年</option>' in leader.get("/figures/returns/").content.decode()


def test_why_a_value_is_missing_stands_on_its_sheet(offices: SimpleNamespace, signed_in: SignIn) -> None:
    clerk = signed_in(offices.clerk)
    sheet = "/figures/education.provincial_key_teachers/?place=410871&period=2017"
    assert "教育事业年报 未填" in text_of(clerk, sheet)
    left = {"education.provincial_key_teachers": "", "note:education.provincial_key_teachers": "今年不评"}
    form = filled(clerk) | left | {"version": "0"}
    post(clerk, PAGE + "submit", form | {"remark": "核对过。"})
    assert "教育事业年报 待审核 今年不评" in text_of(clerk, sheet)


def test_files_to_approve_and_questions_given_stand_on_today(offices: SimpleNamespace, signed_in: SignIn) -> None:
    leader, clerk = signed_in(offices.leader), signed_in(offices.clerk)
    report = import_figures(
        by=offices.reviewer, data=SEED.encode(), name="f.csv", place=offices.land.district, source="年鉴第3页"
    )
    assert report.filing
    assert "年鉴第3页" in text_of(leader, "/")
    assert "年鉴第3页" not in text_of(signed_in(offices.reviewer), "/")  # whoever brought it in does not approve it
    approve_return(by=offices.leader, filing=report.filing)
    assert "年鉴第3页" not in text_of(leader, "/")
    question = Conflict.objects.filter(rule="whole").get()
    give_conflict(by=offices.reviewer, conflict=question, owner=offices.clerk)
    assert "这个比率算不出来" in text_of(clerk, "/")
    decide_conflict(by=offices.reviewer, conflict=question, decision="doubted", reason="查不到。")
    assert "这个比率算不出来" not in text_of(clerk, "/")
    said = text_of(leader, "/figures/education.inclusive_share/?place=410871&period=2018")
    assert "已裁定： 查不清，存疑" in said
