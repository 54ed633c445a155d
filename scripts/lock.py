"""Regenerates every lock file: requirements/*.txt (with hashes) and frontend/package-lock.json.

Without --upgrade the versions already locked are kept wherever they still fit. Neither an
index address nor a path of this machine ends up in a lock.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from npm import npm

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-config",
    "--custom-compile-command=make lock",
]
LOCKS = {
    "run": ["pyproject.toml", "requirements/build.in"],
    # The tests run on exactly what `make run` installs, so its lock is an input here.
    "test": ["requirements/run.txt", "requirements/test.in"],
    "dev": ["requirements/dev.in"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    uv = Path(sys.executable).with_name("uv")
    for name, sources in LOCKS.items():
        target = f"requirements/{name}.txt"
        print(f"locking {target}")
        command = [str(uv), "pip", "compile", *COMPILE, *upgrade, *sources, "--output-file", target]
        subprocess.run(command, cwd=ROOT, check=True)
    print("locking frontend/package-lock.json")
    arguments = ["update" if upgrade else "install", "--package-lock-only", "--no-audit", "--no-fund"]
    return npm(arguments, cwd=ROOT / "frontend")


if __name__ == "__main__":
    sys.exit(main())
