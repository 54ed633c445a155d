"""The import page: a file is chosen once, tried, and exactly what was tried is written."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from huoshui.commands.background import tidy
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from huoshui.places import actions
from huoshui.places.models import Place
from tests.conftest import NOON

SignIn = Callable[[Account], Client]
HEAD = "代码,上级代码,名称,种类\n"
GOOD = HEAD + "410871203204,410871203,东王庄村村民委员会,行政村\n"
BAD = GOOD + "41087,410871203,坏行,行政村\n410871203204,410871203,又一行,行政村\n"


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def try_file(client: Client, text: str, encoding: str = "utf-8", name: str = "地点.csv") -> Any:
    return client.post(reverse("place_import"), {"file": SimpleUploadedFile(name, text.encode(encoding))})


def hidden(answer: Any) -> dict[str, str]:
    """The hidden inputs of the button that writes."""
    page = answer.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(step|sha256|plan)" value="([^"]*)"', page))


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "imports").glob("*/*"))


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8-sig"])
def test_tried_and_written_without_choosing_again(
    cast: SimpleNamespace, signed_in: SignIn, encoding: str, tmp_path: Path
) -> None:
    client, before = signed_in(cast.administrator), Place.objects.count()
    answer = try_file(client, GOOD, encoding)
    assert "试算通过，还没有写入" in answer.content.decode()
    assert Place.objects.count() == before
    assert kept(tmp_path)
    done = client.post(reverse("place_import"), hidden(answer), follow=True)
    assert done.redirect_chain
    assert "“地点.csv”已写入" in done.content.decode()
    assert Place.objects.get(code="410871203204").short_name == "东王庄村"
    entries = Entry.objects.count()
    again = client.post(reverse("place_import"), hidden(answer), follow=True)  # the button pressed twice
    assert again.redirect_chain == done.redirect_chain
    assert Entry.objects.count() == entries
    same = try_file(client, GOOD, encoding)
    assert "没有要写入的" in same.content.decode()
    assert not hidden(same)


def test_what_is_wrong_is_named_and_can_be_downloaded(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, before = signed_in(cast.administrator), Place.objects.count()
    answer = try_file(client, BAD)
    page = answer.content.decode()
    assert "共 2 行" not in page
    assert "共 3 行，其中 2 行有误；全部没有写入" in page
    assert "新登记" not in page
    assert "代码（A 列）" in page
    assert "import.code_twice" in page
    assert not hidden(answer)
    address = re.search(r'href="([^"]*problems\.xlsx)"', page)
    assert address
    sheet = load_workbook(io.BytesIO(client.get(address[1]).content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("行", "列", "错在哪里", "怎么改", "规则")
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        (3, "代码（A 列）", "place.code"),
        (4, "代码（A 列）", "import.code_twice"),
    ]
    assert Place.objects.count() == before
    assert signed_in(cast.district_office).get(address[1]).status_code == 404


def test_a_bad_file_is_not_written_by_a_forged_form(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, before = signed_in(cast.administrator), Place.objects.count()
    address = re.search(r"import/([0-9a-f]{64})/", try_file(client, BAD).content.decode())
    assert address
    for plan in ("", "0" * 64):
        page = client.post(reverse("place_import"), {"step": "write", "sha256": address[1], "plan": plan})
        assert "全部没有写入" in page.content.decode()
    assert Place.objects.count() == before


def test_a_register_that_moved_is_shown_anew(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client = signed_in(cast.administrator)
    text = HEAD.replace("\n", ",户数\n") + "410871203201,410871203,寨卜昌村村民委员会,行政村,310\n"
    tried = hidden(try_file(client, text))
    actions.amend_attributes(by=system_account(), place=cast.land.village, attributes={"households": 300})
    entries = Entry.objects.count()
    answer = client.post(reverse("place_import"), tried)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "import.plan_changed" in page
    assert "<del>300</del> → " in page
    assert Entry.objects.count() == entries
    assert client.post(reverse("place_import"), hidden(answer)).status_code == 302
    assert Entry.objects.count() > entries


@pytest.mark.parametrize("sha256", ["", "0" * 64, "../../keys/vault.key", "..", "A" * 64])
def test_only_a_file_that_one_tried_oneself_is_written(cast: SimpleNamespace, signed_in: SignIn, sha256: str) -> None:
    client = signed_in(cast.administrator)
    answer = client.post(reverse("place_import"), {"step": "write", "sha256": sha256, "plan": "0" * 64})
    assert answer.status_code == 409
    assert "import.file_gone" in answer.content.decode()


def test_anothers_or_an_altered_or_an_old_file_is_not_written(
    cast: SimpleNamespace, signed_in: SignIn, tmp_path: Path
) -> None:
    client, before = signed_in(cast.administrator), Place.objects.count()
    form = hidden(try_file(client, GOOD))
    file = kept(tmp_path)[0]
    content = file.read_bytes()
    other = tmp_path / "imports" / str(cast.leader.pk)
    other.mkdir()
    file.rename(other / file.name)
    assert client.post(reverse("place_import"), form).status_code == 409
    file.write_bytes(content.replace("东王庄".encode(), "西王庄".encode()))
    assert client.post(reverse("place_import"), form).status_code == 409
    file.write_bytes(content)
    with clock.set_to(NOON + dt.timedelta(hours=25)):
        assert client.post(reverse("place_import"), form).status_code == 409
    assert Place.objects.count() == before
    assert client.post(reverse("place_import"), form).status_code == 302


@pytest.mark.django_db
def test_tried_files_are_swept_after_a_day(tmp_path: Path) -> None:
    from huoshui.kernel.tried_files import keep_tried

    keep_tried(SimpleNamespace(pk="somebody"), GOOD.encode(), "地点.csv")
    (tmp_path / "imports" / "somebody" / ".half").write_bytes(b"")
    with clock.set_to(NOON + dt.timedelta(hours=23)):
        keep_tried(SimpleNamespace(pk="somebody"), BAD.encode(), "地点.csv")
    with clock.set_to(NOON + dt.timedelta(hours=24)):
        tidy()
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "空.csv", "file.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧.xlsx", "file.old_excel"),
        (b"\xff\xfe\x00\x00\x81\x00", "坏.csv", "file.unreadable"),
    ],
)
def test_files_that_cannot_be_read(cast: SimpleNamespace, signed_in: SignIn, data: bytes, name: str, code: str) -> None:
    client = signed_in(cast.administrator)
    answer = client.post(reverse("place_import"), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert code in answer.content.decode()


def test_a_workbook_of_a_thousand_rows_with_one_bad(cast: SimpleNamespace, signed_in: SignIn) -> None:
    client, before = signed_in(cast.administrator), Place.objects.count()
    rows: list[list[Any]] = [["代码", "上级代码", "名称", "种类", "户数（户）"]]
    for town in ("410871203", "410871100"):
        rows += [[int(f"{town}{n}"), int(town), f"第{n}村村民委员会", "行政村", n] for n in range(300, 800)]
    rows[640][4] = "三百多"

    def sent() -> Any:
        book, buffer = Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(buffer)
        return client.post(reverse("place_import"), {"file": SimpleUploadedFile("村.xlsx", buffer.getvalue())})

    page = sent().content.decode()
    assert "共 1000 行，其中 1 行有误；全部没有写入" in page
    assert "第 641 行" in page
    assert "户数（户）（E 列）" in page
    assert Place.objects.count() == before
    rows[640][4] = 300
    assert client.post(reverse("place_import"), hidden(sent())).status_code == 302
    assert Place.objects.count() == before + 1000


def test_no_file_chosen(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.administrator).post(reverse("place_import"), {}).status_code == 422


def test_import_is_hidden_from_others(cast: SimpleNamespace, signed_in: SignIn) -> None:
    assert signed_in(cast.town_office).get(reverse("place_import")).status_code == 404
