"""Wrong arguments, files and folders: one line of what is wrong, one of what to do, the right exit code, no trace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from huoshui.commands import huoshui
from tests.commands.conftest import Installation, MakeInstallation

DATE = "日期（如 2018-03-28）"


def call(*arguments: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(huoshui, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("arguments", "said", "usage"),
    [
        (["nope"], "usage.command: 没有“nope”这个命令。", "huoshui"),
        (["pack", "nope"], "usage.command: 没有“nope”这个命令。", "huoshui pack"),
        (["--nope"], "usage.option: 没有 --nope 这个选项。", "huoshui"),
        (["backup"], "usage.missing: 缺少 FILE。", "huoshui backup"),
        (["account", "administrator", "x"], "usage.missing: 缺少 --place。", "huoshui account administrator"),
        (["restore", "no.gz"], "usage.value: FILE 不能是“no.gz”，应是已有的、读得到的文件。", "huoshui restore"),
        (["pack", "load", "no"], "usage.value: FOLDER 不能是“no”，应是已有的、读得到的文件夹。", "huoshui pack load"),
        (["ledger", "export", "/"], "usage.value: FILE 不能是“/”，应是文件，不能是文件夹。", "huoshui ledger export"),
        (["demo", "--as-of", "nope"], f"usage.value: --as-of 不能是“nope”，应是{DATE}。", "huoshui demo"),
        (["journal", "show", "--limit", "0"], "usage.value: --limit 不能是“0”，应是1 至 100000 的整数。", "show"),
        (["pack", "list", "x"], "usage.wrong: 命令的写法不对（Got unexpected extra argument (x)）。", "pack list"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_two_lines(arguments: list[str], said: str, usage: str) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert first == said
    assert usage in second
    assert second.endswith("--help。")


def test_a_choice_that_is_none_names_all() -> None:
    result = call("ledger", "list", "--light", "nope")
    assert result.exit_code == 2
    assert result.stderr.startswith("usage.value: --light 不能是“nope”，应是以下之一：red、yellow、blue、green、none。")


def test_without_a_command_the_help_is_shown() -> None:
    for arguments in ([], ["pack"]):
        result = call(*arguments)
        assert (result.exit_code, "Usage: huoshui" in result.stderr) == (2, True)
    assert call("--version").exit_code == call("backup", "--help").exit_code == 0


def test_in_english_where_the_setting_says_so(installation: MakeInstallation) -> None:
    ended = installation(language="en").run("restore", "no.tar.gz")
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage.value: FILE cannot be “no.tar.gz”; wanted: a file that is there")


def test_a_question_that_nobody_answers_stops_the_command(prepared: Installation) -> None:
    ended = prepared.run("account", "administrator", "x", "--place", "41")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith("已中止。")


def test_a_pack_goes_into_no_folder_that_cannot_be(prepared: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = prepared.refused("pack", "export", "hubs", tmp_path / "file" / "hubs")
    assert said.startswith(f"ops.file: {tmp_path}/file/hubs 不能读写：路径中有一段不是文件夹。")


def test_another_file_is_no_list_of_erasures(prepared: Installation, tmp_path: Path) -> None:
    backup, other = tmp_path / "b.tar.gz", tmp_path / "other.txt"
    prepared.done("backup", backup)
    other.write_text("not a list\n")
    said = prepared.refused("restore", backup, "--replace", "--erased", other)
    assert said.startswith(f"vault.no_erasures: {other} 里没有一条个人信息删除记录")
    assert not list(prepared.folder.glob("replaced-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_files_of_another_user_are_named(prepared: Installation, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.yaml").write_text("code: x")
    (pack / "pack.yaml").chmod(0)
    assert prepared.refused("pack", "check", pack).startswith(f"ops.file: {pack}/pack.yaml 不能读写：没有权限。")
    (prepared.folder / "keys" / "session.secret").chmod(0)
    ended = prepared.run("round", "list")
    assert ended.returncode == 2
    assert ended.stderr.startswith("setting.data_dir: ")
