"""``kill -9`` in the middle: whoever starts again finds all of it or nothing of it, and a journal that is proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from huoshui.commands.archive import proved_manifest
from huoshui.kernel.errors import Refusal
from huoshui.kernel.locks import file_lock
from tests.commands.conftest import STARTED, Installation
from tests.commands.test_restore_erases import BOTH, EARLY, KEEP, NOTHING, personal

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="installations of their own, on SQLite")

PLACES = "代码,名称,种类,上级代码\n4108,焦作市,city,41\n410871,示范区,district,4108\n"


def told(here: Installation, script: str) -> dict[str, object]:
    """What a script of a new process prints last."""
    found: dict[str, object] = json.loads(here.script("import json\n" + script).splitlines()[-1])
    return found


AGAIN = """
from pathlib import Path
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import seal_pending, verify
from huoshui.places.imports import import_places
from huoshui.places.models import Place
def codes():
    return list(Place.objects.order_by("code").values_list("code", flat=True))
before, data = codes(), Path("{file}").read_bytes()
reports = [import_places(by=system_account(), data=data, name="places.csv") for _ in range(2)]
seal_pending()
report, counts = verify(), [[report.created, report.unchanged] for report in reports]
told = dict(before=before, counts=counts, after=codes(), sealed=report.sealed, ok=report.ok and not report.unsealed)
print(json.dumps(told))
"""


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
    assert f"日志完整：{STARTED} 条已封存的记录" in prepared.done("journal", "verify")
    assert told(prepared, AGAIN.format(file=str(file))) == {
        "before": ["41"],
        "counts": [[2, 0], [0, 2]],
        "after": ["41", "4108", "410871"],
        "sealed": STARTED + 3,
        "ok": True,
    }


IMPORTING = """
from pathlib import Path
from huoshui.kernel import trials
from tests.commands import importing
file = Path({file!r})
"""
BOTH_AGAIN = """
before = importing.found()
counts = [work() for work in 2 * [lambda: importing.bring_in_ledger(file.read_bytes()), importing.bring_in_people]]
print(json.dumps({"before": before, "counts": counts, "after": importing.found()}))
"""
NOT_THERE = {"written": 0, "edits": 0, "people": [0, 0, 0], "opened": 0, "whole": True}
ALL_THERE = {"written": 2, "edits": 2, "people": [2, 2, 2], "opened": 2, "whole": True}


def test_the_ledgers_and_the_peoples_imports_too(prepared: Installation, tmp_path: Path) -> None:
    """Killed when every row has had its action, and nothing is committed yet."""
    begin = IMPORTING.format(file=str(tmp_path / "ledger.xlsx"))
    stop = "halt(trials, '_taken', after=True)\n"
    written = "file.write_bytes(importing.edited_ledger())\n"
    prepared.killed(f"{begin}{written}{stop}importing.bring_in_ledger(file.read_bytes())")
    prepared.killed(f"{begin}{stop}importing.bring_in_people()")
    assert told(prepared, begin + BOTH_AGAIN) == {
        "before": NOT_THERE,
        "counts": [[2, 0], [2, 0], [0, 2], [0, 2]],
        "after": ALL_THERE,
    }


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


def test_sealing_goes_on_with_a_whole_chain(prepared: Installation) -> None:
    """Killed before the seals are committed, and again before their checkpoint is kept."""
    prepared.killed(f"{WRITE}halt(Seal.objects, 'bulk_create', after=True)\nwrite('42', '43')\nseal_pending()")
    prepared.killed(f"{WRITE}halt(checkpoints, 'keep')\nwrite('44')\nseal_pending()")
    assert told(prepared, HEADS) == {
        "before": [True, STARTED + 3, 0, STARTED],
        "after": [True, STARTED + 3, 0, STARTED + 3],
        "places": [*range(1, STARTED + 4)],
        "each_once": True,
    }


CONFIRM = "from huoshui.matters.money import actions\nfrom tests.commands import paying\n"
ANSWER = "halt(paying, 'confirm_payment', after=True)"
PAID = """
from tests.commands.paying import state, confirm_one
before = state()
said = confirm_one()
print(json.dumps({"before": before, "said": said, "after": state()}))
"""
CONFIRMED = {"order": "confirmed", "paid": [3_000_000], "pot": [7_000_000, 5_000_000, 5_000_000], "whole": True}


def test_a_payment_is_there_once_or_not_at_all(prepared: Installation) -> None:
    """Killed before the commit, it is confirmed again; killed before the answer, it was confirmed."""
    prepared.script("from tests.commands.paying import order_one\norder_one()")
    prepared.killed(f"{CONFIRM}halt(actions, 'add_line', after=True)\npaying.confirm_one()")
    prepared.killed(f"{CONFIRM}assert paying.state()['paid'] == []\n{ANSWER}\npaying.confirm_one()")
    assert told(prepared, PAID) == {"before": CONFIRMED, "said": "money.order_ended", "after": CONFIRMED}


def test_a_backup_leaves_nothing_under_its_name(prepared: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    running = folder / ".huoshui-backup-running"
    running.mkdir(parents=True)
    (folder / "a.tar.gz").write_bytes(b"the backup of yesterday")
    target = folder / "b.tar.gz"
    prepared.killed(
        f"from huoshui.commands import archive\nhalt(archive, '_info', at=2)\nhuoshui('backup', {str(target)!r})"
    )
    (left,) = (path for path in folder.iterdir() if path not in (folder / "a.tar.gz", running))
    assert left.stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal, match=r"ops\.archive_broken"):
        proved_manifest(left / "part.tar.gz", lambda step: None)
    with file_lock(running / "lock", wait=False):
        said = prepared.done("backup", target)
    assert f"已删除上次中断的备份留下的 {left}。" in said
    assert {path.name for path in folder.iterdir()} == {"a.tar.gz", "b.tar.gz", running.name}
    assert (folder / "a.tar.gz").read_bytes() == b"the backup of yesterday"
    assert proved_manifest(target, lambda step: None).entries == STARTED


def test_half_a_restore_is_never_served_and_is_repeated(prepared: Installation, tmp_path: Path, free_port: int) -> None:
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
    served = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port)})
    assert "ops.restore_unfinished" in served.refused("serve")
    assert "已重新删除：1 条记录" in prepared.done("restore", "--replace", archive)
    assert personal(prepared) == NOTHING
    assert not list(prepared.folder.glob(".restore-*")) + list(prepared.folder.glob("restore-unfinished*"))
