"""``kill -9`` in the middle: whoever starts again finds all of it or nothing of it, and a journal that is proved."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.db import connection

from huoshui.commands.archive import proved_manifest
from huoshui.kernel.errors import Refusal
from huoshui.kernel.locks import file_lock
from tests.commands.conftest import Installation, MakeInstallation
from tests.commands.test_restore_erases import BOTH, EARLY, KEEP, NOTHING, personal

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="installations of their own, on SQLite")

PLACES = "代码,名称,种类,上级代码\n4108,焦作市,city,41\n410871,示范区,district,4108\n"


def told(here: Installation, script: str) -> dict[str, object]:
    """What a script of a new process prints last."""
    found: dict[str, object] = json.loads(here.script("import json\n" + script).splitlines()[-1])
    return found


def test_an_import_is_all_in_or_all_out_and_is_repeated(prepared: Installation, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(PLACES)
    prepared.killed(
        f"""
from huoshui.places import imports
halt(imports, "_journal_import")  # every place and its entry are written
huoshui("places", "import", {str(file)!r})
"""
    )
    assert prepared.read("journal", "verify", "--json")[0]["entries"] == 5
    assert [place["code"] for place in prepared.read("places", "list", "--json")] == ["41"]
    assert "新增 2，更新 0，未变 0" in prepared.done("places", "import", file)
    assert "新增 0，更新 0，未变 2" in prepared.done("places", "import", file)
    report = told(
        prepared,
        """
from huoshui.kernel.journal import seal_pending, verify
seal_pending()
report = verify()
print(json.dumps({"ok": report.ok, "sealed": report.sealed, "unsealed": report.unsealed}))
""",
    )
    assert report == {"ok": True, "sealed": 5 + 3, "unsealed": 0}


WRITE = """
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import checkpoints, seal_pending, sealer
from huoshui.kernel.models import Seal
from huoshui.places.actions import open_place
def write(*codes):
    for code in codes:
        open_place(by=system_account(), kind="province", code=code, name="省", parent=None)
"""
HEADS = """
from huoshui.kernel.journal import checkpoints, seal_pending, verify
from huoshui.kernel.models import Entry, Seal
def state():
    report = verify()
    return [report.ok, report.sealed, report.unsealed, checkpoints.latest().position]
before = state()
seal_pending(whole=True)  # as a server does when it starts
rows = list(Seal.objects.order_by("position").values_list("position", "entry_seq"))
each_once = [seq for _, seq in rows] == list(Entry.objects.order_by("seq").values_list("seq", flat=True))
print(json.dumps({"before": before, "after": state(), "places": [at for at, _ in rows], "each_once": each_once}))
"""


@pytest.mark.parametrize(
    ("point", "before"),
    [
        ('halt(Seal.objects, "bulk_create", after=True)', [True, 5, 2, 5]),
        ('halt(checkpoints, "keep")', [True, 7, 0, 5]),
        ('halt(checkpoints, "append_lines")', [True, 7, 0, 7]),
    ],
    ids=["before the commit", "before its checkpoint", "between head and line"],
)
def test_sealing_goes_on_with_a_whole_chain(prepared: Installation, point: str, before: list[object]) -> None:
    (prepared.folder / "checkpoints" / "journal-checkpoints.jsonl").unlink()  # so that a line is due at once
    prepared.killed(f"{WRITE}{point}\nwrite('42', '43')\nseal_pending()")
    found = told(prepared, HEADS)
    assert found == {"before": before, "after": [True, 7, 0, 7], "places": [*range(1, 8)], "each_once": True}


@pytest.fixture(scope="session")
def paid(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a register with a claim of 50,000 yuan, of which 30,000 are ordered; to be copied."""
    folder = tmp_path_factory.mktemp("paid") / "data"
    shutil.copytree(template, folder)
    Installation(folder, {}).script("from tests.commands.paying import order_one\norder_one()")
    return folder


PAID = """
from tests.commands.paying import state, confirm_one
before = state()
said = confirm_one()
print(json.dumps({"before": before, "said": said, "after": state()}))
"""
ORDERED = {"order": "ordered", "paid": [], "pot": [7_000_000, 5_000_000, 5_000_000], "whole": True}
CONFIRMED = {**ORDERED, "order": "confirmed", "paid": [3_000_000]}


@pytest.mark.parametrize(
    ("point", "before", "said"),
    [
        ('halt(actions, "add_line", after=True)', ORDERED, ""),
        ('halt(paying, "confirm_payment", after=True)', CONFIRMED, "money.order_ended"),
    ],
    ids=["before the commit", "before the answer"],
)
def test_a_payment_is_there_once_or_not_at_all(
    installation: MakeInstallation, paid: Path, point: str, before: dict[str, object], said: str
) -> None:
    here = installation()
    shutil.copytree(paid, here.folder)
    here.killed(
        f"from huoshui.matters.money import actions\nfrom tests.commands import paying\n{point}\npaying.confirm_one()"
    )
    assert told(here, PAID) == {"before": before, "said": said, "after": CONFIRMED}


@pytest.mark.parametrize(
    ("point", "whole"),
    [("halt(archive, '_info', at=2)", False), ("halt(backup, 'proved_manifest')", True)],
    ids=["while writing", "before proving"],
)
def test_a_backup_leaves_nothing_under_its_name(
    prepared: Installation, tmp_path: Path, point: str, whole: bool
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "a.tar.gz").write_bytes(b"the backup of yesterday")
    target = folder / "b.tar.gz"
    prepared.killed(
        f"from huoshui.commands import archive, backup\n{point}\nhuoshui('backup', {str(target)!r})",
    )
    (left,) = (path for path in folder.iterdir() if path.name != "a.tar.gz")
    assert left.stat().st_mode & 0o077 == 0
    if not whole:
        with pytest.raises(Refusal, match=r"ops\.archive_broken"):
            proved_manifest(left / "part.tar.gz", lambda step: None)
    said = prepared.done("backup", target)
    assert f"已删除上次中断的备份留下的 {left}。" in said
    assert sorted(path.name for path in folder.iterdir()) == ["a.tar.gz", "b.tar.gz"]
    assert (folder / "a.tar.gz").read_bytes() == b"the backup of yesterday"
    assert proved_manifest(target, lambda step: None).entries == 5


def test_a_backup_that_still_runs_is_left_alone(prepared: Installation, tmp_path: Path) -> None:
    other = tmp_path / ".huoshui-backup-other"
    other.mkdir()
    with file_lock(other / "lock", wait=False):
        prepared.done("backup", tmp_path / "a.tar.gz")
    assert other.is_dir()


def test_half_a_restore_is_never_served_and_is_repeated(prepared: Installation, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.tar.gz")
    prepared.script(KEEP + BOTH + f"\nfrom tests.commands.halting import huoshui\nhuoshui('backup', {archive!r})")
    prepared.killed(
        f"""{KEEP}{EARLY}
from huoshui.commands import restoring
halt(restoring.databases, "put_in_place", after=True)  # the former keys, photos and list of erasures are still here
huoshui("restore", "--replace", {archive!r})
"""
    )
    (prepared.folder / "checkpoints" / "erased-records.jsonl").unlink()  # as if killed one step later
    for command in (["serve"], ["backup", tmp_path / "b.tar.gz"]):
        assert "ops.restore_unfinished" in prepared.refused(*command)
    assert "已重新删除：1 条记录" in prepared.done("restore", "--replace", archive)
    assert personal(prepared) == NOTHING
    assert not list(prepared.folder.glob(".restore-*")) + list(prepared.folder.glob("restore-unfinished*"))
