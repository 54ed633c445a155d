"""The pages, the API and the command that check publications."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from huoshui.commands import huoshui
from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.publications.models import PublicationCheck
from huoshui.subsidies.actions import allocate
from huoshui.web.api import publications as publications_api
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api

SignIn = Callable[[Account], Client]
TEXT = "2017年，全区有行政村6个，苏家作乡行政村总数为3个。见区发〔2018〕1号。"


def upload(text: str = TEXT, name: str = "稿.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def hand_in(client: Client, **changed: Any) -> Any:
    fields = {"file": upload(), "place": "410871", "day": "2018-04-02"} | changed
    return client.post("/publications/", {key: value for key, value in fields.items() if value is not None})


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_file_is_handed_in_marked_and_explained(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    assert "还没有核对过材料" in words(client.get("/publications/"))
    assert 'href="/publications/"' in client.get("/figures/").content.decode()
    address = hand_in(client).headers["Location"]
    shown = client.get(address)
    for said in ("1 个还没有说明", "不一致的数", "行政村总数", "6个", "不是统计数"):
        assert said in words(shown), said
    assert 'class="pubmark pubmark--differing"' in shown.content.decode()
    assert "3个" in words(client.get(f"{address}?show=match"))
    check = PublicationCheck.objects.get()
    position = check.numbers.get(printed="6个").position
    number = f"{address}numbers/{position}/"
    assert "/figures/core.villages/?place=410871&amp;period=2017" in client.get(number).content.decode()
    assert "说明差异" in words(client.get(f"{number}beside"))
    assert client.get(f"{number}explain").status_code == 302
    refused = client.post(f"{number}explain", {"reason": " "})
    assert refused.status_code == 422
    assert client.post(f"{number}explain", {"reason": "含一个筹建中的村"}).status_code == 302
    assert "已说明" in words(client.get(address))
    assert "含一个筹建中的村" in words(client.get(f"{number}beside"))
    copy = client.get(f"{address}copy.html")
    assert "attachment" in copy.headers["Content-Disposition"]
    assert "含一个筹建中的村" in words(copy)
    assert "稿.txt" in words(client.get("/publications/"))


def test_a_table_of_facts_has_its_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    table = "fact,indicator_zh,place,period,value,unit\nF1,行政村总数,示范区,2017,5,个\nF2,合唱团数,示范区,2017,2,个\n"
    shown = words(client.get(hand_in(client, file=upload(table, "表.csv")).headers["Location"]))
    assert "F1" in shown
    assert "没有相配的指标" in shown


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"file": None}, 422, "文件"),
        ({"day": "昨天"}, 422, "材料日期"),
        ({"place": "999"}, 422, "999"),
        ({"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0 old")}, 422, "旧版格式（.xls 或 .doc）"),
    ],
)
def test_what_is_refused_on_the_page(
    changed: dict[str, Any], status: int, said: str, cast: SimpleNamespace, signed_in: SignIn
) -> None:
    answer = hand_in(signed_in(cast.leader), **changed)
    assert (answer.status_code, said in words(answer)) == (status, True), words(answer)[:1500]
    assert not PublicationCheck.objects.exists()


def test_whoever_may_not_check_finds_no_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    address = hand_in(signed_in(cast.leader)).headers["Location"]
    secretary = signed_in(cast.secretary)
    for there in ("/publications/", address, f"{address}numbers/1/", f"{address}copy.html"):
        assert secretary.get(there).status_code == 404
    assert "核对公开材料" not in words(secretary.get("/figures/"))
    office = signed_in(cast.district_office)
    position = PublicationCheck.objects.get().numbers.get(printed="6个").position
    assert "说明差异" not in words(office.get(f"{address}numbers/{position}/"))
    assert office.post(f"{address}numbers/{position}/explain", {"reason": "有"}).status_code == 403
    assert office.get(f"{address}numbers/99/").status_code == 404


def test_the_api(cast: SimpleNamespace) -> None:
    client = api(cast.leader)
    sent = {"place": "410871", "day": "2018-04-02"}
    made = done(client.post("/api/v1/publications", {"file": upload(), **sent}, headers={"Idempotency-Key": "k"}))
    again = done(client.post("/api/v1/publications", {"file": upload(), **sent}, headers={"Idempotency-Key": "k"}))
    assert (made["id"], made["unexplained"]) == (again["id"], 1)
    numbers = {one["printed"]: one for one in made["numbers"]}
    assert (numbers["6个"]["status"], numbers["6个"]["register_value"], numbers["6个"]["unit"]) == (
        "differing",
        "5",
        "个",
    )
    assert (numbers["〔2018〕1号"]["status"], numbers["〔2018〕1号"]["kind"]) == ("", "document")
    assert done(client.get("/api/v1/publications"))["total"] == 1
    address = f"/publications/{made['id']}"
    at = numbers["6个"]["position"]
    assert done(send(client, "POST", f"{address}/numbers/{at}/explanation", {"reason": "含筹建"}))["printed"] == "6个"
    assert done(client.get(f"/api/v1{address}"))["unexplained"] == 0
    refused = send(client, "POST", f"{address}/numbers/{numbers['3个']['position']}/explanation", {"reason": "无"})
    assert codes(refused) == ["publication.no_difference"]
    assert send(client, "POST", f"{address}/numbers/99/explanation", {"reason": "无"}).status_code == 404
    assert codes(client.post("/api/v1/publications", {"file": upload(""), **sent})) == ["file.empty"]
    assert api(cast.secretary).get(f"/api/v1{address}").status_code == 404


ROLE = """
- code: proofreader
  name: {zh: 校对员, en: Proofreader}
  permissions: [place.view, publication.check, publication.explain]
