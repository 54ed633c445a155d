"""The command line answers at once: no command waits for the heavy libraries of another."""

from __future__ import annotations

from tests.commands.conftest import MakeInstallation

HEAVY = ["openpyxl", "ortools", "PIL", "psycopg", "pypinyin", "rich", "typst", "waitress"]


def test_help_and_lists_leave_heavy_libraries_alone(installation: MakeInstallation) -> None:
    script = f"""
import sys
from huoshui.commands import huoshui
for name in huoshui.list_commands(None):
    assert huoshui.get_command(None, name).get_short_help_str()
print(sorted(set(sys.modules) & set({HEAVY})))
"""
    assert installation().script(script).strip() == "[]"
