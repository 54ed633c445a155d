"""Installations of their own, worked on by the real command line in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from huoshui.commands.prepare import builtin_packs
from tests.commands.halting import HERE
from tests.kept_files import made_once
from tests.migrated import copy_tables

ROOT = Path(__file__).resolve().parents[2]
PACKS = len(builtin_packs())
STARTED = PACKS + 1
"""Entries that the first start writes: a pack each, and the province."""


@dataclass(frozen=True)
class Installation:
    """A data folder, and the command line over it."""

    folder: Path
    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment without its own settings of the product; a server answers with one process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUOSHUI_", "DJANGO_"))}
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        ours = {"PYTHONPATH": paths, "HUOSHUI_DATA_DIR": str(self.folder), "HUOSHUI_PROCESSES": "1"}
        return kept | ours | self.settings

    def run(self, *arguments: object, given: str = "") -> subprocess.CompletedProcess[str]:
        """``huoshui ARGUMENTS``, to its end."""
        command = [sys.executable, "-m", "huoshui", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment, input=given, capture_output=True, text=True, timeout=600, check=False
        )

    def done(self, *arguments: object, given: str = "") -> str:
        """What it prints; the test fails when the command does."""
        ended = self.run(*arguments, given=given)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def refused(self, *arguments: object) -> str:
        """What a refused command says on stderr."""
        ended = self.run(*arguments)
        assert ended.returncode == 1, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stderr

    def read(self, *arguments: object) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.done(*arguments))

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """``huoshui ARGUMENTS``, going on."""
        return self._started([sys.executable, "-m", "huoshui", *map(str, arguments)])

    def start_script(self, script: str) -> subprocess.Popen[str]:
        """A script with Django set up, going on."""
        return self._started([sys.executable, "-c", SET_UP + script])

    def script(self, script: str) -> str:
        """What a script with Django set up prints."""
        ended = self.start_script(script)
        output, errors = ended.communicate(timeout=600)
        assert ended.returncode == 0, errors
        return output

    def killed(self, script: str) -> None:
        """Run a script that comes to a halt (``tests.commands.halting``), and kill it there with SIGKILL."""
        going = self.start_script("from tests.commands.halting import halt, huoshui\n" + script)
        try:
            said = iter(going.stdout or [])
            assert HERE in (line.strip() for line in said), going.communicate()[1]
        finally:
            going.kill()
            going.communicate()
        assert going.returncode == -signal.SIGKILL

    def _started(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


SET_UP = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "huoshui.settings"
import django
from huoshui.kernel.memory import look_seldom
look_seldom()
django.setup()
"""
MakeInstallation = Callable[..., Installation]


@pytest.fixture
def installation(tmp_path: Path) -> MakeInstallation:
    """Makes installations by name, still empty; settings by keyword, without their prefix."""

    def make(name: str = "data", **settings: object) -> Installation:
        given = {f"HUOSHUI_{key.upper()}": str(value) for key, value in settings.items()}
        return Installation(tmp_path / name, given)

    return make


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest) -> Path:
    """The data folder of an installation after a first start of today, with one sealed province; to be copied."""
    if connection.vendor == "sqlite":
        request.getfixturevalue("django_db_setup")  # so that tables are migrated once for both
    return made_once(f"installation-{dt.date.today()}", _first_start)


def _first_start(folder: Path) -> None:
    copy_tables(folder)
    Installation(folder, {}).script(FIRST_START)


FIRST_START = """
from huoshui.commands.prepare import load_builtin_packs, migrate
from huoshui.duties.queries import system_account
from huoshui.kernel.journal import seal_pending
from huoshui.places.actions import open_place
migrate()
load_builtin_packs()
open_place(by=system_account(), kind="province", code="41", name="河南省", parent=None)
seal_pending()
"""


@pytest.fixture
def prepared(installation: MakeInstallation, template: Path) -> Installation:
    """An installation with its tables, the built-in packs and one sealed province."""
    made = installation()
    shutil.copytree(template, made.folder)
    return made


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def database() -> Iterator[Callable[[str], str]]:
    """On PostgreSQL: makes databases of their own, and takes them away; gives the URL of each."""
    import psycopg

    server = settings.DATABASES["default"]
    parts = {"host": server["HOST"], "port": server["PORT"], "user": server["USER"], "password": server["PASSWORD"]}
    given = {key: value for key, value in parts.items() if value}
    made: list[str] = []
    own = connection.settings_dict["NAME"]  # another one for each worker of the tests
    with psycopg.connect(**given, dbname="postgres", autocommit=True) as admin:

        def make(word: str) -> str:
            name = f"{own}_{word}"
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}"')
            made.append(name)
            secret = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
            return f"postgres://{server['USER']}{secret}@{server['HOST']}:{server['PORT']}/{name}"

        yield make
        for name in made:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