"""


def test_a_check_shows_nobody_what_they_may_not_see(cast: SimpleNamespace, signed_in: SignIn, tmp_path: Path) -> None:
    allocate(
        by=cast.finance, scheme="hubs.hub_award", place=cast.land.district, year=2018, amount="6000000",
        day=dt.date(2018, 1, 5), document="区财〔2018〕1号", note="",
    )  # fmt: skip
    table = "indicator_zh,kind,place,period,value,unit\n行政村总数,actual,示范区,2017,6,个\n"
    table += "行政村总数,actual,示范区,2017,5,个\n阵地建设以奖代补,budget,示范区,2018,543,万元\n"
    address = hand_in(signed_in(cast.leader), file=upload(table, "表.csv")).headers["Location"]
    check = PublicationCheck.objects.get()
    at = {one.printed: one.position for one in check.numbers.all()}
    assert check.numbers.get(printed="543万元").term_kind == "fund"
    assert "600 万元" in words(signed_in(cast.leader).get(f"{address}numbers/{at['543万元']}/"))
    signed_in(cast.leader).post(f"{address}numbers/{at['6个']}/explain", {"reason": "登记簿少一村"})
    folder = tmp_path / "proof"
    folder.mkdir()
    manifest = "code: proof\nversion: 1.0.0\nname: {zh: 校对, en: Proof}\ndescription: {zh: 试, en: Test}\n"
    (folder / "pack.yaml").write_text(manifest, encoding="utf-8")
    (folder / "roles.yaml").write_text(ROLE, encoding="utf-8")
    load_pack(by=system_account(), folder=folder)
    grant_duty(by=system_account(), account=cast.stranger, role="proofreader", place=cast.land.district)
    client = signed_in(cast.stranger)
    pages = [address, f"{address}copy.html", f"{address}?show=match"]
    pages += [f"{address}numbers/{at[one]}/{part}" for one in ("6个", "543万元") for part in ("", "beside")]
    for there in pages:
        said = words(client.get(there))
        for hidden in ("600 万元", "5 个", "登记簿少一村", "说明差异"):
            assert hidden not in said, (there, hidden)
    assert "按您的职责看不到那里的数" in words(client.get(f"{address}numbers/{at['6个']}/"))
    found = done(api(cast.stranger).get(f"/api/v1/publications/{check.pk}"))
    assert {one["register_value"] for one in found["numbers"]} == {""}
    assert (found["counts"]["differing"], found["counts"]["match"], found["unexplained"]) == (0, 0, 0)
    for printed, permission in (("6个", "查看数据"), ("543万元", "查看专项资金")):
        answer = client.post(f"{address}numbers/{at[printed]}/explain", {"reason": "有"})
        assert (answer.status_code, permission in words(answer)) == (403, True), words(answer)


def test_a_text_without_numbers_does_not_agree(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.leader)
    shown = words(client.get(hand_in(client, file=upload("见区发〔2018〕1号。")).headers["Location"]))
    assert ("没有能确定一致的数" in shown, "都与登记簿一致" in shown) == (True, False)
    agreeing = upload(TEXT.replace("6个", "5个"))
    assert "都与登记簿一致" in words(client.get(hand_in(client, file=agreeing).headers["Location"]))


def test_the_api_reads_before_it_writes(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    depth, seen = len(connection.savepoint_ids), []
    real = publications_api.checked
    monkeypatch.setattr(
        publications_api, "checked", lambda **given: (seen.append(len(connection.savepoint_ids)), real(**given))[1]
    )
    client, key = api(cast.leader), {"Idempotency-Key": "k"}
    for _time in range(2):
        given = {"file": upload(), "place": "410871", "day": "2018-04-02"}
        done(client.post("/api/v1/publications", given, headers=key))
    assert seen == [depth]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(huoshui, ["figures", "check", *arguments])


def test_the_command_tells_by_its_exit_code(cast: SimpleNamespace, tmp_path: Path) -> None:
    wrong, right = tmp_path / "错.txt", tmp_path / "对.txt"
    wrong.write_text(TEXT, encoding="utf-8")
    right.write_text(TEXT.replace("6个", "5个"), encoding="utf-8")
    given = ["--place", "410871", "--as-of", "2018-04-02"]
    differing = run(str(wrong), *given)
    assert differing.exit_code == 1
    for said in ("≠ 不一致", "行政村总数", "有 1 个数与登记簿不一致"):
        assert said in differing.output
    assert run(str(right), *given).exit_code == 0
    assert run(str(right), "--as-of", "2018-04-02").exit_code == 0  # the district is what the register is for
    rows = json.loads(run(str(wrong), *given, "--json", "--all").output)
    assert [(row["printed"], row["status"], row["register"]) for row in rows if row["status"]] == [
        ("6个", "differing", "5"), ("3个", "match", "3"),
    ]  # fmt: skip
    assert {row["kind"] for row in rows} == {"statistic", "period", "document"}


def test_the_command_keeps_and_marks(cast: SimpleNamespace, tmp_path: Path) -> None:
    file, out = tmp_path / "稿.txt", tmp_path / "标注.html"
    file.write_text(TEXT, encoding="utf-8")
    kept = run(str(file), "--as-of", "2018-04-02", "--out", str(out), "--keep")
    assert kept.exit_code == 1
    assert 'class="differing"' in out.read_text(encoding="utf-8")
    assert PublicationCheck.objects.get().name == "稿.txt"
    again = run(str(file), "--out", str(out))
    assert (again.exit_code, "ops.file_exists" in again.output) == (1, True)


def test_the_command_refuses_in_words(cast: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "空.txt"
    file.write_text("", encoding="utf-8")
    empty = run(str(file))
    assert (empty.exit_code, "file.empty" in empty.output) == (1, True)
    file.write_text(TEXT, encoding="utf-8")
    assert "ops.unknown" in run(str(file), "--place", "1").output
    assert run(str(tmp_path / "没有.txt")).exit_code == 2
    assert run(str(file), "--as-of", "昨天").exit_code == 2
