"""The command line: ``huoshui``. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huoshui.config import WrongSetting


def main() -> None:
    """Entry point: read the settings first, so that a wrong one is named in one clear line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
    from huoshui.config import ConfigError
    from huoshui.kernel.memory import look_seldom

    look_seldom()
    try:
        import django

        django.setup()
    except ConfigError as error:
        for setting in error.wrong:
            say_wrong(setting)
        raise SystemExit(2) from None
    from huoshui.commands import huoshui

    huoshui()


def say_wrong(setting: WrongSetting) -> None:
    """A wrong setting and what to do, on stderr. Django has no language yet: HUOSHUI_LANGUAGE decides, if it can."""
    from huoshui.kernel.errors import Problem
    from huoshui.kernel.os_reasons import reason_of

    language = "en" if os.environ.get("HUOSHUI_LANGUAGE") == "en" else "zh"
    told = {
        key: reason_of(value, language) if isinstance(value, OSError) else value
        for key, value in setting.params.items()
    }
    params = {"name": setting.name, "rule": told.get(f"rule_{language}"), **told}
    problem = Problem(setting.code, setting.name, params=params)
    print(f"{problem.code}: {problem.message(language)}", f"  {problem.what_next(language)}", sep="\n", file=sys.stderr)
