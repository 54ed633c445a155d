"""The pages of the grown register, asked for in a process of their own, as a server answers them that just began."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def pages() -> dict[str, dict[str, Any]]:
    """See ``bench.asking.asked``."""
    ran = subprocess.run([sys.executable, "-m", "bench.pages"], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


def _measured() -> dict[str, dict[str, Any]]:
    import django

    django.setup()
    from bench.asking import asked

    return asked()


if __name__ == "__main__":
    json.dump(_measured(), sys.stdout)
