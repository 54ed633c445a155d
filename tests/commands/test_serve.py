"""The server itself: it starts, answers, seals, and stops when told."""

from __future__ import annotations

import json
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
from ruamel.yaml import YAML

import huoshui
from huoshui.commands.web_processes import PROGRAM
from tests.commands.conftest import PACKS, STARTED, Installation, MakeInstallation


def healthz(port: int, server: subprocess.Popen[str], seconds: float = 300) -> dict[str, object]:
    """What /healthz says, once it answers with 200."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                said: dict[str, object] = json.load(answer)
                return said
        except (URLError, HTTPError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(server.communicate()[1] if server.poll() is not None else "no answer")


def built_in_versions() -> dict[str, str]:
    """The packs that the product brings, with the version that stands in each one's folder."""
    manifests = [
        YAML(typ="safe").load(path) for path in (Path(huoshui.__file__).parent / "builtin").glob("*/pack.yaml")
    ]
    return {manifest["code"]: str(manifest["version"]) for manifest in manifests}


def test_a_first_start_prepares_serves_seals_and_stops_cleanly(installation: MakeInstallation, free_port: int) -> None:
    made = installation(port=free_port, seal_seconds=0.2, processes=2)
    server = made.start("serve")
    try:
        said = healthz(free_port, server)
        assert said["packs"] == built_in_versions()
        assert said["background"] == dict.fromkeys(
            ("sealer", "timer", "cells", "search", "daily", "worker", "web"), True
        )
        assert "ops.data_in_use" in Installation(made.folder, {"HUOSHUI_PORT": "1"}).refused("demo", "--reset")
    finally:
        server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=120)
    assert server.returncode == 0, errors
    assert f"http://127.0.0.1:{free_port}/" in output
    assert "装载机制 core 1.12.0" in output
    assert "Traceback" not in errors
    report = made.read("journal", "verify", "--json")[0]
    assert (report["ok"], report["sealed"], report["unsealed"]) == (True, PACKS, 0)


def test_a_second_start_is_quick_and_changes_nothing(prepared: Installation, free_port: int) -> None:
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port)})
    outputs, seconds = [], []
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        server = made.start("serve")
        try:
            healthz(free_port, server)
        finally:
            server.send_signal(signal.SIGTERM)
            outputs.append(server.communicate(timeout=120)[0])
        assert server.returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert "装载机制" not in outputs[1]
    assert "更新数据库结构" not in outputs[1]
    assert seconds[1] < 10  # of the processor: what else the machine does is not its fault
    assert len(made.read("journal", "show", "--json", "--limit", "100")) == STARTED


def test_a_busy_port_is_said_in_one_line(installation: MakeInstallation) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        made = installation(port=port)
        ended = made.run("serve")
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert lines[0] == f"ops.port_busy: 地址 127.0.0.1:{port} 不能使用：已被占用。"
    assert len(lines) == 2
    assert not (made.folder / "huoshui.sqlite3").exists()


def test_a_host_that_is_not_this_machine_is_said(installation: MakeInstallation, free_port: int) -> None:
    assert "ops.port_busy" in installation(port=free_port, host="203.0.113.9").refused("serve")


def test_a_wrong_setting_is_named_and_exits_with_2(installation: MakeInstallation) -> None:
    ended = installation(port="many", prot=8001).run("serve")
    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert lines[0] == "setting.unknown: 没有 HUOSHUI_PROT 这项设置。"
    assert lines[2:] == ["setting.value: 设置 HUOSHUI_PORT 的值“many”不能用。", "  这一项是：监听的端口，1 至 65535。"]
    english = installation(port="many", language="en").run("serve")
    assert english.stderr.splitlines()[0] == "setting.value: The setting HUOSHUI_PORT cannot be “many”."


def test_a_data_folder_that_cannot_be_one_is_named_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    ended = Installation(tmp_path / "file", {}).run("serve")
    assert ended.returncode == 2
    assert ended.stderr.startswith("setting.data_dir: 设置 HUOSHUI_DATA_DIR 所指的数据文件夹")
    assert "Traceback" not in ended.stderr


