"""The console and the exchange as pages, over the API and on the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huoshui.commands import huoshui
from huoshui.console.examples import EXAMPLES
from huoshui.console.models import SavedQuery
from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.duties.tokens import issue_token
from huoshui.exchange.actions import set_codes
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.queries import figure, get_indicator
from huoshui.figures.reporting.actions import approve_return
from huoshui.figures.reporting.models import Filing
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import period
from tests.matters.conftest import Opener, open_item
from tests.web.api_client import codes, done
from tests.web.api_client import signed_in as api

__all__ = ["open_item"]

SignIn = Callable[[Account], Client]
GROUPED = "select place, count(*) as n from matters group by place order by place"


@pytest.fixture
def many(open_item: Opener, cast: SimpleNamespace) -> SimpleNamespace:
    """7 matters in one village, 6 in another, 2 in a third."""
    for place, number in ((cast.land.village, 7), (cast.land.village2, 6), (cast.land.village3, 2)):
        for at in range(number):
            open_item(place, title=f"事项{at}")
    return cast


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def analyst(account: Account) -> Client:
    """A program with a token for the console."""
    _, token = issue_token(by=account, account=account, name="分析", days=1, scopes=["console:write"])
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_question_and_its_answer(many: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(many.auditor)
    empty = text_of(client.get("/console/"))
    assert all(str(example.name) in empty for example in EXAMPLES)
    assert all(name in empty for name in FACT_VIEWS)
    shown = text_of(client.post("/console/", {"sql": GROUPED}))
    assert "3 行" in shown
    assert "有 1 格不足 5 条记录" in shown
    assert "另有 1 格一并不显示" in shown
    refused = text_of(client.post("/console/", {"sql": "select password from duties_account"}), 422)
    assert "没有名为“duties_account”的统计口径" in refused
    assert "select password" in refused  # what was typed stays


def test_who_may_open_it(cast: SimpleNamespace, signed_in: SignIn) -> None:
    for person in (cast.leader, cast.secretary, cast.stranger):
        assert "权限" in text_of(signed_in(person).get("/console/"), 403)
        text_of(signed_in(person).post("/console/file", {"sql": "select 1", "format": "csv"}), 403)
    assert "查询台" in text_of(signed_in(cast.auditor).get("/figures/"))
    assert "查询台" not in text_of(signed_in(cast.leader).get("/figures/"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.code for example in EXAMPLES])
def test_every_example_is_answered(many: SimpleNamespace, signed_in: SignIn, example: Any) -> None:
    client = signed_in(many.auditor)
    assert example.sql.split("\n")[0] in client.get(f"/console/?example={example.code}").context["form"].values["sql"]
    assert client.post("/console/", {"sql": example.sql}).status_code == 200


def test_files_hide_the_same(many: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(many.auditor)
    made = {kind: client.post("/console/file", {"sql": GROUPED, "format": kind}) for kind in ("csv", "xlsx", "parquet")}
    assert all(answer.status_code == 200 for answer in made.values())
    rows = list(csv.reader(io.StringIO(made["csv"].content.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["n", "7", "*", "*"]
    sheet: Any = load_workbook(io.BytesIO(made["xlsx"].content)).active
    assert [sheet.cell(row, 2).value for row in (3, 4, 5)] == [7, "*", "*"]
    table = pq.read_table(io.BytesIO(made["parquet"].content)).to_pylist()
    assert [(row["n"], row["suppressed"]) for row in table] == [(7, []), (None, ["n"]), (None, ["n"])]
    assert client.post("/console/file", {"sql": GROUPED, "format": "pdf"}).status_code == 422
    assert client.post("/console/file", {"sql": "drop table x", "format": "csv"}).status_code == 422
    assert Entry.objects.filter(action="console.ask").count() == 4


def test_questions_are_kept_shared_and_removed(many: SimpleNamespace, signed_in: SignIn) -> None:
    mine, other = signed_in(many.auditor), signed_in(many.administrator)
    saved = mine.post("/console/save", {"name": "各村", "sql": GROUPED, "shared": "on"}, follow=True)
    assert "已保存“各村”" in text_of(saved)
    mine.post("/console/save", {"name": "自用", "sql": GROUPED})
    assert "各村" in text_of(other.get("/console/"))
    assert "自用" not in text_of(other.get("/console/"))
    row = SavedQuery.objects.get(name="各村")
    assert other.get(f"/console/?saved={row.pk}").context["form"].values["sql"] == GROUPED
    assert other.post(f"/console/{row.pk}/remove").status_code == 403
    hidden = SavedQuery.objects.get(name="自用")
    assert other.post(f"/console/{hidden.pk}/remove").status_code == 404
    assert other.get(f"/console/?saved={hidden.pk}").status_code == 404
    assert "删除“各村”" not in text_of(mine.post(f"/console/{row.pk}/remove", follow=True)).replace("已删除“各村”", "")
    assert "各村" not in text_of(other.get("/console/"))
    assert mine.post("/console/save", {"name": "坏", "sql": "drop table x"}).status_code == 422
    assert mine.post("/console/save", {"name": "", "sql": GROUPED}).status_code == 422


def test_the_console_over_the_api(many: SimpleNamespace) -> None:
    client = analyst(many.auditor)
    views = done(client.get("/api/v1/console/views"))["items"]
    assert {view["name"] for view in views} == set(FACT_VIEWS)
    answer = done(client.post("/api/v1/console/ask", {"sql": GROUPED}, content_type="application/json"))
    assert [row[1] for row in answer["rows"]] == [7, None, None]
    assert answer["suppressed"] == [[1, 1], [2, 1]]
    assert [column["counted"] for column in answer["columns"]] == [False, True]
    refused = client.post("/api/v1/console/ask", {"sql": "select 1; select 2"}, content_type="application/json")
    assert codes(refused) == ["console.several"]
    kept = done(
        client.post("/api/v1/console/queries", {"name": "各村", "sql": GROUPED}, content_type="application/json")
    )
    assert done(client.get("/api/v1/console/queries"))["items"][0]["name"] == "各村"
    assert done(client.delete(f"/api/v1/console/queries/{kept['id']}"))["id"] == kept["id"]
    assert done(client.get("/api/v1/console/queries"))["total"] == 0
    nobody = analyst(many.secretary)
    assert codes(nobody.get("/api/v1/console/views")) == ["access.denied"]
    assert codes(api(many.auditor).get("/api/v1/console/views")) == ["token.scope"]  # it has to be named


EXPORT = "/figures/export/?place=410871&levels=own&levels=village&periods=2018&indicators=rectification.opened&format="


def test_figures_are_exported_from_the_page(many: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(many.leader)
    assert "导出数据" in text_of(client.get("/figures/export/"))
    answer = client.get(f"{EXPORT}csv")
    assert "2018.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["value"] for row in rows] == ["15", "0", "0", "7", "6", "2"]
    for kind in ("xlsx", "parquet", "geojson", "dhis2", "adx"):
        assert client.get(f"{EXPORT}{kind}").status_code == 200
    wrong = text_of(client.get(EXPORT.replace("periods=2018", "periods=2018-02-30") + "csv"), 422)
    assert "2018-02-30" in wrong
    assert "没有“pdf”这种格式" in text_of(client.get(f"{EXPORT}pdf"), 422)
    assert codes(api(many.town_office).get("/api/v1/figures/export?place=410871&period=2018")) == ["access.denied"]


def test_figures_are_exported_over_the_api_and_by_command(many: SimpleNamespace, tmp_path: Path) -> None:
    query = "place=410871&period=2018&level=own&level=township&indicator=rectification.opened&format=csv"
    answer = api(many.leader).get(f"/api/v1/figures/export?{query}")
    assert answer["Content-Type"].startswith("text/csv")
    out = tmp_path / "figures.csv"
    how = ["--place", "410871", "--period", "2018", "--level", "own", "--level", "township"]
    result = CliRunner().invoke(
        huoshui, ["figures", "export", *how, "--indicator", "rectification.opened", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    # From the command line the sheets are where ``serve`` answers.
    assert out.read_bytes() == answer.content.replace(b"http://testserver/", b"http://127.0.0.1:8000/")
    refused = CliRunner().invoke(huoshui, ["figures", "export", *how[:3], "2018-13", "--out", str(out)])
    assert refused.exit_code == 1
    assert "figure.period" in refused.output


def test_codes_are_kept_on_the_page_and_over_the_api(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.administrator)
    sent = {"system": "dhis2", "indicators": "rectification.opened,f7n9E0hX8qk", "places": "410871,DiszpKrYNg8"}
    assert "已保存 dhis2 的代码对照" in text_of(client.post("/figures/codes/", sent, follow=True))
    wrong = text_of(client.post("/figures/codes/", sent | {"places": "999,x"}), 422)
    assert "我方没有代码“999”" in wrong
    assert "第 1 行" in wrong
    assert "权限" in text_of(signed_in(cast.leader).get("/figures/codes/"), 403)
    kept = done(api(cast.administrator).get("/api/v1/exchange/codes"))["items"]
    assert kept[0]["places"] == [{"ours": "410871", "theirs": "DiszpKrYNg8"}]
    body = {"indicators": [], "places": [{"ours": "410871", "theirs": "Other"}]}
    done(api(cast.administrator).put("/api/v1/exchange/codes/dhis2", body, content_type="application/json"))
    content = json.loads(signed_in(cast.leader).get(f"{EXPORT}dhis2").content)
    assert {value["orgUnit"] for value in content["dataValues"]} >= {"Other"}


VALUES = {
    "dataSet": "edu",
    "dataValues": [
        {"dataElement": "kindergartens", "period": "2017", "orgUnit": "DiszpKrYNg8", "value": "21"},
        {"dataElement": "education.inclusive_share", "period": "2017", "orgUnit": "410871", "value": "80",
         "comment": "8/10"},
    ],
}  # fmt: skip


@pytest.fixture
def importer(cast: SimpleNamespace) -> SimpleNamespace:
    """The codes of another system, and who imports and who approves."""
    set_codes(
        by=cast.administrator,
        system="dhis2",
        indicators="education.public_kindergartens,kindergartens",
        places="410871203,DiszpKrYNg8",
    )
    for account, title in ((cast.stranger, "importer"), (cast.other_assessor, "approver")):
        grant_duty(by=system_account(), account=account, role="data_reviewer", place=cast.land.district)
        setattr(cast, title, Account.objects.get(pk=account.pk))
    return SimpleNamespace(cast=cast, by=cast.importer)


def test_a_data_value_set_is_tried_written_and_approved(importer: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(importer.by)
    file = SimpleUploadedFile("values.json", json.dumps(VALUES).encode())
    tried = client.post("/figures/import/", {"place": "410871", "source": "DHIS2 2018-01-05", "file": file})
    assert "试算通过" in text_of(tried)
    assert not Filing.objects.exists()
    sha256 = re.search(r'name="sha256" value="(\w+)"', tried.content.decode())
    assert sha256
    sent = {"step": "write", "place": "410871", "source": "DHIS2 2018-01-05", "sha256": sha256[1], "system": "dhis2"}
    assert "已导入 2 个数" in text_of(client.post("/figures/import/", sent, follow=True))
    filing = Filing.objects.get()
    assert sorted(row.numerator for row in filing.observations.all()) == [8, 21]
    again = client.post("/figures/import/", sent)
    assert again.status_code in (409, 422)
    approve_return(by=importer.cast.approver, filing=filing)
    share = figure(importer.cast.leader, get_indicator("education.inclusive_share"), importer.cast.land.district,
                   period("2017"))  # fmt: skip
    assert (share.numerator, share.denominator, share.shown) == (8, 10, "80.0")


def test_wrong_values_are_named_and_nothing_is_written(importer: SimpleNamespace, tmp_path: Path) -> None:
    group = '<group dataSet="edu" period="2017-01-01/P1Y" orgUnit="DiszpKrYNg8">{}</group>'
    inner = (
        '\n<dataValue dataElement="kindergartens" value="2"/>'
        '\n<dataValue dataElement="kindergartens" sex="F" value="2"/>'
        '\n<dataValue dataElement="nothing" value="2"/>'
    )
    data = f'<adx xmlns="urn:ihe:qrph:adx:2015">\n{group.format(inner)}</adx>'.encode()
    sent = {"place": "410871", "source": "ADX", "dry_run": "false", "file": SimpleUploadedFile("values.xml", data)}
    report = done(api(importer.by).post("/api/v1/figures/import", sent))
    told = [(problem["row"], problem["code"], problem["column"]) for problem in report["problems"]]
    assert told == [
        (4, "exchange.broken_down", "group[1]/dataValue[2]"),
        (5, "exchange.element", "group[1]/dataValue[3]"),
    ]
    assert not Filing.objects.exists()
    file = tmp_path / "values.xml"
    file.write_bytes(data)
    how = ["--place", "410871", "--source", "ADX", "--by", importer.by.username]
    result = CliRunner().invoke(huoshui, ["figures", "import", str(file), *how, "--apply"])
    assert result.exit_code == 1
    assert "group[1]/dataValue[2]" in result.output
