"""Prints the path of a Chromium for the browser tests, and installs one if it can.

Looks at $HUOSHUI_CHROMIUM, then for the usual names on PATH. Without any, root on a system
with apt-get gets Debian's `chromium`; everyone else gets one line that says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")


def find_browser() -> str | None:
    named = os.environ.get("HUOSHUI_CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_with_apt() -> None:
    print("browser: installing Debian's chromium", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A small Chinese font comes along: without one, screenshots show boxes.
    packages = ["chromium", "fonts-wqy-microhei"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        # Their output stays out of stdout, which carries only the path.
        done = subprocess.run([*APT, *arguments], env=environment, stdout=sys.stderr, check=False)
        if done.returncode:
            return


def main() -> int:
    browser = find_browser()
    named = os.environ.get("HUOSHUI_CHROMIUM")
    if browser is None and named:
        print(f"huoshui: HUOSHUI_CHROMIUM={named} is not a program", file=sys.stderr)
        return 1
    if browser is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        install_with_apt()
        browser = find_browser()
    if browser is None:
        print(
            "huoshui: no Chromium for the browser tests: install chromium or google-chrome "
            "(Debian: sudo apt-get install chromium), or name one with HUOSHUI_CHROMIUM=/path",
            file=sys.stderr,
        )
        return 1
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
