"""Loads the demo district into a data folder of its own and measures; writes build/bench.json and build/bench.txt.

Both come from the same run. SQLite, or the empty database that HUOSHUI_BENCH_DATABASE_URL names. Times of pages are of
the whole answer, in this process and without a network: middleware, permissions, queries, template. One reader.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DATA = BUILD / "bench-data"


def main() -> int:
    """Measure, write, print; ``search`` after the module's name: that part alone, as JSON."""
    shutil.rmtree(DATA, ignore_errors=True)
    url = os.environ.get("HUOSHUI_BENCH_DATABASE_URL", "")
    for name in [name for name in os.environ if name.startswith("HUOSHUI_")]:
        del os.environ[name]
    os.environ |= {"HUOSHUI_DATA_DIR": str(DATA), "DJANGO_SETTINGS_MODULE": "huoshui.settings"}
    if url:
        os.environ["HUOSHUI_DATABASE_URL"] = url
    import django

    django.setup()
    from bench.measuring import measured, search_alone
    from bench.report import table

    if sys.argv[1:] == ["search"]:
        sys.stdout.write(json.dumps(search_alone(), ensure_ascii=False, indent=2) + "\n")
        return 0

    found: dict[str, Any] = {}
    for name, figure in measured():
        found[name] = figure
        # What was measured stays if a later part fails.
        (BUILD / "bench.json").write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {name}\n")
    text = table(found)
    (BUILD / "bench.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    shutil.rmtree(DATA, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
