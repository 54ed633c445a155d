"""A stored pack version that this release cannot read: named, and the rest goes on; one of a newer release: refused."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.commands.conftest import Installation

BROKEN = """
from huoshui.packs.models import PackVersion
manifest = {"code": "old", "version": "1.0.0", "name": {"zh": "旧机制", "en": "Old"},
            "description": {"zh": "旧的。", "en": "Old."}, "requires": ["core"]}
visit = {"code": "visit", "name": {"zh": "走访", "en": "Visit"}}
PackVersion.objects.create(pack="old", number="1.0.0", digest="old", manifest_data=manifest,
                           content={"matters": [visit]}, contract=1)
"""
NEWER = """
from huoshui.packs.models import PackVersion
PackVersion.objects.filter(pack="review").update(contract=99)
"""
SAID = "pack.unreadable: 机制 old 的 1.0.0 版读不出来：matters 中“visit”不合这一版活水的约定——缺少“number_prefix”。"


@pytest.fixture
def broken(prepared: Installation) -> Installation:
    prepared.script(BROKEN)
    return prepared


def test_pack_list_marks_it_and_says_why(broken: Installation) -> None:
    ended = broken.run("pack", "list")
    assert ended.returncode == 0, ended.stderr
    marked = [line for line in ended.stdout.splitlines() if line.split()[:1] == ["old"]]
    assert "旧机制" in marked[0]
    assert marked[0].rstrip().endswith("✓")
    assert "读不出来" in ended.stdout.splitlines()[0]
    assert ended.stderr.splitlines()[0] == SAID
    assert "docs/operator.md" in ended.stderr.splitlines()[1]
    rows = {row["pack"]: row for row in broken.read("pack", "list", "--json")}
    assert rows["old"]["unreadable"]
    assert "number_prefix" in rows["old"]["problem"]
    assert (rows["core"]["unreadable"], rows["core"]["problem"]) == (False, None)


def test_no_column_of_it_where_all_can_be_read(prepared: Installation) -> None:
    ended = prepared.run("pack", "list")
    assert "读不出来" not in ended.stdout
    assert ended.stderr == ""


def answered(port: int, server: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Status and content of /healthz, once it answers."""
    until = time.monotonic() + 300
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("no answer")


def test_serve_says_it_in_one_line_and_serves(broken: Installation, free_port: int) -> None:
    server = Installation(broken.folder, {"HUOSHUI_PORT": str(free_port)}).start("serve")
    try:
        status, told = answered(free_port, server)
        with urlopen(f"http://127.0.0.1:{free_port}/accounts/login/", timeout=60) as page:
            assert page.status == 200
    finally:
        server.terminate()
        _output, errors = server.communicate(timeout=120)
    assert (status, told["status"], told["unreadable"]) == (503, "packs unreadable", [SAID])
    assert server.returncode == 0, errors
    assert "Traceback" not in errors
    assert errors.splitlines().count(SAID) == 1


def test_serve_leaves_what_a_newer_release_wrote_alone(prepared: Installation, free_port: int) -> None:
    prepared.script(NEWER)
    said = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port)}).refused("serve")
    assert said.splitlines()[0] == (
        "pack.contract_newer: 机制 review 的 1.5.0 版由更新的活水按第 99 号约定写入，这一版活水只认得到第 1 号。"
    )
    assert "备份" in said.splitlines()[1]
    listed = prepared.run("pack", "list")
    assert listed.returncode == 0
    assert "pack.contract_newer" in listed.stderr
