"""The command line: ``huoshui``. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point: read the settings first, so that a wrong one is named in one clear line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
    from huoshui.config import ConfigError

    try:
        import django

        django.setup()
    except ConfigError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    from huoshui.commands import huoshui

    huoshui()