def test_a_database_of_a_newer_version_is_left_alone(prepared: Installation, free_port: int) -> None:
    prepared.script(
        """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_applied("kernel", "0099_later")
"""
    )
    said = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port)}).refused("serve")
    assert "ops.database_newer" in said
    assert "kernel.0099_later" in said


def test_a_pack_whose_version_has_other_content_is_said_and_the_start_goes_on(
    prepared: Installation, free_port: int
) -> None:
    prepared.script(
        """
from huoshui.packs.models import PackVersion
PackVersion.objects.filter(pack="core").update(digest="edited")
"""
    )
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port)})
    server = made.start("serve")
    try:
        assert healthz(free_port, server)["status"] == "ok"
    finally:
        server.terminate()
        output, _ = server.communicate(timeout=120)
    assert output.count("pack.version_exists") == 1
    assert server.returncode == 0


def web_processes(server: subprocess.Popen[str], number: int, seconds: float = 60) -> list[psutil.Process]:
    """The processes that answer beside the server, once there are as many as that."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [one for one in psutil.Process(server.pid).children() if PROGRAM in one.cmdline()]
        if len(found) == number:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{len(found)} web processes")


def answered_alone(one: psutil.Process, port: int) -> dict[str, object]:
    """What a web process says of the server's health while no other process can answer."""
    others = [other for other in (one.parent(), *one.parent().children()) if other.pid != one.pid]
    for other in others:
        other.suspend()
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            said: dict[str, object] = json.load(answer)
            return said
    finally:
        for other in others:
            other.resume()


def test_every_process_answers_and_knows_of_the_background(prepared: Installation, free_port: int) -> None:
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port), "HUOSHUI_PROCESSES": "3"})
    server = made.start("serve")
    try:
        healthz(free_port, server)
        for one in web_processes(server, 2):
            said = answered_alone(one, free_port)
            assert said["background"] == dict.fromkeys(
                ("sealer", "timer", "cells", "search", "daily", "worker", "web"), True
            )
    finally:
        server.terminate()
        _output, errors = server.communicate(timeout=120)
    assert server.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_web_process_that_dies_is_started_again(prepared: Installation, free_port: int) -> None:
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port), "HUOSHUI_PROCESSES": "2"})
    server = made.start("serve")
    try:
        healthz(free_port, server)
        (first,) = web_processes(server, 1)
        first.kill()
        first.wait(10)
        (second,) = web_processes(server, 1)
        assert second.pid != first.pid
        assert answered_alone(second, free_port)["status"] == "ok"
    finally:
        server.terminate()
        _output, errors = server.communicate(timeout=120)
    assert "a web process ended with -9 and was started again" in errors


def test_web_processes_end_with_a_server_that_was_killed(prepared: Installation, free_port: int) -> None:
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port), "HUOSHUI_PROCESSES": "2"})
    server = made.start("serve")
    healthz(free_port, server)
    (one,) = web_processes(server, 1)
    server.kill()
    server.communicate(timeout=60)
    one.wait(30)
    assert not one.is_running()
    again = made.start("serve")
    try:
        assert healthz(free_port, again)["status"] == "ok"
    finally:
        again.terminate()
        again.communicate(timeout=120)


def test_one_process_alone_has_none_beside_it(prepared: Installation, free_port: int) -> None:
    made = Installation(prepared.folder, {"HUOSHUI_PORT": str(free_port), "HUOSHUI_PROCESSES": "1"})
    server = made.start("serve")
    try:
        assert "web" not in healthz(free_port, server)["background"]  # type: ignore[operator]
        assert web_processes(server, 0) == []
    finally:
        server.terminate()
        server.communicate(timeout=120)


def test_an_older_installation_has_its_tables_made_anew_under_the_triggers_that_name_them(
    prepared: Installation,
) -> None:
    """SQLite makes no table anew while a trigger of another names it; as of answers, which those of visits name."""
    said = prepared.script(
        """
from django.core.management import call_command
from django.db import connection
from huoshui.commands.prepare import prepare

call_command("migrate", "visits", "0004", verbosity=0)
prepare()
triggers = connection.cursor().execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
print(sorted({"visits_answer_touch_update", "matters_mattercount_insert"} & {name for (name,) in triggers}))
"""
    )
    assert said.splitlines()[-1] == "['matters_mattercount_insert', 'visits_answer_touch_update']"
